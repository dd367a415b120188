"""Time as people at work count it, in every zone: weekends, holidays, summer time, and the ends of months."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays as holidays_library
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gifts.model.business_hours import BusinessHours, EscalationDelays
from bot.gifts.model.public_holidays import public_holidays

LONDON, NEW_YORK, KOLKATA = "Europe/London", "America/New_York", "Asia/Kolkata"
ZONES = (LONDON, NEW_YORK, KOLKATA)
A_MINUTE = timedelta(minutes=1)
USUAL = BusinessHours()
CHRISTMAS = BusinessHours(holidays=frozenset({date(2030, 12, 25), date(2030, 12, 26)}))
NIGHTS = BusinessHours(frozenset({6}), time(0), time(8))  # Sundays, on which Europe and America change their clocks


def local(text: str, zone: str) -> datetime:
    """A time on the wall."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def after(text: str, hours: float, zone: str, office: BusinessHours = USUAL) -> str:
    """When so many working hours have passed, as the clock on the wall shows it."""
    due = office.after(local(text, zone).astimezone(UTC), timedelta(hours=hours), ZoneInfo(zone))
    assert due.tzinfo is UTC
    return due.astimezone(ZoneInfo(zone)).isoformat(" ", "minutes")[:16]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("asked", "hours", "due"),
    [
        ("2030-03-04 10:00", 2, "2030-03-04 12:00"),
        ("2030-03-04 10:00", 0, "2030-03-04 10:00"),
        ("2030-03-04 10:00", 8, "2030-03-05 10:00"),
        ("2030-03-04 10:00", 80, "2030-03-18 10:00"),  # ten working days
        ("2030-03-04 15:00", 2, "2030-03-05 09:00"),  # nobody is disturbed as they leave
        ("2030-03-04 07:30", 1, "2030-03-04 10:00"),  # before work
        ("2030-03-04 17:00", 1, "2030-03-05 10:00"),  # as work ends
        ("2030-03-04 22:00", 0, "2030-03-05 09:00"),
        ("2030-03-08 16:00", 8, "2030-03-11 16:00"),  # over a weekend
        ("2030-03-09 12:00", 8, "2030-03-12 09:00"),  # asked on Saturday
        ("2030-03-10 23:59", 0, "2030-03-11 09:00"),  # on Sunday night
        ("2030-04-30 16:30", 1, "2030-05-01 09:30"),  # over the end of a month
        ("2030-12-31 16:00", 2, "2031-01-01 10:00"),  # of a year
        ("2028-02-28 16:00", 2, "2028-02-29 10:00"),  # into a leap day
        ("2028-02-29 16:00", 2, "2028-03-01 10:00"),  # out of it
    ],
)
def test_working_time_passes_only_at_work(asked: str, hours: float, due: str, zone: str) -> None:
    """Evenings and weekends do not count, whatever the month; the clock on the wall is the reader's own."""
    assert after(asked, hours, zone) == due


@pytest.mark.parametrize(
    ("asked", "due", "zone"),
    [
        ("2030-03-29 16:00", "2030-04-01 16:00", LONDON),  # summer time begins on 31 March
        ("2030-10-25 16:00", "2030-10-28 16:00", LONDON),  # and ends on 27 October
        ("2030-03-08 16:00", "2030-03-11 16:00", NEW_YORK),  # on 10 March
        ("2030-11-01 16:00", "2030-11-04 16:00", NEW_YORK),  # on 3 November
        ("2030-03-29 16:00", "2030-04-01 16:00", KOLKATA),  # there is none
        ("2030-10-25 16:00", "2030-10-28 16:00", KOLKATA),
    ],
)
def test_a_change_of_the_clocks_at_night_moves_nothing(asked: str, due: str, zone: str) -> None:
    """Eight hours from Friday to Monday are eight hours by the clock on the wall, over every change."""
    assert after(asked, 8, zone) == due


@pytest.mark.parametrize(
    ("asked", "hours", "due", "zone"),
    [
        ("2030-03-31 00:00", 3, "2030-03-31 04:00", LONDON),  # an hour is left out
        ("2030-10-27 00:00", 3, "2030-10-27 02:00", LONDON),  # an hour comes twice
        ("2030-03-10 00:00", 3, "2030-03-10 04:00", NEW_YORK),
        ("2030-11-03 00:00", 3, "2030-11-03 02:00", NEW_YORK),
        ("2030-03-31 00:00", 3, "2030-03-31 03:00", KOLKATA),
    ],
)
def test_who_works_through_a_change_of_the_clocks_works_real_hours(
    asked: str, hours: float, due: str, zone: str
) -> None:
    """Where the night shift holds the change, it is an hour shorter or longer."""
    assert after(asked, hours, zone, NIGHTS) == due


def test_holidays_are_no_working_days() -> None:
    """From Christmas Eve it goes on at the day after Boxing Day."""
    assert after("2030-12-24 16:00", 2, LONDON, CHRISTMAS) == "2030-12-27 10:00"


