"""What `giftbot doctor` finds, with what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

from bot.gifts.model.outcomes import OutcomeUnknown, Rejected, Unavailable

Trouble = Rejected | Unavailable | OutcomeUnknown


class Mark(Enum):
    """How good or bad it is; the value is what the table shows."""

    FINE = "✓"
    NOTE = "·"
    WARNING = "!"
    FAILURE = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of the table; `remedy` is empty where there is nothing to do."""

    mark: Mark
    what: str
    found: str
    remedy: str = ""


Findings = Sequence[Finding]


def fine(what: str, found: str) -> Finding:
    """As it should be."""
    return Finding(Mark.FINE, what, found)


def note(what: str, found: str, remedy: str = "") -> Finding:
    """Good to know, neither good nor bad."""
    return Finding(Mark.NOTE, what, found, remedy)


def warning(what: str, found: str, remedy: str) -> Finding:
    """Stops no gift, but somebody should look."""
    return Finding(Mark.WARNING, what, found, remedy)


def failure(what: str, found: str, remedy: str) -> Finding:
    """Stops gifts."""
    return Finding(Mark.FAILURE, what, found, remedy)


def is_silence(answer: Trouble) -> bool:
    """Whether nothing came back at all."""
    return "not reached" in answer.detail or "no reply" in answer.detail


def host_of(url: str) -> str:
    """The host of an address, for people."""
    return urlsplit(url).netloc
