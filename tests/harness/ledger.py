"""What the bot has kept, as its tables have it: tests ask, and break things, here and in no SQL of their own."""

import sqlite3
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

Ask = Callable[[str, Sequence[Any]], Sequence[Sequence[Any]]]
# looks after gifts that have arrived, the catalogue and the history's head, and at the last day of an absence
_FOR_EVER = ("check", "stock", "head", "end delegation")
_GIFTS = """
    (SELECT gifts.*, requester, value_minor, cost_centre, month, created_at, requests.state AS request_state
     FROM gifts JOIN requests ON requests.id = request_id ORDER BY gifts.rowid)
"""


class Ledger:
    """Questions to a database. A question for one column gives its values, for several a tuple a row; oldest first.

    What is asked about is narrowed by the values of columns: `None` is no value, a tuple has all that are meant.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def requests(self, *columns: str, **narrowed: Any) -> list[Any]:
        """The requests."""
        return self._read("requests", columns, narrowed)

    def gifts(self, *columns: str, **narrowed: Any) -> list[Any]:
        """The gifts, each with what its request says of it."""
        return self._read(_GIFTS, columns, narrowed, order="")

    def states(self) -> list[str]:
        """Where the gifts stand."""
        return self.gifts("state")

    def orders(self, *columns: str, **narrowed: Any) -> list[Any]:
        """The orders of gifts."""
        return self._read("orders", columns, narrowed)

    def messages(self, *columns: str, **narrowed: Any) -> list[Any]:
        """What people were told, or are to be told."""
        return self._read("messages", columns, narrowed)

    def approvals(self, *columns: str, **narrowed: Any) -> list[Any]:
        """Who has agreed to which version of a request."""
        return self._read("approvals", columns, narrowed, order="at")

    def audit_events(self, *columns: str, **narrowed: Any) -> list[Any]:
        """The lines of the history that are about requests."""
        return self._read("(SELECT rowid, * FROM history WHERE request_id IS NOT NULL)", columns, narrowed)

    def all_events(self, *columns: str, **narrowed: Any) -> list[Any]:
        """The lines of the history, those of the company as well."""
        return self._read("history", columns, narrowed)

    def spending(self, *columns: str, **narrowed: Any) -> list[Any]:
        """The sums that budgets are judged by."""
        return self._read("spending", columns, narrowed, order="month")

    def absences(self, *columns: str, **narrowed: Any) -> list[Any]:
        """Who is, or was, away."""
        return self._read("absences", columns, narrowed)

    def shelves(self, *columns: str, **narrowed: Any) -> list[Any]:
        """The catalogue, country by country."""
        return self._read("shelves", columns, narrowed)

    def jobs(self, *columns: str, **narrowed: Any) -> list[Any]:
        """What is still to be done."""
        return self._read("work", columns, narrowed)

    def has_jobs_due(self, now: datetime) -> bool:
        """Whether something is to be done by now."""
        return bool(self._ask("SELECT 1 FROM work WHERE due_at <= ? LIMIT 1", (now.isoformat(),)))

    def has_jobs_but(self, *tasks: str, told_apart: str = "") -> bool:
        """Whether something is to be done that is no such task, nor about a message of a kind that is `told_apart`."""
        marks = ", ".join("?" * len(tasks))
        others = "SELECT id FROM messages WHERE kind = ?"
        left = f"SELECT 1 FROM work WHERE task NOT IN ({marks}) AND subject NOT IN ({others}) LIMIT 1"
        return bool(self._ask(left, (*tasks, told_apart)))

    def has_jobs_that_end(self) -> bool:
        """Whether something is to be done that is not done for ever."""
        return self.has_jobs_but(*_FOR_EVER)

    def is_whole(self) -> bool:
        """Whether SQLite finds nothing wrong with the file."""
        return [tuple(row) for row in self._ask("PRAGMA integrity_check", ())] == [("ok",)]

    def _read(self, table: str, columns: Sequence[str], narrowed: dict[str, Any], order: str = "rowid") -> list[Any]:
        tests = [f"{name} IN ({', '.join('?' * len(some))})" for name, some in narrowed.items() if _is_some(some)]
        tests += [f"{name} IS ?" for name, value in narrowed.items() if not _is_some(value)]
        values = [value for some in narrowed.values() if _is_some(some) for value in some]
        values += [value for value in narrowed.values() if not _is_some(value)]
        asked = f"SELECT {', '.join(columns) or '*'} FROM {table}{' WHERE ' if tests else ''}{' AND '.join(tests)}"
        rows = self._ask(f"{asked} ORDER BY {order}" if order else asked, values)
        return [row[0] if len(columns) == 1 else tuple(row) for row in rows]


def _is_some(value: Any) -> bool:
    return isinstance(value, tuple)


def ledger_of(path: Path) -> Ledger:
    """Questions to a file that somebody else may be writing to; each opens it anew, and leaves it as it is."""

    def ask(sql: str, parameters: Sequence[Any]) -> Sequence[Sequence[Any]]:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return connection.execute(sql, parameters).fetchall()

    return Ledger(ask)


class Intruder:
    """Somebody who writes to the bot's file, whether or not the bot is running."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def breaks(self, table: str) -> None:
        """Take a table away."""
        self._does(f"ALTER TABLE {table} RENAME TO away")

    def mends(self, table: str) -> None:
        """Put the table back that was taken away."""
        self._does(f"ALTER TABLE away RENAME TO {table}")

    @contextmanager
    def broken(self, table: str) -> Generator[None]:
        """Have a table away for a while."""
        self.breaks(table)
        yield
        self.mends(table)

    def edits_history(self) -> None:
        """Have somebody else have done everything, as far as the file lets it."""
        self._does("UPDATE history SET actor = 'UEVE'")

    def unlocks_history(self) -> None:
        """Take away what keeps the history from being edited."""
        self._does("DROP TRIGGER history_is_not_edited")

    def changes_index(self, name: str, before: str, after: str) -> None:
        """Have an index be about other rows than those that are in it."""
        changed = "UPDATE sqlite_schema SET sql = replace(sql, :before, :after) WHERE name = :name"
        with closing(sqlite3.connect(self._path, isolation_level=None)) as connection:
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute(changed, {"name": name, "before": before, "after": after})

    def adds_job(self, task: str) -> None:
        """Put something on the list that is due for long."""
        self._does("INSERT INTO work (task, subject, since, due_at) VALUES (?, 'x', '2026', '2026')", task)

    def loses_jobs(self, task: str) -> None:
        """Strike tasks of a kind off the list."""
        self._does("DELETE FROM work WHERE task = ?", task)

    def stocks(self, products: str) -> None:
        """Write something into every country's catalogue."""
        self._does("UPDATE shelves SET products = ?", products)

    def notes_order(self, provider_id: str) -> None:
        """Have the service's answer to the only order be known."""
        self._does("UPDATE orders SET provider_id = ?, unknown_since = NULL", provider_id)

    def _does(self, statement: str, *values: Any) -> None:
        with closing(sqlite3.connect(self._path, timeout=10, isolation_level=None)) as connection:
            connection.execute(statement, values)
