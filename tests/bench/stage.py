"""Gifts in bulk: requests made and decided by the real flow, with services at hand that answer at once."""

import asyncio
import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from pydantic import SecretStr

from bot.clock import SystemClock
from bot.gifts.aftercare import Care
from bot.gifts.flow import Arrangement, Flow
from bot.gifts.gift import Gift, Request
from bot.gifts.message import Mail, Message
from bot.gifts.money import Money
from bot.gifts.order import Order
from bot.gifts.people import Person, Standing
from bot.gifts.policy import Draft, Policy
from bot.gifts.ports import Absent, Clock, LinkReady, Placed, Posted
from bot.gifts.product import Product
from bot.gifts.work import Task
from bot.gifts.worker import Worker
from storage import Database, SqliteStore

MIA, ABE, ANA = "UMIA", "UABE", "UANA"
_EVER = datetime.min.replace(tzinfo=UTC)
_HOST = "gifts.example.com"


class SlackAtHand:
    """Messenger and Directory, without a network."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    async def open(self, to: str) -> str:
        """The channel of a person."""
        return f"D{to[1:]}"

    async def post(self, channel: str, mail: Mail) -> Posted:  # noqa: ARG002 - nobody reads it
        """Take a message."""
        return Posted(channel, f"{next(self._numbers)}.0")

    async def find(self, message: Message) -> Absent:  # noqa: ARG002 - no message is ever lost
        """Nothing is looked for."""
        return Absent()

    async def update(self, mail: Mail) -> Posted:
        """Take a message anew."""
        return Posted(mail.message.channel or "", mail.message.ts or "")

    async def look_up(self, ids: Collection[str]) -> Mapping[str, Person]:
        """Everybody is a colleague."""
        return {slack_id: Person(slack_id, slack_id, Standing.MEMBER, "en-GB") for slack_id in ids}


class GiftCardsAtHand:
    """A gift card service without a network, whose orders come with their links."""

    has_catalogue = False

    async def countries(self) -> frozenset[str]:
        """It has no catalogue."""
        raise NotImplementedError

    async def products(self, country: str) -> tuple[Product, ...]:
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

    def __init__(
        self,
        database: Database,
        slack: SlackAtHand | None = None,
        approvers: Iterable[str] = (ABE, ANA),
        clock: Clock | None = None,
    ) -> None:
        self.database = database
        self._clock = clock or SystemClock()
        self._bell = asyncio.Event()
        self.store = SqliteStore(database, self._bell.set)
        slack = slack or SlackAtHand()
        policy = Policy(frozenset(approvers), ("GB",), {"GBP": Money(10_000, "GBP")})
        arrangement = Arrangement(policy, None, (_HOST,), timedelta(seconds=30), Care())
        self.flow = Flow(self.store, GiftCardsAtHand(), slack, slack, self._clock, arrangement, lambda: str(uuid4()))
        self._steps = {
            Task.POST: self.flow.post,
            Task.REFRESH: self.flow.refresh,
            Task.ORDER: self.flow.order,
            Task.DELIVER: self.flow.deliver,
        }

    async def ask(self, requester: str, recipients: Sequence[str]) -> Request:
        """A request that waits for its decision."""
        draft = Draft(str(uuid4()), requester, tuple(recipients), "25", "GB", "thank you for the launch")
        return await self.flow.request(draft)

    async def approve(self, request: Request, approver: str = ABE) -> None:
        """Let its gifts be ordered."""
        await self.flow.approve(request.id, approver)

    async def work_off(self, *tasks: Task) -> None:
        """Let a worker do everything of these kinds that is on the list."""
        steps = {task: step for task, step in self._steps.items() if task in tasks}
        worker = Worker(self.store, self._clock, self._bell, steps, self.flow.give_up)
        working = asyncio.create_task(worker.run())
        while any(self.store.work.next_due(task, _EVER) for task in tasks):
            await asyncio.sleep(0.002)
        await worker.stop(10)
        await working


@contextmanager
def opened(path: Path) -> Iterator[Database]:
    """A database, closed at the end."""
    database = Database(path)
    try:
        yield database
    finally:
        database.close()
