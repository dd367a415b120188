"""The tables of giftbot.toml, each as it stands there; what they mean together is in rules.py."""

import re
from collections import Counter
from collections.abc import Collection
from datetime import date, time
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from bot.config_file.amounts import amounts
from bot.gifts.model.budget import Per, Period
from bot.gifts.model.currencies import PLACES, currency_of
from bot.gifts.model.public_holidays import public_holidays


def _known(currency: str) -> str:
    if currency not in PLACES:
        raise ValueError("is no currency, please use ISO codes such as GBP")
    return currency


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is no time zone, please use a name such as Europe/London") from None
    return name


def _language(name: str) -> str:
    try:
        Locale.parse(name, sep="-")
    except (UnknownLocaleError, ValueError):
        raise ValueError("is no language, please use a locale such as en-GB") from None
    return name


def _offered(country: str) -> str:
    if currency_of(country) is None:
        raise ValueError("is no country, please use ISO codes such as GB")
    return country


def _with_holidays(code: str) -> str:
    try:
        public_holidays(code)
    except LookupError as error:
        raise ValueError(*error.args) from None
    return code


def _by_the_clock(moment: time) -> time:
    if moment.tzinfo is not None:  # with a time zone, or a number, which pydantic takes for one of UTC
        raise ValueError('has to be a time of day, such as "09:00"')
    return moment


def _amounts(text: str) -> str:
    amounts(text.split(","))
    return text


def _once(listed: list[str]) -> list[str]:
    if twice := next((one for one, times in Counter(listed).items() if times > 1), None):
        raise ValueError(f"names {twice} twice")
    return listed


def _somebody(listed: list[str]) -> list[str]:
    if not listed:
        raise ValueError("names nobody")
    return _once(listed)


def _slack_id(letters: str, examples: str) -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(f"[{letters}][A-Z0-9]{{2,}}", text):
            raise ValueError(f"has to be one of Slack's ids: {examples}")
        return text

    return AfterValidator(check)


_A_PERSON, _A_GROUP, _A_CHANNEL = "U012AB3CD for a person", "S012AB3CD for a user group", "C012AB3CD for a channel"
Currency = Annotated[str, AfterValidator(_known)]
Country = Annotated[str, AfterValidator(_offered)]
Amounts = Annotated[str, AfterValidator(_amounts)]
Days = Annotated[int, Field(ge=1, le=365)]
Hours = Annotated[int, Field(ge=1, le=1000)]
Name = Annotated[str, Field(min_length=1, max_length=75)]
Reader = Annotated[str, _slack_id("UWSCG", f"{_A_PERSON}, {_A_GROUP}, {_A_CHANNEL}")]
PersonOrGroup = Annotated[str, _slack_id("UWS", f"{_A_PERSON}, {_A_GROUP}")]
ChannelId = Annotated[str, _slack_id("CG", _A_CHANNEL)]
Names = Annotated[list[Name], AfterValidator(_once)]
PeopleOrGroups = Annotated[list[PersonOrGroup], AfterValidator(_once)]
Pool = Annotated[list[PersonOrGroup], AfterValidator(_somebody)]
Readers = Annotated[list[Reader], AfterValidator(_once)]
TimeOfDay = Annotated[time, Field(strict=False), AfterValidator(_by_the_clock)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Section(BaseModel):
    """A table: keys that nobody knows are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, strict=True)


class CompanySection(Section):
    """[company]: its calendar, and the language of what it reads together."""

    time_zone: Annotated[str, AfterValidator(_time_zone)] = "UTC"
    language: Annotated[str, AfterValidator(_language)] = "en"


class RequestsSection(Section):
    """[requests]: who may ask, and for what."""

    who: Annotated[PeopleOrGroups, Field(alias="from")] = []
    largest: Amounts | None = None
    countries: Annotated[list[Country], AfterValidator(_once), Field(min_length=1, max_length=100)] | None = None
    currencies: dict[Country, Currency] = {}
    cost_centres: Annotated[Names, Field(max_length=100)] = []
    count_together_days: Annotated[int, Field(ge=0, le=366)] = 0


class StepSection(Section):
    """[[rules.steps]]: so many people of a pool."""

    pool: Name
    count: Annotated[int, Field(ge=1, le=25)] = 1
    notify: Readers | None = None
    backup: Readers = []


class RuleSection(Section):
    """[[rules]]: what fits all of its conditions is decided in its steps; the first rule that fits counts."""

    name: Name
    up_to: Amounts | None = None
    requesters: PeopleOrGroups = []
    countries: Annotated[list[Country], AfterValidator(_once)] = []
    cost_centres: Names = []
    automatic: bool = False
    steps: Annotated[list[StepSection], Field(max_length=10)] = []
    notify: Readers = []


class BudgetSection(Section):
    """[[budgets]]: how much may be given in a month, a quarter or a year."""

    name: Name
    per: Annotated[Per, Field(strict=False)]
    every: Annotated[Period, Field(strict=False)]
    amount: Amounts
    only: Names = []


class WorkingHoursSection(Section):
    """[working_hours]: when people decide."""

    days: Annotated[list[Weekday], AfterValidator(_once), Field(min_length=1)] = ["mon", "tue", "wed", "thu", "fri"]
    opens: Annotated[TimeOfDay, Field(alias="from")] = time(9)
    closes: Annotated[TimeOfDay, Field(alias="to")] = time(17)
    holidays: list[date] = []
    holidays_of: Annotated[str, AfterValidator(_with_holidays)] | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("to has to be later than from")
        return self


class WaitingSection(Section):
    """[waiting]: how long a step may wait, in working hours and days."""

    remind_after_hours: Hours = 8
    backup_after_hours: Hours = 16
    expire_after_days: Annotated[int, Field(ge=1, le=250)] = 10


class AnnouncementsSection(Section):
    """[announcements]: what a channel hears of a gift that has arrived."""

    channel: ChannelId | None = None
    hashtags: Annotated[Names, Field(max_length=100)] = []
    may_name_amount: bool = False


class AfterDeliverySection(Section):
    """[after_delivery]: how a gift is looked after that its recipient has."""

    remind_after_days: list[Days] = [14]
    checks_a_minute: Annotated[int, Field(ge=1, le=240)] = 30
    shows_a_day: Annotated[int, Field(ge=1, le=100)] = 3


def weekdays(names: Collection[Weekday]) -> frozenset[int]:
    """Days of the week, Monday as 0."""
    order: list[Weekday] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    return frozenset(order.index(name) for name in names)
