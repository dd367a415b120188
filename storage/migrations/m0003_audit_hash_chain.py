"""Step 3: seals."""

from sqlite_utils.db import Database


def seals_of_the_history(database: Database) -> None:
    """A seal for each line of the history; without triggers of their own, for they show by themselves what is amiss."""
    database.execute(
        """
        CREATE TABLE seals (
            line INTEGER PRIMARY KEY REFERENCES history,
            seal TEXT NOT NULL CHECK (length(seal) = 64)
        ) STRICT
        """
    )
