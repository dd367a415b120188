"""The history shows tampering: on real files, by somebody who can write to them and has switched the triggers off.

What has to be found: a line that was edited, deleted, moved, slipped in or forged at the end, and lines cut off at the
end. The last needs a head that was noted outside the database; so does a history that was sealed anew as a whole.
"""

import asyncio
import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlite_utils import Database as SqliteUtils
from sqlite_utils import Migrations

from bot.gifts.model.audit_event import AuditEvent
from bot.gifts.model.audit_head import Head
from bot.tools.audit import verify
from storage import Database, DatabaseRefused, SqliteStore
from storage.migrations.m0001_initial import first_tables
from storage.start_check import APPLICATION_ID
from tests.harness.office import AUDIT_KEY, Office
from tests.test_storage import a_request

KEY = SecretStr("a key that is kept far away from the database")
OTHER_KEY = SecretStr("another key, of somebody who has no part in it")
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
LINES = 10


def _writes(store: SqliteStore, lines: int) -> None:
    request = a_request()
    with store.write():
        store.requests.add(request)  # a line of its own
        for number in range(1, lines):
            at = NOON + timedelta(minutes=number)
            store.audit_log.add(at, "UABE", AuditEvent.REFUSED, request.id, detail=f"refusal {number}")


def _opened(path: Path, key: SecretStr | None = KEY) -> None:
    """Start with a database, and stop."""
    database = Database(path)
    try:
        SqliteStore(database, lambda: None, key)
    finally:
        database.close()


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with ten lines of sealed history."""
    path = tmp_path_factory.mktemp("original") / "giftbot.db"
    database = Database(path)
    _writes(SqliteStore(database, lambda: None, KEY), LINES)
    database.close()
    return path


@pytest.fixture
def path(original: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copy(original, tmp_path / "giftbot.db"))


def _noted(path: Path) -> Head:
    """The head as somebody notes it who reads what verify prints."""
    fits, words = verify(path, KEY, None)
    assert fits
    head, count = re.findall(r"^(?:Head|Count): +(\w+)$", words, re.MULTILINE)
    return Head(int(count), head)


def _tampers(path: Path, *statements: str) -> None:
    """Change the file as somebody does who knows how it is made."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER history_is_not_edited")
        connection.execute("DROP TRIGGER history_is_not_deleted")
        for statement in statements:
            connection.execute(statement)


