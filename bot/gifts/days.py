"""PURE: a day of the calendar, as somebody writes it in their own language; read and formatted with Babel."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel import Locale
from babel.dates import format_skeleton

from bot.gifts.money import babel_locale

_Names = Mapping[str, Mapping[str, Mapping[int, str]]]  # by context and width, as Babel has them

_ENGLISH = Locale("en")
_TOKEN = re.compile(r"[0-9]+|[^\s0-9,/-]+")
_A_YEAR = 4  # digits
_FAR = timedelta(days=183)  # without a year, a day further away than this is rather the one that has passed


@dataclass(frozen=True, slots=True)
class Day:
    """A day, to be written without its year, as `read_day` reads it."""

    date: date

    def format(self, locale: str) -> str:
        """The day as a reader of `locale` writes it ("en-GB": 14 Aug)."""
        return format_skeleton("MMMd", self.date, locale=babel_locale(locale))


def read_day(text: str, locale: str, today: date) -> date | None:
    """The day that a person of `locale` means: "14 Aug", "14/08", "2030-08-14", "Friday", "tomorrow".

    A day and month mean the year in which they are closest; words such as "until" do not matter. None for what is no
    day, or could be several.
    """
    reader = babel_locale(locale)
    tokens = [token.replace(".", "").casefold() for token in _TOKEN.findall(text)]
    numbers = [token for token in tokens if token.isdecimal()]
    words = [token for token in tokens if not token.isdecimal()]
    if not numbers:
        return _named_day(words, reader, today)
    if any(len(number) > _A_YEAR for number in numbers):
        return None
    match sorted(numbers, key=len), _matches(words, _numbers(_ENGLISH.months, reader.months)):
        case [day], [month]:
            return _closest(today, month, int(day))
        case [day, year], [month] if len(year) == _A_YEAR:
            return _date(int(year), month, int(day))
        case [_, _], []:
            day_and_month = dict(zip(_order(reader, "dM"), map(int, numbers), strict=True))
            return _closest(today, day_and_month["M"], day_and_month["d"])
        case [_, _, year], [] if len(year) == _A_YEAR:
            order = "yMd" if numbers[0] == year else f"{_order(reader, 'dM')}y"
            parts = dict(zip(order, map(int, numbers), strict=True))
            return _date(parts["y"], parts["M"], parts["d"])
    return None


def _named_day(words: Sequence[str], reader: Locale, today: date) -> date | None:
    soon = {"today": 0, "tomorrow": 1}
    weekdays = _numbers(_ENGLISH.days, reader.days)
    found = _matches(words, soon | {name: (day - today.weekday() - 1) % 7 + 1 for name, day in weekdays.items()})
    return today + timedelta(days=found[0]) if len(found) == 1 else None


def _numbers(*languages: _Names) -> dict[str, int]:
    """The numbers of months or of days of the week, by their names in some languages."""
    return {
        name.replace(".", "").casefold(): number
        for language in languages
        for context in language.values()
        for width in ("abbreviated", "wide")
        for number, name in context[width].items()
    }


def _matches(words: Sequence[str], numbers: Mapping[str, int]) -> list[int]:
    return sorted({numbers[word] for word in words if word in numbers})


def _order(reader: Locale, letters: str) -> str:
    """In which order a reader writes parts of a date in numbers."""
    pattern = reader.date_formats["short"].pattern
    return "".join(sorted(letters, key=pattern.index))


def _closest(today: date, month: int, day: int) -> date | None:
    """A day of this year or the next; in the next one, only if it is not far away."""
    this_year, next_year = (_date(year, month, day) for year in (today.year, today.year + 1))
    if this_year and this_year >= today:
        return this_year
    return next_year if next_year and next_year - today <= _FAR else this_year


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
