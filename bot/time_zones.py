"""Which time zones count: those of this machine, or those of the tzdata package where they are newer.

Python looks on the machine first, whose zones may be years old; the package is locked with the other libraries.
"""

import re
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

_NAMED_IN = ("tzdata.zi", "+VERSION")  # their first lines name the version; Debian and the package have the first one
_VERSION = re.compile(rb"\b[12][0-9]{3}[a-z]+\b")


@dataclass(frozen=True, slots=True)
class TimeZones:
    """The versions of both, such as 2026a; empty where the machine has no zones, or does not say of which version."""

    machine: str
    package: str

    @property
    def are_the_package_s(self) -> bool:
        """Whether those of the package count; versions sort as text."""
        return self.machine < self.package


@cache
def use_newest() -> TimeZones:
    """Let the newer zones count in this process; called before any zone is used, and says the same ever after."""
    found = TimeZones(_version_in(map(Path, zoneinfo.TZPATH)), _version_in([files("tzdata") / "zoneinfo"]))
    if found.are_the_package_s:
        zoneinfo.reset_tzpath(to=())
        zoneinfo.ZoneInfo.clear_cache()
    return found


def _version_in(folders: Iterable[Traversable]) -> str:
    """The version that the first folder names which is there: Python looks for zones in the same order."""
    folder = next((folder for folder in folders if folder.is_dir()), None)
    for file in (folder / name for name in _NAMED_IN if folder):
        if file.is_file():
            with file.open("rb") as lines:
                version = _VERSION.search(lines.readline())
            return version[0].decode() if version else ""
    return ""
