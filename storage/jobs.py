"""The work list: what must still be done, at or after a time."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from bot.gifts.model.job import Job, JobKind
from storage.database import Database
from storage.timestamps import from_text, to_text

_DUE = "SELECT * FROM (SELECT * FROM work WHERE task = ? AND due_at <= ? ORDER BY due_at, id LIMIT ?)"
_NEXT = "SELECT min(due_at) AS due_at FROM work WHERE task = ? AND due_at > ?"
_UNLESS_HURRIED = "iif(due_at = ?, ?, due_at)"  # as it was read, and as it shall be


class JobTable:
    """What must still be done, durably; `ring` is called when something is added."""

    def __init__(self, database: Database, ring: Callable[[], None]) -> None:
        self._database = database
        self._ring = ring

    def add(self, task: JobKind, subject: str, due_at: datetime) -> None:
        """Note that a task must be done for a gift or message, at or after a time."""
        self._database.change(
            "INSERT INTO work (task, subject, since, due_at) VALUES (?, ?, ?, ?)",
            (task, subject, to_text(due_at), to_text(due_at)),
        )
        self._ring()

    def due(self, tasks: Collection[JobKind], now: datetime, limit: int) -> Sequence[Job]:
        """Work of these kinds that is due, at most so much of each, longest waiting first."""
        of_each = " UNION ALL ".join([_DUE] * len(tasks))
        rows = self._database.rows(of_each, [part for task in tasks for part in (task, to_text(now), limit)])
        return [
            Job(
                row["id"],
                JobKind(row["task"]),
                row["subject"],
                from_text(row["since"]),
                from_text(row["due_at"]),
                row["tries"],
            )
            for row in rows
        ]

    def next_due(self, tasks: Collection[JobKind], after: datetime) -> datetime | None:
        """When the first work of one of these kinds after a time is due."""
        of_each = " UNION ALL ".join([_NEXT] * len(tasks))
        rows = self._database.rows(of_each, [part for task in tasks for part in (task, to_text(after))])
        return min((from_text(row["due_at"]) for row in rows if row["due_at"]), default=None)

    def begin(self, task: JobKind, due_at: datetime) -> None:
        """Note a task that is there only once, about nothing in particular, unless it is noted already."""
        if not self._database.row("SELECT 1 FROM work WHERE task = ?", (task,)):
            self.add(task, "", due_at)

    def wake(self, tasks: Collection[JobKind], subject: str, due_at: datetime) -> None:
        """Let what is noted of these tasks about a subject be due now; what is in hand comes once more."""
        for task in tasks:
            self._hurry(task, subject, due_at)
        self._ring()

    def ensure(self, task: JobKind, subject: str, due_at: datetime) -> None:
        """Let a task about a subject be due then, whether it is noted already or not."""
        if self._hurry(task, subject, due_at):
            self._ring()
        else:
            self.add(task, subject, due_at)

    def wake_all(self, task: JobKind, due_at: datetime) -> None:
        """Let everything that is noted of a task be due now."""
        self._database.change("UPDATE work SET due_at = ? WHERE task = ?", (to_text(due_at), task))
        self._ring()

    def bring_forward(self, task: JobKind, now: datetime, latest: datetime) -> None:
        """Let what is noted of a task be due now where it is due only after `latest`."""
        sql = "UPDATE work SET due_at = ? WHERE task = ? AND due_at > ?"
        self._database.change(sql, (to_text(now), task, to_text(latest)))

    def again(self, work: Job, due_at: datetime) -> None:
        """Do it anew at that time, with no tries counted; at once if it was hurried meanwhile."""
        self._database.change(
            f"UPDATE work SET due_at = {_UNLESS_HURRIED}, tries = 0, note = '' WHERE id = ?",  # noqa: S608 - a constant
            (to_text(work.due_at), to_text(due_at), work.id),
        )

    def retry_later(self, work: Job, due_at: datetime, note: str) -> None:
        """Try again later, or at once if it was hurried meanwhile; `note` says why, for people who look."""
        self._database.change(
            f"UPDATE work SET due_at = {_UNLESS_HURRIED}, tries = tries + 1, note = ? WHERE id = ?",  # noqa: S608 - a constant
            (to_text(work.due_at), to_text(due_at), note, work.id),
        )

    def forgive(self, tasks: Collection[JobKind], now: datetime) -> None:
        """Let no time until now count against the patience with these tasks."""
        for task in tasks:
            self._database.change("UPDATE work SET since = ? WHERE task = ?", (to_text(now), task))

    def since(self, work: Job) -> datetime:
        """Since when it counts against the patience, as things stand now."""
        row = self._database.row("SELECT since FROM work WHERE id = ?", (work.id,))
        return from_text(row["since"]) if row else work.since

    def failing(self, tasks: Collection[JobKind], before: datetime) -> int:
        """How much of these tasks was begun before then, was tried, and is not done."""
        sql = "SELECT count(*) AS count FROM work WHERE task = ? AND tries > 0 AND since < ?"
        counts = [self._database.row(sql, (task, to_text(before))) for task in tasks]
        return sum(row["count"] for row in counts if row)

    def done(self, work: Job) -> None:
        """Strike it off."""
        self._database.change("DELETE FROM work WHERE id = ?", (work.id,))

    def _hurry(self, task: JobKind, subject: str, due_at: datetime) -> int:
        sql = "UPDATE work SET due_at = ? WHERE task = ? AND subject = ?"
        return self._database.change(sql, (to_text(due_at), task, subject))
