"""The database's file, its backup, and what puts the one in the other's place."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from storage import Database
from tests.harness.ledger import Ledger
from tests.proof.simulation.virtual_time import WorldClock


class Disk:
    """The file that each life of the bot finds; an operator can copy it, and copy it back."""

    def __init__(self, file: Path, clock: WorldClock) -> None:
        self._file = file
        self._backup = Path(f"{file}.backup")
        self._backup.unlink(missing_ok=True)
        self._clock = clock
        self.database = Database(file)
        self.restored_at: datetime | None = None

    @property
    def ledger(self) -> Ledger:
        """What is kept."""
        return Ledger(self.database.rows)

    @property
    def has_backup(self) -> bool:
        """Whether it was copied."""
        return self._backup.exists()

    def backs_up(self) -> None:
        """Copy the database as README says, beside whoever writes to it."""
        self._backup.unlink(missing_ok=True)
        with closing(sqlite3.connect(self._file)) as source, closing(sqlite3.connect(self._backup)) as target:
            source.backup(target)

    def restores(self) -> None:
        """Put the copy back, while no bot is running."""
        self.database.close()
        for left in self._file.parent.glob(f"{self._file.name}-*"):
            left.unlink()
        self._file.write_bytes(self._backup.read_bytes())
        self.database = Database(self._file)
        self.restored_at = self._clock.now()

    def bytes(self) -> bytes:
        """Everything at rest."""
        return b"".join(path.read_bytes() for path in self._file.parent.glob(f"{self._file.name}*"))

    def free(self) -> set[tuple[str, str]]:
        """The approved gifts, by request and recipient, whose money counts in no budget."""
        return {*self.ledger.gifts("request_id", "recipient", reserved_minor=0, request_state="approved")}
