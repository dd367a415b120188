"""Orders on hold: gifts wait where an account cannot pay, or no order gets through, and go on by themselves."""

import json
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from bot.gifts.model.gift import Gift, GiftState
from bot.gifts.model.order import key_of
from bot.sandbox.simulator import Answer, Fault, Moment, Person, ShownMessage
from bot.sandbox.simulator.giftcards.runa.api import RunaApi
from tests.harness.office import Office, eventually

ORDER = "POST /order"
DRY = "Orders in GBP are on hold: the account at the gift card service has too little money."
FOR_MIA = "the company's account for gifts has to be topped up first"


@pytest.fixture
def real_money() -> bool:
    """Only a real account runs dry."""
    return True


def balance(office: Office, left: str, currency: str = "GBP") -> None:
    """Leave so much on the account."""
    assert isinstance(office.giftcards, RunaApi)
    office.giftcards.balances[currency] = Decimal(left)


def sent(office: Office) -> int:
    """How often an order was asked for, whatever came of it."""
    return len(office.giftcards.requests)


def notices(messages: Sequence[ShownMessage]) -> list[str]:
    """What stands there about orders on hold."""
    return [message.text_shown for message in messages if "on hold" in message.text_shown]


def troubles(office: Office) -> list[str]:
    """What approvers read about gifts that need somebody."""
    return [message.text_shown for message in office.abe.messages() if "needs somebody" in message.text_shown]


async def until(office: Office, **gifts: int) -> None:
    """Wait until so many gifts stand in each state, and nothing is left to do right now."""
    await eventually(lambda: Counter(office.states()) == gifts)
    await office.rests()


async def everybody_asked_for(office: Office, people: Sequence[Person], amount: str = "10 GBP") -> None:
    """Ask for a gift for each of these people, in one request, and approve it."""
    await office.asks(f"{' '.join(f'@{person.name}' for person in people)} {amount} thanks")
    await office.approves()


async def test_an_empty_account_fails_one_gift_and_holds_the_others(office: Office) -> None:
    """Of ten gifts one fails and nine wait, which is said once; they go on by themselves, the first one by Retry."""
    balance(office, "0")
    office.giftcards.faults.arm(ORDER, Fault.SLOW, times=10, seconds=0.1)
    team = [office.rob, office.eve, *(office.slack.add_person(f"Pal{letter}") for letter in "ABCDEFGH")]
    async with office.open():
        await everybody_asked_for(office, team)
        await until(office, failed=1, approved=9)
        assert sent(office) == 1
        for approver in (office.abe, office.ana):
            (notice,) = notices(approver.messages())
            assert DRY in notice
            assert "Top up the account, then retry." in notice
            assert "wait, and go on by themselves" in notice
        await office.mia.types("/gift status")
        status = await office.mia.sees("on hold for")
        assert FOR_MIA in status.text_shown
        await office.lets_pass(3, minutes=5)
        assert sent(office) == 1, "it looks at the balance, and not by trying"

        balance(office, "1000")
        await office.lets_pass(2, minutes=5)
        await until(office, failed=1, delivered=9)
        for approver in (office.abe, office.ana):
            (notice,) = notices(approver.messages())
            assert "Orders in GBP go on since" in notice
        await office.abe.clicks("Retry", confirm=True)
        await until(office, delivered=10)
    assert sent(office) == 11
    assert len(office.giftcards.orders) == 10
    assert len({order.idempotency_key for order in office.giftcards.orders}) == 10


async def test_the_approvals_channel_reads_it_once(office: Office) -> None:
    """Where cards go to a channel, so does the notice, and nobody gets one of their own."""
    balance(office, "0")
    async with office.open(giftbot_approvals_channel=office.approvals.id):
        await everybody_asked_for(office, [office.rob, office.eve])
        await until(office, failed=1, approved=1)
        await eventually(lambda: len(notices(office.slack.messages(office.approvals))) == 1)
        assert notices(office.abe.messages()) == []


async def test_a_channel_that_cannot_be_written_to_hides_no_hold(office: Office) -> None:
    """When the approvals channel refuses the notice, each approver gets it."""
    private = office.slack.add_channel("finance", [office.abe], private=True)
    balance(office, "0")
    async with office.open(giftbot_approvals_channel=private.id):
        await everybody_asked_for(office, [office.rob])
        await office.abe.sees_message(DRY)
        await office.ana.sees_message(DRY)


@pytest.mark.usefixtures("bot")
async def test_another_currency_is_not_held(office: Office) -> None:
    """There is no money in pounds, and dollars go on; nobody reads of a hold who is not concerned."""
    balance(office, "0")
    await everybody_asked_for(office, [office.rob])
    await until(office, failed=1)
    await office.asks("@Eve 10 USD thanks")
    await office.approves()
    await office.delivered(office.eve)
    await office.mia.types("/gift status")
    reply = await office.mia.sees("delivered to @Eve")
    assert "on hold" not in reply.text_shown


