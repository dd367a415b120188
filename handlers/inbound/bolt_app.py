"""Bolt, with the time that Slack gives an answer: what is not done by then is refused, and not done."""

from typing import Final

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.gifts.time_limit import time_limit

ANSWER_WITHIN: Final = 2.0  # seconds, of the three that Slack waits: the rest is for the way, and for the disk


class PromptApp(AsyncApp):
    """Gives each command, click and form one budget of time from its receipt on, for all that it has to wait for.

    Source: docs.slack.dev, "Handling user interaction", "Acknowledgment response": within three seconds.
    """

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Answer in time, if only by saying that it took too long and nothing was changed."""
        with time_limit(ANSWER_WITHIN):
            return await super().async_dispatch(req)
