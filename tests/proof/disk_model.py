"""A disk that is rebuilt from system calls, and what a power cut may leave on it.

Only what was synced is sure to be there: of a file its bytes, of a folder its names. Of everything else each write
may have arrived, in part or not at all, whatever came before or after it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.proof.strace import Call

CALLS = ("pwrite64", "ftruncate", "fdatasync", "fsync", "unlink", "unlinkat")
Change = tuple[int, bytes | None]  # bytes at an offset, or a cut to a size
Image = dict[str, bytes]  # what a folder has, by the names in it
_SECTOR = 512  # bytes that a disk writes whole


@dataclass(slots=True)
class _File:
    """A file: its bytes that are safe, and the changes that are not yet."""

    safe: bytearray = field(default_factory=bytearray)
    pending: list[Change] = field(default_factory=list)

    def sync(self) -> None:
        self.safe = _with(self.safe, self.pending)
        self.pending.clear()


class Disk:
    """The files of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._files: dict[str, _File] = {}
        self._safe_names: dict[str, _File] = {}

    def sees(self, call: Call) -> None:
        """Do what a system call did."""
        where = call.data.decode() if call.name in {"unlink", "unlinkat"} else call.file
        if where == self._folder and call.name in {"fdatasync", "fsync"}:
            self._safe_names = dict(self._files)
        if Path(where).parent != Path(self._folder):
            return
        match call.name:
            case "unlink" | "unlinkat":
                self._files.pop(where, None)
            case "fdatasync" | "fsync":
                self._file(where).sync()
            case "ftruncate":
                self._file(where).pending.append((call.numbers[-1], None))
            case "pwrite64":
                self._file(where).pending.append((call.numbers[-1], call.data))

    def after_a_cut(self, dice: Random | None = None) -> Image:
        """What a power cut leaves now: only what is safe, or as the dice have it."""
        names = self._files if dice and dice.random() < 0.5 else self._safe_names
        return {
            Path(name).name: bytes(_with(file.safe, _some(file.pending, dice) if dice else ()))
            for name, file in names.items()
        }

    def _file(self, name: str) -> _File:
        return self._files.setdefault(name, _File())


def _with(content: bytearray, changes: Iterable[Change]) -> bytearray:
    changed = bytearray(content)
    for offset, data in changes:
        changed.extend(bytes(max(offset - len(changed), 0)))
        if data is None:
            del changed[offset:]
        else:
            changed[offset : offset + len(data)] = data
    return changed


def _some(changes: Iterable[Change], dice: Random) -> list[Change]:
    """Each change arrives, arrives in part, or does not."""
    share = dice.random()
    arrived: list[Change] = []
    for offset, data in changes:
        if data and dice.random() < 0.1:
            arrived.append((offset, data[: dice.randrange(0, len(data) + 1, _SECTOR)]))
        elif dice.random() < share:
            arrived.append((offset, data))
    return arrived
