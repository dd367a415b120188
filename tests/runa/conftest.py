"""The counters that the tests of Runa's client stand at."""

from collections.abc import AsyncGenerator

import pytest

from bot.giftcards.runa.settings import PLAYGROUND_TEMPLATES
from tests.harness.runa_server import Dashboard, at_work


@pytest.fixture
async def desk() -> AsyncGenerator[Dashboard]:
    """The client in the playground, which has a template for each currency."""
    async with at_work(PLAYGROUND_TEMPLATES) as desk:
        yield desk


@pytest.fixture
async def shop() -> AsyncGenerator[Dashboard]:
    """The client in production without templates: what can be ordered is in the catalogue."""
    async with at_work({}, production=True) as desk:
        yield desk
