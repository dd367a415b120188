"""What the heart needs to have kept, as Protocols: one a concern, and the store that has them all."""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from bot.gifts.model.audit_event import AuditEvent
from bot.gifts.model.audit_head import Head
from bot.gifts.model.budget import Account
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import Approval, Closing, Gift, GiftStep, Request, RequestStep
from bot.gifts.model.job import Job, JobKind
from bot.gifts.model.listing import DecisionRow, DecisionTotal, GiftLine, RequestFilter
from bot.gifts.model.money import Money
from bot.gifts.model.notification import Kind, Message
from bot.gifts.model.order import Order
from bot.gifts.model.order_hold import OrderHold
from bot.gifts.model.out_of_office import Absence
from bot.gifts.model.pagination import BEGINNING, Place
from bot.gifts.model.product import CountryCatalogue
from bot.gifts.model.refusal import Refusal
from bot.gifts.model.restoration import Restoration


class Requests(Protocol):
    """Requests with their gifts."""

    def add(self, request: Request, waits_for: str | None = None) -> bool:
        """Keep a new request that waits for a pool; False, and nothing changed, when its id is known already."""

    def edit(self, edited: Request, at: datetime) -> bool:
        """Keep the next version of a pending request, with its gifts; False when somebody else was faster."""

    def approve(self, request: Request, approval: Approval) -> None:
        """Keep one person's yes to this version of a request."""

    def lower(self, request: Request, value: Money, by: str, at: datetime) -> None:
        """Let each gift of a pending request be worth less than was asked."""

    def wait_for(self, request: Request, pool: str | None) -> None:
        """Note whose turn it is to decide."""

    def get(self, request_id: str) -> Request | None:
        """A request with its gifts."""

    def move(self, request: Request, step: RequestStep, by: str, at: datetime, note: str = "") -> Request | None:
        """Take a step if the request still stands where it was read; None when somebody else was faster."""

    def who_wait(self, limit: int) -> Sequence[str]:
        """Some of those whose requests are pending."""

    def count_undecided(self, requester: str) -> int:
        """How many requests of a person are pending."""

    def given_between(self, requester: str, recipient: str, currency: str, since: datetime, but: str) -> Money:
        """What one person asked for another since then, `but` one request, as far as it was not turned down."""


class Lists(Protocol):
    """Lists for one person, of any length: `limit` lines that are nearest to a place, in the order of the list."""

    def asked_by(
        self, person: str, limit: int, which: RequestFilter = RequestFilter.ALL, place: Place = BEGINNING
    ) -> Sequence[Request]:
        """The requests of a person, newest first."""

    def undecided(self, person: str, pools: Collection[str], limit: int, place: Place = BEGINNING) -> Sequence[Request]:
        """Requests that wait for one of these pools, oldest first, and for this person as far as they have no part."""

    def in_trouble(self, person: str, limit: int, place: Place = BEGINNING) -> Sequence[GiftLine]:
        """Gifts that failed or need review, the latest first, in which `person` has no part."""

    def given_to(self, person: str, limit: int, place: Place = BEGINNING) -> Sequence[GiftLine]:
        """Gifts that have arrived at a person, the latest first."""

    def decided_by(self, person: str, since: datetime, limit: int, place: Place = BEGINNING) -> Sequence[DecisionRow]:
        """What a person approved and declined since then, the latest first."""


class DecisionTotals(Protocol):
    """Sums of what approvers decided, kept with every decision."""

    def add(self, person: str, month: str, total: Money, *, is_yes: bool) -> None:
        """Count a decision in."""

    def of(self, person: str, month: str) -> Sequence[DecisionTotal]:
        """What somebody decided in a month, one tally a currency."""


class Gifts(Protocol):
    """Single gifts."""

    def get(self, gift_id: str) -> Gift | None:
        """A gift."""

    def move(
        self, gift: Gift, step: GiftStep, by: str, at: datetime, reason: Reason | None = None, detail: str = ""
    ) -> Gift | None:
        """Take a step if the gift still stands where it was read; None when somebody else was faster."""

    def close(self, gift: Gift, closing: Closing) -> None:
        """Keep who closed a gift, and why."""


