"""How much each approver has decided, month by month: kept with every decision, so that nothing is ever counted up."""

import sqlite3
from collections.abc import Sequence
from functools import reduce
from itertools import groupby
from operator import itemgetter

from bot.gifts.model.listing import DecisionTotal
from bot.gifts.model.money import Money
from storage.database import Database

_ADD = (
    "INSERT INTO tallies (person, month, currency, exponent, yes, approved_minor, no, declined_minor)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET yes = yes + excluded.yes, no = no + excluded.no,"
    " approved_minor = approved_minor + excluded.approved_minor,"
    " declined_minor = declined_minor + excluded.declined_minor"
)


class DecisionTotalTable:
    """Sums of decisions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, person: str, month: str, total: Money, *, is_yes: bool) -> None:
        """Count a decision in."""
        yes, no = (1, total.minor), (0, 0)
        counts = (*yes, *no) if is_yes else (*no, *yes)
        self._database.change(_ADD, (person, month, total.currency, total.exponent, *counts))

    def of(self, person: str, month: str) -> Sequence[DecisionTotal]:
        """What somebody decided in a month, one tally a currency."""
        rows = self._database.rows(
            "SELECT * FROM tallies WHERE person = ? AND month = ? ORDER BY currency", (person, month)
        )
        return [reduce(DecisionTotal.plus, map(_tally, alike)) for _, alike in groupby(rows, itemgetter("currency"))]


def _tally(row: sqlite3.Row) -> DecisionTotal:
    approved, declined = (
        Money(row[name], row["currency"], row["exponent"]) for name in ("approved_minor", "declined_minor")
    )
    return DecisionTotal(row["yes"], approved, row["no"], declined)
