"""The worker: what is due is done and struck off; what goes wrong is tried again, and in the end told to people."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.gifts.checked_clock import CheckedClock
from bot.gifts.jobs.worker import AT_ONCE, FEWEST_TRIES, LONGEST_WAIT, Worker, backoff, growing_wait
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.job import Completed, Job, JobKind, Retry
from storage import Database, SqliteStore
from tests.harness.ledger import Ledger
from tests.harness.office import TurnableClock

Step = Callable[[Job], Awaitable[Completed | Retry]]


class Workshop:
    """A worker with its list, on disk, and what became of the work."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = TurnableClock()
        self.bell = asyncio.Event()
        self.store = SqliteStore(database, self.bell.set)
        self.did: list[str] = []
        self.gave_up: list[tuple[str, Reason]] = []
        self._changed = asyncio.Event()

    def add(self, subject: str, task: JobKind = JobKind.POST, **later: float) -> None:
        """Put work on the list."""
        with self.store.write():
            self.store.jobs.add(task, subject, self.clock.now() + timedelta(**later))

    async def do(self, work: Job) -> Completed:
        """The step that always succeeds."""
        self.did.append(work.subject)
        self._changed.set()
        return Completed()

    def give_up(self, work: Job, reason: Reason) -> Completed:
        """What the worker calls when it gives up."""
        with self.store.write():
            self.gave_up.append((work.subject, reason))
        return Completed()

    def worker(self, **steps: Step) -> Worker:
        """A worker; a kind without a step of its own is simply done."""
        mapping = {task: steps.get(task.value, self.do) for task in JobKind}
        return Worker(self.store, CheckedClock(self.clock), self.bell, mapping, self.give_up)

    @asynccontextmanager
    async def at_work(self, **steps: Step) -> AsyncGenerator[Worker]:
        """A worker that works."""
        worker = self.worker(**steps)
        running = asyncio.create_task(worker.run())
        try:
            yield worker
        finally:
            await worker.stop(0.05)
            await asyncio.wait_for(running, 5)

    @property
    def left(self) -> list[tuple[str, int, str]]:
        """What is on the list: subject, tries and note."""
        return Ledger(self.database.rows).jobs("subject", "tries", "note")

    def due_in(self, subject: str) -> float:
        """How many seconds until this work is tried again."""
        (due_at,) = Ledger(self.database.rows).jobs("due_at", subject=subject)
        return (datetime.fromisoformat(due_at) - self.clock.now()).total_seconds()

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for something to become so; what is done without waiting needs only a few rounds of the loop."""
        for _ in range(500):
            if is_so():
                return
            await asyncio.sleep(0.002)
        pytest.fail(f"not so after a second; done: {self.did}, left: {self.left}")

    async def rests(self) -> None:
        """Let the worker do whatever it would do now."""
        for _ in range(20):
            await asyncio.sleep(0.001)


@pytest.fixture
def database(tmp_path: Path) -> Generator[Database]:
    """A new database."""
    database = Database(tmp_path / "giftbot.db")
    yield database
    database.close()


@pytest.fixture
async def shop(database: Database) -> Workshop:
    """A workshop."""
    return Workshop(database)


class Gate:
    """A step that waits until its gate is opened, and counts who waits."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.waiting: Counter[str] = Counter()
        self.most = 0

    async def step(self, work: Job) -> Completed:
        """Wait at the gate."""
        self.waiting[work.subject] += 1
        self.most = max(self.most, self.waiting.total())
        try:
            await self.open.wait()
        finally:
            self.waiting[work.subject] -= 1
        return Completed()


async def test_what_is_due_is_done_and_struck_off(shop: Workshop) -> None:
    """What was on the list before the start, and what comes while the worker works."""
    shop.add("before")
    async with shop.at_work():
        await shop.until(lambda: shop.did == ["before"])
        shop.add("meanwhile")
        await shop.until(lambda: shop.did == ["before", "meanwhile"])
        await shop.until(lambda: shop.left == [])


