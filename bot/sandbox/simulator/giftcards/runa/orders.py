"""The orders that Runa's API accepted, and what became of them and of their links."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.sandbox.simulator.giftcards.runa.body import Basket
from bot.sandbox.simulator.giftcards.service import Order


class PayoutStatus(StrEnum):
    """What became of a link."""

    ACTIVE = "ACTIVE"
    CLAIMED = "CLAIMED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


@dataclass
class RedemptionStatus:
    """The state of one link, and since when."""

    status: PayoutStatus
    since: float

    def become(self, status: PayoutStatus, now: float) -> None:
        """Change the state of the link, which is possible once."""
        if self.status is not PayoutStatus.ACTIVE:
            raise ValueError(f"the link is {self.status}")
        self.status, self.since = status, now


@dataclass
class Placed:
    """Everything about an order that was accepted; payouts are found by their links."""

    order: Order
    asked: dict[str, Any]
    basket: Basket
    fails: bool
    polls: int = 0
    settled_at: float | None = None
    payouts: dict[str, RedemptionStatus] = field(init=False)

    def __post_init__(self) -> None:
        self.payouts = {
            item.link: RedemptionStatus(PayoutStatus.ACTIVE, self.order.created_at) for item in self.order.items
        }

    def settles(self, now: float, *, seconds: float, polls: int) -> bool:
        """Say whether the order is settled, which it stays, after that many seconds and polls."""
        if self.settled_at is None and self.polls >= polls and now >= self.order.created_at + seconds:
            self.settled_at = now
        return self.settled_at is not None
