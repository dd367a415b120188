"""The clock of the bot's machine is set, back or forward, while Slack and the gift card service go by the time."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from bot.sandbox.simulator import Fault
from tests.bench.servers import free_port
from tests.harness.office import Office, eventually

ROOT = Path(__file__).parents[1]
MINUTE, HOUR, DAY, YEAR = 60, 3600, 86_400, 365 * 86_400
ORDER, POST = "POST /order", "chat.postMessage"


class Machine:
    """The bot's process, over HTTP, with the clock of its machine."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self._process = process
        self._port = port

    def sets_clock(self, ahead: int) -> None:
        """Set the clock so many seconds ahead of the time, or behind."""
        assert self._process.stdin
        self._process.stdin.write(f"{ahead}\n".encode())

    async def health(self) -> tuple[int, dict[str, str]]:
        """What /healthz says."""
        async with httpx.AsyncClient() as http:
            answer = await http.get(f"http://127.0.0.1:{self._port}/healthz")
            return answer.status_code, answer.json()


@asynccontextmanager
async def machine(office: Office) -> AsyncGenerator[Machine]:
    """The bot at work in a process of its own; stopped at the end as an operator stops it."""
    port = free_port()
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **office.environment()}
    with office.log.open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.settable_bot", str(port)),
            cwd=office.folder,
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stderr=log,
        )
    bot = Machine(process, port)
    async with asyncio.timeout(30):
        while True:
            try:
                await bot.health()
                break
            except httpx.ConnectError:
                await asyncio.sleep(0.05)
    office.slack.use_http(f"http://127.0.0.1:{port}/slack/events")
    try:
        yield bot
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 10) == 0


@pytest.mark.parametrize("ahead", [-YEAR, -HOUR, -7 * MINUTE, 7 * MINUTE, HOUR, 2 * HOUR, 40 * DAY, YEAR])
async def test_a_gift_goes_its_way_while_the_clock_is_set(office: Office, ahead: int) -> None:
    """The order has failed once when the clock is set, and a reply is lost: all arrives at once, and once.

    Another request goes on waiting, clicks are heard, health tells of the clock, and the log does, once.
    """
    async with machine(office) as bot:
        await office.asks("@Eve 10 GBP thanks")
        await office.abe.sees_message("would like to thank")
        assert await bot.health() == (200, {"status": "ok"})
        await office.asks()
        card = await office.abe.sees_message("to thank @Rob")
        failed = office.giftcards.faults.arm(ORDER, Fault.ERROR_BEFORE)
        office.slack.faults.arm(POST, Fault.REPLY_LOST, only=lambda call: "thanks you with a gift" in call["text"])
        await office.abe.clicks("Approve", on=card, confirm=True)
        await eventually(lambda: failed.hits != [])
        bot.sets_clock(ahead)
        await office.delivered()
        await office.mia.sees_message("has your gift")
        assert len(office.giftcards.orders) == len(office.rob.messages()) == 1
        status, said = await bot.health()
        assert (status, said["status"]) == (200, "ok")
        assert f" s {'ahead of' if ahead > 0 else 'behind'} Slack's" in said["clock"]
        assert sorted(office.states()) == ["delivered", "waiting"]

        bot.sets_clock(0)
        await office.ana.clicks("Approve", confirm=True)
        await office.delivered(office.eve)
        await office.rests()
        assert await bot.health() == (200, {"status": "ok"})
    log = office.log.read_text()
    assert (log.count("clock_differs"), log.count("clock_is_right_again")) == (1, 1)


async def test_a_group_is_asked_for_each_minute_although_the_clock_is_set_back(office: Office) -> None:
    """Abe has left the group, and the clock, set back by an hour, does not keep him in it for that hour."""
    office.slack.workspace.manifest = replace(office.slack.workspace.manifest, bot_events=())
    finance = office.slack.add_group("Finance", [office.abe])
    policy = office.policy(f"""
        [pools]
        finance = ["{finance.id}"]

        [[rules]]
        name = "every gift"
        steps = [{{ pool = "finance" }}]
    """)
    async with office.open(giftbot_config=policy):
        await office.asks()
        await office.abe.sees_message("would like to thank")
        await office.slack.change_group(finance, [office.ana])
        office.clock.turn(seconds=61)
        office.clock.set_wrong(hours=-1)
        await office.approves()
        assert "You are not on the list of approvers." in (await office.abe.sees_modal("Giftbot")).text
        assert office.states() == ["waiting"]


