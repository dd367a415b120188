"""Socket Mode for weeks: whatever becomes of a connection, the bot is not deaf, and what it took is acknowledged.

While things go wrong people keep on typing `/gift help`, fifty times a second; Slack takes a third of a second to say
where to connect. The simulator counts an acknowledgement only on a connection that brought the envelope.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.sandbox.simulator import AppDidNotRespond, Fault, Kind, Simulator
from bot.sandbox.simulator.slack.socket_mode import Goodbye, SocketMode
from handlers.inbound.socket_mode import CONNECTIONS
from tests.harness.office import Office, TurnableClock, eventually

OPEN = "apps.connections.open"


class RestingClock(TurnableClock):
    """Remembers for how long somebody wanted to rest."""

    def __init__(self) -> None:
        super().__init__()
        self.rests: list[float] = []

    async def sleep(self, seconds: float) -> None:
        """Rest for a fiftieth of the time."""
        self.rests.append(seconds)
        await super().sleep(seconds)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncGenerator[Office]:
    """A company whose clock remembers rests."""
    clock = RestingClock()
    async with Simulator(clock=clock.time) as simulator:
        yield Office(simulator, tmp_path, clock)


@pytest.fixture
async def sockets(office: Office) -> AsyncGenerator[SocketMode]:
    """Slack's end of the sockets, with the bot at the other; new ones take a while from now on."""
    async with office.open():
        sockets = office.slack.socket_mode
        await sockets.connected(times=CONNECTIONS)
        office.slack.faults.arm(OPEN, Fault.SLOW, times=100, seconds=0.3)
        yield sockets


async def _types(office: Office) -> str:
    """Somebody new types a command: "" if it is answered, otherwise what Slack shows."""
    person = office.slack.add_person("Somebody")
    command = person.payloads.slash_command("/gift", "help", office.slack.workspace.notes_to_self(person.id))
    try:
        answer = await person.sends(Kind.SLASH_COMMANDS, command)
    except AppDidNotRespond as error:
        return str(error)
    assert "Thank a colleague" in answer["text"]
    return ""


@asynccontextmanager
async def _typing(office: Office) -> AsyncGenerator[list[str]]:
    """People type all the while; gives what Slack showed to those who were not answered."""
    errors: list[str] = []
    is_over = False

    async def types() -> None:
        if error := await _types(office):
            errors.append(error)

    async def type_on() -> None:
        async with asyncio.TaskGroup() as people:
            while not is_over:
                people.create_task(types())
                await asyncio.sleep(0.02)

    typing = asyncio.create_task(type_on())
    yield errors
    is_over = True
    await typing


async def test_there_are_two_connections(office: Office, sockets: SocketMode) -> None:
    """The bot holds two, opens no more, and hears on both."""
    assert len(sockets.links) == CONNECTIONS == 2
    assert [await _types(office) for _ in range(4)] == [""] * 4
    assert [call.name for call in office.slack.calls].count(OPEN) == 2


@pytest.mark.parametrize("why", Goodbye)
async def test_a_connection_that_slack_ends_leaves_no_gap(office: Office, sockets: SocketMode, why: Goodbye) -> None:
    """After a warning nothing is lost; when it closes at once, only what was on its way in that moment may be."""
    seconds = 1.0 if why is Goodbye.WARNING else 0.0
    async with _typing(office) as errors:
        for _ in range(CONNECTIONS):
            await sockets.links[0].ends(why, seconds)
            await sockets.connected(times=CONNECTIONS)
    if why is Goodbye.WARNING:
        assert errors == []
    assert "dispatch_failed" not in errors
    assert len(errors) <= CONNECTIONS


async def test_after_a_warning_the_next_connection_opens_before_the_last_one_closes(
    office: Office, sockets: SocketMode
) -> None:
    """There are never fewer than two."""
    ending = asyncio.create_task(sockets.links[0].ends(Goodbye.WARNING, 1.0))
    await sockets.connected(times=CONNECTIONS + 1, timeout=1.0)
    await ending
    assert len(sockets.links) == CONNECTIONS
    assert await _types(office) == ""


