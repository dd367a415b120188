"""Reads `/gift @recipient 25 GBP thank you` into what the form opens with; the person sees and corrects it there.

All of it takes time in proportion to the text.
"""

import re
from collections.abc import Mapping

from bot.gifts.model.text import ListOf, Words, say
from bot.input_limits import LONGEST_COMMAND
from handlers.inbound.amount_text import SOMEBODY, WrittenAmount, find_amount
from handlers.inbound.slack_markup import as_people_see_it
from handlers.prefill import Prefill

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")


def read_text(text: str, offered: Mapping[str, str], locale: str) -> Prefill:
    """The parts of a command in any order: people, an amount with or without its currency, and the rest as the note.

    `offered` has the currency of each country. An amount in a currency that is not offered, or that could be in several
    that are, is left to the form, which says so.
    """
    recipients, marked_up = _people(text, SOMEBODY)
    rest = as_people_see_it(marked_up)
    amount = find_amount(rest, offered.values(), locale)
    if amount is None:
        return Prefill(recipients, note=_tidy(rest))
    note = _tidy(f"{rest[: amount.start]} {rest[amount.end :]}")
    possible = amount.currencies & {*offered.values()}
    if amount.currencies and len(possible) != 1:
        return Prefill(recipients, note=note, warning=_left_open(amount, rest[amount.start : amount.end], possible))
    country = next((country for country, currency in offered.items() if currency in possible), None)
    return Prefill(recipients, amount.number, country, note)


def read_absence(text: str) -> tuple[str, tuple[str, ...]]:
    """The parts of `until 14 Aug @backup` in any order: the words about the day, and the people."""
    people, rest = _people(text)
    return _tidy(as_people_see_it(rest)), people


def _people(text: str, instead: str = "") -> tuple[tuple[str, ...], str]:
    """Everybody who is mentioned, each once, and the text without them."""
    text = text[:LONGEST_COMMAND]
    return tuple(dict.fromkeys(_MENTION.findall(text))), _MENTION.sub(f" {instead} ", text)


def _left_open(amount: WrittenAmount, written: str, possible: frozenset[str]) -> Words:
    if possible:
        return say(
            "“{text}” can be in {currencies}, so I left the amount empty. "
            "Choose a country and enter the amount in its currency.",
            text=_tidy(written),
            currencies=ListOf(tuple(sorted(possible)), with_or=True),
        )
    return say(
        "Gifts in {currency} aren't available here, so I left the amount empty. "
        "Choose a country and enter the amount in its currency.",
        currency=next(iter(amount.currencies)) if len(amount.currencies) == 1 else amount.said,
    )


def _tidy(text: str) -> str:
    return re.sub(r"[ \t]+", " ", text.replace(SOMEBODY, " ")).strip()
