"""Requests and gifts. Each change is one compare-and-set statement, with its line in the history beside it."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from bot.gifts.gift import REQUEST_LIFE, Decision, Gift, GiftState, GiftStep, Request, RequestState, RequestStep, after
from bot.gifts.money import Money
from bot.gifts.product import Choice
from bot.gifts.reasons import Reason
from storage.db import Database
from storage.history import HistoryTable
from storage.times import from_text, to_text

_NO_PART_IN = (
    "requester != :person AND NOT EXISTS (SELECT 1 FROM gifts WHERE request_id = requests.id AND recipient = :person)"
)


class RequestTable:
    """Requests with their gifts."""

    def __init__(self, database: Database, history: HistoryTable) -> None:
        self._database = database
        self._history = history

    def add(self, request: Request) -> bool:
        """Keep a new request; False, and nothing changed, when its id is known already."""
        added = self._database.change(
            "INSERT INTO requests (id, requester, value_minor, currency, country, product_code, product_name, note,"
            " announce_in, source, state, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO NOTHING",
            (
                request.id,
                request.requester,
                request.value.minor,
                request.value.currency,
                request.country,
                request.product and request.product.code,
                request.product and request.product.name,
                request.note,
                request.announce_in,
                request.source,
                request.state,
                to_text(request.created_at),
            ),
        )
        if not added:
            return False
        for position, gift in enumerate(request.gifts):
            self._database.change(
                "INSERT INTO gifts (id, request_id, position, recipient, state, attempt, changed_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (gift.id, request.id, position, gift.recipient, gift.state, gift.attempt, to_text(request.created_at)),
            )
        detail = f"{request.value} to each of {', '.join(request.recipients)}"
        self._history.add(request.created_at, request.requester, "request", request.id, detail=detail)
        return True

    def get(self, request_id: str) -> Request | None:
        """A request with its gifts."""
        found = self._read("SELECT * FROM requests WHERE id = :id", id=request_id)
        return found[0] if found else None

    def move(self, request: Request, step: RequestStep, by: str, at: datetime, note: str = "") -> bool:
        """Take a step if the request still stands where it was read; False when somebody else was faster."""
        state = REQUEST_LIFE.get((request.state, step))
        moved = state is not None and self._database.change(
            "UPDATE requests SET state = ?, decided_by = ?, decided_at = ?, decision_note = ?"
            " WHERE id = ? AND state = ?",
            (state, by, to_text(at), note, request.id, request.state),
        )
        if moved:
            self._history.add(at, by, step, request.id, detail=note)
        return bool(moved)

    def asked_by(self, person: str, limit: int) -> Sequence[Request]:
        """The latest requests of a person, newest first."""
        return self._read(
            "SELECT * FROM requests WHERE requester = :person ORDER BY created_at DESC LIMIT :limit",
            person=person,
            limit=limit,
        )

    def count_undecided(self, requester: str) -> int:
        """How many requests of a person are pending."""
        sql = "SELECT 1 FROM requests WHERE requester = ? AND state = 'pending'"
        return len(self._database.rows(sql, (requester,)))

    def undecided(self, person: str, limit: int) -> Sequence[Request]:
        """Pending requests, oldest first, that `person` neither asks for nor receives from."""
        return self._read(
            f"SELECT * FROM requests WHERE state = 'pending' AND {_NO_PART_IN} ORDER BY created_at LIMIT :limit",  # noqa: S608 - a constant
            person=person,
            limit=limit,
        )

    def in_trouble(self, person: str, limit: int) -> Sequence[Request]:
        """Requests with a gift that failed or is parked, newest first, that `person` has no part in."""
        return self._read(
            f"SELECT * FROM requests WHERE {_NO_PART_IN} AND id IN ("  # noqa: S608 - a constant
            " SELECT request_id FROM gifts WHERE state IN ('failed', 'parked') ORDER BY changed_at DESC LIMIT 100"
            ") ORDER BY created_at DESC LIMIT :limit",
            person=person,
            limit=limit,
        )

    def given_to(self, person: str, limit: int) -> Sequence[Request]:
        """Requests whose gift for this person has arrived, newest first."""
        return self._read(
            "SELECT requests.* FROM gifts JOIN requests ON requests.id = gifts.request_id WHERE recipient = :person"
            " AND gifts.state IN ('delivered', 'claimed', 'lapsed') ORDER BY gifts.changed_at DESC LIMIT :limit",
            person=person,
            limit=limit,
        )

    def _read(self, sql: str, **parameters: str | int) -> list[Request]:
        return [self._request(row) for row in self._database.rows(sql, parameters)]

    def _request(self, row: sqlite3.Row) -> Request:
        gifts = self._database.rows("SELECT * FROM gifts WHERE request_id = ? ORDER BY position", (row["id"],))
        return Request(
            id=row["id"],
            requester=row["requester"],
            gifts=tuple(gift_from(gift) for gift in gifts),
            value=Money(row["value_minor"], row["currency"]),
            country=row["country"],
            note=row["note"],
            created_at=from_text(row["created_at"]),
            product=Choice(row["product_code"], row["product_name"]) if row["product_code"] else None,
            announce_in=row["announce_in"],
            source=row["source"],
            state=RequestState(row["state"]),
            decision=row["decided_by"]
            and Decision(row["decided_by"], from_text(row["decided_at"]), row["decision_note"]),
        )


class GiftTable:
    """Single gifts."""

    def __init__(self, database: Database, history: HistoryTable) -> None:
        self._database = database
        self._history = history

    def get(self, gift_id: str) -> Gift | None:
        """A gift."""
        row = self._database.row("SELECT * FROM gifts WHERE id = ?", (gift_id,))
        return gift_from(row) if row else None

    def move(
        self, gift: Gift, step: GiftStep, by: str, at: datetime, reason: Reason | None = None, detail: str = ""
    ) -> bool:
        """Take a step if the gift still stands where it was read; False when somebody else was faster."""
        moved = self._database.change(
            "UPDATE gifts SET state = ?, attempt = ?, reason = ?, changed_at = ?"
            " WHERE id = ? AND state = ? AND attempt = ?",
            (
                after(gift.state, step),
                gift.attempt + (step is GiftStep.ORDER_ANEW),
                reason and reason.value,
                to_text(at),
                gift.id,
                gift.state,
                gift.attempt,
            ),
        )
        if moved:
            why = ": ".join(filter(None, (reason and reason.value, detail)))
            self._history.add(at, by, step, gift.request_id, gift.id, why)
        return bool(moved)


def gift_from(row: sqlite3.Row) -> Gift:
    """A gift that was kept."""
    return Gift(
        id=row["id"],
        request_id=row["request_id"],
        recipient=row["recipient"],
        state=GiftState(row["state"]),
        attempt=row["attempt"],
        reason=Reason(row["reason"]) if row["reason"] else None,
    )
