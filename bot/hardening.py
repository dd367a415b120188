"""Keeps what is secret in this process's memory, and what it writes, from everybody else on the machine."""

import ctypes
import os
import resource
import sys

_PR_SET_DUMPABLE = 4  # source: prctl(2)
_OWNER_ONLY = 0o077


def write_for_owner_only() -> None:
    """Let nobody else read the files that this process makes."""
    os.umask(_OWNER_ONLY)


def keep_memory_private() -> None:
    """Leave no core dump, and let no other process of the same user look into this one; root still can.

    Both would show tokens, keys and links. A limit alone does not keep a dump from a handler such as systemd's, so
    Linux is told that this process is not to be dumped.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
