"""IN: the amount in what somebody typed after /gift: a number, with a code, sign or name of a currency beside it.

Each number is looked at once, with so many characters on each side: a text takes as long as it is long.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from bot.gifts.model.currency_words import Meant, before, behind, is_letter
from bot.gifts.model.money import LONGEST_AMOUNT

SOMEBODY: Final = "\ufffc"  # stands in the text where a mention stood
# 1 234,50 with any of the spaces that are used for that, or 1'234.50
_NUMBER = re.compile(r"(?<![.,\d])(?:\d{1,3}(?:[ \u00a0\u202f]\d{3}(?!\d))+(?:[.,]\d+)?|\d[\d.,'’]*)")
_EVEN = re.compile(r"(?<=[.,])[-–—]{1,2}(?!\w)")  # 25.- has no pence
_ENDS = re.compile(r"[!?;:)]*(?!\S)")
_ASIDE: Final = f" \t\r\n\u00a0{SOMEBODY}.,!?;:()"  # may stand before what is first, and behind what is last


@dataclass(frozen=True, slots=True)
class WrittenAmount:
    """A number, with the currency that is `said` beside it, from `start` to `end` of a text.

    `currencies` are those that it can be in; there are none where nothing says which.
    """

    number: str
    start: int
    end: int
    said: str
    currencies: frozenset[str]


def find_amount(text: str, offered: Collection[str], locale: str) -> WrittenAmount | None:
    """The amount of a text, if it has one.

    One in an offered currency comes before one in another. A number without any currency is one only where amounts
    stand: right behind a mention, or else first or last.
    """
    amounts = _Text(text, frozenset(offered), locale).amounts()
    _, likeliest = min(amounts, key=lambda ranked: ranked[0], default=(0, None))
    return likeliest


class _Text:
    """What somebody typed whose company offers gifts in these currencies."""

    def __init__(self, text: str, offered: frozenset[str], locale: str) -> None:
        self._text = text
        self._offered = offered
        self._locale = locale
        self._first = len(text) - len(text.lstrip(_ASIDE))
        self._last = len(text.rstrip(_ASIDE))
        self._behind_somebody = {match.end() for match in re.finditer(rf"{SOMEBODY}\s*", text)}

    def amounts(self) -> Iterator[tuple[int, WrittenAmount]]:
        """Every amount in the order of the text, each with its rank, of which the lowest is the likeliest."""
        free = 0  # from here on nothing belongs to an amount yet
        for match in _NUMBER.finditer(self._text):
            amount = self._read(match, free) if match.start() >= free else None
            if amount:
                free = amount.end
                rank = self._rank(amount)
                if rank is not None:
                    yield rank, amount

    def _read(self, match: re.Match[str], free: int) -> WrittenAmount | None:
        """A number with what is said of its currency; None for a part of a word, such as v2 or 3rd, or a longer one."""
        if len(match[0]) > LONGEST_AMOUNT:
            return None
        start, end = match.span()
        even = _EVEN.match(self._text, end)
        end = even.end() if even else end
        left = self._counted(before(self._text, start, self._locale, free), start, end)
        right = self._counted(behind(self._text, end, self._locale), start, end)
        if left and right and not left.currencies & right.currencies:
            right = None  # that of the next number
        if (not left and is_letter(self._text, start - 1)) or (not right and is_letter(self._text, end)):
            return None
        beside = [meant for meant in (left, right) if meant]
        said = " ".join(meant.words for meant in beside)
        currencies = self._offered if even and not beside else frozenset[str]()
        if beside:
            currencies = frozenset.intersection(*(meant.currencies for meant in beside))
        start, end = left.start if left else start, right.end if right else end
        return WrittenAmount(match[0].rstrip(".,"), start, end, said, currencies)

    def _counted(self, meant: Meant | None, start: int, end: int) -> Meant | None:
        """What is said of a number's currency; by everyday words only where amounts stand, and of what is offered."""
        if meant is None or not meant.is_everyday:
            return meant
        is_likely = meant.is_spelt_as_a_sign or meant.currencies & self._offered
        return meant if is_likely and self._stands(min(start, meant.start), max(end, meant.end)) else None

    def _rank(self, amount: WrittenAmount) -> int | None:
        if amount.currencies:
            return {1: 0, 0: 2}.get(len(amount.currencies & self._offered), 1)
        ends = amount.start == 0 or self._text[amount.start - 1].isspace()
        if not (ends and _ENDS.match(self._text, amount.end) and self._stands(amount.start, amount.end)):
            return None
        return 3 if amount.start in self._behind_somebody else 4

    def _stands(self, start: int, end: int) -> bool:
        """Whether this is where amounts stand: right behind a mention, first or last."""
        return start in self._behind_somebody or start <= self._first or end >= self._last