class BudgetUsage(Protocol):
    """Sums of what is reserved for gifts, kept with every change of it."""

    def reserve(self, request: Request, gift: Gift) -> bool:
        """Count a gift in; False, and nothing changed, when it is already."""

    def release(self, request: Request, gift: Gift) -> None:
        """Take out what is reserved for a gift, if anything is."""

    def used(self, account: Account, first_month: str, last_month: str) -> Money:
        """What an account has given in these months."""

    def gifts(self, account: Account, first_month: str, last_month: str) -> int:
        """How many gifts an account has given in these months."""


class Absences(Protocol):
    """Approvers who are away."""

    def add(self, absence: Absence) -> None:
        """Keep an absence; it takes the place of one that the person has now."""

    def end(self, person: str, at: datetime) -> None:
        """Let somebody be back, if they are away."""

    def get(self, absence_id: str) -> Absence | None:
        """An absence, ended or not."""

    def not_ended(self, person: str) -> Absence | None:
        """The absence of somebody whose end is not kept yet, also where its time is over."""

    def now(self, at: datetime) -> Sequence[Absence]:
        """Who is away at that time."""


class Orders(Protocol):
    """What was, or may have been, sent to the gift card service."""

    def get(self, gift: Gift) -> Order | None:
        """The order of the gift's current attempt."""

    def add(self, order: Order) -> None:
        """Keep an order before it is sent for the first time."""

    def send_again(self, order: Order, at: datetime) -> Order:
        """Keep that it is sent once more; since the earliest send that was not cleared, its outcome is unknown."""

    def clear(self, order: Order) -> bool:
        """Keep that there is no such order; False, and nothing changed, when it was sent again since it was read."""

    def placed(self, order: Order, order_id: str) -> bool:
        """Keep the provider's id, also of an order that was only found; False when another gift has that id."""

    def gift_of(self, order_id: str) -> str | None:
        """The id of the gift whose order has this id at the provider."""


class Catalogues(Protocol):
    """The catalogue, a shelf a country."""

    def get(self, country: str) -> CountryCatalogue | None:
        """A country's shelf as it was last read."""

    def save(self, shelf: CountryCatalogue) -> None:
        """Keep a shelf instead of the one before it."""


class OrderHolds(Protocol):
    """Times in which no order is sent."""

    def standing(self, currency: str) -> OrderHold | None:
        """The hold that orders in this currency have to wait for."""

    def all_standing(self) -> Sequence[OrderHold]:
        """Every hold that has not ended."""

    def has_ended_since(self, at: datetime, currency: str) -> bool:
        """Whether orders in this currency were on hold after that time, and go on."""

    def get(self, hold_id: str) -> OrderHold | None:
        """A hold, ended or not."""

    def add(self, hold: OrderHold) -> None:
        """Keep a new hold."""

    def save(self, hold: OrderHold) -> None:
        """Keep when to look next, or that it has ended."""


class Restorations(Protocol):
    """Backups that were put in the database's place."""

    def add(self, restoration: Restoration) -> None:
        """Keep that one was noticed."""

    def get(self, restoration_id: str) -> Restoration | None:
        """One of them."""

    def last(self) -> Restoration | None:
        """The one that was noticed last."""


class Messages(Protocol):
    """Messages, sent and to be sent."""

    def add(self, message: Message) -> None:
        """Keep a message to be sent."""

    def get(self, message_id: str) -> Message | None:
        """A message."""

    def save(self, message: Message) -> None:
        """Keep how far a message has come."""

    def show(self, card: Message, *, is_open: bool) -> None:
        """Keep whether a card is to have buttons."""

    def add_gift(self, message: Message, gift_id: str) -> None:
        """Make a message that waits be about one more gift."""

    def about(self, request_id: str, kind: Kind) -> Sequence[Message]:
        """All messages of one kind about a request."""

    def on(self, subject: str) -> Sequence[Message]:
        """All messages about something of the company."""

    def first(self) -> Message | None:
        """The first message that was sent."""

    def latest(self, limit: int) -> Sequence[Message]:
        """So many messages, the latest first."""

    def is_at(self, channel: str, ts: str) -> bool:
        """Whether there is a message at an address in Slack."""

    def newest_in(self, channel: str) -> str | None:
        """The `ts` of the newest message in a channel that is known to be there; None where none is."""


