"""The date of every answer of Slack's, for the clock to be compared with."""

from types import SimpleNamespace
from typing import Final

import aiohttp

from bot.gifts.checked_clock import CheckedClock

SLACK: Final = "Slack"


def dates_heard_by(clock: CheckedClock) -> aiohttp.TraceConfig:
    """Let a clock hear when each answer was made; for the session through which Slack is asked."""

    async def asked(_: aiohttp.ClientSession, call: SimpleNamespace, __: aiohttp.TraceRequestStartParams) -> None:
        call.asked_at = clock.monotonic()

    async def answered(_: aiohttp.ClientSession, call: SimpleNamespace, end: aiohttp.TraceRequestEndParams) -> None:
        clock.hear(SLACK, end.response.headers.get("Date"), call.asked_at)

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(asked)
    trace.on_request_end.append(answered)
    return trace