async def test_nothing_is_done_before_its_time(shop: Workshop) -> None:
    """Work for tomorrow waits until tomorrow."""
    shop.add("tomorrow", JobKind.CHASE, days=1)
    async with shop.at_work():
        await shop.rests()
        assert shop.did == []
        shop.clock.turn(hours=23)
        await shop.rests()
        assert shop.did == []
        shop.clock.turn(hours=1)
        await shop.until(lambda: shop.did == ["tomorrow"])


async def test_long_lists_are_worked_off(shop: Workshop) -> None:
    """More than there are hands, of every kind, and each piece once."""
    for number in range(10 * AT_ONCE):
        for task in JobKind:
            shop.add(f"{task} {number}", task)
    async with shop.at_work():
        await shop.until(lambda: shop.left == [])
    assert Counter(shop.did) == Counter(f"{task} {number}" for number in range(80) for task in JobKind)


async def test_a_step_that_fails_is_logged_and_tried_again(shop: Workshop) -> None:
    """A reference leads from the list to the log, the waits grow, the others are not stopped, and nobody gives up."""

    async def fail(work: Job) -> Completed:
        shop.did.append(work.subject)
        if len(shop.did) < 5:
            raise ZeroDivisionError("a mistake of ours")
        return Completed()

    shop.add("bad", JobKind.ORDER)
    waits = []
    with capture_logs() as logs:
        async with shop.at_work(order=fail):
            for tries in range(1, 5):
                await shop.until(lambda tries=tries: shop.left == [("bad", tries, shop.left[0][2])])  # type: ignore[misc] # a lambda's default
                waits.append(shop.due_in("bad"))
                reference = logs[-1]["reference"]
                assert shop.left[0][2] == f"unexpected error, reference {reference}"
                assert logs[-1] == {
                    "event": "step_failed",
                    "log_level": "error",
                    "task": "order",
                    "subject": "bad",
                    "reference": reference,
                    "exc_info": True,
                }
                shop.clock.turn(seconds=waits[-1])
            await shop.until(lambda: shop.left == [])
    assert all(longest / 2 - 0.5 < wait <= longest for wait, longest in zip(waits, (1, 2, 4, 8), strict=True))
    assert len({line["reference"] for line in logs}) == 4
    assert shop.gave_up == []


async def test_one_bad_gift_does_not_stop_the_others(shop: Workshop) -> None:
    """A mistake in one step leaves the rest of its kind as it is."""

    async def fail_for_one(work: Job) -> Completed:
        if work.subject == "bad":
            raise KeyError("a mistake of ours")
        return await shop.do(work)

    shop.add("bad", JobKind.DELIVER)
    shop.add("good", JobKind.DELIVER)
    with capture_logs():
        async with shop.at_work(deliver=fail_for_one):
            await shop.until(lambda: shop.did == ["good"])
            await shop.until(lambda: [subject for subject, _, _ in shop.left] == ["bad"])


@pytest.mark.parametrize(
    ("tries", "seconds"), [(0, 1), (1, 2), (2, 4), (3, 8), (7, 128), (8, 256), (9, 300), (100, 300), (10**9, 300)]
)
def test_waits_grow_up_to_five_minutes(tries: int, seconds: int) -> None:
    """One second, two, four, and never more than five minutes."""
    assert growing_wait(tries) == timedelta(seconds=seconds)


def test_what_failed_together_comes_back_one_by_one() -> None:
    """A thousand jobs that an outage stopped are spread over half of the wait, each in its own way every time."""
    now = datetime(2030, 1, 1, tzinfo=UTC)
    for tries in (0, 5, 20):
        failed = [Job(number, JobKind.ORDER, "g", now, now, tries) for number in range(1000)]
        waits, longest = [backoff(work) for work in failed], growing_wait(tries)
        assert all(longest / 2 <= wait <= longest for wait in waits)
        in_tenths = Counter(int((wait - longest / 2) / (longest / 20)) for wait in waits)
        assert len(in_tenths) == 10
        assert max(in_tenths.values()) < 200, "a tenth of the jobs in each tenth of the time, more or less"
        assert waits == [backoff(work) for work in failed], "in a test as in the next one"
    assert backoff(failed[0]) != backoff(replace(failed[0], tries=21))


