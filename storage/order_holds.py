"""Holds: when no order was sent, and why. None is ever deleted."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.order_hold import OrderHold
from storage.database import Database
from storage.timestamps import from_text, to_text


class OrderHoldTable:
    """Times in which no order is sent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def standing(self, currency: str) -> OrderHold | None:
        """The hold that orders in this currency have to wait for."""
        row = self._database.row(
            "SELECT * FROM holds WHERE ended_at IS NULL AND (currency IS NULL OR currency = ?) ORDER BY since",
            (currency,),
        )
        return _hold(row) if row else None

    def all_standing(self) -> Sequence[OrderHold]:
        """Every hold that has not ended."""
        return [_hold(row) for row in self._database.rows("SELECT * FROM holds WHERE ended_at IS NULL ORDER BY since")]

    def has_ended_since(self, at: datetime, currency: str) -> bool:
        """Whether orders in this currency were on hold after that time, and go on."""
        sql = "SELECT 1 FROM holds WHERE ended_at > ? AND (currency IS NULL OR currency = ?)"
        return self._database.row(sql, (to_text(at), currency)) is not None

    def get(self, hold_id: str) -> OrderHold | None:
        """A hold, ended or not."""
        row = self._database.row("SELECT * FROM holds WHERE id = ?", (hold_id,))
        return _hold(row) if row else None

    def add(self, hold: OrderHold) -> None:
        """Keep a new hold."""
        self._database.change(
            "INSERT INTO holds (id, reason, currency, since, look_at) VALUES (?, ?, ?, ?, ?)",
            (hold.id, hold.reason, hold.currency, to_text(hold.since), to_text(hold.look_at)),
        )

    def save(self, hold: OrderHold) -> None:
        """Keep when to look next, or that it has ended."""
        ended_at = hold.ended_at and to_text(hold.ended_at)
        self._database.change(
            "UPDATE holds SET look_at = ?, ended_at = ? WHERE id = ?", (to_text(hold.look_at), ended_at, hold.id)
        )


def _hold(row: sqlite3.Row) -> OrderHold:
    return OrderHold(
        id=row["id"],
        reason=Reason(row["reason"]),
        currency=row["currency"],
        since=from_text(row["since"]),
        look_at=from_text(row["look_at"]),
        ended_at=row["ended_at"] and from_text(row["ended_at"]),
    )
