"""Runa's catalogue: what it sells in a country, read page by page into the heart's own words."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import Field, TypeAdapter

from bot.giftcards.api import Api, Pagination, Reply, money_of, readable
from bot.gifts.model.currencies import PLACES
from bot.gifts.model.money import Money
from bot.gifts.model.outcomes import OutcomeUnknown, Rejected, Unavailable
from bot.gifts.model.product import LONGEST_NAME, Product

_PAGE = 500  # the most that GET /product gives at once
_MOST_PAGES = 100


class _Denominations(Reply):
    type: str = "open"
    minimum_value: Decimal | None = None
    maximum_value: Decimal | None = None
    available_list: list[Decimal] | None = None


class _GiftCard(Reply):
    denominations: _Denominations = _Denominations()


class _Row(Reply):
    code: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,100}$")]
    name: str = ""
    currency: str
    is_orderable: bool
    countries_redeemable_in: list[str]
    payout_type: str
    gift_card: _GiftCard | None = None

    def is_sold(self, country: str) -> bool:
        return (
            self.is_orderable
            and self.payout_type == "gift_card"
            and country in self.countries_redeemable_in
            and self.currency in PLACES
            and self.gift_card is not None
        )

    def product(self) -> Product | None:
        """The product, unless it comes in fixed values of which none is an amount."""
        assert self.gift_card is not None, "only what is sold is asked"
        terms = self.gift_card.denominations
        name = " ".join(self.name.split())[:LONGEST_NAME] or self.code
        if terms.type != "fixed":
            return Product(self.code, name, self._money(terms.minimum_value), self._money(terms.maximum_value))
        values = tuple(value for one in terms.available_list or () if (value := self._money(one)))
        return Product(self.code, name, values=values) if values else None

    def _money(self, major: Decimal | None) -> Money | None:
        return money_of(major, self.currency) if major is not None else None


class _Page(Reply):
    catalog: list[object]
    pagination: Pagination


class _Countries(Reply):
    countries: frozenset[str]


_PAGES = TypeAdapter(_Page)
_COUNTRIES = TypeAdapter(_Countries)


async def countries(api: Api) -> frozenset[str] | Rejected | Unavailable:
    """The countries that anything can be spent in."""
    reply = await api.get("product/countries", _COUNTRIES)
    return reply.countries if isinstance(reply, _Countries) else _certain(reply)


async def products(api: Api, country: str) -> Mapping[str, tuple[Product, ...]] | Rejected | Unavailable:
    """Every gift card that can be ordered for a country, by currency, in the service's order, each once."""
    rows: list[_Row] = []
    query: dict[str, str | int] = {"is_orderable": "true", "countries_redeemable_in": country, "limit": _PAGE}
    for _ in range(_MOST_PAGES):
        page = await api.get("product", _PAGES, query)
        if not isinstance(page, _Page):
            return _certain(page)
        rows.extend(readable(page.catalog, _Row))
        after = page.pagination.cursors.after
        if not after or not page.catalog:
            break
        query["after"] = after
    return _sold(rows, country)


def _sold(rows: Iterable[_Row], country: str) -> Mapping[str, tuple[Product, ...]]:
    found: defaultdict[str, dict[str, Product]] = defaultdict(dict)
    for row in rows:
        if row.is_sold(country) and (product := row.product()):
            found[row.currency][product.code] = product
    return {currency: tuple(products.values()) for currency, products in found.items()}


def _certain(answer: Rejected | Unavailable | OutcomeUnknown) -> Rejected | Unavailable:
    """For what only reads, not knowing is the same as not now, and not to be let in is a no."""
    if not isinstance(answer, OutcomeUnknown):
        return answer
    if answer.reason.holds:
        return Rejected(answer.reason, answer.detail)
    return Unavailable(f"the catalogue cannot be read: {answer.detail}")
