"""A database of the first version: opened without losing a row, refused where it is broken, whole after a crash."""

import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database as SqliteUtils

from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import GiftState
from bot.gifts.model.notification import Kind
from bot.sandbox.simulator.giftcards.runa.api import RunaApi
from storage import Database, DatabaseRefused, SqliteStore
from storage.migrations import migrations
from storage.start_check import APPLICATION_ID
from tests.harness.office import Office, eventually

ROOT = Path(__file__).parents[1]
RELEASED = "eed9e78353b34655feccb9ac1058ef50396fa3f0dad84a490dc5d4283c3b6248"
TABLES = ("requests", "gifts", "orders", "messages", "message_gifts", "work", "history")
STATES = ("waiting", "approved", "ordered", "delivered", "void", "failed", "parked")
NAMED_SINCE = {"void": "cancelled", "parked": "needs_review"}
REQUEST_OF = {"waiting": "pending", "void": "declined"}
KNOWN_AT_FIRST = {
    "work": "WHERE task IN ('post', 'refresh', 'order', 'deliver')",
    "history": "WHERE request_id IS NOT NULL",
}
AT = "2030-01-01T12:00:00.000000+00:00"


@contextmanager
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    """The file, without anything of ours between."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def made_by_first_version(path: Path) -> None:
    """The tables as they were released at first, in a file that is marked as theirs."""
    with raw(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        migrations.apply(SqliteUtils(connection), stop_before="after_delivery")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database that the first version wrote: a gift in every state, and rows in every table."""
    path = tmp_path / "giftbot.db"
    made_by_first_version(path)
    with raw(path) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        for state in STATES:
            for table, row in rows_of(state):
                places = ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", [*row.values()])
    return path


