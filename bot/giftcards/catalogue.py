"""What Runa sells in a country: read page by page, and remembered for an hour."""

from datetime import datetime, timedelta
from decimal import Decimal

from pydantic import TypeAdapter

from bot.giftcards.api import Api, Pagination, Reply, readable
from bot.gifts.money import Money
from bot.gifts.ports import Clock, OutcomeUnknown, Rejected, Unavailable

FRESH = timedelta(hours=1)
_PAGE = 500  # the most that GET /product gives at once
_MOST_PAGES = 100


class _Denominations(Reply):
    type: str = "open"
    minimum_value: Decimal | None = None
    maximum_value: Decimal | None = None
    available_list: list[Decimal] | None = None

    def include(self, value: Decimal) -> bool:
        if self.type == "fixed":
            return value in (self.available_list or ())
        lowest, highest = self.minimum_value, self.maximum_value
        return (lowest is None or lowest <= value) and (highest is None or value <= highest)


class _GiftCard(Reply):
    denominations: _Denominations = _Denominations()


class Product(Reply):
    """One brand's gift card in one currency."""

    code: str
    currency: str
    is_orderable: bool
    countries_redeemable_in: list[str]
    payout_type: str
    gift_card: _GiftCard | None = None

    def can_be(self, value: Money, country: str) -> bool:
        """Whether it can be ordered in this value for this country."""
        return (
            self.is_orderable
            and self.payout_type == "gift_card"
            and country in self.countries_redeemable_in
            and self.currency == value.currency
            and self.gift_card is not None
            and self.gift_card.denominations.include(value.major)
        )


class _Page(Reply):
    catalog: list[object]
    pagination: Pagination


_PAGES = TypeAdapter(_Page)


class Catalogue:
    """The products of each country."""

    def __init__(self, api: Api, clock: Clock) -> None:
        self._api = api
        self._clock = clock
        self._known: dict[str, tuple[list[Product], datetime]] = {}

    async def codes(self, value: Money, country: str) -> list[str] | Rejected | Unavailable:
        """The codes of all products that can be ordered in this value for this country, in the service's order."""
        products = await self._products(country)
        if not isinstance(products, list):
            return products
        return list(dict.fromkeys(product.code for product in products if product.can_be(value, country)))

    async def _products(self, country: str) -> list[Product] | Rejected | Unavailable:
        known, until = self._known.get(country, ([], self._clock.now()))
        if self._clock.now() < until:
            return known
        products: list[Product] = []
        query: dict[str, str | int] = {"is_orderable": "true", "countries_redeemable_in": country, "limit": _PAGE}
        for _ in range(_MOST_PAGES):
            page = await self._api.get("product", _PAGES, query)
            if isinstance(page, OutcomeUnknown):
                return Unavailable(f"the catalogue cannot be read: {page.detail}")
            if not isinstance(page, _Page):
                return page
            products.extend(readable(page.catalog, Product))
            after = page.pagination.cursors.after
            if not after or not page.catalog:
                break
            query["after"] = after
        self._known[country] = (products, self._clock.now() + FRESH)
        return products
