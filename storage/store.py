"""All tables behind one door."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from pydantic import SecretStr

from storage.audit_log import AuditLogTable
from storage.budget_usage import BudgetUsageTable
from storage.catalogue import CatalogueTable
from storage.database import Database
from storage.decision_totals import DecisionTotalTable
from storage.hash_chain import seals_of
from storage.jobs import JobTable
from storage.listings import Listings
from storage.notifications import NotificationTable
from storage.order_holds import OrderHoldTable
from storage.orders import OrderTable
from storage.out_of_office import OutOfOfficeTable
from storage.requests import GiftTable, RequestTable
from storage.restorations import RestorationTable


class SqliteStore:
    """Everything that is kept. Changes are made inside `write()` and are kept together or not at all.

    Raises:
        DatabaseRefused: the history does not fit `audit_key`, which seals it; where nothing can be changed, none does.
    """

    def __init__(self, database: Database, ring: Callable[[], None], audit_key: SecretStr | None = None) -> None:
        self._database = database
        self.audit_log = AuditLogTable(database, seals_of(database, audit_key) if database.can_change else None)
        self.requests = RequestTable(database, self.audit_log)
        self.gifts = GiftTable(database, self.audit_log)
        self.listings = Listings(database)
        self.decision_totals = DecisionTotalTable(database)
        self.budget_usage = BudgetUsageTable(database)
        self.out_of_office = OutOfOfficeTable(database)
        self.orders = OrderTable(database)
        self.catalogues = CatalogueTable(database)
        self.order_holds = OrderHoldTable(database)
        self.restorations = RestorationTable(database)
        self.notifications = NotificationTable(database)
        self.jobs = JobTable(database, ring)

    def write(self) -> AbstractContextManager[None]:
        """One transaction, durable when it ends; never await inside it."""
        return self._database.write()
