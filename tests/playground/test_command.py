"""`giftbot playground` as somebody starts it, and how it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.playground.visitor import Visitor

CHECKOUT = Path(__file__).parents[2]
OF_THE_USER = {"SLACK_BOT_TOKEN": "xoxb-of-the-user", "GIFTBOT_APPROVALS_CHANNEL": "nonsense", "RUNA_API_URL": "x"}


def started(folder: Path, temporary: Path, *options: str, code: Path = CHECKOUT) -> subprocess.Popen[str]:
    """The real command, started by somebody with settings of their own."""
    (folder / ".env").write_text("GIFTBOT_APPROVERS=nonsense\n")
    environment = {**os.environ, **OF_THE_USER, "PYTHONPATH": str(code), "TMPDIR": str(temporary)}
    command = [sys.executable, "-m", "bot", "playground", "--no-open", *options]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=folder, env=environment, text=True, **pipes)


@contextmanager
def playground(folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """The command while it runs; afterwards no file may be left."""
    temporary = folder / "temporary"
    temporary.mkdir()
    with started(folder, temporary, *options) as process:
        try:
            yield process
        finally:
            process.terminate()
    assert not list(temporary.iterdir())


def address_of(process: subprocess.Popen[str]) -> str:
    """The address that is printed."""
    assert process.stdout
    return next(line.strip() for line in process.stdout if "http://" in line)


async def bot_of(address: str) -> int:
    """The process id of the bot, as the page is told it."""
    async with Visitor.at(address) as visitor:
        return int(visitor.snapshot["bot"]["pid"])


def wait_until_ended(process_id: int) -> None:
    """Nobody has this process id any more, in a moment."""
    for _ in range(600):
        try:
            os.kill(process_id, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
    raise AssertionError(f"process {process_id} is still there")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
async def test_it_ends_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C or a closed terminal, with a page open: exit code 0, no traceback, no bot left."""
    with playground(tmp_path) as process:
        address = address_of(process)
        async with Visitor.at(address) as visitor:
            process.send_signal(number)
            _, complaints = process.communicate(timeout=20)
        assert (process.returncode, complaints) == (0, "")
        wait_until_ended(int(visitor.snapshot["bot"]["pid"]))


async def test_the_bot_does_not_outlive_it(tmp_path: Path) -> None:
    """Killed with -9, the playground can stop nobody: the bot notices by itself and stops."""
    temporary = tmp_path / "left behind"
    temporary.mkdir()
    with started(tmp_path, temporary) as process:
        bot = await bot_of(address_of(process))
        process.kill()
    wait_until_ended(bot)


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    """One sentence, and exit code 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with playground(tmp_path, "--port", port) as process:
            shown, complaints = process.communicate(timeout=20)
    assert (process.returncode, shown) == (1, "")
    assert complaints.startswith("The playground cannot start: ")
    assert f"127.0.0.1:{port}" in complaints
    assert "Traceback" not in complaints
    assert len(complaints.splitlines()) == 1
