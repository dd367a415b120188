"""A backup that was put in the database's place: noticed, told, and no reason to order anything twice."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.findings import Mark
from bot.sandbox.simulator import Fault
from bot.tools.doctor.database import check
from tests.harness.office import Office

CREATE = "POST /order"
LIST = "GET /order"
HISTORY = "conversations.history"
RESTORED = "A backup of my database was restored"


@pytest.fixture(params=["runa", "wegift"])
def provider(request: pytest.FixtureRequest) -> str:
    """All of this is told of both services."""
    service: str = request.param
    return service


def copied(office: Office) -> Path:
    """A backup of the database, taken beside whoever works with it."""
    backup = office.folder / "backup.db"
    with closing(sqlite3.connect(office.database)) as source, closing(sqlite3.connect(backup)) as target:
        source.backup(target)
    return backup


def restore(office: Office, backup: Path) -> None:
    """Put a backup in the database's place, while no bot is running."""
    for name in ("-wal", "-shm"):
        office.database.with_name(f"{office.database.name}{name}").unlink(missing_ok=True)
    office.database.write_bytes(backup.read_bytes())


def notices(office: Office) -> int:
    """How many messages tell Abe of a restored backup."""
    return sum(RESTORED in message.text_shown for message in office.abe.messages())


async def held_in_a_backup(office: Office) -> Path:
    """Eve's gift fails for want of money; a backup is taken while Rob's waits for it, approved and not sent."""
    office.giftcards.refuse_next("insufficient_funds", 400)
    await office.asks("@Eve 10 GBP thanks")
    await office.approves()
    await office.abe.sees_message("needs somebody")
    await office.asks("@Rob 25 GBP thanks")
    await office.approves()
    await office.rests()
    assert office.states() == ["failed", "approved"]
    return copied(office)


async def ordered_since(office: Office) -> Path:
    """Such a backup, after which Rob's gift was ordered and delivered."""
    async with office.open():
        backup = await held_in_a_backup(office)
        await office.lets_pass(1, minutes=5)
        await office.delivered()
        await office.mia.sees_message("@Rob has your gift")
        await office.finishes()
    assert len(office.giftcards.orders) == 1
    return backup


@pytest.mark.parametrize("age", [timedelta(hours=1), timedelta(days=31)])
async def test_what_was_ordered_since_a_backup_is_not_ordered_again(office: Office, age: timedelta) -> None:
    """An hour or a month later: found in the list, or in front of a person; and those who decide are told, once."""
    backup = await ordered_since(office)
    office.clock.turn(seconds=age.total_seconds())
    restore(office, backup)
    async with office.open():
        await office.lets_pass(5, minutes=5)
        for approver in (office.abe, office.ana):
            await approver.sees_message(RESTORED)
        if office.simulator.provider == "runa":
            await office.mia.sees_message("@Rob has your gift")
        else:
            trouble = await office.abe.sees_message("needs somebody: @Rob")
            assert "a backup of the database was restored, and the order may have been made" in trouble.text_shown
            assert trouble.buttons == ["Order anew", "Close"]
            assert office.states() == ["failed", "needs_review"]
    assert len(office.giftcards.orders) == 1
    async with office.open():
        await office.rests()
    assert notices(office) == 1, "it is told once"


@pytest.mark.parametrize("provider", ["wegift"], indirect=True)
async def test_after_a_backup_a_person_can_say_that_there_is_no_order(office: Office) -> None:
    """Abe looked: the gift that the lost time has not seen is ordered, and once."""
    async with office.open():
        backup = await held_in_a_backup(office)
        await office.asks("@Ana 10 GBP thanks")  # something was said since
        await office.abe.sees_message("@Ana with a gift")
        await office.rests()
    office.clock.turn(days=1)
    restore(office, backup)
    async with office.open():
        await office.abe.sees_message("needs somebody: @Rob")
        await office.abe.clicks("Order anew")
        stated = ["I looked at the gift card service: there is no such order."]
        words = "the invoice of this month"
        await office.abe.fills({"Your statement": stated, "Where you looked, and what you saw": words})
        await office.abe.submits()
        await office.delivered()
    assert len(office.giftcards.orders) == 1


