"""The time that somebody waits for an answer: one budget for everything that is done for them until then.

It goes with the task that answers, and with all that this task starts. Whoever waits for others asks how much is left;
and a transaction does not begin, nor end, once nothing is: what a person is told has failed has not been done.
"""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from bot.gifts.model.errors import NotNow
from bot.gifts.model.text import say

_ends_at: ContextVar[float | None] = ContextVar("_ends_at", default=None)  # by the event loop's clock


@contextmanager
def time_limit(seconds: float | None) -> Generator[None]:
    """Let what is done inside have that many seconds in all; None for what nobody waits for."""
    token = _ends_at.set(None if seconds is None else asyncio.get_running_loop().time() + seconds)
    try:
        yield
    finally:
        _ends_at.reset(token)


def seconds_left(longest: float) -> float:
    """How many seconds may still be waited for something, `longest` at most."""
    ends_at = _ends_at.get()
    return longest if ends_at is None else max(0.0, min(longest, ends_at - asyncio.get_running_loop().time()))


def check_in_time() -> None:
    """Let whoever wants to change something pass as long as there is time left.

    Raises:
        NotNow: there is none, so that nothing may be changed.
    """
    if seconds_left(1) <= 0:
        raise NotNow(say("This took too long. Nothing was changed: please try again in a moment."))
