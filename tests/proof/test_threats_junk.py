"""Requests that Slack would never send, signed all the same: answered, and never an accident of our own.

Where Bolt stumbles over one, whoever sent it reads a reference number; nothing was done.
"""

import asyncio
import copy
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from traceback import extract_tb
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.sandbox.simulator import Kind, SignedHttp, Simulator
from bot.sandbox.simulator.slack.delivery import encoded
from tests.harness.office import Office, TurnableClock

Json = dict[str, Any]
HALF = "half a character"
OTHER: dict[str, Any] = {
    "null": None,
    "true": True,
    "nothing": 0,
    "a negative number": -1,
    "a huge number": 10**30,
    "a fraction": 1.5,
    "no text": "",
    "a letter": "x",
    "NUL": "\x00",
    HALF: "\ud83d",
    "a long text": "x" * 5000,
    "a list": [],
    "an object": {},
    "lists in a list": [[]],
    "an object with an id": {"id": "x"},
    "an id of nobody": "U0NOBODY",
    "SQL": "' OR 1=1 --",
}


def _steps(value: Any) -> Iterator[tuple[Any, ...]]:
    """The ways to everything in a payload."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in inside:
        yield (step,)
        yield from ((step, *more) for more in _steps(part))


def _spoil(payload: Any, way: tuple[Any, ...], other: Any, *, gone: bool) -> Any:
    """A copy in which something is missing, or is something else."""
    spoiled = copy.deepcopy(payload)
    *outer, last = way
    inside = spoiled
    for step in outer:
        inside = inside[step]
    if gone:
        del inside[last]
    else:
        inside[last] = other
    return spoiled


class Post:
    """Everything that people can send in an office with a pending request, spoiled before it is sent."""

    def __init__(self, office: Office, delivery: SignedHttp) -> None:
        self.office = office
        self._delivery = delivery
        self.payloads: list[tuple[Kind, Json]] = []

    async def collect(self) -> None:
        """Write down one payload of each kind; Eve, who may decide nothing, sends the clicks."""
        office, eve = self.office, self.office.eve
        await office.asks()
        card = await office.abe.sees_message("would like to thank")
        for text in ("Approve", "Decline"):
            button = card.button(text)
            assert button
            self.payloads.append((Kind.INTERACTIVE, eve.payloads.button_click(card, button)))
        notes = office.slack.workspace.notes_to_self(eve.id)
        for line in ("@Rob 25 GBP thanks", "help", "status"):
            self.payloads.append((Kind.SLASH_COMMANDS, eve.payloads.slash_command("/gift", line, notes)))
        message = await office.rob.says("I fixed the build", office.general)
        shortcuts = office.slack.workspace.manifest.shortcuts
        for shortcut in shortcuts:
            action = eve.payloads.message_action if shortcut.type == "message" else None
            payload = action(shortcut.callback_id, message) if action else eve.payloads.shortcut(shortcut.callback_id)
            self.payloads.append((Kind.INTERACTIVE, payload))
        await office.abe.clicks("Decline")
        await eve.types("/gift @Rob 10 GBP thanks")
        for form in (await office.abe.sees_modal("Decline the gift"), await eve.sees_modal("Send a gift")):
            self.payloads.append((Kind.INTERACTIVE, eve.payloads.view_submission(form)))
        self.payloads.append((Kind.EVENTS_API, eve.payloads.app_home_opened(None)))

    async def send(self, kind: Kind, payload: Any) -> tuple[int, str]:
        """Send anything at all, signed as Slack signs."""
        self.office.clock.turn(minutes=1)
        body, content_type = encoded(kind, payload)
        return await self.send_bytes(body, content_type)

    async def send_bytes(self, body: bytes, content_type: str) -> tuple[int, str]:
        """Send any bytes, signed as Slack signs."""
        signature = self._delivery.sign(body, int(self.office.clock.time()))
        return await self._delivery.send(body, {"Content-Type": content_type, **signature})


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """One loop for all examples."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def post(runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """One office for all examples: opening costs more than they do."""
    stack = AsyncExitStack()
    folder: Path = tmp_path_factory.mktemp("office")

    async def opened() -> Post:
        clock = TurnableClock()
        simulator = await stack.enter_async_context(Simulator(clock=clock.time))
        office = Office(simulator, folder, clock)
        await stack.enter_async_context(office.open("http"))
        assert office.delivery
        office.delivery.ack_seconds = 60.0  # how busy the machine is, is not the question here
        post = Post(office, office.delivery)
        await post.collect()
        return post

    yield runner.run(opened())
    runner.run(stack.aclose())


def _is_harmless(post: Post, status: int, text: str, logs: list[Any]) -> None:
    """It was answered, nobody saw a traceback, our own code had no accident, and nothing was decided."""
    assert status in {200, 400, 404}, text
    assert "Traceback" not in text
    places = [extract_tb(line["exc_info"].__traceback__)[-1].filename for line in logs if "exc_info" in line]
    assert [place for place in places if "site-packages" not in place] == [], logs
    office = post.office
    assert set(office.states()) == {"waiting"}
    actors = {
        actor for (actor,) in office.rows("SELECT actor FROM history WHERE event NOT IN ('refused', 'change policy')")
    }
    assert actors <= {office.mia.id, office.eve.id}
    assert office.giftcards.requests == []


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_spoiled_payload_is_no_accident(post: Post, runner: asyncio.Runner, data: st.DataObject) -> None:
    """Anything in it may be missing or something else."""
    kind, payload = data.draw(st.sampled_from(post.payloads))
    others = [name for name in OTHER if kind is not Kind.SLASH_COMMANDS or name != HALF]  # a form cannot hold it
    for _ in range(data.draw(st.integers(1, 3))):
        if ways := [*_steps(payload)]:
            other, gone = OTHER[data.draw(st.sampled_from(others))], data.draw(st.booleans())
            payload = _spoil(payload, data.draw(st.sampled_from(ways)), other, gone=gone)
    with capture_logs() as logs:
        status, text = runner.run(post.send(kind, payload))
    _is_harmless(post, status, text, logs)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    body=st.binary(max_size=300)
    | st.sampled_from([b"payload=", b"payload=%7B", b"{", b"[]", b"null", b"payload=[]", b"ssl_check=1"]),
    content_type=st.sampled_from(["application/json", "application/x-www-form-urlencoded", "text/plain", ""]),
)
def test_no_bytes_are_an_accident(post: Post, runner: asyncio.Runner, body: bytes, content_type: str) -> None:
    """Whatever was signed, it is answered without an error of the server."""
    with capture_logs() as logs:
        status, text = runner.run(post.send_bytes(body, content_type))
    _is_harmless(post, status, text, logs)
