"""The terminal on which the demo is seen, or the file that takes its place: plain lines, and panels side by side."""

from collections.abc import Sequence
from math import ceil
from typing import Final

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.sandbox.demo.personas import Roles, colour_of
from bot.sandbox.simulator import Person

WIDEST: Final = 126
NARROWEST_PANEL: Final = 38
MOST_IN_A_ROW: Final = 3


class ReaderLeft(Exception):
    """Nobody reads any more what is printed."""


class _Output(Console):
    """Standard output; rich would end the process from inside a task when its reader leaves, as `head` does."""

    def on_broken_pipe(self) -> None:
        try:
            super().on_broken_pipe()
        except SystemExit:
            raise ReaderLeft from None


class Screen:
    """Prints the story as it happens."""

    def __init__(self) -> None:
        self._console = _Output(markup=False, emoji=False, highlight=False)
        self._console.width = min(self._console.width, WIDEST)

    def opens(self, roles: Roles) -> None:
        """Say what is going to be seen, and by whom."""
        self._console.print(Text("giftbot demo", "bold"))
        self._console.print(
            "A simulated Slack and gift card service on this machine, and the real bot, as a process of its own and "
            "connected over Socket Mode. Every coloured box is what the bot put on that person's screen."
        )
        self._console.print(Text("   ").join(Text(f"{names} {role}", colour) for names, role, colour in roles))

    def act(self, title: str) -> None:
        """Begin a part of the story."""
        self._console.print()
        self._console.rule(Text(title, "bold"), align="left", style="dim")

    def does(self, person: Person, what: str, typed: str = "") -> None:
        """Tell what somebody does, and what they type."""
        name = Text(person.name, f"bold {colour_of(person)}")
        self._console.print(Text(" ").join([name, Text(what), *([Text(typed, "bold")] if typed else [])]))

    def shows(self, *panels: Panel) -> None:
        """Put panels side by side, as many as fit, in rows of the same length where that can be."""
        fitting = max(1, min(MOST_IN_A_ROW, self._console.width // NARROWEST_PANEL))
        rows = ceil(len(panels) / fitting)
        in_a_row = ceil(len(panels) / rows)
        for first in range(0, len(panels), in_a_row):
            self._show_row(panels[first : first + in_a_row], self._console.width // in_a_row)

    def says(self, line: str) -> None:
        """Print a line that can be copied, whatever its width."""
        self._console.print(line, soft_wrap=True)

    def closes(self, *, gifts: int, in_review: int, seconds: float) -> None:
        """Say that everything was as promised, and where it can be tried by hand."""
        waiting = f"{in_review} approved gift waits for a person, and nothing was bought for it. " if in_review else ""
        self._console.print()
        self._console.print(
            Text.assemble(
                ("As promised: ", "bold green"),
                f"{gifts} gifts approved, {gifts} orders made, {gifts} links delivered, each to its recipient alone, "
                f"and none stored. {waiting}The story took {seconds:.1f} s, and the bot stopped when told to, "
                "with exit code 0.",
            )
        )
        self.says("Now play it yourself, in your browser: giftbot playground")

    def _show_row(self, panels: Sequence[Panel], width: int) -> None:
        options = self._console.options.update(width=width)
        height = max(len(self._console.render_lines(panel, options)) for panel in panels)
        row = Table.grid()
        for panel in panels:
            panel.height = height
            row.add_column(width=width)
        row.add_row(*panels)
        self._console.print(row)
