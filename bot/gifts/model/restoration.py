"""PURE: a backup that was put in the database's place, so that what was done since then is not known any more."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Restoration:
    """Noticed at a time, by a message of the bot's own at `said_at`, the last one that the database does not know."""

    id: str
    noticed_at: datetime
    said_at: datetime
