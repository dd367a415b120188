"""Takes the next due piece of work, runs its step and writes the outcome. The only place that retries, or gives up."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from bot.gifts.errors import StoreLost
from bot.gifts.ports import Access, Clock
from bot.gifts.reasons import Reason
from bot.gifts.store import Store
from bot.gifts.work import ONCE, Again, Done, Later, Task, Work

log = structlog.get_logger(__name__)

LONGEST_WAIT = timedelta(minutes=5)  # between two tries
LONGEST_NAP = 60.0  # seconds between two looks at the list
ASK_AGAIN = timedelta(seconds=30)  # until Slack is asked once more whether it lets the bot in
FEWEST_TRIES = 2  # a long stop of the bot uses up nobody's patience
AT_ONCE = 8  # pieces of one kind in hand; kinds do not wait for each other

Step = Callable[[Work], Awaitable[Done | Again | Later]]


def growing_wait(tries: int) -> timedelta:
    """One second, two, four, ... up to five minutes."""
    return min(timedelta(seconds=2 ** min(tries, 16)), LONGEST_WAIT)


class Worker:
    """Works off the list, after a crash exactly as before it: what was in hand is simply still on the list.

    While Slack does not let the bot in, everything waits: nothing is bought, given up or let expire.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        bell: asyncio.Event,
        steps: Mapping[Task, Step],
        give_up: Callable[[Work, Reason], Done | Again],
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
        self.looked_at = self._ask_at = clock.now()

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
        now = self.looked_at = self._clock.now()
        free = Counter(dict.fromkeys(self._steps, AT_ONCE))
        free.subtract(Task(task.get_name()) for task in self._in_hand.values())
        for work in self._store.work.due(self._steps, now, AT_ONCE):
            if work.id not in self._in_hand:
                free[work.task] -= 1
                if free[work.task] >= 0:
                    self._in_hand[work.id] = hands.create_task(self._do(work), name=work.task)
        not_full = [kind for kind in self._steps if free[kind] > 0]
        return self._store.work.next_due(not_full, now) if not_full else None

    async def _wait_for(self, access: Access) -> None:
        """Take up nothing, and let this time use up nobody's patience."""
        self.looked_at = self._clock.now()
        with self._store.write():
            self._store.work.excuse(ONCE, self.looked_at)
        self._ask_at = min(self._ask_at, self.looked_at + ASK_AGAIN)  # the clock may have been put back
        await self._wait(until=self._ask_at)
        if not self._stopping and self._clock.now() >= self._ask_at:
            self._ask_at = self._clock.now() + ASK_AGAIN
            await access.ask()

    async def _wait(self, until: datetime | None) -> None:
        seconds = LONGEST_NAP
        if until is not None:
            seconds = min((until - self._clock.now()).total_seconds(), seconds)
        await self._clock.wait(self._bell, max(seconds, 0))

    async def _do(self, work: Work) -> None:
        try:
            outcome = await self._steps[work.task](work)
        except StoreLost:
            raise  # no outcome can be kept either: it is done again after the next start
        except Exception:  # the last line of defence: a bug in one gift must not stop the others
            reference = uuid4().hex[:8]
            log.exception("step_failed", task=work.task, subject=work.subject, reference=reference)
            outcome = Later(Reason.UNEXPECTED, f"unexpected error, reference {reference}")
        finally:
            del self._in_hand[work.id]
            self._bell.set()
        self._write(work, outcome)

    def _write(self, work: Work, outcome: Done | Again | Later) -> None:
        now = self._clock.now()
        with self._store.write():
            if isinstance(outcome, Later) and self._patience_is_over(work, outcome):
                log.warning(
                    "gave_up", task=work.task, subject=work.subject, reason=outcome.reason.value, note=outcome.note
                )
                outcome = self._give_up(work, outcome.reason)
            match outcome:
                case Done():
                    self._store.work.done(work)
                case Again(seconds):
                    self._store.work.again(work, now + timedelta(seconds=seconds))
                case Later(note=note, seconds=seconds):
                    wait = max(growing_wait(work.tries), timedelta(seconds=seconds))
                    self._store.work.postpone(work, now + wait, note)

    def _patience_is_over(self, work: Work, outcome: Later) -> bool:
        if (self._access and self._access.is_lost) or work.tries < FEWEST_TRIES:
            return False
        since = max(self._store.work.since(work), outcome.since or work.since)  # excused perhaps while it was in hand
        return self._clock.now() - since > outcome.reason.patience
