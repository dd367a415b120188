"""What was measured, beside what it is compared with, and whether that holds; and the table of it."""

import os
import platform
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import quantiles

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table; `holds` is None for what is only reported."""

    what: str
    giftbot: str
    beside: str = ""
    ratio: str = ""
    bound: str = ""
    holds: bool | None = None


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: rounds, of which both sides count by their best, and how much in each."""

    rounds: int
    clicks: int  # one after the other, and four times as many from 16 people
    gifts: int  # that a worker is given in a round
    many: int  # gifts in the larger database
    burst: int  # gifts that are approved at once


QUICK = Size(rounds=3, clicks=40, gifts=40, many=50_000, burst=350)
FULL = Size(rounds=7, clicks=200, gifts=200, many=1_000_000, burst=5_000)


def at_most(what: str, giftbot: str, beside: str, ratio: float, bound: float) -> Figure:
    """A figure that may be that many times what it is compared with."""
    return Figure(what, giftbot, beside, f"{ratio:.2f}", f"at most {bound:g}", ratio <= bound)


def at_least(what: str, giftbot: str, beside: str, ratio: float, bound: float) -> Figure:
    """A figure that has to be that many times what it is compared with."""
    return Figure(what, giftbot, beside, f"{ratio:.2f}", f"at least {bound:g}", ratio >= bound)


def exactly(what: str, giftbot: object, bound: object) -> Figure:
    """A figure that has no choice."""
    return Figure(what, str(giftbot), bound=str(bound), holds=giftbot == bound)


def percentile(seconds: Sequence[float], percent: int) -> float:
    """What that many of a hundred stay under."""
    return quantiles(seconds, n=100, method="inclusive")[percent - 1]


def ms(seconds: float) -> str:
    """Milliseconds, as people read them."""
    return f"{seconds * 1000:.2f} ms"


def show(chapters: Iterable[tuple[str, Sequence[Figure]]]) -> None:
    """Print the table, with the machine under it."""
    table = Table("", "giftbot", "beside", "ratio", "bound", "", title="Speed", title_justify="left")
    for title, figures in chapters:
        table.add_section()
        table.add_row(f"[bold]{title}")
        for figure in figures:
            mark = {True: "[green]holds", False: "[red]BROKEN", None: ""}[figure.holds]
            table.add_row(figure.what, figure.giftbot, figure.beside, figure.ratio, figure.bound, mark)
    console = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
    console.print(table)
    console.print(machine())


def machine() -> str:
    """The machine's line: without it no figure means anything to somebody else."""
    load, _, _ = os.getloadavg()
    return (
        f"{os.cpu_count()} cores of {_processor()}, {platform.system()} {platform.release()}, load {load:.1f}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:  # noqa: PTH123 - a pseudo file
            return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()
