"""Clicks: `/gift`, the form's submission and Approve at the real process, beside Bolt apps that do nothing."""

import itertools
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.simulator import Simulator
from handlers.intake import EVENTS_PATH
from tests.bench.crowd import Crowd
from tests.bench.figures import Figure, Size, at_most, ms, percentile
from tests.bench.load import WARM_UP, Job, seconds_of
from tests.bench.servers import free_port, serving
from tests.office import Office, TurnableClock, eventually

_A_SECOND = 100  # clicks, by all of them: more than any company makes, and no server is at its limit
_MORE_FROM_MANY = 3  # times as many clicks by 16 as by one
_CLIENTS = (1, 16)
OURS, DEFAULT, FLOOR, KEEPING = "giftbot", "default", "flag", "keeping"
_NAMES = {FLOOR: "no-op", KEEPING: "no-op that keeps a row", DEFAULT: "no-op by default"}
_GIFT, _FORM, _APPROVE = "`/gift`", "the form, submitted", "Approve"
# the first one judges: what giftbot keeps before it answers costs a commit, also where nothing else is done
_BESIDE = {_GIFT: (FLOOR, DEFAULT), _FORM: (KEEPING, FLOOR), _APPROVE: (KEEPING, FLOOR)}


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long answers took: half of them at most so long, and all but one in a hundred."""

    half: float
    nearly_all: float

    def better(self, other: "Seconds | None") -> "Seconds":
        """The best of two rounds."""
        return Seconds(min(self.half, other.half), min(self.nearly_all, other.nearly_all)) if other else self


async def clicks(size: Size, folder: Path) -> Sequence[Figure]:
    """Measure every click at each server by turns; each counts by its best round."""
    best: dict[tuple[str, int, str], Seconds] = {}
    async with _servers(size, folder) as (office, crowd, ports):
        kinds = {_GIFT: crowd.commands, _FORM: crowd.submissions, _APPROVE: crowd.approvals}
        for _, kind, clients in itertools.product(range(size.rounds), kinds, _CLIENTS):
            requests = await kinds[kind](_count(size, clients))
            for server in _measured(kind):
                job = Job(ports[server], office.slack.signing_secret, requests, clients, pause=clients / _A_SECOND)
                seconds = await seconds_of(job)
                figures = Seconds(percentile(seconds, 50), percentile(seconds, 99))
                best[kind, clients, server] = figures.better(best.get((kind, clients, server)))
        await _everything_was_done(office, _in_all(size))
    return [
        figure
        for kind, clients in itertools.product(kinds, _CLIENTS)
        for figure in _figures(kind, clients, [best[kind, clients, server] for server in _measured(kind)], size)
    ]


def _measured(kind: str) -> Sequence[str]:
    return OURS, *_BESIDE[kind]


def _count(size: Size, clients: int) -> int:
    return size.clicks * (1 if clients == 1 else _MORE_FROM_MANY) + WARM_UP * clients


def _in_all(size: Size) -> int:
    """How many clicks of each kind there are."""
    return size.rounds * sum(_count(size, clients) for clients in _CLIENTS)


@asynccontextmanager
async def _servers(size: Size, folder: Path) -> AsyncGenerator[tuple[Office, Crowd, Mapping[str, int]]]:
    """The real bot with enough cards to click, and those that do nothing; Slack's triggers never get old here."""
    clock = TurnableClock()
    began = clock.time()
    async with AsyncExitStack() as stack:
        simulator = await stack.enter_async_context(Simulator(clock=lambda: began))
        simulator.giftcards.orders_a_minute = 10**9  # its minute never ends
        office = Office(simulator, folder, clock)
        crowd = Crowd(office, cards=_in_all(size))
        ports = {name: free_port() for name in (OURS, *_NAMES)}
        for name in _NAMES:
            floor = (str(ports[name]), office.slack.signing_secret, name, str(folder / f"{name}.db"))
            await stack.enter_async_context(serving("tests.bench.floor", *floor, port=ports[name]))
        run = ("bot", "run", "--http", "--port", str(ports[OURS]))
        await stack.enter_async_context(serving(*run, port=ports[OURS], environment=crowd.settings))
        office.slack.use_http(f"http://127.0.0.1:{ports[OURS]}{EVENTS_PATH}")
        yield office, crowd, ports


async def _everything_was_done(office: Office, each: int) -> None:
    """No click was too much, or lost."""
    kept = "SELECT state = 'approved', count(*) FROM requests GROUP BY state"
    assert dict(office.rows(kept)) == {0: each, 1: each}
    opened = 2 * each  # by each command, and for each submission; and by those who had to be known
    await eventually(lambda: sum(call.name == "views.open" for call in office.slack.calls) >= opened)


def _figures(kind: str, clients: int, seconds: Sequence[Seconds], size: Size) -> Iterator[Figure]:
    what = f"{kind}, {clients} at once: " if clients > 1 else f"{kind}: "
    ours, judge, other = seconds
    half, nearly_all = f"{what}half answered within", f"{what}99 of 100 within"
    name, other_name = (_NAMES[server] for server in _BESIDE[kind])
    yield at_most(half, ms(ours.half), f"{name} {ms(judge.half)}", ours.half / judge.half, 2.5, size.margin)
    yield at_most(half, ms(ours.half), f"{other_name} {ms(other.half)}", ours.half / other.half, None)
    if clients > 1:
        ratio = ours.nearly_all / judge.nearly_all
        yield at_most(nearly_all, ms(ours.nearly_all), f"{name} {ms(judge.nearly_all)}", ratio, 3, size.margin)
