"""The ledger as panels: ordered, delivered, stored."""

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.sandbox.demo.personas import COLOURS
from bot.sandbox.demo.verification import Ledger


def ordered(ledger: Ledger) -> Panel:
    """What the gift card service made, and how often it was asked for it."""
    table = _table("Order", "Idempotency key", "Amount", "Requests")
    for order in ledger.orders:
        amount = f"{order.face_value} {order.currency}"
        table.add_row(order.id, order.idempotency_key, amount, str(ledger.asked[order.idempotency_key]))
    table.add_row(
        f"{len(ledger.orders)} orders", f"{len(ledger.asked)} keys", "", f"{ledger.asked.total()}", style="bold"
    )
    return _book("Ordered", table)


def delivered(ledger: Ledger) -> Panel:
    """Who got how much from the bot."""
    table = _table("Reader", "Messages", "With a link")
    for reader in ledger.readers:
        table.add_row(reader.name, str(reader.messages), str(len(reader.links)), style=COLOURS.get(reader.name))
    return _book("Delivered", table)


def stored(ledger: Ledger) -> Panel:
    """What is in the database, and in all the files that the bot wrote."""
    table = Table.grid(padding=(0, 1))
    table.add_row("Gifts", ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in ledger.gifts.items()))
    table.add_row("History", f"{ledger.history} lines")
    table.add_row("Files", f"{', '.join(ledger.files)}: {sum(map(len, ledger.files.values())):,} bytes, searched")
    table.add_row("Order ids", "found" if ledger.finds_orders else "not found, so the search is worthless")
    table.add_row("Links", f"found in {', '.join(ledger.links_at_rest_in)}" if ledger.links_at_rest_in else "not found")
    return _book("Stored", table)


def _table(*columns: str) -> Table:
    return Table(*columns, box=None, pad_edge=False, padding=(0, 1), header_style="dim")


def _book(title: str, table: Table) -> Panel:
    return Panel(table, title=Text(title, "bold"), title_align="left", padding=(0, 1))
