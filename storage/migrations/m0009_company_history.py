"""Step 9: lines of the history that are about no request: delegations, holds of orders and the policy."""

from sqlite_utils.db import Database

_STATEMENTS = (
    """
    CREATE TABLE history_anew (
        id         INTEGER PRIMARY KEY AUTOINCREMENT,
        at         TEXT NOT NULL,
        actor      TEXT NOT NULL,
        event      TEXT NOT NULL,
        request_id TEXT REFERENCES requests,
        gift_id    TEXT REFERENCES gifts,
        detail     TEXT NOT NULL,
        CHECK (gift_id IS NULL OR request_id IS NOT NULL)
    ) STRICT
    """,
    """
    INSERT INTO history_anew SELECT id, at, actor, event, request_id, gift_id, detail FROM history ORDER BY id
    """,
    "DROP TABLE history",
    "ALTER TABLE history_anew RENAME TO history",
    "CREATE INDEX history_of_request ON history (request_id) WHERE request_id IS NOT NULL",
    "CREATE INDEX history_of_company ON history (event, id) WHERE request_id IS NULL",
    """
    CREATE TRIGGER history_is_not_edited BEFORE UPDATE ON history
    BEGIN SELECT raise(ABORT, 'the history is only ever added to'); END
    """,
    """
    CREATE TRIGGER history_is_not_deleted BEFORE DELETE ON history
    BEGIN SELECT raise(ABORT, 'the history is only ever added to'); END
    """,
    "CREATE INDEX holds_ended ON holds (ended_at) WHERE ended_at IS NOT NULL",
    # who is away now is put on record when they are back; whose absence was over before has no line of its beginning
    """
    INSERT INTO work (task, subject, since, due_at)
    SELECT 'end delegation', id, until, until FROM absences
    WHERE ended_at IS NULL AND until > coalesce((SELECT max(at) FROM history), '')
    """,
)


def company_history(database: Database) -> None:
    """Each line as it was, under its own number: the seals stay good."""
    for statement in _STATEMENTS:
        database.execute(statement)
