"""Writes log lines from a thread of its own: a reader that stalls, goes away or has no room stops nobody who logs.

The standard library's QueueListener has no bound that drops, no time limit for its end, and does not count.
"""

import os
import select
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

FOLDED: Final = 60.0  # seconds in which lines that say the same are written once
MOST_FOLDED: Final = 256  # different lines that are remembered for that
ROOM: Final = 4 * 1024 * 1024  # bytes that wait for a reader; what comes beyond that is dropped and counted
PATIENCE: Final = 1.0  # seconds that the end waits for a reader
_CHUNK = 64 * 1024  # bytes; what a pipe holds
_REST = 1.0  # seconds until the next try where nothing can be written

Complete = Callable[[str, float, int], str]  # what a line says, when (in seconds since 1970), and how often again


class Folds:
    """Lines that say the same within a minute are one line, and afterwards one more with their count."""

    def __init__(self, seconds: float = FOLDED, most: int = MOST_FOLDED) -> None:
        self._seconds = seconds
        self._most = most
        self._ends: dict[str, float] = {}  # in the order in which they end
        self._repeated: dict[str, int] = {}

    def is_new(self, said: str, now: float) -> bool:
        """Whether a line is written; if not, it is counted."""
        if said in self._ends:
            self._repeated[said] = self._repeated.get(said, 0) + 1
            return False
        self._ends[said] = now + self._seconds
        return True

    def over(self, now: float) -> Iterator[tuple[str, int]]:
        """Forget the lines whose time is over, and those that are too many; give what was repeated, with its count."""
        while self._ends and (self._next_end <= now or len(self._ends) > self._most):
            said = next(iter(self._ends))
            del self._ends[said]
            if count := self._repeated.pop(said, 0):
                yield said, count

    def seconds_left(self, now: float) -> float | None:
        """Until the next count is due."""
        return max(0.0, self._next_end - now) if self._ends else None

    @property
    def _next_end(self) -> float:
        return next(iter(self._ends.values()))


class LogWriter:
    """Lines for a file descriptor, in their order; `write` never waits for a reader, and never fails.

    `complete` makes the whole line of what it says; `on_dropped` hears how many lines had no room, once there is again.
    """

    def __init__(
        self, descriptor: int, complete: Complete, on_dropped: Callable[[int], None], encoding: str = "utf-8"
    ) -> None:
        self._descriptor = descriptor
        self._complete = complete
        self._on_dropped = on_dropped
        self._encoding = encoding
        self._changed = threading.Condition()  # a re-entrant one: what is collected as garbage may log as well
        self._folds = Folds()
        self._waiting = bytearray()
        self._dropped = 0
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def write(self, said: str, at: float) -> None:
        """Let a line be written; what it says is the same for all that are to be folded."""
        with self._changed:
            now = time.monotonic()
            self._unfold(now)
            if self._folds.is_new(said, now):
                self._append(self._complete(said, at, 0))

    def flush(self, seconds: float = PATIENCE) -> None:
        """Wait until everything is written, at most that long."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting, seconds)

    def close(self, seconds: float = PATIENCE) -> None:
        """Write what is left and the counts of what was folded, as far as somebody reads it in that time."""
        with self._changed:
            self._closing = True
            self._unfold(float("inf"))
            self._changed.notify_all()
        self._thread.join(seconds)

    def _append(self, line: str) -> None:
        text = f"{line}\n".encode(self._encoding, "backslashreplace")
        if self._dropped or len(self._waiting) + len(text) > ROOM:  # no gap without its count
            self._dropped += 1
            return
        self._waiting += text
        self._changed.notify_all()

    def _unfold(self, now: float) -> None:
        for said, count in self._folds.over(now):
            self._append(self._complete(said, time.time(), count))

    def _run(self) -> None:
        while chunk := self._next():
            written = self._try_to_write(chunk)
            with self._changed:
                if self._closing and not written:
                    return
                del self._waiting[:written]
                dropped, self._dropped = (0, self._dropped) if self._waiting else (self._dropped, 0)
                self._changed.notify_all()
            if dropped:
                self._on_dropped(dropped)

    def _next(self) -> bytes:
        """What is to be written, as soon as there is anything; nothing at the end."""
        with self._changed:
            while not self._waiting and not self._closing:
                now = time.monotonic()
                self._unfold(now)
                if not self._waiting:
                    self._changed.wait(self._folds.seconds_left(now))
            return bytes(self._waiting[:_CHUNK])

    def _try_to_write(self, chunk: bytes) -> int:
        """How many bytes somebody took; this is where the thread waits for them."""
        try:
            return os.write(self._descriptor, chunk)
        except BlockingIOError:  # whoever gave us the descriptor does not want us to wait in it
            select.select([], [self._descriptor], [], _REST)
        except OSError:  # nobody reads any more, or the disk is full
            with self._changed:
                self._changed.wait_for(lambda: self._closing, _REST)
        return 0


def tell(descriptor: int, words: str, encoding: str = "utf-8") -> None:
    """Write a few words, and wait a moment for whoever reads them; where that is nobody, they are lost."""
    writer = LogWriter(descriptor, lambda said, _at, _repeated: said, lambda _lines: None, encoding)
    writer.write(words, 0)
    writer.close()
