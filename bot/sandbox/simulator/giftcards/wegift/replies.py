"""The replies of the WeGift contract, field by field as its document shows them, and what it accepts as an order."""

import datetime as dt
from decimal import Decimal
from typing import Any, Final

from bot.sandbox.simulator.giftcards.service import Item, Order, RefusedOrder

CURRENCIES: Final = {
    **dict.fromkeys(("AT", "BE", "BG", "DE", "ES", "FI", "FR", "GR", "IE", "IT", "LU", "NL", "PT"), "EUR"),
    "AU": "AUD",
    "CA": "CAD",
    "CH": "CHF",
    "CO": "COP",
    "CZ": "CZK",
    "DK": "DKK",
    "GB": "GBP",
    "HU": "HUF",
    "ID": "IDR",
    "IN": "INR",
    "JP": "JPY",
    "KW": "KWD",
    "NO": "NOK",
    "NZ": "NZD",
    "PL": "PLN",
    "RS": "RSD",
    "SE": "SEK",
    "SG": "SGD",
    "US": "USD",
}


def order_reply(order: Order, asked: dict[str, Any], *, payment_id: str) -> dict[str, Any]:
    """Write an order as the example of a successful response shows it."""
    total = number(order.face_value)
    items = [
        {
            "id": item.id,
            "order_id": order.id,
            "country": order.country,
            "currency": order.currency,
            "face_value": number(item.face_value),
            "price": number(item.face_value),
            "delivery_email": wanted.get("delivery_email"),
            "current_token": None,
            "tokens": [],
        }
        for item, wanted in zip(order.items, asked["items"], strict=True)
    ]
    return {
        "description": None,
        "customer_id": "C-ABC123",
        "id": order.id,
        "user_id": None,
        "created_at": _moment(order),
        "is_complete": False,
        "card_payment_id": payment_id,
        "currency": order.currency,
        "countries": [order.country],
        "initial_values": {"link_count": len(items), "total_price": total, "total_value": total},
        "final_values": None,
        "product_count": 1,
        "customer_name": "Company Name",
        "customisation": None,
        "items": items,
        "card_payment_details": None,
    }


def link_row(order: Order, item: Item) -> dict[str, Any]:
    """Write the link of an item as the example shows it."""
    value, code = number(item.face_value), item.id.removeprefix("E-")
    return {
        "id": item.id,
        "order_item_token_id": f"OIT-{code}",
        "order_id": order.id,
        "currency": order.currency,
        "face_value": value,
        "price": value,
        "token_created_at": _moment(order),
        "first_clicked_at": None,
        "last_clicked_at": None,
        "token_url": item.link,
        "select_link_id": f"SL-{code}",
        "select_link": {
            "id": f"SL-{code}",
            "currency": order.currency,
            "initial_balance": value,
            "unspent_balance": value,
        },
        "delivery_email": None,
        "deliveries": [],
    }


def _moment(order: Order) -> str:
    return dt.datetime.fromtimestamp(order.created_at, dt.UTC).isoformat(timespec="microseconds")


def number(value: Decimal) -> float:
    """Write a value as the API does: a number, whole where it is whole."""
    return int(value) if value == value.to_integral_value() else float(value)


def validate(asked: dict[str, Any]) -> None:
    """Refuse a body that is no order, and say where."""
    details = [{"loc": ["body", *where], "msg": what, "type": "value_error"} for where, what in _problems(asked)]
    if details:
        raise RefusedOrder("validation_error", 422, "The request is not valid", details)


def _problems(asked: dict[str, Any]) -> list[tuple[list[str | int], str]]:
    problems: list[tuple[list[str | int], str]] = [
        ([name], "field required")
        for name in ("idempotency_key", "card_id")
        if not isinstance(asked.get(name), str) or not asked[name]
    ]
    items = asked.get("items")
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        return [*problems, (["items"], "a list of at least one item is required")]
    for index, item in enumerate(items):
        value = item.get("face_value")
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            problems.append((["items", index, "face_value"], "must be a number greater than 0"))
        if item.get("country") not in CURRENCIES:
            problems.append((["items", index, "country"], "unsupported country"))
    if len({str(item.get("country")) for item in items}) > 1:
        problems.append((["items"], "all items must have the same country"))
    return problems
