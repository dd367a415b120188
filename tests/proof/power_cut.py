"""A story under strace, and what the disk must hold at each moment of it, by what the bot had said until then."""

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from random import Random

from bot.sandbox.simulator import Simulator
from handlers.inbound.http import EVENTS_PATH
from storage import Database, DatabaseRefused
from tests.harness.ledger import Ledger
from tests.harness.office import Office, TurnableClock, eventually
from tests.proof.disk_model import CALLS, Disk, Image
from tests.proof.strace import Call, recorded, recording
from tests.proof.tmpfs import memory_folder

_LONG = 30.0  # seconds until nobody believes that it will still happen
_LISTENING = re.compile(r'"(http://[^"]+)".*"listening"')
_SENDS = ("sendto", "sendmsg")
_ID = rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ORDER = re.compile(
    rb"POST \S*/order HTTP.*^x-idempotency-key: (" + _ID + rb")", re.DOTALL | re.IGNORECASE | re.MULTILINE
)
_POST = re.compile(rb"POST \S*/chat\.postMessage HTTP.*message_id\W.{0,20}?(" + _ID + rb")", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Promise:
    """Something that was said, and how to see that it is kept."""

    words: str
    is_kept: Callable[[Ledger], object]


# What Slack's requests are answered with, in the order of the story.
_ACKNOWLEDGED = (
    None,  # the command: a form opens, nothing is promised
    Promise("the request, shown as asked for", lambda ledger: ledger.requests()),
    Promise("the approval, shown as accepted", lambda ledger: ledger.requests(state="approved")),
)


async def recorded_story(folder: Path, **changes: str) -> list[Call]:
    """Tell a story with the real process over HTTP, and give every call of it that reached the disk or the network."""
    async with Simulator() as simulator:
        office = Office(simulator, folder, TurnableClock())
        record = folder / "calls"
        under = recording([*CALLS, *_SENDS], record)
        process = await office.process("--http", "--port", "0", under=under, **changes)
        try:
            await eventually(lambda: _LISTENING.search(office.log.read_text()) is not None, _LONG)
            office.slack.use_http(_url(office)).ack_seconds = _LONG  # what is slow here is strace
            await office.asks()
            await office.abe.sees_message("would like to thank", _LONG)
            await office.approves()
            await office.mia.sees_message("has your gift", _LONG)
            await office.finishes()
        finally:
            process.terminate()
            await asyncio.wait_for(process.wait(), _LONG)
    return list(recorded(record))


def _url(office: Office) -> str:
    found = _LISTENING.search(office.log.read_text())
    assert found is not None, "it listens"
    return f"{found[1]}{EVENTS_PATH}"


class Said:
    """What the bot has said so far."""

    def __init__(self) -> None:
        self._replies = iter(_ACKNOWLEDGED)
        self.promises: list[Promise] = []

    def hears(self, data: bytes) -> None:
        """Take note of what is sent."""
        if data.startswith(b"HTTP/1.1 200") and (promise := next(self._replies)):
            self.promises.append(promise)
        elif order := _ORDER.match(data):
            key = order[1].decode()
            self.promises.append(Promise("an order that was sent", lambda ledger: ledger.orders(key=key)))
        elif post := _POST.match(data):
            name = post[1].decode()
            self.promises.append(Promise("a message that was sent", lambda ledger: _has_left(ledger, name)))


def _has_left(ledger: Ledger, message: str) -> bool:
    return ledger.messages("state", id=message) not in ([], ["waiting"])


def cuts(story: list[Call], folder: Path, dice: Random, with_luck: int) -> Iterator[list[str]]:
    """What is lost in each image of the disk: after each call only what is safe, and some more as the dice have it.

    Most writes change nothing that is safe: what was judged already, with as much said, is not opened again.
    """
    disk, said = Disk(folder), Said()
    judged: dict[tuple[bytes, int], list[str]] = {}
    with memory_folder() as target:
        for call in story:
            disk.sees(call)
            if call.name in _SENDS:
                said.hears(call.data)
            for luck in [None, *[dice] * with_luck]:
                image = disk.after_a_cut(luck)
                case = _digest(image), len(said.promises)
                if case not in judged:
                    judged[case] = _lost(image, target, said.promises)
                yield judged[case]


def _digest(image: Image) -> bytes:
    found = blake2b()
    for name, content in sorted(image.items()):
        found.update(f"{name} {len(content)} ".encode() + content)
    return found.digest()


def _lost(image: Image, target: Path, promises: list[Promise]) -> list[str]:
    file = target / "giftbot.db"
    for left in target.iterdir():
        left.unlink()
    for name, content in image.items():
        (target / name).write_bytes(content)
    try:
        database = Database(file)
    except DatabaseRefused as error:
        return [str(error)]
    try:
        ledger = Ledger(database.rows)
        lost = [promise.words for promise in promises if not promise.is_kept(ledger)]
        return lost if ledger.is_whole() else [*lost, "the database is damaged"]
    finally:
        database.close()
