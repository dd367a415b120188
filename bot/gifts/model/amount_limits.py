"""PURE: amounts by currency, as a company writes them: some named, and perhaps one for every other currency."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from bot.gifts.model.errors import Invalid
from bot.gifts.model.money import Money, from_major


@dataclass(frozen=True, eq=False)
class AmountLimits(Mapping[str, Money]):
    """An amount in each currency; `otherwise`, in major units, is for every currency without one of its own.

    Those of the currencies that are offered are listed; like a Counter, it has an answer for others as well, since only
    the gift card service's catalogue knows in which currency it sells.
    """

    listed: Mapping[str, Money] = field(default_factory=dict)
    otherwise: Decimal | None = None

    def __getitem__(self, currency: str) -> Money:
        if currency in self.listed:
            return self.listed[currency]
        if self.otherwise is None:
            raise KeyError(currency)
        try:
            return from_major(self.otherwise, currency)
        except Invalid:
            raise KeyError(currency) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.listed)

    def __len__(self) -> int:
        return len(self.listed)
