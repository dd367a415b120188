"""One seed from the first form to the last notice, and its evidence."""

import asyncio
import json
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

from bot.gifts.message import Letter
from bot.gifts.money import Money
from bot.gifts.policy import Policy
from bot.gifts.rules import one_of
from storage import Database
from tests.proof.checker import Evidence, Sale, Sight
from tests.proof.world.chat import APPROVALS, Chat, Post
from tests.proof.world.clock import TimelessLoop, WorldClock
from tests.proof.world.fate import Fate
from tests.proof.world.lives import Bot
from tests.proof.world.people import APPROVERS, STAFF, People
from tests.proof.world.shop import Shop
from tests.proof.world.wire import Journal

_SHORT = timedelta(minutes=20)  # between two looks, once nothing goes wrong any more
_LOOKS = 200
_POLICY = Policy(one_of(APPROVERS), ("GB",), {"GBP": Money(10000, "GBP", 2)})


class NeverEnds(Exception):
    """The bot does not come to rest."""

    def __init__(self) -> None:
        super().__init__("days after everything works again, the bot is still busy")


def play(seed: int, file: Path, journal: Journal | None = None) -> Evidence:
    """Play a seed on a database file, and give what can be seen from outside.

    Raises:
        NeverEnds: the bot does not come to rest.
    """
    database = Database(file)
    try:
        with asyncio.Runner(loop_factory=TimelessLoop) as runner:
            world = _World(seed, database, file, journal)
            runner.run(world.plays())
        return world.evidence()
    finally:
        database.close()


class _World:
    def __init__(self, seed: int, database: Database, file: Path, journal: Journal | None) -> None:
        self._clock = WorldClock()
        self._fate = Fate(seed)
        self._file = file
        self._journal: Journal = lambda text: journal and journal(f"{self._clock.now():%b %d %H:%M:%S} {text}")
        self._shop = Shop(self._clock, self._fate)
        self._chat = Chat(self._clock, self._fate, STAFF)
        self._bot = Bot(database, self._shop, self._chat, self._clock, self._fate, self._journal)
        self._people = People(self._bot, self._chat, self._clock, self._fate, self._journal)

    async def plays(self) -> None:
        """Play, with everything that can go wrong, until all is calm and the bot rests."""
        channel = APPROVALS if self._fate.happens(0.4) else None
        bot = asyncio.create_task(self._bot.lives(_POLICY, channel))
        weather = asyncio.create_task(self._weather())
        try:
            await self._people.live()
            await weather
            await self._calms_down()
        finally:
            for task in (bot, weather):
                task.cancel()
            await asyncio.gather(bot, weather, return_exceptions=True)

    async def _weather(self) -> None:
        """Outages, long pauses, plugs pulled, and people who try again."""
        for _ in range(self._fate.count(3, 8)):
            await self._clock.sleep(self._fate.between(1, 60))
            if self._fate.happens(0.15):
                self._bot.dies("when its plug is pulled")
            if self._fate.happens(0.4):
                await self._pauses(self._fate.pause())
            if self._fate.happens(0.3):
                self._fate.outages ^= set(self._fate.some(["the shop", "Slack"], 1, 2))
                self._journal(f"out of order: {sorted(self._fate.outages)}")
            if self._fate.happens(0.3):
                await self._people.retry()

    async def _calms_down(self) -> None:
        self._journal("from now on nothing goes wrong")
        self._fate.calm = True
        await self._rests()
        if self._fate.happens(0.5):
            await self._pauses(self._fate.pause())
        await self._people.retry()
        await self._rests()

    async def _rests(self) -> None:
        for _ in range(_LOOKS):
            await self._clock.sleep(120)
            if self._bot.is_at_rest:
                return
            await self._pauses(_SHORT)
        raise NeverEnds

    async def _pauses(self, pause: timedelta) -> None:
        """Let time pass while no call is on its way: nothing in the world can guard against a frozen call."""
        while self._bot.network.on_the_way:
            await self._clock.sleep(1)
        self._journal(f"{pause} pass")
        self._clock.jump(pause)

    def evidence(self) -> Evidence:
        """What the ledgers hold, and what everybody did and sees."""
        bodies: dict[str, set[str]] = defaultdict(set)
        for key, body in self._shop.asked:
            bodies[key].add(body)
        return Evidence(
            wishes=self._people.wishes,
            deeds=self._people.deeds,
            sales=[_sale(entry.order.body, entry.link) for entry in self._shop.sold],
            sights=[_sight(post, post.mail) for post in self._chat.posts if isinstance(post.mail, Letter)],
            bodies_by_key=bodies,
            kept=b"".join(path.read_bytes() for path in self._file.parent.glob(f"{self._file.name}*")),
            unreachable=frozenset(self._chat.unreachable),
        )


def _sale(body: str, link: str) -> Sale:
    asked = json.loads(body)
    return Sale(asked["request"], asked["recipient"], link)


def _sight(post: Post, letter: Letter) -> Sight:
    return Sight(
        reader=post.reader,
        kind=letter.message.kind,
        request=letter.request.id,
        recipients=frozenset(gift.recipient for gift in letter.gifts),
        link=post.link,
        outcome=letter.request.state.value,
        in_trouble=frozenset(gift.recipient for gift in letter.gifts if gift.is_in_trouble),
    )
