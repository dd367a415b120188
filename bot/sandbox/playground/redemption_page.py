"""Where a gift's link leads: a page in the look of a gift card service, where the money can be taken."""

from html import escape
from pathlib import Path
from typing import Final

from aiohttp import web

from bot.sandbox.simulator import GiftCardService, Order
from bot.sandbox.simulator.giftcards.service import Item

PAGE: Final = Path(__file__).parent / "page" / "reward.html"
WORDS: Final = {
    "ACTIVE": "Choose what you like, and it is yours.",
    "CLAIMED": "This gift has been redeemed. Enjoy it!",
    "CANCELLED": "This gift has been cancelled.",
    "EXPIRED": "This gift has expired.",
}
NO_REDEEMING: Final = "This contract has no redeeming: the service never tells whether a link was used."
BUTTON: Final = '<form method="post"><button type="submit">Redeem</button></form>'


class Rewards:
    """The reward pages of one gift card service."""

    def __init__(self, giftcards: GiftCardService) -> None:
        self._giftcards = giftcards

    async def show(self, request: web.Request) -> web.Response:
        """Show what a link is worth, and what became of it."""
        order, item = self._find(request)
        return web.Response(text=self._page(order, item), content_type="text/html")

    async def redeem(self, request: web.Request) -> web.Response:
        """Take the money, once, and show the page again."""
        _, item = self._find(request)
        if self._giftcards.status_of(item.link) == "ACTIVE":
            self._giftcards.redeem(item.link)
        raise web.HTTPSeeOther(request.path)

    def _find(self, request: web.Request) -> tuple[Order, Item]:
        path = f"/{request.match_info['path']}"
        for order in self._giftcards.orders:
            for item in order.items:
                if item.link.removeprefix("https://").partition("/")[2] == path.removeprefix("/"):
                    return order, item
        raise web.HTTPNotFound(text="There is no gift behind this link.\n")

    def _page(self, order: Order, item: Item) -> str:
        status = self._giftcards.status_of(item.link)
        words = {
            "value": f"{item.face_value} {order.currency}",
            "host": self._giftcards.link_hosts[0],
            "words": WORDS[status] if status else NO_REDEEMING,
            "status": status or "unknown",
            "order": order.id,
        }
        page = PAGE.read_text(encoding="utf-8")
        for name, word in words.items():
            page = page.replace(f"{{{{{name}}}}}", escape(word))
        return page.replace("{{button}}", BUTTON if status == "ACTIVE" else "")
