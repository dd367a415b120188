"""kill -9 of the real process as it enters a system call, anywhere from its first instruction to its last.

python -m tests.proof.kill_at_syscall sendto 17      kills it as it sends for the 17th time, and judges
"""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.sandbox.simulator import AppDidNotRespond, CannotDoThat, Person, Simulator
from tests.harness.office import Office, TurnableClock
from tests.proof.invariants import Deed, Verb, violations
from tests.proof.observations import THE_REQUEST, evidence, not_as_usual
from tests.proof.strace import Call, killing, recorded, recording

# Each is counted on its own: in one common count, points would hide behind each other.
CALLS = (
    "pwrite64",
    "fdatasync",
    "fsync",
    "ftruncate",
    "unlink",
    "unlinkat",
    "write",
    "connect",
    "sendto",
    "sendmsg",
    "recvfrom",
)
_STOPPED, _KILLED = 0, -9
_PATIENCE = 5  # tries of a person whom Slack shows errors
_LONG = 30.0  # seconds until nobody believes that it will still happen


@dataclass(slots=True)
class Machine:
    """Runs the bot, the first time under strace, and starts it again whenever it dies."""

    office: Office
    under: list[str]
    settings: dict[str, str]
    ends: list[int] = field(default_factory=list)
    process: asyncio.subprocess.Process | None = None

    async def runs(self) -> None:
        """Until the bot is stopped as an operator stops it."""
        under = self.under
        try:
            while _STOPPED not in self.ends:
                self.process = await self.office.process(under=under, **self.settings)
                self.ends.append(await self.process.wait())
                assert self.ends[-1] in {_STOPPED, _KILLED}, self.office.log.read_text()[-4000:]
                under = []
        finally:
            if self.process and self.process.returncode is None:
                self.process.kill()
                await self.process.wait()

    async def stops(self) -> None:
        """Stop the bot; if it is killed meanwhile, stop the next one."""
        while _STOPPED not in self.ends:
            await self.office.slack.socket_mode.connected(timeout=_LONG)
            process = self.process
            assert process is not None, "somebody has connected"
            if process.returncode is None:
                process.terminate()
            await process.wait()
            await asyncio.sleep(0)


async def story(folder: Path, under: list[str], **settings: str) -> tuple[bool, list[str]]:
    """Tell the story with the bot under some program; whether it was killed, and what is wrong in the end."""
    async with Simulator() as simulator:
        office = Office(simulator, folder, TurnableClock())
        office.slack.socket_mode.ack_seconds = 1.0
        settings = {"giftbot_approvals_channel": office.approvals.id, "giftbot_settle_seconds": "1", **settings}
        machine = Machine(office, under, settings)
        deeds: list[Deed] = []
        wrong: list[str] = []
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(machine.runs())
                await _happens(office, deeds)
                await machine.stops()
        except* (AssertionError, CannotDoThat, TimeoutError) as errors:
            wrong += [f"{error!r}\n{office.log.read_text()[-4000:]}" for error in errors.exceptions]
        seen = evidence(office, deeds)
        return _KILLED in machine.ends, [*wrong, *violations(seen), *not_as_usual(seen)]


async def _happens(office: Office, deeds: list[Deed]) -> None:
    mia, abe = office.mia, office.abe
    await _insists(office, lambda: _opens_form(mia))
    await _insists(office, mia.submits)
    deeds.append(Deed(mia.id, Verb.ASK, THE_REQUEST, accepted=True))
    await abe.sees("would like to thank", timeout=_LONG)
    await _insists(office, lambda: _approves(abe, deeds))
    await mia.sees_message("has your gift", timeout=_LONG)
    await mia.sees_message("Approved by", timeout=_LONG)
    await office.finishes()


async def _opens_form(mia: Person) -> None:
    """Type the command until a form opens: a bot that dies after its acknowledgement opens none."""
    await mia.types("/gift @Rob 25 GBP thank you")
    try:
        await mia.sees_modal("Send a gift", timeout=2)
    except CannotDoThat as nothing:
        raise AppDidNotRespond("no form") from nothing


async def _approves(abe: Person, deeds: list[Deed]) -> None:
    """Click Approve, unless the card says that an earlier click has counted."""
    try:
        await abe.clicks("Approve", confirm=True)
    except CannotDoThat:
        await abe.sees("Approved by")
    deeds.append(Deed(abe.id, Verb.APPROVE, THE_REQUEST, accepted=True))


async def _insists(office: Office, act: Callable[[], Awaitable[None]]) -> None:
    """Do what a person does when Slack shows an error: wait until the bot is back, and do it again."""
    for _ in range(_PATIENCE):
        await office.slack.socket_mode.connected(timeout=_LONG)
        try:
            return await act()
        except AppDidNotRespond:
            await asyncio.sleep(0.1)
    raise AssertionError("Slack shows one error after the other")


async def calls_of_a_story(folder: Path) -> list[Call]:
    """The calls of a story that nobody disturbs."""
    record = folder / "calls"
    killed, wrong = await story(folder, recording(CALLS, record))
    assert not killed
    assert wrong == []
    return list(recorded(record))


async def struck(call: str, number: int, folder: Path, **settings: str) -> tuple[bool, list[str]]:
    """Tell the story with one kill in it; whether the bot lived to make that call, and what is wrong in the end."""
    return await story(folder, killing(call, number, folder / "killed"), **settings)


async def _by_hand(call: str, number: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        killed, wrong = await struck(call, number, Path(folder))
    print("killed" if killed else "never came to that", *wrong, sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(asyncio.run(_by_hand(sys.argv[1], int(sys.argv[2]))))