@pytest.mark.parametrize(
    ("code", "asked", "due"),
    [
        ("GB", "2030-12-24 16:00", "2030-12-27 10:00"),
        ("GB-ENG", "2030-11-29 16:00", "2030-12-02 10:00"),
        ("GB-SCT", "2030-11-29 16:00", "2030-12-03 10:00"),  # Saint Andrew's Day, a Saturday, is made up for on Monday
        ("GB-SCT", "2029-12-31 16:00", "2030-01-03 10:00"),
        ("DE-BY", "2030-10-31 16:00", "2030-11-04 10:00"),  # All Saints' Day, a Friday
        ("DE-BE", "2030-10-31 16:00", "2030-11-01 10:00"),
        ("US", "2030-11-27 16:00", "2030-11-29 10:00"),  # Thanksgiving
    ],
)
def test_public_holidays_are_those_of_the_country_or_region(code: str, asked: str, due: str) -> None:
    """Each year has its own days, and a region its own beside those of the country."""
    assert after(asked, 2, LONDON, BusinessHours(holidays_of=code)) == due


def test_the_company_s_own_days_stand_beside_public_holidays() -> None:
    """Between Christmas and the weekend nobody works either."""
    office = BusinessHours(holidays=frozenset({date(2030, 12, 27)}), holidays_of="GB")
    assert after("2030-12-24 16:00", 2, LONDON, office) == "2030-12-30 10:00"


def test_every_country_s_holidays_can_be_worked_out() -> None:
    """Whatever code the settings accept, a click of next year does not fail over it."""
    for country, regions in holidays_library.list_supported_countries(include_aliases=False).items():
        for code in (country, *(f"{country}-{region}" for region in regions[:1])):
            assert date(2031, 3, 3) not in public_holidays(code) or date(2031, 3, 4) not in public_holidays(code)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("XX", "is no country with known holidays, please use a code such as GB, GB-SCT or DE-BY"),
        ("gb", "is no country with known holidays, please use a code such as GB, GB-SCT or DE-BY"),
        ("", "is no country with known holidays, please use a code such as GB, GB-SCT or DE-BY"),
        ("GB-XX", "names a region of GB whose holidays are not known: please use one of ENG, NIR, SCT, WLS"),
        ("GB-", "names a region of GB whose holidays are not known: please use one of ENG, NIR, SCT, WLS"),
        ("JP-13", "names a region of JP whose holidays are not known: please use the country alone"),
    ],
)
def test_a_code_without_known_holidays_is_refused_in_words(code: str, words: str) -> None:
    """Whoever writes giftbot.toml reads which codes there are."""
    with pytest.raises(LookupError) as unknown:
        public_holidays(code)
    assert unknown.value.args == (words,)


def test_a_working_day_is_as_long_as_its_hours() -> None:
    """Ten working days are counted in such days."""
    assert USUAL.a_day == timedelta(hours=8)
    assert BusinessHours(opens=time(8, 30), closes=time(18, 15)).a_day == timedelta(hours=9, minutes=45)
    assert EscalationDelays().expire == 10 * USUAL.a_day


def test_who_never_works_is_waited_for_long_but_not_for_ever() -> None:
    """Even then there is an end, after three years."""
    never = BusinessHours(frozenset())
    asked = datetime(2030, 1, 1, tzinfo=UTC)
    assert never.after(asked, A_MINUTE, UTC) == asked + timedelta(days=3 * 366)


zones = st.sampled_from([ZoneInfo(name) for name in ZONES])
minutes_of_three_years = st.integers(0, 3 * 366 * 24 * 60)
moments = minutes_of_three_years.map(lambda minutes: datetime(2028, 1, 1, tzinfo=UTC) + minutes * A_MINUTE)
days = st.frozensets(st.integers(0, 6), min_size=1)
holidays = st.frozensets(st.dates(date(2027, 12, 1), date(2031, 3, 1)), max_size=5)


@st.composite
def offices(draw: st.DrawFn) -> BusinessHours:
    """Any working hours; whole ones, so that none begins or ends within the hour that the clocks skip or repeat."""
    opens, closes = sorted(draw(st.lists(st.integers(0, 23), min_size=2, max_size=2, unique=True)))
    return BusinessHours(draw(days), time(opens), time(closes), draw(holidays))


def is_at_work(office: BusinessHours, moment: datetime, zone: ZoneInfo) -> bool:
    """What the clock on the wall and the calendar beside it say."""
    here = moment.astimezone(zone)
    is_a_day = here.weekday() in office.days and here.date() not in office.holidays
    return is_a_day and office.opens <= here.time() < office.closes


@given(offices(), moments, st.integers(0, 16 * 60), zones)
def test_it_is_what_somebody_counts_who_looks_at_the_clock_every_minute(
    office: BusinessHours, asked: datetime, minutes: int, zone: ZoneInfo
) -> None:
    """Minute by minute at work, until so many have passed: the same moment, in every zone and over every change."""
    moment, left = asked, minutes
    for _ in range(3 * 24 * 60):  # what is due later is not counted out
        at_work = is_at_work(office, moment, zone)
        if at_work and left == 0:
            break
        left -= at_work
        moment += A_MINUTE
    due = office.after(asked, minutes * A_MINUTE, zone)
    assert due == moment or due >= moment == asked + timedelta(days=3)


@given(offices(), moments, st.integers(0, 80 * 60), st.integers(0, 80 * 60), zones)
def test_waiting_longer_ends_later_and_always_at_work(
    office: BusinessHours, asked: datetime, some: int, more: int, zone: ZoneInfo
) -> None:
    """Never on a weekend or a holiday; and waiting in two parts is waiting for both together."""
    first = office.after(asked, some * A_MINUTE, zone)
    both = office.after(asked, (some + more) * A_MINUTE, zone)
    assert asked <= first <= both
    if both < asked + timedelta(days=3 * 366):
        assert is_at_work(office, both, zone)
        assert office.after(first, more * A_MINUTE, zone) == both
