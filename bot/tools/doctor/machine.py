"""What the bot runs on: Python, SQLite, time zones, and the file with its settings."""

import platform
import stat
from collections.abc import Iterator
from pathlib import Path

from bot.findings import Finding, fine, warning
from bot.time_zones import TimeZones, use_newest
from storage.read_only import SQLITE_VERSION

_WITHOUT_WAL_RESET_BUG = (3, 51, 3)


def check(env_file: Path) -> Iterator[Finding]:
    """The versions, and who can read `.env`."""
    yield fine("Python", platform.python_version())
    yield sqlite(SQLITE_VERSION)
    yield time_zones(use_newest())
    if env_file.exists():
        yield _only_ours(env_file)


def sqlite(version: tuple[int, ...]) -> Finding:
    """SQLite's library."""
    written = ".".join(map(str, version))
    if version >= _WITHOUT_WAL_RESET_BUG:
        return fine("SQLite", written)
    return warning(
        "SQLite",
        f"{written} has the WAL-reset bug: two connections that write at once can damage a database",
        "giftbot is not hit: one process writes, with one connection. Let nothing else write to its file, or use a "
        "Python with SQLite 3.51.3.",
    )


def time_zones(found: TimeZones) -> Finding:
    """By whose time zones working hours and days are counted."""
    if not found.are_the_package_s:
        return fine("Time zones", f"{found.machine} of this machine; those of the tzdata package are {found.package}")
    machine = (
        f"those of this machine are {found.machine}" if found.machine else "this machine names no version of its own"
    )
    return fine("Time zones", f"{found.package} of the tzdata package; {machine}")


def _only_ours(file: Path) -> Finding:
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        return warning(str(file), f"others can read its secrets (mode {mode:03o})", f"chmod 600 {file}")
    return fine(str(file), "readable by its owner only")
