"""Looks at a database without changing it, and without its lock: a bot may be at work on it meanwhile."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database as SqliteUtils

from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import GiftState
from bot.gifts.model.job import ONCE, JobKind
from storage.database import Database
from storage.errors import DatabaseRefused
from storage.migrations import STEPS, migrations
from storage.start_check import check_ours, only_looking
from storage.timestamps import from_text, to_text

SQLITE_VERSION = sqlite3.sqlite_version_info
_WRITE_VERSION, _WAL = slice(18, 19), b"\x02"  # source: sqlite.org/fileformat2.html, "The Database Header"


@dataclass(frozen=True, slots=True)
class Failing:
    """Something that has been tried `tries` times since then, and will be again; `note` says what came of it last."""

    task: JobKind
    since: datetime
    tries: int
    note: str


@dataclass(frozen=True, slots=True)
class DatabaseReport:
    """How a database is, and what waits in it; `damage` is what SQLite's own check complains about.

    `overdue` counts what nobody has tried when it was due, `failing` has what was tried in vain, the oldest first.
    `restored_at` is when a running bot last noticed that a backup had been put in its place; `unseen` counts the gifts
    that were asked for before and are not ordered, as far as it knows.
    """

    is_wal: bool
    damage: str
    overdue: int
    failing: Sequence[Failing]
    in_trouble: Mapping[tuple[GiftState, Reason], int]
    restored_at: datetime | None = None
    unseen: int = 0


class ReadOnlyDatabase(Database):
    """A database that nothing can be changed in; one that is not there yet is empty.

    Raises:
        DatabaseRefused: it cannot be read, it is no giftbot database, or another version wrote it.
    """

    can_change = False

    def __init__(self, path: Path) -> None:
        self._path = path
        is_there = path.exists() and path.stat().st_size > 0
        try:
            self._connection = sqlite3.connect(only_looking(path) if is_there else ":memory:", uri=True)
            self._connection.row_factory = sqlite3.Row
            if is_there:
                check_ours(self._connection, path)
                self._check_current(path)
            else:
                migrations.apply(SqliteUtils(self._connection, execute_plugins=False))
        except (OSError, sqlite3.DatabaseError) as error:
            raise DatabaseRefused(f"{path} cannot be read as a database: {error}.") from error

    def _check_current(self, path: Path) -> None:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version != len(STEPS):
            raise DatabaseRefused(f"{path} was written by an older giftbot. The next start brings it up to date.")

    def close(self) -> None:
        """Stop looking."""
        self._connection.close()


def inspect(path: Path, late: datetime) -> DatabaseReport | None:
    """Read a database through, None for an empty one; work is late that was due, or first tried, before that time.

    Raises:
        DatabaseRefused: it cannot be read, it is no giftbot database, or a newer version wrote it.
    """
    try:
        with path.open("rb") as file:  # SQLite does not tell it of an immutable file
            is_wal = file.read(_WRITE_VERSION.stop)[_WRITE_VERSION] == _WAL
        with closing(sqlite3.connect(only_looking(path), uri=True)) as connection:
            check_ours(connection, path)
            return _read(connection, to_text(late), is_wal=is_wal)
    except (OSError, sqlite3.DatabaseError) as error:
        raise DatabaseRefused(f"{path} cannot be read as a database: {error}.") from error


def _read(connection: sqlite3.Connection, late: str, *, is_wal: bool) -> DatabaseReport | None:
    if not connection.execute("PRAGMA user_version").fetchone()[0]:
        return None
    complaints = [line for (text,) in connection.execute("PRAGMA integrity_check(3)") for line in text.splitlines()]
    (overdue,) = connection.execute("SELECT count(*) FROM work WHERE due_at < ?", (late,)).fetchone()
    in_trouble = connection.execute(
        "SELECT state, reason, count(*) FROM gifts WHERE state IN ('failed', 'needs_review') GROUP BY state, reason"
    )
    restored_at, unseen = _restored(connection)
    return DatabaseReport(
        is_wal,
        "" if complaints == ["ok"] else "; ".join(complaints),
        overdue,
        _failing(connection, late),
        {(GiftState(state), Reason(reason)): count for state, reason, count in in_trouble},
        restored_at,
        unseen,
    )


def _failing(connection: sqlite3.Connection, late: str) -> Sequence[Failing]:
    """What is to be done once, and was tried in vain; when it is due next says nothing about how late it is."""
    rows = connection.execute(
        "SELECT task, since, tries, note FROM work WHERE tries > 0 AND since < ? AND due_at >= ? ORDER BY since, id",
        (late, late),
    )
    found = [Failing(JobKind(task), from_text(since), tries, note) for task, since, tries, note in rows]
    return [failing for failing in found if failing.task in ONCE]


def _restored(connection: sqlite3.Connection) -> tuple[datetime | None, int]:
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'restorations'").fetchone():
        return None, 0  # an older giftbot's, which did not notice
    (noticed_at,) = connection.execute("SELECT max(noticed_at) FROM restorations").fetchone()
    (unseen,) = connection.execute(
        "SELECT count(*) FROM gifts JOIN requests ON requests.id = request_id"
        " WHERE gifts.state IN ('waiting', 'approved') AND created_at <= ?",
        (noticed_at or "",),
    ).fetchone()
    return (from_text(noticed_at) if noticed_at else None), unseen
