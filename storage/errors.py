"""Why a database cannot be used: before it is opened, or from some moment on."""

import sqlite3
from pathlib import Path

from bot.gifts.model.errors import StoreLost

_PRIMARY = 0xFF  # the bits of the primary code; source: sqlite.org/rescode.html


class DatabaseRefused(Exception):
    """The file cannot be used; the message says why, and then what to do, for whoever starts the bot."""

    def __init__(self, found: str, remedy: str = "") -> None:
        super().__init__(f"{found} {remedy}".rstrip())
        self.found = found
        self.remedy = remedy


class DatabaseLost(StoreLost):
    """The open file can be used no more; the message says why, and then what to do, for whoever runs the bot."""

    def __init__(self, found: str, remedy: str) -> None:
        super().__init__()
        self.args = (f"{found} {remedy}",)
        self.found = found
        self.remedy = remedy


def put_in_place(path: Path, backup: str = "the backup") -> str:
    """The way to put a backup in place that always works: what is left beside the file would be merged into it."""
    return f"move {path} and its -wal, -shm and -run away, put {backup} in its place, and start again"


def primary_code(error: sqlite3.Error) -> int:
    """What kind of error SQLite reports; 0 if it is not SQLite's own."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & _PRIMARY
