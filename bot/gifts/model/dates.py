"""PURE: a day of the calendar, as somebody writes it in their own language; read and formatted with Babel."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel import Locale
from babel.dates import format_skeleton

from bot.gifts.model.locales import babel_locale, orders_dates

_Names = Mapping[str, Mapping[str, Mapping[int, str]]]  # by context and width, as Babel has them

_ENGLISH = Locale("en")
_TOKEN = re.compile(r"[0-9]+|[^\s0-9,/-]+")
_A_YEAR = 4  # digits
_MONTHS = 12
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
            return _closest(today, *_month_and_day(reader, *map(int, numbers)))
        case [_, _, year], [] if len(year) == _A_YEAR:
            if numbers[0] == year:
                return _date(*map(int, numbers))
            first, second, last = map(int, numbers)
            return _date(last, *_month_and_day(reader, first, second))
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


def _month_and_day(reader: Locale, first: int, second: int) -> tuple[int, int]:
    """Which of two numbers is the month, by the reader's order of dates or by their size; no day if neither says."""
    pattern = reader.date_formats["short"].pattern
    month_first = pattern.index("M") < pattern.index("d")
    if not orders_dates(reader):
        if first != second and max(first, second) <= _MONTHS:
            return 0, 0
        month_first = first <= _MONTHS
    return (first, second) if month_first else (second, first)


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
