"""A day, as people write it in their own language; what could mean several is not guessed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gifts.model.dates import Day, read_day

TODAY = date(2030, 8, 5)  # a Monday
BRITISH, AMERICAN, GERMAN = "en-GB", "en-US", "de-DE"
# Slack's languages, and some more
LOCALES = (  # noqa: SIM905 - a table
    "en-GB en-US de-DE es-ES es-LA fr-FR it-IT pt-BR ja-JP ko-KR zh-CN zh-TW ru-RU tr-TR pl-PL nl-NL sv-SE da-DK nb-NO"
    " fi-FI cs-CZ hu-HU ro-RO vi-VN th-TH id-ID hi-IN uk-UA bg-BG hr-HR el-GR unheard-of"
).split()


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("14 Aug", BRITISH),
        ("until 14 Aug", BRITISH),
        ("until the 14th of August", BRITISH),
        ("14 AUGUST 2030", BRITISH),
        ("14/08", BRITISH),
        ("14/8/2030", BRITISH),
        ("2030-08-14", BRITISH),
        ("Aug 14", AMERICAN),
        ("August 14, 2030", AMERICAN),
        ("8/14", AMERICAN),
        ("08/14/2030", AMERICAN),
        ("2030-08-14", AMERICAN),
        ("14. August", GERMAN),
        ("bis zum 14. Aug. 2030", GERMAN),
        ("14.8.", GERMAN),
        ("14.08.2030", GERMAN),
        ("until 14 August", GERMAN),
        ("14 de agosto", "es-ES"),
        ("jusqu’au 14 août", "fr-FR"),
        ("8月14日", "ja-JP"),
        ("2030年8月14日", "ja-JP"),
        ("14 sierpnia", "pl-PL"),
        ("14 ağustos", "tr-TR"),
    ],
)
def test_each_writes_the_same_day_in_their_own_way(text: str, locale: str) -> None:
    """With the month as a word or a number, in the order of their language; English names are known everywhere."""
    assert read_day(text, locale, TODAY) == date(2030, 8, 14)


@pytest.mark.parametrize(
    ("text", "locale", "days"),
    [
        ("today", BRITISH, 0),
        ("until tomorrow", GERMAN, 1),
        ("Friday", BRITISH, 4),
        ("until Fri", AMERICAN, 4),
        ("bis Freitag", GERMAN, 4),
        ("Monday", BRITISH, 7),
        ("mar", "es-ES", 1),  # Tuesday; with a number it is March
    ],
)
def test_days_that_are_near_have_names(text: str, locale: str, days: int) -> None:
    """The next one of that name, which is never today."""
    assert read_day(text, locale, TODAY) == TODAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("5 August", TODAY),
        ("31 December", date(2030, 12, 31)),
        ("3 January", date(2031, 1, 3)),
        ("4 February", date(2031, 2, 4)),
        ("5 February", date(2030, 2, 5)),  # half a year ago is as close, and more likely a mistake
        ("4 August", date(2030, 8, 4)),
    ],
)
def test_a_day_without_a_year_is_the_closest(text: str, day: date) -> None:
    """In December, January is near; a day that has just passed has passed."""
    assert read_day(text, BRITISH, TODAY) == day


@pytest.mark.parametrize(
    ("locale", "day"),
    [
        ("es-LA", date(2030, 12, 3)),  # Slack's Latin American Spanish
        ("es-419", date(2030, 12, 3)),
        ("es-XX", date(2030, 12, 3)),
        ("pt-XX", date(2030, 12, 3)),
        ("de-XX", date(2030, 12, 3)),
        ("fr_FR", date(2030, 12, 3)),
        ("en-GB", date(2030, 12, 3)),
        ("en-IN", date(2030, 12, 3)),
        ("en-US", date(2031, 3, 12)),
        ("en-XX", None),
        ("en", None),
        ("tlh-KL", None),
        ("", None),
    ],
)
def test_the_month_comes_first_only_where_it_is_written_so(locale: str, day: date | None) -> None:
    """An unknown country has the order of its language; where nobody knows it, nobody guesses."""
    in_november = date(2030, 11, 30)
    assert read_day("03/12", locale, in_november) == day
    assert read_day("03/12/2030", locale, in_november) in {None, date(2030, 12, 3), date(2030, 3, 12)}
    assert read_day("2030-12-03", locale, in_november) == date(2030, 12, 3)


def test_numbers_that_can_be_read_in_one_way_only_are_read_so() -> None:
    """The 14th of no month is the 14th of August, and the 8th of August is itself in any order."""
    for text in ("14/08", "08/14", "14/08/2030", "08/14/2030"):
        assert read_day(text, "en", TODAY) == date(2030, 8, 14)
    assert read_day("08/08", "en", TODAY) == date(2030, 8, 8)


def test_a_leap_day_is_in_a_leap_year() -> None:
    """There is none in 2030 or 2031; in autumn 2031 the next one is near."""
    assert read_day("29 Feb", BRITISH, TODAY) is None
    assert read_day("29 Feb", BRITISH, date(2031, 10, 1)) == date(2032, 2, 29)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "until",
        "whenever",
        "14",
        "two weeks",
        "for 2 weeks",
        "August",
        "30 Feb",
        "31/04",
        "08/14",  # the 8th of no month
        "14/08/30",
        "14 Aug 15",
        "14 August or 15 August",
        "14 July or August",
        "Thursday or Friday",
        "Friday 5pm",
        "2030-08",
        "2030-13-01",
        "0 Aug",
        "99999999999999999999 Aug",
        "14 Aug 99999",
        "1²",
        "14 8 2030 9",
    ],
)
def test_what_is_no_day_or_could_be_several_is_not_guessed(text: str) -> None:
    """Whoever wrote it is asked again."""
    assert read_day(text, BRITISH, TODAY) is None


@given(st.sampled_from(LOCALES), st.dates(date(2025, 1, 1), date(2060, 1, 1)), st.integers(0, 180))
def test_examples_are_read_as_they_are_written(locale: str, today: date, ahead: int) -> None:
    """What somebody is shown as an example, they can type."""
    day = today + timedelta(days=ahead)
    assert read_day(f"until {Day(day).format(locale)}", locale, today) == day


@given(st.text(), st.sampled_from(LOCALES))
def test_nothing_that_somebody_types_is_too_much(text: str, locale: str) -> None:
    """It is a day or it is none."""
    day = read_day(text, locale, TODAY)
    assert day is None or isinstance(day, date)
