"""What a start looks at before SQLite may change anything: opening a file for writing merges the -wal beside it.

Whether the file is giftbot's, whether the -wal belongs to it, and, unless the last run ended in good order, whether it
is whole. What is refused is left as it is, so that a backup that was just put in place is still one.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from storage import file_header, run_note
from storage.errors import DatabaseRefused, primary_code, put_in_place
from storage.migrations import STEPS
from storage.run_note import FileState, RunNote

APPLICATION_ID = int.from_bytes(file_header.OURS)  # what `file` and SQLite show of whose file it is
_WITHOUT_WAL = int.from_bytes(file_header.OURS_WITH_WAL)
_CACHE = "PRAGMA cache_size = -200000"  # KiB: halves the time of a check
_CHUNK = 1 << 20  # bytes
_NEWEST = "SELECT max(id) FROM history"


def check(path: Path) -> None:
    """Let a database pass that is giftbot's and whole, with a -wal of its own or none; an empty or missing one as well.

    Raises:
        DatabaseRefused: it is somebody else's, of a newer version, damaged, or not what the last run left.
    """
    try:
        note = run_note.read(path)
        if note and note.lost:
            raise DatabaseRefused(note.lost, note.remedy)
        has_wal = _size(Path(f"{path}-wal")) > 0
        if _size(path) == 0:
            _check_missing(path, is_left_over=has_wal or bool(note and note.file))
            return
        fits = _wal_fits(path, note) if has_wal else note is None
        _check_content(path, is_unclean=has_wal or note is not None, fits=fits)
    except sqlite3.DatabaseError as error:
        is_damaged = primary_code(error) == sqlite3.SQLITE_CORRUPT
        remedy = f"To restore a backup, {put_in_place(path)}." if is_damaged else ""
        raise DatabaseRefused(f"{path} cannot be used as a database: {error}. Nothing was changed.", remedy) from error


def check_ours(connection: sqlite3.Connection, path: Path) -> None:
    """Let a database pass that this version of giftbot can use, or an empty one.

    Raises:
        DatabaseRefused: it is somebody else's, a newer version wrote it, or its -wal is missing.
    """
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application_id == _WITHOUT_WAL:
        raise DatabaseRefused(
            f"{path} is not whole: {path}-wal is missing, and with it what giftbot kept last.",
            f"Put it back. To restore a backup, {put_in_place(path)}. A backup is more than a copy of this file while"
            f' giftbot is running. To go on without the rest, sqlite3 {path} "PRAGMA application_id={APPLICATION_ID}".',
        )
    if tables and application_id != APPLICATION_ID:
        raise DatabaseRefused(f"{path} is a database, but not one of giftbot's.")
    if version > len(STEPS):
        raise DatabaseRefused(
            f"{path} was written by a newer giftbot (version {version} instead of {len(STEPS)}). Please update."
        )


def only_looking(path: Path) -> str:
    """The address that makes SQLite leave nothing behind: beside a file that nobody has open, it would make two."""
    file = Path(os.path.realpath(path))
    return f"{file.as_uri()}?mode=ro" if Path(f"{file}-wal").exists() else _without_wal(file)


def _without_wal(file: Path) -> str:
    return f"{file.as_uri()}?mode=ro&immutable=1"


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _check_missing(path: Path, *, is_left_over: bool) -> None:
    if is_left_over:
        raise DatabaseRefused(
            f"{path} is missing or empty, but what its last run left beside it is there, and belongs to it.",
            f"Put the file back. To restore a backup, {put_in_place(path)}. To begin anew, move them away.",
        )


def _wal_fits(path: Path, note: RunNote | None) -> bool:
    """Refuse a -wal that belongs to another file than the one that is there; true if it is noted that it fits."""
    now, wal = _state(path), Path(f"{path}-wal")
    if note and note.file:
        are_where_they_were = note.wal == wal.stat().st_ino
        if now == note.file or (now.header == note.file.header and not are_where_they_were):
            return True
        may_fit = note.file.may_become(now) and _wal_adds_nothing(path)
    else:
        begin = file_header.of_wal(wal)
        may_fit = begin is None or file_header.can_go_on_with(now.header, begin)
    if not may_fit:
        raise DatabaseRefused(
            f"{path} was changed or replaced after giftbot last wrote to it, and {wal} belongs to the file that was"
            " there before: together they would be a damaged database, or the old one again. Nothing was changed.",
            f"If you put a backup in place, remove {wal} and {path}-shm, and start again. If not, put back the file"
            " that was there.",
        )
    return False


def _wal_adds_nothing(path: Path) -> bool:
    """Whether the file alone has everything: then another program has merged the -wal, and nothing is in doubt."""
    addresses = (_without_wal(path), only_looking(path))
    alone, merged = (_ask(address, _NEWEST) for address in addresses)
    return alone == merged


def _check_content(path: Path, *, is_unclean: bool, fits: bool) -> None:
    """Read it through after an unclean end, more closely where nobody noted that file and -wal fit together."""
    with closing(sqlite3.connect(only_looking(path), uri=True)) as connection:
        check_ours(connection, path)
        if not is_unclean:
            return
        _read_ahead(path)
        connection.execute(_CACHE)
        complaints = connection.execute(f"PRAGMA {'quick_check' if fits else 'integrity_check'}(3)").fetchall()
        if not fits and complaints == [("ok",)]:
            check_references(connection, path)
    if complaints != [("ok",)]:
        found = "; ".join(line for (text,) in complaints for line in text.splitlines())
        raise DatabaseRefused(
            f"{path} is damaged: {found}. Nothing was changed.", f"To restore a backup, {put_in_place(path)}."
        )


def check_references(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a database with rows that refer to others which are missing.

    Raises:
        DatabaseRefused: it has some.
    """
    if broken := connection.execute("PRAGMA foreign_key_check").fetchall():
        tables = ", ".join(sorted({row[0] for row in broken}))
        raise DatabaseRefused(
            f"{path} is damaged: {len(broken)} rows of {tables} refer to rows that are missing. Nothing was changed.",
            f"To restore a backup, {put_in_place(path)}.",
        )


def _read_ahead(path: Path) -> None:
    """From beginning to end: a check reads in any order, which takes ten times as long from a disk."""
    buffer = bytearray(_CHUNK)
    with path.open("rb", buffering=0) as file:
        while file.readinto(buffer):
            pass


def _ask(address: str, query: str) -> tuple[object, ...] | None:
    with closing(sqlite3.connect(address, uri=True)) as connection:
        answer: tuple[object, ...] | None = connection.execute(query).fetchone()
        return answer


def _state(path: Path) -> FileState:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return FileState.of(descriptor)
    finally:
        os.close(descriptor)
