"""A plugin of pytest: how much the proof tries, and the table of what it tried, at the end of the run."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import randrange
from typing import Any

import pytest

ROW = "proof"
SEED = "proof_seed"
_WIDE = 72
Tell = Callable[[str, int, str, Sequence[str]], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How much is tried: seeds, kills for each system call, disk images for each moment, stories of each table.

    None is for every single one.
    """

    seeds: int
    kills: int | None
    images: int
    stories: int | None


SIZES = {"short": Size(300, 1, 2, 3), "ci": Size(3_000, 12, 5, None), "long": Size(30_000, None, 20, None)}


def pytest_addoption(parser: pytest.Parser) -> None:
    """The proof's own options."""
    group = parser.getgroup("proof")
    group.addoption("--proof", choices=list(SIZES), default="short", help="how much the proof tries (default: short)")
    group.addoption("--proof-seed", type=int, help="what chance decides, as printed by an earlier run")


def pytest_configure(config: pytest.Config) -> None:
    """One seed for the whole run: workers are told it."""
    told = getattr(config, "workerinput", {}).get(SEED)
    if config.option.proof_seed is None:
        config.option.proof_seed = told or randrange(1, 10**6)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist."""
    node.workerinput[SEED] = node.config.option.proof_seed


@pytest.fixture
def size(pytestconfig: pytest.Config) -> Size:
    """How much is tried."""
    return SIZES[pytestconfig.option.proof]


@pytest.fixture
def proof_seed(pytestconfig: pytest.Config) -> int:
    """What chance decides in this run."""
    seed: int = pytestconfig.option.proof_seed
    return seed


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Put into the table what was tried, how many of what, and what was wrong; fails if anything was."""

    def told(what: str, count: int, unit: str, wrong: Sequence[str]) -> None:
        record_property(ROW, [what, count, unit, len(wrong)])
        assert not wrong, "\n".join(wrong)

    return told


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    counts: Counter[tuple[str, str]] = Counter()
    wrongs: Counter[tuple[str, str]] = Counter()
    for report in reports:
        for name, row in getattr(report, "user_properties", ()):
            if name == ROW and report.when == "call":
                what, count, unit, wrong = row
                counts[what, unit] += count
                wrongs[what, unit] += wrong
    if not counts:
        return
    write = terminalreporter.write_line
    terminalreporter.section(f"proof, {config.option.proof} form, --proof-seed={config.option.proof_seed}")
    write(f"{'tried':>18}  {'':<{_WIDE}} failures")
    for (what, unit), count in sorted(counts.items()):
        write(f"{f'{count:,} {unit}':>18}  {what:<{_WIDE}} {wrongs[what, unit]:>8}")
    for report in terminalreporter.stats.get("skipped", ()):
        if "tests/proof" in report.nodeid:
            write(f"{'NOT TRIED':>18}  {report.nodeid.split('::')[1]}: {report.longrepr[2]}", red=True)
