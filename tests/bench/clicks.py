"""Clicks: `/gift`, the form's submission and Approve at the real process, beside a Bolt app that does nothing."""

import itertools
import json
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from bot.gifts.message import Mail
from bot.gifts.ports import Posted
from bot.gifts.work import Task
from bot.simulator import Kind, Simulator
from bot.simulator.people.forms import with_ids
from bot.simulator.slack.delivery import encoded
from bot.simulator.slack.records import Json
from handlers.cards import render
from handlers.intake import EVENTS_PATH
from tests.bench.figures import Figure, Size, at_least, at_most, ms, percentile
from tests.bench.load import WARM_UP, Job, seconds_of
from tests.bench.servers import free_port, serving
from tests.bench.stage import SlackAtHand, Stage, opened
from tests.office import Office, TurnableClock

CROWD = 16
DEFAULT, FLOOR, OURS = "default", "flag", "giftbot"
_MORE_FROM_A_CROWD = 4
_DEFAULT_ANSWERS = 20  # of each client: the default app takes 12 ms for each

Request = tuple[str, str]


class SlackWithoutHttp(SlackAtHand):
    """Shows messages in a simulated workspace right away."""

    def __init__(self, simulator: Simulator) -> None:
        super().__init__()
        self._workspace = simulator.slack.workspace

    async def open(self, to: str) -> str:
        """The direct messages of a person."""
        return self._workspace.im(to).id

    async def post(self, channel: str, mail: Mail) -> Posted:
        """Show a message."""
        card = render(mail, "en-GB")
        blocks = with_ids({"blocks": [block.to_dict() for block in card.blocks]})["blocks"]
        return Posted(channel, self._workspace.post(self._workspace.channels[channel], card.text, blocks).ts)


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long answers took: half of them at most so long, and all but one in a hundred."""

    half: float
    nearly_all: float

    def better(self, other: "Seconds | None") -> "Seconds":
        """The best of two rounds."""
        return Seconds(min(self.half, other.half), min(self.nearly_all, other.nearly_all)) if other else self


class Hands:
    """What people send when they type and click; every request is good once."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._cards = iter(office.abe.messages())

    def commands(self, count: int) -> list[Request]:
        """`/gift @Rob 25 GBP thank you`, typed that many times."""
        mia, workspace = self._office.mia, self._office.slack.workspace
        text, place = f"<@{self._office.rob.id}> 25 GBP thank you", workspace.notes_to_self(mia.id)
        return [_sent(Kind.SLASH_COMMANDS, mia.payloads.slash_command("/gift", text, place)) for _ in range(count)]

    async def open_form(self) -> None:
        """Let Mia open the form that is submitted again and again."""
        await self._office.mia.types("/gift @Rob 25 GBP thank you for the launch")
        self._form = await self._office.mia.sees_modal("Send a gift")

    def submissions(self, count: int) -> list[Request]:
        """The form, filled in and submitted that many times, each with an id of its own."""
        payload = self._office.mia.payloads.view_submission(self._form)
        requests = []
        for _ in range(count):
            memory = {**json.loads(payload["view"]["private_metadata"]), "draft_id": str(uuid4())}
            view = {**payload["view"], "private_metadata": json.dumps(memory)}
            requests.append(_sent(Kind.INTERACTIVE, {**payload, "view": view}))
        return requests

    def approvals(self, count: int) -> list[Request]:
        """Approve on that many cards that nobody has clicked yet."""
        abe = self._office.abe
        requests = []
        for card in itertools.islice(self._cards, count):
            button = card.button("Approve")
            assert button, "a card that nobody has clicked has its buttons"
            requests.append(_sent(Kind.INTERACTIVE, abe.payloads.button_click(card, button)))
        assert len(requests) == count, "there are enough cards"
        return requests


