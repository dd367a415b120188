"""Reads the latest lines of the history, without changing anything and beside a running bot."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storage.errors import DatabaseRefused
from storage.start_check import check_ours, only_looking
from storage.timestamps import from_text

_LATEST = "SELECT id, at, actor, event, request_id, gift_id, detail FROM history ORDER BY id DESC LIMIT ?"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history, with its event as it is stored."""

    number: int
    at: datetime
    actor: str
    event: str
    request_id: str | None
    gift_id: str | None
    detail: str


def latest_lines(path: Path, limit: int) -> Sequence[Line]:
    """So many lines, the oldest of them first; none where nothing has been written yet.

    Raises:
        DatabaseRefused: it cannot be read, it is no giftbot database, or a newer version wrote it.
    """
    try:
        with closing(sqlite3.connect(only_looking(path), uri=True)) as connection:
            check_ours(connection, path)
            rows = connection.execute(_LATEST, (limit,)).fetchall()
    except (OSError, sqlite3.DatabaseError) as error:
        raise DatabaseRefused(f"{path} cannot be read as a database: {error}.") from error
    return [Line(number, from_text(at), *rest) for number, at, *rest in reversed(rows)]
