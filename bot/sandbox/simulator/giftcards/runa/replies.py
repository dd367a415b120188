"""The replies of Runa's API of 2024-02-05, field by field as its OpenAPI document describes them."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from bot.sandbox.simulator.giftcards.runa.body import Basket
from bot.sandbox.simulator.giftcards.runa.catalogue import Product
from bot.sandbox.simulator.giftcards.runa.orders import Placed
from bot.sandbox.simulator.giftcards.service import Item, Pending

Json = dict[str, Any]

MERCHANT: Final = "https://merchants.giftcards.test"
LIFE_OF_A_LINK: Final = 365 * 24 * 3600.0


def amount(value: Decimal) -> str:
    """Write an amount as the API does, with two decimals in any currency."""
    return f"{value:.2f}"


def accepted(placed: Placed) -> Json:
    """Write that an order is being worked on."""
    return {"id": placed.order.id, "status": "PROCESSING"}


def processing(placed: Placed) -> Json:
    """Write that an order is still being worked on, to who asks for it."""
    return {**accepted(placed), "message": "Order is being processed"}


def failed(placed: Placed) -> Json:
    """Write that an order came to nothing."""
    return {"id": placed.order.id, "status": "FAILED", "message": "Order could not be fulfilled"}


def row(placed: Placed) -> Json:
    """Write a completed order as the list shows it."""
    order = placed.order
    return {
        "id": order.id,
        "status": "COMPLETED",
        "created_at": moment(order.created_at),
        "completed_at": moment(placed.settled_at or order.created_at),
        "description": placed.asked.get("description"),
        "payment_method": placed.asked["payment_method"],
        "currency": order.currency,
        "total_price": amount(placed.basket.price),
        "total_discount": amount(placed.basket.discount),
    }


def details(placed: Placed, *, links_expire: bool, without_link: Pending | None = None) -> Json:
    """Write a completed order with its links, or as if they were missing."""
    asked = placed.asked["items"]
    items = [
        {
            "id": item.id,
            "distribution_method": wanted["distribution_method"],
            "products": _products(wanted["products"], line.products),
            "face_value": amount(item.face_value),
            "price": amount(line.price),
            "currency": placed.order.currency,
            "payout": _payout(placed, item, links_expire=links_expire, without_link=without_link),
        }
        for item, wanted, line in zip(placed.order.items, asked, placed.basket.lines, strict=True)
    ]
    total = {placed.order.currency: {"value": amount(placed.order.face_value)}}
    return {**row(placed), "items": items, "transaction_detail": total, "metadata": placed.asked.get("metadata")}


def _products(asked: Json, chosen: Sequence[Product]) -> Json:
    if asked["type"] != "TEMPLATE":
        return asked
    return {**asked, "values": [product.code for product in chosen]}


def _payout(placed: Placed, item: Item, *, links_expire: bool, without_link: Pending | None) -> Json:
    payout = placed.payouts[item.link]
    shown: Json = {
        "status": payout.status,
        "status_updated_at": moment(payout.since),
        "expiry_date": moment(placed.order.created_at + LIFE_OF_A_LINK) if links_expire else None,
    }
    if without_link is Pending.NO_URL:
        return shown
    return {**shown, "url": None if without_link else item.link}


def estimate(asked: Json, basket: Basket) -> Json:
    """Write what an order would cost."""
    items = [
        {
            "products": item["products"],
            "face_value": float(line.face_value),
            "price": float(line.price),
            "discount_multiplier": amount(max(1 - line.price / line.face_value, Decimal(0))),
            "currency": basket.currency,
        }
        for item, line in zip(asked["items"], basket.lines, strict=True)
    ]
    return {
        "payment_method": asked["payment_method"],
        "items": items,
        "currency": basket.currency,
        "total_discount": float(basket.discount),
        "total_price": float(basket.price),
        "transaction_detail": {basket.currency: {"value": amount(basket.price + basket.discount)}},
    }


def completion(placed: Placed) -> Json:
    """Write what is sent about an order that is settled."""
    return {"id": placed.order.id, "status": "FAILED"} if placed.fails else row(placed)


def product_update(before: Product, after: Product, at: float) -> Json:
    """Write what is sent about a product that was changed."""
    states = {"old_state": _state(before), "new_state": _state(after)}
    return {"product_code": after.code, **states, "timestamp": moment(at)}


def _state(one: Product) -> Json:
    return {
        "price_multiplier": one.discount,
        "is_orderable": one.is_orderable,
        "denominations": _denominations(one),
    }


def product(one: Product) -> Json:
    """Write a product."""
    site = f"{MERCHANT}/{one.code}"
    return {
        "name": one.name,
        "code": one.code,
        "currency": one.currency,
        "state": "LIVE" if one.is_orderable else "TEMPORARILY_DISABLED",
        "is_orderable": one.is_orderable,
        "payout_type": one.payout_type,
        "categories": [one.category],
        "countries_redeemable_in": list(one.countries),
        "customer_service": {"phone_number": None, "website_url": f"{site}/help"},
        "discount_multiplier": one.discount,
        "availability": "realtime",
        one.payout_type: _payment(one) if one.payout_type == "payment" else _gift_card(one, site),
    }


def _payment(one: Product) -> Json:
    return {
        "assets": {"icon_image_url": f"{MERCHANT}/{one.code}/icon.png", "primary_color": "#1F4E79"},
        "denominations": {"minimum_value": one.smallest, "maximum_value": one.largest},
    }


def _gift_card(one: Product, site: str) -> Json:
    return {
        "assets": {
            "card_image_url": f"{site}/card.png",
            "icon_image_url": f"{site}/icon.png",
            "primary_color": "#1F4E79",
        },
        "balance_check_url": f"{site}/balance",
        "expiry": {"date_policy": "Expires 2 years from issue date", "in_months": 24, "type": "from-issue-date"},
        "redeemable_at": "all",
        "website_url": site,
        "barcode_format": None,
        "e_code_usage_type": "url-recommended",
        "denominations": _denominations(one),
    }


def _denominations(one: Product) -> Json:
    return {
        "type": "fixed" if one.values else "open",
        "minimum_value": one.smallest,
        "maximum_value": one.largest,
        "available_list": list(one.values) or None,
    }


def moment(at: float) -> str:
    """Write a time as the API does, in UTC."""
    return dt.datetime.fromtimestamp(at, dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
