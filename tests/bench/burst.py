"""Burst: many gifts approved at once. They leave as fast as both services allow, and clicks are not kept waiting.

For the first, bot and services share a clock that runs faster: a minute is a few seconds, and its limits the same.
"""

import asyncio
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bot.sandbox.simulator import Moment, Simulator
from handlers.inbound.http import EVENTS_PATH
from tests.bench.fast_bot import FastClock
from tests.bench.load_generator import WARM_UP, Job, seconds_of
from tests.bench.metrics import Figure, Size, at_most, exactly, ms, percentile
from tests.bench.servers import free_port, mib, resident, serving
from tests.bench.users import Crowd
from tests.harness.office import Office, TurnableClock

_TIMES = 6.0
_ORDERS_A_MINUTE = 300
# calls a minute; source: docs.slack.dev, "Rate limits", with the tiers of java-slack-sdk's MethodsRateLimits
_SLACKS_LIMITS = {
    "chat.postMessage": 300,
    "chat.update": 50,
    "conversations.open": 50,
    "conversations.history": 50,
    "users.info": 100,
}
_IN_ONE_CHANNEL = 60
_A_REQUEST = 25  # gifts
_EACH = 10  # gifts for each of the people
_PAUSE = 0.02  # seconds between two clicks of one person, so that nobody waits for their own
_LOOK = 0.5  # seconds between two looks at the memory


@dataclass
class _Watch:
    """Writes down when each call came, by the services' clock."""

    clock: FastClock
    office: Office
    at: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    in_channel: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def looks_on(self) -> None:
        """Begin."""
        for service in (self.office.slack, self.office.giftcards):
            service.faults.watcher = self._sees

    async def _sees(self, name: str, moment: Moment) -> None:
        if moment is Moment.AFTER:
            self.at[name].append(self.clock.time())
            if name == "chat.postMessage":
                channel = self.office.slack.calls[-1].arguments["channel"]
                self.in_channel[channel].append(self.clock.time())


async def burst(size: Size, folder: Path) -> Sequence[Figure]:
    """Both halves of it."""
    return [*await _paced(size, folder), await _clicked(size, folder)]


async def _paced(size: Size, folder: Path) -> list[Figure]:
    """Approve everything at once, and watch both services until the last recipient has a gift."""
    clock = FastClock(time.time(), _TIMES)
    async with Simulator(clock=clock.time) as simulator:
        office = Office(simulator, folder, TurnableClock())
        crowd = _crowd(office, size.burst)
        watch = _Watch(clock, office)
        watch.looks_on()
        port, began = free_port(), clock.time()
        fast = ("tests.bench.fast_bot", str(port), str(began), str(_TIMES))
        async with serving(*fast, port=port, environment=crowd.settings) as process:
            memory = [resident(process.pid)]
            await _approve_all(office, crowd, port, size.burst)
            while set(office.states()) != {"delivered"}:
                memory.append(resident(process.pid))
                await asyncio.sleep(_LOOK)
        return _pace(watch, size.burst, (clock.time() - began) / 60, memory)


def _pace(watch: _Watch, gifts: int, minutes: float, memory: Sequence[int]) -> list[Figure]:
    giftcards = watch.office.giftcards
    too_fast = sum(call.reply == giftcards.refusal(429) for call in giftcards.calls)
    shares = {name: busiest_minute(watch.at[name]) / limit for name, limit in _SLACKS_LIMITS.items()}
    shares["messages in one channel"] = max(map(busiest_minute, watch.in_channel.values())) / _IN_ONE_CHANNEL
    nearest = max(shares, key=shares.__getitem__)
    orders = busiest_minute(watch.at["POST /order"])
    return [
        Figure(f"{gifts:,} gifts approved at once are with their recipients after", f"{minutes:.1f} minutes"),
        exactly("orders", len(giftcards.orders), gifts),
        exactly("answers of the gift card service: too many requests", too_fast, 0),
        at_most("orders in the busiest minute", str(orders), f"limit {_ORDERS_A_MINUTE}", orders / _ORDERS_A_MINUTE, 1),
        at_most(f"nearest to a limit of Slack's: {nearest}", "", "its limit", shares[nearest], 1),
        at_most("memory meanwhile", mib(max(memory)), f"at first {mib(memory[0])}", max(memory) / memory[0], 1.5),
    ]


async def _clicked(size: Size, folder: Path) -> Figure:
    """Click at a bot that works off a burst, and at one that has nothing to do, by turns."""
    best = {"idle": float("inf"), "busy": float("inf")}
    async with AsyncExitStack() as stack:
        simulator = await stack.enter_async_context(Simulator())
        crowds, ports = {}, {}
        for name in best:
            (folder / name).mkdir()
            office = Office(simulator, folder / name, TurnableClock())
            crowds[name] = crowd = _crowd(office, size.burst)
            ports[name] = port = free_port()
            run = ("bot", "run", "--http", "--port", str(port))
            await stack.enter_async_context(serving(*run, port=port, environment=crowd.settings))
        await _approve_all(office, crowds["busy"], ports["busy"], size.burst)
        for _ in range(size.rounds):
            for name, crowd in crowds.items():
                simulator.slack.use_http(f"http://127.0.0.1:{ports[name]}{EVENTS_PATH}")
                requests = await crowd.commands(size.clicks + WARM_UP)
                job = Job(ports[name], simulator.slack.signing_secret, requests, pause=_PAUSE)
                best[name] = min(best[name], percentile(await seconds_of(job), 50))
        assert "approved" in office.states(), "it was busy to the end"
    idle, busy = best["idle"], best["busy"]
    return at_most("`/gift` meanwhile: half answered within", ms(busy), f"idle {ms(idle)}", busy / idle, 1.5)


def _crowd(office: Office, gifts: int) -> Crowd:
    return Crowd(office, cards=gifts // _A_REQUEST, gifts_each=_A_REQUEST, recipients=gifts // _EACH)


async def _approve_all(office: Office, crowd: Crowd, port: int, gifts: int) -> None:
    office.slack.use_http(f"http://127.0.0.1:{port}{EVENTS_PATH}")
    requests = await crowd.approvals(gifts // _A_REQUEST)
    await seconds_of(Job(port, office.slack.signing_secret, requests))


def busiest_minute(times: Sequence[float]) -> int:
    """The most calls that there were in any minute; the times are in order."""
    return max((bisect_left(times, began + 60) - place for place, began in enumerate(times)), default=0)
