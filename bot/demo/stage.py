"""Where the demo plays: the simulator, and the real bot as a process that knows nothing of the demo."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bot.demo.cast import Cast
from bot.simulator import Provider, Simulator

HARMLESS: Final = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "LD_LIBRARY_PATH")
SECONDS_TO_STOP: Final = 12.0  # the bot promises ten
LAST_LINES: Final = 20


class Bot:
    """The bot's process; what it says goes into a file."""

    def __init__(self, process: Process, log: Path) -> None:
        self._process = process
        self.pid = process.pid
        self.log = log

    async def ended(self) -> int:
        """Wait until the process has ended, and give its exit code."""
        return await self._process.wait()

    async def stop(self) -> int:
        """Ask the bot to stop, as a service manager does, and give its exit code; a deaf one is killed."""
        if self._process.returncode is None:
            self._process.terminate()
        try:
            async with asyncio.timeout(SECONDS_TO_STOP):
                return await self.ended()
        except TimeoutError:
            self._process.kill()
            return await self.ended()

    def last_words(self) -> str:
        """The end of what the bot wrote to its standard error."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:])


@dataclass(frozen=True)
class Stage:
    """Everything that is running, and the folder that is gone afterwards."""

    simulator: Simulator
    cast: Cast
    bot: Bot
    folder: Path
    settings: dict[str, str]


@asynccontextmanager
async def open_stage(provider: Provider) -> AsyncGenerator[Stage]:
    """Start everything, and leave neither a process nor a file behind."""
    with TemporaryDirectory(prefix="giftbot-demo-") as name:
        folder = Path(name)
        async with Simulator(provider=provider) as simulator:
            cast = Cast(simulator.slack)
            settings = _settings(simulator, cast, folder)
            bot = await _started(settings, folder)
            try:
                yield Stage(simulator, cast, bot, folder, settings)
            finally:
                await bot.stop()


def _settings(simulator: Simulator, cast: Cast, folder: Path) -> dict[str, str]:
    return {
        **simulator.environment(),
        "GIFTBOT_APPROVERS": ",".join(person.id for person in cast.approvers),
        "GIFTBOT_COUNTRIES": "GB,US,DE",
        "GIFTBOT_MAX_AMOUNT": "250",
        "GIFTBOT_DATABASE": str(folder / "giftbot.db"),
        "GIFTBOT_LOG_LEVEL": "WARNING",
    }


async def _started(settings: dict[str, str], folder: Path) -> Bot:
    """Start `giftbot run` where no `.env` and no variable of the user's own reaches it."""
    inherited = {name: os.environ[name] for name in HARMLESS if name in os.environ}
    code = {"PYTHONPATH": str(Path(__file__).parents[2])}  # so that a checkout needs no installation
    log = folder / "bot.log"
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot", "run"),
            env={**inherited, **code, **settings},
            cwd=folder,
            stdin=DEVNULL,
            stdout=stderr,
            stderr=stderr,
            start_new_session=True,  # Ctrl-C is for the demo, which then stops the bot itself
        )
    return Bot(process, log)
