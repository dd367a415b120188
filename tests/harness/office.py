"""The stage of the tests: a company with people in it, the simulated services, a clock to turn, and the real bot."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar

import httpx

from bot.app import Giftbot, giftbot
from bot.giftcards.account import Account
from bot.giftcards.registry import PROVIDERS
from bot.sandbox.simulator import Kind, Person, SignedHttp, Simulator
from bot.sandbox.simulator.giftcards.runa.api import RunaApi
from bot.settings import HttpSettings, SocketSettings
from handlers.inbound.http import EVENTS_PATH, HttpReceiver
from tests.harness.ledger import Intruder, Ledger, ledger_of

Transport = Literal["socket", "http"]
S = TypeVar("S", SocketSettings, HttpSettings)
ROOT = Path(__file__).parents[2]
CERTIFICATES = "SSL_CERT_FILE"  # the environment's name for the file with those who are trusted
AUDIT_KEY = "the key of the office's history, in a safe"


class TurnableClock:
    """The real time, until a test turns it; short naps are shorter still.

    Slack and the gift card service go by `time`; the bot's own clock, `now`, may be set to something else.
    """

    def __init__(self) -> None:
        self._ahead = timedelta()
        self._wrong = timedelta()
        self._passed = 0.0
        self._turned = asyncio.Event()

    def now(self) -> datetime:
        """The time now by the bot's clock, in UTC."""
        return datetime.now(UTC) + self._ahead + self._wrong

    def time(self) -> float:
        """The time now, in seconds."""
        return time.time() + self._ahead.total_seconds()

    def monotonic(self) -> float:
        """Seconds since some moment in the past, with those that a test let pass."""
        return time.monotonic() + self._passed

    async def sleep(self, seconds: float) -> None:
        """Come back after a fiftieth of the time: Slack's pace need not be lived through."""
        await asyncio.sleep(seconds / 50)

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Come back when the event is set, the clock was turned, or after that many seconds."""
        waits = [asyncio.create_task(event.wait()), asyncio.create_task(self._turned.wait())]
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        self._turned.clear()

    def turn(self, **by: float) -> None:
        """Let time pass, by days, hours, minutes or seconds."""
        self._ahead += timedelta(**by)
        self._passed += max(timedelta(**by).total_seconds(), 0)
        self._turned.set()

    def freeze(self, **by: float) -> None:
        """Let time pass without the bot's machine, as when a virtual one is halted: only its clock is right again."""
        self._ahead += timedelta(**by)
        self._turned.set()

    def set_wrong(self, **by: float) -> None:
        """Let the bot's clock, and nobody else's, be that far ahead of the time from now on, or behind."""
        self._wrong = timedelta(**by)

    def turn_to(self, moment: datetime) -> None:
        """Let it be that time, which is still to come."""
        assert moment > self.now(), "time only goes on"
        self.turn(seconds=(moment - self.now()).total_seconds())