async def test_a_connection_that_drops_leaves_no_gap(office: Office, sockets: SocketMode) -> None:
    """The other one hears what comes until there are two again."""
    async with _typing(office) as errors:
        sockets.links.pop().cut()
        await sockets.connected(times=CONNECTIONS)
    assert "dispatch_failed" not in errors
    assert len(errors) <= 1


async def test_a_network_that_drops_everything_is_back_at_once(office: Office, sockets: SocketMode) -> None:
    """Both connections are lost: both are opened again right away, as fast as Slack says where."""
    began = time.monotonic()
    sockets.drop_socket()
    await sockets.connected(times=CONNECTIONS)
    assert time.monotonic() - began < 2
    assert await _types(office) == ""


async def test_refused_tickets_are_not_tried_again(office: Office, sockets: SocketMode) -> None:
    """Slack refuses five tickets: each try has a new one, the rests grow, and the bot hears again."""
    assert isinstance(office.clock, RestingClock)
    office.slack.faults.clear()
    office.clock.rests.clear()
    sockets.refuse_tickets(5)
    sockets.drop_socket()
    await sockets.connected(times=CONNECTIONS, timeout=10)
    assert await _types(office) == ""
    assert [call.name for call in office.slack.calls].count(OPEN) == CONNECTIONS + CONNECTIONS + 5
    assert {0.0, 1.0, 3.0} <= set(office.clock.rests)


@pytest.mark.parametrize("fault", [Fault.ERROR_BEFORE, Fault.RATE_LIMITED, Fault.REPLY_LOST])
async def test_an_address_that_slack_does_not_give_is_asked_for_again(
    office: Office, sockets: SocketMode, fault: Fault
) -> None:
    """Slack is in trouble for a while; then both connections are there again."""
    office.slack.faults.clear()
    office.slack.faults.arm(OPEN, fault, times=6)
    sockets.drop_socket()
    await sockets.connected(times=CONNECTIONS, timeout=10)
    assert await _types(office) == ""


async def test_slack_is_not_pestered(office: Office, sockets: SocketMode) -> None:
    """Slack greets and hangs up at once, again and again (too many connections): the bot rests longer each time."""
    assert isinstance(office.clock, RestingClock)
    office.slack.faults.clear()
    office.clock.rests.clear()
    for _ in range(12):
        await sockets.connected(times=CONNECTIONS, timeout=10)
        await sockets.links[0].ends(Goodbye.REFRESH, 0)
    await sockets.connected(times=CONNECTIONS, timeout=10)
    assert 7 <= max(office.clock.rests) <= 15
    assert await _types(office) == ""


async def _goes_dead(office: Office) -> None:
    """One connection is dead, and neither end was told: no answer to a ping shows it."""
    sockets = office.slack.socket_mode
    dead = sockets.links[0]
    dead.goes_dead()
    await eventually(lambda: len([link for link in sockets.links if link is not dead]) == CONNECTIONS, 10)


async def _says_no_hello(office: Office) -> None:
    """The next connection opens, and nothing comes."""
    sockets = office.slack.socket_mode
    sockets.say_no_hello(1)
    sockets.links[0].cut()
    await eventually(lambda: len(sockets.links) < CONNECTIONS)
    await sockets.connected(times=CONNECTIONS, timeout=10)


async def test_a_silent_connection_is_replaced(tmp_path: Path) -> None:
    """Half-open, or opened without a hello: within ten seconds there is another one."""

    async def story(name: str, act: Callable[[Office], Awaitable[None]]) -> None:
        (tmp_path / name).mkdir()
        async with Simulator() as simulator:
            office = Office(simulator, tmp_path / name, TurnableClock())
            async with office.open():
                await office.slack.socket_mode.connected(times=CONNECTIONS)
                await act(office)
                answers = await asyncio.gather(*(_types(office) for _ in range(6)))
                assert answers.count("") >= 4, "Slack may still use the dead one, which is one of three"

    await asyncio.gather(story("dead", _goes_dead), story("silent", _says_no_hello))