async def clicks(size: Size, folder: Path) -> Sequence[Figure]:
    """Measure every click at the three servers by turns; each side counts by its best round."""
    best: dict[tuple[str, int, str], Seconds] = {}
    async with _servers(size, folder) as (office, ports):
        hands = Hands(office)
        await hands.open_form()
        kinds = {"/gift": hands.commands, "Ask (the form)": hands.submissions, "Approve": hands.approvals}
        for _, kind, clients in itertools.product(range(size.rounds), kinds, (1, CROWD)):
            requests = kinds[kind](_answers(size, clients) + WARM_UP * clients)
            for server, port in ports.items():
                sent = requests[: _DEFAULT_ANSWERS * clients] if server == DEFAULT else requests
                seconds = await seconds_of(Job(port, office.slack.signing_secret, sent, clients))
                figures = Seconds(percentile(seconds, 50), percentile(seconds, 99))
                best[kind, clients, server] = figures.better(best.get((kind, clients, server)))
        _check(office, size)
    return [
        figure
        for kind, clients in itertools.product(kinds, (1, CROWD))
        for figure in _figures(f"{kind}, {_people(clients)}", *(best[kind, clients, server] for server in ports))
    ]


def _answers(size: Size, clients: int) -> int:
    return size.clicks if clients == 1 else size.clicks * _MORE_FROM_A_CROWD


def _each(size: Size) -> int:
    """How many clicks of each kind there are in all."""
    return size.rounds * sum(_answers(size, clients) + WARM_UP * clients for clients in (1, CROWD))


def _people(clients: int) -> str:
    return "one person" if clients == 1 else f"{clients} at once"


@asynccontextmanager
async def _servers(size: Size, folder: Path) -> AsyncGenerator[tuple[Office, Mapping[str, int]]]:
    """The real bot with enough cards to click, and the two that do nothing; Slack's triggers never get old here."""
    clock = TurnableClock()
    began = clock.time()
    async with AsyncExitStack() as stack:
        simulator = await stack.enter_async_context(Simulator(clock=lambda: began))
        simulator.giftcards.orders_a_minute = 10**9  # its minute never ends
        office = Office(simulator, folder, clock)
        await _make_cards(office, _each(size))
        ports = {name: free_port() for name in (DEFAULT, FLOOR, OURS)}
        secret = office.slack.signing_secret
        for name in (DEFAULT, FLOOR):
            await stack.enter_async_context(
                serving("tests.bench.floor", str(ports[name]), secret, name, port=ports[name])
            )
        run = ("bot", "run", "--http", "--port", str(ports[OURS]))
        await stack.enter_async_context(serving(*run, port=ports[OURS], environment=office.environment()))
        office.slack.use_http(f"http://127.0.0.1:{ports[OURS]}{EVENTS_PATH}")
        yield office, ports


async def _make_cards(office: Office, count: int) -> None:
    with opened(office.database) as database:
        stage = Stage(database, SlackWithoutHttp(office.simulator), {office.abe.id, office.ana.id})
        with stage.store.write():  # all of it at once: this is not what is measured
            for _ in range(count):
                await stage.ask(office.mia.id, [office.rob.id])
            await stage.work_off(Task.POST)


def _check(office: Office, size: Size) -> None:
    """Every click did what it is there for."""
    each = _each(size)
    assert office.rows("SELECT state, count(*) FROM requests GROUP BY state ORDER BY state") == [
        ("approved", each),
        ("pending", each),
    ]


def _figures(what: str, default: Seconds, floor: Seconds, ours: Seconds) -> Iterator[Figure]:
    beside = f"no-op with the flag {ms(floor.half)}"
    yield at_most(f"{what}: half are answered in", ms(ours.half), beside, ours.half / floor.half, 2.5)
    if what.endswith(_people(1)):
        yield at_least("  beside a default app that does nothing", "", ms(default.half), default.half / ours.half, 5)
    else:
        beside = f"no-op with the flag {ms(floor.nearly_all)}"
        yield at_most("  99 of 100 in", ms(ours.nearly_all), beside, ours.nearly_all / floor.nearly_all, 3)


def _sent(kind: Kind, payload: Json) -> Request:
    body, content_type = encoded(kind, payload)
    return body.decode(), content_type