@pytest.mark.usefixtures("bot")
async def test_an_overdrawn_account_is_looked_at_and_not_tried(office: Office) -> None:
    """A balance below nothing is no reason to let one more gift fail every five minutes."""
    balance(office, "0")
    await everybody_asked_for(office, [office.rob, office.eve])
    await until(office, failed=1, approved=1)
    balance(office, "-12.50")
    await office.lets_pass(3, minutes=5)
    assert sent(office) == 1


@pytest.mark.parametrize("provider", ["runa", "wegift"])
@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("unauthorized", 401, "All orders are on hold: the gift card service did not accept our API key."),
        ("ordering_restricted", 403, "All orders are on hold: the gift card service has stopped orders for this"),
        ("version_removed", 410, "All orders are on hold: the gift card service no longer speaks the version"),
    ],
)
@pytest.mark.usefixtures("bot", "provider")
async def test_who_is_turned_away_waits(office: Office, kind: str, status: int, words: str) -> None:
    """One try every five minutes, in whatever currency, until one goes through; then all go on, the first one too."""
    if isinstance(office.giftcards, RunaApi):
        office.giftcards.idempotency.keeps_403 = False
    office.giftcards.refuse_next(kind, status, times=2)
    await everybody_asked_for(office, [office.rob, office.eve])
    await office.abe.sees_message(words)
    await until(office, approved=2)
    (notice,) = notices(office.abe.messages())
    assert "retry" not in notice
    await everybody_asked_for(office, [office.rob], "10 USD")
    await until(office, approved=3)
    await office.lets_pass(1, minutes=4)
    assert sent(office) == 1
    office.clock.turn(minutes=1)
    await eventually(lambda: sent(office) == 2)
    await until(office, approved=3)
    await office.lets_pass(1, minutes=4)
    assert sent(office) == 2
    await office.lets_pass(2, minutes=5)
    await until(office, delivered=3)
    (notice,) = notices(office.ana.messages())
    assert "All orders go on since" in notice
    assert (sent(office), len(office.giftcards.orders)) == (5, 3)
    assert {*office.ledger.gifts("attempt")} == {1}
    assert not troubles(office)


@pytest.mark.parametrize("provider", ["runa", "wegift"])
@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, "", "did not accept our API key"),
        (401, "<html><h1>Unauthorized</h1></html>", "did not accept our API key"),
        (401, '{"message": "Unauthorized"}', "did not accept our API key"),
        (403, "<html><h1>Blocked by policy</h1></html>", "or something on the way to it, does not let our orders"),
        (407, "", "or something on the way to it, does not let our orders"),
        (410, "gone", "or something on the way to it, does not let our orders"),
    ],
)
@pytest.mark.usefixtures("bot", "provider")
async def test_a_gateway_holds_every_order(office: Office, status: int, body: str, words: str) -> None:
    """Whatever stands between the bot and the service: one try, one notice, and nothing for people to click."""
    await office.rests()  # the catalogue is known
    office.giftcards.block(status, body)
    await everybody_asked_for(office, [office.rob, office.eve, office.slack.add_person("Pal")])
    await office.abe.sees_message(words)
    await until(office, approved=3)
    tries = office.giftcards.turned_away
    await office.lets_pass(3, minutes=5)
    assert office.giftcards.turned_away == tries + 3
    office.giftcards.unblock()
    await office.lets_pass(2, minutes=5)
    await until(office, delivered=3)
    for approver in (office.abe, office.ana):
        (notice,) = notices(approver.messages())
        assert "All orders go on since" in notice
    assert len(office.giftcards.orders) == 3
    assert not troubles(office)


@pytest.mark.usefixtures("bot")
async def test_a_long_hold_uses_up_nobody_s_patience(office: Office) -> None:
    """After two days one order goes through, and the next meets an error: it is tried again, and nobody is bothered."""
    await office.rests()  # the catalogue is known
    office.giftcards.block(401)
    await everybody_asked_for(office, [office.rob, office.eve])
    await office.lets_pass(48, hours=1)

    async def next_one_fails(call: str, moment: Moment) -> None:
        if (call, moment) == (ORDER, Moment.AFTER):
            office.giftcards.faults.watcher = None
            office.giftcards.faults.arm(ORDER, Fault.ERROR_BEFORE)

    office.giftcards.faults.watcher = next_one_fails
    office.giftcards.unblock()
    await office.lets_pass(6, minutes=6)
    await until(office, delivered=2)
    assert sent(office) == 3
    assert not troubles(office)


@pytest.mark.usefixtures("bot")
async def test_a_key_that_is_refused_for_ever_holds_nobody(office: Office) -> None:
    """Runa's documents let a 403 stay with its key: others get through, this gift fails alone, and Retry helps it."""
    office.giftcards.refuse_next("ordering_restricted", 403)
    await everybody_asked_for(office, [office.rob])
    await office.abe.sees_message("has stopped orders for this account")
    await everybody_asked_for(office, [office.eve])
    await office.lets_pass(8, minutes=5)
    await until(office, failed=1, delivered=1)
    (notice,) = notices(office.abe.messages())
    assert "All orders go on since" in notice
    await office.abe.clicks("Retry", confirm=True)
    await until(office, delivered=2)
    assert len(office.giftcards.orders) == 2


