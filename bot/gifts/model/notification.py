"""What the bot says in Slack: each message is a row of its own, so that it is sent once and can be found again."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from pydantic import SecretStr

from bot.gifts.model.approval_route import Route
from bot.gifts.model.audit_head import Head
from bot.gifts.model.budget import Balance
from bot.gifts.model.gift import Gift, Request
from bot.gifts.model.order import Funds
from bot.gifts.model.order_hold import OrderHold
from bot.gifts.model.out_of_office import Absence
from bot.gifts.model.restoration import Restoration


class Kind(StrEnum):
    """What a message is for."""

    CARD = "card"  # to those who decide, with Approve and Decline
    APPROVED_ALONE = "approved alone"  # to whom a rule names that needs nobody's yes
    NUDGE = "nudge"  # to those who decide: somebody is still waiting
    BACKUP = "backup"  # to a step's backup: nobody has decided
    DECISION = "decision"  # to the requester
    GIFT = "gift"  # to the recipient, with the link
    ARRIVED = "arrived"  # to the requester
    ANNOUNCEMENT = "announcement"  # to a channel, without the amount
    UNANNOUNCED = "unannounced"  # to the requester: the channel could not be written to
    TROUBLE = "trouble"  # to those who decide, with Retry and Close, and to the requester
    CLOSED = "closed"  # to the requester: somebody closed a gift that had stopped
    REMINDER = "reminder"  # to the recipient, of a gift that nobody has claimed
    LAPSED = "lapsed"  # to the requester: the gift's link is no good any more
    HOLD = "hold"  # to those who decide: no order is sent for a while
    RESTORED = "restored"  # to those who decide: a backup was put in the database's place
    HEAD = "head"  # to those who decide, once a day: the head of the sealed history
    STAND_IN = "stand in"  # to a deputy: for whom they decide, and until when
    STAND_DOWN = "stand down"  # to a deputy: they decide no longer


class MessageState(StrEnum):
    """How far a message has come; `sending` that nobody is busy with means: look it up before sending again."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    UNDELIVERABLE = "undeliverable"


@dataclass(frozen=True, slots=True)
class Message:
    """A message to a person or channel `to`; `channel` and `ts` are Slack's address of it once they are known.

    `sent_after` is the `ts` of a message that Slack had in that channel before this one was sent for the first time.

    It is about gifts of a request, or, where `request_id` is None, about the company; `subject` then says what. A card
    is about one step of one version of its request, and `is_open` while it has buttons.
    """

    id: str
    kind: Kind
    request_id: str | None
    gift_ids: tuple[str, ...]
    to: str
    subject: str | None = None
    version: int | None = None
    step: int | None = None
    is_open: bool = False
    state: MessageState = MessageState.WAITING
    channel: str | None = None
    ts: str | None = None
    sending_since: datetime | None = None
    sent_after: str | None = None


@dataclass(frozen=True, slots=True)
class CardContext:
    """What a card tells those who decide beside the request itself.

    `exchanged` is how many gifts these people have given each other this year. Only an `is_open` card has buttons.
    """

    route: Route
    balances: Sequence[Balance] = ()
    exchanged: int = 0
    is_open: bool = False
    is_superseded: bool = False


@dataclass(frozen=True, slots=True)
class RequestNotification:
    """Everything that a message about a request is made from, as things stand now.

    The link is only for a gift's delivery, the funds and the brief are only for a card.
    """

    message: Message
    request: Request
    link: SecretStr | None = None
    funds: Funds = field(default_factory=Funds)
    brief: CardContext | None = None

    @property
    def gifts(self) -> tuple[Gift, ...]:
        """The gifts that this message is about."""
        return tuple(gift for gift in self.request.gifts if gift.id in self.message.gift_ids)

    @property
    def recipients(self) -> tuple[str, ...]:
        """The people whose gifts these are."""
        return tuple(gift.recipient for gift in self.gifts)


@dataclass(frozen=True, slots=True)
class OrderHoldNotice:
    """What a message about orders on hold is made from, as things stand now."""

    message: Message
    hold: OrderHold


@dataclass(frozen=True, slots=True)
class RestorationNotice:
    """What a message about a restored backup is made from."""

    message: Message
    restoration: Restoration


@dataclass(frozen=True, slots=True)
class HeadNotice:
    """What a message about the sealed history is made from."""

    message: Message
    head: Head


@dataclass(frozen=True, slots=True)
class AbsenceNotice:
    """What a message to a deputy is made from, as things stand now."""

    message: Message
    absence: Absence


Notification = RequestNotification | OrderHoldNotice | RestorationNotice | HeadNotice | AbsenceNotice


def posted_at(ts: str) -> datetime | None:
    """When a message was posted: its address in Slack is that time, in seconds; None for what is no such address.

    Source: docs.slack.dev, "Retrieving messages", "Retrieving individual messages".
    """
    return datetime.fromtimestamp(float(ts), UTC) if re.fullmatch(r"[0-9]{1,11}\.[0-9]{1,9}", ts) else None
