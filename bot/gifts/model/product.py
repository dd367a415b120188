"""PURE: what can be bought: each brand's gift card with the values it comes in, and a country's shelf of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.gifts.model.money import Money
from bot.gifts.model.text import ListOf, Part, say, say_many

LONGEST_NAME: Final = 100  # characters of a product's name, which stands in the middle of sentences
_MOST_NAMED = 20  # values, one by one


@dataclass(frozen=True, slots=True)
class ChosenProduct:
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
        above = self.smallest is None or self.smallest <= value
        return above and (self.largest is None or value <= self.largest)

    @property
    def values_in_words(self) -> Part | None:
        """The values that it comes in; None where any will do."""
        if not self.values:
            return _range(self.smallest, self.largest)
        ordered = sorted(self.values)
        if len(ordered) <= _MOST_NAMED:
            return ListOf(tuple(ordered), with_or=True)
        return say_many(
            "{count} value from {smallest} to {largest}",
            "{count} values from {smallest} to {largest}",
            len(ordered),
            smallest=ordered[0],
            largest=ordered[-1],
        )


@dataclass(frozen=True, slots=True)
class CountryCatalogue:
    """All that can be bought for one country in one currency, as it was at `read_at`."""

    country: str
    currency: str
    products: tuple[Product, ...]
    read_at: datetime

    def find(self, code: str) -> Product | None:
        """The product of this code."""
        return next((product for product in self.products if product.code == code), None)

    def named(self, words: str, limit: int) -> list[Product]:
        """The first products whose names have all these words in them, those that begin with them before others."""
        wanted = words[:LONGEST_NAME].casefold().split()
        names = [(product.name.casefold(), product) for product in self.products]
        found = [(name, product) for name, product in names if all(word in name for word in wanted)]
        start = " ".join(wanted)
        found.sort(key=lambda named: (not named[0].startswith(start), named[1].name))
        return [product for _, product in found[:limit]]

    def offering(self, value: Money) -> list[Product]:
        """What can be bought in this value, in the service's order."""
        return [product for product in self.products if value.currency == self.currency and product.offers(value)]

    @property
    def values_in_words(self) -> Part | None:
        """From the smallest to the largest value of anything on it; None where that is not known."""
        smallest = _known(product.values or (product.smallest,) for product in self.products)
        largest = _known(product.values or (product.largest,) for product in self.products)
        return _range(smallest[0] if smallest else None, largest[-1] if largest else None)


def _known(values: Iterable[tuple[Money | None, ...]]) -> list[Money]:
    """All of them, or nothing where one of them is open."""
    every = [value for some in values for value in some]
    known = [value for value in every if value is not None]
    return sorted(known) if len(known) == len(every) else []


def _range(smallest: Money | None, largest: Money | None) -> Part | None:
    match smallest, largest:
        case Money(), _ if smallest == largest:
            return smallest
        case Money(), None:
            return say("{smallest} or more", smallest=smallest)
        case None, Money():
            return say("at most {largest}", largest=largest)
        case Money(), Money():
            return say("{smallest} to {largest}", smallest=smallest, largest=largest)
    return None
