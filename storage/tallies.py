"""How much each approver has decided, month by month: kept with every decision, so that nothing is ever counted up."""

from collections.abc import Sequence

from bot.gifts.lines import Tally
from bot.gifts.money import Money
from storage.db import Database

_ADD = (
    "INSERT INTO tallies (person, month, currency, yes, approved_minor, no, declined_minor)"
    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET yes = yes + excluded.yes, no = no + excluded.no,"
    " approved_minor = approved_minor + excluded.approved_minor,"
    " declined_minor = declined_minor + excluded.declined_minor"
)


class TallyTable:
    """Sums of decisions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, person: str, month: str, total: Money, *, is_yes: bool) -> None:
        """Count a decision in."""
        yes, no = (1, total.minor), (0, 0)
        counts = (*yes, *no) if is_yes else (*no, *yes)
        self._database.change(_ADD, (person, month, total.currency, *counts))

    def of(self, person: str, month: str) -> Sequence[Tally]:
        """What somebody decided in a month, one tally a currency."""
        rows = self._database.rows(
            "SELECT * FROM tallies WHERE person = ? AND month = ? ORDER BY currency", (person, month)
        )
        return [
            Tally(
                row["yes"],
                Money(row["approved_minor"], row["currency"]),
                row["no"],
                Money(row["declined_minor"], row["currency"]),
            )
            for row in rows
        ]
