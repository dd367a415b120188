"""PURE: what can be bought: each brand's gift card with the values it comes in, and a country's shelf of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from babel.lists import format_list

from bot.gifts.money import Money, babel_locale

_MOST_NAMED = 20  # values, one by one


@dataclass(frozen=True, slots=True)
class Choice:
    """The product that a requester chose, with the name it had then; without one the recipient chooses."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Product:
    """One brand's gift card in one currency: in fixed `values`, or in any from `smallest` to `largest`."""

    code: str
    name: str
    smallest: Money | None = None
    largest: Money | None = None
    values: tuple[Money, ...] = ()

    def offers(self, value: Money) -> bool:
        """Whether it can be bought in this value of its currency."""
        if self.values:
            return value in self.values
        above = self.smallest is None or self.smallest.minor <= value.minor
        return above and (self.largest is None or value.minor <= self.largest.minor)

    def values_in_words(self, locale: str) -> str:
        """The values that it comes in, as a reader writes them; empty where any will do."""
        if self.values:
            ordered = [value.format(locale) for value in sorted(self.values, key=lambda value: value.minor)]
            if len(ordered) > _MOST_NAMED:
                return f"{len(ordered)} values from {ordered[0]} to {ordered[-1]}"
            return format_list(ordered, "or", babel_locale(locale))
        return _range(self.smallest, self.largest, locale)


@dataclass(frozen=True, slots=True)
class Shelf:
    """All that can be bought for one country in its currency, as it was at `read_at`."""

    country: str
    products: tuple[Product, ...]
    read_at: datetime

    def find(self, code: str) -> Product | None:
        """The product of this code."""
        return next((product for product in self.products if product.code == code), None)

    def named(self, words: str, limit: int) -> list[Product]:
        """The first products whose names have all these words in them, those that begin with them before others."""
        wanted = words.casefold().split()
        found = [product for product in self.products if all(word in product.name.casefold() for word in wanted)]
        start = " ".join(wanted)
        return sorted(found, key=lambda product: (not product.name.casefold().startswith(start), product.name))[:limit]

    def offering(self, value: Money) -> list[Product]:
        """What can be bought in this value, in the service's order."""
        return [product for product in self.products if product.offers(value)]

    def values_in_words(self, locale: str) -> str:
        """From the smallest to the largest value of anything on it."""
        smallest = _known(product.values or (product.smallest,) for product in self.products)
        largest = _known(product.values or (product.largest,) for product in self.products)
        return _range(smallest[0] if smallest else None, largest[-1] if largest else None, locale)


def _known(values: Iterable[tuple[Money | None, ...]]) -> list[Money]:
    """All of them, or nothing where one of them is open."""
    every = [value for some in values for value in some]
    known = [value for value in every if value is not None]
    return sorted(known, key=lambda value: value.minor) if len(known) == len(every) else []


def _range(smallest: Money | None, largest: Money | None, locale: str) -> str:
    match smallest, largest:
        case None, None:
            return ""
        case Money(), _ if smallest == largest:
            return smallest.format(locale)
        case Money(), None:
            return f"{smallest.format(locale)} or more"
        case None, Money():
            return f"at most {largest.format(locale)}"
    assert smallest is not None, "all other cases are above"
    assert largest is not None, "likewise"
    return f"{smallest.format(locale)} to {largest.format(locale)}"
