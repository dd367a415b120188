"""Folders to work in."""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own in it


@contextmanager
def memory_folder() -> Generator[Path]:
    """A new folder, in memory where there is such a place."""
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        yield Path(folder)


def folder(parent: Path, name: str) -> Path:
    """A new folder in another one."""
    (parent / name).mkdir()
    return parent / name
