"""Who is who, asked from Slack and remembered for a while."""

import asyncio
from collections.abc import Collection, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from cachetools import TTLCache
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.gifts.model.errors import NotNow
from bot.gifts.model.outcomes import OutcomeUnknown, Rejected, Unavailable
from bot.gifts.model.people import Person, Standing
from bot.gifts.model.text import say
from bot.gifts.ports import Clock
from bot.gifts.time_limit import seconds_left
from handlers.localization import ENGLISH, Language, language_of
from handlers.slack_api.rate_limits import Method, SlackRateLimits
from handlers.slack_api.responses import classify

log = structlog.get_logger(__name__)

_REMEMBERED = 5 * 60.0  # seconds, as all of these
_GROUP_REMEMBERED = 60.0  # who decides about money
_LANGUAGE_REMEMBERED = 24 * 60 * 60.0  # Slack tells of changes by itself, and nobody changes their language often
_PATIENCE = 2.0
_MOST = 100_000  # people, and groups; of more, those are forgotten that were asked for least lately
_SLACKBOT = "USLACKBOT"  # Slack does not call it a bot
_NO_SUCH_GROUP = "no_such_subteam"

T = TypeVar("T")


class SlackIsSilent(NotNow):
    """Slack does not say who is who just now; `answer` is what it says instead."""

    def __init__(self, answer: Rejected | Unavailable | OutcomeUnknown) -> None:
        words = say(
            "Slack does not say who these people are just now. Nothing was changed: please try again in a moment."
        )
        super().__init__(words)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Workspace:
    """Whose people are ours: the workspace, and on Enterprise Grid its organisation."""

    team: str
    enterprise: str | None = None

    def has(self, team: str | None, enterprise: str | None) -> bool:
        """Whether something comes from here, by what Slack says of it."""
        return team == self.team or (enterprise is not None and enterprise == self.enterprise)


