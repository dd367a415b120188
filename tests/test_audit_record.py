"""What is on the record beside the steps of gifts: delegations, refused attempts, orders on hold, and the policy."""

import os
import pwd
import re
import sqlite3
import tomllib
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlite_utils import Database as SqliteUtils

from bot import __version__
from bot.gifts.model.audit_event import AuditEvent
from bot.gifts.model.policy_digest import digest_of
from bot.sandbox.simulator import Kind as Payload
from bot.sandbox.simulator import Person
from bot.sandbox.simulator.giftcards.runa.api import RunaApi
from storage import Database, SqliteStore
from storage.audit_verification import audit
from storage.hash_chain import BEFORE_THE_FIRST, seal_of
from storage.migrations import migrations
from storage.start_check import APPLICATION_ID
from tests.harness.office import AUDIT_KEY, ROOT, Office

Row = tuple[str, ...]
A_MONDAY = datetime(2030, 8, 5, 9, 30, tzinfo=UTC)


def _recorded(office: Office, *events: AuditEvent) -> list[Any]:
    """Who did what, and the details, of these events."""
    return office.ledger.all_events("actor", "event", "detail", event=tuple(events))


def _is_sealed(office: Office) -> bool:
    """Whether every line fits its seal, those of the company as well."""
    found = audit(office.database, SecretStr(AUDIT_KEY))
    return found.fault is None and found.head.count == len(office.ledger.all_events("id"))


# ---------------------------------------------------------------- delegations

DELEGATIONS = (AuditEvent.BEGIN_DELEGATION, AuditEvent.END_DELEGATION)


async def test_who_may_decide_for_whom_is_on_the_record(office: Office) -> None:
    """Abe is away, names somebody else, and is back before the time: each beginning and end is a sealed line of his."""
    office.clock.turn_to(A_MONDAY)
    async with office.open():
        for command in ("away until 14 Aug @Eve", "away until 9 Aug @Rob", "back"):
            await office.abe.types(f"/gift {command}")
        abe, eve, rob = office.abe.id, office.eve.id, office.rob.id
        assert _recorded(office, *DELEGATIONS) == [
            (abe, "begin delegation", f"{eve} decides until 2030-08-14 23:00 UTC"),
            (abe, "end delegation", f"{eve} decided for {abe}"),
            (abe, "begin delegation", f"{rob} decides until 2030-08-09 23:00 UTC"),
            (abe, "end delegation", f"{rob} decided for {abe}"),
        ]
        await office.finishes()
        assert not office.ledger.jobs(task="end delegation"), "nothing waits for its day"
        assert _is_sealed(office)


async def test_an_absence_that_ends_by_itself_is_on_the_record_once(office: Office) -> None:
    """Nothing waits for a decision, and the bot was stopped meanwhile: giftbot notes the end when it is back."""
    office.clock.turn_to(A_MONDAY)
    async with office.open():
        await office.abe.types("/gift away until 6 Aug @Eve")
    for day in (6, 7, 8):
        async with office.open():
            office.clock.turn_to(datetime(2030, 8, day, 12, tzinfo=UTC))
            await office.rests()
            ends = [(actor, detail) for actor, event, detail in _recorded(office, *DELEGATIONS) if "end" in event]
            assert ends == ([("giftbot", f"{office.eve.id} decided for {office.abe.id}")] if day > 6 else [])
    assert _is_sealed(office)


# ---------------------------------------------------------------- refusals


async def _forges(office: Office, person: Person, label: str) -> None:
    """Somebody clicks a button that only Mia has, with her request in it."""
    home = await office.mia.opens_home()
    button = home.button(label)
    assert button
    click = office.mia.payloads.button_click(home, button)
    click["user"]["id"] = person.id
    click["trigger_id"] = office.slack.workspace.triggers.issue(person.id)
    await person.sends(Payload.INTERACTIVE, click)


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(("label", "does"), [("Change", "change"), ("Cancel request", "cancel")])
async def test_an_attempt_at_somebody_else_s_request_is_on_the_record_once(
    office: Office, label: str, does: str
) -> None:
    """Eve tries it twice; that Mia herself comes too late is no attempt at anything."""
    await office.asks()
    for _ in range(2):
        await _forges(office, office.eve, label)
    words = f"Only the person who asked for a gift can {does} it."
    refused = (office.eve.id, "refused", f"not_yours_to_{does}: {words}")
    assert _recorded(office, AuditEvent.REFUSED) == [refused]
    home = await office.mia.opens_home()
    await office.approves()
    await office.delivered()
    await office.mia.clicks(label, on=home, confirm=label != "Change")
    assert _recorded(office, AuditEvent.REFUSED) == [refused]
    assert _is_sealed(office)


@pytest.mark.usefixtures("bot")
async def test_a_change_that_is_submitted_by_somebody_else_is_on_the_record(office: Office) -> None:
    """The form was Mia's, and Eve submits it: nothing is changed, and the line outlives the transaction."""
    await office.asks()
    await office.mia.clicks("Change", on=await office.mia.opens_home())
    await office.mia.fills({"Amount each": "90"})
    form = await office.mia.sees_modal("Change your request")
    payload = office.mia.payloads.view_submission(form)
    payload["user"]["id"] = office.eve.id
    await office.eve.sends(Payload.INTERACTIVE, payload)
    words = "Only the person who asked for a gift can change it."
    assert office.refusals() == [(office.eve.id, words)]
    assert office.ledger.requests("value_minor", "version") == [(2500, 1)]


