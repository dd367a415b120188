"""Opens the file the safe way, for one process, and gives transactions that are on disk when they end."""

import os
import sqlite3
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlite_utils import Database as SqliteUtils

from storage.migrations import STEPS, migrations

Parameters = Sequence[Any] | Mapping[str, Any]
APPLICATION_ID = 0x47494654  # "GIFT": what `file` and SQLite show of whose file it is
_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",  # a commit that Slack showed as accepted survives a power cut
    "wal_autocheckpoint = 10000",  # pages; whoever commits the last of them waits: one click in hundreds, not in forty
    "busy_timeout = 5000",
    "trusted_schema = OFF",
    "secure_delete = ON",
)


class DatabaseRefused(Exception):
    """The file cannot be used; the message says why, for whoever starts the bot."""


class Database:
    """One SQLite file, held by this process alone until `close`; readable by its owner only.

    Raises:
        DatabaseRefused: another process has it, it is no giftbot database, or a newer version wrote it.
    """

    can_change = True

    def __init__(self, path: Path) -> None:
        self._lock = FileLock(f"{path}.lock", mode=0o600)
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise DatabaseRefused(f"{path} is in use by another giftbot. One database serves one process.") from error
        except OSError as error:
            raise DatabaseRefused(f"{path} cannot be opened: {error.strerror}.") from error
        try:
            self._open(path)
        except OSError as error:
            self._lock.release()
            raise DatabaseRefused(f"{path} cannot be opened: {error.strerror}.") from error
        except BaseException:
            self._lock.release()
            raise

    def _open(self, path: Path) -> None:
        os.close(os.open(path, os.O_CREAT, 0o600))
        for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):  # those that come later get the file's mode
            if file.exists():
                file.chmod(0o600)
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        database = SqliteUtils(self._connection, execute_plugins=False)
        try:
            check_ours(self._connection, path)
            for pragma in _PRAGMAS:
                self._connection.execute(f"PRAGMA {pragma}")
            with self.write():
                if migrations.pending(database):  # a look through all references costs too much for every start
                    migrations.apply(database)
                    self._check_references(path)
                self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                self._connection.execute(f"PRAGMA user_version = {len(STEPS)}")
            self._connection.execute("PRAGMA foreign_keys = ON")  # only now: migrations make tables anew
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise DatabaseRefused(f"{path} cannot be used as a database: {error}.") from error
        except DatabaseRefused:
            self._connection.close()
            raise

    def _check_references(self, path: Path) -> None:
        if broken := self._connection.execute("PRAGMA foreign_key_check").fetchall():
            tables = ", ".join(sorted({row["table"] for row in broken}))
            raise DatabaseRefused(
                f"{path} is damaged: {len(broken)} rows of {tables} refer to rows that are missing. "
                "Nothing was changed; please restore a backup."
            )

    @contextmanager
    def write(self) -> Generator[None]:
        """One transaction, durable when it ends, undone when an error leaves it; inside another one, a part of it."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:  # SQLite has not rolled back by itself, as it does on a full disk
                self._connection.execute("ROLLBACK")

    def change(self, sql: str, parameters: Parameters = ()) -> int:
        """Run a statement that changes rows, inside `write()`, and say how many it changed."""
        assert self._connection.in_transaction, "a change belongs into write()"
        return self._connection.execute(sql, parameters).rowcount

    def add(self, sql: str, parameters: Parameters) -> sqlite3.Row:
        """Run a statement that adds or changes one row, inside `write()`, and give what it returns."""
        assert self._connection.in_transaction, "a change belongs into write()"
        added: sqlite3.Row = self._connection.execute(sql, parameters).fetchone()
        return added

    def rows(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """The rows that a query finds."""
        return self._connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        """The first row that a query finds."""
        found: sqlite3.Row | None = self._connection.execute(sql, parameters).fetchone()
        return found

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()
        self._lock.release()


def check_ours(connection: sqlite3.Connection, path: Path) -> None:
    """Let a database pass that this version of giftbot can use, or an empty one.

    Raises:
        DatabaseRefused: it is somebody else's, or a newer version wrote it.
    """
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and application_id != APPLICATION_ID:
        raise DatabaseRefused(f"{path} is a database, but not one of giftbot's.")
    if version > len(STEPS):
        raise DatabaseRefused(
            f"{path} was written by a newer giftbot (version {version} instead of {len(STEPS)}). Please update."
        )
