"""Makes README's picture of the playground: `python -m tests.tools.readme_picture` plays a gift, and takes it.

The story is real, up to the moment that the picture shows: Rob has his gift, and Abe has the next card before him.
"""

import asyncio
from pathlib import Path
from typing import Final

from playwright.async_api import async_playwright

from bot.sandbox.playground.environment import open_stage
from bot.sandbox.playground.server import serve
from tests.playground.browser.conftest import CHROMIUM, QUIET
from tests.playground.browser.hands import Page

PICTURE: Final = Path(__file__).parents[2] / ".github" / "playground.png"
LARGEST: Final = 300_000  # bytes: README's first screen is there at once
SIZE: Final = (1440, 900)


async def _play(page: Page) -> None:
    await page.mia.asks("thank you for the launch")
    await page.abe.goes_to("Giftbot")
    await page.abe.approves("thank you for the launch")
    await page.rob.goes_to("Giftbot")
    await page.rob.sees("thanks you with a gift")
    await page.mia.asks("for the cake", rest="@Eve 10 GBP")
    await page.abe.sees("for the cake")
    await page.mia.goes_to("Giftbot")
    await page.mia.sees("has your gift")
    await page.looks("Behind the scenes")


async def _take() -> None:
    async with (
        open_stage("runa") as stage,
        serve(stage, 0) as address,
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET) as browser,
    ):
        await stage.keeper.start()
        tab = await browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]}, color_scheme="light")
        await tab.goto(address)
        await _play(await Page(tab).opened())
        await tab.screenshot(path=PICTURE, animations="disabled")
    size = PICTURE.stat().st_size
    assert size < LARGEST, f"{PICTURE} has {size} bytes"


if __name__ == "__main__":
    asyncio.run(_take())
