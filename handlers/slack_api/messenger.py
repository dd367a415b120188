"""OUT: posts and updates messages, and proves that one was sent. Each message carries its id in its metadata."""

from collections.abc import Sequence
from typing import Any, Final

from cachetools import TTLCache
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.notification import Message, Notification
from bot.gifts.model.outcomes import Absent, OutcomeUnknown, Posted, Rejected, Said, Unavailable
from bot.gifts.model.people import is_person
from bot.gifts.ports import Clock
from handlers.blocks.block_kit import as_json
from handlers.blocks.components import Card
from handlers.blocks.messages import plain_twin, render
from handlers.ids import MESSAGE_EVENT
from handlers.localization import ENGLISH, Language
from handlers.slack_api.directory import SlackDirectory
from handlers.slack_api.rate_limits import Method
from handlers.slack_api.responses import Answer, classify, is_our_fault

_REMEMBERED = 60 * 60.0  # seconds; a person's channel stays the same, but whoever has left is to be noticed
_MOST: Final = 100_000  # channels
_AMONG_SLACKS_HOSTS = 60.0  # seconds that their clocks may be apart; too wide a look costs nothing
_PAGE: Final = 200
_MOST_PAGES: Final = 250


class SlackMessenger:
    """Slack as the heart's Messenger.

    `patient` may try a call twice, for what can be repeated; `once` never does: slack_sdk's own retry posts twice.
    Channels read the `common` language.
    """

    def __init__(
        self,
        patient: AsyncWebClient,
        once: AsyncWebClient,
        directory: SlackDirectory,
        clock: Clock,
        common: Language = ENGLISH,
    ) -> None:
        self._patient = patient
        self._once = once
        self._directory = directory
        self._common = common
        self._limits = directory.limits
        self._opened = TTLCache[str, str](_MOST, _REMEMBERED, clock.monotonic)

    async def open(self, to: str) -> str | Rejected | Unavailable:
        """The channel in which to write to a person or channel, asked for once for all messages of an hour."""
        if not is_person(to):
            return to
        if known := self._opened.get(to):
            return known
        await self._limits.turn(Method.OPEN)
        answer = await classify(self._patient.conversations_open(users=to))
        if isinstance(answer, AsyncSlackResponse):
            channel: str = answer["channel"]["id"]
            self._opened[to] = channel
            return channel
        return _certain(answer)

    async def post(self, channel: str, mail: Notification) -> Posted | Rejected | Unavailable | OutcomeUnknown:
        """Post once, without any retry."""
        language = await self._language(mail.message.to)
        card = render(mail, language)
        answer = await self._post_card(channel, mail, card)
        if not isinstance(answer, AsyncSlackResponse) and is_our_fault(answer):
            answer = await self._post_card(channel, mail, plain_twin(card, language))
        if isinstance(answer, AsyncSlackResponse):
            return Posted(answer["channel"], answer["ts"])
        if isinstance(answer, Rejected):
            self._opened.pop(mail.message.to, None)
        return answer

    async def _post_card(self, channel: str, mail: Notification, card: Card) -> Answer:
        await self._limits.turn_to_post(channel)
        return await classify(
            self._once.chat_postMessage(
                channel=channel,
                text=card.text,
                blocks=as_json(card.blocks),
                metadata={"event_type": MESSAGE_EVENT, "event_payload": {"message_id": mail.message.id}},
                unfurl_links=False,
                unfurl_media=False,
            )
        )

    async def find(self, message: Message) -> Posted | Absent | Rejected | Unavailable:
        """Look for a message whose posting has an unknown outcome, through everything that may have been posted since.

        That is what Slack shows after a message that it had before, by its own clock; where none is known, all of it.
        Source: docs.slack.dev, conversations.history, "Pagination by cursor"; it gives the newest page first.
        """
        assert message.channel is not None, "a message is looked for where it was sent"
        oldest = f"{max(float(message.sent_after or 0) - _AMONG_SLACKS_HOSTS, 0):.6f}"
        cursor, turned = "", set[str]()
        while cursor not in turned and len(turned) < _MOST_PAGES:
            turned.add(cursor)
            await self._limits.turn(Method.HISTORY)
            answer = await classify(
                self._patient.conversations_history(
                    channel=message.channel,
                    oldest=oldest,
                    include_all_metadata=True,
                    limit=_PAGE,
                    cursor=cursor or None,
                )
            )
            if not isinstance(answer, AsyncSlackResponse):
                return _cannot_look(answer)
            found, cursor = _read_page(answer.data, message)
            if found or not cursor:
                return found or Absent()
        return Unavailable("the history has no end")

    async def said(self, channel: str) -> Sequence[Said] | Rejected | Unavailable:
        """The newest of the bot's own messages in a direct message channel, as far as a page of it shows them."""
        await self._limits.turn(Method.HISTORY)
        history = self._patient.conversations_history(channel=channel, include_all_metadata=True, limit=_PAGE)
        answer = await classify(history)
        if not isinstance(answer, AsyncSlackResponse):
            return _cannot_look(answer)
        return [Said(message_id, row["ts"]) for row in answer["messages"] if (message_id := _message_id(row))]

    async def update(self, mail: Notification) -> Posted | Rejected | Unavailable:
        """Make a message that was sent show how things stand now."""
        message = mail.message
        assert message.channel is not None, "a sent message has an address"
        assert message.ts is not None, "a sent message has an address"
        language = await self._language(message.to)
        card, at = render(mail, language), Posted(message.channel, message.ts)
        answer = await self._update_card(at, card)
        if not isinstance(answer, AsyncSlackResponse) and is_our_fault(answer):
            answer = await self._update_card(at, plain_twin(card, language))
        return at if isinstance(answer, AsyncSlackResponse) else _certain(answer)

    async def _update_card(self, at: Posted, card: Card) -> Answer:
        await self._limits.turn(Method.UPDATE)
        blocks = as_json(card.blocks)
        return await classify(self._patient.chat_update(channel=at.channel, ts=at.ts, text=card.text, blocks=blocks))

    async def _language(self, to: str) -> Language:
        if not is_person(to):
            return self._common
        if not self._directory.knows_language(to):
            await self._limits.turn(Method.USER)
        return await self._directory.language(to)


