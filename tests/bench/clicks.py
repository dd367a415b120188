"""Clicks: `/gift`, the form's submission and Approve at the real process, beside a Bolt app that does nothing."""

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

_A_SECOND = 200  # clicks, by all of them: more than any company makes, and no server is at its limit
_MORE_FROM_MANY = 3  # times as many clicks by 16 as by one
OURS, DEFAULT, FLOOR, KEEPING = "giftbot", "default", "flag", "keeping"
_GIFT, _FORM, _APPROVE = "`/gift`", "the form, submitted", "Approve"
_BESIDE = {_GIFT: (FLOOR, DEFAULT), _FORM: (KEEPING, FLOOR), _APPROVE: (KEEPING, FLOOR)}  # the first one judges
_NAMES = {FLOOR: "no-op", KEEPING: "no-op that keeps a row", DEFAULT: "no-op by default"}
_CLIENTS = (1, 16)
_A_SECOND = 200  # clicks, by all of them: more than any company makes, and no server is at its limit
_MORE_FROM_MANY = 3  # times as many clicks by 16 as by one
DEFAULT, FLOOR, OURS = "default", "flag", "giftbot"
_SERVERS = {1: (OURS, FLOOR, DEFAULT), 16: (OURS, FLOOR)}  # measured with so many clients


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long answers took: half of them at most so long, and all but one in a hundred."""

    half: float
    nearly_all: float

    def better(self, other: "Seconds | None") -> "Seconds":
        """The best of two rounds."""
        return Seconds(min(self.half, other.half), min(self.nearly_all, other.nearly_all)) if other else self


async def clicks(size: Size, folder: Path) -> Sequence[Figure]:
    """Measure every click at the three servers by turns; each side counts by its best round."""
    best: dict[tuple[str, int, str], Seconds] = {}
    async with _servers(size, folder) as (office, crowd, ports):
        kinds = {_GIFT: crowd.commands, _FORM: crowd.submissions, _APPROVE: crowd.approvals}
        for _, kind, clients in itertools.product(range(size.rounds), kinds, _CLIENTS):
            requests = await kinds[kind](_count(size, clients))
            for server in (OURS, *_BESIDE[kind]):
                job = Job(ports[server], office.slack.signing_secret, requests, clients, pause=clients / _A_SECOND)
                seconds = await seconds_of(job)
                figures = Seconds(percentile(seconds, 50), percentile(seconds, 99))
                best[kind, clients, server] = figures.better(best.get((kind, clients, server)))
        await _everything_was_done(office, _in_all(size))
    return [
        figure
        for kind, clients in itertools.product(kinds, _CLIENTS)
        for figure in _figures(
            kind, clients, {server: best[kind, clients, server] for server in (OURS, *_BESIDE[kind])}, size
        )
    ]


def _count(size: Size, clients: int) -> int:
    return size.clicks * (1 if clients == 1 else _MORE_FROM_MANY) + WARM_UP * clients


def _in_all(size: Size) -> int:
    """How many clicks of each kind there are."""
    return size.rounds * sum(_count(size, clients) for clients in _CLIENTS)


@asynccontextmanager
async def _servers(size: Size, folder: Path) -> AsyncGenerator[tuple[Office, Crowd, Mapping[str, int]]]:
    """The real bot with enough cards to click, and the two that do nothing; Slack's triggers never get old here."""
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


def _figures(kind: str, clients: int, seconds: Mapping[str, Seconds], size: Size) -> Iterator[Figure]:
    what, ours = f"{kind}, {clients} at once: " if clients > 1 else f"{kind}: ", seconds[OURS]
    judge, other = _BESIDE[kind]
    for server in (judge, other):
        half = seconds[server].half
        beside, ratio = f"{_NAMES[server]} {ms(half)}", ours.half / half
        bound = 2.5 if server == judge else None
        yield at_most(f"{what}half within", ms(ours.half), beside, ratio, bound, size.margin)
    if clients > 1:
        nearly_all = seconds[judge].nearly_all
        beside, ratio = f"{_NAMES[judge]} {ms(nearly_all)}", ours.nearly_all / nearly_all
        yield at_most(f"{what}99 of 100 within", ms(ours.nearly_all), beside, ratio, 3, size.margin)
