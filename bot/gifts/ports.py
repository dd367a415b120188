"""What the heart needs from the outside world, as Protocols; `model.outcomes` has what it answers."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.gifts.model.gift import Gift, Request
from bot.gifts.model.money import Money
from bot.gifts.model.notification import Message, Notification
from bot.gifts.model.order import Order
from bot.gifts.model.outcomes import (
    Absent,
    LinkReady,
    NotYet,
    OrderFailed,
    OutcomeUnknown,
    Placed,
    Posted,
    Rejected,
    Said,
    Unavailable,
)
from bot.gifts.model.people import Person
from bot.gifts.model.product import Product
from bot.gifts.model.redemption_link import RedemptionStatus


class Clock(Protocol):
    """The time, and waiting for it."""

    def now(self) -> datetime:
        """The time now, in UTC, for what is kept and what people read; somebody may set it at any moment."""

    def monotonic(self) -> float:
        """Seconds since some moment in the past, which nobody can set: how long something takes, or how old it is."""

    async def sleep(self, seconds: float) -> None:
        """Come back after that many seconds."""

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Come back when the event is set, or after that many seconds."""


class GiftCards(Protocol):
    """A gift card service, spoken to in one contract."""

    @property
    def has_catalogue(self) -> bool:
        """Whether it says what can be bought, so that a requester can choose."""

    @property
    def key_life(self) -> timedelta | None:
        """How long it answers an order's key with the same order, and makes no second one; None: for ever."""

    async def countries(self) -> frozenset[str] | Rejected | Unavailable:
        """The countries that something can be bought for; asked only where there is a catalogue."""

    async def products(self, country: str) -> Mapping[str, tuple[Product, ...]] | Rejected | Unavailable:
        """All that can be bought for a country, by currency; asked only where there is a catalogue."""

    def names_products(self, request: Request) -> bool:
        """Whether an order of this request has to name everything that its recipient may choose from."""

    def body(self, request: Request, gift: Gift, key: str, choose_from: Sequence[Product]) -> str:
        """The exact body of the order for one gift of a request; `choose_from` only counts if products are named."""

    async def turn(self) -> None:
        """Wait until the service's limit lets one more order through."""

    async def place(self, order: Order) -> Placed | OrderFailed | Rejected | Unavailable | OutcomeUnknown:
        """Send an order, in its turn; the same key and body can be sent any number of times and make one order.

        Rejected and Unavailable speak of this one call: what an earlier one did, they do not know.
        """

    async def link(self, order: Order) -> LinkReady | NotYet | OrderFailed | Rejected | Unavailable | OutcomeUnknown:
        """Fetch the link of an order that was placed."""

    async def payout(self, order: Order) -> RedemptionStatus | Rejected | Unavailable | OutcomeUnknown | None:
        """What became of the link of an order; None where the contract does not say."""

    async def balance(self, currency: str) -> Money | None:
        """What is left on the account; None where the contract does not say, or the service not now."""

    async def price(self, request: Request, choose_from: Sequence[Product]) -> Money | None:
        """What all gifts of a request are expected to cost; None where the service does not say, or not now."""

    async def find(self, order: Order) -> Placed | Absent | Unavailable | None:
        """Look through all orders for one of the same gift, whatever its key; None where the contract has no list.

        Unavailable as long as the list cannot be read whole, or shows orders without saying whose they are.
        """


class Messenger(Protocol):
    """Slack, as far as messages go."""

    async def open(self, to: str) -> str | Rejected | Unavailable:
        """The channel in which to write to a person or channel."""

    async def post(self, channel: str, mail: Notification) -> Posted | Rejected | Unavailable | OutcomeUnknown:
        """Post once, without any retry."""

    async def find(self, message: Message) -> Posted | Absent | Rejected | Unavailable:
        """Look for a message whose posting has an unknown outcome."""

    async def said(self, channel: str) -> Sequence[Said] | Rejected | Unavailable:
        """The newest of the bot's own messages in a direct message channel."""

    async def update(self, mail: Notification) -> Posted | Rejected | Unavailable:
        """Make a message that was sent show how things stand now."""


class Access(Protocol):
    """Whether Slack lets the bot in: the app is installed, and its token good."""

    @property
    def is_lost(self) -> bool:
        """Whether it does not, as far as is known."""

    async def ask(self) -> None:
        """Ask Slack, which may let the bot in again."""


class Directory(Protocol):
    """Who is who in the workspace."""

    async def look_up(self, ids: Collection[str]) -> Mapping[str, Person]:
        """Everybody asked for.

        Raises:
            NotNow: Slack cannot be asked just now.
        """

    async def known(self, slack_id: str) -> Person:
        """Somebody as they were at most five minutes ago; asked no faster than Slack allows.

        Raises:
            NotNow: Slack cannot be asked just now.
        """

    async def asked_anew(self, slack_id: str) -> Person:
        """Somebody as they are now; asked no faster than Slack allows.

        Raises:
            NotNow: Slack cannot be asked just now.
        """

    async def members(self, groups: Collection[str]) -> Mapping[str, frozenset[str]]:
        """Who is in each of these user groups, at most a minute old; nobody where Slack has no such group any more.

        Raises:
            NotNow: Slack cannot be asked just now.
        """
