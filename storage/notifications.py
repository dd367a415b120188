"""Messages, how far each has come, and where in Slack it is."""

import sqlite3
from collections.abc import Sequence

from bot.gifts.model.notification import Kind, Message, MessageState
from storage.database import Database
from storage.timestamps import from_text, to_text

_SELECT = (
    "SELECT *, (SELECT group_concat(gift_id) FROM message_gifts WHERE message_id = messages.id) AS gift_ids"
    " FROM messages"
)


class NotificationTable:
    """Messages, sent and to be sent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, message: Message) -> None:
        """Keep a message to be sent."""
        self._database.change(
            "INSERT INTO messages (id, kind, request_id, subject, reader, version, step, is_open, state)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                message.id,
                message.kind,
                message.request_id,
                message.subject,
                message.to,
                message.version,
                message.step,
                message.is_open,
                message.state,
            ),
        )
        for gift_id in message.gift_ids:
            self.add_gift(message, gift_id)

    def get(self, message_id: str) -> Message | None:
        """A message."""
        row = self._database.row(f"{_SELECT} WHERE id = ?", (message_id,))
        return _message(row) if row else None

    def save(self, message: Message) -> None:
        """Keep how far a message has come."""
        since = message.sending_since and to_text(message.sending_since)
        self._database.change(
            "UPDATE messages SET state = ?, channel = ?, ts = ?, sending_since = ?, sent_after = ? WHERE id = ?",
            (message.state, message.channel, message.ts, since, message.sent_after, message.id),
        )

    def show(self, card: Message, *, is_open: bool) -> None:
        """Keep whether a card is to have buttons."""
        self._database.change("UPDATE messages SET is_open = ? WHERE id = ?", (is_open, card.id))

    def add_gift(self, message: Message, gift_id: str) -> None:
        """Make a message that waits be about one more gift."""
        self._database.change("INSERT OR IGNORE INTO message_gifts VALUES (?, ?)", (message.id, gift_id))

    def about(self, request_id: str, kind: Kind) -> Sequence[Message]:
        """All messages of one kind about a request."""
        rows = self._database.rows(f"{_SELECT} WHERE request_id = ? AND kind = ? ORDER BY rowid", (request_id, kind))
        return [_message(row) for row in rows]

    def on(self, subject: str) -> Sequence[Message]:
        """All messages about something of the company."""
        rows = self._database.rows(f"{_SELECT} WHERE subject = ? ORDER BY rowid", (subject,))
        return [_message(row) for row in rows]

    def first(self) -> Message | None:
        """The first message that was sent."""
        row = self._database.row(f"{_SELECT} WHERE ts IS NOT NULL ORDER BY rowid LIMIT 1")
        return _message(row) if row else None

    def latest(self, limit: int) -> Sequence[Message]:
        """So many messages, the latest first."""
        return [_message(row) for row in self._database.rows(f"{_SELECT} ORDER BY rowid DESC LIMIT ?", (limit,))]

    def is_at(self, channel: str, ts: str) -> bool:
        """Whether there is a message at an address in Slack."""
        return self._database.row("SELECT 1 FROM messages WHERE channel = ? AND ts = ?", (channel, ts)) is not None

    def newest_in(self, channel: str) -> str | None:
        """The `ts` of the newest message in a channel that is known to be there; None where none is."""
        row = self._database.row("SELECT max(ts) AS ts FROM messages WHERE channel = ? AND ts IS NOT NULL", (channel,))
        return row["ts"] if row else None


def _message(row: sqlite3.Row) -> Message:
    return Message(
        id=row["id"],
        kind=Kind(row["kind"]),
        request_id=row["request_id"],
        gift_ids=tuple(row["gift_ids"].split(",")) if row["gift_ids"] else (),
        to=row["reader"],
        subject=row["subject"],
        version=row["version"],
        step=row["step"],
        is_open=bool(row["is_open"]),
        state=MessageState(row["state"]),
        channel=row["channel"],
        ts=row["ts"],
        sending_since=row["sending_since"] and from_text(row["sending_since"]),
        sent_after=row["sent_after"],
    )
