"""Calls: what one gift costs at Slack and at the gift card service, counted there, and over how many connections."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from bot.simulator import Simulator
from tests.bench.figures import Figure, Size, exactly
from tests.office import Office, TurnableClock

PEOPLE = 4  # Mia asks, Abe and Ana get a card, Rob receives


class Doorman:
    """Stands before a service and counts the connections that are opened to it."""

    def __init__(self, url: str) -> None:
        self._inside = urlsplit(url)
        self.opened = 0

    @asynccontextmanager
    async def at_the_door(self) -> AsyncGenerator[str]:
        """The address to go through."""
        server = await asyncio.start_server(self._lets_in, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            yield self._inside._replace(netloc=f"127.0.0.1:{port}").geturl()
        finally:
            server.close()

    async def _lets_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        inner_reader, inner_writer = await asyncio.open_connection(self._inside.hostname, self._inside.port)
        await asyncio.gather(_carry(reader, inner_writer), _carry(inner_reader, writer))


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while some := await reader.read(65536):
            writer.write(some)
    writer.close()


async def calls_of_two_gifts(office: Office) -> list[Counter[str]]:
    """What Mia's gift to Rob costs from her command to her last notice, and what the same once more does."""
    ledgers = []
    async with office.open():
        await office.rests()
        for number in (1, 2):
            before = len(office.slack.calls), len(office.giftcards.calls)
            await office.asks()
            await office.rests()
            await office.approves()
            await office.finishes()
            assert len(office.rob.messages()) == number
            calls = [*office.slack.calls[before[0] :], *office.giftcards.calls[before[1] :]]
            ledgers.append(Counter(call.name for call in calls))
    return ledgers


async def calls(_size: Size, folder: Path) -> Sequence[Figure]:
    """Count the calls of a gift between people whom the bot does not know yet, and of the next one."""
    clock = TurnableClock()
    async with Simulator(clock=clock.time) as simulator:
        office = Office(simulator, folder, clock)
        first, second = await calls_of_two_gifts(office)
    names = {
        "orders": "POST /order",
        "looks for a link": "GET /order/{id}",
        "messages: 2 cards, the decision, the gift, its arrival": "chat.postMessage",
        "updates: each of the 2 cards": "chat.update",
        "forms": "views.open",
        "channels of people": "conversations.open",
        "names of people": "users.info",
    }
    least = {"POST /order": (1, 1), "chat.postMessage": (5, 5), "chat.update": (2, 2), "views.open": (1, 1)}
    of_people = {"conversations.open": (PEOPLE, 0), "users.info": (PEOPLE, 0)}
    wanted = {**least, **of_people}
    return [
        exactly(f"{what}, the first gift and the next", (first[name], second[name]), wanted.get(name, (0, 0)))
        for what, name in names.items()
    ]
