"""Reads `/gift @recipient 25 GBP thank you` into what the form opens with; the person sees and corrects it there."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from babel.numbers import get_currency_symbol

from bot.gifts.money import currency_of
from bot.gifts.product import Choice

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_NUMBER = r"(?P<number>\d[\d.,'’]*)"


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
    recipients = tuple(dict.fromkeys(_MENTION.findall(text)))
    rest = _MENTION.sub(" ", text)
    for country in countries:
        found = _with_currency(currency_of(country) or "").search(rest)
        if found:
            number = found["before"] or found["after"]
            return Prefill(recipients, number.rstrip(".,"), country, _without(rest, found))
    alone = re.search(rf"(?<!\S){_NUMBER}(?!\S)", rest)
    if alone:
        return Prefill(recipients, alone["number"].rstrip(".,"), note=_without(rest, alone))
    return Prefill(recipients, note=_tidy(rest))


def _with_currency(currency: str) -> re.Pattern[str]:
    signs = "|".join(re.escape(sign) for sign in {currency, get_currency_symbol(currency, "en")})
    before = _NUMBER.replace("number", "before")
    after = _NUMBER.replace("number", "after")
    return re.compile(rf"(?<!\w){before}\s*(?:{signs})(?!\w)|(?<!\w)(?:{signs})\s*{after}(?!\w)", re.IGNORECASE)


def _without(text: str, found: re.Match[str]) -> str:
    return _tidy(text[: found.start()] + " " + text[found.end() :])


def _tidy(text: str) -> str:
    unescaped = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return re.sub(r"[ \t]+", " ", unescaped).strip()
