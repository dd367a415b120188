"""The real heart and storage in a world in which only time passes: for tests that ask much of a policy, and quickly."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from bot.gifts.checked_clock import CheckedClock
from bot.gifts.jobs.worker import Worker
from bot.gifts.model.business_hours import EscalationDelays
from bot.gifts.model.errors import GiftbotError
from bot.gifts.model.job import JobKind
from bot.gifts.model.policy import Policy
from bot.gifts.orders.redemption import RedemptionSettings
from bot.gifts.services import FlowSettings, Services, build_services
from storage import Database, SqliteStore
from tests.harness.ledger import Ledger
from tests.proof.simulation.fake_provider import LINK_HOST, Shop
from tests.proof.simulation.fake_provider_client import ShopClient
from tests.proof.simulation.fake_slack import SETTLE, Chat, ChatClient
from tests.proof.simulation.fault_schedule import Fate
from tests.proof.simulation.network import Life, Network
from tests.proof.simulation.virtual_time import TimelessLoop, WorldClock

T = TypeVar("T")
_AN_HOUR = 60 * 60.0


class CalmCompany:
    """A company whose people act through the flow; no call is lost, but each takes its own time, by the seed."""

    def __init__(self, folder: Path, policy: Policy, seed: int) -> None:
        self.clock = WorldClock()
        self.fate = Fate(seed)
        self.fate.calm = True
        self.database = Database(folder / "giftbot.db")
        self.ledger = Ledger(self.database.rows)
        self._runner = asyncio.Runner(loop_factory=TimelessLoop)
        self.run(self._opens(policy))

    async def _opens(self, policy: Policy) -> None:
        store = SqliteStore(self.database, lambda: None)
        self._checked = CheckedClock(self.clock)
        network, life = Network(self.clock, self.fate, lambda _: None), Life(self._checked, lambda _: None)
        chat = ChatClient(Chat(self.clock, self.fate, ()), network, life)
        shop = ShopClient(Shop(self.clock, self.fate), network, life)
        arrangement = FlowSettings(policy, None, (LINK_HOST,), SETTLE, RedemptionSettings(), EscalationDelays())
        self.store = store
        self.services = build_services(store, shop, chat, chat, self._checked, arrangement, self.fate.id)
        done = (JobKind.ORDER, JobKind.DELIVER, JobKind.CHASE)  # no message is posted
        self._steps = {task: self.services.steps[task] for task in done}

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Let something happen."""
        return self._runner.run(coroutine)

    def tries(self, act: Callable[[Services], Awaitable[T]]) -> T | GiftbotError:
        """What somebody's act comes to."""
        return self.run(attempt(act(self.services)))

    def does(self, act: Callable[[Services], T]) -> T:
        """What comes of an act that waits for nobody."""

        async def now() -> T:
            return act(self.services)

        return self.run(now())

    def now(self) -> datetime:
        """What time it is."""
        return self.does(lambda _: self.clock.now())

    def passes(self, time: timedelta) -> None:
        """Let time pass, and let the machine do what is due."""
        self.clock.jump(time)
        self.run(self._works())

    async def _works(self) -> None:
        worker = Worker(self.store, self._checked, asyncio.Event(), self._steps, self.services.flow.give_up)
        working = asyncio.create_task(worker.run())
        await self.clock.sleep(_AN_HOUR)
        await worker.stop(1)
        await working

    def close(self) -> None:
        """Give everything back."""
        self._runner.close()
        self.database.close()


async def attempt(act: Awaitable[T]) -> T | GiftbotError:
    """What an act comes to, where a refusal is an answer too."""
    try:
        return await act
    except GiftbotError as refusal:
        return refusal