FORGED = (
    "INSERT INTO history SELECT {id}, at, 'UEVE', event, request_id, gift_id, detail FROM history WHERE id = {after}"
)
TAMPERINGS = {
    "the first line edited": (
        ["UPDATE history SET actor = 'UEVE' WHERE id = 1"],
        "the first line does not fit its seal: it was changed, or GIFTBOT_AUDIT_KEY is not the key",
    ),
    "a line edited": (["UPDATE history SET actor = 'UEVE' WHERE id = 5"], "line 5 does not fit its seal"),
    "the last line edited": (["UPDATE history SET detail = '' WHERE id = 10"], "line 10 does not fit its seal"),
    "a letter moved to the next column": (
        ["UPDATE history SET actor = 'UABEr', event = 'efused' WHERE id = 5"],
        "line 5 does not fit its seal",
    ),
    "no gift made of an empty one": (
        ["PRAGMA foreign_keys = OFF", "UPDATE history SET gift_id = '' WHERE id = 5"],
        "line 5 does not fit its seal",
    ),
    "a line deleted": (["DELETE FROM history WHERE id = 5"], "line 5 was deleted; only its seal is left"),
    "a line and its seal deleted": (
        ["DELETE FROM seals WHERE line = 5", "DELETE FROM history WHERE id = 5"],
        "line 6 does not fit its seal",
    ),
    "the first line and its seal deleted": (
        ["DELETE FROM seals WHERE line = 1", "DELETE FROM history WHERE id = 1"],
        "the first line does not fit its seal",
    ),
    "a line deleted, and the others moved up": (
        [
            "DELETE FROM seals WHERE line = 5",
            "DELETE FROM history WHERE id = 5",
            "UPDATE seals SET line = line - 1 WHERE line > 5",
            "UPDATE history SET id = id - 1 WHERE id > 5",
        ],
        "line 5 does not fit its seal",
    ),
    "two lines swapped": (
        [
            "UPDATE history SET id = -4 WHERE id = 4",
            "UPDATE history SET id = 4 WHERE id = 5",
            "UPDATE history SET id = 5 WHERE id = -4",
        ],
        "line 4 does not fit its seal",
    ),
    "two lines swapped with their seals": (
        [
            f"UPDATE {table} SET {number} = {new} WHERE {number} = {old}"
            for table, number in (("history", "id"), ("seals", "line"))
            for old, new in ((4, -4), (5, 4), (-4, 5))
        ],
        "line 4 does not fit its seal",
    ),
    "a line forged at the end": ([FORGED.format(id=11, after=10)], "line 11 has no seal: giftbot did not write it"),
    "a line forged at the end with a seal of another line": (
        [FORGED.format(id=11, after=10), "INSERT INTO seals SELECT 11, seal FROM seals WHERE line = 10"],
        "line 11 does not fit its seal",
    ),
    "a line forged before the first": ([FORGED.format(id=0, after=1)], "line 0 has no seal"),
    "a seal deleted": (["DELETE FROM seals WHERE line = 5"], "line 5 has no seal"),
    "all seals deleted": (["DELETE FROM seals"], "line 1 has no seal"),
    "everything deleted but the seals": (["PRAGMA foreign_keys = OFF", "DELETE FROM history"], "line 1 was deleted"),
}


