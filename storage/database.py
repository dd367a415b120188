"""Opens the file the safe way, for one process, and gives transactions that are on disk when they end."""

import sqlite3
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlite_utils import Database as SqliteUtils

from bot.gifts.time_limit import check_in_time
from storage.errors import DatabaseLost, DatabaseRefused, primary_code, put_in_place
from storage.held_file import FileOverwritten, FileTaken, HeldFile
from storage.migrations import STEPS, migrations
from storage.rescue import rescue
from storage.start_check import APPLICATION_ID, check_references

Parameters = Sequence[Any] | Mapping[str, Any]
_PRAGMAS = (
    "wal_autocheckpoint = 0",  # the file is told before each checkpoint
    "journal_mode = WAL",
    "synchronous = FULL",  # a commit that Slack showed as accepted survives a power cut
    "busy_timeout = 5000",
    "trusted_schema = OFF",
    "secure_delete = ON",
)
_COMMITS = 1000  # between two checkpoints; whoever comes after the last waits: one click in hundreds, not in forty
_RESTORE = "To restore a backup, {}."
_ERRORS = {  # those that do not pass by themselves, and what to do; source: sqlite.org/rescode.html, the primary codes
    sqlite3.SQLITE_FULL: ("there is no room left on its disk.", "Make room, and start again."),
    sqlite3.SQLITE_READONLY: ("it cannot be written to any more.", "Look whether its disk has become read-only."),
    sqlite3.SQLITE_IOERR: ("its disk reports an error.", "Look after the disk, and start again."),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened any more.", "Look after its disk, and start again."),
    sqlite3.SQLITE_CORRUPT: ("it is damaged.", _RESTORE),
    sqlite3.SQLITE_NOTADB: ("it is damaged.", _RESTORE),
}


