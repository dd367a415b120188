"""The database: its folder and disk, the file itself, and what waits in it."""

import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from bot.findings import Finding, failure, fine, note, warning
from bot.gifts.model.gift import GiftState
from bot.gifts.model.job import JobKind
from storage import DatabaseRefused, start_check
from storage.errors import put_in_place
from storage.read_only import DatabaseReport, Failing, inspect

_DATABASE: Final = "Database"
_LATE = timedelta(hours=1)
_MUCH, _LITTLE = 200, 10  # megabytes
_MEGABYTE = 1024 * 1024
_WORK: Final = {
    JobKind.ORDER: ("order", "orders"),
    JobKind.DELIVER: ("delivery", "deliveries"),
    JobKind.POST: ("message", "messages"),
    JobKind.REFRESH: ("message's update", "messages' updates"),
}
_STOPPED: Final = {
    GiftState.FAILED: ("gift failed", "gifts failed"),
    GiftState.NEEDS_REVIEW: ("gift needs review", "gifts need review"),
}


def check(path: Path, now: datetime, *, in_use: bool) -> Iterator[Finding]:
    """Everything about the database; `in_use` says whether a bot is running with it."""
    try:
        yield from _place(path, now, in_use=in_use)
    except PermissionError as error:
        remedy = "Run the doctor as the user that runs giftbot, and give that user the folder."
        yield failure(_DATABASE, f"this user may not look at {error.filename}", remedy)


def _place(path: Path, now: datetime, *, in_use: bool) -> Iterator[Finding]:
    folder = path.resolve().parent
    if not folder.is_dir():
        yield failure(_DATABASE, f"there is no folder {folder}", f"mkdir -m 700 {folder}, or set GIFTBOT_DATABASE.")
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield failure(_DATABASE, f"{folder} cannot be written to", "Give it to the user that runs giftbot.")
    yield _disk(shutil.disk_usage(folder).free // _MEGABYTE)
    try:
        if not in_use:
            start_check.check(path.resolve())
        if path.exists() and path.stat().st_size:
            yield from _file(path, now, in_use=in_use)
        else:
            yield note(_DATABASE, f"{path} is not there yet; the first start makes it")
    except DatabaseRefused as refused:
        usual = "Set GIFTBOT_DATABASE to giftbot's own file, or restore a backup."
        yield failure(_DATABASE, refused.found, refused.remedy or usual)


def _disk(megabytes: int) -> Finding:
    found, remedy = f"{megabytes:,} MB free", "Make room: without it nothing can be written down, and the bot stops."
    if megabytes < _LITTLE:
        return failure("Disk", found, remedy)
    return warning("Disk", found, remedy) if megabytes < _MUCH else fine("Disk", found)


def _file(path: Path, now: datetime, *, in_use: bool) -> Iterator[Finding]:
    condition = inspect(path, now - _LATE)
    if condition:
        yield from _condition(path, condition)
    yield from _modes(path)
    if in_use:
        yield note("Bot", "running with this database")
    else:
        yield note("Bot", "none seen running on this machine", "giftbot run")
    if condition:
        yield from _waiting(condition, now, in_use=in_use)


def _condition(path: Path, condition: DatabaseReport) -> Iterator[Finding]:
    if condition.damage:
        remedy = f"Stop giftbot. To restore a backup, {put_in_place(path)}."
        yield failure(_DATABASE, f"{path} is damaged: {condition.damage}", remedy)
    else:
        yield fine(_DATABASE, f"{path} is whole")
    if not condition.is_wal:
        remedy = "giftbot run switches it on; where it stays off, use a local disk instead of a network's."
        yield warning(_DATABASE, "it is not in WAL mode", remedy)

    if condition.restored_at:
        found = f"a backup was restored, as giftbot noticed on {condition.restored_at:%d %b %Y at %H:%M} UTC"
        if condition.unseen:
            waiting = f"{found}; {_counted(condition.unseen, 'gift')} asked for before may have been ordered since"
            remedy = "giftbot looks for each before it orders it; compare them with the orders at the service as well."
            yield warning(_DATABASE, waiting, remedy)
        else:
            yield note(_DATABASE, found)


def _modes(path: Path) -> Iterator[Finding]:
    files = [file for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")) if file.exists()]
    open_files = [str(file) for file in files if stat.S_IMODE(file.stat().st_mode) & 0o077]
    if open_files:
        yield warning("File modes", "others can read the database", f"chmod 600 {' '.join(open_files)}")
    else:
        yield fine("File modes", "readable by their owner only")


def _waiting(condition: DatabaseReport, now: datetime, *, in_use: bool) -> Iterator[Finding]:
    if condition.overdue:
        remedy = "Look into the log of giftbot run, and start it again." if in_use else "giftbot run"
        yield warning("Work", f"{_counted(condition.overdue, 'thing')} to do since more than an hour", remedy)
    for task, words in _WORK.items():
        if failing := [work for work in condition.failing if work.task is task]:
            yield _in_vain(failing, _counted(len(failing), *words), now)
    for (state, reason), count in condition.in_trouble.items():
        yield warning("Gifts", f"{_counted(count, *_STOPPED[state])}: {reason.words}", str(reason.remedy))
    if not (condition.overdue or condition.failing or condition.in_trouble):
        yield fine("Gifts", "none is late, failed or in need of review")


def _in_vain(failing: Sequence[Failing], what: str, now: datetime) -> Finding:
    oldest = failing[0]
    hours = (now - oldest.since) // timedelta(hours=1)
    tries = f"{_counted(oldest.tries, 'time')} in {_counted(hours, 'hour')}"
    remedy = "Look for outage_began in the log of giftbot run: it says what does not work, and since when."
    return warning("Work", f"{what} tried in vain, the oldest {tries}: {oldest.note}", remedy)


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one}" if count == 1 else f"{count} {many or f'{one}s'}"
