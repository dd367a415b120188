"""Reads `/gift @recipient 25 GBP thank you` into what the form opens with; the person sees and corrects it there.

All of it takes time in proportion to the text: each number is read once, with the little that stands around it.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from babel.numbers import get_currency_symbol

from bot.gifts.money import LONGEST_AMOUNT, currency_of
from bot.gifts.product import Choice
from bot.input_limits import LONGEST_COMMAND

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_NUMBER = re.compile(r"\d[\d.,'’]*")
_AROUND = 20  # characters beside a number in which its currency stands


@dataclass(frozen=True, slots=True)
class Prefill:
    """What a form opens with."""

    recipients: tuple[str, ...] = ()
    amount: str = ""
    country: str | None = None
    note: str = ""
    source: str | None = None
    product: Choice | None = None
    announce_in: str | None = None
    cost_centre: str | None = None
    hashtag: str | None = None
    names_amount: bool = False


def read_text(text: str, countries: Collection[str]) -> Prefill:
    """The parts of a command in any order: people, an amount with or without its currency, and the rest as the note.

    A number beside the currency of an offered country is the amount; without one, the first number that stands alone.
    """
    recipients, rest = _people(text)
    currencies = [currency_of(country) or "" for country in countries]
    found = _amounts(rest, _Signs(currencies))
    for country, currency in zip(countries, currencies, strict=True):
        if amount := found.get(currency):
            return Prefill(recipients, amount.number, country, amount.without(rest))
    if alone := next((number for number in _numbers(rest) if number.stands_alone_in(rest)), None):
        return Prefill(recipients, alone.number, note=alone.without(rest))
    return Prefill(recipients, note=_tidy(rest))


def read_absence(text: str) -> tuple[str, tuple[str, ...]]:
    """The parts of `until 14 Aug @backup` in any order: the words about the day, and the people."""
    people, rest = _people(text)
    return _tidy(rest), people


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number in a text, and where it stands, perhaps with its currency."""

    number: str
    start: int
    end: int

    def stands_alone_in(self, text: str) -> bool:
        """Whether there is space around it."""
        return not text[max(0, self.start - 1) : self.start].strip() and not text[self.end : self.end + 1].strip()

    def without(self, text: str) -> str:
        """The rest of the text."""
        return _tidy(f"{text[: self.start]} {text[self.end :]}")


class _Signs:
    """What people write for some currencies: the code, and the symbol."""

    def __init__(self, currencies: Collection[str]) -> None:
        symbols = {get_currency_symbol(currency, "en"): currency for currency in currencies}
        signs = symbols | {currency: currency for currency in currencies}
        self._currencies = {sign.casefold(): currency for sign, currency in signs.items()}
        self._lengths = sorted({len(sign) for sign in self._currencies}, reverse=True)

    def after(self, text: str, place: int) -> tuple[str, int] | None:
        """The currency that follows, and where it ends; letters that go on are a word."""
        around = text[place : place + _AROUND].casefold()
        written = around.lstrip()
        for length in self._fitting(written):
            if (currency := self._currencies.get(written[:length])) and not _is_word(written, length):
                return currency, place + len(around) - len(written) + length
        return None

    def before(self, text: str, place: int) -> tuple[str, int] | None:
        """The currency that precedes, and where it begins; letters before it are a word."""
        around = text[max(0, place - _AROUND) : place].casefold()
        written = around.rstrip()
        for length in self._fitting(written):
            rest = len(written) - length
            if (currency := self._currencies.get(written[rest:])) and not _is_word(written, rest - 1):
                return currency, place - (len(around) - len(written)) - length
        return None

    def _fitting(self, written: str) -> Iterator[int]:
        return (length for length in self._lengths if length <= len(written))


def _people(text: str) -> tuple[tuple[str, ...], str]:
    """Everybody who is mentioned, each once, and the text without them."""
    text = text[:LONGEST_COMMAND]
    return tuple(dict.fromkeys(_MENTION.findall(text))), _MENTION.sub(" ", text)


def _numbers(text: str) -> Iterator[_Amount]:
    """What can be an amount: a longer number is something else, and no part of it is one."""
    for match in _NUMBER.finditer(text):
        if len(match.group()) <= LONGEST_AMOUNT:
            yield _Amount(match.group().rstrip(".,"), *match.span())


def _amounts(text: str, signs: _Signs) -> dict[str, _Amount]:
    """The first number beside each currency."""
    found: dict[str, _Amount] = {}
    for number in _numbers(text):
        if not _is_word(text, number.start - 1) and (sign := signs.after(text, number.end)):
            currency, end = sign
            found.setdefault(currency, replace(number, end=end))
        if not _is_word(text, number.end) and (sign := signs.before(text, number.start)):
            currency, start = sign
            found.setdefault(currency, replace(number, start=start))
    return found


def _is_word(text: str, place: int) -> bool:
    """Whether a letter, a digit or an underscore stands there."""
    return 0 <= place < len(text) and (text[place].isalnum() or text[place] == "_")


def _tidy(text: str) -> str:
    unescaped = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return re.sub(r"[ \t]+", " ", unescaped).strip()
