"""Money: integer minor units and an ISO 4217 currency, always together; parsed and formatted with Babel."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.numbers import (
    NumberFormatError,
    format_currency,
    format_decimal,
    get_currency_precision,
    get_currency_symbol,
    get_group_symbol,
    get_territory_currencies,
    parse_decimal,
)

from bot.gifts.errors import Field, Invalid
from bot.gifts.wording import Words, say, say_many

LONGEST_AMOUNT: Final = 20  # characters that somebody has to write for one; 1,000,000,000,000 has 17
_MOST_TYPED = 1000  # characters that are read; Babel's time grows with their square
_LARGEST_MINOR = 10**12  # far beyond any gift, far below what SQLite's integers hold
_MOST_DIGITS = 15  # beyond that an amount is not even reckoned with
_FINEST = Decimal("1e-30")  # finer than any currency: an amount below it is no cheaper to reckon with
_NO_COUNTRIES = {"EU", "EZ", "UN"}  # they have codes and currencies, and nobody lives there
_NUMBER = re.compile(r"[0-9][0-9.,'’ \u00a0\u202f]*")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (pence, cents, yen) of one currency."""

    minor: int
    currency: str

    def __str__(self) -> str:
        return f"{self.major} {self.currency}"

    @property
    def major(self) -> Decimal:
        """The amount in major units (pounds, dollars, yen), exact."""
        return Decimal(self.minor).scaleb(-get_currency_precision(self.currency))

    def times(self, count: int) -> "Money":
        """The amount `count` times over."""
        return Money(self.minor * count, self.currency)

    def plus(self, other: "Money") -> "Money":
        """Both amounts together; they are of one currency."""
        assert other.currency == self.currency, "pounds and euros do not add up"
        return Money(self.minor + other.minor, self.currency)

    def format(self, locale: str) -> str:
        """The amount as a reader of `locale` ("en-GB", "de-DE") writes it."""
        return _format(self, locale)


@lru_cache(maxsize=1024)  # people give the same round amounts over and over
def _format(money: Money, locale: str) -> str:
    return format_currency(money.major, money.currency, locale=babel_locale(locale))


@lru_cache
def babel_locale(locale: str) -> Locale:
    """Babel's locale for Slack's ("en-GB"); English where Babel does not know it."""
    try:
        return Locale.parse(locale, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def currency_of(country: str) -> str | None:
    """The currency in use today in an ISO 3166 country, or None for no country that Babel knows."""
    if not re.fullmatch("[A-Z]{2}", country) or country in _NO_COUNTRIES:
        return None
    currencies = get_territory_currencies(country)
    return currencies[0] if currencies else None


def from_major(amount: Decimal, currency: str) -> Money:
    """Money from major units.

    Raises:
        Invalid: the amount is not positive, absurdly large, or finer than the currency's smallest unit.
    """
    if amount <= 0:
        raise _invalid(say("The amount has to be more than zero."))
    if amount.adjusted() > _MOST_DIGITS:
        raise _invalid(say("That amount is too large."))
    places = get_currency_precision(currency)
    minor = Fraction(max(amount, _FINEST)) * 10**places  # exact, where Decimal would round
    if minor.denominator != 1:
        raise _invalid(_finest(currency, places))
    if minor > _LARGEST_MINOR:
        raise _invalid(say("That amount is too large."))
    return Money(int(minor), currency)


def parse_money(text: str, currency: str, locale: str) -> Money:
    """Money from what a person of `locale` typed, with or without the currency's code or symbol.

    Raises:
        Invalid: the text is no positive amount of this currency, with words that say what is wrong.
    """
    bare = text.strip()
    if len(bare) > _MOST_TYPED:
        raise _no_amount(bare, currency)
    for sign in _signs_of(currency, locale):
        bare = sign.sub("", bare).strip()
    if not bare:
        raise _invalid(say("Please write an amount, for example 25."))
    if bare.startswith(("-", "−")):  # the second one is the typographical minus
        raise _invalid(say("The amount has to be more than zero."))
    if any(sign.isdigit() and not sign.isascii() for sign in bare):
        raise _invalid(say("Please write the amount with the digits 0 to 9."))
    if not _NUMBER.fullmatch(bare):
        raise _no_amount(text.strip(), currency)
    try:
        return from_major(_decimal(bare, locale), currency)
    except InvalidOperation:  # Babel cannot write out so many digits, to see whether it reads them as they were meant
        raise _no_amount(bare, currency) from None


@lru_cache
def _signs_of(currency: str, locale: str) -> Sequence[re.Pattern[str]]:
    """What people write before or behind an amount: the currency's code, and its symbol as they or others know it."""
    signs = (currency, get_currency_symbol(currency, babel_locale(locale)), get_currency_symbol(currency, "en"))
    return [re.compile(f"^{sign}|{sign}$", re.IGNORECASE) for sign in map(re.escape, signs)]


def _decimal(text: str, locale: str) -> Decimal:
    readers = babel_locale(locale)
    group = get_group_symbol(readers)
    typed_for_group = r"\s" if group.isspace() else "['’]" if group in "'’" else re.escape(group)
    try:
        return parse_decimal(re.sub(typed_for_group, group, text), readers, strict=True)
    except NumberFormatError as error:
        example = format_decimal(Decimal("1234.5"), locale=readers)
        words = say(
            "“{text}” can be read in more than one way. Write it like {example}.", text=text[:40], example=example
        )
        raise _invalid(words) from error


def _finest(currency: str, places: int) -> Words:
    if not places:
        return say("{currency} has no decimal places: please write fewer digits.", currency=currency)
    return say_many(
        "{currency} has {count} decimal place: please write fewer digits.",
        "{currency} has {count} decimal places: please write fewer digits.",
        places,
        currency=currency,
    )


def _no_amount(text: str, currency: str) -> Invalid:
    words = say(
        "“{text}” is not an amount of {currency}. Write a number, for example 25.", text=text[:40], currency=currency
    )
    return _invalid(words)


def _invalid(words: Words) -> Invalid:
    return Invalid({Field.AMOUNT: words})
