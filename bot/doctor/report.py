"""The table: a mark, what was looked at, what was found, what to do."""

from collections.abc import Mapping

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.doctor.findings import Finding, Findings, Mark

_COLOURS = {Mark.FINE: "green", Mark.NOTE: "dim", Mark.WARNING: "bold yellow", Mark.FAILURE: "bold red"}


def show(sections: Mapping[str, Findings], console: Console) -> bool:
    """Print everything, and say whether gifts can go through."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("", width=1)
    table.add_column("Checked", min_width=14, ratio=4)
    table.add_column("Found", ratio=9)
    table.add_column("What to do", ratio=9)
    for title, findings in sections.items():
        table.add_row("", Text(title, "bold"))
        for finding in findings:
            table.add_row(*_cells(finding))
        table.add_section()
    console.print(table)
    marks = [finding.mark for findings in sections.values() for finding in findings]
    console.print(_verdict(marks.count(Mark.FAILURE), marks.count(Mark.WARNING)))
    return Mark.FAILURE not in marks


def _cells(finding: Finding) -> tuple[Text, ...]:
    colour = _COLOURS[finding.mark]
    words = "" if finding.mark is Mark.FINE else colour.removeprefix("bold ")
    return (
        Text(finding.mark.value, colour),
        Text(finding.what),
        Text(finding.found, words),
        Text(finding.remedy),
    )


def _verdict(failures: int, warnings: int) -> Text:
    look = f" {warnings} to look at." if warnings else ""
    if failures:
        return Text(f"{failures} {'thing stops' if failures == 1 else 'things stop'} gifts.{look}", "bold red")
    return Text(f"Nothing here stops a gift.{look}", "bold green")
