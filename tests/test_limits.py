"""Slack's limits: however many messages there are, no minute has more calls than a method may have."""

import asyncio
from datetime import datetime, timedelta

import pytest

from handlers.slack_api.rate_limits import Method, SlackRateLimits
from tests.harness.giftcard_server import Clock

A_MINUTE = timedelta(minutes=1)
ALLOWED = {Method.POST: 300, Method.UPDATE: 50, Method.OPEN: 50, Method.HISTORY: 50, Method.USER: 100}


@pytest.mark.parametrize("method", Method)
async def test_no_minute_has_too_many_calls(method: Method) -> None:
    """After a rest some come together, and any minute that then begins is still under Slack's limit."""
    clock = Clock()
    limits = SlackRateLimits(clock)
    called: list[datetime] = []
    for _ in range(3 * ALLOWED[method]):
        await limits.turn(method)
        called.append(clock.now())
    for earlier, later in zip(called, called[ALLOWED[method] :], strict=False):
        assert later - earlier >= A_MINUTE
    assert called[method.at_once - 1] == called[0], "who comes after a rest does not wait"


async def test_a_channel_gets_one_message_a_second() -> None:
    """Several at once are a second apart in one channel, and others do not wait for it."""
    clock = Clock()
    limits = SlackRateLimits(clock)
    began = clock.now()
    await asyncio.gather(*(limits.turn_to_post("C1") for _ in range(5)))
    assert timedelta(seconds=4) <= clock.now() - began <= timedelta(seconds=5)
    slept = len(clock.slept)
    await limits.turn_to_post("C2")
    assert len(clock.slept) == slept
