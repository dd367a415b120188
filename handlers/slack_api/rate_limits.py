"""Slack's limits, kept before Slack has to name them: the worker's calls go out evenly, however many there are.

What a person waits for (forms, lists, notices) is never held up here.
"""

from datetime import timedelta
from enum import Enum

from bot.gifts.ports import Clock
from bot.gifts.rate_limiter import RateLimiter

# for each channel, and a little more, as a call may arrive late; docs.slack.dev, "Rate limits", "Posting messages"
ONE_POST_A_SECOND = timedelta(seconds=1.05)
_A_MINUTE = timedelta(minutes=1)


class Method(Enum):
    """A method, with how many calls a minute are let through, and how many of them at once after a rest.

    Both together stay under Slack's limit in any minute, and leave a little for calls that are slow to arrive.
    Source: docs.slack.dev, "Rate limits"; the tiers as in MethodsRateLimits of Slack's own java-slack-sdk.
    """

    POST = "chat.postMessage", 280, 12  # "several hundred messages per minute per workspace"
    UPDATE = "chat.update", 36, 10  # Tier 3: 50
    OPEN = "conversations.open", 36, 10  # Tier 3: 50
    HISTORY = "conversations.history", 36, 10  # Tier 3: 50
    USER = "users.info", 40, 20  # Tier 4: 100; what is left is for forms

    def __init__(self, _name: str, a_minute: int, at_once: int) -> None:
        self.interval = _A_MINUTE / a_minute
        self.at_once = at_once


class SlackRateLimits:
    """Lets calls through in their turn."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._methods = {method: RateLimiter(clock, method.interval, method.at_once) for method in Method}
        self._channels: dict[str, RateLimiter] = {}

    async def turn(self, method: Method) -> None:
        """Wait until a method may be called."""
        await self._methods[method].turn()

    async def turn_to_post(self, channel: str) -> None:
        """Wait until a message may be posted there."""
        await self._channels.setdefault(channel, RateLimiter(self._clock, ONE_POST_A_SECOND)).turn()
        await self.turn(Method.POST)
