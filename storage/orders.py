"""Orders: the exact body before it is first sent, and the provider's id once it is known. Never a link."""

from bot.gifts.gift import Gift
from bot.gifts.money import Money
from bot.gifts.order import Order
from storage.db import Database
from storage.times import from_text, to_text


class OrderTable:
    """What was, or may have been, sent to the gift card service."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, gift: Gift) -> Order | None:
        """The order of the gift's current attempt."""
        row = self._database.row("SELECT * FROM orders WHERE gift_id = ? AND attempt = ?", (gift.id, gift.attempt))
        if row is None:
            return None
        return Order(
            key=row["key"],
            gift_id=row["gift_id"],
            attempt=row["attempt"],
            body=row["body"],
            value=Money(row["value_minor"], row["currency"], row["exponent"]),
            country=row["country"],
            first_sent_at=from_text(row["first_sent_at"]),
            provider_id=row["provider_id"],
        )

    def add(self, order: Order) -> None:
        """Keep an order before it is sent for the first time."""
        self._database.change(
            "INSERT INTO orders (key, gift_id, attempt, body, value_minor, currency, exponent, country, first_sent_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                order.key,
                order.gift_id,
                order.attempt,
                order.body,
                order.value.minor,
                order.value.currency,
                order.value.exponent,
                order.country,
                to_text(order.first_sent_at),
            ),
        )

    def placed(self, order: Order, order_id: str) -> bool:
        """Keep the provider's id; False when another gift has that id already."""
        return bool(
            self._database.change("UPDATE OR IGNORE orders SET provider_id = ? WHERE key = ?", (order_id, order.key))
        )

    def gift_of(self, order_id: str) -> str | None:
        """The id of the gift whose order has this id at the provider."""
        row = self._database.row("SELECT gift_id FROM orders WHERE provider_id = ?", (order_id,))
        return row["gift_id"] if row else None