# ---------------------------------------------------------------- orders on hold


async def test_orders_on_hold_are_on_the_record(office: Office) -> None:
    """The account may not order: that orders are held, and go on, is said in two sealed lines."""
    assert isinstance(office.giftcards, RunaApi)
    async with office.open():
        office.giftcards.refuse_next("ordering_restricted", 403)
        await office.asks()
        await office.approves()
        await office.abe.sees_message("has stopped orders for this account")
        assert [event for _, event, _ in _recorded(office, AuditEvent.RESUME_ORDERS)] == []
        await office.asks("@Eve 25 GBP thanks")
        await office.approves()
        await office.lets_pass(8, minutes=5)
        await office.delivered(office.eve)
        assert _recorded(office, AuditEvent.HOLD_ORDERS, AuditEvent.RESUME_ORDERS) == [
            ("giftbot", "hold orders", "ordering_restricted: all currencies"),
            ("giftbot", "resume orders", "ordering_restricted: all currencies"),
        ]
        assert _is_sealed(office)


# ---------------------------------------------------------------- the policy


async def test_another_policy_is_on_the_record(office: Office) -> None:
    """A start with another policy is one line, with who started it; a start with the same one is none."""
    both, in_another_order, one = f"{office.abe.id},{office.ana.id}", f"{office.ana.id},{office.abe.id}", office.abe.id
    for approvers in (both, both, in_another_order, one, both):
        async with office.open(giftbot_approvers=approvers):
            assert _is_sealed(office)
    lines = _recorded(office, AuditEvent.CHANGE_POLICY)
    digests = [detail.split(":")[0] for _, _, detail in lines]
    assert len(lines) == 3
    assert digests[0] == digests[2] != digests[1]
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in digests)
    user = pwd.getpwuid(os.getuid()).pw_name
    assert {detail.split(": ")[1] for _, _, detail in lines} == {f"giftbot {__version__}, started by {user}"}


def test_a_digest_is_about_what_is_settled_and_not_about_its_order() -> None:
    """Sets have no order, mappings neither; a list has one, and every value counts."""
    settled = {"a": frozenset({"x", "y", "z"}), "b": (1, 2), "c": A_MONDAY}
    assert digest_of(settled) == digest_of({"c": A_MONDAY, "b": [1, 2], "a": frozenset({"z", "y", "x"})})
    for other in ({"a": frozenset({"x"})}, {"b": (2, 1)}, {"c": A_MONDAY.date()}):
        assert digest_of(settled | other) != digest_of(settled)


def test_the_version_on_the_record_is_the_one_that_is_installed() -> None:
    """Giftbot also runs without being installed, so that it knows its version itself."""
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == __version__


# ---------------------------------------------------------------- databases of before

LATER = datetime(2030, 1, 2, tzinfo=UTC).isoformat(timespec="microseconds")
EARLIER = datetime(2029, 12, 24, tzinfo=UTC).isoformat(timespec="microseconds")
KEY = SecretStr(AUDIT_KEY)


def _written_before(path: Path) -> None:
    """A sealed history, as the version before left it: every line is about a request; two people were away."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        migrations.apply(SqliteUtils(connection), stop_before="company_history")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 8")
        connection.execute(
            "INSERT INTO requests (id, requester, value_minor, currency, country, note, state, created_at)"
            " VALUES ('r', 'UMIA', 2500, 'GBP', 'GB', '', 'pending', ?)",
            (EARLIER,),
        )
        before = BEFORE_THE_FIRST
        for number, event in ((1, "request"), (2, "could not post card"), (7, "refused")):
            line = (number, EARLIER, "UMIA", event, "r", None, "as it was")
            connection.execute("INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?)", line)
            before = seal_of(KEY, before, line)
            connection.execute("INSERT INTO seals VALUES (?, ?)", (number, before))
        for person, until in (("UABE", LATER), ("UANA", EARLIER)):
            connection.execute(
                "INSERT INTO absences VALUES (?, ?, 'UEVE', ?, ?, NULL)", (f"of {person}", person, EARLIER, until)
            )


def test_a_sealed_history_of_before_goes_on(tmp_path: Path) -> None:
    """Its lines keep numbers and seals, the next one may be about no request, and who is away now will be back."""
    path = tmp_path / "giftbot.db"
    _written_before(path)
    database = Database(path)
    store = SqliteStore(database, lambda: None, KEY)
    with store.write():
        store.audit_log.add(A_MONDAY, "giftbot", AuditEvent.CHANGE_POLICY, detail="a digest")
    lines = [tuple(row) for row in database.rows("SELECT id, event, request_id FROM history ORDER BY id")]
    jobs = [tuple(row) for row in database.rows("SELECT subject, due_at FROM work WHERE task = 'end delegation'")]
    database.close()
    assert lines == [
        (1, "request", "r"),
        (2, "could not post card", "r"),
        (7, "refused", "r"),
        (8, "change policy", None),
    ]
    assert jobs == [("of UABE", LATER)]
    found = audit(path, KEY)
    assert (found.fault, found.head.count) == (None, 4)
