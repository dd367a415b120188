"""Step 1: requests, gifts, orders, messages, work and history."""

from sqlite_utils.db import Database

_STATEMENTS = (
    """
    CREATE TABLE requests (
        id            TEXT PRIMARY KEY,
        requester     TEXT NOT NULL,
        value_minor   INTEGER NOT NULL CHECK (value_minor > 0),
        currency      TEXT NOT NULL CHECK (length(currency) = 3),
        country       TEXT NOT NULL CHECK (length(country) = 2),
        note          TEXT NOT NULL,
        announce_in   TEXT,
        source        TEXT,
        state         TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'declined', 'cancelled')),
        created_at    TEXT NOT NULL,
        decided_by    TEXT,
        decided_at    TEXT,
        decision_note TEXT,
        CHECK ((state = 'pending') = (decided_by IS NULL)),
        CHECK (state != 'approved' OR decided_by != requester)
    ) STRICT
    """,
    "CREATE INDEX requests_of_requester ON requests (requester, created_at)",
    "CREATE INDEX requests_pending ON requests (created_at) WHERE state = 'pending'",
    """
    CREATE TABLE gifts (
        id         TEXT PRIMARY KEY,
        request_id TEXT NOT NULL REFERENCES requests,
        position   INTEGER NOT NULL,
        recipient  TEXT NOT NULL,
        state      TEXT NOT NULL CHECK (
            state IN ('waiting', 'approved', 'ordered', 'delivered', 'void', 'failed', 'parked')
        ),
        attempt    INTEGER NOT NULL CHECK (attempt >= 1),
        reason     TEXT,
        changed_at TEXT NOT NULL,
        UNIQUE (request_id, recipient),
        CHECK ((state IN ('failed', 'parked')) = (reason IS NOT NULL))
    ) STRICT
    """,
    "CREATE INDEX gifts_in_trouble ON gifts (changed_at) WHERE state IN ('failed', 'parked')",
    """
    CREATE TABLE orders (
        key           TEXT PRIMARY KEY,
        gift_id       TEXT NOT NULL REFERENCES gifts,
        attempt       INTEGER NOT NULL,
        body          TEXT NOT NULL,
        value_minor   INTEGER NOT NULL CHECK (value_minor > 0),
        currency      TEXT NOT NULL,
        country       TEXT NOT NULL,
        first_sent_at TEXT NOT NULL,
        provider_id   TEXT UNIQUE,
        UNIQUE (gift_id, attempt)
    ) STRICT
    """,
    """
    CREATE TABLE messages (
        id            TEXT PRIMARY KEY,
        kind          TEXT NOT NULL,
        request_id    TEXT NOT NULL REFERENCES requests,
        reader        TEXT NOT NULL,
        state         TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'undeliverable')),
        channel       TEXT,
        ts            TEXT,
        sending_since TEXT,
        CHECK ((state = 'sent') = (ts IS NOT NULL))
    ) STRICT
    """,
    "CREATE INDEX messages_about_request ON messages (request_id, kind)",
    "CREATE UNIQUE INDEX messages_at ON messages (channel, ts) WHERE ts IS NOT NULL",
    """
    CREATE TABLE message_gifts (
        message_id TEXT NOT NULL REFERENCES messages,
        gift_id    TEXT NOT NULL REFERENCES gifts,
        PRIMARY KEY (message_id, gift_id)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE work (
        id      INTEGER PRIMARY KEY AUTOINCREMENT,
        task    TEXT NOT NULL CHECK (task IN ('post', 'refresh', 'order', 'deliver')),
        subject TEXT NOT NULL,
        since   TEXT NOT NULL,
        due_at  TEXT NOT NULL,
        tries   INTEGER NOT NULL DEFAULT 0,
        note    TEXT NOT NULL DEFAULT ''
    ) STRICT
    """,
    "CREATE INDEX work_due ON work (task, due_at)",
    """
    CREATE TABLE history (
        id         INTEGER PRIMARY KEY AUTOINCREMENT,
        at         TEXT NOT NULL,
        actor      TEXT NOT NULL,
        event      TEXT NOT NULL,
        request_id TEXT NOT NULL REFERENCES requests,
        gift_id    TEXT REFERENCES gifts,
        detail     TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX history_of_request ON history (request_id)",
    """
    CREATE TRIGGER history_is_not_edited BEFORE UPDATE ON history
    BEGIN SELECT raise(ABORT, 'the history is only ever added to'); END
    """,
    """
    CREATE TRIGGER history_is_not_deleted BEFORE DELETE ON history
    BEGIN SELECT raise(ABORT, 'the history is only ever added to'); END
    """,
)


def first_tables(database: Database) -> None:
    """Requests, gifts, orders, messages, work and history."""
    for statement in _STATEMENTS:
        database.execute(statement)
