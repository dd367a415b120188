"""The only SQL of the house: plain functions on one connection, no `async`, nothing awaited inside a transaction."""

from storage.database import Database
from storage.errors import DatabaseLost, DatabaseRefused
from storage.store import SqliteStore

__all__ = ["Database", "DatabaseLost", "DatabaseRefused", "SqliteStore"]
