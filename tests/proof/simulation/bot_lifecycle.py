"""The bot's process in the world: the real flow, worker and storage; it dies at calls and commits, and starts again."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager

import structlog

from bot.gifts.checked_clock import CheckedClock
from bot.gifts.jobs.worker import LONGEST_NAP, Step, Worker
from bot.gifts.model.business_hours import EscalationDelays
from bot.gifts.model.errors import NotNow, Refused
from bot.gifts.model.gift import Request
from bot.gifts.model.job import JobKind
from bot.gifts.model.policy import Policy
from bot.gifts.orders.redemption import RedemptionSettings
from bot.gifts.services import FlowSettings, Services, build_services
from bot.gifts.time_limit import time_limit
from bot.sandbox.simulator.slack.delivery import ACK_SECONDS
from handlers.inbound.bolt_app import ANSWER_WITHIN
from storage import SqliteStore
from tests.proof.simulation.disk import Disk
from tests.proof.simulation.fake_provider import LINK_HOST, Shop
from tests.proof.simulation.fake_provider_client import ShopClient
from tests.proof.simulation.fake_slack import SETTLE, Chat, ChatClient
from tests.proof.simulation.fault_schedule import Fate
from tests.proof.simulation.network import Journal, Life, Network
from tests.proof.simulation.virtual_time import MachineClock, WorldClock

log = structlog.get_logger(__name__)

Act = Callable[[Services], Awaitable[Request]]


class MortalStore:
    """The real store as one life sees it: that life can end just before, in and just after each commit."""

    def __init__(self, store: SqliteStore, life: Life, fate: Fate) -> None:
        self.requests = store.requests
        self.gifts = store.gifts
        self.listings = store.listings
        self.decision_totals = store.decision_totals
        self.budget_usage = store.budget_usage
        self.out_of_office = store.out_of_office
        self.orders = store.orders
        self.notifications = store.notifications
        self.catalogues = store.catalogues
        self.order_holds = store.order_holds
        self.restorations = store.restorations
        self.jobs = store.jobs
        self.audit_log = store.audit_log
        self._store = store
        self._life = life
        self._fate = fate

    @contextmanager
    def write(self) -> Generator[None]:
        """One transaction, if life goes on."""
        self._may_end("before a commit")
        with self._store.write():
            yield
            self._may_end("in a commit")
        self._may_end("after a commit")

    def _may_end(self, where: str) -> None:
        if self._fate.dies_at_commit():
            self._life.ends(where)
        self._life.checks()


class Bot:
    """The process and whoever starts it again."""

    def __init__(self, disk: Disk, shop: Shop, chat: Chat, clock: WorldClock, fate: Fate, journal: Journal) -> None:
        self.machine = MachineClock(clock)
        self.done_too_late: list[str] = []
        self._disk = disk
        self._is_to_restore = False
        self._shop = shop
        self._chat = chat
        self._clock = clock
        self._fate = fate
        self._journal = journal
        self.network = Network(clock, fate, journal)
        self._life: Life | None = None
        self._services: Services | None = None

    async def lives(self, policy: Policy, approvals_channel: str | None) -> None:
        """Live, die, and start again, for ever."""
        arrangement = FlowSettings(
            policy, approvals_channel, (LINK_HOST,), SETTLE, RedemptionSettings(), EscalationDelays()
        )
        while True:
            await self._one_life(arrangement)
            await self._clock.sleep(self._fate.time_off())
            if self._is_to_restore:
                self._journal("a backup is restored")
                self._disk.restores()
                self._is_to_restore = False

    async def _one_life(self, arrangement: FlowSettings) -> None:
        self._journal("the bot starts")
        clock = CheckedClock(self.machine)
        life = Life(clock, self._journal)
        bell = asyncio.Event()
        store = MortalStore(SqliteStore(self._disk.database, bell.set), life, self._fate)
        chat = ChatClient(self._chat, self.network, life)
        clock.when_in_doubt(chat.answer)
        shop = ShopClient(self._shop, self.network, life)
        services = build_services(store, shop, chat, chat, clock, arrangement, self._fate.id)
        steps: dict[JobKind, Step] = {
            task: services.steps[task] for task in JobKind if task not in {JobKind.STOCK, JobKind.HEAD}
        }
        with self._disk.database.write():
            store.jobs.begin(JobKind.RECALL, clock.now())
        worker = Worker(store, clock, bell, steps, services.flow.give_up)
        self._life, self._services = life, None
        working = asyncio.create_task(self._works(services, worker, clock))
        try:
            await asyncio.wait({working, life.over}, return_when=asyncio.FIRST_COMPLETED)
            if not life.over.done():
                log.error("worker_failed", error=repr(working.exception()))
                life.ends("of a mistake of its own")
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

    async def _works(self, services: Services, worker: Worker, clock: CheckedClock) -> None:
        """Begin once Slack says who is in the groups, then work, and look at the clock now and then."""
        while True:
            try:
                await services.approvers.now()
                break
            except NotNow:
                await self._clock.sleep(1)
        self._services = services
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(worker.run())
            tasks.create_task(self._looks_at(clock))

    async def _looks_at(self, clock: CheckedClock) -> None:
        while True:
            await clock.sleep(LONGEST_NAP.total_seconds())
            await clock.look()

    def dies(self, where: str) -> None:
        """Somebody pulls the plug."""
        if self._life:
            self._life.ends(where)

    def restores(self) -> None:
        """Somebody stops the bot, and starts it again with a backup."""
        self._is_to_restore = True
        self.dies("for a backup to be restored")

    async def handles(self, what: str, act: Act) -> Request | Refused | None:
        """What a person's click comes to; None is Slack's error that the app did not respond, or the bot's own."""
        if self._life is None or self._services is None or self._life.over.done():
            return None
        began = self._clock.monotonic()
        with time_limit(ANSWER_WITHIN):
            handling = asyncio.ensure_future(act(self._services))
        await asyncio.wait({handling, self._life.over}, return_when=asyncio.FIRST_COMPLETED)
        if not handling.done():
            handling.cancel()
        (answer,) = await asyncio.gather(handling, return_exceptions=True)
        is_too_late = self._clock.monotonic() - began > ACK_SECONDS
        match answer:
            case Request() | Refused() if not is_too_late:
                return answer
            case Request():
                self.done_too_late.append(what)
            case Exception() if not isinstance(answer, NotNow | Refused):
                log.error("click_failed", error=repr(answer))
        return None

    @property
    def is_ordering(self) -> bool:
        """Whether an order is still to be placed, or what became of it to be found out."""
        return bool(self._disk.ledger.jobs(task="order"))

    @property
    def has_unknown_orders(self) -> bool:
        """Whether nobody knows what became of an order; a person is not to look on the word of a wrong clock."""
        return any(self._disk.ledger.orders("unknown_since", provider_id=None))

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing is on its way, and nothing left but looks at gifts that have arrived, and at who decides."""
        return not self.network.on_the_way and not self._disk.ledger.has_jobs_but("check", "chase")

    @property
    def waits_for_nobody(self) -> bool:
        """Whether nothing is left that only time, or the bot, can bring on.

        What may have been announced in a channel that the bot cannot read is left for a day, and an order waits itself
        for what was said last.
        """
        return not self._disk.ledger.has_jobs_but("check", "chase", "recall", told_apart="announcement")
