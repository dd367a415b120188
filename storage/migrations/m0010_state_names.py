"""The states of a gift in the field's words: parked is needs_review, void is cancelled, lapsed is expired."""

from sqlite_utils import Database

_STATEMENTS = (
    """
    CREATE TABLE gifts_anew (
        id                TEXT PRIMARY KEY,
        request_id        TEXT NOT NULL REFERENCES requests,
        position          INTEGER NOT NULL,
        recipient         TEXT NOT NULL,
        state             TEXT NOT NULL CHECK (
            state IN (
                'waiting', 'approved', 'ordered', 'delivered', 'claimed',
                'expired', 'cancelled', 'failed', 'needs_review'
            )
        ),
        attempt           INTEGER NOT NULL CHECK (attempt >= 1),
        reason            TEXT,
        changed_at        TEXT NOT NULL,
        reserved_minor    INTEGER NOT NULL DEFAULT 0 CHECK (reserved_minor >= 0),
        reserved_exponent INTEGER NOT NULL DEFAULT 2 CHECK (reserved_exponent BETWEEN 0 AND 4),
        attempt_at        TEXT,
        closed_by         TEXT,
        closing_note      TEXT CHECK ((closing_note IS NULL) = (closed_by IS NULL)),
        UNIQUE (request_id, recipient),
        CHECK ((state IN ('expired', 'failed', 'needs_review')) = (reason IS NOT NULL))
    ) STRICT
    """,
    """
    INSERT INTO gifts_anew
    SELECT id, request_id, position, recipient,
        CASE state WHEN 'parked' THEN 'needs_review' WHEN 'void' THEN 'cancelled' WHEN 'lapsed' THEN 'expired'
            ELSE state END,
        attempt, reason, changed_at, reserved_minor, reserved_exponent, attempt_at, closed_by, closing_note
    FROM gifts ORDER BY rowid
    """,
    "DROP TABLE gifts",
    "ALTER TABLE gifts_anew RENAME TO gifts",
    "CREATE INDEX gifts_in_trouble ON gifts (changed_at, id) WHERE state IN ('failed', 'needs_review')",
    """
    CREATE INDEX gifts_arrived ON gifts (recipient, changed_at, id)
    WHERE state IN ('delivered', 'claimed', 'expired')
    """,
)


def state_names(database: Database) -> None:
    """The audit log keeps the words of its time, for it is sealed."""
    for statement in _STATEMENTS:
        database.execute(statement)
