"""Clock skew: what time it is when the machine's clock is wrong, and when it is certain enough to give something up."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from structlog.testing import capture_logs

from bot.gifts.checked_clock import TOLERANCE, CheckedClock
from bot.gifts.rate_limiter import RateLimiter

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
HOUR, YEAR = timedelta(hours=1), timedelta(days=365)
A_LITTLE = timedelta(seconds=2)  # dates are of whole seconds
SLACK, SHOP = "Slack", "the gift card service"
WRONG = [-YEAR, -HOUR, -timedelta(minutes=6), timedelta(minutes=6), HOUR, 2 * HOUR, timedelta(days=31), YEAR]


class Machine:
    """A machine on which time passes only when somebody says so, and whose clock anybody can set."""

    def __init__(self) -> None:
        self.true = NOON
        self.wrong = timedelta()
        self.missed = timedelta()
        self.slept: list[float] = []

    def now(self) -> datetime:
        """What the clock shows."""
        return self.true + self.wrong

    def monotonic(self) -> float:
        """Seconds that have passed."""
        return (self.true - NOON - self.missed).total_seconds() + 5000

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.passes(timedelta(seconds=seconds))

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Nobody waits here."""
        raise NotImplementedError(event, seconds)

    def passes(self, time: timedelta) -> None:
        """Let time pass."""
        self.true += time

    def freezes(self, time: timedelta) -> None:
        """Let time pass without the machine, whose clock is set right after it."""
        self.true += time
        self.missed += time


@pytest.fixture
def machine() -> Machine:
    """A machine, whose clock is right so far."""
    return Machine()


@pytest.fixture
def clock(machine: Machine) -> CheckedClock:
    """The clock of a bot that nobody has answered yet."""
    return CheckedClock(machine)


def hears(clock: CheckedClock, machine: Machine, service: str = SLACK, off: timedelta = timedelta()) -> None:
    """A service answers, whose clock is right, or off by something."""
    clock.hear(service, format_datetime(machine.true + off, usegmt=True), clock.monotonic())


def test_a_machine_whose_clock_is_right_is_believed(clock: CheckedClock, machine: Machine) -> None:
    """To the microsecond, before anybody has answered and after."""
    assert clock.now() == NOON
    hears(clock, machine)
    machine.passes(timedelta(days=3, microseconds=1))
    assert clock.now() == machine.true


@pytest.mark.parametrize("wrong", WRONG)
def test_a_clock_that_is_set_changes_nothing(clock: CheckedClock, machine: Machine, wrong: timedelta) -> None:
    """Not even until the next answer."""
    hears(clock, machine)
    machine.passes(timedelta(minutes=9))
    machine.wrong = wrong
    assert abs(clock.now() - machine.true) < A_LITTLE
    hears(clock, machine)
    assert abs(clock.now() - machine.true) < A_LITTLE
    machine.wrong = timedelta()
    assert clock.now() == machine.true


@pytest.mark.parametrize("wrong", WRONG)
def test_a_clock_that_was_wrong_from_the_start(clock: CheckedClock, machine: Machine, wrong: timedelta) -> None:
    """The first answer tells what time it is."""
    machine.wrong = wrong
    hears(clock, machine)
    assert abs(clock.now() - machine.true) < A_LITTLE


def test_what_is_within_five_minutes_is_the_machines(clock: CheckedClock, machine: Machine) -> None:
    """It is more exact than a date with whole seconds, and what is kept in step by small steps may move."""
    hears(clock, machine)
    for wrong in (TOLERANCE - A_LITTLE, A_LITTLE - TOLERANCE):
        machine.wrong = wrong
        assert clock.now() == machine.now()
        assert clock.trouble is None


def test_one_service_whose_clock_is_wrong_moves_nothing(clock: CheckedClock, machine: Machine) -> None:
    """The machine and the other service agree; but it is not certain any more what time it is."""
    hears(clock, machine)
    hears(clock, machine, SHOP, off=YEAR)
    assert clock.now() == machine.true
    assert clock.trouble == "this machine's clock is 31536000 s behind the gift card service's"
    assert not asyncio.run(clock.is_sure())


@pytest.mark.parametrize(
    "date",
    [
        None,
        "",
        "yesterday",
        "Tue, 01 Jan 2030 25:61:61 GMT",
        "Tue, 99 Jan 2030 12:00:00 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Tue, 01 Jan 99999999999999999999 12:00:00 GMT",
        "\x00",
    ],
)
def test_a_date_that_is_none_says_nothing(clock: CheckedClock, machine: Machine, date: str | None) -> None:
    """Whatever a proxy writes there, the clock stays as it is."""
    clock.hear(SLACK, date, clock.monotonic())
    machine.wrong = HOUR
    assert clock.now() == machine.now()
    assert clock.trouble is None


def test_a_date_without_a_zone_is_utc(clock: CheckedClock, machine: Machine) -> None:
    """As RFC 9110 wants every date of an answer."""
    clock.hear(SLACK, "Tue, 01 Jan 2030 12:00:00 -0000", clock.monotonic())
    machine.wrong = HOUR
    assert abs(clock.now() - NOON) < A_LITTLE


