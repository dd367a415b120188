"""Request and Gift: what they hold, the states they can be in, and every step from one state to the next.

A request is what one person asks and others decide; a gift is one recipient's share of it: one order, one
delivery. `GIFT_LIFE` and `REQUEST_LIFE` are the whole truth about what may follow what.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.gifts.model.errors import IllegalMove
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.money import Money
from bot.gifts.model.product import ChosenProduct

MACHINE = "giftbot"  # the actor in the history where nobody clicked


class RequestState(StrEnum):
    """Where a request stands."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class RequestStep(StrEnum):
    """What can happen to a request."""

    APPROVE = "approve"
    DECLINE = "decline"
    CANCEL = "cancel"
    EXPIRE = "expire"


REQUEST_LIFE: dict[tuple[RequestState, RequestStep], RequestState] = {
    (RequestState.PENDING, RequestStep.APPROVE): RequestState.APPROVED,
    (RequestState.PENDING, RequestStep.DECLINE): RequestState.DECLINED,
    (RequestState.PENDING, RequestStep.CANCEL): RequestState.CANCELLED,
    (RequestState.PENDING, RequestStep.EXPIRE): RequestState.EXPIRED,
}


class GiftState(StrEnum):
    """Where a gift stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    ORDERED = "ordered"
    DELIVERED = "delivered"
    CLAIMED = "claimed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    FAILED = "failed"
    NEEDS_REVIEW = "needs_review"


class GiftStep(StrEnum):
    """What can happen to a gift."""

    APPROVE = "approve"
    DROP = "drop"
    PLACE = "place"
    FAIL = "fail"
    PARK = "park"
    DELIVER = "deliver"
    CLAIM = "claim"
    LAPSE = "lapse"
    ORDER_ANEW = "order anew"
    ASK_AGAIN = "ask again"
    DELIVER_AGAIN = "deliver again"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Move:
    """One step of a gift's life, with who or what causes it, in words for README's table."""

    before: GiftState
    step: GiftStep
    after: GiftState
    cause: str


GIFT_LIFE = (
    Move(GiftState.WAITING, GiftStep.APPROVE, GiftState.APPROVED, "an approver approves the request"),
    Move(GiftState.WAITING, GiftStep.DROP, GiftState.CANCELLED, "the request is declined or cancelled, or expires"),
    Move(GiftState.APPROVED, GiftStep.PLACE, GiftState.ORDERED, "the gift card service confirms the order"),
    Move(
        GiftState.APPROVED,
        GiftStep.FAIL,
        GiftState.FAILED,
        "the service refuses the order for good, or its list has no such order",
    ),
    Move(GiftState.APPROVED, GiftStep.PARK, GiftState.NEEDS_REVIEW, "whether the order exists cannot be found out"),
    Move(GiftState.ORDERED, GiftStep.FAIL, GiftState.FAILED, "the service says that the order came to nothing"),
    Move(GiftState.ORDERED, GiftStep.DELIVER, GiftState.DELIVERED, "Slack confirms the recipient's message"),
    Move(GiftState.ORDERED, GiftStep.PARK, GiftState.NEEDS_REVIEW, "the link or the message cannot be handed over"),
    Move(GiftState.DELIVERED, GiftStep.CLAIM, GiftState.CLAIMED, "the service says that the recipient took it"),
    Move(GiftState.DELIVERED, GiftStep.LAPSE, GiftState.EXPIRED, "the link expired, or the service cancelled it"),
    Move(
        GiftState.FAILED, GiftStep.ORDER_ANEW, GiftState.APPROVED, "an approver clicks Retry: a new attempt, a new key"
    ),
    Move(
        GiftState.FAILED,
        GiftStep.ASK_AGAIN,
        GiftState.APPROVED,
        "an approver clicks Retry, and the order may exist: the same key",
    ),
    Move(
        GiftState.NEEDS_REVIEW,
        GiftStep.ASK_AGAIN,
        GiftState.APPROVED,
        "an approver clicks Retry, no order known: the same key",
    ),
    Move(
        GiftState.NEEDS_REVIEW,
        GiftStep.DELIVER_AGAIN,
        GiftState.ORDERED,
        "an approver clicks Retry, the order is known",
    ),
    Move(
        GiftState.NEEDS_REVIEW,
        GiftStep.ORDER_ANEW,
        GiftState.APPROVED,
        "an approver has looked at the service, and states that it has no order: a new attempt, a new key",
    ),
    Move(GiftState.FAILED, GiftStep.CLOSE, GiftState.CANCELLED, "an approver closes it, with a reason"),
    Move(GiftState.NEEDS_REVIEW, GiftStep.CLOSE, GiftState.CANCELLED, "an approver closes it, with a reason"),
)


@dataclass(frozen=True, slots=True)
class Closing:
    """Who ended a gift that had stopped, and why."""

    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Gift:
    """One recipient's share of a request; `attempt` is the number in its order's key, counted from 1.

    `attempt_at` is when a person let a further attempt begin; the first one has none.
    """

    id: str
    request_id: str
    recipient: str
    state: GiftState
    attempt: int = 1
    reason: Reason | None = None
    attempt_at: datetime | None = None
    closing: Closing | None = None

    @property
    def needs_attention(self) -> bool:
        """True for a gift that waits for a person."""
        return self.state in {GiftState.FAILED, GiftState.NEEDS_REVIEW}

    @property
    def in_progress(self) -> bool:
        """True for a gift that the machine is working on."""
        return self.state in {GiftState.APPROVED, GiftState.ORDERED}

    @property
    def has_arrived(self) -> bool:
        """True for a gift that its recipient was sent, whatever became of it."""
        return self.state in {GiftState.DELIVERED, GiftState.CLAIMED, GiftState.EXPIRED}


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's yes in one step, counted from 0: theirs by right, or that of the approver they stand in for."""

    step: int
    pool: str
    by: str
    on_behalf_of: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Who ended a request's waiting, when, and why."""

    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What one person asks: `value` is for each recipient; `source` links the Slack message that it is about.

    Without a `product` each recipient chooses what to spend it on. `weighed` is the amount that its rule is chosen by:
    the total, with what the same people exchanged shortly before. `month` is that of the budgets which it counts in,
    `version` rises with every edit, and `asked` is the value before an approver lowered it.
    """

    id: str
    requester: str
    gifts: tuple[Gift, ...]
    value: Money
    country: str
    note: str
    created_at: datetime
    announce_in: str | None = None
    source: str | None = None
    product: ChosenProduct | None = None
    state: RequestState = RequestState.PENDING
    decision: Decision | None = None
    version: int = 1
    cost_centre: str | None = None
    hashtag: str | None = None
    names_amount: bool = False
    month: str = ""
    weighed: Money | None = None
    asked: Money | None = None
    approvals: tuple[Approval, ...] = ()

    @property
    def involved(self) -> frozenset[str]:
        """Who can never decide about it: who asks, and who receives."""
        return frozenset({self.requester, *self.recipients})

    @property
    def recipients(self) -> tuple[str, ...]:
        """The people who get a gift, in the order they were named."""
        return tuple(gift.recipient for gift in self.gifts)

    @property
    def total(self) -> Money:
        """The value of all gifts together."""
        return self.value.times(len(self.gifts))


def after(state: GiftState, step: GiftStep) -> GiftState:
    """The state that a step leads to.

    Raises:
        IllegalMove: a gift's life has no such step.
    """
    for move in GIFT_LIFE:
        if (move.before, move.step) == (state, step):
            return move.after
    raise IllegalMove(f"a gift that is {state} cannot {step}")
