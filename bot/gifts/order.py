"""PURE: the order of one gift, and the key that makes it one order however often it is sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from bot.gifts.gift import Gift
from bot.gifts.money import Money

NAMESPACE = UUID("5f0a2f5e-6c0b-4d6e-9a53-0d2f4be1a7c1")  # never change it: every key would change with it
KEY_LIFE = timedelta(days=29)  # Runa forgets a key after 30 days; the same key would then order again


@dataclass(frozen=True, slots=True)
class Order:
    """One attempt to order a gift: the body is kept before the first try, so that every retry is byte-equal."""

    key: str
    gift_id: str
    attempt: int
    body: str
    value: Money
    country: str
    first_sent_at: datetime
    provider_id: str | None = None

    def key_is_old(self, now: datetime) -> bool:
        """Whether sending this key again could make a second order."""
        return now - self.first_sent_at > KEY_LIFE


def key_of(gift: Gift) -> str:
    """The idempotency key of a gift's current attempt: the same inputs give the same key, for ever."""
    return str(uuid5(NAMESPACE, f"{gift.request_id}:{gift.recipient}:{gift.attempt}"))
