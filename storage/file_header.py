"""What the first bytes of a database say about where it comes from, in the file and in a -wal.

Source: sqlite.org/fileformat2.html, "The Database Header" and "WAL File Format".
"""

import os
import struct
from pathlib import Path

_HEADER = 100  # bytes
_CHANGES = slice(24, 28)  # counts one up in each run; SQLite counts anew in a backup
_SCHEMA = slice(40, 44)  # counts changes of the tables; a backup has another one
_VERSION = slice(60, 64)  # the version of giftbot's tables
_APPLICATION = 68  # where whose file it is begins, in four bytes
OURS = b"GIFT"
OURS_WITH_WAL = b"GIFW"  # in a file that is not whole without its -wal, where the first page says OURS
_WAL_HEADER = struct.Struct(">LLLL8sLL")  # magic, format, page size, sequence, salt, checksum
_FRAME_HEADER = struct.Struct(">LL8sLL")  # page, size after a commit, salt, checksum
_CHECKED = 8  # bytes of a frame's header that its checksum covers
_FIRST_PAGE = 1


def of_file(descriptor: int) -> bytes:
    """The header in an open file, without what a -wal would change in it."""
    return os.pread(descriptor, _HEADER, 0)


def mark_as_not_whole(descriptor: int) -> None:
    """Let a file say that it needs its -wal, so that a copy of it alone is not taken for a backup.

    SQLite reads the first page from the -wal as long as it is there, and writes it back to the file with the rest.
    """
    os.pwrite(descriptor, OURS_WITH_WAL, _APPLICATION)


def of_wal(path: Path) -> bytes | None:
    """The header that a -wal begins with, as giftbot's do; None if this one begins with something else."""
    with path.open("rb") as file:
        begin = file.read(_WAL_HEADER.size)
        if len(begin) < _WAL_HEADER.size:
            return None
        magic, _, page_size, _, salt, *checksum = _WAL_HEADER.unpack(begin)
        frame, page = file.read(_FRAME_HEADER.size), file.read(page_size)
    if len(page) < page_size:
        return None
    number, _, salt_of_frame, *checksum_of_frame = _FRAME_HEADER.unpack(frame)
    is_big_endian = bool(magic & 1)
    if number != _FIRST_PAGE or salt_of_frame != salt:  # what is left from before the -wal began anew has another salt
        return None
    is_whole = _checksum(frame[:_CHECKED] + page, checksum, big_endian=is_big_endian) == checksum_of_frame
    return page[:_HEADER] if is_whole else None


def are_of_one_run(one: bytes, other: bytes) -> bool:
    """Whether both are from the same run; then they differ by what was written in it."""
    return one[_CHANGES] == other[_CHANGES] and one[_SCHEMA] == other[_SCHEMA]


def can_go_on_with(file: bytes, wal: bytes) -> bool:
    """Whether a -wal that begins so can belong to a file: it is of the same run, or of the one after it."""
    runs_between = int.from_bytes(wal[_CHANGES]) - int.from_bytes(file[_CHANGES])
    is_migrating = file[_VERSION] != wal[_VERSION]
    return runs_between in {0, 1} and (file[_SCHEMA] == wal[_SCHEMA] or is_migrating)


def _checksum(data: bytes, before: list[int], *, big_endian: bool) -> list[int]:
    one, two = before
    for first, second in struct.iter_unpack(f"{'>' if big_endian else '<'}LL", data):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return [one, two]
