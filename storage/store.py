"""All tables behind one door."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from pydantic import SecretStr

from storage.absences import AbsenceTable
from storage.db import Database
from storage.history import HistoryTable
from storage.holds import HoldTable
from storage.lists import ListTable
from storage.messages import MessageTable
from storage.orders import OrderTable
from storage.requests import GiftTable, RequestTable
from storage.restorations import RestorationTable
from storage.seals import seals_of
from storage.shelves import ShelfTable
from storage.spending import SpendingTable
from storage.tallies import TallyTable
from storage.work import WorkTable


class SqliteStore:
    """Everything that is kept. Changes are made inside `write()` and are kept together or not at all.

    Raises:
        DatabaseRefused: the history does not fit `audit_key`, which seals it; where nothing can be changed, none does.
    """

    def __init__(self, database: Database, ring: Callable[[], None], audit_key: SecretStr | None = None) -> None:
        self._database = database
        self.history = HistoryTable(database, seals_of(database, audit_key) if database.can_change else None)
        self.requests = RequestTable(database, self.history)
        self.gifts = GiftTable(database, self.history)
        self.lists = ListTable(database)
        self.tallies = TallyTable(database)
        self.spending = SpendingTable(database)
        self.absences = AbsenceTable(database)
        self.orders = OrderTable(database)
        self.shelves = ShelfTable(database)
        self.holds = HoldTable(database)
        self.restorations = RestorationTable(database)
        self.messages = MessageTable(database)
        self.work = WorkTable(database, ring)

    def write(self) -> AbstractContextManager[None]:
        """One transaction, durable when it ends; never await inside it."""
        return self._database.write()
