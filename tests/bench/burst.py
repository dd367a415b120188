"""Burst: thousands of gifts approved at once. They leave as fast as both services allow, and clicks are not kept waiting.

For the first, bot and services share a clock that runs faster: a minute is a few seconds, and its limits the same.
"""

import asyncio
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bot.gifts.work import Task
from bot.simulator import Moment, Simulator
from tests.bench.clicks import Hands, SlackWithoutHttp
from tests.bench.fast_bot import FastClock
from tests.bench.figures import Figure, Size, at_most, exactly, ms, percentile
from tests.bench.load import WARM_UP, Job, seconds_of
from tests.bench.servers import free_port, mib, resident, serving
from tests.bench.stage import Stage, opened
from tests.office import Office, TurnableClock

TIMES = 6.0
ORDERS_A_MINUTE = 300
# calls a minute; source: docs.slack.dev, "Rate limits", with the tiers of java-slack-sdk's MethodsRateLimits
SLACKS_LIMITS = {
    "chat.postMessage": 300,
    "chat.update": 50,
    "conversations.open": 50,
    "conversations.history": 50,
    "users.info": 100,
}
_A_REQUEST = 25  # gifts
_EACH = 5  # gifts for each of the people
_PAUSE = 0.02  # seconds between two clicks of one person, so that nobody waits for their own
_LOOK = 0.5  # seconds between two looks at the memory


@dataclass
class Watch:
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
    return [*await _paced(size, folder), *await _clicked(size, folder)]


async def _paced(size: Size, folder: Path) -> Sequence[Figure]:
    """Start the bot with everything approved, and watch both services until the last recipient has a gift."""
    clock = FastClock(time.time(), TIMES)
    async with Simulator(clock=clock.time) as simulator:
        office = Office(simulator, folder, TurnableClock())
        await _approve(office, size.burst, clock)
        watch = Watch(clock, office)
        watch.looks_on()
        port, began = free_port(), clock.time()
        fast = ("tests.bench.fast_bot", str(port), str(began), str(TIMES))
        async with serving(*fast, port=port, environment=office.environment()) as process:
            memory = [resident(process.pid)]
            while set(office.states()) != {"delivered"}:
                memory.append(resident(process.pid))
                await asyncio.sleep(_LOOK)
        minutes = (clock.time() - began) / 60
        return _pace_figures(watch, size, minutes, memory)


def _pace_figures(watch: Watch, size: Size, minutes: float, memory: Sequence[int]) -> list[Figure]:
    office = watch.office
    too_fast = sum(call.reply == office.giftcards.refusal(429) for call in office.giftcards.calls)
    gifts = len({order.idempotency_key for order in office.giftcards.orders})
    limits = {"POST /order": ORDERS_A_MINUTE, **SLACKS_LIMITS}
    busiest = {name: (busiest_minute(watch.at[name]), limit) for name, limit in limits.items()}
    channel = max(map(busiest_minute, watch.in_channel.values()))
    return [
        Figure(f"{size.burst:,} gifts approved at once are delivered in", f"{minutes:.1f} minutes"),
        exactly("orders", (gifts, len(office.giftcards.orders)), (size.burst, size.burst)),
        exactly("answers that say: too fast", too_fast, 0),
        *(at_most(f"most in a minute: {name}", str(most), str(limit), most / limit, 1)
          for name, (most, limit) in busiest.items()),
        at_most("most in a minute: messages in one channel", str(channel), "60", channel / 60, 1.05),
        at_most("memory at its most", mib(max(memory)), f"at first {mib(memory[0])}", max(memory) / memory[0], 1.5),
    ]  # fmt: skip


async def _clicked(size: Size, folder: Path) -> Sequence[Figure]:
    """Click at a bot that works off a burst, and at one that has nothing to do, by turns."""
    async with AsyncExitStack() as stack:
        simulator = await stack.enter_async_context(Simulator())
        ports, offices = {}, {}
        for name, gifts in {"idle": 0, "busy": size.burst}.items():
            (folder / name).mkdir()
            offices[name] = office = Office(simulator, folder / name, TurnableClock())
            if gifts:
                await _approve(office, gifts)
            ports[name] = port = free_port()
            run = ("bot", "run", "--http", "--port", str(port))
            await stack.enter_async_context(serving(*run, port=port, environment=office.environment()))
        best = await _by_turns(size, offices, ports)
        assert "approved" in offices["busy"].states(), "it was busy to the end"
    beside = f"idle {ms(best['idle'])}"
    return [at_most("/gift meanwhile: half are answered in", ms(best["busy"]), beside, best["busy"] / best["idle"], 1.5)]


async def _by_turns(size: Size, offices: Mapping[str, Office], ports: Mapping[str, int]) -> dict[str, float]:
    best = dict.fromkeys(ports, float("inf"))
    for _ in range(size.rounds):
        for name, office in offices.items():
            requests = Hands(office).commands(size.clicks + WARM_UP)
            job = Job(ports[name], office.slack.signing_secret, requests, pause=_PAUSE)
            best[name] = min(best[name], percentile(await seconds_of(job), 50))
    return best


async def _approve(office: Office, gifts: int, clock: FastClock | None = None) -> None:
    """Requests for that many gifts in all, with their cards, all of them approved by Abe."""
    people = [office.slack.add_person(f"Colleague {number}").id for number in range(max(gifts // _EACH, _A_REQUEST))]
    with opened(office.database) as database:
        slack = SlackWithoutHttp(office.simulator)
        stage = Stage(database, slack, {office.abe.id, office.ana.id}, clock)
        with stage.store.write():  # all of it at once: this is not what is measured
            for first in range(0, gifts, _A_REQUEST):
                recipients = [people[(first + number) % len(people)] for number in range(min(_A_REQUEST, gifts - first))]
                request = await stage.ask(office.mia.id, recipients)
                await stage.work_off(Task.POST)
                await stage.approve(request, office.abe.id)


def busiest_minute(times: Sequence[float]) -> int:
    """The most calls that there were in any minute; the times are in order."""
    return max((bisect_left(times, began + 60) - place for place, began in enumerate(times)), default=0)