async def test_an_old_approval_is_looked_up_although_nothing_was_said(office: Office) -> None:
    """The order was made and the bot died before it said anything: its key is counted from when it could be sent."""
    async with office.open():
        backup = await held_in_a_backup(office)
        office.giftcards.faults.arm(CREATE, Fault.REPLY_LOST)
        office.clock.turn(minutes=5)
        await office.rests()
    assert len(office.giftcards.orders) == 1
    office.clock.turn(days=31)
    restore(office, backup)
    async with office.open():
        if office.simulator.provider == "runa":
            assert await office.delivered() == office.giftcards.orders[0].items[0].link
        else:
            trouble = await office.abe.sees_message("needs somebody: @Rob")
            assert "it has been too long to ask about this order again" in trouble.text_shown
    assert notices(office) == 0
    assert len(office.giftcards.orders) == 1


@pytest.mark.parametrize("provider", ["runa"], indirect=True)
async def test_what_is_decided_a_second_time_is_not_ordered_a_second_time(office: Office) -> None:
    """The backup is from before the approval, and Abe approves once more: the order of then is found."""
    async with office.open():
        await office.asks()
        await office.abe.sees_message("would like to thank")
        await office.rests()
        backup = copied(office)
        await office.approves()
        await office.delivered()
        await office.finishes()
    office.clock.turn(days=3)
    restore(office, backup)
    async with office.open():
        await office.abe.sees_message(RESTORED)
        await office.rests()
        home = await office.abe.opens_home()
        await office.abe.clicks("Approve", on=home, confirm=True)
        await office.lets_pass(4, minutes=5)
        await office.until("delivered")
    assert len(office.giftcards.orders) == 1


async def test_until_slack_shows_what_was_said_nothing_is_ordered(office: Office) -> None:
    """Whether anything was lost is not known yet: gifts wait, and go on as soon as it is."""
    async with office.open():
        await office.asks()
        await office.approves()
        await office.delivered()
        await office.finishes()
    office.slack.faults.arm(HISTORY, Fault.ERROR_BEFORE, times=1000)
    async with office.open():
        await office.asks("@Eve 10 GBP thanks")
        await office.approves()
        await office.lets_pass(2, minutes=5)
        assert len(office.giftcards.orders) == 1
        office.slack.faults.clear()
        await office.lets_pass(2, minutes=5)
        await office.delivered(office.eve)
    assert notices(office) == 0


@pytest.mark.parametrize("provider", ["runa"], indirect=True)
async def test_a_card_that_the_database_does_not_know_tells_it_too(office: Office) -> None:
    """What was said in the channel cannot be read there; that somebody clicks on it can be."""
    async with office.open(giftbot_approvals_channel=office.approvals.id):
        await office.asks()
        await office.approves()
        await office.delivered()
        await office.finishes()
        backup = copied(office)
        await office.asks("@Eve 10 GBP thanks")
        await office.abe.sees("@Eve")
        await office.rests()
    restore(office, backup)
    async with office.open(giftbot_approvals_channel=office.approvals.id):
        await office.rests()
        await office.approves()
        notice = await office.abe.sees_modal("Giftbot")
        assert "I do not know this request." in notice.text
        await office.abe.sees(RESTORED)


@pytest.mark.parametrize("provider", ["runa"], indirect=True)
async def test_a_new_database_is_no_old_one(office: Office) -> None:
    """Whoever begins anew in the same workspace has old messages there; doctor's test messages are nobody's gifts."""
    for _ in range(2):
        async with office.open():
            await office.asks()
            await office.approves()
            await office.delivered()
            await office.finishes()
        async with office.open():
            await office.rests()
        office.database.unlink()
    assert notices(office) == 0


@pytest.mark.parametrize("provider", ["runa"], indirect=True)
async def test_the_doctor_says_that_a_backup_was_restored(office: Office) -> None:
    """And how many gifts may have been ordered since, as long as there are any."""
    backup = await ordered_since(office)
    restore(office, backup)
    office.giftcards.faults.arm(LIST, Fault.ERROR_BEFORE, times=1000)
    async with office.open():
        await office.abe.sees_message(RESTORED)
        await office.rests()
    findings = list(check(office.database, office.clock.now(), in_use=False))
    (found,) = [finding for finding in findings if "a backup was restored" in finding.found]
    assert found.mark is Mark.WARNING
    assert "1 gift asked for before may have been ordered since" in found.found
