"""Amounts by currency, as a company writes them: `250`, `250, 30000 JPY`."""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal

from bot.gifts.errors import Invalid
from bot.gifts.money import Money, currency_of, from_major


def amounts(parts: Collection[str]) -> dict[str, Decimal]:
    """Amounts by currency; one without a currency stands under the empty name.

    Raises:
        ValueError: it is no amount.
    """
    found: dict[str, Decimal] = {}
    for part in parts:
        number, _, currency = part.strip().partition(" ")
        if not re.fullmatch(r"\d{1,9}(\.\d+)?( [A-Z]{3})?", part.strip(), re.ASCII):
            raise ValueError("has to be amounts, such as 250 or 250 GBP, 300 USD")
        if currency in found:
            raise ValueError(f"has two amounts {f'in {currency}' if currency else 'without a currency'}")
        found[currency] = Decimal(number)
    return found


def some(given: Mapping[str, Decimal], countries: Collection[str]) -> dict[str, Money]:
    """An amount in each offered currency that has one; an amount without a currency is for all that have none.

    Raises:
        ValueError: it names a currency that no offered country uses, or one that has no such amount.
    """
    currencies = sorted({currency_of(country) or "" for country in countries})
    if unused := given.keys() - {*currencies, ""}:
        raise ValueError(f"has a limit in {', '.join(sorted(unused))}, which no offered country uses")
    limits = {currency: given.get(currency, given.get("")) for currency in currencies}
    try:
        return {currency: from_major(limit, currency) for currency, limit in limits.items() if limit is not None}
    except Invalid as invalid:
        raise ValueError(str(invalid)) from None


def every(given: Mapping[str, Decimal], countries: Collection[str]) -> dict[str, Money]:
    """An amount in each offered currency.

    Raises:
        ValueError: as `some` does, or a currency is left out.
    """
    limits = some(given, countries)
    if without := {currency_of(country) or "" for country in countries} - limits.keys():
        raise ValueError(f"has no limit for {', '.join(sorted(without))}")
    return limits
