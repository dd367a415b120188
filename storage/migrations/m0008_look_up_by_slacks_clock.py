"""Messages with a neighbour in Slack: after which one each was sent, so that it is looked for by Slack's own clock."""

from sqlite_utils import Database


def look_up_by_slacks_clock(database: Database) -> None:
    """What is being sent now is looked for among everything."""
    database.execute("ALTER TABLE messages ADD COLUMN sent_after TEXT")
