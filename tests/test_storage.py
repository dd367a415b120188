"""The database: one file, held by one process, readable by its owner, changed all or nothing, and never rewritten."""

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
from collections.abc import Generator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.gifts.model.audit_event import AuditEvent
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import Closing, Decision, Gift, GiftState, GiftStep, Request, RequestState, RequestStep
from bot.gifts.model.job import Job, JobKind
from bot.gifts.model.money import Money
from bot.gifts.model.notification import Kind, Message, MessageState
from bot.gifts.model.order import Order, key_of
from bot.gifts.model.restoration import Restoration
from storage import Database, DatabaseLost, DatabaseRefused, SqliteStore
from storage.migrations import STEPS

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[1]


class Bell:
    """Counts how often it was rung."""

    def __init__(self) -> None:
        self.rung = 0

    def ring(self) -> None:
        """Ring."""
        self.rung += 1


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database will be."""
    return tmp_path / "giftbot.db"


@pytest.fixture
def database(path: Path) -> Generator[Database]:
    """A new database."""
    database = Database(path)
    yield database
    database.close()


@pytest.fixture
def bell() -> Bell:
    """What new work rings."""
    return Bell()


@pytest.fixture
def store(database: Database, bell: Bell) -> SqliteStore:
    """All tables."""
    return SqliteStore(database, bell.ring)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Generator[SqliteStore]:
    """One database for all the examples of a test: opening costs more than they do."""
    database = Database(tmp_path_factory.mktemp("shelf") / "giftbot.db")
    yield SqliteStore(database, Bell().ring)
    database.close()


def a_request(request_id: str | None = None, *recipients: str, **changes: Any) -> Request:
    """A request that waits, for Rob if nobody is named."""
    request_id = request_id or str(uuid4())
    gifts = tuple(Gift(str(uuid4()), request_id, person, GiftState.WAITING) for person in recipients or ("UROB",))
    return replace(Request(request_id, "UMIA", gifts, Money(2500, "GBP", 2), "GB", "thank you", NOON), **changes)


def kept(store: SqliteStore, request: Request) -> Request:
    """Keep a request, and give it as it was kept."""
    with store.write():
        assert store.requests.add(request)
    found = store.requests.get(request.id)
    assert found
    return found


def an_order(gift: Gift) -> Order:
    """The order of a gift's current attempt, before it is sent."""
    return Order(key_of(gift), gift.id, gift.attempt, '{"é":1}', Money(2500, "GBP", 2), "GB", NOON)


def count(database: Database, table: str) -> int:
    """How many rows a table has."""
    row = database.row(f"SELECT count(*) FROM {table}")
    assert row
    number: int = row[0]
    return number


# ---------------------------------------------------------------- the file


def test_one_database_serves_one_process(path: Path) -> None:
    """A second opening is refused while the first one holds the file, and is fine afterwards."""
    first = Database(path)
    with pytest.raises(DatabaseRefused, match="in use by another giftbot"):
        Database(path)
    first.close()
    Database(path).close()


def test_another_process_is_kept_out_as_well(path: Path) -> None:
    """The lock is the file's, not the process's own."""
    script = "import sys, pathlib, storage\nstorage.Database(pathlib.Path(sys.argv[1]))"
    database = Database(path)
    other = subprocess.run([sys.executable, "-c", script, path], cwd=ROOT, capture_output=True, text=True, check=False)
    database.close()
    assert other.returncode == 1
    assert f"DatabaseRefused: {path} is in use by another giftbot. One database serves one process." in other.stderr


