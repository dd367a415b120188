"""Seals: an HMAC chains each line of the history to the one before it, under a key that is not in the database.

A line that was changed, deleted, moved or slipped in no longer fits its seal or the next one. That lines are missing at
the end, or that somebody with the key sealed all of them anew, shows only against a head that was noted elsewhere.
"""

import hmac
import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from pydantic import SecretStr

from bot.gifts.model.audit_head import Head
from storage.database import Database
from storage.errors import DatabaseRefused

COLUMNS = ("id", "at", "actor", "event", "request_id", "gift_id", "detail")  # of a line, in the order they are sealed
BEFORE_THE_FIRST = ""
_LATEST = f"SELECT {', '.join(COLUMNS)} FROM history ORDER BY id DESC LIMIT 1"  # noqa: S608 - constants
_EVERY = f"SELECT {', '.join(COLUMNS)} FROM history ORDER BY id"  # noqa: S608 - likewise


def seal_of(key: SecretStr, before: str, line: Sequence[Any]) -> str:
    """The seal of a line, given that of the line before it."""
    text = json.dumps([before, *line])
    return hmac.digest(key.get_secret_value().encode(), text.encode(), "sha256").hex()


class HashChain:
    """The chain of a history's seals."""

    def __init__(self, database: Database, key: SecretStr) -> None:
        self._database = database
        self._key = key

    def add(self, line: sqlite3.Row) -> None:
        """Seal a line that was just written, in its transaction; never one that somebody else may have written."""
        before = self._last(1)
        self._keep(line, seal_of(self._key, before[0]["seal"] if before else BEFORE_THE_FIRST, line))

    def begin(self) -> None:
        """Seal all that was written before there was a key."""
        seal = BEFORE_THE_FIRST
        with self._database.write():
            for line in self._database.rows(_EVERY):
                seal = seal_of(self._key, seal, line)
                self._keep(line, seal)

    def fits(self) -> bool:
        """Whether the latest line has a seal, and one under this key."""
        last, *before = self._last(2)
        line = self._database.row(_LATEST)
        if line is None or line["id"] != last["line"]:
            return False
        seal = seal_of(self._key, before[0]["seal"] if before else BEFORE_THE_FIRST, line)
        return hmac.compare_digest(seal, last["seal"])

    def head(self) -> Head:
        """The last seal, and of how many lines."""
        last = self._last(1)
        counted = self._database.row("SELECT count(*) AS lines FROM seals")
        return Head(counted["lines"], last[0]["seal"]) if last and counted else Head(0, BEFORE_THE_FIRST)

    def _last(self, count: int) -> list[sqlite3.Row]:
        return self._database.rows("SELECT line, seal FROM seals ORDER BY line DESC LIMIT ?", (count,))

    def _keep(self, line: sqlite3.Row, seal: str) -> None:
        self._database.change("INSERT INTO seals (line, seal) VALUES (?, ?)", (line["id"], seal))


def seals_of(database: Database, key: SecretStr | None) -> HashChain | None:
    """The chain, ready to go on; the first start with a key begins it. None where there is no key.

    Raises:
        DatabaseRefused: the history is sealed, and not under this key, or its end was tampered with.
    """
    is_sealed = database.row("SELECT 1 FROM seals LIMIT 1") is not None
    if key is None:
        if is_sealed:
            raise DatabaseRefused("The history is sealed: set GIFTBOT_AUDIT_KEY to the key that sealed it.")
        return None
    seals = HashChain(database, key)
    if not is_sealed:
        seals.begin()
    elif not seals.fits():
        raise DatabaseRefused(
            "The last line of the history does not fit its seal: either GIFTBOT_AUDIT_KEY is not the key that sealed"
            " it, or somebody else has written to the database. See giftbot audit verify."
        )
    return seals