class SlackDirectory:
    """Slack as the heart's Directory."""

    def __init__(self, client: AsyncWebClient, workspace: Workspace, clock: Clock) -> None:
        self._client = client
        self._workspace = workspace
        self.limits = SlackRateLimits(clock)  # all calls to Slack that are the worker's share them
        self._groups = TTLCache[str, frozenset[str]](_MOST, _GROUP_REMEMBERED, clock.monotonic)
        self._people = TTLCache[str, Person](_MOST, _REMEMBERED, clock.monotonic)
        self._known = TTLCache[str, Person](_MOST, _LANGUAGE_REMEMBERED, clock.monotonic)

    async def look_up(self, ids: Collection[str]) -> Mapping[str, Person]:
        """Everybody asked for.

        Raises:
            NotNow: Slack cannot be asked just now.
        """
        known = {slack_id: person for slack_id in ids if (person := self._people.get(slack_id))}
        if len(known) == len(ids):  # then nothing is waited for, not even another task's turn
            return known
        people = await _in_time(self._ask(slack_id) for slack_id in ids if slack_id not in known)
        return known | {person.id: person for person in people}

    async def known(self, slack_id: str) -> Person:
        """Somebody as they were at most five minutes ago; asked no faster than Slack allows.

        Raises:
            NotNow: Slack cannot be asked just now.
        """
        if known := self._people.get(slack_id):
            return known
        await self.limits.turn(Method.USER)
        return (await self.look_up([slack_id]))[slack_id]

    async def asked_anew(self, slack_id: str) -> Person:
        """Somebody as they are now; asked no faster than Slack allows.

        Raises:
            NotNow: Slack cannot be asked just now.
        """
        await self.limits.turn(Method.USER)
        (person,) = await _in_time([self._ask(slack_id)])
        return person

    async def members(self, groups: Collection[str]) -> Mapping[str, frozenset[str]]:
        """Who is in each of these user groups, at most a minute old; nobody where Slack has no such group any more.

        Source: docs.slack.dev, usergroups.users.list, which needs the scope usergroups:read.

        Raises:
            NotNow: Slack cannot be asked just now.
        """
        known = {group: people for group in groups if (people := self._groups.get(group)) is not None}
        unknown = [group for group in groups if group not in known]
        if not unknown:
            return known
        answers = await _in_time(self._ask_members(group) for group in unknown)
        return known | dict(zip(unknown, answers, strict=True))

    async def named(self, name: str) -> Sequence[str]:
        """The ids of everybody here who goes by a name; reads the whole list, so that only the command line asks.

        Source: docs.slack.dev, users.list, "Pagination".

        Raises:
            NotNow: Slack cannot be asked just now.
        """
        found: list[str] = []
        cursor: str | None = None
        while True:
            answer = await classify(self._client.users_list(cursor=cursor, limit=200))
            if not isinstance(answer, AsyncSlackResponse):
                raise SlackIsSilent(answer)
            found += [user["id"] for user in answer["members"] if name.casefold() in _names(user)]
            cursor = answer["response_metadata"]["next_cursor"]
            if not cursor:
                return found

    def forget(self, slack_id: str) -> None:
        """Something about somebody, or a group, is different now."""
        self._people.pop(slack_id, None)
        self._known.pop(slack_id, None)
        self._groups.pop(slack_id, None)

    async def language(self, slack_id: str) -> Language:
        """The language that somebody reads; English while Slack cannot be asked."""
        if known := self._known.get(slack_id):
            return language_of(known.locale)
        try:
            return language_of((await self.look_up([slack_id]))[slack_id].locale)
        except NotNow:
            return ENGLISH

    def language_at_once(self, slack_id: str) -> Language:
        """The language that somebody reads, for what cannot wait for Slack; English where it is not known."""
        known = self._known.get(slack_id)
        return language_of(known.locale) if known else ENGLISH

    def knows_language(self, slack_id: str) -> bool:
        """Whether `language` answers without asking Slack."""
        return slack_id in self._known

    async def _ask_members(self, group: str) -> frozenset[str]:
        answer = await classify(self._client.usergroups_users_list(usergroup=group))
        if isinstance(answer, AsyncSlackResponse):
            members = frozenset(answer["users"])
        elif answer.detail == _NO_SUCH_GROUP:
            members = frozenset()
            log.warning("group_is_gone", group=group)
        else:
            raise SlackIsSilent(answer)
        self._groups[group] = members
        return members

    async def _ask(self, slack_id: str) -> Person:
        answer = await classify(self._client.users_info(user=slack_id, include_locale=True))
        if isinstance(answer, AsyncSlackResponse):
            person = self._read(slack_id, answer["user"])
        elif isinstance(answer, Rejected):
            person = Person(slack_id, say("Somebody"), Standing.UNKNOWN)
        else:
            raise SlackIsSilent(answer)
        self._people[slack_id] = self._known[slack_id] = person
        return person

    def _read(self, slack_id: str, user: Mapping[str, Any]) -> Person:
        profile = user.get("profile") or {}
        name = profile.get("display_name") or user.get("real_name") or user.get("name") or say("Somebody")
        return Person(slack_id, name, self._standing(user), user.get("locale") or "en", user.get("tz") or "UTC")

    def _standing(self, user: Mapping[str, Any]) -> Standing:
        if user.get("is_bot") or user.get("id") == _SLACKBOT:
            return Standing.BOT
        if user.get("deleted"):
            return Standing.DEACTIVATED
        if user.get("is_stranger") or not self._is_ours(user):
            return Standing.STRANGER
        if user.get("is_restricted") or user.get("is_ultra_restricted"):
            return Standing.GUEST
        return Standing.MEMBER

    def _is_ours(self, user: Mapping[str, Any]) -> bool:
        return self._workspace.has(user.get("team_id"), (user.get("enterprise_user") or {}).get("enterprise_id"))


def _names(user: Mapping[str, Any]) -> set[str]:
    """What people may call somebody, in small letters; nothing for who left."""
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), user.get("real_name"), user.get("name"))
    return set() if user.get("deleted") else {name.casefold() for name in names if name}


async def _in_time(questions: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """What is answered, side by side, while somebody waits; asked by nobody, two seconds are enough."""
    try:
        async with asyncio.timeout(seconds_left(_PATIENCE)):
            return await asyncio.gather(*questions)
    except TimeoutError:
        raise SlackIsSilent(OutcomeUnknown("no reply in time")) from None
