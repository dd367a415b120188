"""Fixtures of the whole story: an office with the bot's services, and the bot itself, at work."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.app import Giftbot
from bot.simulator import Provider, Simulator
from tests.office import Office, TurnableClock

pytest_plugins = ("tests.proof.table",)


@pytest.fixture
def provider() -> Provider:
    """The gift card service that the company uses; modules whose story is told of both say so."""
    return "runa"


@pytest.fixture
async def office(tmp_path: Path, provider: Provider) -> AsyncGenerator[Office]:
    """A company, its Slack and its gift card service; the bot is not running yet."""
    clock = TurnableClock()
    async with Simulator(clock=clock.time, provider=provider) as simulator:
        yield Office(simulator, tmp_path, clock)


@pytest.fixture
async def bot(office: Office) -> AsyncGenerator[Giftbot]:
    """The bot at work in the office, over Socket Mode."""
    async with office.open() as bot:
        yield bot
