"""Who is away, and who decides for them. None is ever deleted: it says afterwards who could decide when."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from bot.gifts.model.out_of_office import Absence
from storage.database import Database
from storage.timestamps import from_text, to_text


class OutOfOfficeTable:
    """Approvers who are away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, absence: Absence) -> None:
        """Keep an absence; it takes the place of one that the person has now."""
        self.end(absence.person, absence.since)
        self._database.change(
            "INSERT INTO absences (id, person, deputy, since, until) VALUES (?, ?, ?, ?, ?)",
            (absence.id, absence.person, absence.deputy, to_text(absence.since), to_text(absence.until)),
        )

    def end(self, person: str, at: datetime) -> None:
        """Let somebody be back, if they are away; what is over already ended by itself."""
        sql = "UPDATE absences SET ended_at = min(until, ?) WHERE person = ? AND ended_at IS NULL"
        self._database.change(sql, (to_text(at), person))

    def get(self, absence_id: str) -> Absence | None:
        """An absence, ended or not."""
        row = self._database.row("SELECT * FROM absences WHERE id = ?", (absence_id,))
        return _absence(row) if row else None

    def not_ended(self, person: str) -> Absence | None:
        """The absence of somebody whose end is not kept yet, also where its time is over."""
        row = self._database.row("SELECT * FROM absences WHERE person = ? AND ended_at IS NULL", (person,))
        return _absence(row) if row else None

    def now(self, at: datetime) -> Sequence[Absence]:
        """Who is away at that time."""
        rows = self._database.rows("SELECT * FROM absences WHERE ended_at IS NULL AND until > ?", (to_text(at),))
        return [_absence(row) for row in rows]


def _absence(row: sqlite3.Row) -> Absence:
    return Absence(
        id=row["id"],
        person=row["person"],
        deputy=row["deputy"],
        since=from_text(row["since"]),
        until=from_text(row["until"]),
        ended_at=row["ended_at"] and from_text(row["ended_at"]),
    )