def test_an_answer_that_the_machine_slept_through_says_nothing(clock: CheckedClock, machine: Machine) -> None:
    """Nobody knows when in those hours it was made."""
    asked_at = clock.monotonic()
    date = format_datetime(machine.true, usegmt=True)
    machine.passes(timedelta(hours=3))
    clock.hear(SLACK, date, asked_at)
    assert clock.now() == machine.true


def test_a_machine_that_was_frozen_forgets_what_was_said_before(clock: CheckedClock, machine: Machine) -> None:
    """Its monotonic clock has missed ten hours, as the first answer shows; the machine's is right, and believed."""
    hears(clock, machine)
    hears(clock, machine, SHOP)
    machine.freezes(timedelta(hours=10))
    hears(clock, machine)
    assert clock.now() == machine.now()
    assert clock.trouble is None


async def test_it_is_certain_what_time_it_is_while_somebody_confirmed_it_lately(
    clock: CheckedClock, machine: Machine
) -> None:
    """Without an answer for ten minutes nothing is certain, unless there never was one to compare with."""
    assert await clock.is_sure()
    hears(clock, machine)
    machine.passes(timedelta(minutes=9))
    assert await clock.is_sure()
    machine.passes(timedelta(minutes=2))
    assert not await clock.is_sure()
    hears(clock, machine)
    assert await clock.is_sure()
    machine.wrong = HOUR
    assert not await clock.is_sure()


async def test_after_a_clock_was_set_the_time_is_known_with_the_next_answer(
    clock: CheckedClock, machine: Machine
) -> None:
    """Before, nobody can tell a clock that was set from a monotonic one that missed something."""
    assert await clock.is_known()
    hears(clock, machine)
    machine.passes(timedelta(days=40))
    assert await clock.is_known()
    machine.wrong = HOUR
    assert not await clock.is_known()
    hears(clock, machine)
    assert await clock.is_known()
    machine.wrong = timedelta()
    assert await clock.is_known()
    machine.freezes(timedelta(days=31))
    assert not await clock.is_known()
    hears(clock, machine)
    assert await clock.is_known()


async def test_in_doubt_slack_is_asked_once_a_minute(clock: CheckedClock, machine: Machine) -> None:
    """However many want to know; whoever comes while it is asked hears the same answer."""
    asked = 0

    async def ask() -> None:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0)
        if asked > 1:
            hears(clock, machine)

    clock.when_in_doubt(ask)
    hears(clock, machine)
    machine.passes(timedelta(days=30))
    assert await asyncio.gather(*(clock.is_sure() for _ in range(5))) == [False] * 5
    assert asked == 1
    machine.passes(timedelta(minutes=1))
    assert await asyncio.gather(*(clock.is_sure() for _ in range(5))) == [True] * 5
    assert asked == 2


@pytest.mark.parametrize(("wrong", "words"), [(HOUR, "3600 s ahead of"), (-2 * HOUR, "7200 s behind")])
async def test_it_is_said_once_that_a_clock_is_wrong_and_once_that_it_is_right(
    clock: CheckedClock, machine: Machine, wrong: timedelta, words: str
) -> None:
    """Whoever answers how often; also when nobody does, for then somebody is asked."""

    async def ask() -> None:
        hears(clock, machine)

    clock.when_in_doubt(ask)
    with capture_logs() as logs:
        hears(clock, machine)
        await clock.look()
        machine.wrong = wrong
        for _ in range(3):
            machine.passes(timedelta(minutes=1))
            await clock.look()
            hears(clock, machine, SHOP)
        assert clock.trouble == f"this machine's clock is {words} Slack's"
        machine.wrong = timedelta()
        for _ in range(3):
            machine.passes(timedelta(minutes=1))
            await clock.look()
    assert clock.trouble is None
    assert [(line["event"], line.get("trouble")) for line in logs] == [
        ("clock_differs", f"this machine's clock is {words} Slack's"),
        ("clock_is_right_again", None),
    ]


async def test_while_all_is_well_nobody_is_asked(clock: CheckedClock, machine: Machine) -> None:
    """A bot that has nothing to do is quiet, however long."""

    async def ask() -> None:
        pytest.fail("nobody doubts anything")

    clock.when_in_doubt(ask)
    hears(clock, machine)
    for _ in range(100):
        machine.passes(timedelta(minutes=20))
        await clock.look()


@pytest.mark.parametrize("wrong", WRONG)
async def test_paces_go_on_however_a_clock_is_set(clock: CheckedClock, machine: Machine, wrong: timedelta) -> None:
    """One turn each second before and after; a rest that a service asked for is as long as it said."""
    pace = RateLimiter(clock, timedelta(seconds=1))
    waits: list[Sequence[float]] = []
    for _ in range(3):
        await pace.turn()
        await pace.turn()
        waits.append([*machine.slept])
        machine.slept.clear()
        machine.wrong = wrong
    pace.hold(timedelta(seconds=5))
    machine.wrong = timedelta()
    await pace.turn()
    assert waits == [[1.0], [1.0, 1.0], [1.0, 1.0]]
    assert machine.slept == [5.0]
