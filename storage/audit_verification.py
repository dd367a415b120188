"""Reads the history through, without changing anything and beside a running bot, and finds the first line amiss."""

import hmac
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from pathlib import Path

from pydantic import SecretStr

from bot.gifts.model.audit_head import Head
from storage.errors import DatabaseRefused
from storage.hash_chain import BEFORE_THE_FIRST, COLUMNS, seal_of
from storage.start_check import check_ours, only_looking
from storage.timestamps import from_text

_EVERY_LINE_AND_SEAL = (
    f"SELECT numbers.number, seals.seal, {', '.join(f'history.{name}' for name in COLUMNS)}"  # noqa: S608 - constants
    " FROM (SELECT id AS number FROM history UNION SELECT line FROM seals) AS numbers"
    " LEFT JOIN history ON history.id = number LEFT JOIN seals ON seals.line = number ORDER BY number"
)


class Fault(Enum):
    """What can be amiss with a line."""

    NOT_SEALED = auto()  # giftbot did not write it, or not with a key
    DELETED = auto()  # only its seal is there
    DOES_NOT_FIT = auto()  # it, or what came before it, is not what was sealed; or the key is another
    CUT_OFF = auto()  # fewer lines than there were once
    OTHER_HEAD = auto()  # it fits, and yet its seal was another once


@dataclass(frozen=True, slots=True)
class Audit:
    """How many lines fit, from the first one on, and what is amiss with the next, whose number is `line`."""

    head: Head
    since: datetime | None
    fault: Fault | None = None
    line: int = 0


def audit(path: Path, key: SecretStr, noted: Head | None = None) -> Audit:
    """Read the whole history, and compare it with a head that was noted earlier.

    Raises:
        DatabaseRefused: it cannot be read, it is no giftbot database, or a newer version wrote it.
    """
    try:
        with closing(sqlite3.connect(only_looking(path), uri=True)) as connection:
            check_ours(connection, path)
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'seals'").fetchone():
                raise DatabaseRefused(f"{path} has no seals yet: giftbot run makes them.")
            return _read(connection, key, noted)
    except (OSError, sqlite3.DatabaseError) as error:
        raise DatabaseRefused(f"{path} cannot be read as a database: {error}.") from error


def _read(connection: sqlite3.Connection, key: SecretStr, noted: Head | None) -> Audit:
    head, since = Head(0, BEFORE_THE_FIRST), None
    for number, seal, *line in connection.execute(_EVERY_LINE_AND_SEAL):
        after = Head(head.count + 1, seal_of(key, head.seal, line))
        if fault := _fault(seal, line, after, noted):
            return Audit(head, since, fault, number)
        head, since = after, since or from_text(line[1])
    if noted and head.count < noted.count:
        return Audit(head, since, Fault.CUT_OFF, head.count + 1)
    return Audit(head, since)


def _fault(seal: str | None, line: list[str | int | None], after: Head, noted: Head | None) -> Fault | None:
    if seal is None:
        return Fault.NOT_SEALED
    if line[0] is None:
        return Fault.DELETED
    if not hmac.compare_digest(seal, after.seal):
        return Fault.DOES_NOT_FIT
    if noted and noted.count == after.count and not hmac.compare_digest(noted.seal, after.seal):
        return Fault.OTHER_HEAD
    return None
