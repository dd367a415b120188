"""Requests and gifts. Each change is one compare-and-set statement, with its line in the history beside it."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce
from operator import attrgetter

from bot.gifts.model.audit_event import AuditEvent
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import (
    REQUEST_LIFE,
    Approval,
    Closing,
    Decision,
    Gift,
    GiftState,
    GiftStep,
    Request,
    RequestState,
    RequestStep,
    after,
)
from bot.gifts.model.money import Money, nothing
from bot.gifts.model.product import ChosenProduct
from storage.audit_log import AuditLogTable
from storage.database import Database
from storage.timestamps import from_text, to_text

_SUMS = ", ".join(f"sum(value_minor) FILTER (WHERE exponent = {exponent})" for exponent in range(5))


class RequestTable:
    """Requests with their gifts."""

    def __init__(self, database: Database, history: AuditLogTable) -> None:
        self._database = database
        self._history = history

    def add(self, request: Request, waits_for: str | None = None) -> bool:
        """Keep a new request that waits for a pool; False, and nothing changed, when its id is known already."""
        values = _columns(request) | {"id": request.id, "state": request.state, "waits_for": waits_for}
        names = ", ".join(values)
        gaps = ", ".join(f":{name}" for name in values)
        added = self._database.change(
            f"INSERT INTO requests ({names}) VALUES ({gaps}) ON CONFLICT (id) DO NOTHING",  # noqa: S608 - constants
            values,
        )
        if not added:
            return False
        for position, gift in enumerate(request.gifts):
            self._add_gift(gift, position, request.created_at)
        self._history.add(
            request.created_at, request.requester, AuditEvent.REQUEST, request.id, detail=_in_words(request)
        )
        return True

    def edit(self, edited: Request, at: datetime) -> bool:
        """Keep the next version of a pending request, with its gifts; False when somebody else was faster."""
        values = _columns(edited) | {"id": edited.id, "before": edited.version - 1}
        changes = ", ".join(f"{name} = :{name}" for name in _columns(edited))
        changed = self._database.change(
            f"UPDATE requests SET {changes} WHERE id = :id AND state = 'pending' AND version = :before",  # noqa: S608 - constants
            values,
        )
        if changed:
            kept = {gift.id for gift in edited.gifts}
            for row in self._database.rows("SELECT id FROM gifts WHERE request_id = ?", (edited.id,)):
                if row["id"] not in kept:
                    self._database.change("DELETE FROM message_gifts WHERE gift_id = ?", (row["id"],))
                    self._database.change("DELETE FROM gifts WHERE id = ?", (row["id"],))
            for position, gift in enumerate(edited.gifts):
                self._add_gift(gift, position, at)
            self._history.add(at, edited.requester, AuditEvent.EDIT, edited.id, detail=_in_words(edited))
        return bool(changed)

    def approve(self, request: Request, approval: Approval) -> None:
        """Keep one person's yes to this version of a request."""
        given = (request.id, request.version, approval.step, approval.pool, approval.by, approval.on_behalf_of)
        self._database.change(
            "INSERT INTO approvals VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*given, to_text(approval.at), approval.note)
        )

    def lower(self, request: Request, value: Money, by: str, at: datetime) -> None:
        """Let each gift of a pending request be worth less than was asked."""
        lowered = replace(request, value=value, asked=request.asked or request.value)
        self._database.change(
            "UPDATE requests SET value_minor = :value_minor, asked_minor = :asked_minor,"
            " weighed_minor = :weighed_minor, exponent = :exponent WHERE id = :id AND state = 'pending'",
            {**_amounts(lowered), "id": request.id},
        )
        self._history.add(at, by, AuditEvent.LOWER, request.id, detail=f"from {request.value} to {value}")

    def wait_for(self, request: Request, pool: str | None) -> None:
        """Note whose turn it is to decide."""
        sql = "UPDATE requests SET waits_for = ? WHERE id = ? AND waits_for IS NOT ?"
        self._database.change(sql, (pool, request.id, pool))

    def get(self, request_id: str) -> Request | None:
        """A request with its gifts."""
        row = self._database.row("SELECT * FROM requests WHERE id = ?", (request_id,))
        return request_from(self._database, row) if row else None

    def move(self, request: Request, step: RequestStep, by: str, at: datetime, note: str = "") -> Request | None:
        """Take a step if the request still stands where it was read; None when somebody else was faster."""
        state = REQUEST_LIFE.get((request.state, step))
        moved = state is not None and self._database.change(
            "UPDATE requests SET state = ?, waits_for = NULL, decided_by = ?, decided_at = ?, decision_note = ?"
            " WHERE id = ? AND state = ? AND version = ?",
            (state, by, to_text(at), note, request.id, request.state, request.version),
        )
        if not (state and moved):
            return None
        self._history.add(at, by, AuditEvent(step), request.id, detail=note)
        return replace(request, state=state, decision=Decision(by, at, note))

    def who_wait(self, limit: int) -> Sequence[str]:
        """Some of those whose requests are pending."""
        sql = "SELECT requester FROM requests WHERE state = 'pending' ORDER BY waits_for, created_at LIMIT ?"
        rows = self._database.rows(sql, (limit,))
        return list(dict.fromkeys(row["requester"] for row in rows))

    def count_undecided(self, requester: str) -> int:
        """How many requests of a person are pending."""
        sql = "SELECT count(*) AS requests FROM requests WHERE requester = ? AND state = 'pending'"
        row = self._database.row(sql, (requester,))
        return row["requests"] if row else 0

    def given_between(self, requester: str, recipient: str, currency: str, since: datetime, but: str) -> Money:
        """What one person asked for another since then, `but` one request, as far as it was not turned down."""
        sums = self._database.row(
            f"SELECT {_SUMS} FROM requests JOIN gifts ON gifts.request_id = requests.id"  # noqa: S608 - constants
            " WHERE requester = ? AND created_at >= ? AND recipient = ? AND currency = ? AND requests.id != ?"
            " AND gifts.state != 'cancelled'",
            (requester, to_text(since), recipient, currency, but),
        )
        amounts = (Money(minor, currency, exponent) for exponent, minor in enumerate(sums or ()) if minor)
        return reduce(Money.plus, amounts, nothing(currency))

    def _add_gift(self, gift: Gift, position: int, at: datetime) -> None:
        self._database.change(
            "INSERT INTO gifts (id, request_id, position, recipient, state, attempt, changed_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET position = excluded.position",
            (gift.id, gift.request_id, position, gift.recipient, gift.state, gift.attempt, to_text(at)),
        )


