"""A company's years: a database with many gifts that have been delivered, made by a few statements of SQL."""

from pathlib import Path

from tests.bench.stage import ABE, ANA, MIA, opened

_A_REQUEST = 4  # gifts
_PEOPLE = 40  # so that whoever looks has long lists, with few gifts as well
_THEN = "'2029-' || printf('%02d-%02dT%02d:%02d:00.000000+00:00', n / 7 % 12 + 1, n / 3 % 28 + 1, n / 5 % 24, n % 60)"

# ids are as scattered as those of real life: what is read together does not lie together
_NUMBERS = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)"
_YEARS = (
    "CREATE TEMP TABLE asked (n INTEGER PRIMARY KEY, id TEXT)",
    f"INSERT INTO asked {_NUMBERS} SELECT n, lower(hex(randomblob(16))) FROM numbers",
    f"""
    INSERT INTO requests (id, requester, value_minor, currency, country, note, state, created_at, decided_by, decided_at,
                          decision_note)
    SELECT id, printf('U%05d', n % {_PEOPLE}), 2500, 'GBP', 'GB', 'thank you for the launch', 'approved', {_THEN},
           '{ABE}', {_THEN}, ''
    FROM asked
    """,
    f"""
    INSERT INTO gifts (id, request_id, position, recipient, state, attempt, changed_at)
    SELECT lower(hex(randomblob(16))), id, position, printf('U%05d', (n * 7 + position) % {_PEOPLE}),
           'delivered', 1, {_THEN}
    FROM asked, (SELECT value AS position FROM json_each('[0,1,2,3]'))
    """,
    """
    INSERT INTO orders (key, gift_id, attempt, body, value_minor, currency, country, first_sent_at, provider_id)
    SELECT lower(hex(randomblob(16))), id, 1, printf('%300s', ''), 2500, 'GBP', 'GB', changed_at,
           'O-' || hex(randomblob(13))
    FROM gifts
    """,
    """
    INSERT INTO messages (id, kind, request_id, reader, state, channel, ts)
    SELECT lower(hex(randomblob(16))), 'gift', request_id, recipient, 'sent', 'D' || recipient, gifts.rowid || '.1'
    FROM gifts
    """,
    f"""
    INSERT INTO messages (id, kind, request_id, reader, state, channel, ts)
    SELECT lower(hex(randomblob(16))), kind, asked.id, reader, 'sent', 'D' || reader, n || '.2' || kinds.id
    FROM asked, (SELECT 1 AS id, 'card' AS kind, '{ABE}' AS reader UNION ALL SELECT 2, 'card', '{ANA}'
                 UNION ALL SELECT 3, 'decision', '{MIA}' UNION ALL SELECT 4, 'arrived', '{MIA}') AS kinds
    """,
    """
    INSERT INTO message_gifts
    SELECT messages.id, gifts.id FROM messages JOIN gifts ON gifts.request_id = messages.request_id
    WHERE kind != 'gift' OR reader = recipient
    """,
    """
    INSERT INTO history (at, actor, event, request_id, gift_id, detail)
    SELECT changed_at, 'giftbot', event, request_id, gifts.id, ''
    FROM gifts, (SELECT 'approve' AS event UNION ALL SELECT 'place' UNION ALL SELECT 'deliver')
    """,
    """
    INSERT INTO work (task, subject, since, due_at)
    SELECT 'check', id, changed_at, '2999-' || substr(changed_at, 6) FROM gifts
    """,
    "DROP TABLE asked",
)


def make_years(path: Path, gifts: int) -> None:
    """A database in which that many gifts were delivered, each with its order, messages, history and next look."""
    with opened(path) as database:
        database.rows("PRAGMA cache_size = -2000000")  # KiB, until it is closed: indexes of random ids are made in memory
        with database.write():
            for statement in _YEARS:
                database.change(statement, {"count": gifts // _A_REQUEST} if ":count" in statement else ())
