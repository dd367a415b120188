"""One seed from the first form to the last notice, and its evidence."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from bot.gifts.model.approval_rules import one_of
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.money import Money
from bot.gifts.model.notification import Kind, RequestNotification
from bot.gifts.model.policy import Policy
from handlers.blocks.block_kit import as_json
from handlers.blocks.messages import render
from handlers.localization import ENGLISH
from tests.proof.invariants import Ending, Evidence, Sale, Sight, Verb
from tests.proof.simulation.actors import APPROVERS, DECIDERS, STAFF, People
from tests.proof.simulation.bot_lifecycle import Bot
from tests.proof.simulation.disk import Disk
from tests.proof.simulation.fake_provider import Shop
from tests.proof.simulation.fake_slack import APPROVALS, Chat, Post
from tests.proof.simulation.fault_schedule import Fate
from tests.proof.simulation.network import Journal
from tests.proof.simulation.virtual_time import TimelessLoop, WorldClock

_SHORT = timedelta(minutes=20)  # between two looks, once nothing goes wrong any more
_LOOKS = 200
_LOOKS_AT_ORDERS = 10  # within hours, what does not come right by itself is in front of a person
_ROUNDS = 3  # of mending, once nothing goes wrong any more
_GIVEN_UP = ("nothing was ordered", "nothing was bought", "new request", "ask for it anew")
_LONGEST = timedelta(hours=4)  # that what is due is waited for
_POLICY = Policy(one_of([DECIDERS]), ("GB",), {"GBP": Money(10000, "GBP", 2)})
_EXPIRES = timedelta(days=11)  # ten working days
_ENDS_AFTER = {
    Reason.NO_ANSWER: timedelta(hours=1),
    Reason.LINK_LATE: timedelta(days=1),
    Reason.MESSAGE_NOT_TAKEN: timedelta(days=1),
    Reason.MESSAGE_UNCERTAIN: timedelta(days=1),
    Reason.RECIPIENT_UNSURE: timedelta(days=1),
    Reason.KEY_TOO_OLD: timedelta(days=29),
}


class NeverEnds(Exception):
    """The bot does not come to rest."""


def play(seed: int, file: Path, journal: Journal | None = None) -> Evidence:
    """Play a seed on a database file, and give what can be seen from outside.

    Raises:
        NeverEnds: the bot does not come to rest.
    """
    with asyncio.Runner(loop_factory=TimelessLoop) as runner:
        world = _World(seed, file, journal)
        try:
            runner.run(world.plays())
            return world.evidence()
        finally:
            world.disk.database.close()


class _World:
    def __init__(self, seed: int, file: Path, journal: Journal | None) -> None:
        self._clock = WorldClock()
        self._fate = Fate(seed)
        self.disk = Disk(file, self._clock)
        self._journal: Journal = lambda text: journal and journal(f"{self._clock.now():%b %d %H:%M:%S} {text}")
        self._shop = Shop(self._clock, self._fate)
        self._chat = Chat(self._clock, self._fate, STAFF, {DECIDERS: frozenset(APPROVERS)})
        self._bot = Bot(self.disk, self._shop, self._chat, self._clock, self._fate, self._journal)
        self._people = People(self._bot, self._shop, self._chat, self._clock, self._fate, self._journal)
        self._keeps_backups = self._fate.happens(0.25)
        self._freed: set[tuple[str, str]] = set()
        self._took = timedelta()

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
        """Outages, bad moods, long pauses, plugs pulled, backups restored, and people who try again."""
        for _ in range(self._fate.count(3, 8)):
            await self._clock.sleep(self._fate.between(1, 60))
            if self._fate.happens(0.15):
                self._bot.dies("when its plug is pulled")
            if self._fate.happens(0.4):
                await self._pauses(self._fate.pause())
            if self._fate.clock_is_set and self._fate.happens(0.4):
                self._sets_the_clock(self._fate.wrong_clock())
            if self._fate.happens(0.3):
                self._fate.outages ^= set(self._fate.some(["the shop", "Slack"], 1, 2))
                self._journal(f"out of order: {sorted(self._fate.outages)}")
            if self._fate.happens(0.25):
                self._shop.changes_mood()
                self._journal(f"the shop refuses: {self._shop.mood}")
            if self._fate.happens(0.3):
                await self._people.mend()
            if self._keeps_backups:
                await self._keeps_or_restores()
            self._compares_ledgers()

    async def _keeps_or_restores(self) -> None:
        if self._fate.happens(0.4):
            self._journal("the database is copied")
            self.disk.backs_up()
        elif self.disk.has_backup and self._fate.happens(0.3):
            await self._restores()

    async def _restores(self) -> None:
        """Put the backup back, perhaps weeks later, and let people decide again what they think is undecided."""
        if self._fate.happens(0.5):
            await self._pauses(self._fate.pause())
        self._bot.restores()
        await self._clock.sleep(180)
        await self._people.decide_again()

    def _compares_ledgers(self) -> None:
        """Whether money is free of which the shop has it; after a backup, that is nobody's fault."""
        if not self.disk.restored_at:
            made = {of(entry.order.body) for entry in self._shop.sold}
            self._freed |= made & self.disk.free()

    async def _calms_down(self) -> None:
        self._journal("from now on nothing goes wrong, but that a clock may be three hours slow for a while")
        self._fate.calm = True
        self._shop.mood = None
        waits_for_the_time = self._has_old_keys or self._bot.has_unknown_orders
        is_slow = self._fate.clock_is_set and self._fate.happens(0.5) and not waits_for_the_time
        self._sets_the_clock(timedelta(hours=-3) if is_slow else timedelta())
        await self._does_what_is_due()
        self._sets_the_clock(timedelta())
        await self._rests()
        if self._fate.happens(0.5):
            await self._pauses(self._fate.pause())
        if self.disk.has_backup and self._fate.happens(0.5):
            await self._restores()
        for _ in range(_ROUNDS):
            await self._people.mend()
            await self._rests()
            self._compares_ledgers()

    def _sets_the_clock(self, wrong: timedelta) -> None:
        if wrong != self._bot.machine.wrong:
            self._journal(f"somebody sets the bot's clock to {wrong} from what it is")
            self._bot.machine.wrong = wrong

    @property
    def _has_old_keys(self) -> bool:
        """Whether a key may be too old to be sent: then a person is to look, but not on the word of a wrong clock."""
        asked_at = [at for (_, verb), at in self._people.tried_at.items() if verb is Verb.ASK]
        return any(self._clock.now() - at > timedelta(days=28) for at in asked_at)

    async def _does_what_is_due(self) -> None:
        """Notes how long it takes, for nobody waits for anything but the bot."""
        began = self._clock.now()
        while not self._bot.waits_for_nobody and self._clock.now() - began <= _LONGEST:
            await self._clock.sleep(30)
        self._took = self._clock.now() - began

    async def _rests(self) -> None:
        for look in range(_LOOKS):
            await self._clock.sleep(120)
            if self._bot.is_at_rest:
                return
            if look >= _LOOKS_AT_ORDERS and self._bot.is_ordering:
                raise NeverEnds("hours after everything works again, a gift is neither ordered nor in front of anybody")
            await self._pauses(_SHORT)
        raise NeverEnds("days after everything works again, the bot is still busy")

    async def _pauses(self, pause: timedelta) -> None:
        """Let time pass while no call is on its way: nothing in the world can guard against a frozen call."""
        while self._bot.network.on_the_way:
            await self._clock.sleep(1)
        is_noticed = not (self._fate.clock_is_set and self._fate.happens(0.2))
        self._journal(f"{pause} pass{'' if is_noticed else ', while the machine is frozen'}")
        self._clock.jump(pause, is_noticed=is_noticed)

    def evidence(self) -> Evidence:
        """What the ledgers hold, and what everybody did and sees."""
        bodies: dict[str, set[str]] = defaultdict(set)
        for key, body in self._shop.asked:
            bodies[key].add(body)
        return Evidence(
            wishes=self._people.wishes,
            deeds=self._people.deeds,
            sales=[_sale(entry.order.body, entry.link) for entry in self._shop.sold],
            sights=[*_sights(self._chat.posts, {*self.disk.ledger.messages("channel", "ts")})],
            bodies_by_key=bodies,
            kept=self.disk.bytes(),
            unreachable=frozenset(self._chat.unreachable),
            freed=frozenset(self._freed),
            was_restored=self.disk.restored_at is not None,
            endings=[*self._endings()],
            done_too_late=self._bot.done_too_late,
            took=self._took,
        )

    def _endings(self) -> Iterator[Ending]:
        """What the bot ended by itself because time had passed, and how much of it really had."""
        tried_at = self._people.tried_at
        for request, at in self._chat.expired.items():
            yield Ending(f"{request} expired", at - tried_at[request, Verb.ASK], _EXPIRES)
        for trouble, at in self._chat.in_trouble.items():
            counts_from = Verb.ASK if trouble.reason is Reason.KEY_TOO_OLD else Verb.APPROVE
            began = tried_at.get((trouble.request, counts_from))
            if began and trouble.reason in _ENDS_AFTER:
                what = f"{trouble.request}, for {trouble.recipient}, was given up: {trouble.reason}"
                yield Ending(what, at - began, _ENDS_AFTER[trouble.reason])


