"""Worker: how many steps it finishes in a second, each of them on the disk."""

import time
from collections.abc import Sequence
from pathlib import Path

from storage import Database
from tests.bench.in_memory_services import ABE, Stage, opened
from tests.bench.metrics import Figure, Size, at_least, ms

STEPS = 6  # of one gift: the order, the delivery, two cards' update, two notices
_A_SECOND = 1_000


async def worker(size: Size, folder: Path) -> Sequence[Figure]:
    """Give the worker gifts whose services answer at once; its best round counts."""
    with opened(folder / "worker.db") as stage:
        commit = min(seconds_of_a_commit(stage.database, size.gifts * 5) for _ in range(size.rounds))
        gift = min([await seconds_of_a_gift(stage, size.gifts) for _ in range(size.rounds)])
    steps = STEPS / gift
    return [
        Figure("one durable commit of one row takes", ms(commit)),
        at_least("the worker's durable steps a second", f"{steps:,.0f}", f"{_A_SECOND:,}", steps / _A_SECOND, 1),
    ]


async def seconds_of_a_gift(stage: Stage, gifts: int) -> float:
    """From the approval to its recipient and its requester, without the time that the services take."""
    with stage.store.write():
        requests = [await stage.ask() for _ in range(gifts)]
        await stage.work_off()
        for request in requests:
            await stage.services.decide.approve(request.id, ABE)
    began = time.perf_counter()
    await stage.work_off()
    return (time.perf_counter() - began) / gifts


def seconds_of_a_commit(database: Database, count: int) -> float:
    """What the disk takes for the least that can be committed."""
    with database.write():
        database.change("CREATE TABLE IF NOT EXISTS plain (number INTEGER)")
    began = time.perf_counter()
    for number in range(count):
        with database.write():
            database.change("INSERT INTO plain VALUES (?)", (number,))
    return (time.perf_counter() - began) / count
