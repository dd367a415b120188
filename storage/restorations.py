"""Backups that were put in the database's place, as far as that was noticed."""

import sqlite3

from bot.gifts.model.restoration import Restoration
from storage.database import Database
from storage.timestamps import from_text, to_text


class RestorationTable:
    """When the database was found to be older than what the bot had said."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, restoration: Restoration) -> None:
        """Keep that one was noticed."""
        self._database.change(
            "INSERT INTO restorations VALUES (?, ?, ?)",
            (restoration.id, to_text(restoration.noticed_at), to_text(restoration.said_at)),
        )

    def get(self, restoration_id: str) -> Restoration | None:
        """One of them."""
        row = self._database.row("SELECT * FROM restorations WHERE id = ?", (restoration_id,))
        return _restoration(row) if row else None

    def last(self) -> Restoration | None:
        """The one that was noticed last."""
        row = self._database.row("SELECT * FROM restorations ORDER BY rowid DESC LIMIT 1")
        return _restoration(row) if row else None


def _restoration(row: sqlite3.Row) -> Restoration:
    return Restoration(row["id"], from_text(row["noticed_at"]), from_text(row["said_at"]))
