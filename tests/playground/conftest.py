"""A playground with the real bot in it, and a visitor who speaks its protocol as the page does."""

from collections.abc import AsyncGenerator

import pytest

from bot.sandbox.playground.environment import Stage, open_stage
from bot.sandbox.playground.server import serve
from tests.playground.visitor import Visitor


@pytest.fixture
def provider() -> str:
    """The gift card service that the playground has."""
    return "runa"


@pytest.fixture
async def stage(provider: str) -> AsyncGenerator[Stage]:
    """The simulator and the company; the bot is not running yet."""
    async with open_stage(provider) as stage:
        yield stage


@pytest.fixture
async def door(stage: Stage) -> AsyncGenerator[str]:
    """The playground's address with its token."""
    async with serve(stage, 0) as address:
        yield address


@pytest.fixture
async def address(stage: Stage, door: str) -> str:
    """The same, and the bot at work."""
    await stage.keeper.start()
    return door


@pytest.fixture
async def visitor(address: str) -> AsyncGenerator[Visitor]:
    """Somebody who has opened the page."""
    async with Visitor.at(address) as visitor:
        yield visitor
