"""The thread that writes the log: what it folds, what it drops and how it says so; whoever logs waits for nobody."""

import fcntl
import os
from collections.abc import Callable, Generator
from contextlib import closing

import pytest

from bot.log_writer import FOLDED, MOST_FOLDED, ROOM, Folds, LogWriter, tell

LONG = 1000  # characters of a line
MOST = ROOM // (LONG + 1)  # lines that have room while nobody reads, besides those in the pipe


class Pipe:
    """A pipe with little room, which a test reads when it likes."""

    def __init__(self) -> None:
        out, self.descriptor = os.pipe()
        fcntl.fcntl(out, fcntl.F_SETPIPE_SZ, 4096)
        self.reader = os.fdopen(out, encoding="utf-8")

    def reads_until(self, last: str) -> list[str]:
        """Every line up to this one."""
        lines: list[str] = []
        while not lines or lines[-1] != last:
            lines.append(self.reader.readline().rstrip("\n"))
        return lines

    def close(self) -> None:
        """Close both ends."""
        self.reader.close()
        os.close(self.descriptor)


@pytest.fixture
def pipe() -> Generator[Pipe]:
    """A pipe."""
    with closing(Pipe()) as pipe:
        yield pipe


@pytest.fixture
def dropped() -> list[int]:
    """What was said of lines that were dropped."""
    return []


@pytest.fixture
def write(pipe: Pipe, dropped: list[int]) -> Generator[Callable[[str], None]]:
    """Let a line be written into the pipe; at the end of the test, nothing waits for its reader."""

    def say_dropped(lines: int) -> None:
        dropped.append(lines)
        writer.write(f"{lines} dropped", 0)

    writer = LogWriter(pipe.descriptor, complete, say_dropped)
    yield lambda line: writer.write(line, 0)
    writer.close(0)


def complete(said: str, _at: float, repeated: int) -> str:
    """A line as it is written."""
    return f"{said} ({repeated} more)" if repeated else said


def numbered(count: int, first: int = 0) -> list[str]:
    """Long lines, each with its number."""
    return [f"{number} ".ljust(LONG, "x") for number in range(first, first + count)]


def test_lines_come_in_their_order(pipe: Pipe, write: Callable[[str], None]) -> None:
    """As they were written, whatever is in them."""
    lines = [*numbered(5), "Zoë 🎁", "half an emoji \ud83c"]
    for line in lines:
        write(line)
    assert pipe.reads_until("half an emoji \\ud83c") == [*lines[:-1], "half an emoji \\ud83c"]


def test_a_reader_who_stalls_gets_what_has_room_and_the_count_of_the_rest(
    pipe: Pipe, write: Callable[[str], None], dropped: list[int]
) -> None:
    """Nothing of what came first is lost, and the gap is told where it is."""
    lines = numbered(2 * MOST)
    for line in lines:
        write(line)
    read = pipe.reads_until(f"{len(lines) - MOST} dropped")
    assert read[:-1] == lines[:MOST]
    assert dropped == [len(lines) - MOST]
    write("after the gap")
    assert pipe.reads_until("after the gap") == ["after the gap"]


def test_whoever_wants_nobody_to_wait_is_written_to_in_pieces(pipe: Pipe, write: Callable[[str], None]) -> None:
    """Standard error may be shared with a program that reads without blocking, and then does not block either."""
    os.set_blocking(pipe.descriptor, False)
    lines = numbered(500)
    for line in lines:
        write(line)
    assert pipe.reads_until(lines[-1]) == lines


@pytest.mark.parametrize("path", ["/dev/full", None])
def test_where_nothing_can_be_written_nobody_waits(path: str | None) -> None:
    """A full disk, and a pipe that nobody holds any more: lines are lost, and the end comes at once."""
    if path is None:
        out, descriptor = os.pipe()
        os.close(out)
    else:
        descriptor = os.open(path, os.O_WRONLY)
    writer = LogWriter(descriptor, complete, lambda _: None)
    for line in numbered(2 * MOST):
        writer.write(line, 0)
    writer.close()
    tell(descriptor, "words that are lost")
    os.close(descriptor)


def test_a_few_words_are_told(pipe: Pipe) -> None:
    """They are read even if the process ends right afterwards."""
    tell(pipe.descriptor, "giftbot cannot start.\nFor a reason: Zoë.")
    assert pipe.reads_until("For a reason: Zoë.") == ["giftbot cannot start.", "For a reason: Zoë."]


def test_counts_come_at_the_end_at_the_latest(pipe: Pipe) -> None:
    """Whatever was repeated until then is told before the process is over."""
    writer = LogWriter(pipe.descriptor, complete, lambda _: None)
    for line in ("a", "b", "a", "a"):
        writer.write(line, 0)
    writer.close()
    assert pipe.reads_until("a (2 more)") == ["a", "b", "a (2 more)"]


class TestFolds:
    """Lines that say the same within a minute."""

    def test_the_first_is_written_and_the_others_are_counted(self) -> None:
        """Each by itself, until a minute after its first."""
        folds = Folds()
        assert [folds.is_new(said, now) for now, said in enumerate(["a", "b", "a", "a", "b"])] == [
            True,
            True,
            *[False] * 3,
        ]
        assert [*folds.over(FOLDED - 1)] == []
        assert folds.seconds_left(FOLDED - 1) == 1
        assert [*folds.over(FOLDED)] == [("a", 2)]
        assert not folds.is_new("b", FOLDED)
        assert folds.is_new("a", FOLDED)
        assert [*folds.over(FOLDED + 1)] == [("b", 2)]

    def test_what_was_not_repeated_is_forgotten_without_a_word(self) -> None:
        """There is nothing to tell."""
        folds = Folds()
        folds.is_new("a", 0)
        assert [*folds.over(FOLDED)] == []
        assert folds.seconds_left(FOLDED) is None

    def test_only_so_many_are_remembered(self) -> None:
        """Among too many different lines the oldest is told early, so that a flood takes no memory."""
        folds = Folds()
        for number in range(MOST_FOLDED + 1):
            folds.is_new(f"line {number}", 0)
            folds.is_new(f"line {number}", 0)
        assert [*folds.over(0)] == [("line 0", 1)]
        assert not folds.is_new("line 1", 0)
