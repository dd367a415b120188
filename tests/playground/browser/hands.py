"""The hands of whoever plays everybody: they find things as people do, by what is written on them."""

from typing import Self

from playwright.async_api import Locator, expect
from playwright.async_api import Page as Tab

PATIENCE = 20_000.0  # milliseconds; the bot may have to be started again meanwhile


class Seat:
    """One person's column."""

    def __init__(self, tab: Tab, name: str) -> None:
        self.tab = tab
        self.name = name
        self.column = tab.locator(f'.column[data-person="{name}"]')
        self.composer = self.column.get_by_role("textbox", name="Message #general")
        self.modal = self.column.get_by_role("dialog")
        self.question = self.column.get_by_role("alertdialog")
        self.messages = self.column.get_by_role("article")

    async def goes_to(self, place: str) -> None:
        """Open a conversation from the sidebar."""
        await self.column.get_by_role("navigation").get_by_role("button", name=place).click()

    async def types(self, line: str) -> None:
        """Write a line in #general and send it."""
        await self.composer.fill(line)
        await self.composer.press("Enter")

    async def asks(self, note: str, rest: str = "@Rob 25 GBP") -> None:
        """Ask for a gift, from the command to the thank-you."""
        await self.types(f"/gift {rest} {note}")
        await self.modal.get_by_role("button", name="Ask", exact=True).click()
        await expect(self.modal).to_contain_text("is asked for", timeout=PATIENCE)
        await self.tab.keyboard.press("Escape")
        await expect(self.modal).to_have_count(0)

    async def approves(self, note: str) -> None:
        """Click Approve on the card with this note, and confirm."""
        await self.clicks("Approve", await self.sees(note))
        await self.confirms("Approve")

    async def clicks(self, text: str, message: Locator) -> None:
        """Click a button of a message."""
        await message.get_by_role("button", name=text, exact=True).click()

    async def confirms(self, text: str) -> None:
        """Answer the question on the screen."""
        await self.question.get_by_role("button", name=text, exact=True).click()

    async def sees(self, words: str, *more: str) -> Locator:
        """Wait until the newest message with all of these words is on the screen, and give it."""
        message = self.messages.filter(has_text=words)
        for one in more:
            message = message.filter(has_text=one)
        await expect(message.last).to_be_visible(timeout=PATIENCE)
        return message.last


class Page:
    """The page in a tab."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.mia, self.abe, self.rob, self.ana = (Seat(tab, name) for name in ("Mia", "Abe", "Rob", "Ana"))
        self.promises = tab.get_by_role("region", name="See the promises kept")
        self.backstage = tab.get_by_role("region", name="Behind the scenes")

    async def opened(self) -> Self:
        """Wait until the page is drawn."""
        await expect(self.tab.get_by_role("main")).to_be_visible()
        return self

    async def looks(self, behind: str, sheet: str = "") -> Locator:
        """Open a panel of the drawer, on one of its sheets, and give it."""
        toggle = self.tab.get_by_role("button", name=behind, exact=True)
        if await toggle.get_attribute("aria-expanded") != "true":
            await toggle.click()
        panel = self.tab.get_by_role("region", name=behind, exact=True)
        if sheet:
            await panel.get_by_role("tab", name=sheet).click()
        return panel

    async def seats(self, name: str, instead_of: Seat) -> None:
        """Let somebody else sit in a column."""
        await instead_of.column.get_by_role("button", name="choose somebody else").click()
        await self.tab.get_by_role("menuitem", name=name).click()
