"""PURE: the order of one gift, and the key that makes it one order however often it is sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid5

from bot.gifts.model.gift import Gift, Request
from bot.gifts.model.money import Money

NAMESPACE = UUID("5f0a2f5e-6c0b-4d6e-9a53-0d2f4be1a7c1")  # never change it: every key would change with it
SPARE = timedelta(days=1)  # for clocks that were wrong
SETTLED = timedelta(minutes=15)  # after a send: what was on its way has arrived by then, and the service lists it


class Made(StrEnum):
    """Whether the gift card service has made a gift's order, as far as it is known."""

    NO = "no"
    PERHAPS = "perhaps"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Order:
    """One attempt to order a gift: the body is kept before the first try, so that every retry is byte-equal.

    `unknown_since` is set before each send, and kept until it is known what became of it: then the order has its
    `provider_id`, or it is proved that nothing was done.
    """

    key: str
    gift_id: str
    attempt: int
    body: str
    value: Money
    country: str
    first_sent_at: datetime
    provider_id: str | None = None
    unknown_since: datetime | None = None
    sent_again_at: datetime | None = None

    @classmethod
    def of(cls, request: Request, gift: Gift, body: str, sent_at: datetime) -> Self:
        """The order of a gift's current attempt."""
        return cls(key_of(gift), gift.id, gift.attempt, body, request.value, request.country, sent_at)

    @classmethod
    def never_sent(cls, request: Request, gift: Gift) -> Self:
        """The order of an attempt that this database knows nothing of, to be looked for; it has no body to send."""
        return cls.of(request, gift, "", begun_at(request, gift))

    @property
    def last_sent_at(self) -> datetime:
        """When it was last sent."""
        return self.sent_again_at or self.first_sent_at

    @property
    def is_unknown_before(self) -> bool:
        """Whether what became of an earlier send is unknown, so that no answer to the last one says that it failed."""
        return self.unknown_since is not None and self.unknown_since != self.last_sent_at


@dataclass(frozen=True, slots=True)
class Funds:
    """What is left on the account, and what an order is expected to cost; None where the service does not say."""

    balance: Money | None = None
    price: Money | None = None


def key_of(gift: Gift) -> str:
    """The idempotency key of a gift's current attempt: the same inputs give the same key, for ever."""
    return str(uuid5(NAMESPACE, f"{gift.request_id}:{gift.recipient}:{gift.attempt}"))


def key_is_old(request: Request, gift: Gift, now: datetime, key_life: timedelta | None) -> bool:
    """Whether the service may have forgotten the key of a gift's attempt, so that sending it could order again.

    `key_life` is how long it remembers one; None if it never forgets.
    Counted from when the key could first be used, and not from when this database knows that it was: after an old
    backup is restored, it may have been used in the time that the database has lost. One that begins in the future
    was begun by a clock that was wrong, and nobody knows how old it is.
    """
    return key_life is not None and not -SPARE <= now - begun_at(request, gift) <= key_life - SPARE


def begun_at(request: Request, gift: Gift) -> datetime:
    """The earliest time at which the key of a gift's attempt can have been sent."""
    return gift.attempt_at or request.created_at