def foreign(path: Path) -> None:
    """Somebody else's database."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")


def newer(path: Path) -> None:
    """A database of a version that is not written yet."""
    Database(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999")


def text(path: Path) -> None:
    """No database at all."""
    path.write_text("Dear diary, " * 100, encoding="utf-8")


def damaged(path: Path) -> None:
    """A database with a hole in it."""
    Database(path).close()
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 4000)


def folder(path: Path) -> None:
    """A folder."""
    path.mkdir()


def pipe(path: Path) -> None:
    """Something that is no file."""
    os.mkfifo(path)


def no_folder(path: Path) -> None:
    """A path through a file."""
    path.parent.rmdir()
    path.parent.write_text("a file", encoding="utf-8")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (foreign, "is a database, but not one of giftbot's"),
        (newer, r"was written by a newer giftbot \(version 999 instead of \d+\)\. Please update"),
        (text, "cannot be used as a database: file is not a database"),
        (damaged, "cannot be used as a database: "),
        (folder, "cannot be opened: Is a directory"),
        (pipe, "cannot be used as a database: it is no ordinary file"),
        (no_folder, "cannot be opened: "),
    ],
)
def test_a_file_that_is_not_ours_is_refused_and_left_alone(tmp_path: Path, make: Any, words: str) -> None:
    """Whoever starts the bot reads which file and why, without a traceback's words; the file stays as it is."""
    path = tmp_path / "data" / "giftbot.db"
    path.parent.mkdir()
    make(path)
    before = path.read_bytes() if path.is_file() else None
    mode = path.stat().st_mode if path.exists() else None
    for _ in range(2):  # a refusal gives the lock back
        with pytest.raises(DatabaseRefused, match=words) as refused:
            Database(path)
        assert str(refused.value).startswith(str(path))
        for word in ("Traceback", "Error", "sqlite3", "Errno", "("):
            assert word not in str(refused.value).replace("(version", "")
    assert (path.read_bytes() if path.is_file() else None) == before
    assert (path.stat().st_mode if path.exists() else None) == mode


def test_only_the_owner_can_read_it(path: Path) -> None:
    """All four files are 0600, even where new files are everybody's."""
    former = os.umask(0)
    try:
        database = Database(path)
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    finally:
        os.umask(former)
    database.close()
    assert modes == {f"giftbot.db{suffix}": 0o600 for suffix in ("", "-wal", "-shm", "-run")}


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("synchronous", 2),
        ("journal_mode", "wal"),
        ("foreign_keys", 1),
        ("busy_timeout", 5000),
        ("trusted_schema", 0),
        ("secure_delete", 1),
        ("application_id", int.from_bytes(b"GIFT", "big")),
        ("user_version", len(STEPS)),
    ],
)
def test_sqlite_is_set_to_be_careful(database: Database, pragma: str, value: object) -> None:
    """A commit survives a power cut, references hold, and what is deleted is gone."""
    row = database.row(f"PRAGMA {pragma}")
    assert row
    assert row[0] == value


def test_every_table_of_ours_is_strict(database: Database) -> None:
    """A column holds what it says."""
    loose = database.rows("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict")
    assert {row["name"] for row in loose} <= {"sqlite_schema", "sqlite_sequence", "_sqlite_migrations"}
    with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT value in INTEGER"), database.write():
        database.change(
            "INSERT INTO work (task, subject, since, due_at, tries) VALUES ('post', 'm', 't', 't', 'a few')"
        )


def test_opening_again_changes_nothing(path: Path) -> None:
    """A new file and one that was opened before have the same tables, and the same rows."""

    def schema() -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()

    first = Database(path)
    request = kept(SqliteStore(first, Bell().ring), a_request())
    first.close()
    fresh = schema()
    second = Database(path)
    assert SqliteStore(second, Bell().ring).requests.get(request.id) == request
    second.close()
    assert schema() == fresh


def test_a_file_at_rest_is_whole_by_itself(path: Path, tmp_path: Path) -> None:
    """After an orderly end nothing is beside it; while it is open, a copy of it alone is refused with the way out."""
    database = Database(path)
    copy = Path(shutil.copy(path, tmp_path / "copy.db"))
    with pytest.raises(DatabaseRefused, match=r"copy\.db-wal is missing, and with it what giftbot kept last"):
        Database(copy)
    database.close()
    assert {file.name for file in tmp_path.iterdir()} == {"giftbot.db", "copy.db"}
    shutil.copy(path, copy)
    Database(copy).close()


