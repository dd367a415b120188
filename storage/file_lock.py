"""Locks the database file itself, by whatever name it was opened: a link, another mount, or after it was moved.

The lock is of the open file description, on one byte. It does not meet SQLite's own locks, which are on other bytes,
and is not lost as they are when another descriptor of the file is closed. Source: fcntl(2), "Open file description
locks".
"""

import fcntl
import os
import struct
import sys
from pathlib import Path

_BYTE = 0x40000000 + 512  # the first behind those that SQLite locks; source: PENDING_BYTE in SQLite's os.h


def hold(descriptor: int) -> None:
    """Lock a file, until its descriptor is closed or the process ends.

    Raises:
        BlockingIOError: somebody else has locked it.
    """
    fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _on_our_byte(fcntl.F_WRLCK))


def is_held(path: Path) -> bool:
    """Whether somebody has locked a file, as far as one can look at it."""
    try:
        with path.open("rb") as file:
            answer = fcntl.fcntl(file, fcntl.F_OFD_GETLK, _on_our_byte(fcntl.F_WRLCK))
    except OSError:
        return False
    return answer != _on_our_byte(fcntl.F_UNLCK)


def _on_our_byte(kind: int) -> bytes:
    """A `struct flock`, whose members have another order on macOS."""
    if sys.platform == "darwin":
        return struct.pack("qqihh", _BYTE, 1, 0, kind, os.SEEK_SET)
    return struct.pack("hhqqi", kind, os.SEEK_SET, _BYTE, 1, 0)