class Database:
    """One SQLite file, held by this process alone until `close`; readable by its owner only.

    Raises:
        DatabaseRefused: another process has it, it is no giftbot database, a newer version wrote it, it is damaged, or
            not what the last run left.
    """

    can_change = True
    lost: DatabaseLost | None = None  # why nothing can be kept any more

    def __init__(self, path: Path) -> None:
        try:
            self._file = HeldFile(path)
            self._path = self._file.path
            self._connection = sqlite3.connect(self._path, isolation_level=None)
        except OSError as error:
            raise DatabaseRefused(f"{path} cannot be opened: {error.strerror}.") from error
        except sqlite3.Error as error:
            raise DatabaseRefused(f"{path} cannot be opened: {error}.") from error
        self._connection.row_factory = sqlite3.Row
        self._commits = 0
        try:
            self._open()
        except sqlite3.DatabaseError as error:
            self.close()
            raise DatabaseRefused(f"{path} cannot be used as a database: {error}.") from error
        except DatabaseLost as lost:
            self.close()
            raise DatabaseRefused(str(lost)) from lost
        except DatabaseRefused:
            self.close()
            raise

    def _open(self) -> None:
        for pragma in _PRAGMAS:
            self._connection.execute(f"PRAGMA {pragma}")
        with self.write():
            database = SqliteUtils(self._connection, execute_plugins=False)
            if migrations.pending(database):  # a look through all references costs too much for every start
                migrations.apply(database)
                check_references(self._connection, self._path)
            self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._touch()
        self._checkpoint()
        self._connection.execute("PRAGMA foreign_keys = ON")  # only now: migrations make tables anew

    @contextmanager
    def write(self) -> Generator[None]:
        """One transaction, durable when it ends, undone when an error leaves it; inside another one, a part of it.

        Raises:
            DatabaseLost: nothing can be kept any more, and nothing was.
            NotNow: whoever waits for it has been told by now that it failed, so that nothing is changed.
        """
        if self._connection.in_transaction:
            yield
            return
        if self.lost:
            raise self.lost
        check_in_time()
        if self._commits >= _COMMITS:
            self._checkpoint()
        self._execute("BEGIN IMMEDIATE")
        try:
            yield
            check_in_time()
            self._execute("COMMIT")
            self._commits += 1
        finally:
            if self._connection.in_transaction:  # SQLite has not rolled back by itself, as it does on a full disk
                self._connection.execute("ROLLBACK")

    def change(self, sql: str, parameters: Parameters = ()) -> int:
        """Run a statement that changes rows, inside `write()`, and say how many it changed."""
        assert self._connection.in_transaction, "a change belongs into write()"
        return self._execute(sql, parameters).rowcount

    def add(self, sql: str, parameters: Parameters) -> sqlite3.Row:
        """Run a statement that adds or changes one row, inside `write()`, and give what it returns."""
        assert self._connection.in_transaction, "a change belongs into write()"
        added: sqlite3.Row = self._execute(sql, parameters).fetchone()
        return added

    def rows(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """The rows that a query finds."""
        return self._execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        """The first row that a query finds."""
        found: sqlite3.Row | None = self._execute(sql, parameters).fetchone()
        return found

    def look(self) -> None:
        """See that the file is still there, still ours, and can be written to.

        Raises:
            DatabaseLost: it is not; all that was kept is saved, or said to be lost.
        """
        if self.lost:
            raise self.lost
        self._check_in_place()
        try:
            with self.write():
                self._touch()
        except sqlite3.OperationalError as error:
            if primary_code(error) != sqlite3.SQLITE_BUSY:  # somebody else writes: the next look tells
                raise

    def close(self) -> None:
        """Give the file back, with everything in it that is in its -wal.

        Raises:
            DatabaseLost: it was taken away or overwritten since the last look.
        """
        try:
            if not self.lost:
                self._check_in_place()
            if not self._file.is_lost:
                with suppress(OSError):  # where the note cannot be written, the file cannot either
                    self._file.before_checkpoint()  # SQLite does one when it closes
        finally:
            self._connection.close()
            self._file.release()

    def _check_in_place(self) -> None:
        with self._noticing():
            self._file.check_in_place()

    def _checkpoint(self) -> None:
        """Bring what is in the -wal into the file, as far as readers let it, and begin the -wal anew."""
        with self._noticing():
            self._file.check_in_place()
            self._file.before_checkpoint()
            self._execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            self._commits = 0
            with self.write():
                self._touch()
            self._file.after_checkpoint()

    @contextmanager
    def _noticing(self) -> Generator[None]:
        """Lose the database where its file is not what it was."""
        try:
            yield
        except FileTaken as taken:
            found = f"{taken} was deleted, moved or replaced while giftbot was running."
            raise self._lose_file(*self._saved(found)) from taken
        except FileOverwritten as error:
            found = f"{self._path} was overwritten while giftbot was running."
            raise self._lose_file(found, _RESTORE.format(put_in_place(self._path))) from error
        except OSError as error:
            raise self._lose(f"{self._path}: {error.strerror}.", "Look after its disk, and start again.") from error

    def _saved(self, found: str) -> tuple[str, str]:
        """Save what the open connection still holds; say where it is, and what to do."""
        saved = rescue(self._connection, self._path)
        if saved is None:
            found += " What giftbot had kept could not be saved elsewhere."
            return found, _RESTORE.format(put_in_place(self._path))
        remedy = f"To go on, {put_in_place(self._path, str(saved))}."
        if self._path.exists():
            remedy += " To go on with the file that is there now, move only the others away."
        return f"{found} All that giftbot had kept is in {saved}.", remedy

    def _lose_file(self, found: str, remedy: str) -> DatabaseLost:
        lost = self._lose(found, remedy)
        self._file.note_loss(lost)
        return lost

    def _lose(self, found: str, remedy: str) -> DatabaseLost:
        self.lost = DatabaseLost(found, remedy)
        return self.lost

    def _touch(self) -> None:
        """Write the first page: after a checkpoint, the -wal then always has what the file has not."""
        self._execute(f"PRAGMA user_version = {len(STEPS)}")

    def _execute(self, sql: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        try:
            return self._connection.execute(sql, parameters)
        except sqlite3.DatabaseError as error:
            if words := _ERRORS.get(primary_code(error)):
                found, remedy = words
                raise self._lose(f"{self._path}: {found}", remedy.format(put_in_place(self._path))) from error
            raise
