"""Times as text that sorts: ISO 8601 in UTC, always of the same width."""

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache
def to_text(time: datetime) -> str:
    """A time as it is kept."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def from_text(text: str) -> datetime:
    """A time that was kept."""
    return datetime.fromisoformat(text)
