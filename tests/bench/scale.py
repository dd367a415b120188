"""Years: what a gift and a look cost with few gifts in the database, and with those of many years."""

import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from bot.gifts.dashboard import DashboardView
from handlers.blocks.home_tab import home_view
from handlers.blocks.status import status_blocks
from handlers.localization import language_of
from tests.bench import seed_data
from tests.bench.in_memory_services import ABE, Stage, opened
from tests.bench.metrics import Figure, Size, at_most, ms
from tests.bench.worker import seconds_of_a_gift

FEW = 10_000
_LOOKS = 30
_LANGUAGE = language_of("en-GB")
_SOMEBODY = "U00007"  # who asked for gifts and received some


async def years(size: Size, folder: Path) -> Sequence[Figure]:
    """Do the same by turns in a database with few gifts and in one with many; each counts by its best round."""
    best: dict[tuple[str, int], float] = {}
    with ExitStack() as stack:
        stages = {}
        for count in (FEW, size.many):
            seed_data.years(folder / f"{count}.db", count)
            stages[count] = stack.enter_context(opened(folder / f"{count}.db"))
        for _ in range(size.rounds):
            for what, measure in _MEASURES.items():
                for count, stage in stages.items():
                    seconds = await measure(stage, size)
                    best[what, count] = min(seconds, best.get((what, count), seconds))
    return [_grown(what, best[what, FEW], best[what, size.many], size.many) for what in _MEASURES]


def _grown(what: str, few: float, many: float, count: int) -> Figure:
    return at_most(f"{what}, with {count:,} gifts in the database", ms(many), f"{FEW:,}: {ms(few)}", many / few, 1.2)


async def _a_request(stage: Stage, size: Size) -> float:
    return await _median(stage.ask, size.gifts)


async def _a_gift(stage: Stage, size: Size) -> float:
    return await seconds_of_a_gift(stage, size.gifts)


async def _the_home_tab(stage: Stage, _size: Size) -> float:
    async def look() -> None:
        home_view(await stage.services.dashboard.of(ABE, DashboardView()), _LANGUAGE)

    return await _median(look, _LOOKS)


async def _the_status(stage: Stage, _size: Size) -> float:
    async def look() -> None:
        status_blocks(await stage.services.dashboard.overview(_SOMEBODY), _LANGUAGE)

    return await _median(look, _LOOKS)


async def _median(act: Callable[[], Awaitable[object]], times: int) -> float:
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        await act()
        seconds.append(time.perf_counter() - began)
    return median(seconds)


_MEASURES: dict[str, Callable[[Stage, Size], Awaitable[float]]] = {
    "a request": _a_request,
    "a gift, from its approval on": _a_gift,
    "an approver's Home tab": _the_home_tab,
    "`/gift status`": _the_status,
}
