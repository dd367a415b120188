"""Amounts that were written before exponents were kept: they mean what they meant, and add up with those of today."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from uuid import uuid5

import pytest
from sqlite_utils import Database as SqliteUtils

from bot.gifts.model.budget import Account, Per
from bot.gifts.model.gift import Gift, GiftState, Request
from bot.gifts.model.money import Money
from bot.gifts.model.order import NAMESPACE
from storage import Database, SqliteStore
from storage.migrations import migrations
from storage.start_check import APPLICATION_ID
from tests.harness.giftcard_server import NOON
from tests.harness.office import Office

# country, and what was kept for an amount of 2,500 by the places of Babel 2.18: forints had fillér, dinars no para
OLD = {"HUF": ("HU", 250_000), "IDR": ("ID", 250_000), "COP": ("CO", 250_000), "RSD": ("RS", 2500), "JPY": ("JP", 2500)}
ASKED = Decimal(2500)
MONTH = f"{NOON:%Y-%m}"


def before_exponents(
    path: Path,
    asked: Mapping[str, tuple[str, int]],
    requester: str = "UMIA",
    recipient: str = "UROB",
    since: datetime = NOON,
) -> None:
    """A database of the version before, in which somebody waits for a decision about a gift in each currency."""
    at = since.isoformat(timespec="microseconds")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrations.apply(SqliteUtils(connection), stop_before="exponents")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 6")
        for currency, (country, minor) in asked.items():
            request, gift = id_of(currency), f"gift {currency}"
            connection.execute(
                "INSERT INTO requests (id, requester, value_minor, asked_minor, weighed_minor, currency, country,"
                " month, note, state, waits_for, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', 'approvers', ?)",
                (request, requester, minor, minor + 1, minor * 2, currency, country, MONTH, f"in {country}", at),
            )
            connection.execute(
                "INSERT INTO gifts (id, request_id, position, recipient, state, attempt, changed_at, reserved_minor)"
                " VALUES (?, ?, 0, ?, 'waiting', 1, ?, ?)",
                (gift, request, recipient, at, minor),
            )
            connection.execute(
                "INSERT INTO orders (key, gift_id, attempt, body, value_minor, currency, country, first_sent_at)"
                " VALUES (?, ?, 9, '{}', ?, ?, ?, ?)",
                (f"key {currency}", gift, minor, currency, country, at),
            )
            connection.execute("INSERT INTO spending VALUES ('company', '', ?, ?, ?, 1)", (currency, MONTH, minor))
            connection.execute("INSERT INTO tallies VALUES ('UABE', ?, ?, 1, ?, 0, 0)", (MONTH, currency, minor))
            connection.execute(
                "INSERT INTO work (task, subject, since, due_at) VALUES ('chase', ?, ?, ?)", (request, at, at)
            )


def id_of(currency: str) -> str:
    """The id of the request in a currency."""
    return str(uuid5(NAMESPACE, currency))


def waiting(store: SqliteStore, currency: str) -> Request:
    """The request in a currency."""
    request = store.requests.get(id_of(currency))
    assert request
    return request


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    """The tables, brought up to date."""
    before_exponents(tmp_path / "giftbot.db", OLD)
    return SqliteStore(Database(tmp_path / "giftbot.db"), lambda: None)


def test_every_amount_of_before_is_worth_what_it_was(store: SqliteStore) -> None:
    """In requests, orders, budgets and what approvers decided."""
    for currency in OLD:
        request = waiting(store, currency)
        assert request.weighed
        assert (request.value.major, request.weighed.major) == (ASKED, 2 * ASKED)
        order = store.orders.get(Gift(f"gift {currency}", request.id, "UROB", GiftState.WAITING, attempt=9))
        assert order
        assert order.value.major == ASKED
        assert store.budget_usage.used(Account(Per.COMPANY, "", currency), MONTH, MONTH).major == ASKED
    assert {
        tally.approved.currency: tally.approved.major for tally in store.decision_totals.of("UABE", MONTH)
    } == dict.fromkeys(OLD, ASKED)


def test_old_and_new_amounts_add_up(store: SqliteStore) -> None:
    """Dinars of before have no hundredths, those of today do: budgets, decisions and what people exchanged are sums."""
    company = Account(Per.COMPANY, "", "RSD")
    gift = Gift("new", "r", "UROB", GiftState.WAITING)
    request = Request("r", "UMIA", (gift,), Money(10_050, "RSD", 2), "RS", "thanks", NOON, month=MONTH)
    old = waiting(store, "RSD")
    with store.write():
        store.requests.add(request)
        assert store.budget_usage.reserve(request, gift)
        store.decision_totals.add("UABE", MONTH, request.total, is_yes=True)
    assert str(store.budget_usage.used(company, MONTH, MONTH)) == "2600.50 RSD"
    assert store.budget_usage.gifts(company, MONTH, MONTH) == 2
    assert str(store.requests.given_between("UMIA", "UROB", "RSD", NOON, but="")) == "2600.50 RSD"
    (tally,) = (tally for tally in store.decision_totals.of("UABE", MONTH) if tally.approved.currency == "RSD")
    assert (tally.yes, str(tally.approved)) == (2, "2600.50 RSD")
    with store.write():
        store.budget_usage.release(old, old.gifts[0])
    assert str(store.budget_usage.used(company, MONTH, MONTH)) == "100.50 RSD"
    with store.write():
        store.budget_usage.release(request, gift)
    assert store.budget_usage.used(company, MONTH, MONTH).minor == 0


def test_an_old_amount_is_lowered_to_a_new_one(store: SqliteStore) -> None:
    """An approver takes off half a dinar: what was asked for, and what the rule was chosen by, are still the same."""
    old = waiting(store, "RSD")
    with store.write():
        store.requests.lower(old, Money(249_950, "RSD", 2), "UABE", NOON)
    lowered = waiting(store, "RSD")
    assert (str(lowered.value), lowered.asked, lowered.weighed) == ("2499.50 RSD", old.asked, old.weighed)


@pytest.fixture
def provider() -> str:
    """The older contract, which is told a number and a country, and takes it for the country's currency of today."""
    return "wegift"


async def test_what_was_asked_before_is_ordered_as_it_was_meant(office: Office) -> None:
    """Gifts that wait while giftbot and Babel are updated are ordered for 2,500 each, not for 250,000."""
    before_exponents(office.database, OLD, office.mia.id, office.rob.id, office.clock.now())
    async with office.open(giftbot_countries="HU,ID,CO,RS,JP", giftbot_max_amount="1000000"):
        for country, _ in OLD.values():
            card = await office.abe.sees_message(f"in {country}", timeout=20)
            await office.abe.clicks("Approve", card, confirm=True)
        await office.until("delivered")
    assert {order.currency: order.face_value for order in office.giftcards.orders} == dict.fromkeys(OLD, ASKED)


async def test_a_currency_that_a_country_has_given_up_is_not_ordered_in(office: Office) -> None:
    """25 leva were asked for and approved; the service would sell 25 euros for Bulgaria now, so nothing is bought."""
    before_exponents(office.database, {"BGN": ("BG", 2500)}, office.mia.id, office.rob.id, office.clock.now())
    async with office.open(giftbot_countries="GB,BG", giftbot_max_amount="250"):
        await office.approves()
        told = await office.mia.sees_message("in another currency now, so nothing was ordered")
        assert "Retry" not in told.buttons
        assert office.states() == ["failed"]
    assert office.giftcards.requests == []
