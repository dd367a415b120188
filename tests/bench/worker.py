"""Worker: what it commits in a second, and what a gift and a look cost with few gifts and with many in the database."""

import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from bot.gifts.work import Task
from handlers.lists import home_view
from storage import Database
from tests.bench.figures import Figure, Size, at_least, at_most, ms
from tests.bench.million import make_years
from tests.bench.stage import ABE, MIA, Stage, opened

FEW = 1_000
_STEPS = 6  # of one gift: the order, the delivery, two cards' update, two notices
_LOOKS = 20
_A_SECOND = 1_000  # steps that the worker has to finish, where the disk takes eight times as many plain commits
_PLAIN = 8


async def worker(size: Size, folder: Path) -> Sequence[Figure]:
    """Give the worker gifts by turns in a database with few and in one with many; each counts by its best round."""
    best: dict[tuple[str, int], float] = {}
    sizes = (FEW, size.many)
    with ExitStack() as stack:
        stages = {}
        for count in sizes:
            make_years(folder / f"{count}.db", count)
            stages[count] = Stage(stack.enter_context(opened(folder / f"{count}.db")))
        plain = max(_plain_commits(stages[FEW].database, size.gifts * 5) for _ in range(size.rounds))
        for _ in range(size.rounds):
            for count in sizes:
                for what, measure in MEASURES.items():
                    seconds = await measure(stages[count], size)
                    best[what, count] = min(seconds, best.get((what, count), seconds))
    steps = _STEPS / best["a gift", FEW]
    wanted = min(_A_SECOND, plain / _PLAIN)
    rate = at_least("steps finished and on disk", f"{steps:,.0f} a second", f"{wanted:,.0f}", steps / wanted, 1)
    return [rate, *(_grown(what, best[what, FEW], best[what, size.many], size.many) for what in MEASURES)]


def _grown(what: str, few: float, many: float, count: int) -> Figure:
    return at_most(f"{what}, with {count:,} gifts", ms(many), f"with {FEW:,}: {ms(few)}", many / few, 1.2)


def _plain_commits(database: Database, count: int) -> float:
    """How many commits of a row the disk takes in a second."""
    with database.write():
        database.change("CREATE TABLE IF NOT EXISTS plain (number INTEGER)")
    began = time.perf_counter()
    for number in range(count):
        with database.write():
            database.change("INSERT INTO plain VALUES (?)", (number,))
    return count / (time.perf_counter() - began)


async def _a_request(stage: Stage, size: Size) -> float:
    return await _median(lambda: stage.ask(MIA, ["UROB"]), size.gifts)


async def _a_gift(stage: Stage, size: Size) -> float:
    """From the approval to its recipient and its requester, without the time that the services take."""
    with stage.store.write():
        await stage.work_off(Task.POST)
        for _ in range(size.gifts):
            await stage.approve(await stage.ask(MIA, ["UROB"]))
            await stage.work_off(Task.POST)
    began = time.perf_counter()
    await stage.work_off(Task.POST, Task.REFRESH, Task.ORDER, Task.DELIVER)
    return (time.perf_counter() - began) / size.gifts


async def _a_look(stage: Stage, _size: Size) -> float:
    """The Home tab of somebody who decides."""

    async def look() -> None:
        home_view(await stage.flow.overview(ABE), "en-GB")

    return await _median(look, _LOOKS)


async def _a_status(stage: Stage, _size: Size) -> float:
    async def look() -> None:
        home_view(await stage.flow.overview("U00007"), "en-GB")

    return await _median(look, _LOOKS)


async def _median(act: Callable[[], Awaitable[object]], times: int) -> float:
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        await act()
        seconds.append(time.perf_counter() - began)
    return median(seconds)


MEASURES: dict[str, Callable[[Stage, Size], Awaitable[float]]] = {
    "a request": _a_request,
    "a gift": _a_gift,
    "the Home tab of an approver": _a_look,
    "the status of a colleague": _a_status,
}
