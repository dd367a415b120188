"""With --live: a message is sent as gifts are, looked up as lost ones are, and then changed."""

from collections.abc import Callable
from datetime import datetime

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.doctor.answers import BOT_TOKEN, slack_failed
from bot.doctor.findings import Finding, Findings, failure, fine
from bot.gifts.message import Kind, Message
from bot.gifts.ports import Absent, Clock, Posted
from handlers.directory import SlackDirectory
from handlers.ids import MESSAGE_EVENT
from handlers.messenger import SlackMessenger
from handlers.slack_answers import answer_of

_DIRECT = "Test message"
_CHANNEL = "Approvals channel"
_LOOKS = 4  # one a second: Slack may need a moment until it finds what it has just shown
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
    """Test messages; each is one message in Slack, and stays there."""

    def __init__(self, client: AsyncWebClient, clock: Clock, new_id: Callable[[], str]) -> None:
        self._client = client
        self._clock = clock
        self._new_id = new_id

    async def with_person(self, directory: SlackDirectory, person: str) -> Finding:
        """Send somebody a direct message, find it by its metadata, and change it."""
        messenger = SlackMessenger(self._client, self._client, directory, self._clock)
        answer = await answer_of(self._client.conversations_open(users=person))
        if not isinstance(answer, AsyncSlackResponse):
            return slack_failed(_DIRECT, answer, BOT_TOKEN, _TO_A_PERSON)
        channel, message_id, since = answer["channel"]["id"], self._new_id(), self._clock.now()
        posted = await self._post(channel, message_id)
        if not isinstance(posted, AsyncSlackResponse):
            return slack_failed(_DIRECT, posted, BOT_TOKEN, _TO_A_PERSON)
        found = await self._found(messenger, _message(message_id, person, channel, since))
        if not isinstance(found, Posted):
            return found
        return await self._well(_DIRECT, posted, f"sent to {person}, found again by its metadata, changed")

    async def with_channel(self, channel: str) -> Finding:
        """Post into a channel, and change the message; nothing is ever looked up there."""
        posted = await self._post(channel, self._new_id())
        if not isinstance(posted, AsyncSlackResponse):
            return slack_failed(_CHANNEL, posted, BOT_TOKEN, _TO_A_CHANNEL)
        return await self._well(_CHANNEL, posted, "a test message was posted and changed")
