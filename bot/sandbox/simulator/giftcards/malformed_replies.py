"""Replies that should never come and sometimes do: the work is done, and the answer is nonsense."""

import copy
import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, Final

NOT_JSON_BODY: Final = "<html><body><h1>502 Bad Gateway</h1></body></html>"
LINK_FIELDS: Final = ("token_url", "url")

Json = dict[str, Any]


class Junk(StrEnum):
    """The kinds of nonsense."""

    NOT_JSON = "not_json"
    NO_ID = "no_id"
    OTHER_AMOUNT = "other_amount"  # repeats another order's face value
    OTHER_ORDER_ID = "other_order_id"  # repeats an earlier order's id
    OTHER_COUNTRY = "other_country"  # of the same value in the same currency
    FOREIGN_HOST = "foreign_host"
    HTTP = "http"
    NO_LINK = "no_link"
    TWO_LINKS = "two_links"


LINKS_OF: Final[dict[Junk, Callable[[str], str | None]]] = {
    Junk.FOREIGN_HOST: lambda link: re.sub(r"^https://(\w+)\.", r"https://\1.evil.", link),
    Junk.HTTP: lambda link: link.replace("https://", "http://"),
    Junk.NO_LINK: lambda _: None,
}
OF_LINKS_ONLY: Final = {*LINKS_OF, Junk.TWO_LINKS}


def spoiled(reply: Any, junk: Junk, *, other_id: str, other_amount: float | str) -> Any:
    """Copy a reply, an order or a list of links, and spoil it."""
    reply = copy.deepcopy(reply)
    match junk:
        case Junk.NO_ID:
            _each(reply, "id", lambda row: row.pop("id"))
        case Junk.OTHER_AMOUNT:
            _each(reply, "face_value", lambda row: row.update(face_value=other_amount, price=other_amount))
        case Junk.OTHER_ORDER_ID:
            _each(reply, "order_id", lambda row: row.update(order_id=other_id))
            if isinstance(reply, dict):
                reply["id"] = other_id
        case Junk.OTHER_COUNTRY:
            _each(reply, "country", lambda row: row.update(country=_another(row["country"])))
            _each(reply, "countries", lambda row: row.update(countries=[*map(_another, row["countries"])]))
        case Junk.FOREIGN_HOST | Junk.HTTP | Junk.NO_LINK:
            _each_link(reply, LINKS_OF[junk])
        case Junk.TWO_LINKS:
            rows = reply if isinstance(reply, list) else reply.get("items", [])
            again = copy.deepcopy(rows)
            _each_link(again, lambda link: f"{link}-again")
            rows += again
        case Junk.NOT_JSON:
            return NOT_JSON_BODY
    return reply


def _objects(reply: Any) -> Iterator[Json]:
    if isinstance(reply, dict):
        yield reply
        reply = list(reply.values())
    if isinstance(reply, list):
        for value in reply:
            yield from _objects(value)


def _each(reply: Any, name: str, change: Callable[[Json], Any]) -> None:
    for row in _objects(reply):
        if row.get(name) is not None:
            change(row)


def _another(country: str) -> str:
    return "DE" if country == "FR" else "FR"


def _each_link(reply: Any, change: Callable[[str], str | None]) -> None:
    for row in _objects(reply):
        for field in LINK_FIELDS:
            if row.get(field) is not None:
                row[field] = change(row[field])
