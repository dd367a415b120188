"""Backups as docs/operations.md says: made while the bot runs, for one user's eyes, and put back also after a crash."""

import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.harness.office import Office

OPERATIONS = (Path(__file__).parents[1] / "docs" / "operations.md").read_text(encoding="utf-8")
pytestmark = pytest.mark.skipif(not shutil.which("sqlite3"), reason="sqlite3 is not installed")


def _told(marker: str) -> str:
    """The command that docs/operations.md gives there."""
    found = re.search(rf"<!-- {marker} -->\n```sh\n(.+)\n```", OPERATIONS)
    assert found
    return found[1]


def _does(office: Office, marker: str) -> None:
    """Do that in the bot's folder, where new files are everybody's."""
    subprocess.run(["sh", "-c", f"umask 022; {_told(marker)}"], cwd=office.folder, check=True)


@pytest.mark.parametrize("is_killed", [False, True])
async def test_a_backup_is_made_and_put_back(office: Office, is_killed: bool) -> None:  # noqa: FBT001 - a table's column
    """What came after the backup is gone, what came before is there and goes on, and nobody else can read any of it."""
    process = await office.process()
    await office.slack.socket_mode.connected(timeout=30)
    await office.asks()
    _does(office, "backup")
    await office.asks("@Eve 10 GBP after the backup")
    process.kill() if is_killed else process.terminate()
    await process.wait()
    _does(office, "restore")
    for file in (office.folder / "copy.db", office.database):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (office.folder / "before" / "giftbot.db").exists()
    async with office.open():
        assert office.ledger.requests("note") == ["thank you for the launch"]
        await office.asks("@Eve 10 GBP after the restore")
        await office.abe.sees_message("after the restore")
        await office.approves()
        await office.delivered(office.eve)