async def test_a_connection_is_replaced_every_hour(office: Office, sockets: SocketMode) -> None:
    """Should Slack have forgotten a connection that still answers pings, the bot is not deaf for longer than that."""
    office.slack.faults.clear()
    first = list(sockets.links)
    office.clock.turn(minutes=61)
    await sockets.connected(times=2 * CONNECTIONS)
    assert set(map(id, first)) < set(map(id, sockets.links)), "the old ones are heard for a little longer"
    assert [await _types(office) for _ in range(4)] == [""] * 4


async def test_a_slow_listener_is_acknowledged_through_a_refresh(office: Office, sockets: SocketMode) -> None:
    """Slack warns while the bot still looks up Rob: the answer comes on the connection that brought the question."""
    await office.mia.types("/gift @Rob 25 GBP thanks")
    await office.mia.sees_modal("Send a gift")
    office.slack.faults.arm("users.info", Fault.SLOW, seconds=1)
    submitting = asyncio.create_task(office.mia.submits())
    await asyncio.sleep(0.2)
    await asyncio.gather(*(link.ends(Goodbye.WARNING, 1.5) for link in list(sockets.links)))
    await submitting
    await office.mia.sees_modal("Gift asked for")
    assert office.states() == ["waiting"]


async def test_stopping_acknowledges_what_is_in_hand(office: Office) -> None:
    """The bot is told to stop while it looks up Rob: Mia is answered first, and what comes later is not taken."""
    async with office.open() as bot:
        await office.mia.types("/gift @Rob 25 GBP thanks")
        await office.mia.sees_modal("Send a gift")
        office.slack.faults.arm("users.info", Fault.SLOW, seconds=1)
        submitting = asyncio.create_task(office.mia.submits())
        await asyncio.sleep(0.2)
        stopping = asyncio.create_task(bot.stop())
        await asyncio.sleep(0.2)
        assert await _types(office) == "operation_timeout"
        await submitting
        await stopping
    await office.mia.sees_modal("Gift asked for")
    assert office.states() == ["waiting"]
    assert await _types(office) == "dispatch_failed"


async def test_stopping_is_bounded(office: Office) -> None:
    """Dead connections and a listener that hangs do not hold up the end."""
    async with office.open():
        await office.slack.socket_mode.connected(times=CONNECTIONS)
        await office.mia.types("/gift @Rob 25 GBP thanks")
        await office.mia.sees_modal("Send a gift")
        office.slack.faults.arm("users.info", Fault.SLOW, times=9, seconds=30)
        submitting = asyncio.create_task(office.mia.submits())
        await asyncio.sleep(0.1)
        for link in office.slack.socket_mode.links:
            link.goes_dead()
        began = time.monotonic()
    assert time.monotonic() - began < 8
    with pytest.raises(AppDidNotRespond):
        await submitting


JUNK = ["", "no JSON", "[]", "1", "null", "{}", '{"type": 1}', '{"type": "interactive", "envelope_id": "x"}']
JUNK += ['{"type": "x", "envelope_id": 1, "payload": 2}', '{"type": "interactive", "envelope_id": "x", "payload": {}}']


async def test_junk_on_a_connection_does_no_harm(office: Office, sockets: SocketMode) -> None:
    """What Slack never sends costs at most the connection on which it came."""
    office.slack.faults.clear()
    for junk in JUNK:
        await sockets.links[0].socket.send_str(junk)
        await sockets.links[0].socket.send_bytes(junk.encode())
        await sockets.connected(times=CONNECTIONS, timeout=10)
        assert await _types(office) == ""


async def test_weeks(office: Office, sockets: SocketMode) -> None:
    """Hundreds of refreshes and drops, hours apart: the bot hears, holds two connections, and piles up nothing."""
    office.slack.faults.clear()
    tasks = len(asyncio.all_tasks())
    for _ in range(150):
        office.clock.turn(minutes=20)
        await sockets.links[0].ends(Goodbye.REFRESH, 0)
        await sockets.connected(times=CONNECTIONS)
        assert await _types(office) == ""
        office.clock.turn(minutes=20)
        sockets.links.pop(0).cut()
        await sockets.connected(times=CONNECTIONS)
        assert await _types(office) == ""
    assert [call.name for call in office.slack.calls].count(OPEN) == CONNECTIONS + 300
    await eventually(lambda: len(asyncio.all_tasks()) <= tasks)
