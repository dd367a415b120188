"""A disk that takes nothing more: people read the truth, the bot says why it stops, and what was accepted is there."""

import asyncio
import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest

from bot.sandbox.simulator import AppDidNotRespond
from tests.harness.office import Office

_NOTICED = 60  # seconds within which it has to be noticed
_REFUSED = "giftbot cannot write anything down at the moment, so this was not accepted."


@pytest.fixture
def small_disk(tmp_path: Path) -> Generator[Path]:
    """A disk of two megabytes, where one can be had."""
    place = tmp_path / "disk"
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=2m", "giftbot", str(place)]
    if subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a small disk")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


async def _asks_until_it_ends(office: Office, process: asyncio.subprocess.Process) -> tuple[int, set[str]]:
    """Ask again and again: how many requests Slack showed as accepted, and what was said about the others."""
    accepted = 0
    told: set[str] = set()
    while process.returncode is None and not told:
        try:
            await office.mia.types("/gift @Rob 1 GBP thank you")
            await office.mia.submits()
        except AppDidNotRespond:
            break
        assert office.mia.modal
        told |= set(office.mia.modal.errors.values())
        accepted += not told
        await office.mia.closes()
    return accepted, told


async def _stops(office: Office, process: asyncio.subprocess.Process, because: str) -> int:
    """Ask until the bot stops and says why; how many requests were accepted, and nobody was told anything else."""
    accepted, told = await _asks_until_it_ends(office, process)
    assert await asyncio.wait_for(process.wait(), _NOTICED) == 1
    assert all(words.startswith(_REFUSED) for words in told)
    said = office.log.read_text()
    assert f"giftbot has to stop. {office.database}: {because}" in said
    assert "Traceback" not in said
    return accepted


async def test_a_full_disk(office: Office, small_disk: Path) -> None:
    """Once there is room again, the next start goes on with all that was accepted."""
    office.database = small_disk / "giftbot.db"
    process = await office.process()
    await office.slack.socket_mode.connected(timeout=30)
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space left"):
        _fill(filler)
    accepted = await _stops(office, process, "there is no room left on its disk")
    filler.unlink()
    async with office.open():
        assert len(office.ledger.requests()) == accepted


async def test_a_disk_that_reports_an_error(office: Office) -> None:
    """Here by a limit for the size of files; without it, the next start goes on with all that was accepted."""
    process = await office.process(under=["prlimit", "--fsize=300000"])
    await office.slack.socket_mode.connected(timeout=30)
    accepted = await _stops(office, process, "its disk reports an error")
    async with office.open():
        assert len(office.ledger.requests()) == accepted


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
