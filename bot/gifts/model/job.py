"""Work: a durable note that something must be done, and what a step says when it comes back from doing it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import GiftStep


class JobKind(StrEnum):
    """The kinds of work; the subject is the id of what each is about, or nothing in particular."""

    POST = "post"  # a message
    REFRESH = "refresh"  # a message that was sent
    ORDER = "order"  # a gift
    DELIVER = "deliver"  # a gift
    CHASE = "chase"  # a request that waits for a decision
    CHECK = "check"  # a gift that was delivered: what became of it
    STOCK = "stock"  # the catalogue
    HEAD = "head"  # of the sealed history
    END_DELEGATION = "end delegation"  # an absence, as its last day ends
    RECALL = "recall"  # what was said last, which the database has to know


ONCE = frozenset({JobKind.POST, JobKind.REFRESH, JobKind.ORDER, JobKind.DELIVER})  # all others are done again and again


# between two looks, for what is done again and again
LONGEST_WAITS = {
    JobKind.CHASE: timedelta(days=1),  # the policy, or who is in a group, may have changed
    JobKind.CHECK: timedelta(days=7),
    JobKind.STOCK: timedelta(hours=1),
    JobKind.HEAD: timedelta(days=1),
}


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work, tried `tries` times since `since`; `due_at` tells whether it was hurried meanwhile."""

    id: int
    task: JobKind
    subject: str
    since: datetime
    due_at: datetime
    tries: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """The gift cannot go on by itself: it fails or needs review. `detail` is for the record."""

    step: GiftStep
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Completed:
    """The step is finished, or there is nothing left to do."""


@dataclass(frozen=True, slots=True)
class Reschedule:
    """Finished for now, and to be done anew `after` that time; `since` stays."""

    after: timedelta


@dataclass(frozen=True, slots=True)
class Retry:
    """Not finished: try again, `after` that time at the earliest. `reason` is why it ends if it never works.

    How long that may last is counted from when the work was noted, or from `since` if that was later.
    """

    reason: Reason
    note: str
    after: timedelta = timedelta()
    since: datetime | None = None
