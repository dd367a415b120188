"""The real bot as a process of its own, which knows nothing of whoever starts it: the demo or the playground."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from pathlib import Path
from typing import Final

HARMLESS: Final = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "LD_LIBRARY_PATH")
SECONDS_TO_STOP: Final = 12.0  # the bot promises ten
LAST_LINES: Final = 20


class Bot:
    """The bot's process; what it says goes into a file."""

    def __init__(self, process: Process, log: Path) -> None:
        self._process = process
        self.pid = process.pid
        self.log = log

    @property
    def is_alive(self) -> bool:
        """Whether the process has not ended yet."""
        return self._process.returncode is None

    async def ended(self) -> int:
        """Wait until the process has ended, and give its exit code."""
        return await self._process.wait()

    async def stop(self) -> int:
        """Ask the bot to stop, as a service manager does, and give its exit code; a deaf one is killed."""
        if self.is_alive:
            self._process.terminate()
        try:
            async with asyncio.timeout(SECONDS_TO_STOP):
                return await self.ended()
        except TimeoutError:
            return await self.kill()

    async def kill(self) -> int:
        """End the process as a power cut does (`kill -9`), and give its exit code."""
        if self.is_alive:
            self._process.kill()
        return await self.ended()

    def hear(self, line: str) -> None:
        """Say a line to the process, if it was started to listen and is still there."""
        if self._process.stdin is not None and self.is_alive:
            self._process.stdin.write(f"{line}\n".encode())

    def last_words(self) -> str:
        """The end of what the bot wrote to its standard error."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:])


async def started(settings: Mapping[str, str], folder: Path, *command: str, listens: bool = False) -> Bot:
    """Start a module of ours, such as `bot run`, where no `.env` and no variable of the user's own reaches it.

    One that listens is told things by `Bot.hear`, and notices the end of its standard input when we are gone.
    """
    log = folder / "bot.log"
    with log.open("ab") as stderr:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", *command),
            env=_environment(settings),
            cwd=folder,
            stdin=PIPE if listens else DEVNULL,
            stdout=stderr,
            stderr=stderr,
            start_new_session=True,  # Ctrl-C is for whoever started the bot, and then stops it
        )
    return Bot(process, log)


async def said(settings: Mapping[str, str], folder: Path, *command: str) -> str:
    """What a module of ours prints, such as `bot policy check`, started as by `started`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *("-m", *command), env=_environment(settings), cwd=folder, stdin=DEVNULL, stdout=PIPE
    )
    printed, _ = await process.communicate()
    return printed.decode()


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in HARMLESS if name in os.environ}
    code = {"PYTHONPATH": str(Path(__file__).parents[2])}  # so that a checkout needs no installation
    return {**inherited, **code, **settings}
