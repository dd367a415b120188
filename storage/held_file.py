"""A database file that is ours while it is open: locked, checked, and looked after.

The file itself is written by checkpoints alone, and those are announced and noted here. So whatever else changes it, or
takes it away, shows; at the next start as well, by the note that is left beside it.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path

from storage import file_header, file_lock, run_note, start_check
from storage.errors import DatabaseLost, DatabaseRefused
from storage.run_note import FileState, RunNote

_OWNER_ONLY = 0o600
_BESIDE = ("-wal", "-shm")


class FileTaken(Exception):
    """The file, or one of those beside it, is not there any more, or is another one; the message says which."""


class FileOverwritten(Exception):
    """Somebody else has written to the file, and made something else of it."""


class HeldFile:
    """A file that is locked until `release`. No other descriptor of it is closed meanwhile: SQLite's locks would go.

    Raises:
        DatabaseRefused: another process has it, or it is not what giftbot can go on with.
        OSError: it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._name = path
        self.path = Path(os.path.realpath(path))  # where SQLite has its -wal
        self._inodes: dict[Path, tuple[int, int]] = {}
        self._note = RunNote()
        if not self.path.exists():
            start_check.check(self.path)
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, _OWNER_ONLY)
        try:
            self._take()
        except BaseException:
            os.close(self._descriptor)
            raise

    def _take(self) -> None:
        if not stat.S_ISREG(os.fstat(self._descriptor).st_mode):
            raise DatabaseRefused(f"{self._name} cannot be used as a database: it is no ordinary file.")
        try:
            file_lock.hold(self._descriptor)
        except BlockingIOError as error:
            raise DatabaseRefused(
                f"{self._name} is in use by another giftbot. One database serves one process."
            ) from error
        if not os.path.samestat(os.fstat(self._descriptor), self.path.stat()):
            raise DatabaseRefused(f"{self._name} was replaced just now.", "Please start again.")
        start_check.check(self.path)
        for file in (self.path, *self._beside()):  # those that come later get the file's mode
            if file.exists():
                file.chmod(_OWNER_ONLY)
        self._keep(self._note)

    def before_checkpoint(self) -> None:
        """Note that what follows may change the file."""
        if self._note.file:
            self._keep(RunNote())

    def after_checkpoint(self) -> None:
        """Note how the file is now, and which files belong together; the -wal begins with the first page."""
        file_header.mark_as_not_whole(self._descriptor)
        os.fsync(self._descriptor)
        self._inodes = {file: _identity(file.stat()) for file in self._beside()}
        self._inodes[self._name] = _identity(os.fstat(self._descriptor))
        self._keep(RunNote(file=FileState.of(self._descriptor), wal=Path(f"{self.path}-wal").stat().st_ino))

    def check_in_place(self) -> None:
        """See that everything is as it was left.

        Raises:
            FileTaken: a file is missing or another one.
            FileOverwritten: what is in it does not come from a checkpoint.
        """
        for file, identity in self._inodes.items():
            if not file.exists() or _identity(file.stat()) != identity:
                raise FileTaken(str(file))
        now, noted = FileState.of(self._descriptor), self._note.file
        if noted and now != noted:
            if not noted.may_become(now):
                raise FileOverwritten
            self._keep(self._note.model_copy(update={"file": now}))

    def note_loss(self, loss: DatabaseLost) -> None:
        """Leave word for the next start, if there is still a place for it, that this run could not go on."""
        self._note = RunNote(lost=loss.found, remedy=loss.remedy)
        with suppress(OSError):
            run_note.keep(self.path, self._note)

    @property
    def is_lost(self) -> bool:
        """Whether the file was taken away or overwritten."""
        return bool(self._note.lost)

    def release(self) -> None:
        """Give the file back; with nothing left beside it, the run has ended in good order."""
        if not self.is_lost and not Path(f"{self.path}-wal").exists():
            run_note.remove(self.path)
        os.close(self._descriptor)

    def _keep(self, note: RunNote) -> None:
        run_note.keep(self.path, note)
        self._note = note

    def _beside(self) -> list[Path]:
        return [Path(f"{self.path}{suffix}") for suffix in _BESIDE]


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino
