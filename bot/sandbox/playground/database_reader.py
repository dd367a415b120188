"""What the bot has written into its database, read from outside while it works; nothing here changes a byte."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

Row = dict[str, Any]

# SQLite's own count of other connections' commits: it says cheaply whether there is anything to read
_VERSION: Final = "SELECT data_version FROM pragma_data_version"
_TABLES: Final = "SELECT 1 FROM sqlite_master WHERE name = 'history'"
_GIFTS: Final = """
    SELECT gifts.*, requests.requester, requests.value_minor, requests.currency, requests.exponent, requests.note
    FROM gifts JOIN requests ON requests.id = gifts.request_id ORDER BY gifts.rowid
"""
_HISTORY: Final = "SELECT * FROM history ORDER BY id"
_WORK: Final = """
    SELECT work.*, gifts.recipient, messages.kind, messages.reader
    FROM work LEFT JOIN gifts ON gifts.id = work.subject LEFT JOIN messages ON messages.id = work.subject
    ORDER BY work.due_at, work.id
"""


class Books:
    """The bot's tables, as they are at the last look."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._version = 0
        self.gifts: Sequence[Row] = []
        self.history: Sequence[Row] = []
        self.work: Sequence[Row] = []

    def look(self) -> bool:
        """Read what is new, and say whether there was anything; while the file is locked there is not."""
        try:
            return self._look()
        except sqlite3.OperationalError:  # a bot that was killed is just coming back and mends the file
            return False

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()

    def _look(self) -> bool:
        if self._connection is None and not self._open():
            return False
        (version,) = self._read(_VERSION)
        if version["data_version"] == self._version or not self._read(_TABLES):
            return False
        self.gifts, self.history, self.work = self._read(_GIFTS), self._read(_HISTORY), self._read(_WORK)
        self._version = version["data_version"]
        return True

    def _open(self) -> bool:
        if not self._path.exists():
            return False
        self._connection = sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True, timeout=0)
        self._connection.row_factory = sqlite3.Row
        return True

    def _read(self, query: str) -> list[Row]:
        assert self._connection is not None, "the file is open"
        return [dict(row) for row in self._connection.execute(query)]
