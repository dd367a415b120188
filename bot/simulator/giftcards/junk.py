"""Replies that should never come and sometimes do: the work is done, and the answer is nonsense."""

import copy
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

NOT_JSON_BODY: Final = "<html><body><h1>502 Bad Gateway</h1></body></html>"

Rows = list[dict[str, Any]]


class Junk(StrEnum):
    """The kinds of nonsense."""

    NOT_JSON = "not_json"
    NO_ID = "no_id"
    OTHER_AMOUNT = "other_amount"  # repeats another order's face value
    OTHER_ORDER_ID = "other_order_id"  # repeats an earlier order's id
    FOREIGN_HOST = "foreign_host"
    HTTP = "http"
    TWO_LINKS = "two_links"


OF_LINKS_ONLY: Final = {Junk.FOREIGN_HOST, Junk.HTTP, Junk.TWO_LINKS}


def spoiled(reply: Any, junk: Junk, *, other_id: str, other_amount: float) -> Any:
    """Copy a reply, an order or a list of links, and spoil it."""
    reply = copy.deepcopy(reply)
    rows: Rows = reply if isinstance(reply, list) else [reply, *reply["items"]]
    match junk:
        case Junk.NO_ID:
            _each(rows, "id", lambda row: row.pop("id"))
        case Junk.OTHER_AMOUNT:
            _each(rows, "face_value", lambda row: row.update(face_value=other_amount, price=other_amount))
        case Junk.OTHER_ORDER_ID:
            _each(rows, "order_id", lambda row: row.update(order_id=other_id))
            if isinstance(reply, dict):
                reply["id"] = other_id
        case Junk.FOREIGN_HOST:
            _each(rows, "token_url", _elsewhere)
        case Junk.HTTP:
            _each(rows, "token_url", _without_tls)
        case Junk.TWO_LINKS:
            reply += copy.deepcopy(reply)
            _each(reply[-1:], "token_url", lambda row: row.update(token_url=f"{row['token_url']}-again"))
        case Junk.NOT_JSON:
            return NOT_JSON_BODY
    return reply


def _each(rows: Rows, name: str, change: Callable[[dict[str, Any]], Any]) -> None:
    for row in rows:
        if row.get(name) is not None:
            change(row)


def _elsewhere(row: dict[str, Any]) -> None:
    row["token_url"] = row["token_url"].replace("https://gifts.", "https://gifts.evil.")


def _without_tls(row: dict[str, Any]) -> None:
    row["token_url"] = row["token_url"].replace("https://", "http://")
