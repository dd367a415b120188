"""Takes the next due piece of work, runs its step and writes the outcome. The only place that retries, or gives up."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from uuid import uuid4
from zlib import crc32

import structlog

from bot.gifts.checked_clock import CheckedClock
from bot.gifts.model.errors import StoreLost
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.job import LONGEST_WAITS, ONCE, Completed, Job, JobKind, Reschedule, Retry
from bot.gifts.ports import Access
from bot.gifts.store import Store

log = structlog.get_logger(__name__)

LONGEST_WAIT = timedelta(minutes=5)  # between two tries
LONGEST_NAP = timedelta(minutes=1)  # between two looks at the list
ACCESS_ASKED_EVERY = timedelta(seconds=30)  # until Slack is asked once more whether it lets the bot in
SET_BACK = timedelta(seconds=10)  # less is only that clocks are not perfect
FEWEST_TRIES = 2  # a long stop of the bot uses up nobody's patience
AT_ONCE = 8  # pieces of one kind in hand; kinds do not wait for each other

Step = Callable[[Job], Awaitable[Completed | Reschedule | Retry]]


def growing_wait(tries: int) -> timedelta:
    """One second, two, four, ... up to five minutes."""
    return min(timedelta(seconds=2 ** min(tries, 16)), LONGEST_WAIT)


def backoff(work: Job) -> timedelta:
    """The wait with equal jitter, between half of it and all: what failed together does not come back together.

    The share is drawn from the job's id and its tries, so that it is another one each time and the same in each test.
    """
    share = crc32(f"{work.id} {work.tries}".encode()) / 2**32
    return growing_wait(work.tries) * (1 - share / 2)


class Worker:
    """Works off the list, after a crash exactly as before it: what was in hand is simply still on the list.

    While Slack does not let the bot in, everything waits: nothing is bought, given up or let expire.
    """

    def __init__(
        self,
        store: Store,
        clock: CheckedClock,
        bell: asyncio.Event,
        steps: Mapping[JobKind, Step],
        give_up: Callable[[Job, Reason], Completed | Reschedule],
        access: Access | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._bell = bell
        self._steps = steps
        self._give_up = give_up
        self._access = access
        self._in_hand: dict[int, asyncio.Task[None]] = {}
        self._stopping = False
        self._time: datetime | None = None
        self.looked_at = self._ask_at = clock.monotonic()

    async def run(self) -> None:
        """Work until `stop` is called; ends with an error when the outcome of a step cannot be kept."""
        async with asyncio.TaskGroup() as hands:
            while not self._stopping:
                self._bell.clear()
                if self._access and self._access.is_lost:
                    await self._wait_for(self._access)
                else:
                    await self._wait(until=self._take_due(hands))

    async def stop(self, seconds: float) -> None:
        """Take nothing new; give what is in hand that many seconds, then leave it on the list for the next start."""
        self._stopping = True
        self._bell.set()
        if self._in_hand:
            _, unfinished = await asyncio.wait(self._in_hand.values(), timeout=seconds)
            for task in unfinished:
                task.cancel()

    def _take_due(self, hands: asyncio.TaskGroup) -> datetime | None:
        """Start what is due, and say when there is more. A full kind has no such time: it rings when a hand is free."""
        now = self._look_at_the_clock()
        free = Counter(dict.fromkeys(self._steps, AT_ONCE))
        free.subtract(JobKind(task.get_name()) for task in self._in_hand.values())
        for work in self._store.jobs.due(self._steps, now, AT_ONCE):
            if work.id not in self._in_hand:
                free[work.task] -= 1
                if free[work.task] >= 0:
                    self._in_hand[work.id] = hands.create_task(self._do(work), name=work.task)
        not_full = [kind for kind in self._steps if free[kind] > 0]
        return self._store.jobs.next_due(not_full, now) if not_full else None

    def _look_at_the_clock(self) -> datetime:
        """The time; at the start, and when it was set back, nothing is left to wait until that time comes again."""
        now, reading = self._clock.now(), self._clock.monotonic()
        expected = self._time and self._time + timedelta(seconds=reading - self.looked_at)
        if expected is None or expected - now > SET_BACK:
            with self._store.write():
                for task in self._steps:
                    self._store.jobs.bring_forward(task, now, now + LONGEST_WAITS.get(task, LONGEST_WAIT))
        self._time, self.looked_at = now, reading
        return now

    async def _wait_for(self, access: Access) -> None:
        """Take up nothing, and let this time use up nobody's patience."""
        now = self._look_at_the_clock()
        with self._store.write():
            self._store.jobs.forgive(ONCE, now)
        left = self._ask_at - self._clock.monotonic()
        await self._clock.wait(self._bell, max(left, 0))
        if not self._stopping and self._clock.monotonic() >= self._ask_at:
            self._ask_at = self._clock.monotonic() + ACCESS_ASKED_EVERY.total_seconds()
            await access.ask()

    async def _wait(self, until: datetime | None) -> None:
        nap = LONGEST_NAP if until is None else min(until - self._clock.now(), LONGEST_NAP)
        await self._clock.wait(self._bell, max(nap.total_seconds(), 0))

    async def _do(self, work: Job) -> None:
        try:
            outcome = await self._come_of(work)
            is_over = isinstance(outcome, Retry) and await self._is_over(work, outcome)
        finally:
            del self._in_hand[work.id]
            self._bell.set()
        self._write(work, outcome, is_over=is_over)

    async def _come_of(self, work: Job) -> Completed | Reschedule | Retry:
        structlog.contextvars.bind_contextvars(subject=work.subject)  # in every line that is logged meanwhile
        try:
            return await self._steps[work.task](work)
        except StoreLost:
            raise  # no outcome can be kept either: it is done again after the next start
        except Exception:  # the last line of defence: a bug in one gift must not stop the others
            reference = uuid4().hex[:8]
            log.exception("step_failed", task=work.task, subject=work.subject, reference=reference)
            return Retry(Reason.UNEXPECTED, f"unexpected error, reference {reference}")

    def _write(self, work: Job, outcome: Completed | Reschedule | Retry, *, is_over: bool) -> None:
        now = self._clock.now()
        with self._store.write():
            if isinstance(outcome, Retry) and is_over:
                log.warning(
                    "gave_up", task=work.task, subject=work.subject, reason=outcome.reason.value, note=outcome.note
                )
                outcome = self._give_up(work, outcome.reason)
            match outcome:
                case Completed():
                    self._store.jobs.done(work)
                case Reschedule(after):
                    self._store.jobs.again(work, now + after)
                case Retry(note=note, after=after):
                    self._store.jobs.retry_later(work, now + max(backoff(work), after), note)

    async def _is_over(self, work: Job, outcome: Retry) -> bool:
        """Whether there is no patience left, by a clock that nobody contradicts."""
        if (self._access and self._access.is_lost) or work.tries < FEWEST_TRIES:
            return False
        since = max(self._store.jobs.since(work), outcome.since or work.since)  # excused perhaps while it was in hand
        return self._clock.now() - since > outcome.reason.patience and await self._clock.is_sure()
