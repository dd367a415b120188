"""PURE: a time in which no order is sent, because the service would refuse each of them for the same reason."""

from dataclasses import dataclass
from datetime import datetime

from bot.gifts.model.failure_reasons import Reason


@dataclass(frozen=True, slots=True)
class OrderHold:
    """Orders in `currency` wait, or in every currency where it is None; `look_at` is when to see if they can go on."""

    id: str
    reason: Reason
    currency: str | None
    since: datetime
    look_at: datetime
    ended_at: datetime | None = None
