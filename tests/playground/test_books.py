"""Reading the bot's database from outside: it is never in the way, and waits for nobody."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from bot.sandbox.playground.database_reader import Books
from storage import Database

WRITE = """
    INSERT INTO requests (id, requester, value_minor, currency, country, note, state, created_at)
    VALUES ('r', 'U1', 2500, 'GBP', 'GB', '', 'pending', '2030-01-01T00:00:00+00:00')
"""
RECORD = """
    INSERT INTO history (at, actor, event, request_id, detail)
    VALUES ('2030-01-01T00:00:00+00:00', 'U1', 'request', 'r', '')
"""


def test_it_reads_what_is_new_and_only_then(tmp_path: Path) -> None:
    """Before there is a file, without a change, and after one."""
    books = Books(tmp_path / "giftbot.db")
    with closing(books):
        assert not books.look()
        database = Database(tmp_path / "giftbot.db")
        assert books.look()
        assert not books.look()
        with database.write():
            database.change(WRITE)
            database.change(RECORD)
        assert books.look()
        assert [line["event"] for line in books.history] == ["request"]
        database.close()


def test_a_locked_file_is_looked_at_later(tmp_path: Path) -> None:
    """While somebody has the file for themselves, as after kill -9, the look comes back empty and at once."""
    path = tmp_path / "giftbot.db"
    Database(path).close()
    books = Books(path)
    with closing(books):
        with closing(sqlite3.connect(path, isolation_level=None)) as owner:
            owner.execute("PRAGMA locking_mode = EXCLUSIVE")
            owner.execute(WRITE)
            began = time.monotonic()
            assert not books.look()
            assert time.monotonic() - began < 1
        assert books.look()