def _columns(request: Request) -> dict[str, str | int | None]:
    """What somebody asks for, as the table has it."""
    return {
        "version": request.version,
        "requester": request.requester,
        **_amounts(request),
        "currency": request.value.currency,
        "country": request.country,
        "product_code": request.product.code if request.product else None,
        "product_name": request.product.name if request.product else None,
        "cost_centre": request.cost_centre,
        "month": request.month,
        "note": request.note,
        "hashtag": request.hashtag,
        "announce_in": request.announce_in,
        "names_amount": request.names_amount,
        "source": request.source,
        "created_at": to_text(request.created_at),
    }


def _amounts(request: Request) -> dict[str, int | None]:
    """The amounts of a request, all with the decimal places of the finest: the table compares them with each other."""
    amounts = {"value_minor": request.value, "asked_minor": request.asked, "weighed_minor": request.weighed}
    exponent = max(amount.exponent for amount in amounts.values() if amount)
    minor = {name: amount.written_with(exponent).minor if amount else None for name, amount in amounts.items()}
    return minor | {"exponent": exponent}


def _in_words(request: Request) -> str:
    return f"{request.value} to each of {', '.join(request.recipients)}"


def request_from(database: Database, row: sqlite3.Row) -> Request:
    """A request that was kept, with its gifts and the approvals of its version."""
    gifts = database.rows("SELECT * FROM gifts WHERE request_id = ? ORDER BY position", (row["id"],))
    approvals = database.rows(
        "SELECT * FROM approvals WHERE request_id = ? AND version = ?", (row["id"], row["version"])
    )
    return Request(
        id=row["id"],
        version=row["version"],
        requester=row["requester"],
        gifts=tuple(gift_from(gift) for gift in gifts),
        value=Money(row["value_minor"], row["currency"], row["exponent"]),
        asked=_amount_if_any(row, "asked_minor"),
        weighed=_amount_if_any(row, "weighed_minor"),
        country=row["country"],
        cost_centre=row["cost_centre"],
        month=row["month"],
        note=row["note"],
        hashtag=row["hashtag"],
        created_at=from_text(row["created_at"]),
        product=ChosenProduct(row["product_code"], row["product_name"]) if row["product_code"] else None,
        announce_in=row["announce_in"],
        names_amount=bool(row["names_amount"]),
        source=row["source"],
        state=RequestState(row["state"]),
        decision=row["decided_by"] and Decision(row["decided_by"], from_text(row["decided_at"]), row["decision_note"]),
        approvals=tuple(sorted(map(_approval, approvals), key=attrgetter("at"))),
    )