class JobQueue(Protocol):
    """What must still be done, durably."""

    def add(self, task: JobKind, subject: str, due_at: datetime) -> None:
        """Note that a task must be done for a gift or message, at or after a time."""

    def due(self, tasks: Collection[JobKind], now: datetime, limit: int) -> Sequence[Job]:
        """Work of these kinds that is due, at most so much of each, longest waiting first."""

    def next_due(self, tasks: Collection[JobKind], after: datetime) -> datetime | None:
        """When the first work of one of these kinds after a time is due."""

    def begin(self, task: JobKind, due_at: datetime) -> None:
        """Note a task that is there only once, about nothing in particular, unless it is noted already."""

    def wake(self, tasks: Collection[JobKind], subject: str, due_at: datetime) -> None:
        """Let what is noted of these tasks about a subject be due now."""

    def ensure(self, task: JobKind, subject: str, due_at: datetime) -> None:
        """Let a task about a subject be due then, whether it is noted already or not."""

    def wake_all(self, task: JobKind, due_at: datetime) -> None:
        """Let everything that is noted of a task be due now."""

    def bring_forward(self, task: JobKind, now: datetime, latest: datetime) -> None:
        """Let what is noted of a task be due now where it is due only after `latest`."""

    def again(self, work: Job, due_at: datetime) -> None:
        """Do it anew at that time, with no tries counted."""

    def retry_later(self, work: Job, due_at: datetime, note: str) -> None:
        """Try again later; `note` says why, for people who look."""

    def forgive(self, tasks: Collection[JobKind], now: datetime) -> None:
        """Let no time until now count against the patience with these tasks."""

    def since(self, work: Job) -> datetime:
        """Since when it counts against the patience, as things stand now."""

    def failing(self, tasks: Collection[JobKind], before: datetime) -> int:
        """How much of these tasks was begun before then, was tried, and is not done."""

    def done(self, work: Job) -> None:
        """Strike it off."""


class AuditLog(Protocol):
    """Who did what and when; only ever added to."""

    def add(
        self,
        at: datetime,
        actor: str,
        event: AuditEvent,
        request_id: str | None = None,
        gift_id: str | None = None,
        detail: str = "",
    ) -> None:
        """Put one line on the record: about a gift, a request, or about neither."""

    def add_once(self, at: datetime, actor: str, event: AuditEvent, request_id: str, refusal: Refusal) -> None:
        """Put a refusal on the record, unless there is one of the same code already."""

    def last(self, event: AuditEvent) -> str | None:
        """The detail of the latest line of an event that is about no request; None where there is none."""

    def head(self) -> Head | None:
        """The last seal, and of how many lines; None where nothing is sealed."""

    def count(self, event: AuditEvent, gift: Gift, since: datetime) -> int:
        """How often something happened to a gift since then."""


class Store(Protocol):
    """Everything that is kept. Changes are made inside `write()` and are kept together or not at all."""

    @property
    def requests(self) -> Requests:
        """Requests with their gifts."""

    @property
    def gifts(self) -> Gifts:
        """Single gifts."""

    @property
    def listings(self) -> Lists:
        """What is listed for one person."""

    @property
    def decision_totals(self) -> DecisionTotals:
        """How much was decided by whom."""

    @property
    def budget_usage(self) -> BudgetUsage:
        """What is reserved."""

    @property
    def out_of_office(self) -> Absences:
        """Who is away."""

    @property
    def orders(self) -> Orders:
        """What the gift card service was, or may have been, sent."""

    @property
    def catalogues(self) -> Catalogues:
        """What can be bought."""

    @property
    def order_holds(self) -> OrderHolds:
        """Times in which no order is sent."""

    @property
    def restorations(self) -> Restorations:
        """Backups that were restored."""

    @property
    def notifications(self) -> Messages:
        """Messages, sent and to be sent."""

    @property
    def jobs(self) -> JobQueue:
        """What must still be done."""

    @property
    def audit_log(self) -> AuditLog:
        """Who did what and when."""

    def write(self) -> AbstractContextManager[None]:
        """One transaction, durable when it ends; never await inside it."""