def test_a_checkpoint_comes_in_time(path: Path, database: Database, store: SqliteStore) -> None:
    """The -wal does not grow for ever, and begins anew also where it is not the last connection's end that does it."""
    for _ in range(3):
        for _ in range(1000):
            with store.write():
                store.jobs.add(JobKind.POST, "m", NOON)
        assert Path(f"{path}-wal").stat().st_size < 20_000_000
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as alone:
        assert alone.execute("SELECT count(*) FROM work").fetchone() >= (2000,)
    assert count(database, "work") == 3000


def test_a_checkpoint_by_another_program_is_not_an_accident(path: Path, database: Database, store: SqliteStore) -> None:
    """Whoever looks with sqlite3 may make one; the next look takes note of it, and a kill after it loses nothing."""
    request = kept(store, a_request())
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.look()
    with store.write():
        store.jobs.add(JobKind.POST, "m", NOON)
    crashed = path.with_name("crashed.db")
    for suffix in ("", "-wal", "-run"):
        shutil.copy(f"{path}{suffix}", f"{crashed}{suffix}")
    again = Database(crashed)
    assert SqliteStore(again, Bell().ring).requests.get(request.id) == request
    assert count(again, "work") == 1
    again.close()


@pytest.mark.parametrize(
    ("pragma", "words"),
    [
        ("query_only = ON", "it cannot be written to any more. Look whether its disk has become read-only."),
        ("max_page_count = 1", "there is no room left on its disk. Make room, and start again."),
    ],
)
def test_what_cannot_be_kept_is_said_and_the_end(path: Path, pragma: str, words: str) -> None:
    """From the first write that the file does not take, nothing is accepted any more, also when it could be again."""
    database = Database(path)
    store = SqliteStore(database, Bell().ring)
    request = kept(store, a_request())
    database.rows(f"PRAGMA {pragma}")
    for _ in range(2):
        with pytest.raises(DatabaseLost) as lost:
            kept(store, a_request(note="x" * 100_000))
        assert str(lost.value) == f"{path}: {words}"
        database.rows("PRAGMA query_only = OFF")
    with pytest.raises(DatabaseLost):
        database.look()
    database.close()
    again = Database(path)
    assert SqliteStore(again, Bell().ring).requests.get(request.id) == request
    assert count(again, "requests") == 1
    again.close()


# ---------------------------------------------------------------- transactions


def test_an_error_undoes_everything(database: Database, store: SqliteStore) -> None:
    """A request, its history and its work are kept together, or not at all."""
    request = a_request()

    def interrupted() -> None:
        with store.write():
            store.requests.add(request)
            store.jobs.add(JobKind.POST, "m", NOON)
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        interrupted()
    assert [count(database, table) for table in ("requests", "gifts", "history", "work")] == [0, 0, 0, 0]
    kept(store, request)


