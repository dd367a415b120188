"""Who is away, and who decides for them. None is ever deleted: it says afterwards who could decide when."""

from collections.abc import Sequence
from datetime import datetime

from bot.gifts.absence import Absence
from storage.db import Database
from storage.times import from_text, to_text


class AbsenceTable:
    """Approvers who are away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, absence: Absence) -> None:
        """Keep an absence; it takes the place of one that the person has now."""
        self.end(absence.person, absence.since)
        self._database.change(
            "INSERT INTO absences (person, deputy, since, until) VALUES (?, ?, ?, ?)",
            (absence.person, absence.deputy, to_text(absence.since), to_text(absence.until)),
        )

    def end(self, person: str, at: datetime) -> bool:
        """Let somebody be back; False when they were not away."""
        sql = "UPDATE absences SET ended_at = min(until, ?) WHERE person = ? AND ended_at IS NULL"
        was_away = any(absence.person == person for absence in self.now(at))
        self._database.change(sql, (to_text(at), person))
        return was_away

    def now(self, at: datetime) -> Sequence[Absence]:
        """Who is away at that time."""
        rows = self._database.rows("SELECT * FROM absences WHERE ended_at IS NULL AND until > ?", (to_text(at),))
        return [Absence(row["person"], row["deputy"], from_text(row["since"]), from_text(row["until"])) for row in rows]
