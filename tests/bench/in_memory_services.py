"""Gifts in bulk: requests made and decided by the real flow, with services at hand that answer at once."""

import asyncio
import itertools
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

from bot.app import time_ordered_id
from bot.clock import SystemClock
from bot.gifts.checked_clock import CheckedClock
from bot.gifts.jobs.worker import Worker
from bot.gifts.model.approval_rules import one_of
from bot.gifts.model.business_hours import EscalationDelays
from bot.gifts.model.draft import Draft
from bot.gifts.model.gift import Gift, Request
from bot.gifts.model.job import JobKind
from bot.gifts.model.money import Money
from bot.gifts.model.notification import Message, Notification
from bot.gifts.model.order import Order
from bot.gifts.model.outcomes import Absent, LinkReady, Placed, Posted, Said
from bot.gifts.model.people import Person, Standing
from bot.gifts.model.policy import Policy
from bot.gifts.model.product import Product
from bot.gifts.orders.redemption import RedemptionSettings
from bot.gifts.services import FlowSettings, build_services
from storage import Database, SqliteStore

ABE, ANA = "UABE", "UANA"
_HOST = "gifts.example.com"


class SlackAtHand:
    """Messenger and Directory, without a network."""

    def __init__(self) -> None:
        self._numbers = itertools.count(time.time_ns())

    async def open(self, to: str) -> str:
        """The channel of a person."""
        return f"D{to[1:]}"

    async def post(self, channel: str, mail: Notification) -> Posted:  # noqa: ARG002 - nobody reads it
        """Take a message."""
        return Posted(channel, f"{next(self._numbers)}.0")

    async def find(self, message: Message) -> Absent:  # noqa: ARG002 - no message is ever lost
        """Nothing is looked for."""
        return Absent()

    async def said(self, channel: str) -> tuple[Said, ...]:  # noqa: ARG002 - no backup is ever restored
        """Nothing that is not known."""
        return ()

    async def update(self, mail: Notification) -> Posted:
        """Take a message anew."""
        return Posted(mail.message.channel or "", mail.message.ts or "")

    async def look_up(self, ids: Collection[str]) -> Mapping[str, Person]:
        """Everybody is a colleague."""
        return {slack_id: Person(slack_id, slack_id, Standing.MEMBER, "en-GB") for slack_id in ids}

    async def known(self, slack_id: str) -> Person:
        """Somebody."""
        return (await self.look_up([slack_id]))[slack_id]

    async def asked_anew(self, slack_id: str) -> Person:
        """Somebody."""
        return await self.known(slack_id)

    async def members(self, groups: Collection[str]) -> Mapping[str, frozenset[str]]:
        """There are no groups."""
        return {group: frozenset() for group in groups}


class GiftCardsAtHand:
    """A gift card service without a network, whose orders come with their links."""

    has_catalogue = False
    key_life = None

    async def countries(self) -> frozenset[str]:
        """It has no catalogue."""
        raise NotImplementedError

    async def products(self, country: str) -> Mapping[str, tuple[Product, ...]]:
        """It has no catalogue."""
        raise NotImplementedError

    def names_products(self, request: Request) -> bool:  # noqa: ARG002 - there is nothing to choose from
        """It has no products."""
        return False

    def body(self, request: Request, gift: Gift, key: str, choose_from: Sequence[Product]) -> str:  # noqa: ARG002 - likewise
        """As long as Runa's."""
        return f'{{"{key}": "{request.value} for {gift.id}"{" " * 250}}}'

    async def turn(self) -> None:
        """It has no limit."""

    async def place(self, order: Order) -> Placed:
        """Sell."""
        return Placed(f"O-{order.key}", order.value, await self.link(order))

    async def link(self, order: Order) -> LinkReady:
        """The link of an order."""
        return LinkReady(SecretStr(f"https://{_HOST}/{order.key}"), order.value)

    async def payout(self, order: Order) -> None:
        """It never says."""

    async def balance(self, currency: str) -> None:
        """It never says."""

    async def price(self, request: Request, choose_from: Sequence[Product]) -> None:
        """It never says."""

    async def find(self, order: Order) -> Absent:  # noqa: ARG002 - no order is ever lost
        """Nothing is looked for."""
        return Absent()


class Stage:
    """The real flow and worker on a real database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = CheckedClock(SystemClock())
        self._bell = asyncio.Event()
        self.store = SqliteStore(database, self._bell.set)
        slack = SlackAtHand()
        policy = Policy(one_of({ABE, ANA}), ("GB",), {"GBP": Money(10_000, "GBP", 2)})
        arrangement = FlowSettings(
            policy, None, (_HOST,), timedelta(seconds=30), RedemptionSettings(), EscalationDelays()
        )
        self.services = build_services(
            self.store, GiftCardsAtHand(), slack, slack, self.clock, arrangement, time_ordered_id
        )
        done = (JobKind.POST, JobKind.REFRESH, JobKind.ORDER, JobKind.DELIVER)
        self._steps = {task: self.services.steps[task] for task in done}

    async def ask(self) -> Request:
        """A request by somebody who has not asked for one yet."""
        draft = Draft(time_ordered_id(), f"U{time_ordered_id()}", ("UROB",), "25", "GB", "thank you for the launch")
        return await self.services.submit.ask(draft)

    async def work_off(self) -> None:
        """Let a worker do everything that is on the list now."""
        worker = Worker(self.store, self.clock, self._bell, self._steps, self.services.flow.give_up)
        working = asyncio.create_task(worker.run())
        while self.store.jobs.due(self._steps, self.clock.now(), 1):  # noqa: ASYNC110 - it rings for its worker
            await asyncio.sleep(0.002)
        await worker.stop(10)
        await working


@contextmanager
def opened(path: Path) -> Iterator[Stage]:
    """The stage on a database, closed at the end."""
    with closing(Database(path)) as database:
        yield Stage(database)