@pytest.mark.parametrize("signal_", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_an_interruption_undoes_everything_as_well(
    database: Database, store: SqliteStore, signal_: type[BaseException]
) -> None:
    """Ctrl-C in the middle is like any other error."""

    def interrupted() -> None:
        with store.write():
            store.requests.add(a_request())
            raise signal_

    with pytest.raises(signal_):
        interrupted()
    assert count(database, "requests") == 0


def test_a_transaction_inside_another_is_a_part_of_it(path: Path, database: Database, store: SqliteStore) -> None:
    """Nothing is on disk before the outer one ends, and its error undoes the inner one."""

    def two_in_one(divisor: int) -> None:
        with store.write():
            with store.write():
                store.requests.add(a_request())
            assert other.execute("SELECT count(*) FROM requests").fetchone() == (0,)
            store.requests.add(a_request())
            _ = 1 / divisor

    with closing(sqlite3.connect(path)) as other:
        with pytest.raises(ZeroDivisionError):
            two_in_one(0)
        assert count(database, "requests") == 0
        two_in_one(1)
        assert other.execute("SELECT count(*) FROM requests").fetchone() == (2,)


def test_nothing_changes_outside_a_transaction(database: Database, store: SqliteStore) -> None:
    """A change belongs into write(), where its history and its work are."""
    with pytest.raises(AssertionError, match="write"):
        store.requests.add(a_request())
    with pytest.raises(AssertionError, match="write"):
        store.jobs.add(JobKind.POST, "m", NOON)
    assert count(database, "requests") == count(database, "work") == 0


def test_after_a_commit_that_failed_the_next_one_is_kept(path: Path, database: Database, store: SqliteStore) -> None:
    """A commit that the disk (here: a reference) refuses is undone, and does not swallow what comes after it."""

    def refused_at_its_end() -> None:
        with store.write():
            database.change("PRAGMA defer_foreign_keys = ON")
            store.audit_log.add(NOON, "UMIA", AuditEvent.REQUEST, "no such request")

    with pytest.raises(sqlite3.IntegrityError):
        refused_at_its_end()
    request = a_request()
    with store.write():
        store.requests.add(request)
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT id FROM requests").fetchall() == [(request.id,)]
        assert other.execute("SELECT count(*) FROM history").fetchone() == (1,)


def test_the_first_error_is_the_one_that_is_told(database: Database, store: SqliteStore) -> None:
    """Where SQLite has undone the transaction by itself, its own error is seen, not that there is nothing to undo."""

    def undone_by_sqlite() -> None:
        with store.write():
            store.jobs.add(JobKind.POST, "m", NOON)
            database.change("INSERT OR ROLLBACK INTO work SELECT * FROM work")

    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        undone_by_sqlite()
    assert count(database, "work") == 0


@pytest.mark.parametrize("statement", ["UPDATE history SET actor = 'UEVE'", "DELETE FROM history"])
def test_the_history_is_only_ever_added_to(database: Database, store: SqliteStore, statement: str) -> None:
    """Neither a line changed nor a line deleted."""
    kept(store, a_request())
    before = [tuple(row) for row in database.rows("SELECT * FROM history")]
    with pytest.raises(sqlite3.IntegrityError, match="only ever added to"), database.write():
        database.change(statement)
    assert [tuple(row) for row in database.rows("SELECT * FROM history")] == before


KILLED = """
    import os, pathlib, signal, sys
    from storage import Database, SqliteStore
    from tests.test_storage import a_request

    store = SqliteStore(Database(pathlib.Path(sys.argv[1])), lambda: None)
    with store.write():
        store.requests.add(a_request("committed"))
    with store.write():
        for number in range(200):
            store.requests.add(a_request(f"half-way-{number}", note="x" * 1000))
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_kill_9_in_the_middle_leaves_the_file_clean(path: Path) -> None:
    """What was committed is there, what was not is gone, and the file is whole and free to be opened."""
    script = textwrap.dedent(KILLED)
    child = subprocess.run([sys.executable, "-c", script, path], cwd=ROOT, check=False, capture_output=True)
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()
    database = Database(path)
    assert [tuple(row) for row in database.rows("PRAGMA integrity_check")] == [("ok",)]
    assert [row["id"] for row in database.rows("SELECT id FROM requests")] == ["committed"]
    database.close()


def test_after_a_kill_the_file_is_read_through(path: Path) -> None:
    """A page that the disk has spoiled meanwhile is found before anything is changed, and the way out is said."""
    script = textwrap.dedent(KILLED)
    subprocess.run([sys.executable, "-c", script, path], cwd=ROOT, check=False, capture_output=True)
    found = path.stat()
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as alone:
        (page,) = alone.execute("SELECT rootpage FROM sqlite_master WHERE name = 'holds'").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * 4096)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    before = path.read_bytes()
    with pytest.raises(DatabaseRefused, match=r"malformed\. Nothing was changed\. To restore a backup, move"):
        Database(path)
    assert path.read_bytes() == before


# ---------------------------------------------------------------- requests and gifts


def test_a_request_that_is_known_changes_nothing(database: Database, store: SqliteStore) -> None:
    """A form that is submitted twice is one request, and the first one counts."""
    request = kept(store, a_request())
    second = replace(request, note="something else", value=Money(9900, "GBP", 2))
    with store.write():
        assert not store.requests.add(second)
    assert store.requests.get(request.id) == request
    assert [count(database, table) for table in ("requests", "gifts", "history")] == [1, 1, 1]


def test_the_second_decision_is_too_late(database: Database, store: SqliteStore) -> None:
    """Of two approvers who read the same pending request, one decides; the other changes nothing and writes nothing."""
    request = kept(store, a_request())
    with store.write():
        assert store.requests.move(request, RequestStep.APPROVE, "UABE", NOON)
        assert not store.requests.move(request, RequestStep.DECLINE, "UANA", NOON, "too late")
    decided = store.requests.get(request.id)
    assert decided
    assert (decided.state, decided.decision) == (RequestState.APPROVED, Decision("UABE", NOON))
    assert [tuple(row) for row in database.rows("SELECT actor, event FROM history")] == [
        ("UMIA", "request"),
        ("UABE", "approve"),
    ]
    with store.write():
        assert not store.requests.move(decided, RequestStep.CANCEL, "UMIA", NOON)


def test_a_request_is_never_approved_by_who_asked(store: SqliteStore) -> None:
    """Even if all else failed, the table refuses it."""
    request = kept(store, a_request())
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"), store.write():
        store.requests.move(request, RequestStep.APPROVE, "UMIA", NOON)


def test_a_gift_moves_from_where_it_was_read_or_not_at_all(database: Database, store: SqliteStore) -> None:
    """A gift that somebody else has moved stays where they moved it, without a line in the history."""
    (gift,) = kept(store, a_request()).gifts
    with store.write():
        assert store.gifts.move(gift, GiftStep.APPROVE, "UABE", NOON)
        assert not store.gifts.move(gift, GiftStep.APPROVE, "UANA", NOON)
        assert not store.gifts.move(gift, GiftStep.DROP, "UANA", NOON)
    found = store.gifts.get(gift.id)
    assert found
    assert found.state is GiftState.APPROVED
    assert count(database, "history") == 2


def test_a_gift_of_an_earlier_attempt_is_out_of_date(store: SqliteStore) -> None:
    """After a second attempt began, nobody who still looks at the first one can move the gift."""
    (gift,) = kept(store, a_request()).gifts
    with store.write():
        store.gifts.move(gift, GiftStep.APPROVE, "UABE", NOON)
        first = replace(gift, state=GiftState.APPROVED)
        store.gifts.move(first, GiftStep.FAIL, "giftbot", NOON, Reason.INSUFFICIENT_FUNDS, "400")
        failed = store.gifts.get(gift.id)
        assert failed == replace(gift, state=GiftState.FAILED, reason=Reason.INSUFFICIENT_FUNDS)
        assert store.gifts.move(failed, GiftStep.ORDER_ANEW, "UABE", NOON)
        second = store.gifts.get(gift.id)
        assert second == replace(gift, state=GiftState.APPROVED, attempt=2, attempt_at=NOON)
        assert not store.gifts.move(first, GiftStep.FAIL, "giftbot", NOON, Reason.NO_ANSWER)
        assert store.gifts.move(second, GiftStep.PLACE, "giftbot", NOON)


def test_a_gift_stops_only_with_a_reason(store: SqliteStore) -> None:
    """Whoever looks at a gift that stopped can always be told why."""
    (gift,) = kept(store, a_request()).gifts
    approved = replace(gift, state=GiftState.APPROVED)
    with store.write():
        store.gifts.move(gift, GiftStep.APPROVE, "UABE", NOON)
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"), store.write():
        store.gifts.move(approved, GiftStep.PARK, "giftbot", NOON)


def test_nobody_gets_two_gifts_of_one_request(store: SqliteStore) -> None:
    """A recipient who is named twice is refused."""
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"), store.write():
        store.requests.add(a_request("r", "UROB", "UROB"))


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
OFFSETS = st.builds(timezone, st.integers(-1439, 1439).map(lambda minutes: timedelta(minutes=minutes)))
PEOPLE = st.lists(st.from_regex("[UW][A-Z0-9]{2,12}", fullmatch=True), min_size=1, max_size=25, unique=True)


@settings(max_examples=30, deadline=None)
@given(
    note=ANY_TEXT | st.sampled_from(["\x00", "a\x00b", "\ufeff", "\u202e", "\U0010ffff", "'; DROP TABLE gifts; --"]),
    recipients=PEOPLE,
    minor=st.integers(1, 10**12),
    created_at=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=OFFSETS),  # noqa: DTZ001 - bounds
    announce_in=st.none() | st.just("C0GENERAL"),
    source=st.none() | ANY_TEXT,
)
def test_a_request_comes_back_as_it_was(
    shelf: SqliteStore,
    note: str,
    recipients: list[str],
    minor: int,
    created_at: datetime,
    announce_in: str | None,
    source: str | None,
) -> None:
    """Whatever somebody wrote, and in whatever time zone, is read again exactly."""
    request = replace(
        a_request(None, *recipients),
        note=note,
        value=Money(minor, "JPY", 0),
        created_at=created_at,
        announce_in=announce_in,
        source=source,
    )
    assert kept(shelf, request) == request


def test_people_see_their_own_lists(store: SqliteStore) -> None:
    """One's own newest first; what waits longest first, and nothing in which one has a part."""
    old = kept(store, a_request("old", "UROB"))
    new = kept(store, a_request("new", "UABE", created_at=NOON + timedelta(hours=1)))
    mid = kept(store, a_request("mid", "UEVE", requester="UANA", created_at=NOON + timedelta(minutes=1)))
    requests, lists = store.requests, store.listings
    with store.write():
        for request in (old, new, mid):
            requests.wait_for(request, "approvers")
    assert list(lists.asked_by("UMIA", 8)) == [new, old]
    assert list(lists.asked_by("UMIA", 1)) == [new]
    assert list(lists.undecided("UABE", {"approvers"}, 8)) == [old, mid]
    assert list(lists.undecided("UANA", {"approvers"}, 8)) == [old, new]
    assert list(lists.undecided("UMIA", {"approvers"}, 8)) == [mid]
    assert list(lists.in_trouble("UABE", 8)) == []
    (gift,) = old.gifts
    with store.write():
        requests.move(old, RequestStep.APPROVE, "UABE", NOON)
        store.gifts.move(gift, GiftStep.APPROVE, "UABE", NOON)
        store.gifts.move(replace(gift, state=GiftState.APPROVED), GiftStep.PARK, "giftbot", NOON, Reason.NO_ANSWER)
    assert [line.request.id for line in lists.in_trouble("UABE", 8)] == ["old"]
    assert list(lists.in_trouble("UROB", 8)) == []
    assert list(lists.undecided("UABE", {"approvers"}, 8)) == [mid]


# ---------------------------------------------------------------- orders, messages, work


def test_an_order_is_kept_byte_for_byte(store: SqliteStore) -> None:
    """What is sent again is what was sent first."""
    (gift,) = kept(store, a_request()).gifts
    order = an_order(gift)
    assert store.orders.get(gift) is None
    with store.write():
        store.orders.add(order)
    assert store.orders.get(gift) == order
    assert store.orders.get(replace(gift, attempt=2)) is None
    with pytest.raises(sqlite3.IntegrityError), store.write():
        store.orders.add(replace(order, body="another body"))
    assert store.orders.get(gift) == order


def test_one_order_belongs_to_one_gift(store: SqliteStore) -> None:
    """A provider's id that another gift has already is refused, and both orders stay as they were."""
    first, second = kept(store, a_request("r", "UROB", "UEVE")).gifts
    with store.write():
        store.orders.add(an_order(first))
        store.orders.add(an_order(second))
        assert store.orders.placed(an_order(first), "O-1")
        assert store.orders.placed(an_order(first), "O-1")
        assert not store.orders.placed(an_order(second), "O-1")
    assert store.orders.get(first) == replace(an_order(first), provider_id="O-1")
    assert store.orders.get(second) == an_order(second)


def test_an_order_is_unknown_from_before_it_is_sent_until_that_is_cleared(store: SqliteStore) -> None:
    """Since the earliest send of which it is not known what became of it, however often it is sent again."""
    (gift,) = kept(store, a_request()).gifts
    later, latest = NOON + timedelta(minutes=1), NOON + timedelta(minutes=2)
    first = replace(an_order(gift), unknown_since=NOON)
    with store.write():
        store.orders.add(first)
    assert store.orders.get(gift) == first
    assert not first.is_unknown_before
    with store.write():
        again = store.orders.send_again(first, later)
    assert again == store.orders.get(gift) == replace(first, sent_again_at=later)
    assert (again.is_unknown_before, again.last_sent_at) == (True, later)
    with store.write():
        assert not store.orders.clear(first), "it was sent again since"
        assert store.orders.clear(again)
        third = store.orders.send_again(again, latest)
    assert third == replace(first, unknown_since=latest, sent_again_at=latest)
    assert not third.is_unknown_before
    with store.write():
        assert store.orders.placed(third, "O-1")
        assert not store.orders.clear(third), "an order that exists is not cleared"
    assert store.orders.get(gift) == replace(third, provider_id="O-1", unknown_since=None)


def test_an_order_that_was_only_found_is_kept_as_well(store: SqliteStore) -> None:
    """It was sent in a time that the database has lost; another gift's order is not taken for it."""
    first, second = kept(store, a_request("r", "UROB", "UEVE")).gifts
    with store.write():
        assert store.orders.placed(an_order(first), "O-1")
        assert not store.orders.placed(an_order(second), "O-1")
    assert store.orders.get(first) == replace(an_order(first), provider_id="O-1")
    assert store.orders.get(second) is None


def test_a_closed_gift_says_by_whom_and_why(store: SqliteStore) -> None:
    """As long as the record is kept."""
    (gift,) = kept(store, a_request()).gifts
    with store.write():
        store.gifts.close(gift, Closing("UABE", "they have left"))
    assert store.gifts.get(gift.id) == replace(gift, closing=Closing("UABE", "they have left"))


def test_the_backup_that_was_noticed_last_counts(store: SqliteStore) -> None:
    """Each is kept."""
    assert store.restorations.last() is None
    first = Restoration("b", NOON, NOON - timedelta(days=1))
    second = Restoration("a", NOON + timedelta(days=1), NOON)
    with store.write():
        store.restorations.add(first)
        store.restorations.add(second)
    assert store.restorations.last() == second
    assert store.restorations.get("b") == first
    assert store.restorations.get("c") is None


def test_the_first_message_and_the_latest_are_found(store: SqliteStore) -> None:
    """The first one that was sent, and any of the latest."""
    assert store.notifications.first() is None
    request = kept(store, a_request())
    messages = [Message(name, Kind.CARD, request.id, (), "UABE") for name in ("m1", "m2", "m3")]
    with store.write():
        for message in messages:
            store.notifications.add(message)
        sent = replace(messages[1], state=MessageState.SENT, channel="D1", ts="1.1")
        store.notifications.save(sent)
    assert store.notifications.first() == sent
    assert list(store.notifications.latest(2)) == [messages[2], sent]


def test_a_message_comes_back_as_it_was(store: SqliteStore) -> None:
    """How far it has come, where it is, and which gifts it is about."""
    request = kept(store, a_request("r", "UROB", "UEVE"))
    first, second = request.gifts
    message = Message("m", Kind.TROUBLE, "r", (first.id,), "UABE")
    with store.write():
        store.notifications.add(message)
        store.notifications.add_gift(message, second.id)
        store.notifications.add_gift(message, second.id)
    found = store.notifications.get("m")
    assert found
    assert set(found.gift_ids) == {first.id, second.id}
    assert replace(found, gift_ids=message.gift_ids) == message
    sent = replace(found, state=MessageState.SENT, channel="D1", ts="1.2", sending_since=NOON)
    with store.write():
        store.notifications.save(sent)
    assert store.notifications.get("m") == sent
    assert store.notifications.is_at("D1", "1.2")
    assert list(store.notifications.about("r", Kind.TROUBLE)) == [sent]
    assert list(store.notifications.about("r", Kind.CARD)) == []
    assert not store.notifications.is_at("D1", "1.3")
    assert store.notifications.get("no such message") is None


@pytest.mark.parametrize("changes", [{"state": MessageState.SENT}, {"channel": "D1", "ts": "1.2"}])
def test_only_a_sent_message_has_an_address(store: SqliteStore, changes: dict[str, Any]) -> None:
    """A message that was sent can be found again; one that was not cannot be mistaken for it."""
    kept(store, a_request("r"))
    message = Message("m", Kind.CARD, "r", (), "UABE")
    with store.write():
        store.notifications.add(message)
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"), store.write():
        store.notifications.save(replace(message, **changes))


def test_work_is_done_when_it_is_due(store: SqliteStore, bell: Bell) -> None:
    """Longest waiting first, each kind on its own; postponed work comes again, done work never."""
    later = NOON + timedelta(seconds=30)
    with store.write():
        store.jobs.add(JobKind.POST, "second", NOON + timedelta(seconds=1))
        store.jobs.add(JobKind.POST, "first", NOON)
        store.jobs.add(JobKind.POST, "not yet", later)
        store.jobs.add(JobKind.ORDER, "another kind", NOON)
    assert bell.rung == 4
    in_a_second = NOON + timedelta(seconds=1)
    first, second = store.jobs.due({JobKind.POST}, in_a_second, 8)
    assert (first.subject, first.since, first.tries) == ("first", NOON, 0)
    assert second.subject == "second"
    assert list(store.jobs.due({JobKind.POST}, in_a_second, 1)) == [first]
    assert store.jobs.next_due({JobKind.POST}, in_a_second) == later
    with store.write():
        store.jobs.retry_later(first, later + timedelta(days=1), "Slack is slow")
        store.jobs.done(second)
    assert list(store.jobs.due({JobKind.POST}, in_a_second, 8)) == []
    assert [work.subject for work in store.jobs.due({JobKind.POST}, later, 8)] == ["not yet"]
    (again,) = [work for work in store.jobs.due({JobKind.POST}, NOON + timedelta(days=9), 8) if work.id == first.id]
    assert again == Job(first.id, JobKind.POST, "first", NOON, later + timedelta(days=1), tries=1)
    assert store.jobs.next_due({JobKind.ORDER}, NOON) is None


def test_the_number_of_done_work_is_not_used_again(store: SqliteStore) -> None:
    """An outcome that comes late cannot strike off something else."""
    with store.write():
        store.jobs.add(JobKind.POST, "first", NOON)
    (first,) = store.jobs.due({JobKind.POST}, NOON, 8)
    with store.write():
        store.jobs.done(first)
        store.jobs.add(JobKind.POST, "second", NOON)
        store.jobs.done(first)
    (second,) = store.jobs.due({JobKind.POST}, NOON, 8)
    assert (second.subject, second.id > first.id) == ("second", True)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=OFFSETS))  # noqa: DTZ001 - bounds
@settings(max_examples=20, deadline=None)
def test_times_are_compared_as_moments(shelf: SqliteStore, due_at: datetime) -> None:
    """Work is due at a moment, whatever the time zone it was written in."""
    with shelf.write():
        shelf.jobs.add(JobKind.REFRESH, "m", due_at)
    moment = due_at.astimezone(timezone(timedelta(hours=-7)))
    found = shelf.jobs.due({JobKind.REFRESH}, moment, 1)
    with shelf.write():
        for work in found:
            shelf.jobs.done(work)
    assert [work.since for work in found] == [due_at]
    with suppress(OverflowError):
        assert not shelf.jobs.due({JobKind.REFRESH}, moment - timedelta(microseconds=1), 1)
