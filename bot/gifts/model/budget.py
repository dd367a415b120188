"""PURE: budgets: what may be given by somebody, to somebody, or from something, in a month, a quarter or a year."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum

from babel.dates import format_date

from bot.gifts.model.gift import Request
from bot.gifts.model.locales import babel_locale
from bot.gifts.model.money import Money


class Per(StrEnum):
    """Whose amounts a budget counts together."""

    REQUESTER = "requester"
    RECIPIENT = "recipient"
    PAIR = "pair"  # the same requester to the same recipient
    COST_CENTRE = "cost_centre"
    COMPANY = "company"


class Period(StrEnum):
    """For how long a budget lasts; it begins anew with the calendar."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    def months(self, month: str) -> tuple[str, str]:
        """The first and the last month of the period that a month ("2030-01") lies in."""
        year, number = month[:5], int(month[5:])
        match self:
            case Period.MONTH:
                return month, month
            case Period.QUARTER:
                first = number - (number - 1) % 3
                return f"{year}{first:02}", f"{year}{first + 2:02}"
            case Period.YEAR:
                return f"{year}01", f"{year}12"


_NAMED = {Period.MONTH: "LLLL", Period.QUARTER: "QQQQ y", Period.YEAR: "y"}  # Unicode's patterns


@dataclass(frozen=True, slots=True)
class Span:
    """The period that a month ("2030-11") lies in, as a reader names it: November, 4th quarter 2030, 2030."""

    period: Period
    month: str

    def format(self, locale: str) -> str:
        """Its name for a reader of `locale`."""
        first = date.fromisoformat(f"{self.month}-01")
        return format_date(first, _NAMED[self.period], locale=babel_locale(locale))


@dataclass(frozen=True, slots=True)
class Budget:
    """A cap in each currency; `only` names the people or cost centres that it is for, all of them if empty."""

    name: str
    per: Per
    every: Period
    caps: Mapping[str, Money]
    only: tuple[str, ...] = ()

    def is_about(self, account: "Account") -> bool:
        """Whether it caps an account."""
        return account.per is self.per and (not self.only or account.subject in self.only)


@dataclass(frozen=True, slots=True)
class Account:
    """What is counted together: all that is given by, to or from `subject`, in one currency."""

    per: Per
    subject: str
    currency: str


@dataclass(frozen=True, slots=True)
class Balance:
    """How far a budget is used for a subject."""

    budget: Budget
    subject: str
    used: Money
    cap: Money

    @property
    def account(self) -> Account:
        """What the budget counts together here."""
        return Account(self.budget.per, self.subject, self.cap.currency)

    @property
    def left(self) -> Money:
        """What can still be given; nothing where a cap was lowered below what is used."""
        return self.cap.less(self.used)


def month_of(moment: datetime, zone: tzinfo) -> str:
    """The month ("2030-01") in which something counts, by the company's time zone."""
    return moment.astimezone(zone).date().isoformat()[: len("2030-01")]


def accounts_of(request: Request, recipient: str) -> Iterator[Account]:
    """Everything that one recipient's gift counts in."""
    currency = request.value.currency
    yield Account(Per.REQUESTER, request.requester, currency)
    yield Account(Per.RECIPIENT, recipient, currency)
    yield Account(Per.PAIR, pair(request.requester, recipient), currency)
    if request.cost_centre:
        yield Account(Per.COST_CENTRE, request.cost_centre, currency)
    yield Account(Per.COMPANY, "", currency)


def pair(giver: str, receiver: str) -> str:
    """The subject of an account of two people, in the direction of their gifts."""
    return f"{giver} {receiver}"
