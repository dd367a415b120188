"""PURE: what people write beside a number and mean a currency by: its ISO code, a sign, or a name.

Signs are those of CLDR (also the narrow ones, which Babel does not have) and what people type where a currency is in
use; names are CLDR's, in English and in the reader's language, whole ("Swiss francs") or by their noun ("francs").
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.numbers import get_currency_name, get_currency_symbol

from bot.gifts.model.currencies import IN_USE, PLACES
from bot.gifts.model.locales import babel_locale

_BESIDE: Final = 40  # characters that are looked at on each side of a number
_DIGIT: Final = re.compile(r"\d")
_COUNTS: Final = (None, 1, 2, 5)  # the numbers of things that languages have words of their own for
_ENGLISH: Final = Locale("en")
_LETTERS: Final = {"Ll", "Lu", "Lt", "Lm", "Mn"}  # not Lo, which Japanese and Korean have
_SIGNS: Final = {
    "$": "ARS AUD BBD BMD BND BSD BZD CAD CLP COP CUP DOP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD SRD TTD TWD USD"
    " UYU XCD",
    "US$": "USD",
    "A$": "AUD",
    "AU$": "AUD",
    "C$": "CAD NIO",
    "HK$": "HKD",
    "NT$": "TWD",
    "NZ$": "NZD",
    "S$": "SGD",
    "quid": "GBP",
    "£": "GBP EGP FKP GIP LBP SHP SSP SYP",
    "¥": "JPY CNY",
    "￥": "JPY CNY",
    "円": "JPY",
    "元": "CNY TWD",
    "원": "KRW",
    "₩": "KRW KPW",
    "kr": "SEK NOK DKK ISK",
    "kr.": "DKK NOK SEK ISK",
    "Fr.": "CHF",
    "SFr.": "CHF",
    "Rs": "INR LKR MUR NPR PKR SCR",
    "Rs.": "INR LKR MUR NPR PKR SCR",
    "Ft": "HUF",
    "Kč": "CZK",
    "zł": "PLN",
    "RM": "MYR",
    "Rp": "IDR",
    "R": "ZAR",
    "TL": "TRY",
    "lei": "RON MDL",
    "лв": "BGN",
    "лв.": "BGN",
    "руб": "RUB BYN",
    "руб.": "RUB BYN",
    "грн": "UAH",
    "дин.": "RSD",
    "din.": "RSD",
    "د.إ": "AED",
    "﷼": "IRR YER OMR QAR SAR",
    "฿": "THB",
    "₡": "CRC",
    "₦": "NGN",
    "₮": "MNT",
    "₱": "PHP",
    "₲": "PYG",
    "₴": "UAH",
    "₵": "GHS",
    "₸": "KZT",
    "₹": "INR",
    "₺": "TRY",
    "₼": "AZN",
    "₽": "RUB",
    "₾": "GEL",
    "₭": "LAK",
    "៛": "KHR",
    "֏": "AMD",
    "৳": "BDT",
}
# codes, signs and names that are everyday words, or names of something else, in some language that people write in
_EVERYDAY: Final = """
    all bam bat bats bob cad cop cup ern ft gel gold guld ils lak mad mop mur new nouveau nouveaux novo novos nowe nowy
    nowych nueva nuevo nuevos nuova nuovi nuovo or oro ouro ouros pen php pula r rand randy real reale reales ron rub
    sek sol sole soli sols som son sons sos sum sums top try won złota złoto
