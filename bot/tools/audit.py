"""`giftbot audit`: what is in the history, and whether it is as it was written, in words for whoever has to know."""

from pathlib import Path

from pydantic import SecretStr

from bot.gifts.model.audit_event import sentence_of
from bot.gifts.model.audit_head import Head
from storage.audit_listing import Line, latest_lines
from storage.audit_verification import Audit, Fault, audit

_WORDS = {
    Fault.NOT_SEALED: "has no seal: giftbot did not write it, or had no GIFTBOT_AUDIT_KEY",
    Fault.DELETED: "was deleted; only its seal is left",
    Fault.DOES_NOT_FIT: "does not fit its seal: it was changed, moved or slipped in, or a line before it was deleted",
    Fault.CUT_OFF: "is missing, and maybe more: there were more lines when the head was noted",
    Fault.OTHER_HEAD: "fits, but not the head that was noted: another history, or all of it was sealed anew",
}
_OTHER_KEY = "the first line does not fit its seal: it was changed, or GIFTBOT_AUDIT_KEY is not the key that sealed it"


def verify(path: Path, key: SecretStr, noted: Head | None) -> tuple[bool, str]:
    """Read the history through, and say whether all of it fits, and the head that was noted earlier.

    Raises:
        DatabaseRefused: it cannot be read.
    """
    found = audit(path, key, noted)
    if found.fault:
        return False, f"The history is not as it was written: {amiss(found)}.\nBefore that: {sound(found)}."
    rest = (
        f"So are the {noted.count:,} whose head was noted."
        if noted
        else "Whether any are missing at the end, a head and count that were noted earlier show: --head, --count."
    )
    return True, f"{sound(found)}.\n{rest}\nHead:  {found.head.seal}\nCount: {found.head.count}"


def show(path: Path, limit: int) -> str:
    """The latest lines, the oldest of them first, each with a sentence beside its event.

    Raises:
        DatabaseRefused: it cannot be read.
    """
    return "\n".join(map(_in_words, latest_lines(path, limit))) or "No line yet."


def _in_words(line: Line) -> str:
    about = f"gift {line.gift_id}" if line.gift_id else f"request {line.request_id}" if line.request_id else ""
    said = [f"{line.at:%Y-%m-%d %H:%M:%S} UTC", line.actor, f"[{line.event}]", sentence_of(line.event), line.detail]
    return f"{line.number}  " + "  ".join(filter(None, [*said, about]))


def amiss(found: Audit) -> str:
    """What does not fit, and where; nothing if all of it does."""
    if found.fault is None:
        return ""
    if found.fault is Fault.DOES_NOT_FIT and found.head.count == 0:
        return _OTHER_KEY
    return f"line {found.line} {_WORDS[found.fault]}"


def sound(found: Audit) -> str:
    """How much does fit, and since when."""
    if found.since is None:
        return "no line yet"
    lines = f"{found.head.count:,} line{' is' if found.head.count == 1 else 's are'}"
    return f"{lines} as written, since {found.since:%Y-%m-%d %H:%M} UTC"