def rows_of(state: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """What belongs to a gift that stands there, table by table."""
    request, gift, message = f"request {state}", f"gift {state}", f"message {state}"
    standing = REQUEST_OF.get(state, "approved")
    value = {"value_minor": 2500, "currency": "GBP", "country": "GB"}
    decision = {} if standing == "pending" else {"decided_by": "UABE", "decided_at": AT, "decision_note": "as you wish"}
    about = {
        "id": request,
        "requester": "UMIA",
        "note": "grüße\n“you”",
        "announce_in": "C0GENERAL",
        "source": "https://x",
    }
    yield "requests", {**about, **value, "state": standing, "created_at": AT, **decision}
    reason = "no_answer" if state in {"failed", "parked"} else None
    person = {"id": gift, "request_id": request, "position": 0, "recipient": "UROB", "attempt": 1}
    yield "gifts", {**person, "state": state, "reason": reason, "changed_at": AT}
    sent = {"key": f"key {state}", "gift_id": gift, "attempt": 1, "body": "{}", "first_sent_at": AT}
    yield "orders", {**sent, **value, "provider_id": f"O-{state}" if state in {"ordered", "delivered"} else None}
    post = {"id": message, "kind": "card", "request_id": request, "reader": "UABE", "channel": "D0ABE"}
    if state == "delivered":
        yield "messages", {**post, "state": "sent", "ts": "1893499200.000100"}
    else:
        yield "messages", {**post, "state": "sending", "sending_since": AT}
    yield "message_gifts", {"message_id": message, "gift_id": gift}
    for task, subject in (("post", message), ("refresh", message), ("order", gift), ("deliver", gift)):
        yield "work", {"task": task, "subject": subject, "since": AT, "due_at": AT, "tries": 3, "note": "no reply"}
    yield "history", {"at": AT, "actor": "UMIA", "event": "request", "request_id": request, "detail": "25.00 GBP"}
    line = {"at": AT, "actor": "giftbot", "event": state, "request_id": request, "gift_id": gift}
    yield "history", {**line, "detail": "…"}


def kept(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the first version's columns."""
    columns = {table: [name for name, *_ in columns_of(table)] for table in TABLES}
    with raw(path) as connection:
        return {
            table: connection.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY 1, 2").fetchall()
            for table, names in columns.items()
        }


def columns_of(table: str) -> list[tuple[str]]:
    """The columns that a table had at first."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrations.apply(SqliteUtils(connection), stop_before="after_delivery")
        return connection.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()


def schema(path: Path) -> list[tuple[Any, ...]]:
    """Every table, index and trigger as it is defined."""
    with raw(path) as connection:
        return connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '_sqlite%'"
            " AND tbl_name NOT LIKE '_sqlite%' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        ).fetchall()


def test_what_has_been_released_is_never_edited(tmp_path: Path) -> None:
    """The first step makes the tables that the first version made, to the letter."""
    made_by_first_version(tmp_path / "giftbot.db")
    written = "\n".join(sql for _, sql in schema(tmp_path / "giftbot.db"))
    assert sha256(written.encode()).hexdigest() == RELEASED


def test_no_row_is_lost(path: Path) -> None:
    """All are as they were, but for new names of states, and new notes: to look after what arrived, and what waits."""
    before = kept(path)
    assert {len(rows) for rows in before.values()} == {7, 14, 28}
    Database(path).close()
    after = kept(path)
    checks = [row for row in after["work"] if row[1] == "check"]
    chases = [row for row in after["work"] if row[1] == "chase"]
    after["work"] = [row for row in after["work"] if row not in [*checks, *chases]]
    before["gifts"] = [tuple(NAMED_SINCE.get(value, value) for value in row) for row in before["gifts"]]
    assert after == before
    assert [row[1:] for row in chases] == [("chase", "request waiting", AT, AT, 0, "")]
    assert [row[1:] for row in checks] == [("check", "gift delivered", AT, AT, 0, "")]


def test_it_is_as_good_as_new(path: Path, tmp_path: Path) -> None:
    """It has a new database's tables, is whole, refers to nothing that is missing, and opens again unchanged."""
    Database(path).close()
    Database(tmp_path / "new.db").close()
    assert schema(path) == schema(tmp_path / "new.db")
    with raw(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        first = [*connection.iterdump()]
    Database(path).close()
    with raw(path) as connection:
        assert [*connection.iterdump()] == first


def test_everything_in_it_is_understood(path: Path) -> None:
    """Requests, gifts, messages and work are read as what they are; nobody chose a product then."""
    database = Database(path)
    store = SqliteStore(database, lambda: None)
    for state in STATES:
        request = store.requests.get(f"request {state}")
        assert request
        (gift,) = request.gifts
        assert (gift.state, request.product, request.note) == (
            GiftState(NAMED_SINCE.get(state, state)),
            None,
            "grüße\n“you”",
        )
        assert gift.reason == (Reason.NO_ANSWER if gift.needs_attention else None)
        (message,) = store.notifications.about(request.id, Kind.CARD)
        assert (message.gift_ids, message.subject) == ((gift.id,), None)
    assert store.orders.gift_of("O-delivered") == "gift delivered"
    database.close()


@pytest.mark.parametrize("state", STATES)
def test_what_became_of_an_order_is_unknown_unless_its_id_is_known(path: Path, state: str) -> None:
    """Also that of a gift which failed: the refusal may have answered a second try, after the first one's got lost."""
    database = Database(path)
    store = SqliteStore(database, lambda: None)
    gift = store.gifts.get(f"gift {state}")
    assert gift
    order = store.orders.get(gift)
    assert order
    assert (order.unknown_since is None) == (order.provider_id is not None)
    if order.unknown_since:
        assert order.unknown_since == order.first_sent_at
        assert order.is_unknown_before
        age = abs((datetime.now(UTC) - order.last_sent_at).total_seconds())
        assert age < 3600, "its last try may have been just before"
    database.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE orders SET unknown_since = first_sent_at",
        "UPDATE gifts SET closed_by = 'UABE'",
        "UPDATE requests SET product_code = 'A-GB'",
        "UPDATE requests SET product_name = 'A'",
        "UPDATE requests SET decided_by = requester WHERE state = 'approved'",
        "UPDATE gifts SET state = 'expired' WHERE state = 'delivered'",
        "UPDATE gifts SET reason = 'link_expired' WHERE state = 'delivered'",
        "UPDATE gifts SET state = 'lost'",
        "UPDATE gifts SET request_id = 'nobody knows'",
        "DELETE FROM gifts WHERE state = 'delivered'",
        "UPDATE messages SET request_id = NULL",
        "UPDATE messages SET subject = 'h'",
        "UPDATE messages SET ts = NULL WHERE state = 'sent'",
        "UPDATE message_gifts SET gift_id = 'nobody knows'",
        "UPDATE history SET actor = 'UEVE'",
        "DELETE FROM history",
        "INSERT INTO holds VALUES ('h', 'insufficient_funds', 'POUND', 't', 't', NULL)",
        "INSERT INTO shelves VALUES ('GBR', 'GBP', '[]', 't')",
    ],
)
def test_it_refuses_what_a_new_one_refuses(path: Path, statement: str) -> None:
    """Its checks, its references and its triggers have come along."""
    database = Database(path)
    with pytest.raises(sqlite3.IntegrityError), database.write():
        database.change(statement)
    database.close()


# ---------------------------------------------------------------- when it cannot be


def assert_untouched(path: Path, before: dict[str, list[tuple[Any, ...]]]) -> None:
    """The file is the first version's, with every row, and nothing half done."""
    assert kept(path) == before
    with raw(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("SELECT name FROM _sqlite_migrations").fetchall() == [("first_tables",)]
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert sha256("\n".join(sql for _, sql in schema(path)).encode()).hexdigest() == RELEASED


def test_a_broken_reference_is_refused_and_nothing_is_changed(path: Path) -> None:
    """Whoever starts the bot reads which tables are at fault and what to do; the file is as it was."""
    with raw(path) as connection:
        connection.execute("DELETE FROM requests WHERE id = 'request delivered'")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before, content = kept(path), path.read_bytes()
    for _ in range(2):
        with pytest.raises(DatabaseRefused) as refused:
            Database(path)
        found = "4 rows of gifts, history, messages refer to rows that are missing. Nothing was changed."
        assert str(refused.value).startswith(
            f"{path} is damaged: {found} To restore a backup, move {path} and its -wal"
        )
    assert path.read_bytes() == content
    assert_untouched(path, before)


def test_a_step_that_fails_at_its_end_changes_nothing(path: Path) -> None:
    """Here somebody has a table of the name of the last new one; without it, the file is opened."""
    with raw(path) as connection:
        connection.execute("CREATE TABLE shelves (title TEXT)")
    before = kept(path)
    with pytest.raises(DatabaseRefused, match="cannot be used as a database: table shelves already exists"):
        Database(path)
    with raw(path) as connection:
        connection.execute("DROP TABLE shelves")
    assert_untouched(path, before)
    Database(path).close()


KILLED = """
    import os, pathlib, signal, sys
    from storage import Database
    from storage.migrations import migrations

    @migrations()
    def killed_after_the_last_step(database):
        database.execute("SELECT * FROM shelves")
        database.execute("PRAGMA cache_spill = ON")
        database.execute("CREATE TABLE large AS SELECT zeroblob(10000000)")
        os.kill(os.getpid(), signal.SIGKILL)

    Database(pathlib.Path(sys.argv[1]))
"""


def test_kill_9_in_the_middle_leaves_the_old_file(path: Path) -> None:
    """All steps are one transaction: killed before its end, with pages on the disk already, it never was."""
    before = kept(path)
    script = textwrap.dedent(KILLED)
    child = subprocess.run([sys.executable, "-c", script, path], cwd=ROOT, check=False, capture_output=True)
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()
    assert Path(f"{path}-wal").stat().st_size > 1_000_000, "nothing was half done"
    assert_untouched(path, before)
    Database(path).close()
    assert len(kept(path)["gifts"]) == len(STATES)


# ---------------------------------------------------------------- the story goes on


def turned_back(path: Path) -> None:
    """Let a database of today be one that the first version wrote, with all that it could have known."""
    old = path.with_name("old.db")
    made_by_first_version(old)
    with raw(old) as connection:
        connection.execute("ATTACH ? AS today", (str(path),))
        for table in TABLES:
            names = ", ".join(name for (name,) in columns_of(table))
            only = KNOWN_AT_FIRST.get(table, "")
            connection.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM today.{table} {only}")
    old.replace(path)


async def test_a_gift_that_arrived_before_is_looked_after(office: Office) -> None:
    """Rob got his gift from the first version; the next one sees that he claims it, and shows it to him once more."""
    assert isinstance(office.giftcards, RunaApi)
    async with office.open():
        await office.asks()
        await office.approves()
        link = await office.delivered()
        await office.until("delivered")
        await office.finishes()
    turned_back(office.database)
    async with office.open():
        await office.rests()
        assert office.states() == ["delivered"]
        home = await office.rob.opens_home()
        await office.rob.clicks("Show my gift", home)
        shown = await office.rob.sees("thanks you with a gift")
        await eventually(lambda: shown.links == [link])
        await office.rob.closes()
        office.giftcards.claim(office.giftcards.orders[0])
        office.clock.turn(hours=1)
        await office.until("claimed")
    assert len(office.giftcards.orders) == 1
    assert len([message for message in office.rob.messages() if message.links]) == 1