@pytest.mark.parametrize(("statements", "words"), TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_tampering_is_found(path: Path, statements: list[str], words: str) -> None:
    """The first line that does not fit is named, with what that means."""
    noted = _noted(path)
    _tampers(path, *statements)
    for head in (None, noted):
        fits, said = verify(path, KEY, head)
        assert not fits
        assert f"The history is not as it was written: {words}" in said


def test_what_was_not_touched_fits(path: Path) -> None:
    """Without tampering nothing is found, also when only the triggers are gone, and it is said how much fits."""
    noted = _noted(path)
    _tampers(path)
    assert verify(path, KEY, None)[1].startswith("10 lines are as written, since 2030-01-01 12:00 UTC.")
    fits, said = verify(path, KEY, noted)
    assert fits
    assert "So are the 10 whose head was noted." in said


@pytest.mark.parametrize("left", [9, 1, 0])
def test_lines_cut_off_at_the_end_are_found_with_a_noted_head(path: Path, left: int) -> None:
    """What is left fits by itself; the head that was noted earlier shows that there was more."""
    noted = _noted(path)
    _tampers(path, f"DELETE FROM seals WHERE line > {left}", f"DELETE FROM history WHERE id > {left}")
    assert verify(path, KEY, None)[0]
    fits, said = verify(path, KEY, noted)
    assert not fits
    assert f"line {left + 1} is missing, and maybe more" in said


def test_lines_cut_off_and_others_written_since_are_found(path: Path) -> None:
    """A restored backup, or a cut one, that giftbot has gone on with is not the history whose head was noted."""
    noted = _noted(path)
    _tampers(path, "DELETE FROM seals WHERE line > 7", "DELETE FROM history WHERE id > 7")
    database = Database(path)
    _writes(SqliteStore(database, lambda: None, KEY), 5)
    database.close()
    assert verify(path, KEY, None)[0]
    fits, said = verify(path, KEY, noted)
    assert not fits
    assert "fits, but not the head that was noted" in said


def test_a_history_that_was_sealed_anew_is_found_with_a_noted_head(path: Path) -> None:
    """Somebody changes a line, deletes all seals, and waits for giftbot to start: the noted head shows it."""
    noted = _noted(path)
    _tampers(path, "UPDATE history SET actor = 'UEVE' WHERE id = 5", "DELETE FROM seals")
    _opened(path)
    assert verify(path, KEY, None)[0]
    fits, said = verify(path, KEY, noted)
    assert not fits
    assert "line 10 fits, but not the head that was noted" in said


def test_a_head_stays_good_while_the_history_grows(path: Path) -> None:
    """What was noted once can be compared for ever."""
    noted = _noted(path)
    database = Database(path)
    _writes(SqliteStore(database, lambda: None, KEY), 5)
    database.close()
    fits, said = verify(path, KEY, noted)
    assert fits
    assert "15 lines are as written" in said
    assert "So are the 10 whose head was noted." in said


def test_another_key_seals_nothing_and_checks_nothing(path: Path) -> None:
    """With a key that did not seal it, nothing fits, and giftbot does not go on with it; without any, neither."""
    assert not verify(path, OTHER_KEY, None)[0]
    with pytest.raises(DatabaseRefused, match="GIFTBOT_AUDIT_KEY is not the key that sealed it"):
        _opened(path, OTHER_KEY)
    with pytest.raises(DatabaseRefused, match="set GIFTBOT_AUDIT_KEY to the key that sealed it"):
        _opened(path, None)
    _opened(path)
    assert verify(path, KEY, None)[1].startswith("10 lines are as written")


@pytest.mark.parametrize(
    "name", ["the last line edited", "a line forged at the end", "everything deleted but the seals"]
)
def test_giftbot_does_not_go_on_after_an_end_that_was_tampered_with(path: Path, name: str) -> None:
    """It would put its own good seals after a forgery; who runs it is told, and where to look."""
    _tampers(path, *TAMPERINGS[name][0])
    with pytest.raises(DatabaseRefused, match="somebody else has written to the database"):
        _opened(path)


def test_a_forged_line_is_not_sealed_by_the_lines_after_it(path: Path) -> None:
    """Somebody adds a line beside the running bot; what giftbot writes next does not make it a good one."""
    database = Database(path)
    store = SqliteStore(database, lambda: None, KEY)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(FORGED.format(id=11, after=10))
    _writes(store, 5)
    database.close()
    fits, said = verify(path, KEY, None)
    assert not fits
    assert "line 11 has no seal" in said


def test_a_line_and_its_seal_are_kept_together_or_not_at_all(path: Path) -> None:
    """What is undone leaves no seal behind, and the chain goes on where it was."""
    database = Database(path)
    store = SqliteStore(database, lambda: None, KEY)

    def undone() -> None:
        with store.write():
            _writes(store, 3)
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        undone()
    _writes(store, 3)
    database.close()
    assert verify(path, KEY, None)[1].startswith("13 lines are as written")


def _first_version(path: Path) -> None:
    """A database as the first version left it, with a history."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        database = SqliteUtils(connection, execute_plugins=False)
        migrations = Migrations("giftbot")
        migrations()(first_tables)
        migrations.apply(database)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
        connection.execute(
            "INSERT INTO requests (id, requester, value_minor, currency, country, note, state, created_at)"
            " VALUES ('r', 'UMIA', 2500, 'GBP', 'GB', '', 'pending', '2030-01-01T12:00:00.000000+00:00')"
        )
        for _ in range(3):
            connection.execute(
                "INSERT INTO history (at, actor, event, request_id, detail)"
                " VALUES ('2030-01-01T12:00:00.000000+00:00', 'UMIA', 'request', 'r', '')"
            )


@pytest.mark.parametrize("starts_without_a_key", [0, 1])
def test_a_history_of_before_is_sealed_at_the_first_start_with_a_key(tmp_path: Path, starts_without_a_key: int) -> None:
    """Lines of an earlier version, or from before there was a key, are sealed as they are then."""
    path = tmp_path / "giftbot.db"
    _first_version(path)
    with pytest.raises(DatabaseRefused, match="has no seals yet: giftbot run makes them"):
        verify(path, KEY, None)
    for _ in range(starts_without_a_key):
        _opened(path, None)
        assert "line 1 has no seal" in verify(path, KEY, None)[1]
    _opened(path)
    assert verify(path, KEY, None)[1].startswith("3 lines are as written")
    _tampers(path, "UPDATE history SET actor = 'UEVE' WHERE id = 2")
    assert not verify(path, KEY, None)[0]


def test_an_empty_history_fits(tmp_path: Path) -> None:
    """Before the first request there is nothing to find."""
    _opened(tmp_path / "giftbot.db")
    assert verify(tmp_path / "giftbot.db", KEY, None)[1].startswith("no line yet.")


@pytest.mark.parametrize("make", [Path.touch, lambda path: path.write_bytes(b"no database" * 1000), lambda _: None])
def test_what_is_no_history_is_refused(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """An empty file, another file, or none: said in a sentence, and nothing is left behind."""
    make(tmp_path / "giftbot.db")
    before = [*tmp_path.iterdir()]
    with pytest.raises(DatabaseRefused):
        verify(tmp_path / "giftbot.db", KEY, None)
    assert [*tmp_path.iterdir()] == before


async def _command(office: Office, *options: str, **environment: str) -> tuple[int | None, str]:
    """`giftbot audit verify` as an auditor calls it, who has neither Slack's tokens nor the service's key."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "audit", "verify", *options,
        cwd=office.folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "GIFTBOT_DATABASE": str(office.database),
            "GIFTBOT_AUDIT_KEY": AUDIT_KEY,
            **environment,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode, output.decode()


async def test_the_command_tells_an_auditor(office: Office) -> None:
    """Beside the running bot the history of a real gift fits; changed afterwards, the command says where, and fails."""
    async with office.open():
        await office.asks()
        await office.approves()
        await office.delivered()
        await office.rests()
        code, said = await _command(office)
        lines = len(office.ledger.all_events())
        assert (code, said.split(",")[0]) == (0, f"{lines} lines are as written")
    head, count = re.findall(r"^(?:Head|Count): +(\w+)$", said, re.MULTILINE)
    assert int(count) == lines >= 5
    assert (await _command(office, "--head", head, "--count", count))[0] == 0
    _tampers(office.database, f"UPDATE history SET actor = '{office.eve.id}' WHERE event = 'approve'")
    code, said = await _command(office)
    assert code == 1
    assert "does not fit its seal" in said
    assert AUDIT_KEY not in said


async def test_the_command_says_what_it_needs(office: Office) -> None:
    """A key, a database, and a head with its count; each in a sentence."""
    code, said = await _command(office, GIFTBOT_AUDIT_KEY="")
    assert code == 2
    assert "  GIFTBOT_AUDIT_KEY is missing" in said
    code, said = await _command(office, GIFTBOT_AUDIT_KEY="too short")
    assert code == 2
    assert "GIFTBOT_AUDIT_KEY: has to have at least 32 characters" in said
    assert "too short" not in said
    code, said = await _command(office)
    assert code == 1
    assert said == f"{office.database} cannot be read as a database: unable to open database file.\n"
    code, said = await _command(office, "--head", "abc")
    assert code == 2
    assert "--head and --count belong together" in said


async def test_a_restart_without_the_key_is_refused(office: Office) -> None:
    """Once sealed, always sealed: an operator who forgot the key is told so, and the bot does not start."""
    async with office.open():
        await office.asks()
    process = await office.process(giftbot_audit_key="")
    assert await asyncio.wait_for(process.wait(), 20) == 1
    assert "giftbot cannot start. The history is sealed: set GIFTBOT_AUDIT_KEY" in office.log.read_text()
