"""The catalogue as it was last read, a row a country, so that forms can show it right after a start."""

from contextlib import suppress

from pydantic import TypeAdapter, ValidationError

from bot.gifts.model.product import CountryCatalogue, Product
from storage.database import Database
from storage.timestamps import from_text, to_text

_PRODUCTS = TypeAdapter(tuple[Product, ...])


class CatalogueTable:
    """The catalogue, a shelf a country."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, country: str) -> CountryCatalogue | None:
        """A country's shelf as it was last read; None for one that another version wrote, as it can be read anew."""
        row = self._database.row("SELECT * FROM shelves WHERE country = ?", (country,))
        if row is None:
            return None
        with suppress(ValidationError):
            return CountryCatalogue(
                country, row["currency"], _PRODUCTS.validate_json(row["products"]), from_text(row["read_at"])
            )
        return None

    def save(self, shelf: CountryCatalogue) -> None:
        """Keep a shelf instead of the one before it."""
        self._database.change(
            "INSERT INTO shelves (country, currency, products, read_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (country) DO UPDATE SET currency = excluded.currency, products = excluded.products,"
            " read_at = excluded.read_at",
            (shelf.country, shelf.currency, _PRODUCTS.dump_json(shelf.products).decode(), to_text(shelf.read_at)),
        )
