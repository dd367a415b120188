"""What is listed for one person, a page at a time: each list comes out of an index of its own, in order."""

import sqlite3
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import chain
from operator import attrgetter

from bot.gifts.model.gift import Request
from bot.gifts.model.listing import DecisionRow, GiftLine, RequestFilter
from bot.gifts.model.pagination import BEGINNING, Mark, Place
from storage.database import Database
from storage.requests import gift_from, request_from
from storage.timestamps import from_text, to_text

_NOT_AGREED_TO = (
    "NOT EXISTS (SELECT 1 FROM approvals WHERE request_id = requests.id AND approvals.version = requests.version"
    " AND :person IN (given_by, on_behalf_of))"
)
_NO_PART_IN = (
    "requester != :person AND NOT EXISTS (SELECT 1 FROM gifts WHERE request_id = requests.id AND recipient = :person)"
)
_OF_REQUESTER = {
    RequestFilter.ALL: "requester = :person",
    RequestFilter.IN_TROUBLE: "requester = :person AND in_trouble > 0",
}
_LINE = "SELECT gifts.*, changed_at AS since FROM gifts"


class Listings:
    """Lists of any length."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def asked_by(
        self, person: str, limit: int, which: RequestFilter = RequestFilter.ALL, place: Place = BEGINNING
    ) -> Sequence[Request]:
        """The requests of a person, newest first."""
        condition = _OF_REQUESTER.get(which, "requester = :person AND state = :state")
        sql = f"SELECT * FROM requests WHERE {condition}{_newest('created_at', 'id', place)}"  # noqa: S608 - constants
        return self._requests(self._rows(sql, place, limit, person=person, state=which))

    def undecided(self, person: str, pools: Collection[str], limit: int, place: Place = BEGINNING) -> Sequence[Request]:
        """Requests that wait for one of these pools, oldest first, and for this person as far as they have no part."""
        sql = (
            "SELECT * FROM requests WHERE state = 'pending' AND waits_for = :pool"  # noqa: S608 - constants
            f" AND {_NO_PART_IN} AND {_NOT_AGREED_TO}{_oldest('created_at', 'id', place)}"
        )
        found = chain.from_iterable(self._rows(sql, place, limit, person=person, pool=pool) for pool in pools)
        in_order = sorted(found, key=lambda row: (row["created_at"], row["id"]))
        return self._requests(in_order[-limit:] if place.back else in_order[:limit])

    def in_trouble(self, person: str, limit: int, place: Place = BEGINNING) -> Sequence[GiftLine]:
        """Gifts that failed or are parked, the latest first, in which `person` has no part."""
        sql = (
            f"{_LINE} JOIN requests ON requests.id = request_id"
            f" WHERE gifts.state IN ('failed', 'needs_review') AND {_NO_PART_IN}"
            f"{_newest('changed_at', 'gifts.id', place)}"
        )
        return self._gift_lines(self._rows(sql, place, limit, person=person))

    def given_to(self, person: str, limit: int, place: Place = BEGINNING) -> Sequence[GiftLine]:
        """Gifts that have arrived at a person, the latest first."""
        sql = (
            f"{_LINE} WHERE recipient = :person"
            f" AND state IN ('delivered', 'claimed', 'expired'){_newest('changed_at', 'id', place)}"
        )
        return self._gift_lines(self._rows(sql, place, limit, person=person))

    def decided_by(self, person: str, since: datetime, limit: int, place: Place = BEGINNING) -> Sequence[DecisionRow]:
        """What a person approved and declined since then, the latest first."""
        if place.back and place.mark:  # an index takes one lower bound
            place = Place(max(place.mark, Mark(since, ""), key=attrgetter("at")), back=True)
        yes = (
            "SELECT request_id, version, at, 1 AS is_yes FROM approvals WHERE given_by = :person"  # noqa: S608 - constants
            f"{'' if place.back else ' AND at >= :since'}{_newest('at', 'request_id', place)}"
        )
        no = (
            "SELECT id AS request_id, version, decided_at AS at, 0 AS is_yes FROM requests"  # noqa: S608 - constants
            " WHERE decided_by = :person AND state = 'declined'"
            f"{'' if place.back else ' AND decided_at >= :since'}{_newest('decided_at', 'id', place)}"
        )
        found = [row for sql in (yes, no) for row in self._rows(sql, place, limit, person=person, since=to_text(since))]
        in_order = sorted(found, key=lambda row: (row["at"], row["request_id"]), reverse=True)
        nearest = in_order[-limit:] if place.back else in_order[:limit]
        requests = self._requests_of(nearest)
        return [
            DecisionRow(request, row["version"], from_text(row["at"]), bool(row["is_yes"]))
            for row, request in zip(nearest, requests, strict=True)
        ]

    def _rows(self, sql: str, place: Place, limit: int, **parameters: str) -> list[sqlite3.Row]:
        """The rows nearest to a place, in the order of the list."""
        mark = {"at": to_text(place.mark.at), "id": place.mark.id} if place.mark else {}
        rows = self._database.rows(sql, {**parameters, **mark, "limit": limit})
        return rows[::-1] if place.back else rows

    def _requests(self, rows: Sequence[sqlite3.Row]) -> list[Request]:
        return [request_from(self._database, row) for row in rows]

    def _requests_of(self, rows: Sequence[sqlite3.Row]) -> list[Request]:
        by_id = "SELECT * FROM requests WHERE id = ?"
        return self._requests([found for row in rows for found in self._database.rows(by_id, (row["request_id"],))])

    def _gift_lines(self, rows: Sequence[sqlite3.Row]) -> list[GiftLine]:
        return [
            GiftLine(request, gift_from(row), from_text(row["since"]))
            for row, request in zip(rows, self._requests_of(rows), strict=True)
        ]


def _newest(time: str, key: str, place: Place) -> str:
    """The rest of a query that lists the newest first, from a place on."""
    return _from_place_on(time, key, place, falling=not place.back)


def _oldest(time: str, key: str, place: Place) -> str:
    return _from_place_on(time, key, place, falling=place.back)


def _from_place_on(time: str, key: str, place: Place, *, falling: bool) -> str:
    beyond, way = ("<", " DESC") if falling else (">", "")
    marked = f" AND ({time}, {key}) {beyond} (:at, :id)" if place.mark else ""
    return f"{marked} ORDER BY {time}{way}, {key}{way} LIMIT :limit"
