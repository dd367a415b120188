"""What happens behind the scenes: each gift's life, the work waiting, the orders, the record, and the last calls."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from bot.gifts.model.audit_event import AuditEvent, sentence_of
from bot.gifts.model.money import Money
from bot.sandbox.playground.database_reader import Books, Row
from bot.sandbox.playground.environment import Stage
from bot.sandbox.playground.redaction import Veil
from bot.sandbox.playground.shared_clock import MovableClock
from bot.sandbox.simulator import Call, Order
from storage.timestamps import from_text

Json = dict[str, Any]

LOCALE: Final = "en-GB"
MOST_CALLS: Final = 200
USER_ID: Final = re.compile(r"\bU[A-Z0-9]{6,}\b")
STEPS: Final[Mapping[str, str]] = {
    AuditEvent.REQUEST: "asked",
    AuditEvent.APPROVE: "approved",
    AuditEvent.DECLINE: "declined",
    AuditEvent.CANCEL: "taken back",
    AuditEvent.DROP: "not ordered",
    AuditEvent.PLACE: "ordered",
    AuditEvent.DELIVER: "delivered",
    AuditEvent.FAIL: "failed",
    AuditEvent.PARK: "needs review",
    AuditEvent.ORDER_ANEW: "ordered anew",
    AuditEvent.ASK_AGAIN: "asked for again",
    AuditEvent.DELIVER_AGAIN: "delivered again",
    AuditEvent.CLAIM: "claimed",
    AuditEvent.LAPSE: "expired",
    AuditEvent.SHOW_AGAIN: "shown again",
}
GOOD_END: Final = ("approved", "ordered", "delivered", "claimed")
PASSED: Final = {"waiting": 0, "approved": 1, "ordered": 2, "delivered": 3}  # on the good way, and how far along it
FOR_EVER: Final = {"stock": "the catalogue", "head": "the history"}  # work that is about no gift and never ends


class Backstage:
    """The drawer of one open page: everything at first, then what has changed."""

    def __init__(self, stage: Stage) -> None:
        self._clock: MovableClock = stage.clock
        self._simulator = stage.simulator
        self._names = stage.simulator.slack.workspace.users
        self._veil = Veil(stage.simulator)
        self._books = Books(stage.database)
        self._sent: dict[str, dict[str, Json]] = {"gifts": {}, "orders": {}}
        self._rows = 0
        self._calls_sent = {"slack": 0, "giftcards": 0}
        self._numbers = 0
        self._work: list[Json] = []

    def close(self) -> None:
        """Let go of the bot's database."""
        self._books.close()

    def changes(self) -> Json:
        """Give what is new since the last look, by its part of the drawer."""
        found: Json = {"orders": self._fresh("orders", self._orders())}
        if self._books.look():
            found["gifts"] = self._fresh("gifts", self._gifts())
            found["history"] = [self._line(row) for row in self._books.history[self._rows :]]
            self._rows = len(self._books.history)
        found["calls"] = [*self._new_calls()]
        changed = {name: rows for name, rows in found.items() if rows}
        work = [self._task(row) for row in self._books.work]
        if work != self._work:
            self._work = changed["work"] = work
        return changed

    def everything(self) -> Json:
        """Give the whole drawer, as the page first sees it."""
        return {"gifts": [], "work": [], "orders": [], "history": [], "calls": []} | self.changes()

    def _fresh(self, part: str, rows: Iterator[Json]) -> list[Json]:
        sent = self._sent[part]
        fresh = [row for row in rows if sent.get(row["id"]) != row]
        sent.update({row["id"]: row for row in fresh})
        return fresh

    def _gifts(self) -> Iterator[Json]:
        lines = defaultdict(list)
        for line in self._books.history:
            lines[line["request_id"]].append(line)
        for row in self._books.gifts:
            yield self._gift(row, lines[row["request_id"]])

    def _gift(self, row: Row, lines: Sequence[Row]) -> Json:
        end = GOOD_END if self._simulator.giftcards.tells_of_claims else GOOD_END[:-1]
        passed = PASSED.get(row["state"], len(end))
        return {
            "id": row["id"],
            "request": row["request_id"],
            "requester": row["requester"],
            "recipient": row["recipient"],
            "amount": Money(row["value_minor"], row["currency"], row["exponent"]).format(LOCALE),
            "note": row["note"],
            "state": row["state"],
            "attempt": row["attempt"],
            "reason": row["reason"],
            "line": self._life(row["id"], lines),
            "ahead": list(end[passed:]),
        }

    def _life(self, gift_id: str, lines: Sequence[Row]) -> list[Json]:
        """Give the steps of a gift: its own, and those of its request that it has no step of its own for."""
        own = {line["event"] for line in lines if line["gift_id"] == gift_id}
        return [
            {
                "step": line["event"],
                "say": STEPS.get(line["event"], line["event"]),
                "at": from_text(line["at"]).timestamp(),
                "by": self._who(line["actor"]),
                "detail": self._plain(line["detail"]),
            }
            for line in lines
            if line["gift_id"] == gift_id or (line["gift_id"] is None and line["event"] not in own)
        ]

    def _line(self, row: Row) -> Json:
        return {
            "id": row["id"],
            "at": from_text(row["at"]).timestamp(),
            "actor": self._who(row["actor"]),
            "event": row["event"],
            "sentence": sentence_of(row["event"]),
            "gift": row["gift_id"],
            "request": row["request_id"],
            "detail": self._plain(row["detail"]),
        }

    def _task(self, row: Row) -> Json:
        due = from_text(row["due_at"])
        about = f"{self._name(row['recipient'])}'s gift" if row["recipient"] else FOR_EVER.get(row["task"], "")
        if row["kind"]:
            about = f"{row['kind']} for {self._name(row['reader'])}"
        return {
            "id": row["id"],
            "task": row["task"],
            "about": about,
            "due_at": due.timestamp(),
            "tries": row["tries"],
            "note": self._veil.over(row["note"]),
            "overdue": due <= self._clock.now(),
        }

    def _orders(self) -> Iterator[Json]:
        giftcards = self._simulator.giftcards
        asked = Counter(
            call.arguments["idempotency_key"] for call in giftcards.calls if call.name == giftcards.order_call
        )
        for order in giftcards.orders:
            yield self._order(order, asked[order.idempotency_key])

    def _order(self, order: Order, asked: int) -> Json:
        giftcards = self._simulator.giftcards
        link = order.items[0].link
        return {
            "id": order.id,
            "key": order.idempotency_key,
            "value": f"{order.face_value} {order.currency}",
            "made_at": order.created_at,
            "asked": asked,
            "link": self._veil.over(link).removeprefix("https://"),
            "status": giftcards.status_of(link),
        }

    def _new_calls(self) -> Iterator[Json]:
        fresh: list[tuple[str, Call]] = []
        for service, calls in (("slack", self._simulator.slack.calls), ("giftcards", self._simulator.giftcards.calls)):
            fresh += [(service, call) for call in calls[self._calls_sent[service] :]]
            self._calls_sent[service] = len(calls)
        fresh.sort(key=lambda one: one[1].at)
        for service, call in fresh[-MOST_CALLS:]:
            self._numbers += 1
            yield self._call(service, call)

    def _call(self, service: str, call: Call) -> Json:
        return {
            "number": self._numbers,
            "at": call.at + self._clock.ahead,
            "service": service,
            "name": call.name,
            "outcome": self._veil.over(_outcome(call)),
            "arguments": self._veil.over_json(call.arguments),
        }

    def _who(self, actor: str) -> str | None:
        return actor if actor in self._names else None

    def _plain(self, detail: str) -> str:
        """Give the words of the record with names for ids, and without secrets."""
        return self._veil.over(USER_ID.sub(lambda found: self._name(found[0]), detail))

    def _name(self, user_or_channel: str) -> str:
        return self._names[user_or_channel].real_name if user_or_channel in self._names else user_or_channel


def _outcome(call: Call) -> str:
    """Say in a word what was answered."""
    match call.reply:
        case None:
            return "lost"
        case {"ok": False, "error": str(error)} | {"error": str(error)} | {"type": str(error), "message": str()}:
            return error
    return "ok"