""".split()  # noqa: SIM905 - a table


@dataclass(frozen=True, slots=True)
class Meant:
    """The currencies that some words of a text can mean; everyday ones are perhaps about something else."""

    currencies: frozenset[str]
    words: str
    start: int
    end: int

    @property
    def is_everyday(self) -> bool:
        """Whether the words are as likely to be about something else."""
        return _key(self.words) in _EVERYDAY

    @property
    def is_spelt_as_a_sign(self) -> bool:
        """Whether they are written as a code or sign is: TOP and Ft, but not top and ft."""
        return self.words in PLACES or self.words in _SIGNS


def before(text: str, at: int, locale: str, since: int = 0) -> Meant | None:
    """The longest code, sign or name that stands before a place of a text, and begins at `since` or later."""
    near = _DIGIT.split(text[max(at - _BESIDE, since) : at])[-1]
    end = at - len(near) + len(near.rstrip())
    for start in range(at - len(near), end):
        if not _is_inside_a_word(text, start) and (meant := _meant(text, start, end, locale)):
            return meant
    return None


def behind(text: str, at: int, locale: str) -> Meant | None:
    """The longest code, sign or name that stands behind a place of a text."""
    near = _DIGIT.split(text[at : at + _BESIDE], maxsplit=1)[0]
    start = at + len(near) - len(near.lstrip())
    for end in range(at + len(near), start, -1):
        if not _is_inside_a_word(text, end) and (meant := _meant(text, start, end, locale)):
            return meant
    return None


def means(words: str, currency: str, locale: str) -> bool:
    """Whether somebody who writes an amount of a currency can have meant it by these words.

    What is the reader's own sign of one currency means no other: "$" is no Canadian dollar for somebody in the US.
    """
    readers_own = _readers_own(locale).get(words)
    if readers_own and _key(words) != currency.casefold():
        return currency in readers_own
    return currency in _known(locale).get(_key(words), ())


def _meant(text: str, start: int, end: int, locale: str) -> Meant | None:
    words = text[start:end]
    currencies = None if words != words.strip() else _known(locale).get(_key(words))
    return Meant(currencies, words, start, end) if currencies else None


def is_letter(text: str, place: int) -> bool:
    """Whether a word may go on across a place: there is a letter, of a script with spaces between words."""
    return 0 <= place < len(text) and unicodedata.category(text[place]) in _LETTERS


def _is_inside_a_word(text: str, place: int) -> bool:
    return is_letter(text, place - 1) and is_letter(text, place)


def _key(words: str) -> str:
    return " ".join(words.casefold().split())


@lru_cache(maxsize=64)
def _readers_own(locale: str) -> Mapping[str, Collection[str]]:
    """The signs of currencies as a reader knows them, without those that are the code."""
    found = defaultdict(set)
    for currency in IN_USE:
        if (sign := get_currency_symbol(currency, babel_locale(locale))) != currency:
            found[sign].add(currency)
    return found


@lru_cache(maxsize=64)
def _known(locale: str) -> Mapping[str, frozenset[str]]:
    """Everything that can mean a currency for a reader, in small letters."""
    found = defaultdict(set)
    for currency in PLACES:
        found[currency.casefold()].add(currency)
    for sign, currencies in _SIGNS.items():
        found[_key(sign)].update(currencies.split())
    for language in {_ENGLISH, babel_locale(locale)}:
        for currency in IN_USE:
            found[_key(get_currency_symbol(currency, language))].add(currency)
        for currency, names in _names(language).items():
            for name in names:
                found[name].add(currency)
    found.pop("", None)
    return {words: frozenset(currencies) for words, currencies in found.items()}


def _names(language: Locale) -> Mapping[str, set[str]]:
    """The names of each currency, whole and by their noun, which a language has first ("dollars canadiens") or last."""
    whole = {
        currency: {_key(get_currency_name(currency, count=count, locale=language)) for count in _COUNTS}
        for currency in IN_USE
    }
    noun = max((0, -1), key=lambda end: _most_shared(_words(name)[end] for names in whole.values() for name in names))
    return {currency: names | {_words(name)[noun] for name in names} for currency, names in whole.items()}


def _words(name: str) -> list[str]:
    return re.split(r"[\s-]+", name)


def _most_shared(words: Iterable[str]) -> int:
    return max(Counter(words).values())
