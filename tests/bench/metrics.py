"""What was measured, beside what it is compared with, and whether that holds; and the table of it."""

import os
import platform
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table; `holds` is None for what is only reported."""

    what: str
    giftbot: str = ""
    beside: str = ""
    ratio: str = ""
    bound: str = ""
    holds: bool | None = None


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: turns of clicks, rounds of which both sides count by their best, and how much in each."""

    turns: int
    rounds: int
    clicks: int  # by one person after the other, and three times as many by 16 at once
    gifts: int  # that a worker is given in a round
    many: int  # gifts in the larger database
    burst: int  # gifts that are approved at once
    margin: float  # by which a click may exceed its bound: few clicks on a busy machine say only so much


QUICK = Size(turns=2, rounds=2, clicks=20, gifts=40, many=50_000, burst=300, margin=1.5)
FULL = Size(turns=8, rounds=4, clicks=40, gifts=200, many=1_000_000, burst=5_000, margin=1)


def at_most(what: str, giftbot: str, beside: str, ratio: float, bound: float | None, margin: float = 1) -> Figure:
    """A figure that may be that many times what it is compared with; only told, not judged, without a bound."""
    if bound is None:
        return Figure(what, giftbot, beside, f"{ratio:.2f}")
    return Figure(what, giftbot, beside, f"{ratio:.2f}", f"at most {bound:g}", ratio <= bound * margin)


def at_least(what: str, giftbot: str, beside: str, ratio: float, bound: float) -> Figure:
    """A figure that has to be that many times what it is compared with."""
    return Figure(what, giftbot, beside, f"{ratio:.2f}", f"at least {bound:g}", ratio >= bound)


def exactly(what: str, giftbot: int, bound: int) -> Figure:
    """A figure that has no choice."""
    return Figure(what, f"{giftbot:,}", bound=f"{bound:,}", holds=giftbot == bound)


def broken(figures: Iterable[Figure]) -> int:
    """How many bounds do not hold."""
    return sum(figure.holds is False for figure in figures)


def percentile(seconds: Sequence[float], percent: int) -> float:
    """What that many of a hundred stay under."""
    return quantiles(seconds, n=100, method="inclusive")[percent - 1]


def ms(seconds: float) -> str:
    """Milliseconds, as people read them."""
    return f"{seconds * 1000:.2f} ms"


def table(figures: Iterable[Figure]) -> Iterator[str]:
    """The table as README quotes it, in Markdown, with the machine under it."""
    yield "| | giftbot | compared with | ratio | bound |"
    yield "|---|---:|---:|---:|---|"
    for figure in figures:
        bound = f"**BROKEN: {figure.bound}**" if figure.holds is False else figure.bound
        yield f"| {figure.what} | {figure.giftbot} | {figure.beside} | {figure.ratio} | {bound} |"
    yield ""
    yield machine()


def machine() -> str:
    """The machine's line: without it no figure means anything to somebody else."""
    load, _, _ = os.getloadavg()
    return (
        f"Measured on {os.cpu_count()} cores of {_processor()}, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, load {load:.1f}."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()
