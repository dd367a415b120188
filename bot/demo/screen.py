"""The terminal on which the demo is seen, or the file that takes its place: plain lines, and panels side by side."""

from collections.abc import Sequence
from typing import Final

from rich.console import Console, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.demo.cast import colour_of
from bot.simulator import Person

WIDEST: Final = 126
NARROWEST_PANEL: Final = 38


class Screen:
    """Prints the story as it happens."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._width = min(console.width, WIDEST)

    def act(self, title: str) -> None:
        """Begin a part of the story."""
        self._console.print()
        self.prints(Text.assemble(("── ", "dim"), (title, "bold"), (" " + "─" * (self._width - len(title) - 4), "dim")))

    def does(self, person: Person, what: str, typed: str = "") -> None:
        """Tell what somebody does, and what they type."""
        name = Text(person.name, f"bold {colour_of(person)}")
        self.prints(Text.assemble(name, f" {what} ", (typed, "bold")))

    def shows(self, *panels: Panel) -> None:
        """Put panels side by side, as many as fit."""
        fitting = max(1, min(3, self._width // NARROWEST_PANEL))
        in_a_row = min(fitting, len(panels))
        for first in range(0, len(panels), in_a_row):
            self._row(panels[first : first + in_a_row], self._width // in_a_row)

    def prints(self, thing: RenderableType) -> None:
        """Print a line, a paragraph or a table."""
        self._console.print(thing, width=self._width)

    def prints_unbroken(self, line: str) -> None:
        """Print a line for copying, whatever the width."""
        self._console.print(Text(line), soft_wrap=True)

    def _row(self, panels: Sequence[Panel], width: int) -> None:
        options = self._console.options.update(width=width)
        height = max(len(self._console.render_lines(panel, options)) for panel in panels)
        row = Table.grid()
        for panel in panels:
            panel.height = height
            row.add_column(width=width)
        row.add_row(*panels)
        self._console.print(row)
