"""Money: integer minor units, an ISO 4217 currency and the decimal places it was written with, always together.

Babel reads and shows amounts; it never says how many decimal places one has.
"""

import re
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache, total_ordering
from typing import Final

from babel.numbers import (
    NumberFormatError,
    format_decimal,
    get_currency_precision,
    get_decimal_symbol,
    get_group_symbol,
    parse_decimal,
)

from bot.gifts.model.currencies import PLACES
from bot.gifts.model.currency_words import means
from bot.gifts.model.errors import Field, Invalid
from bot.gifts.model.locales import babel_locale
from bot.gifts.model.refusal import Refusal, RefusalCode
from bot.gifts.model.text import Words, say, say_many

LONGEST_AMOUNT: Final = 20  # characters that somebody has to write for one; 1,000,000,000,000 has 17
_MOST_TYPED = 1000  # characters that are read; Babel's time grows with their square
_LARGEST_MINOR = 10**12  # far beyond any gift, far below what SQLite's integers hold
_MOST_DIGITS = 15  # beyond that an amount is not even reckoned with
_FINEST = Decimal("1e-30")  # finer than any currency: an amount below it is no cheaper to reckon with
_MOST_HAVE = 2  # places: a code that only a reply names, and that no ISO table has, is compared and never offered
_THOUSANDTHS = 3  # places: where people see so many, three zeros are no thousands
_NUMBER = re.compile(r"[0-9][0-9.,'’ \u00a0\u202f]*")
_PARTS = re.compile(r"([^0-9]*)([0-9](?:.*[0-9])?)?([^0-9]*)", re.DOTALL)
_EVEN = re.compile(r"^[.,][-–—]{0,2}")  # 25.- and 25,-- have no pence


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Money:
    """An amount in minor units (pence, cents, yen) of one currency; `exponent` is how many decimal places these are.

    The exponent is that with which the amount was written first, and stays with it. Two amounts are equal that are
    worth the same; only those of one currency compare otherwise.
    """

    minor: int
    currency: str
    exponent: int

    def __str__(self) -> str:
        return f"{self.major} {self.currency}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Money) and (self.major, self.currency) == (other.major, other.currency)

    def __hash__(self) -> int:
        return hash((self.major, self.currency))

    def __lt__(self, other: "Money") -> bool:
        assert other.currency == self.currency, "pounds are neither more nor less than euros"
        return self.major < other.major

    @property
    def major(self) -> Decimal:
        """The amount in major units (pounds, dollars, yen), exact."""
        return Decimal(self.minor).scaleb(-self.exponent)

    def written_with(self, exponent: int) -> "Money":
        """The same amount with so many decimal places, which are at least as many as it has."""
        assert exponent >= self.exponent, "no amount is rounded"
        return Money(self.minor * 10 ** (exponent - self.exponent), self.currency, exponent)

    def times(self, count: int) -> "Money":
        """The amount `count` times over."""
        return Money(self.minor * count, self.currency, self.exponent)

    def plus(self, other: "Money") -> "Money":
        """Both amounts together; they are of one currency."""
        assert other.currency == self.currency, "pounds and euros do not add up"
        exponent = max(self.exponent, other.exponent)
        both = self.written_with(exponent).minor + other.written_with(exponent).minor
        return Money(both, self.currency, exponent)

    def less(self, other: "Money") -> "Money":
        """What is left of the amount without another one; nothing where that is the larger one."""
        left = self.plus(other.times(-1))
        return left if left.minor > 0 else nothing(self.currency)

    def format(self, locale: str) -> str:
        """The amount as a reader of `locale` ("en-GB", "de-DE") writes it, never rounded."""
        return _format(self.minor, self.currency, self.exponent, locale)


@lru_cache(maxsize=1024)  # people give the same round amounts over and over
def _format(minor: int, currency: str, exponent: int, locale: str) -> str:
    """With the decimal places that readers know of the currency; with all of its own, where these are too few."""
    money, reader = Money(minor, currency, exponent), babel_locale(locale)
    usual = get_currency_precision(currency)
    places = usual if exponent <= usual or minor % 10 ** (exponent - usual) == 0 else exponent
    pattern = copy(reader.currency_formats["standard"])
    pattern.frac_prec = (places, places)
    shown: str = pattern.apply(money.major, reader, currency=currency, currency_digits=False)
    return shown


