"""With --live: a message is sent as gifts are, found again as lost ones are, and changed to say that all is well."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import uuid4

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.findings import Finding, Findings, Trouble, failure, fine, note
from bot.gifts.model.notification import Kind, Message
from bot.gifts.model.outcomes import Absent, Posted, Rejected, Unavailable
from bot.gifts.ports import Clock
from bot.tools.doctor.diagnosis import slack_failed
from handlers.ids import TEST_EVENT
from handlers.slack_api.directory import SlackDirectory
from handlers.slack_api.messenger import SlackMessenger
from handlers.slack_api.remedies import BOT_TOKEN
from handlers.slack_api.responses import classify

_MESSAGE: Final = "Test message"
_CHANNEL: Final = "Approvals channel"
_LOOKS = 4  # a second apart: Slack may need a moment until it finds what it has just shown
_ID = "Give --live a member id (in Slack: profile, ⋮, Copy member ID)."
_TO_A_PERSON = {
    "user_not_found": _ID,
    "channel_not_found": _ID,
    "user_disabled": _ID,
    "cannot_dm_bot": _ID,
    "messages_tab_disabled": "At api.slack.com/apps, App Home, switch on the Messages Tab.",
}
_INVITE = "Check GIFTBOT_APPROVALS_CHANNEL, and /invite @giftbot there."
_TO_A_CHANNEL = {"channel_not_found": _INVITE, "not_in_channel": _INVITE, "is_archived": _INVITE}


class Correspondence:
    """The test messages."""

    def __init__(self, client: AsyncWebClient, directory: SlackDirectory, clock: Clock) -> None:
        self._client = client
        self._messenger = SlackMessenger(client, client, directory, clock)
        self._clock = clock

    async def with_person(self, person: str) -> Finding:
        """Send somebody a direct message, find it by its metadata, and change it."""
        if not person.startswith(("U", "W")):
            return failure(_MESSAGE, f"{person} is no member id", _ID)
        message_id = str(uuid4())
        channel = await self._messenger.open(person)
        if not isinstance(channel, str):
            return self._failed(_MESSAGE, channel, _TO_A_PERSON)
        posted = await self._post(channel, message_id)
        if not isinstance(posted, Posted):
            return self._failed(_MESSAGE, posted, _TO_A_PERSON)
        lost = Message(message_id, Kind.GIFT, "", (), person, channel=channel, sent_after=posted.ts)
        found = await self._found(lost)
        if isinstance(found, Absent):
            remedy = "Reinstall the app, then try again; otherwise a lost reply can make a second message."
            return failure(_MESSAGE, "sent, but not found again by its metadata", remedy)
        if not isinstance(found, Posted):
            return self._failed(_MESSAGE, found)
        return await self._ended(_MESSAGE, found, "sent, found again by its metadata, and changed")

    async def with_channel(self, channel: str) -> Finding:
        """Post into the approvals channel, and change the message."""
        posted = await self._post(channel, str(uuid4()))
        if not isinstance(posted, Posted):
            return self._failed(_CHANNEL, posted, _TO_A_CHANNEL)
        return await self._ended(_CHANNEL, posted, "a test message was posted and changed")

    async def _post(self, channel: str, message_id: str) -> Posted | Trouble:
        answer = await classify(
            self._client.chat_postMessage(
                channel=channel,
                text="giftbot doctor looks whether it finds this message again.",
                metadata={"event_type": TEST_EVENT, "event_payload": {"message_id": message_id}},
                unfurl_links=False,
                unfurl_media=False,
            )
        )
        return Posted(answer["channel"], answer["ts"]) if isinstance(answer, AsyncSlackResponse) else answer

    async def _found(self, message: Message) -> Posted | Absent | Rejected | Unavailable:
        for _ in range(_LOOKS - 1):
            found = await self._messenger.find(message)
            if not isinstance(found, Absent):
                return found
            await self._clock.sleep(1)
        return await self._messenger.find(message)

    async def _ended(self, what: str, posted: Posted, found: str) -> Finding:
        words = "giftbot doctor: all is well, this message can be sent, found and changed."
        answer = await classify(self._client.chat_update(channel=posted.channel, ts=posted.ts, text=words))
        return fine(what, found) if isinstance(answer, AsyncSlackResponse) else self._failed(what, answer)

    def _failed(self, what: str, answer: Trouble, remedies: Mapping[str, str] = MappingProxyType({})) -> Finding:
        return slack_failed(what, answer, self._client.base_url, BOT_TOKEN, remedies)


async def check(letters: Correspondence, to: str | None, channel: str | None) -> Findings:
    """Write to a member and into the approvals channel; nothing is sent without a member."""
    if to is None:
        unknown = "whether it can be written to shows only when posting"
        return [note(_CHANNEL, unknown, "giftbot doctor --live U012AB3CD, your own member id")] if channel else []
    in_channel = [await letters.with_channel(channel)] if channel else []
    return [await letters.with_person(to), *in_channel]
