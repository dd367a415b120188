"""Seeds on trial: each is played on a fresh database in memory, and judged."""

import shutil
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from structlog.testing import capture_logs

from storage import Database
from tests.proof.invariants import violations
from tests.proof.simulation.network import Journal
from tests.proof.simulation.run_seed import NeverEnds, play
from tests.proof.tmpfs import memory_folder


class Court:
    """Judges seeds, on copies of an empty database that the real storage made."""

    def __init__(self, folder: Path) -> None:
        self._empty = folder / "empty.db"
        self._file = folder / "giftbot.db"
        Database(self._empty).close()

    def judges(self, seed: int, journal: Journal | None = None) -> list[str]:
        """What is wrong with a seed; with a journal, everything that happens in it is told there."""
        shutil.copyfile(self._empty, self._file)
        with capture_logs() as logs:
            try:
                found = violations(play(seed, self._file, journal))
            except NeverEnds as error:
                found = [str(error)]
        failed = [f"an error in the bot itself: {log}" for log in logs if log["log_level"] == "error"]
        return [*found, *failed]


@contextmanager
def court() -> Generator[Court]:
    """A court with its files in memory."""
    with memory_folder() as folder:
        yield Court(folder)


def failing(seeds: Iterable[int]) -> Iterator[tuple[int, list[str]]]:
    """The seeds in which a promise was broken, with what was found."""
    with court() as judge:
        for seed in seeds:
            if found := judge.judges(seed):
                yield seed, found
