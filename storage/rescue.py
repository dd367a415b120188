"""Saves what an open database holds when its file was taken away from under it."""

import os
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path


def rescue(connection: sqlite3.Connection, path: Path) -> Path | None:
    """Copy all that a connection sees into a new file for its owner alone: beside the old one, or where there is room.

    None if there is no such place.
    """
    for folder in (path.parent, Path.cwd(), Path(tempfile.gettempdir())):
        with suppress(OSError, sqlite3.Error):
            return _copy(connection, folder, f"{path.name}.rescued-")
    return None


def _copy(connection: sqlite3.Connection, folder: Path, prefix: str) -> Path:
    descriptor, name = tempfile.mkstemp(prefix=prefix, dir=folder)  # 0600
    os.close(descriptor)
    copy = Path(name)
    try:
        with closing(sqlite3.connect(copy)) as target:
            connection.backup(target)
    except BaseException:
        copy.unlink()
        raise
    return copy
