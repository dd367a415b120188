"""Orders: the exact body before it is first sent, and the provider's id once it is known. Never a link."""

import sqlite3
from dataclasses import replace
from datetime import datetime

from bot.gifts.model.gift import Gift
from bot.gifts.model.money import Money
from bot.gifts.model.order import Order
from storage.database import Database
from storage.timestamps import from_text, to_text

_VALUES = (
    "INTO orders (key, gift_id, attempt, body, value_minor, currency, exponent, country, first_sent_at,"
    " provider_id, unknown_since) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class OrderTable:
    """What was, or may have been, sent to the gift card service."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, gift: Gift) -> Order | None:
        """The order of the gift's current attempt."""
        row = self._database.row("SELECT * FROM orders WHERE gift_id = ? AND attempt = ?", (gift.id, gift.attempt))
        return _order(row) if row else None

    def add(self, order: Order) -> None:
        """Keep an order before it is sent for the first time."""
        self._database.change(f"INSERT {_VALUES}", _values(order))

    def send_again(self, order: Order, at: datetime) -> Order:
        """Keep that it is sent once more; since the earliest send that was not cleared, its outcome is unknown."""
        row = self._database.add(
            "UPDATE orders SET sent_again_at = :at, unknown_since = coalesce(unknown_since, :at)"
            " WHERE key = :key RETURNING *",
            {"at": to_text(at), "key": order.key},
        )
        return _order(row)

    def clear(self, order: Order) -> bool:
        """Keep that there is no such order; False, and nothing changed, when it was sent again since it was read."""
        sent_again_at = order.sent_again_at and to_text(order.sent_again_at)
        sql = "UPDATE orders SET unknown_since = NULL WHERE key = ? AND sent_again_at IS ? AND provider_id IS NULL"
        return bool(self._database.change(sql, (order.key, sent_again_at)))

    def placed(self, order: Order, order_id: str) -> bool:
        """Keep the provider's id, also of an order that was only found; False when another gift has that id."""
        sql = "UPDATE OR IGNORE orders SET provider_id = ?, unknown_since = NULL WHERE key = ?"
        found = replace(order, provider_id=order_id, unknown_since=None)
        return bool(
            self._database.change(sql, (order_id, order.key))
            or self._database.change(f"INSERT OR IGNORE {_VALUES}", _values(found))
        )

    def gift_of(self, order_id: str) -> str | None:
        """The id of the gift whose order has this id at the provider."""
        row = self._database.row("SELECT gift_id FROM orders WHERE provider_id = ?", (order_id,))
        return row["gift_id"] if row else None


def _values(order: Order) -> tuple[str | int | None, ...]:
    return (
        order.key,
        order.gift_id,
        order.attempt,
        order.body,
        order.value.minor,
        order.value.currency,
        order.value.exponent,
        order.country,
        to_text(order.first_sent_at),
        order.provider_id,
        to_text(order.unknown_since) if order.unknown_since else None,
    )


def _order(row: sqlite3.Row) -> Order:
    return Order(
        key=row["key"],
        gift_id=row["gift_id"],
        attempt=row["attempt"],
        body=row["body"],
        value=Money(row["value_minor"], row["currency"], row["exponent"]),
        country=row["country"],
        first_sent_at=from_text(row["first_sent_at"]),
        provider_id=row["provider_id"],
        unknown_since=row["unknown_since"] and from_text(row["unknown_since"]),
        sent_again_at=row["sent_again_at"] and from_text(row["sent_again_at"]),
    )
