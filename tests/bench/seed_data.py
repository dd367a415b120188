"""Gifts in bulk, written with SQL: the one place of the bench that knows the tables.

`cards` makes requests that wait for a decision; `years` a company's past, with gifts that were delivered long ago.
"""

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from storage import Database

_A_REQUEST = 4  # gifts
_PEOPLE = 400
_MONTH, _NOON = "2025-01", "2025-01-15T12:00:00.000000+00:00"
_MINUTE = 60_000  # milliseconds between two requests


@dataclass(frozen=True, slots=True)
class Card:
    """A request that waits, with where its card is."""

    request: str
    requester: str
    recipients: Sequence[str]
    channel: str
    ts: str


def cards(path: Path, waiting: Iterable[Card]) -> None:
    """Requests that wait for a decision, each with its card sent to a channel."""
    with closing(Database(path)) as database, database.write():
        for card in waiting:
            database.change(
                "INSERT INTO requests (id, requester, value_minor, currency, country, month, note, state,"
                " waits_for, created_at)"
                " VALUES (?, ?, 2500, 'GBP', 'GB', ?, 'thank you for the launch', 'pending', 'approvers', ?)",
                (card.request, card.requester, _MONTH, _NOON),
            )
            database.change(
                "INSERT INTO messages (id, kind, request_id, version, step, reader, state, channel, ts)"
                f" VALUES ({_id()}, 'card', ?, 1, 0, ?, 'sent', ?, ?)",
                (card.request, card.channel, card.channel, card.ts),
            )
            for position, recipient in enumerate(card.recipients):
                database.change(
                    "INSERT INTO gifts (id, request_id, position, recipient, state, attempt, changed_at)"
                    f" VALUES ({_id()}, ?, ?, ?, 'waiting', 1, ?)",
                    (card.request, position, recipient, _NOON),
                )
            database.change(
                "INSERT INTO message_gifts SELECT messages.id, gifts.id FROM messages JOIN gifts USING (request_id)"
                " WHERE request_id = ?",
                (card.request,),
            )


def _id(milliseconds: str = "0") -> str:
    """An id as the bot makes them: the time first, then chance."""
    chance = "lower(hex(randomblob(2)))"
    return (
        f"printf('%08x-%04x-7%s-a%s-%s', ({milliseconds}) >> 16, ({milliseconds}) & 65535, substr({chance}, 2),"
        f" substr({chance}, 2), lower(hex(randomblob(6))))"
    )


_AT = f"1500000000000 + n * {_MINUTE}"
_THEN = f"strftime('%Y-%m-%dT%H:%M:%S.000000+00:00', ({_AT}) / 1000, 'unixepoch')"
_YEARS = (
    "CREATE TEMP TABLE asked (n INTEGER PRIMARY KEY, id TEXT)",
    f"""
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :requests)
    INSERT INTO asked SELECT n, {_id(_AT)} FROM numbers
    """,
    f"""
    INSERT INTO requests (id, requester, value_minor, currency, country, month, note, state, created_at,
                          decided_by, decided_at, decision_note)
    SELECT id, printf('U%05d', n * 31 % {_PEOPLE}), 2500, 'GBP', 'GB', substr({_THEN}, 1, 7),
           'thank you for the launch', 'approved', {_THEN}, 'UABE', {_THEN}, ''
    FROM asked ORDER BY n
    """,
    f"""
    INSERT INTO gifts (id, request_id, position, recipient, state, attempt, changed_at, reserved_minor)
    SELECT {_id(_AT)}, asked.id, position.value, printf('U%05d', (n * 7919 + position.value) % {_PEOPLE}),
           'delivered', 1, {_THEN}, 2500
    FROM asked, json_each('{list(range(_A_REQUEST))}') AS position ORDER BY n
    """,
    """
    INSERT INTO orders (key, gift_id, attempt, body, value_minor, currency, country, first_sent_at, provider_id)
    SELECT lower(hex(randomblob(18))), id, 1, printf('%300s', ''), 2500, 'GBP', 'GB', changed_at,
           'O-' || hex(randomblob(13))
    FROM gifts ORDER BY rowid
    """,
    f"""
    INSERT INTO messages (id, kind, request_id, reader, state, channel, ts)
    SELECT {_id(_AT)}, 'gift', request_id, recipient, 'sent', 'D' || recipient, gifts.rowid || '.1'
    FROM asked JOIN gifts ON gifts.request_id = asked.id ORDER BY n
    """,
    f"""
    INSERT INTO messages (id, kind, request_id, version, step, reader, state, channel, ts)
    SELECT {_id(_AT)}, value, id, iif(value = 'card', 1, NULL), iif(value = 'card', 0, NULL), reader, 'sent',
           'D' || reader, n || '.' || value
    FROM asked, (SELECT 'card' AS value, 'UABE' AS reader UNION ALL SELECT 'decision', 'UMIA'
                 UNION ALL SELECT 'arrived', 'UMIA') ORDER BY n
    """,
    """
    INSERT INTO message_gifts
    SELECT messages.id, gifts.id FROM messages JOIN gifts USING (request_id) WHERE kind != 'gift' OR reader = recipient
    ORDER BY messages.rowid
    """,
    """
    INSERT INTO history (at, actor, event, request_id, gift_id, detail)
    SELECT changed_at, 'giftbot', event, request_id, gifts.id, ''
    FROM gifts, (SELECT 'approve' AS event UNION ALL SELECT 'place' UNION ALL SELECT 'deliver') ORDER BY gifts.rowid
    """,
    """
    INSERT INTO approvals SELECT id, 1, 0, 'approvers', decided_by, decided_by, decided_at, '' FROM requests
    """,
    """
    INSERT INTO spending
    WITH given AS (SELECT requester, recipient, month FROM gifts JOIN requests ON requests.id = request_id)
    SELECT 'requester', requester, 'GBP', month, 2, 2500 * count(*), count(*) FROM given GROUP BY 2, 4
    UNION ALL
    SELECT 'recipient', recipient, 'GBP', month, 2, 2500 * count(*), count(*) FROM given GROUP BY 2, 4
    UNION ALL
    SELECT 'pair', requester || ' ' || recipient, 'GBP', month, 2, 2500 * count(*), count(*) FROM given GROUP BY 2, 4
    UNION ALL
    SELECT 'company', '', 'GBP', month, 2, 2500 * count(*), count(*) FROM given GROUP BY 4
    """,
    """
    INSERT INTO work (task, subject, since, due_at)
    SELECT 'check', id, changed_at, '2999-' || substr(changed_at, 6) FROM gifts
    """,
    "DROP TABLE asked",
)


def years(path: Path, gifts: int) -> None:
    """A database in which that many gifts were delivered, each with its order, messages, history and next look."""
    with closing(Database(path)) as database:
        database.rows("PRAGMA cache_size = -2000000")  # KiB, until it is closed: random keys are sorted in memory
        with database.write():
            for statement in _YEARS:
                database.change(statement, {"requests": gifts // _A_REQUEST} if ":requests" in statement else ())
