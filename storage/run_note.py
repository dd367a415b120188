"""The note beside a database, `giftbot.db-run`: what the file is like to which the -wal beside it belongs.

SQLite merges a -wal into whatever file has the name. Only what was noted elsewhere tells the file that giftbot wrote
from a backup that was put in its place. The note is there from the start of a run until its orderly end.
"""

import os
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ValidationError

from storage import file_header

_SIZE = 512  # bytes that a disk writes whole


class FileState(BaseModel, frozen=True, ser_json_bytes="base64", val_json_bytes="base64"):
    """A database file as it is on the disk, without what its -wal will change; `modified` in nanoseconds."""

    header: bytes
    inode: int
    size: int
    modified: int

    @classmethod
    def of(cls, descriptor: int) -> Self:
        """How an open file is now."""
        found = os.fstat(descriptor)
        header = file_header.of_file(descriptor)
        return cls(header=header, inode=found.st_ino, size=found.st_size, modified=found.st_mtime_ns)

    def may_become(self, later: Self) -> bool:
        """Whether a checkpoint by another program can have made this of it: the same file, still of the same run."""
        return self.inode == later.inode and file_header.are_of_one_run(self.header, later.header)


class RunNote(BaseModel, frozen=True):
    """What a run has noted.

    `file` is None while a checkpoint may be writing to it; `wal` is the inode of the -wal that belongs to it; `lost`
    says why the run could not go on, if the files were taken away from under it, and `remedy` what to do.
    """

    file: FileState | None = None
    wal: int = 0
    lost: str = ""
    remedy: str = ""


def read(path: Path) -> RunNote | None:
    """The note beside a database; an empty one where it cannot be understood, None where there is none."""
    try:
        text = _beside(path).read_bytes()
    except FileNotFoundError:
        return None
    try:
        return RunNote.model_validate_json(text)
    except ValidationError:
        return RunNote()


def keep(path: Path, note: RunNote) -> None:
    """Write the note, and wait until it is on the disk; one of the usual size arrives whole or not at all."""
    descriptor = os.open(_beside(path), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        text = note.model_dump_json().encode().ljust(_SIZE)
        os.pwrite(descriptor, text, 0)
        os.ftruncate(descriptor, len(text))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """Take the note away: the run has ended in good order."""
    _beside(path).unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return Path(f"{path}-run")
