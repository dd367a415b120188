"""Messages, how far each has come, and where in Slack it is."""

import sqlite3
from collections.abc import Sequence

from bot.gifts.message import Kind, Message, MessageState
from storage.db import Database
from storage.times import from_text, to_text


class MessageTable:
    """Messages, sent and to be sent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, message: Message) -> None:
        """Keep a message to be sent."""
        self._database.change(
            "INSERT INTO messages (id, kind, request_id, subject, reader, version, step, state)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                message.id,
                message.kind,
                message.request_id,
                message.subject,
                message.to,
                message.version,
                message.step,
                message.state,
            ),
        )
        for gift_id in message.gift_ids:
            self.add_gift(message, gift_id)

    def get(self, message_id: str) -> Message | None:
        """A message."""
        return self._message(self._database.row("SELECT * FROM messages WHERE id = ?", (message_id,)))

    def save(self, message: Message) -> None:
        """Keep how far a message has come."""
        since = message.sending_since and to_text(message.sending_since)
        self._database.change(
            "UPDATE messages SET state = ?, channel = ?, ts = ?, sending_since = ? WHERE id = ?",
            (message.state, message.channel, message.ts, since, message.id),
        )

    def add_gift(self, message: Message, gift_id: str) -> None:
        """Make a message that waits be about one more gift."""
        self._database.change("INSERT OR IGNORE INTO message_gifts VALUES (?, ?)", (message.id, gift_id))

    def about(self, request_id: str, kind: Kind) -> Sequence[Message]:
        """All messages of one kind about a request."""
        rows = self._database.rows(
            "SELECT * FROM messages WHERE request_id = ? AND kind = ? ORDER BY rowid", (request_id, kind)
        )
        return [message for row in rows if (message := self._message(row))]

    def on(self, subject: str) -> Sequence[Message]:
        """All messages about something of the company."""
        rows = self._database.rows("SELECT * FROM messages WHERE subject = ? ORDER BY rowid", (subject,))
        return [message for row in rows if (message := self._message(row))]

    def at(self, channel: str, ts: str) -> Message | None:
        """The message at an address in Slack."""
        return self._message(self._database.row("SELECT * FROM messages WHERE channel = ? AND ts = ?", (channel, ts)))

    def _message(self, row: sqlite3.Row | None) -> Message | None:
        if row is None:
            return None
        gifts = self._database.rows("SELECT gift_id FROM message_gifts WHERE message_id = ?", (row["id"],))
        return Message(
            id=row["id"],
            kind=Kind(row["kind"]),
            request_id=row["request_id"],
            gift_ids=tuple(gift["gift_id"] for gift in gifts),
            to=row["reader"],
            subject=row["subject"],
            version=row["version"],
            step=row["step"],
            state=MessageState(row["state"]),
            channel=row["channel"],
            ts=row["ts"],
            sending_since=row["sending_since"] and from_text(row["sending_since"]),
        )