@pytest.mark.usefixtures("bot")
async def test_a_key_that_is_refused_for_ever_holds_nobody_else(office: Office) -> None:
    """Rob's key is told again and again that we are not let in, while Eve's gift goes through: one notice is enough."""
    not_let_in = Answer(401, json.dumps({"type": "unauthorized", "message": "no"}))
    await everybody_asked_for(office, [office.rob])
    await until(office, delivered=1)
    keys: set[str] = set()

    def is_rob_s(call: dict[str, Any]) -> bool:
        keys.add(call["idempotency_key"]) if not keys else None
        return call["idempotency_key"] in keys

    office.giftcards.faults.arm(ORDER, not_let_in, times=1000, only=is_rob_s)
    office.giftcards.faults.arm("GET /order", Fault.ERROR_BEFORE, times=1000)
    await everybody_asked_for(office, [office.rob])
    await until(office, delivered=1, approved=1)
    await everybody_asked_for(office, [office.eve])
    await office.lets_pass(2, minutes=5)
    await until(office, delivered=2, approved=1)
    await office.lets_pass(4, minutes=5)
    (notice,) = notices(office.ana.messages())
    assert "All orders go on since" in notice


@pytest.mark.parametrize("provider", ["wegift"])
@pytest.mark.usefixtures("bot", "provider")
async def test_a_service_without_a_balance_is_tried_every_five_minutes(office: Office) -> None:
    """Where nobody says what is left, an order has to find out; only what it finds out ends the hold."""
    office.giftcards.refuse_next("insufficient_funds", 400, times=2)
    await everybody_asked_for(office, [office.rob, office.eve, office.slack.add_person("Pal")])
    await until(office, failed=1, approved=2)
    await office.lets_pass(1, minutes=5)
    await until(office, failed=2, approved=1)
    await office.lets_pass(1, minutes=5)
    await until(office, failed=2, delivered=1)
    assert (sent(office), len(office.giftcards.orders)) == (3, 1)


@pytest.mark.usefixtures("bot")
async def test_a_retry_looks_at_once(office: Office) -> None:
    """Whoever has topped up the account and clicks Retry need not wait; the others follow within five minutes."""
    balance(office, "0")
    await everybody_asked_for(office, [office.rob, office.eve])
    await until(office, failed=1, approved=1)
    balance(office, "1000")
    await office.abe.clicks("Retry", confirm=True)
    await until(office, delivered=1, approved=1)
    await office.lets_pass(1, minutes=5)
    await until(office, delivered=2)
    assert (sent(office), len(office.giftcards.orders)) == (3, 2)


@pytest.mark.usefixtures("bot")
async def test_a_retry_that_comes_too_early_waits(office: Office) -> None:
    """A gift that is retried while the account is still empty waits with the others instead of failing again."""
    balance(office, "0")
    await everybody_asked_for(office, [office.rob])
    await until(office, failed=1)
    await office.abe.clicks("Retry", confirm=True)
    await until(office, approved=1)
    assert sent(office) == 1
    balance(office, "1000")
    await office.lets_pass(1, minutes=5)
    await until(office, delivered=1)
    assert office.ledger.gifts("attempt") == [2]
    assert sent(office) == 2


async def test_a_restart_on_hold_sends_nothing(office: Office) -> None:
    """The hold is on disk: the bot comes back, knows it, says nothing twice, and goes on once there is money."""
    balance(office, "0")
    async with office.open():
        await everybody_asked_for(office, [office.rob, office.eve])
        await until(office, failed=1, approved=1)
    for _ in range(2):
        async with office.open():
            await office.lets_pass(1, seconds=30)
    assert sent(office) == 1
    assert len(notices(office.abe.messages())) == 1
    balance(office, "1000")
    office.clock.turn(minutes=5)
    async with office.open():
        await until(office, failed=1, delivered=1)
    assert sent(office) == 2


@pytest.mark.usefixtures("bot")
async def test_a_hold_that_never_ends_is_put_in_front_of_a_person(office: Office) -> None:
    """After four days a waiting gift needs review; it was never sent, and Retry sends it under its first key."""
    balance(office, "0")
    await everybody_asked_for(office, [office.rob, office.eve])
    await until(office, failed=1, approved=1)
    await office.lets_pass(2, minutes=5)
    await office.lets_pass(1, days=4)
    await until(office, failed=1, needs_review=1)
    ((request_id, recipient),) = office.ledger.gifts("request_id", "recipient", state="needs_review")
    name = office.slack.workspace.users[recipient].real_name
    trouble = await office.abe.sees_message(f"needs somebody: @{name}")
    assert "too little money. Top up the account, then retry." in trouble.text_shown
    assert f"@{name}: {FOR_MIA}." in (await office.mia.sees_message(f"needs somebody: @{name}")).text_shown
    assert sent(office) == 1
    balance(office, "1000")
    await office.abe.clicks("Retry", on=trouble, confirm=True)
    await until(office, failed=1, delivered=1)
    (order,) = office.giftcards.orders
    assert order.idempotency_key == key_of(Gift("any", request_id, recipient, GiftState.APPROVED, attempt=1))
    assert sent(office) == 2
