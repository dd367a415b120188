"""PURE: the lines of the lists that a person is shown, beside requests themselves."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.gifts.model.gift import Gift, Request
from bot.gifts.model.money import Money


class RequestFilter(StrEnum):
    """Which of their own requests somebody looks at; but for two of them, the state that these are in."""

    ALL = "all"
    PENDING = "pending"
    APPROVED = "approved"
    IN_TROUBLE = "in trouble"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class GiftLine:
    """One gift with its request, and since when it stands where it does."""

    request: Request
    gift: Gift
    since: datetime


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A yes or a no to one version of a request, which is here as it stands now."""

    request: Request
    version: int
    at: datetime
    is_yes: bool

    @property
    def is_superseded(self) -> bool:
        """Whether the request was changed since, so that this counts no more."""
        return self.version != self.request.version


@dataclass(frozen=True, slots=True)
class DecisionTotal:
    """How often somebody said yes and no in a month, and to how much; all of it in one currency."""

    yes: int
    approved: Money
    no: int
    declined: Money

    def plus(self, other: "DecisionTotal") -> "DecisionTotal":
        """Both together."""
        yes, no = self.yes + other.yes, self.no + other.no
        return DecisionTotal(yes, self.approved.plus(other.approved), no, self.declined.plus(other.declined))
