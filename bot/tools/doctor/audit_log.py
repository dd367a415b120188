"""The history: whether it is sealed, and whether anybody has changed it."""

from pathlib import Path
from typing import Final

from pydantic import SecretStr

from bot.findings import Finding, failure, fine, note, warning
from bot.tools.audit import amiss, sound
from storage import DatabaseRefused
from storage.audit_verification import audit

_HISTORY: Final = "History"


def check(path: Path, key: SecretStr | None) -> Finding:
    """What `giftbot audit verify` finds."""
    if key is None:
        remedy = "Set GIFTBOT_AUDIT_KEY to what openssl rand -hex 32 prints, and keep a copy away from the database."
        return warning(_HISTORY, "not sealed: nobody could tell whether it was changed", remedy)
    try:
        found = audit(path, key)
    except DatabaseRefused as refused:
        is_there = path.exists() and path.stat().st_size > 0
        return note(_HISTORY, refused.found if is_there else "nothing is sealed yet; the next start does it")
    if found.fault:
        remedy = "Keep a copy of the database and compare it with a backup; giftbot audit verify says more."
        return failure(_HISTORY, amiss(found), remedy)
    return fine(_HISTORY, sound(found))