async def test_a_clock_that_is_a_year_ahead_lets_nothing_expire(office: Office) -> None:
    """Not at the start either, when everything is looked at; once the time has come and the clock is right, it does."""
    async with office.open():
        await office.asks()
        await office.rests()
        office.clock.set_wrong(days=365)
        office.clock.turn(days=1)
        await office.rests()
    async with office.open():
        await office.rests()
        assert office.ledger.requests("state") == ["pending"]
        office.clock.turn(days=20)
        await office.rests()
        assert office.ledger.requests("state") == ["pending"], "its time has come; who is sure of it?"
        office.clock.set_wrong()
        office.clock.turn(minutes=2)
        await eventually(lambda: office.ledger.requests("state") == ["expired"])


async def test_nothing_is_given_up_by_a_clock_that_is_wrong(office: Office) -> None:
    """The service has not answered for minutes, the clock says for a year: the bot asks on, and gets its answer."""
    async with office.open():
        office.giftcards.faults.arm(ORDER, Fault.ERROR_BEFORE, times=4)
        await office.asks()
        await office.approves()
        office.clock.set_wrong(days=365)
        for _ in range(5):
            await office.rests()
            office.clock.turn(minutes=1)
        await office.delivered()
        assert office.abe.messages()[-1].buttons == []


@pytest.mark.parametrize("provider", ["wegift"])  # which lists no orders
async def test_a_key_is_neither_sent_nor_given_up_while_nobody_knows_how_old_it_is(office: Office) -> None:
    """The clock stood still for 31 days, which Slack's did not: only once it is right, a person is told to look."""
    office.giftcards.faults.arm(ORDER, Fault.REPLY_LOST)
    async with office.open():
        await office.asks()
        await office.approves()
        await office.rests()
    office.clock.turn(days=31)
    office.clock.set_wrong(days=-31)
    async with office.open():
        for _ in range(3):
            await office.rests()
            office.clock.turn(minutes=6)
        assert office.states() == ["approved"]
        office.clock.set_wrong()
        office.clock.turn(minutes=6)
        trouble = await office.abe.sees_message("needs somebody")
        assert "too long to ask about this order again" in trouble.text_shown
    assert len(office.giftcards.requests) == 1


@pytest.mark.parametrize("provider", ["wegift"])  # which lists no orders
async def test_a_young_key_is_sent_again_although_the_clock_is_an_hour_off(office: Office) -> None:
    """By whichever clock, it is far from old."""
    office.clock.set_wrong(hours=1)
    async with office.open():
        office.giftcards.faults.arm(ORDER, Fault.REPLY_LOST)
        await office.asks()
        await office.approves()
        await office.rests()
        office.clock.turn(seconds=10)
        await office.delivered()
    assert len(office.giftcards.requests) == 2
    assert len(office.giftcards.orders) == 1


async def test_a_database_from_a_clock_that_was_ahead_waits_for_nothing(office: Office) -> None:
    """What everybody's clock, an hour ahead, put off to later is done when the bot starts an hour earlier."""
    office.clock.turn(hours=1)
    async with office.open():
        office.giftcards.faults.arm(ORDER, Fault.ERROR_BEFORE, times=4)
        await office.asks()
        await office.approves()
        await office.rests()
    office.clock.turn(hours=-1)
    office.giftcards.faults.clear()
    async with office.open():
        await office.delivered()


async def test_everybodys_clock_is_set_back(office: Office) -> None:
    """Slack's, the service's and the bot's: what was put off by the old time is not left until it comes round again."""
    async with office.open():
        office.giftcards.faults.arm(ORDER, Fault.ERROR_BEFORE)
        await office.asks()
        await office.approves()
        await office.rests()
        office.clock.turn(hours=-1)
        await office.asks("@Eve 10 GBP thanks")  # and Slack is heard
        await office.delivered()


async def test_a_machine_that_was_frozen_is_told_the_time(office: Office) -> None:
    """For ten hours it noticed nothing; a minute later it has asked Slack, and its clock is believed again."""
    with capture_logs() as logs:
        async with office.open():
            await office.asks()
            await office.rests()
            office.clock.freeze(hours=10)
            calls = len(office.slack.calls)
            await eventually(lambda: "auth.test" in [call.name for call in office.slack.calls[calls:]])
            office.clock.turn(seconds=1)
            await office.approves()
            await office.delivered()
        assert not [line for line in logs if line["event"].startswith("clock")]
    approved_at = min(office.ledger.audit_events("at", event="approve"))
    assert approved_at[:15] == office.clock.now().isoformat()[:15]
