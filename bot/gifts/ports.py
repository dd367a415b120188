"""What the heart needs from the other rooms, as Protocols, and the few words that they answer with."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import SecretStr

from bot.gifts.gift import Gift, GiftStep, Request, RequestStep
from bot.gifts.message import Kind, Letter, Message
from bot.gifts.money import Money
from bot.gifts.order import Order
from bot.gifts.people import Person
from bot.gifts.reasons import Reason
from bot.gifts.work import Task, Work


class Clock(Protocol):
    """The time, and waiting for it."""

    def now(self) -> datetime:
        """The time now, in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Come back after that many seconds."""

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Come back when the event is set, or after that many seconds."""


# ----- what the outside answers -----


@dataclass(frozen=True, slots=True)
class LinkReady:
    """The redemption link, with the value that the provider says it has."""

    link: SecretStr
    value: Money


@dataclass(frozen=True, slots=True)
class Placed:
    """The order exists: its id at the provider, the value that it has and its link, where the provider says so now."""

    order_id: str
    value: Money | None = None
    ready: LinkReady | None = None


@dataclass(frozen=True, slots=True)
class NotYet:
    """The order exists, its link does not."""


@dataclass(frozen=True, slots=True)
class OrderFailed:
    """The order was taken and has come to nothing since: nothing was sold, and a new one is safe."""

    detail: str


@dataclass(frozen=True, slots=True)
class Posted:
    """The message is in `channel` at `ts`."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Absent:
    """The message was looked for in the whole stretch of time and is not there."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A final no: nothing was done, and asking again in the same way is useless. `detail` is for the log."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Nothing was done; ask again, at the earliest after that many seconds."""

    detail: str
    after: float = 0


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """It may have been done or not; only asking in exactly the same way, or looking, can tell."""

    detail: str
    reason: Reason = Reason.NO_ANSWER


class GiftCards(Protocol):
    """A gift card service, spoken to in one contract."""

    async def body(self, request: Request, gift: Gift, key: str) -> str | Rejected | Unavailable:
        """The exact body of the order for one gift of a request."""

    async def place(self, order: Order) -> Placed | Rejected | Unavailable | OutcomeUnknown:
        """Send an order; the same key and body can be sent any number of times and make one order."""

    async def link(self, order: Order) -> LinkReady | NotYet | OrderFailed | Rejected | Unavailable | OutcomeUnknown:
        """Fetch the link of an order that was placed."""

    async def balance(self, currency: str) -> Money | None:
        """What is left on the account; None where the contract does not say, or the service not now."""

    async def find(self, order: Order) -> Placed | Absent | Unavailable:
        """Look an order up whose key is too old to be sent; Absent also where the contract has no way to look."""


class Messenger(Protocol):
    """Slack, as far as messages go."""

    async def open(self, to: str) -> str | Rejected | Unavailable:
        """The channel in which to write to a person or channel."""

    async def post(self, channel: str, letter: Letter) -> Posted | Rejected | Unavailable | OutcomeUnknown:
        """Post once, without any retry."""

    async def find(self, message: Message) -> Posted | Absent | Rejected | Unavailable:
        """Look for a message whose posting has an unknown outcome."""

    async def update(self, letter: Letter) -> Posted | Rejected | Unavailable:
        """Make a message that was sent show how things stand now."""


class Directory(Protocol):
    """Who is who in the workspace."""

    async def look_up(self, ids: Collection[str]) -> Mapping[str, Person]:
        """Everybody asked for.

        Raises:
            Invalid: Slack cannot be asked just now.
        """


# ----- what is kept -----


class Requests(Protocol):
    """Requests with their gifts."""

    def add(self, request: Request) -> bool:
        """Keep a new request; False, and nothing changed, when its id is known already."""

    def get(self, request_id: str) -> Request | None:
        """A request with its gifts."""

    def move(self, request: Request, step: RequestStep, by: str, at: datetime, note: str = "") -> bool:
        """Take a step if the request still stands where it was read; False when somebody else was faster."""

    def asked_by(self, person: str, limit: int) -> Sequence[Request]:
        """The latest requests of a person, newest first."""

    def count_undecided(self, requester: str) -> int:
        """How many requests of a person are pending."""

    def undecided(self, person: str, limit: int) -> Sequence[Request]:
        """Pending requests, oldest first, that `person` neither asks for nor receives from."""

    def in_trouble(self, person: str, limit: int) -> Sequence[Request]:
        """Requests with a gift that failed or is parked, newest first, that `person` has no part in."""


class Gifts(Protocol):
    """Single gifts."""

    def get(self, gift_id: str) -> Gift | None:
        """A gift."""

    def move(
        self, gift: Gift, step: GiftStep, by: str, at: datetime, reason: Reason | None = None, detail: str = ""
    ) -> bool:
        """Take a step if the gift still stands where it was read; False when somebody else was faster."""


class Orders(Protocol):
    """What was, or may have been, sent to the gift card service."""

    def get(self, gift: Gift) -> Order | None:
        """The order of the gift's current attempt."""

    def add(self, order: Order) -> None:
        """Keep an order before it is sent for the first time."""

    def placed(self, order: Order, order_id: str) -> bool:
        """Keep the provider's id; False when another gift has that id already."""


class Messages(Protocol):
    """Messages, sent and to be sent."""

    def add(self, message: Message) -> None:
        """Keep a message to be sent."""

    def get(self, message_id: str) -> Message | None:
        """A message."""

    def save(self, message: Message) -> None:
        """Keep how far a message has come."""

    def add_gift(self, message: Message, gift_id: str) -> None:
        """Make a message that waits be about one more gift."""

    def about(self, request_id: str, kind: Kind) -> Sequence[Message]:
        """All messages of one kind about a request."""

    def at(self, channel: str, ts: str) -> Message | None:
        """The message at an address in Slack."""


class WorkList(Protocol):
    """What must still be done, durably."""

    def add(self, task: Task, subject: str, due_at: datetime) -> None:
        """Note that a task must be done for a gift or message, at or after a time."""

    def due(self, task: Task, now: datetime, limit: int) -> Sequence[Work]:
        """Work of one kind that is due, longest waiting first."""

    def next_due(self, task: Task, after: datetime) -> datetime | None:
        """When the first work of one kind after a time is due."""

    def postpone(self, work: Work, due_at: datetime, note: str) -> None:
        """Try again later; `note` says why, for people who look."""

    def done(self, work: Work) -> None:
        """Strike it off."""


class History(Protocol):
    """Who did what and when; only ever added to."""

    def add(
        self, at: datetime, actor: str, event: str, request_id: str, gift_id: str | None = None, detail: str = ""
    ) -> None:
        """Put one line on the record."""

    def add_once(self, at: datetime, actor: str, event: str, request_id: str, detail: str) -> None:
        """Put one line on the record, unless it says the same already."""


class Store(Protocol):
    """Everything that is kept. Changes are made inside `write()` and are kept together or not at all."""

    @property
    def requests(self) -> Requests:
        """Requests with their gifts."""

    @property
    def gifts(self) -> Gifts:
        """Single gifts."""

    @property
    def orders(self) -> Orders:
        """What the gift card service was, or may have been, sent."""

    @property
    def messages(self) -> Messages:
        """Messages, sent and to be sent."""

    @property
    def work(self) -> WorkList:
        """What must still be done."""

    @property
    def history(self) -> History:
        """Who did what and when."""

    def write(self) -> AbstractContextManager[None]:
        """One transaction, durable when it ends; never await inside it."""
