"""Time zones: the newer ones count, of the machine's and the locked package's, and the doctor says which."""

import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from bot.findings import Mark
from bot.time_zones import TimeZones
from bot.tools.doctor.machine import time_zones

ROOT = Path(__file__).parents[1]
PACKAGE = files("tzdata") / "zoneinfo"
# Vancouver keeps its summer time since 2026, and Casablanca has given its own up
OPENS = """
import sys
from datetime import UTC, datetime, timedelta
from bot.__main__ import giftbot
from bot.gifts.model.business_hours import BusinessHours
from bot.gifts.model.people import Person

giftbot()
zone = Person("UABE", "Abe", time_zone=sys.argv[1]).zone
print(BusinessHours().after(datetime(2026, 12, 1, 6, tzinfo=UTC), timedelta(), zone).time())
"""
OLD_RULES = {"America/Vancouver": "America/Los_Angeles", "Africa/Casablanca": "Africa/Lagos"}


def machine(folder: Path, version: str) -> Path:
    """The zones of a machine, with the rules of before 2026, and of the version that it says."""
    for zone, rules in OLD_RULES.items():
        file = folder / zone
        file.parent.mkdir(parents=True)
        file.write_bytes((PACKAGE / rules).read_bytes())
    if version:
        (folder / "tzdata.zi").write_text(f"# version {version}\n# This file is in the public domain.\n")
    return folder


def opens(zone: str, folder: Path) -> str:
    """When work begins there on 1 December 2026, in UTC, for a process on a machine with these zones."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONTZPATH": str(folder)}
    process = [sys.executable, "-c", OPENS, zone]
    return subprocess.run(process, env=environment, check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize("version", ["2025b", "2025c", ""])
@pytest.mark.parametrize(("zone", "at"), [("America/Vancouver", "16:00:00"), ("Africa/Casablanca", "09:00:00")])
def test_an_old_machine_is_not_believed(tmp_path: Path, version: str, zone: str, at: str) -> None:
    """People are reminded when they are at work by the clocks of today, whatever the machine says, or does not say."""
    assert opens(zone, machine(tmp_path, version)) == at


@pytest.mark.parametrize(("zone", "at"), [("America/Vancouver", "17:00:00"), ("Africa/Casablanca", "08:00:00")])
def test_a_newer_machine_counts(tmp_path: Path, zone: str, at: str) -> None:
    """Who keeps the machine up to date need not wait for a new lock; what it does not have is the package's."""
    folder = machine(tmp_path, "2099a")
    assert opens(zone, folder) == at
    assert opens("Europe/London", folder) == "09:00:00"


def test_a_machine_without_zones_has_the_package_s(tmp_path: Path) -> None:
    """As a small container is."""
    assert opens("America/Vancouver", tmp_path / "nothing") == "16:00:00"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (TimeZones("2025b", "2026f"), "2026f of the tzdata package; those of this machine are 2025b"),
        (TimeZones("2026g", "2026f"), "2026g of this machine; those of the tzdata package are 2026f"),
        (TimeZones("2026f", "2026f"), "2026f of this machine; those of the tzdata package are 2026f"),
        (TimeZones("", "2026f"), "2026f of the tzdata package; this machine names no version of its own"),
    ],
)
def test_the_doctor_says_which(found: TimeZones, words: str) -> None:
    """And of which version."""
    assert (time_zones(found).mark, time_zones(found).found) == (Mark.FINE, words)
