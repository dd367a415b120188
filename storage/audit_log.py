"""Who did what and when; the tables refuse to change or delete a line, and its seal shows who did it nevertheless."""

from datetime import datetime

from bot.gifts.model.audit_event import AuditEvent
from bot.gifts.model.audit_head import Head
from bot.gifts.model.gift import Gift
from bot.gifts.model.refusal import Refusal
from storage.database import Database
from storage.hash_chain import COLUMNS, HashChain
from storage.timestamps import to_text

_ADD = (
    "INSERT INTO history (at, actor, event, request_id, gift_id, detail) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants
    f" RETURNING {', '.join(COLUMNS)}"
)


class AuditLogTable:
    """The record, sealed line by line where there is a key."""

    def __init__(self, database: Database, seals: HashChain | None = None) -> None:
        self._database = database
        self._seals = seals

    def add(
        self,
        at: datetime,
        actor: str,
        event: AuditEvent,
        request_id: str | None = None,
        gift_id: str | None = None,
        detail: str = "",
    ) -> None:
        """Put one line on the record: about a gift, a request, or about neither."""
        line = self._database.add(_ADD, (to_text(at), actor, event, request_id, gift_id, detail))
        if self._seals:
            self._seals.add(line)

    def add_once(self, at: datetime, actor: str, event: AuditEvent, request_id: str, refusal: Refusal) -> None:
        """Put a refusal on the record, unless there is one of the same code already: clicking again adds nothing."""
        same = "SELECT 1 FROM history WHERE request_id = ? AND actor = ? AND event = ? AND instr(detail, ?) = 1"
        if not self._database.row(same, (request_id, actor, event, f"{refusal.code}: ")):
            self.add(at, actor, event, request_id, detail=str(refusal))

    def last(self, event: AuditEvent) -> str | None:
        """The detail of the latest line of an event that is about no request; None where there is none."""
        latest = "SELECT detail FROM history WHERE request_id IS NULL AND event = ? ORDER BY id DESC LIMIT 1"
        row = self._database.row(latest, (event,))
        return row["detail"] if row else None

    def head(self) -> Head | None:
        """The last seal, and of how many lines; None where nothing is sealed."""
        return self._seals.head() if self._seals else None

    def count(self, event: AuditEvent, gift: Gift, since: datetime) -> int:
        """How often something happened to a gift since then."""
        row = self._database.row(
            "SELECT count(*) AS times FROM history WHERE request_id = ? AND gift_id = ? AND event = ? AND at > ?",
            (gift.request_id, gift.id, event, to_text(since)),
        )
        return row["times"] if row else 0
