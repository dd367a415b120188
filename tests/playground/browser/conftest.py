"""Debian's Chromium with the playground's page in it, and the real bot behind; without Chromium these are skipped."""

import shutil
from collections.abc import AsyncGenerator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, async_playwright

from bot.sandbox.playground.environment import Stage, open_stage
from bot.sandbox.playground.server import serve
from tests.playground.browser.hands import Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",  # CI runs as root
]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncGenerator[Browser]:
    """A browser with a profile of its own, which nobody has used before."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stage() -> AsyncGenerator[Stage]:
    """The simulator and its company, for all tests of a file."""
    async with open_stage("runa") as stage:
        yield stage


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def address(stage: Stage) -> AsyncGenerator[str]:
    """The playground's address, and the bot at work."""
    async with serve(stage, 0) as address:
        await stage.keeper.start()
        yield address


@pytest.fixture
def width() -> int:
    """How wide the window is."""
    return 1440


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, address: str, width: int) -> AsyncGenerator[Page]:
    """The page, just opened; whoever it spoke to was the playground, and it had nothing to complain about."""
    context = await browser.new_context(viewport={"width": width, "height": 900}, has_touch=width < 900)
    asked: set[str] = set()
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    context.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    context.on("console", hear)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    tab = await context.new_page()
    await tab.goto(address)
    yield await Page(tab).opened()
    await context.close()
    assert asked == {urlsplit(address).netloc}
    assert complaints == []
