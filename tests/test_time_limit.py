"""Whoever waits for something has two seconds in all: what Slack has not said by then is refused, and not done."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.gifts.model.errors import NotNow
from bot.gifts.model.job import JobKind
from bot.gifts.time_limit import check_in_time, seconds_left, time_limit
from bot.sandbox.simulator import Fault, Kind
from bot.sandbox.simulator.slack.records import UserGroup
from storage import Database, SqliteStore
from tests.harness.giftcard_server import NOON
from tests.harness.ledger import Ledger
from tests.harness.office import Office, Transport, eventually

USERS, MEMBERS = "users.info", "usergroups.users.list"
BARELY, TOO_LONG = 1.6, 2.6  # seconds for a look-up; two of them one after the other are too long for Slack
NOTHING = "Nothing was changed: please try again in a moment."
Does = Callable[[Office], Awaitable[None]]


@pytest.fixture
def finance(office: Office) -> UserGroup:
    """The user group that decides."""
    return office.slack.add_group("Finance", [office.abe, office.ana])


@asynccontextmanager
async def asked(office: Office, finance: UserGroup, transport: Transport = "socket") -> AsyncGenerator[None]:
    """A gift is asked for, and so long ago that the bot has to look everybody up again."""
    policy = office.policy(f"""
        [pools]
        finance = ["{finance.id}"]

        [[rules]]
        name = "every gift"
        steps = [{{ pool = "finance" }}]
    """)
    async with office.open(transport, giftbot_config=policy):
        await office.asks()
        await office.abe.sees_message("would like to thank")
        await office.rests()
        office.clock.turn(minutes=6)
        await office.rests()
        office.clock.turn(minutes=6)
        yield


def slow(office: Office, seconds: float) -> None:
    """Slack takes its time to say who is who."""
    for call in (USERS, MEMBERS):
        office.slack.faults.arm(call, Fault.SLOW, times=100, seconds=seconds)


def kept(office: Office) -> list[Any]:
    """Everything that people can change, as it is kept."""
    ledger = office.ledger
    return [ledger.requests(), ledger.gifts(), ledger.audit_events(), ledger.absences(), ledger.approvals()]


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_two_slow_look_ups_are_waited_for_side_by_side(
    office: Office, finance: UserGroup, transport: Transport
) -> None:
    """Who Abe is, and who is in the group: Approve is acknowledged as soon as both are known, and counts."""
    async with asked(office, finance, transport):
        slow(office, BARELY)
        began = time.monotonic()
        await office.approves()
        assert time.monotonic() - began < 2 * BARELY
        office.slack.faults.clear()
        await office.delivered()


async def approves(office: Office) -> None:
    """Abe approves a card."""
    await office.abe.clicks("Approve", confirm=True)
    assert NOTHING in (await office.abe.sees_modal("Giftbot")).text
    await office.abe.closes()


async def wants_to_decline(office: Office) -> None:
    """Abe wants to say why not."""
    await office.abe.clicks("Decline")
    assert NOTHING in (await office.abe.sees_modal("Giftbot")).text
    await office.abe.closes()


async def goes_away(office: Office) -> None:
    """Abe hands his right to Ana."""
    await office.abe.types(f"/gift away until 2099-01-01 @{office.ana.name}")
    await office.abe.sees(NOTHING)


async def asks_for_status(office: Office) -> None:
    """Mia asks where things stand."""
    await office.mia.types("/gift status")
    await office.mia.sees(NOTHING)


@pytest.mark.parametrize("does", [approves, wants_to_decline, goes_away, asks_for_status])
@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_what_takes_too_long_is_refused_and_changes_nothing(
    office: Office, finance: UserGroup, transport: Transport, does: Does
) -> None:
    """Slack shows no error: whoever acted is told in time. A moment later nothing has been done after all."""
    async with asked(office, finance, transport):
        slow(office, TOO_LONG)
        before = kept(office)
        await does(office)
        await asyncio.sleep(TOO_LONG)
        assert kept(office) == before
        office.slack.faults.clear()
        await office.approves()
        await office.delivered()
    assert len(office.giftcards.orders) == 1


async def test_a_form_keeps_what_was_filled_in(office: Office, finance: UserGroup) -> None:
    """A new request, a changed one and a declined one: the form says what is wrong, and can be submitted again."""
    async with asked(office, finance):
        await office.mia.types("/gift @Eve 10 GBP thanks")
        await office.mia.sees_modal("Send a gift")
        await submits_twice(office, office.mia)
        await office.abe.sees_message("to thank @Eve")

        await office.mia.clicks("Change", on=await office.mia.opens_home())
        await office.mia.sees_modal("Change your request")
        await office.mia.fills({"Note": "thank you all"})
        await submits_twice(office, office.mia)

        await office.abe.clicks("Decline", on=await office.abe.sees_message("thank you all"))
        await office.abe.sees_modal("Decline the gift")
        await office.abe.fills({"Reason": "not this year"})
        await submits_twice(office, office.abe)
        await office.mia.sees_message("not this year")


async def submits_twice(office: Office, person: Any) -> None:
    """The first time is too slow."""
    office.clock.turn(minutes=6)
    slow(office, TOO_LONG)
    before = kept(office)
    await person.submits()
    assert person.modal
    assert NOTHING in str(person.modal.errors)
    assert kept(office) == before
    office.slack.faults.clear()
    await person.submits()
    assert person.modal is None or not person.modal.errors
    if person.modal:
        await person.closes()
    await office.rests()
    assert kept(office) != before


async def test_a_retry_that_is_too_slow_orders_nothing(office: Office, finance: UserGroup) -> None:
    """The gift stays as it is, until a Retry comes in time."""
    async with asked(office, finance):
        office.giftcards.refuse_next("bad_request", 400)
        await office.approves()
        await office.abe.sees_message("needs somebody")
        office.clock.turn(minutes=6)
        slow(office, TOO_LONG)
        sent = len(office.giftcards.requests)
        await office.abe.clicks("Retry", confirm=True)
        assert NOTHING in (await office.abe.sees_modal("Giftbot")).text
        assert len(office.giftcards.requests) == sent
        office.slack.faults.clear()
        await office.abe.closes()
        await office.abe.clicks("Retry", confirm=True)
        await office.delivered()


async def test_a_gift_is_shown_again_however_slow_slack_is(office: Office, finance: UserGroup) -> None:
    """Nothing has to be looked up for it."""
    async with asked(office, finance):
        await office.approves()
        await office.delivered()
        office.clock.turn(days=2)
        slow(office, TOO_LONG)
        await office.rob.clicks("Get the link anew")
        await eventually(lambda: bool(office.rob.modal and office.rob.modal.links))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncGenerator[Database]:
    """A new database."""
    database = Database(tmp_path / "giftbot.db")
    yield database
    database.close()


async def test_no_transaction_begins_or_ends_after_the_time(database: Database) -> None:
    """What is slow in it is undone as a whole; what nobody waits for has all the time in the world."""
    store = SqliteStore(database, lambda: None)

    def adds(seconds: float) -> None:
        with store.write():
            store.jobs.add(JobKind.POST, "a message", NOON)
            time.sleep(seconds)

    with time_limit(0.05):
        adds(0)
        with pytest.raises(NotNow):
            adds(0.1)
        with pytest.raises(NotNow):
            adds(0)
        with time_limit(None):
            adds(0)
    adds(0)
    assert len(Ledger(database.rows).jobs()) == 3


async def test_the_time_goes_with_all_that_is_started_for_somebody() -> None:
    """Also what runs side by side; and no longer than somebody wants to wait for a part of it."""
    assert seconds_left(3) == 3

    async def left() -> float:
        return seconds_left(3)

    with time_limit(1):
        first, second = await asyncio.gather(left(), left())
        assert 0.5 < first <= 1
        assert 0.5 < second <= 1
        assert seconds_left(0.2) == 0.2
        check_in_time()
    with time_limit(0):
        assert await asyncio.create_task(left()) == 0
        with pytest.raises(NotNow, match="Nothing was changed"):
            check_in_time()
    assert await left() == 3


@pytest.mark.usefixtures("bot")
async def test_everybody_else_is_served_meanwhile(office: Office) -> None:
    """Whoever waits for Slack holds up nobody."""
    slow(office, TOO_LONG)
    waits = asyncio.create_task(office.mia.types("/gift status"))
    command = office.abe.payloads.slash_command("/gift", "25", office.slack.workspace.notes_to_self(office.abe.id))
    began = time.monotonic()
    await office.abe.sends(Kind.SLASH_COMMANDS, command)
    assert time.monotonic() - began < BARELY
    await waits