def _amount_if_any(row: sqlite3.Row, name: str) -> Money | None:
    return Money(row[name], row["currency"], row["exponent"]) if row[name] else None


def _approval(row: sqlite3.Row) -> Approval:
    return Approval(row["step"], row["pool"], row["given_by"], row["on_behalf_of"], from_text(row["at"]), row["note"])


class GiftTable:
    """Single gifts."""

    def __init__(self, database: Database, history: AuditLogTable) -> None:
        self._database = database
        self._history = history

    def get(self, gift_id: str) -> Gift | None:
        """A gift."""
        row = self._database.row("SELECT * FROM gifts WHERE id = ?", (gift_id,))
        return gift_from(row) if row else None

    def move(
        self, gift: Gift, step: GiftStep, by: str, at: datetime, reason: Reason | None = None, detail: str = ""
    ) -> Gift | None:
        """Take a step if the gift still stands where it was read; None when somebody else was faster."""
        moved = replace(gift, state=after(gift.state, step), reason=reason)
        if step is GiftStep.ORDER_ANEW:
            moved = replace(moved, attempt=gift.attempt + 1, attempt_at=at)
        attempt_at = moved.attempt_at and to_text(moved.attempt_at)
        if not self._database.change(
            "UPDATE gifts SET state = ?, attempt = ?, attempt_at = ?, reason = ?, changed_at = ?"
            " WHERE id = ? AND state = ? AND attempt = ?",
            (moved.state, moved.attempt, attempt_at, reason, to_text(at), gift.id, gift.state, gift.attempt),
        ):
            return None
        self._count_trouble(gift, moved)
        why = ": ".join(filter(None, (reason and reason.value, detail)))
        self._history.add(at, by, AuditEvent(step), gift.request_id, gift.id, why)
        return moved

    def close(self, gift: Gift, closing: Closing) -> None:
        """Keep who closed a gift, and why."""
        sql = "UPDATE gifts SET closed_by = ?, closing_note = ? WHERE id = ?"
        self._database.change(sql, (closing.by, closing.note, gift.id))

    def _count_trouble(self, gift: Gift, moved: Gift) -> None:
        more = moved.needs_attention - gift.needs_attention
        if more:
            sql = "UPDATE requests SET in_trouble = in_trouble + ? WHERE id = ?"
            self._database.change(sql, (more, gift.request_id))


def gift_from(row: sqlite3.Row) -> Gift:
    """A gift that was kept."""
    return Gift(
        id=row["id"],
        request_id=row["request_id"],
        recipient=row["recipient"],
        state=GiftState(row["state"]),
        attempt=row["attempt"],
        reason=Reason(row["reason"]) if row["reason"] else None,
        attempt_at=row["attempt_at"] and from_text(row["attempt_at"]),
        closing=Closing(row["closed_by"], row["closing_note"]) if row["closed_by"] else None,
    )