def of(body: str) -> tuple[str, str]:
    """The request that an order's body is about, and its recipient."""
    asked = json.loads(body)
    return asked["request"], asked["recipient"]


def _sale(body: str, link: str) -> Sale:
    return Sale(*of(body), link)


def _sights(posts: Sequence[Post], known: Collection[tuple[str, str]]) -> Iterator[Sight]:
    """What is on the screens; the bot can keep up to date only what it knows the address of.

    Where a reply was lost, that is one of two copies, or none in a channel, which it cannot read.
    """
    for post in posts:
        if isinstance(post.mail, RequestNotification):
            yield _sight(post, post.mail, is_kept_up=(post.channel, post.ts) in known)


def _sight(post: Post, letter: RequestNotification, *, is_kept_up: bool) -> Sight:
    return Sight(
        reader=post.reader,
        kind=letter.message.kind,
        request=letter.request.id,
        recipients=frozenset(gift.recipient for gift in letter.gifts),
        link=post.link,
        outcome=letter.request.state.value,
        in_trouble=frozenset(gift.recipient for gift in letter.gifts if gift.needs_attention),
        given_up=frozenset(_given_up(letter)) if is_kept_up else frozenset(),
        closed=frozenset(gift.recipient for gift in letter.gifts if gift.closing),
    )


def _given_up(letter: RequestNotification) -> Iterator[str]:
    """Of whom a notice says that nothing was ordered, or that a new request is the way to a gift."""
    if letter.message.kind is not Kind.TROUBLE:
        return
    paragraphs = [block["text"]["text"] for block in as_json(render(letter, ENGLISH).blocks) if "text" in block]
    for gift in letter.gifts:
        mine = [text for text in paragraphs if f"*<@{gift.recipient}>*:" in text]
        if any(phrase in text for text in mine for phrase in _GIVEN_UP):
            yield gift.recipient
