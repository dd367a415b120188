"""OUT: what is shown on one person's screen right now: a form, a notice, the Home tab, a private reply."""

import asyncio
from typing import Any

from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.gifts.dashboard import DashboardView
from bot.gifts.model.errors import GiftbotError, NotNow
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import Gift, Request
from bot.gifts.model.job import Retry, Stopped
from bot.gifts.model.outcomes import OutcomeUnknown, Rejected, Unavailable
from bot.gifts.model.redemption_link import NO_GOOD
from bot.gifts.model.text import Words, say
from bot.gifts.ports import Clock
from bot.gifts.services import Services
from bot.gifts.time_limit import time_limit
from handlers.blocks.home_tab import home_view
from handlers.blocks.modals import gift_view, notice_view, waiting_view
from handlers.blocks.status import status_blocks, status_title
from handlers.localization import Language, mention
from handlers.slack_api.directory import SlackDirectory
from handlers.slack_api.private_replies import Caller, PrivateReplies
from handlers.slack_api.responses import Answer, classify

_HOME_AGAIN = (1.0, 5.0, 20.0)  # seconds between the tries to show the Home tab
_CONFLICT = "hash_conflict"
_NOT_OPENED = say("Slack did not open the window for it. Please click again.")


class SlackViews:
    """Shows things to one person; where Slack does not open a modal, they read in private what to do."""

    def __init__(self, client: AsyncWebClient, directory: SlackDirectory, services: Services, clock: Clock) -> None:
        self._client = client
        self._directory = directory
        self._services = services
        self._clock = clock
        self._replies = PrivateReplies(client)

    async def open(self, caller: Caller, view: dict[str, Any], instead: Words = _NOT_OPENED) -> str | None:
        """Open a modal and give its id; where Slack does not, the caller reads something `instead`."""
        answer = await classify(self._client.views_open(trigger_id=caller.trigger, view=view))
        if isinstance(answer, AsyncSlackResponse):
            view_id: str = answer["view"]["id"]
            return view_id
        await self._replies.say(caller, (await self._directory.language(caller.user)).render(instead))
        return None

    async def change(self, view_id: str, view: dict[str, Any], as_it_was: str | None = None) -> str | None:
        """Change an open modal and give its new hash; with its hash `as_it_was`, only while it still is as it was."""
        answer = await classify(self._client.views_update(view_id=view_id, view=view, hash=as_it_was))
        if isinstance(answer, AsyncSlackResponse):
            new_hash: str = answer["view"]["hash"]
            return new_hash
        return None

    async def tell(self, caller: Caller, words: Words) -> None:
        """Show a few words to whoever clicked, and nobody else."""
        language = await self._directory.language(caller.user)
        await self.open(caller, notice_view(words, language), instead=words)

    async def show_gift(self, caller: Caller, gift: Gift) -> None:
        """Show a gift's recipient its link once more; it is fetched while they already see something."""
        language = await self._directory.language(gift.recipient)
        view_id = await self.open(caller, waiting_view(language))
        if view_id is None:
            return
        with time_limit(None):  # they see that it takes its time
            request, link = await self._services.redemption.link_of(gift)
            if isinstance(link, SecretStr):
                view = await self._gift_once_more(request, gift, link, language)
            else:
                view = notice_view(_why_not_shown(link, mention(request.requester)), language)
        if await self.change(view_id, view) is None:
            await self._replies.say(caller, language.render(_NOT_OPENED))

    async def _gift_once_more(
        self, request: Request, gift: Gift, link: SecretStr, language: Language
    ) -> dict[str, Any]:
        """The gift, which is on the record from here on; several windows may have waited for it at once."""
        try:
            await self._services.redemption.note_shown(gift)
        except GiftbotError as refused:
            return notice_view(refused.user_message, language)
        return gift_view(request, link, language)

    async def show_home(self, person: str, look: DashboardView) -> None:
        """Fill somebody's Home tab with what they look at; what Slack refuses for a moment is tried again."""
        for seconds in _HOME_AGAIN:
            shown = await self._publish_home(person, look)
            if isinstance(shown, AsyncSlackResponse) or (isinstance(shown, Rejected) and shown.detail != _CONFLICT):
                return
            rest = shown.after.total_seconds() if isinstance(shown, Unavailable) else 0
            await self._clock.sleep(max(seconds, rest))
        await self._publish_home(person, look)

    async def _publish_home(self, person: str, look: DashboardView) -> Answer:
        try:
            with time_limit(None):  # no click waits for it
                desk, language = await asyncio.gather(
                    self._services.dashboard.of(person, look), self._directory.language(person)
                )
        except NotNow as silent:
            return OutcomeUnknown(str(silent))
        return await classify(self._client.views_publish(user_id=person, view=home_view(desk, language)))

    async def show_again(self, person: str, look: DashboardView | None, reply_url: str | None) -> None:
        """Bring the list up to date in which somebody clicked."""
        if look:
            await self.show_home(person, look)
        elif reply_url:
            with time_limit(None):
                overview = await self._services.dashboard.overview(person)
                language = await self._directory.language(person)
            await self._replies.replace(reply_url, status_title(language), status_blocks(overview, language))


def _why_not_shown(answer: Stopped | Retry, requester: str) -> Words:
    match answer:
        case Stopped(_, reason) if reason in NO_GOOD.values():
            return say(
                "This gift cannot be shown: {reason}. Please ask {requester}.",
                reason=reason.for_requester,
                requester=requester,
            )
        case Stopped() | Retry(Reason.LINK_WITHHELD):
            return say(
                "The gift card service does not hand it over just now. Please try again later, or ask {requester}.",
                requester=requester,
            )
        case Retry():
            return say("The gift card service does not answer. Please try again later.")
