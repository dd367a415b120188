"""The real process, as an operator meets it: how it starts, refuses to start, and stops."""

import asyncio
import re
import stat
import sys
from pathlib import Path
from signal import SIGHUP, SIGTERM, Signals

import pytest

from bot.sandbox.simulator import Fault
from tests.harness.office import Office, listening

ROOT = Path(__file__).parents[1]
_DUMPABLE = """
import ctypes
from bot.hardening import keep_memory_private

PR_GET_DUMPABLE = 3  # source: prctl(2)
keep_memory_private()
print(ctypes.CDLL(None).prctl(PR_GET_DUMPABLE, 0, 0, 0, 0))
"""


async def _refusal(office: Office, *options: str, **changes: str) -> tuple[int | None, str]:
    """Start the bot where it cannot run, and give its exit code and what it says."""
    process = await office.process(*options, **changes)
    return await asyncio.wait_for(process.wait(), 20), office.log.read_text()


async def test_everything_missing_or_wrong_is_named_at_once(office: Office) -> None:
    """With a broken environment the bot names every variable, opens nothing, and exits with 2."""
    code, said = await _refusal(
        office,
        slack_bot_token="",
        slack_app_token="xoxb-this-is-no-app-token",
        giftbot_approvers="bob",
        giftbot_countries="GB,ZZ",
        giftbot_max_amount="lots",
        runa_api_url="http://evil.example/v2",
    )
    assert code == 2
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "GIFTBOT_APPROVERS", "GIFTBOT_COUNTRIES", "GIFTBOT_MAX_AMOUNT"):
        assert f"  {name}" in said
    assert "RUNA_API_URL" in said
    assert "this-is-no-app-token" not in said
    assert "Traceback" not in said
    assert not office.database.exists()
    assert office.slack.calls == []


async def test_a_token_that_slack_refuses(office: Office) -> None:
    """A wrong bot token ends the start with one sentence, which does not quote it."""
    code, said = await _refusal(office, slack_bot_token="xoxb-wrong-token")
    assert code == 1
    assert "Slack does not let us in with SLACK_BOT_TOKEN: invalid_auth." in said
    assert "wrong-token" not in said
    assert "Traceback" not in said


async def test_an_app_level_token_that_slack_refuses(office: Office) -> None:
    """A wrong app-level token ends the start as well, instead of trying for ever."""
    code, said = await _refusal(office, slack_app_token="xapp-wrong-token")
    assert code == 1
    assert "Slack does not let us in with SLACK_APP_TOKEN: invalid_auth." in said
    assert "wrong-token" not in said
    assert "Traceback" not in said


async def test_a_second_process_is_kept_out(office: Office) -> None:
    """One database serves one process: the second says so and exits with 1, the first goes on."""
    async with office.open():
        code, said = await _refusal(office)
        assert code == 1
        assert "is in use by another giftbot" in said
        await office.asks()


async def test_an_address_in_use(office: Office) -> None:
    """In HTTP mode an address that is taken is named."""
    async with office.open("http"):
        assert office.delivery
        port = office.delivery.url.split(":")[2].split("/")[0]
        code, said = await _refusal(
            office, "--http", "--port", port, giftbot_database=str(office.folder / "another.db")
        )
    assert code == 1
    assert f"127.0.0.1:{port} cannot be used" in said


async def test_files_are_for_the_owner_alone(office: Office) -> None:
    """Nobody else can read database, -wal, -shm, and the note of the run, also when somebody has opened them up."""
    async with office.open():
        await office.asks()
    office.database.chmod(0o644)
    async with office.open():
        await office.asks()
        files = [path for path in office.folder.iterdir() if path.name.startswith("giftbot.db")]
        assert len(files) == 4
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


@pytest.mark.parametrize(("mode", "number"), [("socket", SIGTERM), ("http", SIGTERM), ("socket", SIGHUP)])
async def test_a_stop_lets_the_work_in_hand_finish(
    office: Office, mode: str, number: Signals, unused_tcp_port: int
) -> None:
    """A signal while an order is being placed: the order is finished and kept, and the exit code is 0 within 10 s."""
    options = ["--http", "--port", str(unused_tcp_port)] if mode == "http" else []
    process = await office.process(*options)
    if mode == "http":
        await listening(unused_tcp_port)
        office.slack.use_http(f"http://127.0.0.1:{unused_tcp_port}/slack/events")
    else:
        await office.slack.socket_mode.connected(timeout=30)
    await office.asks()
    await office.abe.sees_message("would like to thank")
    office.giftcards.faults.arm("POST /order", Fault.SLOW, seconds=1)
    at_the_service = asyncio.Event()

    async def watcher(_name: str, _moment: object) -> None:
        at_the_service.set()

    office.giftcards.faults.watcher = watcher
    await office.approves()
    await at_the_service.wait()
    process.send_signal(number)
    assert await asyncio.wait_for(process.wait(), 10) == 0
    assert office.states() == ["ordered"]
    assert len(office.giftcards.requests) == 1

    async with office.open():
        await office.delivered()
    assert len(office.giftcards.orders) == 1


async def test_under_nohup_the_end_of_the_terminal_is_nothing(office: Office) -> None:
    """Where whoever starts the bot has SIGHUP ignored, it stays ignored."""
    process = await office.process(under=["nohup"])
    await office.slack.socket_mode.connected(timeout=30)
    process.send_signal(SIGHUP)
    await office.asks()
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 10) == 0
    assert office.log.read_text().count('"stopping"') == 1


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not show it")
async def test_no_core_is_dumped(office: Office) -> None:
    """A crash leaves nothing of the memory, which holds tokens and links, on the disk."""
    async with office.started() as process:
        limits = (Path("/proc") / str(process.pid) / "limits").read_text(encoding="ascii")
        assert re.search(r"^Max core file size +0 +0 ", limits, re.MULTILINE)
        await office.asks()
    command = (sys.executable, "-c", _DUMPABLE)
    asked = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert (await asked.communicate())[0] == b"0\n"