class Office:
    """A company that uses giftbot; Mia asks, Abe and Ana approve, Rob and Eve receive."""

    def __init__(self, simulator: Simulator, folder: Path, clock: TurnableClock) -> None:
        slack = simulator.slack
        self.simulator = simulator
        self.slack = slack
        self.giftcards = simulator.giftcards
        self.clock = clock
        self.folder = folder
        self.database = folder / "giftbot.db"
        self.log = folder / "giftbot.log"
        self.reader: int | None = None  # the descriptor of whoever reads the log instead
        self.mia = slack.add_person("Mia")
        self.abe = slack.add_person("Abe")
        self.ana = slack.add_person("Ana")
        self.rob = slack.add_person("Rob")
        self.eve = slack.add_person("Eve")
        everybody = [self.mia, self.abe, self.ana, self.rob, self.eve]
        self.general = slack.add_channel("general", everybody)
        self.approvals = slack.add_channel("approvals", [self.abe, self.ana], private=True, bot_in_it=True)
        self.delivery: SignedHttp | None = None
        self.call_with_link = "GET /order/{id}/links" if simulator.provider == "wegift" else "POST /order"

    def environment(self, **changes: str) -> dict[str, str]:
        """What the company has settled; `changes` are in lower case."""
        return {
            **self.simulator.environment(),
            "GIFTBOT_APPROVERS": f"{self.abe.id},{self.ana.id}",
            "GIFTBOT_COUNTRIES": "GB,US,DE,JP",
            "GIFTBOT_MAX_AMOUNT": "250, 30000 JPY",
            "GIFTBOT_DATABASE": str(self.database),
            "GIFTBOT_AUDIT_KEY": AUDIT_KEY,
            "GIFTBOT_SETTLE_SECONDS": "2",
            **{name.upper(): value for name, value in changes.items()},
        }

    def policy(self, text: str) -> str:
        """The path of a giftbot.toml that says this; for GIFTBOT_CONFIG."""
        file = self.folder / "policy.toml"
        file.write_text(text, encoding="utf-8")
        return str(file)

    def settings(self, transport: type[S], **changes: str) -> tuple[S, Account]:
        """The same as the bot reads it, and the account that it names."""
        values: dict[str, Any] = {name.lower(): value for name, value in self.environment(**changes).items()}
        settings = transport(_env_file=None, **values)
        account = PROVIDERS[self.simulator.provider]
        return settings, account(_env_file=None, **values | {"giftbot_config": settings.giftbot_config})

    @asynccontextmanager
    async def open(self, transport: Transport = "socket", **changes: str) -> AsyncGenerator[Giftbot]:
        """The bot at work."""
        if transport == "socket":
            async with giftbot(*self.settings(SocketSettings, **changes), clock=self.clock) as bot:
                await self.slack.socket_mode.connected()
                yield bot
        else:
            async with giftbot(*self.settings(HttpSettings, **changes), ("127.0.0.1", 0), clock=self.clock) as bot:
                assert isinstance(bot.intake, HttpReceiver)
                self.delivery = self.slack.use_http(f"{bot.intake.url}{EVENTS_PATH}")
                yield bot

    async def process(self, *options: str, under: Sequence[str] = (), **changes: str) -> asyncio.subprocess.Process:
        """The bot as an operator starts it, perhaps under another program; its log is in `office.log`."""
        debuggable = {"GIFTBOT_DEBUGGABLE": "true"} if under else {}
        inherited = {name: os.environ[name] for name in ("PATH", CERTIFICATES) if name in os.environ}
        environment = {**inherited, "PYTHONPATH": str(ROOT), **debuggable, **self.environment(**changes)}
        command = [*under, sys.executable, "-m", "bot", "run", *options]
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *command, cwd=self.folder, env=environment, stderr=log if self.reader is None else self.reader
            )

    @asynccontextmanager
    async def started(self, **changes: str) -> AsyncGenerator[asyncio.subprocess.Process]:
        """The bot as a process, connected, and stopped at the end as an operator stops it."""
        process = await self.process(**changes)
        try:
            await self.slack.socket_mode.connected(timeout=30)
            yield process
        finally:
            process.terminate()
            assert await asyncio.wait_for(process.wait(), 10) == 0

    async def asks(self, command: str = "@Rob 25 GBP thank you for the launch", who: Person | None = None) -> None:
        """Somebody (Mia) asks for a gift with a command, and submits the form as it opens."""
        person = who or self.mia
        await person.types(f"/gift {command}")
        await person.submits()
        assert person.modal, "the form does not just vanish"
        assert not person.modal.errors, person.modal.errors
        await person.closes()

    async def approves(self, who: Person | None = None) -> None:
        """Somebody (Abe) approves the newest card."""
        await (who or self.abe).clicks("Approve", confirm=True)

    async def approval(self, who: Person) -> dict[str, Any]:
        """A click on Approve as somebody's newest card has it now, to be sent when the card may be another one."""
        card = await who.sees_message("would like to thank")
        button = card.button("Approve")
        assert button
        return who.payloads.button_click(card, button)

    async def sends(self, click: dict[str, Any], who: Person) -> str:
        """What somebody is told who sends a click that is no good any more, or that never was theirs."""
        click["user"]["id"] = who.id
        click["trigger_id"] = self.slack.workspace.triggers.issue(who.id)
        await who.sends(Kind.INTERACTIVE, click)
        told = (await who.sees_modal("Giftbot")).text
        await who.closes()
        return told

    async def delivered(self, who: Person | None = None) -> str:
        """Wait for somebody's (Rob's) gift, and give its link."""
        message = await (who or self.rob).sees_message("thanks you with a gift")
        (link,) = message.links
        return link

    @property
    def ledger(self) -> Ledger:
        """What the bot has kept."""
        return ledger_of(self.database)

    @property
    def intruder(self) -> Intruder:
        """Somebody who writes to the bot's file."""
        return Intruder(self.database)

    def states(self) -> list[str]:
        """Where the gifts stand."""
        return self.ledger.states()

    def refusals(self) -> list[tuple[str, str]]:
        """Who was refused, and the sentence behind the code, as the record has them."""
        refused = self.ledger.audit_events("actor", "detail", event="refused")
        return [(actor, detail.partition(": ")[2]) for actor, detail in refused]

    async def rests(self) -> None:
        """Wait until there is nothing left to do right now."""
        await eventually(lambda: not self.ledger.has_jobs_due(datetime.fromtimestamp(self.clock.time(), UTC)))

    async def finishes(self) -> None:
        """Wait until there is nothing left to do but what is done for ever, or at the end of an absence."""
        await eventually(lambda: not self.ledger.has_jobs_that_end())

    async def lets_pass(self, steps: int, **time: float) -> None:
        """Let time pass in so many steps of that length, in each of which everything due is done."""
        for _ in range(steps):
            await self.rests()
            self.clock.turn(**time)
            await asyncio.sleep(0)
        await self.rests()

    async def until(self, state: str) -> None:
        """Wait until every gift stands there."""
        await eventually(lambda: set(self.states()) == {state})


@asynccontextmanager
async def office_with(service: RunaApi, folder: Path, clock: TurnableClock) -> AsyncGenerator[Office]:
    """A company whose gift card service is one that a test has made."""
    simulator = Simulator(clock=clock.time, provider="runa")
    simulator.giftcards = service
    async with simulator:
        yield Office(simulator, folder, clock)


async def eventually(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something holds that nobody announces."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - what another process wrote rings no bell here
            await asyncio.sleep(0.02)


async def listening(port: int) -> None:
    """Wait until a process listens there."""
    async with httpx.AsyncClient() as http, asyncio.timeout(30):
        while True:
            try:
                await http.get(f"http://127.0.0.1:{port}/healthz")
            except httpx.ConnectError:
                await asyncio.sleep(0.05)
            else:
                return