def _message_id(row: dict[str, Any]) -> str | None:
    metadata = row.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return payload.get("message_id") if metadata.get("event_type") == MESSAGE_EVENT else None


def _certain(answer: Rejected | Unavailable | OutcomeUnknown) -> Rejected | Unavailable:
    """For calls that can be repeated without harm, not knowing is the same as not done."""
    return Unavailable(answer.detail) if isinstance(answer, OutcomeUnknown) else answer


def _cannot_look(answer: Rejected | Unavailable | OutcomeUnknown) -> Rejected | Unavailable:
    """Without the scope to read a channel, looking is useless for good."""
    if isinstance(answer, Unavailable) and answer.detail == "missing_scope":
        return Rejected(Reason.MESSAGE_UNCERTAIN, answer.detail)
    return _certain(answer)


def _read_page(page: object, message: Message) -> tuple[Posted | Unavailable | None, str]:
    """A message as a page of the history has it, if it does, and where the page before goes on.

    Rows in any other shape than a message of ours are somebody else's. A page that is none proves nothing.
    """
    match page:
        case {"messages": list(rows)}:
            ours = [row for row in rows if _is_of(row, message)]
        case _:
            return Unavailable("the history cannot be read"), ""
    match ours:
        case [{"ts": str(ts)}, *_]:
            return Posted(message.channel or "", ts), ""
        case [_, *_]:
            return Unavailable("the message has no address"), ""
    match page:
        case {"response_metadata": {"next_cursor": str(cursor)}}:
            return None, cursor
    return None, ""


def _is_of(row: object, message: Message) -> bool:
    match row:
        case {"metadata": {"event_payload": {"message_id": message.id}}}:
            return True
    return False
