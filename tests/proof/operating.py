"""Who runs the real process: starts it, stops it, kills it, reads what it says, and looks that nobody got two gifts."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.sandbox.simulator import CannotDoThat, Person, Simulator
from tests.harness.ledger import ledger_of
from tests.harness.office import Office, TurnableClock
from tests.proof.files import Files

LONG = 90.0  # seconds until nobody believes that it will still happen, also where much else is going on
CANNOT_RUN = 1


class Operator:
    """Runs the bot of an office; what is wrong is noted in `wrong`."""

    def __init__(self, office: Office, files: Files, settings: dict[str, str]) -> None:
        self.office = office
        self.files = files
        self._settings = settings
        self.wrong: list[str] = []
        self._process: asyncio.subprocess.Process | None = None
        self._read = 0

    async def starts(self) -> None:
        """Start the bot, and wait until it hears people."""
        self._process = await self.office.process(**self._settings)
        await self.office.slack.socket_mode.connected(timeout=LONG)

    async def stops(self) -> None:
        """Stop the bot as a service manager does; it ends well."""
        if code := await self.tells_to_stop():
            self.wrong.append(f"it ended with {code} and said: {self.says()}")

    async def tells_to_stop(self) -> int:
        """Send SIGTERM, and give the exit code."""
        assert self._process
        self._process.terminate()
        return await self.ends()

    async def kills(self) -> None:
        """End the bot as a power cut does."""
        assert self._process
        self._process.kill()
        await self.ends()

    async def ends(self, within: float = LONG) -> int:
        """Wait until the process has ended and Slack has noticed, and give its exit code."""
        assert self._process
        code = await asyncio.wait_for(self._process.wait(), within)
        await self.office.slack.socket_mode.gone(LONG)
        return code

    async def leaves(self) -> None:
        """Leave no process behind."""
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def is_refused(self, words: str, database: Path | None = None) -> None:
        """Start a bot that has to refuse with these words, also beside one that runs already."""
        sockets = self.office.slack.socket_mode
        starts = asyncio.create_task(sockets.connected(LONG, times=len(sockets.links) + 1))
        changes = {**self._settings, "giftbot_database": str(database or self.files.database)}
        process = await self.office.process(**changes)
        ends = asyncio.create_task(process.wait())
        await asyncio.wait([starts, ends], return_when=asyncio.FIRST_COMPLETED)
        if ends.done():
            said = self.says()
            if ends.result() != CANNOT_RUN or "giftbot cannot start" not in said or words not in said:
                self.wrong.append(f"it ended with {ends.result()} and said: {said}")
        else:
            self.wrong.append("it has started")
            process.kill()
            await ends
        starts.cancel()
        await asyncio.gather(starts, return_exceptions=True)

    def says(self) -> str:
        """What the bot has said since this was asked last."""
        text = self.office.log.read_text()
        said, self._read = text[self._read :], len(text)
        return said

    async def gives(self, who: Person) -> None:
        """Have Mia ask for a gift, Abe approve it, and its recipient get it."""
        await self.office.asks(f"@{who.name} 25 GBP thank you")
        await self.office.abe.sees_message(f"thank @{who.name}", timeout=LONG)
        await self.office.approves()
        await who.sees_message("thanks you with a gift", timeout=LONG)
        await self.office.finishes()

    def has_gifts(self, count: int, *people: Person) -> None:
        """See that the database is whole and has as many gifts, and that these people got one each, and no more."""
        ledger = ledger_of(self.files.database)
        gifts = ledger.gifts(state="delivered")
        if not ledger.is_whole() or len(gifts) != count:
            self.wrong.append(f"the database is damaged, or has {len(gifts)} gifts instead of {count}")
        links = [len([link for message in person.messages() for link in message.links]) for person in people]
        orders = len(self.office.giftcards.orders)
        if links != [1] * len(people) or orders != len(people):
            self.wrong.append(f"{orders} orders were made, and people got {links} gifts")


@asynccontextmanager
async def operating(folder: Path, **settings: str) -> AsyncGenerator[Operator]:
    """An operator with an office; what fails on the way is noted as wrong, and no process is left."""
    async with Simulator() as simulator:
        office = Office(simulator, folder, TurnableClock())
        files = Files(folder)
        office.database = files.database
        operator = Operator(office, files, settings)
        try:
            yield operator
        except (AssertionError, CannotDoThat, TimeoutError) as error:
            operator.wrong.append(f"{error!r}\n{office.log.read_text()[-4000:]}")
        finally:
            await operator.leaves()
