"""kill -9 at the system calls of the real process, and a restart; judged by what was sold and what people see."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from random import Random

from tests.proof.kill_at_syscall import CALLS, calls_of_a_story, struck
from tests.proof.report_plugin import Size, Tell
from tests.proof.strace import needs_strace
from tests.proof.tmpfs import folder

AT_ONCE = 3  # processes, on the two cores that the suite is made for


@needs_strace
async def test_killed_anywhere_there_is_one_order_and_one_message(
    tmp_path: Path, size: Size, proof_seed: int, tell: Tell
) -> None:
    """Wherever the process dies, after its restart Rob has one gift, paid once, and nobody is told anything twice."""
    made = Counter(call.name for call in await calls_of_a_story(folder(tmp_path, "undisturbed")))
    free_hands = asyncio.Semaphore(AT_ONCE)
    kills: list[str] = []
    wrong: list[str] = []

    async def strike(call: str, number: int) -> bool:
        async with free_hands:
            killed, found = await struck(call, number, folder(tmp_path, f"{call} {number}"))
        kills.extend([call] * killed)
        wrong.extend(f"python -m tests.proof.kill_at_syscall {call} {number}\n{words}" for words in found)
        return killed

    async def strike_until_it_lives(call: str, first: int) -> None:
        for number in count(first):
            if not await strike(call, number):
                return

    async with asyncio.TaskGroup() as strikes:
        for call in CALLS:
            for number in _numbers(made[call], size.kills, Random(proof_seed)):
                strikes.create_task(strike(call, number))
            if size.kills is None:
                strikes.create_task(strike_until_it_lives(call, made[call] + 1))
    assert kills
    tell("kill -9 of the process as it enters a system call, and a restart", len(kills), "points", wrong)


def _numbers(made: int, wanted: int | None, dice: Random) -> Iterator[int]:
    """Which of the calls that a story makes are struck: all, or one of each of so many stretches."""
    stretches = made if wanted is None else min(made, wanted)
    for stretch in range(stretches):
        yield dice.randint(stretch * made // stretches + 1, (stretch + 1) * made // stretches)
