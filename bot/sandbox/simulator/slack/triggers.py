"""What Slack hands out with a payload and takes back later: trigger ids and response URLs."""

import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.sandbox.simulator.slack.records import Message, SlackError

TRIGGER_SECONDS: Final = 3.0
RESPONSE_URL_SECONDS: Final = 30 * 60.0
RESPONSE_URL_USES: Final = 5

Clock = Callable[[], float]


@dataclass
class Trigger:
    """The permission to open one modal for the person who has just acted."""

    user: str
    issued_at: float
    exchanged: bool = False


class Triggers:
    """Every trigger id that was ever issued."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, Trigger] = {}
        self._numbers = itertools.count(1)

    def issue(self, user: str) -> str:
        """Give a person's action its trigger id."""
        trigger_id = f"{next(self._numbers)}.1{self._clock():.0f}.{secrets.token_hex(16)}"
        self._issued[trigger_id] = Trigger(user, self._clock())
        return trigger_id

    def exchange(self, trigger_id: str) -> str:
        """Use a trigger id up and give the person whose action it was."""
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if self._clock() - trigger.issued_at > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        if trigger.exchanged:
            raise SlackError("exchanged_trigger_id")
        trigger.exchanged = True
        return trigger.user

    def owner(self, trigger_id: str) -> str | None:
        """Give the person whose action it was, whatever became of the trigger."""
        trigger = self._issued.get(trigger_id)
        return trigger.user if trigger else None


@dataclass
class Reply:
    """Where the uses of a response URL go: a channel, a person in it, and the message acted on if any."""

    channel: str
    user: str
    source: Message | None
    issued_at: float
    uses: int = 0


class ResponseUrls:
    """Every response URL that was ever issued."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, Reply] = {}

    def issue(self, channel: str, user: str, source: Message | None = None) -> str:
        """Give an action the last part of its response URL."""
        key = secrets.token_hex(12)
        self._issued[key] = Reply(channel, user, source, self._clock())
        return key

    def use(self, key: str) -> Reply:
        """Count a use and say where it goes."""
        reply = self._issued.get(key)
        if reply is None:
            raise SlackError("invalid_url")
        if self._clock() - reply.issued_at > RESPONSE_URL_SECONDS:
            raise SlackError("expired_url")
        if reply.uses >= RESPONSE_URL_USES:
            raise SlackError("used_url")
        reply.uses += 1
        return reply

    def owner(self, key: str) -> str | None:
        """Give the person whose action it was, whatever became of the URL."""
        reply = self._issued.get(key)
        return reply.user if reply else None