async def test_a_step_can_ask_for_a_longer_wait(shop: Workshop) -> None:
    """What the other side asked for is kept, where it is longer than our own wait; why is on the list."""

    async def later(work: Job) -> Retry:
        return Retry(Reason.NO_ANSWER, "429", timedelta(seconds=90 if work.subject == "long" else 0.1))

    shop.add("long")
    shop.add("short")
    async with shop.at_work(post=later):
        await shop.until(lambda: shop.left == [("long", 1, "429"), ("short", 1, "429")])
        assert round(shop.due_in("long")) == 90
        assert shop.due_in("short") <= 1


@pytest.mark.parametrize("reason", [Reason.NO_ANSWER, Reason.ANSWER_UNREADABLE, Reason.UNEXPECTED])
async def test_the_worker_gives_up_when_a_reason_s_patience_ends(shop: Workshop, reason: Reason) -> None:
    """Before, it goes on trying; then it tells once, and strikes the work off."""

    async def later(_: Job) -> Retry:
        shop.did.append("tried")
        return Retry(reason, "not yet")

    shop.add("a gift", JobKind.DELIVER)
    with capture_logs() as logs:
        async with shop.at_work(deliver=later):
            await shop.until(lambda: len(shop.left) == 1 and shop.left[0][1] == 1)
            shop.clock.turn(seconds=reason.patience.total_seconds() - 20)
            await shop.until(lambda: len(shop.left) == 1 and shop.left[0][1] == 2)
            assert shop.gave_up == []
            shop.clock.turn(seconds=30)
            await shop.until(lambda: shop.left == [])
            shop.clock.turn(days=2)
            await shop.rests()
    assert shop.gave_up == [("a gift", reason)]
    assert shop.did == ["tried"] * 3
    assert logs == [
        {
            "event": "gave_up",
            "log_level": "warning",
            "task": "deliver",
            "subject": "a gift",
            "reason": reason.value,
            "note": "not yet",
        }
    ]


async def test_a_worker_that_slept_too_long_tries_once_more(shop: Workshop) -> None:
    """After a week without the bot, work is not given up before it was tried again."""
    shop.add("old")
    shop.clock.turn(days=7)
    async with shop.at_work():
        await shop.until(lambda: shop.left == [])
    assert shop.did == ["old"]
    assert shop.gave_up == []


async def test_giving_up_and_telling_are_one(shop: Workshop) -> None:
    """Where nobody could be told, the work stays on the list, and the worker ends with the error."""

    async def later(_: Job) -> Retry:
        shop.clock.turn(minutes=1)
        return Retry(Reason.NO_ANSWER, "not yet")

    def cannot_tell(work: Job, reason: Reason) -> Completed:
        shop.add(f"telling about {work.subject}: {reason}")
        raise OSError("the disk is full")

    shop.add("a gift", JobKind.ORDER)
    shop.clock.turn(days=2)
    worker = Worker(shop.store, CheckedClock(shop.clock), shop.bell, {JobKind.ORDER: later}, cannot_tell)
    with capture_logs(), pytest.raises(ExceptionGroup) as stopped:
        await asyncio.wait_for(worker.run(), 5)
    assert [str(error) for error in stopped.value.exceptions] == ["the disk is full"]
    assert shop.left == [("a gift", FEWEST_TRIES, "not yet")]


