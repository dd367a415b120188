"""PURE: time as people at work count it: working days and hours, in the time zone of whoever is waited for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.gifts.model.public_holidays import public_holidays

_MONDAY_TO_FRIDAY = frozenset(range(5))
_NEVER = timedelta(days=3 * 366)  # is looked through before working hours count as that


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """When people work: days of the week (Monday is 0), from `opens` to `closes`, but not on `holidays`.

    `holidays_of` is the ISO code of a country or region whose public holidays are none of its working days either.
    """

    days: frozenset[int] = _MONDAY_TO_FRIDAY
    opens: time = time(9)
    closes: time = time(17)
    holidays: frozenset[date] = frozenset()
    holidays_of: str | None = None

    @property
    def a_day(self) -> timedelta:
        """How long a working day is, by the clock on the wall."""
        return _since_midnight(self.closes) - _since_midnight(self.opens)

    def after(self, moment: datetime, working: timedelta, zone: tzinfo) -> datetime:
        """When so much working time has passed since a moment and people are at work, in UTC.

        What ends with a working day is due as the next one begins. Where a working day holds a change to or from
        summer time, its length is real.
        """
        left = working
        for begins, ends in self._working(moment, zone):
            if left < ends - begins:
                return begins + left
            left -= ends - begins
        return moment + _NEVER

    def _is_working_day(self, day: date) -> bool:
        is_public_holiday = self.holidays_of is not None and day in public_holidays(self.holidays_of)
        return day.weekday() in self.days and day not in self.holidays and not is_public_holiday

    def _working(self, moment: datetime, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
        """Every stretch of work from a moment on, in UTC."""
        first = moment.astimezone(zone).date()
        for day in (first + timedelta(days=number) for number in range(_NEVER.days)):
            if self._is_working_day(day):
                begins = max(moment, datetime.combine(day, self.opens, zone).astimezone(UTC))
                ends = datetime.combine(day, self.closes, zone).astimezone(UTC)
                if begins < ends:
                    yield begins, ends


@dataclass(frozen=True, slots=True)
class EscalationDelays:
    """How long a step may wait, in working time: until a reminder, until its backup hears of it, until it expires."""

    hours: BusinessHours = BusinessHours()
    remind: timedelta = timedelta(hours=8)
    call_backup: timedelta = timedelta(hours=16)
    expire: timedelta = timedelta(hours=80)


def _since_midnight(moment: time) -> timedelta:
    return datetime.combine(date.min, moment) - datetime.combine(date.min, time.min)
