"""What a gift costs: nothing is asked, ordered or posted twice, and connections are kept."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from urllib.parse import urlsplit

from tests.harness.office import Office

EACH_GIFT = Counter(
    {
        "views.open": 1,
        "users.info": 1,  # the recipient, right before the link goes to them
        "chat.postMessage": 5,  # a card for each approver, the decision, the gift, and that it has arrived
        "chat.update": 2,  # each card shows the decision
        "GET /balance": 2,  # each card says what is left
        "POST /order": 1,
    }
)
PEOPLE = 4


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


async def test_a_gift_takes_no_call_too_many(office: Office) -> None:
    """One order, one message to each who has to know, one update of each card; only the recipient is asked for anew."""
    first, second = await calls_of_two_gifts(office)
    assert first == EACH_GIFT + Counter({"conversations.open": PEOPLE, "users.info": PEOPLE})
    assert second == EACH_GIFT


async def test_connections_are_kept(office: Office) -> None:
    """All of it goes over a handful of connections, instead of one for each call."""
    slack, service = Doorman(office.slack.base_url), Doorman(office.giftcards.base_url)
    async with AsyncExitStack() as doors:
        addresses = {
            "slack_api_url": await doors.enter_async_context(slack.at_the_door()),
            "runa_api_url": await doors.enter_async_context(service.at_the_door()),
        }
        async with office.open("socket", **addresses):
            for _ in range(3):
                await office.asks("@Rob @Eve 25 GBP thank you")
                await office.rests()
                await office.approves()
                await office.finishes()
    assert len(office.giftcards.orders) == 6
    assert 1 <= slack.opened <= len(office.slack.calls) / 3
    assert 1 <= service.opened <= len(office.giftcards.calls) / 3
