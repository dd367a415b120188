"""Clicks: `/gift`, the form's submission and Approve at the real process, beside Bolt apps that do nothing."""

import itertools
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bot.sandbox.simulator import Simulator
from bot.sandbox.simulator.slack.triggers import Triggers
from handlers.inbound.http import EVENTS_PATH
from tests.bench.load_generator import WARM_UP, Job, seconds_of
from tests.bench.metrics import Figure, Size, at_most, ms, percentile
from tests.bench.servers import free_port, serving
from tests.bench.users import Crowd
from tests.harness.office import Office, TurnableClock, eventually

_A_SECOND = 100  # clicks, by all of them: more than any company makes, and no server is at its limit
_MORE_FROM_MANY = 3  # times as many clicks by 16 as by one
_CLIENTS = (1, 16)
OURS, DEFAULT, FLOOR, KEEPING = "giftbot", "default", "flag", "keeping"
_NAMES = {FLOOR: "no-op", KEEPING: "no-op that keeps a row", DEFAULT: "no-op by default"}
_BESIDE = (FLOOR, DEFAULT, KEEPING)  # the first one judges
_GIFT, _FORM, _APPROVE = "`/gift`", "the form, submitted", "Approve"


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long answers took: half of them at most so long, and all but one in a hundred."""

    half: float
    nearly_all: float


async def clicks(size: Size, folder: Path) -> Sequence[Figure]:
    """Measure every click at each server by short turns: good and bad moments of the machine are everybody's."""
    turns: dict[tuple[str, int, str], list[Seconds]] = defaultdict(list)
    async with _servers(size, folder) as (office, crowd, ports):
        kinds = {_GIFT: crowd.commands, _FORM: crowd.submissions, _APPROVE: crowd.approvals}
        for _, kind, clients in itertools.product(range(size.turns), kinds, _CLIENTS):
            requests = await kinds[kind](_count(size, clients))
            for server in (OURS, *_BESIDE):
                job = Job(ports[server], office.slack.signing_secret, requests, clients, pause=clients / _A_SECOND)
                seconds = await seconds_of(job)
                turns[kind, clients, server].append(Seconds(percentile(seconds, 50), percentile(seconds, 99)))
        await _everything_was_done(office, _in_all(size))
    return [
        figure
        for kind, clients in itertools.product(kinds, _CLIENTS)
        for figure in _figures(kind, clients, [_middle(turns[kind, clients, one]) for one in (OURS, *_BESIDE)], size)
    ]


def _middle(turns: Sequence[Seconds]) -> Seconds:
    """What an ordinary turn was like."""
    return Seconds(median(turn.half for turn in turns), median(turn.nearly_all for turn in turns))


def _count(size: Size, clients: int) -> int:
    return size.clicks * (1 if clients == 1 else _MORE_FROM_MANY) + WARM_UP * clients


def _in_all(size: Size) -> int:
    """How many clicks of each kind there are."""
    return size.turns * sum(_count(size, clients) for clients in _CLIENTS)


@asynccontextmanager
async def _servers(size: Size, folder: Path) -> AsyncGenerator[tuple[Office, Crowd, Mapping[str, int]]]:
    """The real bot with enough cards to click, and those that do nothing; Slack's triggers never get old here."""
    async with AsyncExitStack() as stack:
        simulator = await stack.enter_async_context(Simulator())
        simulator.slack.workspace.triggers = Triggers(lambda: 0.0)
        simulator.giftcards.orders_a_minute = 10**9
        office = Office(simulator, folder, TurnableClock())
        crowd = Crowd(office, cards=_in_all(size))
        ports = {name: free_port() for name in (OURS, *_NAMES)}
        for name in _NAMES:
            floor = (str(ports[name]), office.slack.signing_secret, name, str(folder / f"{name}.db"))
            await stack.enter_async_context(serving("tests.bench.baseline_app", *floor, port=ports[name]))
        run = ("bot", "run", "--http", "--port", str(ports[OURS]))
        await stack.enter_async_context(serving(*run, port=ports[OURS], environment=crowd.settings))
        office.slack.use_http(f"http://127.0.0.1:{ports[OURS]}{EVENTS_PATH}")
        yield office, crowd, ports


async def _everything_was_done(office: Office, each: int) -> None:
    """No click was too much, or lost."""
    assert Counter(office.ledger.requests("state")) == {"approved": each, "pending": each}
    opened = 2 * each  # by each command, and for each submission; and by those who had to be known
    await eventually(lambda: sum(call.name == "views.open" for call in office.slack.calls) >= opened)


def _figures(kind: str, clients: int, seconds: Sequence[Seconds], size: Size) -> Iterator[Figure]:
    what = f"{kind}, {clients} at once: " if clients > 1 else f"{kind}: "
    ours, floor, *others = seconds
    half, nearly_all = f"{what}half answered within", f"{what}99 of 100 within"
    name, *names = (_NAMES[server] for server in _BESIDE)
    yield at_most(half, ms(ours.half), f"{name} {ms(floor.half)}", ours.half / floor.half, 2.5, size.margin)
    for other_name, other in zip(names, others, strict=True):
        yield at_most(half, ms(ours.half), f"{other_name} {ms(other.half)}", ours.half / other.half, None)
    if clients > 1:
        ratio = ours.nearly_all / floor.nearly_all
        yield at_most(nearly_all, ms(ours.nearly_all), f"{name} {ms(floor.nearly_all)}", ratio, 3, size.margin)
