"""The table: a mark, what was looked at, what was found, and below it what to do."""

from collections.abc import Mapping
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.findings import Finding, Findings, Mark

WIDEST: Final = 110
_COLOURS = {Mark.FINE: "green", Mark.NOTE: "dim", Mark.WARNING: "yellow", Mark.FAILURE: "red"}


def show(sections: Mapping[str, Findings], console: Console) -> bool:
    """Print everything, and say whether gifts can go through."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(width=1)
    table.add_column(min_width=17)
    table.add_column()
    for title, findings in sections.items():
        table.add_row()
        table.add_row("", Text(title, "bold"))
        for finding in findings:
            table.add_row(*_cells(finding))
    console.width = min(console.width, WIDEST)
    console.print(table)
    marks = [finding.mark for findings in sections.values() for finding in findings]
    console.print()
    console.print(_verdict(marks.count(Mark.FAILURE), marks.count(Mark.WARNING)))
    return Mark.FAILURE not in marks


def _cells(finding: Finding) -> tuple[RenderableType, ...]:
    colour = _COLOURS[finding.mark]
    found: RenderableType = Text(finding.found, "" if finding.mark is Mark.FINE else colour)
    if finding.remedy:
        remedy = Table.grid(padding=(0, 1))
        remedy.add_row("→", Text(finding.remedy))
        found = Group(found, remedy)
    return Text(finding.mark.value, f"bold {colour}"), Text(finding.what), found


def _verdict(failures: int, warnings: int) -> Text:
    look = f" {warnings} {'row is' if warnings == 1 else 'rows are'} worth a look." if warnings else ""
    if failures:
        return Text(f"{failures} {'thing stops' if failures == 1 else 'things stop'} gifts.{look}", "bold red")
    return Text(f"Nothing here stops a gift.{look}", "bold green")
