"""OUT: what is shown on one person's screen right now: a form, a notice, the Home tab, a private reply."""

import asyncio
from typing import Any

import aiohttp
import structlog
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.gifts.dashboard import Look
from bot.gifts.model.errors import NotNow
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import Gift
from bot.gifts.model.job import Later, Stopped
from bot.gifts.model.redemption_link import NO_GOOD
from bot.gifts.model.text import Words, say
from bot.gifts.services import Services
from bot.gifts.time_limit import time_limit
from handlers.blocks.home_tab import home_view
from handlers.blocks.modals import gift_view, notice_view, waiting_view
from handlers.blocks.status import status_blocks, status_title
from handlers.localization import ENGLISH, mention
from handlers.slack_api.directory import SlackDirectory
from handlers.slack_api.responses import answer_of

log = structlog.get_logger(__name__)


class Screens:
    """Shows things to one person; what cannot be shown is logged, and the person tries again."""

    def __init__(self, client: AsyncWebClient, directory: SlackDirectory, services: Services) -> None:
        self._client = client
        self._directory = directory
        self._services = services

    async def open(self, trigger: str, view: dict[str, Any]) -> str | None:
        """Open a modal and give its id; a trigger is good for three seconds and once."""
        answer = await answer_of(self._client.views_open(trigger_id=trigger, view=view))
        if isinstance(answer, AsyncSlackResponse):
            view_id: str = answer["view"]["id"]
            return view_id
        return None

    async def change(self, view_id: str, view: dict[str, Any], as_it_was: str | None = None) -> str | None:
        """Change an open modal and give its new hash; with its hash `as_it_was`, only while it still is as it was."""
        answer = await answer_of(self._client.views_update(view_id=view_id, view=view, hash=as_it_was))
        if isinstance(answer, AsyncSlackResponse):
            new_hash: str = answer["view"]["hash"]
            return new_hash
        return None

    async def tell(self, trigger: str, person: str | None, words: Words) -> None:
        """Show a few words to whoever clicked, and nobody else."""
        language = await self._directory.language(person) if person else ENGLISH
        await self.open(trigger, notice_view(words, language))

    async def show_gift(self, trigger: str, gift: Gift) -> None:
        """Show a gift's recipient its link once more; it is fetched while they already see something."""
        language = await self._directory.language(gift.recipient)
        view_id = await self.open(trigger, waiting_view(language))
        if view_id is None:
            return
        with time_limit(None):  # they see that it takes its time
            request, link = await self._services.redemption.link_of(gift)
        requester = mention(request.requester)
        match link:
            case SecretStr():
                await self.change(view_id, gift_view(request, link, language))
                return
            case Stopped(_, reason) if reason in NO_GOOD.values():
                words = say(
                    "This gift cannot be shown: {reason}. Please ask {requester}.",
                    reason=reason.for_requester,
                    requester=requester,
                )
            case Stopped() | Later(Reason.LINK_WITHHELD):
                words = say(
                    "The gift card service does not hand it over just now. Please try again later, or ask {requester}.",
                    requester=requester,
                )
            case Later():
                words = say("The gift card service does not answer. Please try again later.")
        await self.change(view_id, notice_view(words, language))

    async def show_home(self, person: str, look: Look) -> None:
        """Fill somebody's Home tab with what they look at."""
        try:
            with time_limit(None):  # no click waits for it
                desk, language = await asyncio.gather(
                    self._services.dashboard.of(person, look), self._directory.language(person)
                )
        except NotNow as silent:
            log.warning("home_not_shown", answer=str(silent))
            return
        view = home_view(desk, language)
        await answer_of(self._client.views_publish(user_id=person, view=view))

    async def show_again(self, person: str, look: Look | None, reply_url: str | None) -> None:
        """Bring the list up to date in which somebody clicked."""
        if look:
            await self.show_home(person, look)
        elif reply_url:
            with time_limit(None):
                overview = await self._services.dashboard.overview(person)
                language = await self._directory.language(person)
            blocks = status_blocks(overview, language)
            reply = AsyncWebhookClient(reply_url, session=self._client.session)
            try:
                await reply.send(text=status_title(language), blocks=blocks, replace_original=True)
            except (aiohttp.ClientError, TimeoutError) as error:
                log.warning("list_not_shown", error=type(error).__name__)
