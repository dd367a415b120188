"""What `giftbot policy` prints: titles with rows below them, and some lines at the end."""

from collections.abc import Iterable
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDEST: Final = 110
_NAMES: Final = 14  # the least width of the first column, so that all parts look alike


class Page:
    """Parts, each a table with a title."""

    def __init__(self) -> None:
        self._parts: list[tuple[str, Table]] = []

    def title(self, words: str) -> None:
        """Begin a part."""
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(min_width=_NAMES)
        self._parts.append((words, table))

    def row(self, *cells: str) -> None:
        """One line of a part."""
        self._parts[-1][1].add_row(*map(Text, cells))

    def show(self, closing: Iterable[Text]) -> None:
        """Print it all."""
        console = Console(emoji=False, highlight=False)
        console.width = min(console.width, WIDEST)
        for words, table in self._parts:
            console.print(Text(words, "bold"))
            console.print(table)
            console.print()
        for line in closing:
            console.print(line)