async def test_kinds_do_not_wait_for_each_other(shop: Workshop) -> None:
    """While every hand for orders is busy, messages go out; no kind has more than its hands."""
    gate = Gate()
    for number in range(3 * AT_ONCE):
        shop.add(f"order {number}", JobKind.ORDER)
    async with shop.at_work(order=gate.step):
        await shop.until(lambda: gate.waiting.total() == AT_ONCE)
        shop.add("a message")
        shop.add("a delivery", JobKind.DELIVER)
        await shop.until(lambda: sorted(shop.did) == ["a delivery", "a message"])
        assert gate.waiting.total() == AT_ONCE
        gate.open.set()
        await shop.until(lambda: shop.left == [])
    assert gate.most == AT_ONCE


async def test_work_in_hand_is_in_one_hand(shop: Workshop) -> None:
    """However often the bell rings and the clock is turned, nothing is done twice at a time."""
    gate = Gate()
    shop.add("slow", JobKind.ORDER)
    async with shop.at_work(order=gate.step):
        await shop.until(lambda: gate.waiting["slow"] == 1)
        for _ in range(5):
            shop.bell.set()
            shop.clock.turn(hours=1)
            await shop.rests()
        assert gate.most == 1
        gate.open.set()
        await shop.until(lambda: shop.left == [])


async def test_stopping_lets_the_work_in_hand_finish(shop: Workshop) -> None:
    """What ends in time is struck off; nothing new is begun."""
    gate = Gate()
    shop.add("in hand", JobKind.ORDER)
    worker = shop.worker(order=gate.step)
    running = asyncio.create_task(worker.run())
    await shop.until(lambda: gate.waiting["in hand"] == 1)
    stopping = asyncio.create_task(worker.stop(5))
    await asyncio.sleep(0)
    shop.add("too late")
    gate.open.set()
    await stopping
    await asyncio.wait_for(running, 5)
    assert shop.left == [("too late", 0, "")]
    assert shop.did == []


async def test_what_does_not_finish_goes_on_at_the_next_start(shop: Workshop) -> None:
    """A stop does not wait for ever; what was in hand is on the list as it was, and nothing is lost."""
    gate = Gate()
    shop.add("endless", JobKind.ORDER)
    async with shop.at_work(order=gate.step):
        await shop.until(lambda: gate.waiting["endless"] == 1)
    assert gate.waiting["endless"] == 0
    assert shop.left == [("endless", 0, "")]
    async with shop.at_work():
        await shop.until(lambda: shop.left == [])
    assert shop.did == ["endless"]
    assert shop.gave_up == []


async def test_a_worker_with_nothing_to_do_stops_at_once(shop: Workshop) -> None:
    """Nobody waits out a nap."""
    worker = shop.worker()
    running = asyncio.create_task(worker.run())
    await shop.rests()
    await worker.stop(5)
    await asyncio.wait_for(running, 1)


async def test_a_step_that_is_cancelled_is_taken_up_again(shop: Workshop) -> None:
    """A library that cancels what it should not takes nothing off the list."""

    async def cancelled_once(work: Job) -> Completed:
        if not shop.did:
            shop.did.append("cancelled")
            raise asyncio.CancelledError
        return await shop.do(work)

    shop.add("a gift", JobKind.ORDER)
    async with shop.at_work(order=cancelled_once):
        await shop.until(lambda: shop.left == [])
    assert shop.did == ["cancelled", "a gift"]


async def test_work_that_a_step_causes_is_done_next(shop: Workshop) -> None:
    """A gift's way: what one step notes down, the next one finds."""

    async def order(work: Job) -> Completed:
        shop.add(work.subject, JobKind.DELIVER)
        return Completed()

    shop.add("a gift", JobKind.ORDER)
    async with shop.at_work(order=order):
        await shop.until(lambda: shop.did == ["a gift"])
        await shop.until(lambda: shop.left == [])


async def test_it_can_be_seen_that_the_worker_lives(shop: Workshop) -> None:
    """Each look at the list is noted, at least one a minute, for the health check."""
    async with shop.at_work() as worker:
        await shop.rests()
        shop.clock.turn(minutes=1)
        await shop.until(lambda: shop.clock.monotonic() - worker.looked_at < 30)
    assert timedelta(minutes=5) == LONGEST_WAIT
