"""Amounts by currency, as a company writes them: `250`, `250, 30000 JPY`."""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal

from bot.gifts.model.amount_limits import AmountLimits
from bot.gifts.model.errors import Invalid
from bot.gifts.model.money import from_major


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


def some(given: Mapping[str, Decimal], currencies: Collection[str]) -> AmountLimits:
    """An amount in each offered currency that has one; an amount without a currency is for all that have none.

    Raises:
        ValueError: it names a currency that no offered country uses, or one that has no such amount.
    """
    if unused := given.keys() - {*currencies, ""}:
        raise ValueError(f"has a limit in {', '.join(sorted(unused))}, which no offered country uses")
    otherwise = given.get("")
    amounts_in = {currency: given.get(currency, otherwise) for currency in sorted(currencies)}
    try:
        listed = {currency: from_major(major, currency) for currency, major in amounts_in.items() if major is not None}
    except Invalid as invalid:
        raise ValueError(str(invalid)) from None
    return AmountLimits(listed, otherwise)


def every(given: Mapping[str, Decimal], currencies: Collection[str]) -> AmountLimits:
    """An amount in each offered currency.

    Raises:
        ValueError: as `some` does, or a currency is left out.
    """
    limits = some(given, currencies)
    if without := {*currencies} - {*limits}:
        raise ValueError(f"has no limit for {', '.join(sorted(without))}")
    return limits
