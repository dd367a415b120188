"""Step 2: what becomes of a gift after its delivery, what can be bought, and when no order is sent."""

from sqlite_utils.db import Database

_STATEMENTS = (
    "ALTER TABLE requests ADD COLUMN product_code TEXT",
    "ALTER TABLE requests ADD COLUMN product_name TEXT CHECK ((product_name IS NULL) = (product_code IS NULL))",
    """
    CREATE TABLE gifts_anew (
        id         TEXT PRIMARY KEY,
        request_id TEXT NOT NULL REFERENCES requests,
        position   INTEGER NOT NULL,
        recipient  TEXT NOT NULL,
        state      TEXT NOT NULL CHECK (
            state IN ('waiting', 'approved', 'ordered', 'delivered', 'claimed', 'lapsed', 'void', 'failed', 'parked')
        ),
        attempt    INTEGER NOT NULL CHECK (attempt >= 1),
        reason     TEXT,
        changed_at TEXT NOT NULL,
        UNIQUE (request_id, recipient),
        CHECK ((state IN ('lapsed', 'failed', 'parked')) = (reason IS NOT NULL))
    ) STRICT
    """,
    """
    INSERT INTO gifts_anew SELECT id, request_id, position, recipient, state, attempt, reason, changed_at FROM gifts
    ORDER BY rowid
    """,
    "DROP TABLE gifts",
    "ALTER TABLE gifts_anew RENAME TO gifts",
    "CREATE INDEX gifts_in_trouble ON gifts (changed_at) WHERE state IN ('failed', 'parked')",
    "CREATE INDEX gifts_arrived ON gifts (recipient, changed_at) WHERE state IN ('delivered', 'claimed', 'lapsed')",
    """
    CREATE TABLE messages_anew (
        id            TEXT PRIMARY KEY,
        kind          TEXT NOT NULL,
        request_id    TEXT REFERENCES requests,
        subject       TEXT,
        reader        TEXT NOT NULL,
        state         TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'undeliverable')),
        channel       TEXT,
        ts            TEXT,
        sending_since TEXT,
        CHECK ((request_id IS NULL) = (subject IS NOT NULL)),
        CHECK ((state = 'sent') = (ts IS NOT NULL))
    ) STRICT
    """,
    """
    INSERT INTO messages_anew
    SELECT id, kind, request_id, NULL, reader, state, channel, ts, sending_since FROM messages ORDER BY rowid
    """,
    "DROP TABLE messages",
    "ALTER TABLE messages_anew RENAME TO messages",
    "CREATE INDEX messages_about_request ON messages (request_id, kind)",
    "CREATE INDEX messages_on_subject ON messages (subject) WHERE subject IS NOT NULL",
    "CREATE UNIQUE INDEX messages_at ON messages (channel, ts) WHERE ts IS NOT NULL",
    """
    CREATE TABLE work_anew (
        id      INTEGER PRIMARY KEY AUTOINCREMENT,
        task    TEXT NOT NULL,
        subject TEXT NOT NULL,
        since   TEXT NOT NULL,
        due_at  TEXT NOT NULL,
        tries   INTEGER NOT NULL DEFAULT 0,
        note    TEXT NOT NULL DEFAULT ''
    ) STRICT
    """,
    "INSERT INTO work_anew SELECT id, task, subject, since, due_at, tries, note FROM work",
    "DROP TABLE work",
    "ALTER TABLE work_anew RENAME TO work",
    "CREATE INDEX work_due ON work (task, due_at)",
    "CREATE INDEX work_on_subject ON work (subject)",
    # gifts that arrived before this version are looked after as well
    """
    INSERT INTO work (task, subject, since, due_at)
    SELECT 'check', id, changed_at, changed_at FROM gifts WHERE state = 'delivered'
    """,
    "CREATE INDEX history_of_gift ON history (gift_id, event, at) WHERE gift_id IS NOT NULL",
    """
    CREATE TABLE holds (
        id       TEXT PRIMARY KEY,
        reason   TEXT NOT NULL,
        currency TEXT CHECK (length(currency) = 3),
        since    TEXT NOT NULL,
        look_at  TEXT NOT NULL,
        ended_at TEXT
    ) STRICT
    """,
    "CREATE INDEX holds_standing ON holds (since) WHERE ended_at IS NULL",
    """
    CREATE TABLE shelves (
        country  TEXT PRIMARY KEY CHECK (length(country) = 2),
        products TEXT NOT NULL,
        read_at  TEXT NOT NULL
    ) STRICT
    """,
)


def after_delivery(database: Database) -> None:
    """Gifts that are claimed or lapse, chosen products, messages about the company, holds and the catalogue.

    SQLite changes a CHECK only by making the table anew; foreign keys are off meanwhile, and checked afterwards.
    Source: sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes".
    """
    for statement in _STATEMENTS:
        database.execute(statement)
