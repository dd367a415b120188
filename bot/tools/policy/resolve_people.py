"""Who is who for `giftbot policy explain`: asked from Slack with the bot's token, or member ids as they are."""

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.clock import SystemClock
from bot.gifts.model.errors import NotNow
from bot.gifts.model.people import Person
from bot.gifts.ports import Directory
from bot.settings import PolicySettings
from handlers.slack_api.directory import SlackDirectory, Workspace
from handlers.slack_api.responses import classify
from handlers.slack_api.session import slack_session

MUTE = "Slack does not say who these people are, or who is in a user group; giftbot doctor says why."
_PATIENCE = 10.0  # seconds for one call


class CannotTell(Exception):
    """Somebody cannot be found; the message says who, and what to do."""


class Names(Directory, Protocol):
    """A directory that also knows people by their names."""

    async def named(self, name: str) -> Sequence[str]:
        """The ids of everybody who goes by a name."""


class IdsAlone:
    """Without Slack, everybody is a colleague, and nobody knows who is in a user group."""

    async def look_up(self, ids: Collection[str]) -> Mapping[str, Person]:
        """Everybody asked for."""
        return {slack_id: Person(slack_id, slack_id) for slack_id in ids}

    async def known(self, slack_id: str) -> Person:
        """Somebody, by their id alone."""
        return (await self.look_up([slack_id]))[slack_id]

    async def asked_anew(self, slack_id: str) -> Person:
        """Somebody, by their id alone."""
        return await self.known(slack_id)

    async def members(self, groups: Collection[str]) -> Mapping[str, frozenset[str]]:
        """Who is in no group."""
        if groups:
            raise CannotTell(f"Only Slack knows who is in {', '.join(sorted(groups))}: set SLACK_BOT_TOKEN.")
        return {}

    async def named(self, name: str) -> Sequence[str]:
        """Nobody."""
        raise CannotTell(f"Only Slack knows who @{name} is: set SLACK_BOT_TOKEN, or use the member id, U012AB3CD.")


@asynccontextmanager
async def directory_of(settings: PolicySettings) -> AsyncGenerator[Names]:
    """Slack where there is a token for it.

    Raises:
        CannotTell: Slack does not let us in.
    """
    if settings.slack_bot_token is None:
        yield IdsAlone()
        return
    async with slack_session(_PATIENCE) as session:
        token = settings.slack_bot_token.get_secret_value()
        client = AsyncWebClient(token, settings.slack_api_url, session=session, retry_handlers=[])
        answer = await classify(client.auth_test())
        if not isinstance(answer, AsyncSlackResponse):
            raise CannotTell(f"Slack does not let us in with SLACK_BOT_TOKEN: {answer.detail}.")
        workspace = Workspace(answer["team_id"], answer.get("enterprise_id"))
        yield SlackDirectory(client, workspace, SystemClock())


async def find(who: str, names: Names) -> str:
    """The member id of somebody who is named as in Slack: `@Mia`, or by the id itself.

    Raises:
        CannotTell: nobody or several have that name, or Slack does not answer.
    """
    if not who.startswith("@"):
        return who
    try:
        found = await names.named(who[1:])
    except NotNow as silent:
        raise CannotTell(MUTE) from silent
    if len(found) != 1:
        several = f"{len(found)} people are called {who}: {', '.join(found)}" if found else f"nobody is called {who}"
        raise CannotTell(f"In Slack {several}. Use a member id, U012AB3CD.")
    return found[0]
