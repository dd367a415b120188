"""Orders of which nobody knows whether they were made; backups that were restored; gifts that a person closed."""

from sqlite_utils import Database

_STATEMENTS = (
    # since a send of which it is not known what became of it; NULL: the order is known, or certainly not made
    "ALTER TABLE orders ADD COLUMN unknown_since TEXT CHECK (unknown_since IS NULL OR provider_id IS NULL)",
    "ALTER TABLE orders ADD COLUMN sent_again_at TEXT",
    # Earlier versions kept neither. A refusal may have answered a second try, so that one is not believed either; the
    # last try may have been just before this.
    """
    UPDATE orders SET unknown_since = first_sent_at, sent_again_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')
    WHERE provider_id IS NULL
    """,
    "ALTER TABLE gifts ADD COLUMN attempt_at TEXT",
    "ALTER TABLE gifts ADD COLUMN closed_by TEXT",
    "ALTER TABLE gifts ADD COLUMN closing_note TEXT CHECK ((closing_note IS NULL) = (closed_by IS NULL))",
    """
    CREATE TABLE restorations (
        id         TEXT PRIMARY KEY,
        noticed_at TEXT NOT NULL,
        said_at    TEXT NOT NULL
    ) STRICT
    """,
)


def unknown_orders(database: Database) -> None:
    """What it takes never to order twice after an answer was lost, a refusal came late, or a backup was restored."""
    for statement in _STATEMENTS:
        database.execute(statement)
