"""Who did what and when; the tables refuse to change or delete a line."""

from datetime import datetime

from storage.db import Database
from storage.times import to_text


class HistoryTable:
    """The record."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, at: datetime, actor: str, event: str, request_id: str, gift_id: str | None = None, detail: str = ""
    ) -> None:
        """Put one line on the record."""
        self._database.change(
            "INSERT INTO history (at, actor, event, request_id, gift_id, detail) VALUES (?, ?, ?, ?, ?, ?)",
            (to_text(at), actor, event, request_id, gift_id, detail),
        )

    def count(self, event: str, gift_id: str, since: datetime) -> int:
        """How often something happened to a gift since then."""
        row = self._database.row(
            "SELECT count(*) AS times FROM history WHERE gift_id = ? AND event = ? AND at > ?",
            (gift_id, event, to_text(since)),
        )
        return row["times"] if row else 0