def nothing(currency: str) -> Money:
    """No money, which adds to any amount of its currency."""
    return Money(0, currency, 0)


def from_major(amount: Decimal, currency: str) -> Money:
    """Money from major units, with the decimal places of ISO 4217.

    Raises:
        Invalid: the amount is not positive, absurdly large, or finer than the currency's smallest unit.
    """
    if amount <= 0:
        raise _not_positive()
    if amount.adjusted() > _MOST_DIGITS:
        raise _too_large()
    places = PLACES.get(currency, _MOST_HAVE)
    minor = Fraction(max(amount, _FINEST)) * 10**places  # exact, where Decimal would round
    if minor.denominator != 1:
        raise _invalid(RefusalCode.AMOUNT_TOO_FINE, _finest(currency, places))
    if minor > _LARGEST_MINOR:
        raise _too_large()
    return Money(int(minor), currency, places)


def parse_money(text: str, currency: str, locale: str) -> Money:
    """Money from what a person of `locale` typed, with or without the currency's code, sign or name.

    Raises:
        Invalid: the text is no positive amount of this currency, with words that say what is wrong.
    """
    bare = text.strip()
    if len(bare) > _MOST_TYPED:
        raise _no_amount(bare, currency)
    if any(sign.isdigit() and not sign.isascii() for sign in bare):
        raise _invalid(RefusalCode.AMOUNT_DIGITS, say("Please write the amount with the digits 0 to 9."))
    parts = _PARTS.fullmatch(bare)
    assert parts is not None, "it fits every text"
    before, number, behind = parts[1].strip(), parts[2] or "", _EVEN.sub("", parts[3]).strip()
    negative = before.endswith(("-", "−"))  # the second one is the typographical minus
    beside = [words for words in (before.rstrip("-− "), behind) if words]
    if not all(means(words, currency, locale) for words in beside) or (number and not _NUMBER.fullmatch(number)):
        raise _no_amount(bare, currency)
    if not number:
        raise _invalid(RefusalCode.AMOUNT_MISSING, say("Please write an amount, for example 25."))
    if negative:
        raise _not_positive()
    try:
        return from_major(_decimal(number, currency, locale), currency)
    except InvalidOperation:  # Babel cannot write out so many digits, to see whether it reads them as they were meant
        raise _no_amount(bare, currency) from None


def _decimal(text: str, currency: str, locale: str) -> Decimal:
    readers = babel_locale(locale)
    group = get_group_symbol(readers)
    typed_for_group = r"\s" if group.isspace() else "['’]" if group in "'’" else re.escape(group)
    with suppress(NumberFormatError):
        if not _may_be_thousands(text, currency, get_decimal_symbol(readers)):
            return parse_decimal(re.sub(typed_for_group, group, text), readers, strict=True)
    example = format_decimal(Decimal("1234.5") if PLACES.get(currency) else Decimal(1234), locale=readers)
    words = say("“{text}” can be read in two ways. Write it like {example}.", text=text[:40], example=example)
    raise _invalid(RefusalCode.AMOUNT_AMBIGUOUS, words)


def _may_be_thousands(text: str, currency: str, decimal: str) -> bool:
    """Whether three zeros behind a decimal sign are rather thousands, as others write them: 15.000."""
    looks_so = re.fullmatch(rf"[1-9][0-9]{{0,2}}{re.escape(decimal)}000", text)
    return bool(looks_so) and get_currency_precision(currency) < _THOUSANDTHS


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
    return _invalid(RefusalCode.AMOUNT_UNREADABLE, words)


def _not_positive() -> Invalid:
    return _invalid(RefusalCode.AMOUNT_NOT_POSITIVE, say("The amount has to be more than zero."))


def _too_large() -> Invalid:
    return _invalid(RefusalCode.AMOUNT_TOO_LARGE, say("That amount is too large."))


def _invalid(code: RefusalCode, words: Words) -> Invalid:
    return Invalid({Field.AMOUNT: Refusal(code, words)})
