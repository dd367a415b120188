"""Slack in memory: everything that it shows, and the client that the bot is given."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TypeVar

from bot.gifts.model.errors import NotNow
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import RequestState
from bot.gifts.model.notification import Kind, Message, Notification, RequestNotification
from bot.gifts.model.outcomes import Absent, OutcomeUnknown, Posted, Rejected, Said, Unavailable
from bot.gifts.model.people import Person
from bot.gifts.model.text import say
from bot.gifts.time_limit import seconds_left
from handlers.slack_api.rate_limits import SlackRateLimits
from tests.proof.simulation.fault_schedule import Fate
from tests.proof.simulation.network import Life, Network, certain
from tests.proof.simulation.virtual_time import WorldClock

T = TypeVar("T")
APPROVALS = "C-approvals"
GENERAL = "C-general"
SETTLE = timedelta(seconds=30)
_SERVICE = "Slack"
_REQUEST_LATE = 15.0  # and as long again until the history shows it: together within SETTLE
_HISTORY_LATE = 12.0
_A_PAGE = 100
_AMONG_HOSTS = 60.0  # seconds that a look goes back before the message that it begins at
_PATIENCE = 2.0  # seconds for a look-up that nobody waits for


@dataclass(slots=True)
class Post:
    """A message on the screen, with the letter that it last showed; the link stays as it was posted."""

    channel: str
    ts: str
    mail: Notification
    link: str | None
    in_history_at: datetime

    @property
    def reader(self) -> str:
        """Whose direct messages it is in, or which channel."""
        return self.channel.removeprefix("D-")


@dataclass(frozen=True, slots=True)
class Trouble:
    """A gift that waits for somebody, and why."""

    request: str
    recipient: str
    attempt: int
    reason: Reason | None


class Chat:
    """Slack itself; it outlives every life of the bot."""

    def __init__(
        self,
        clock: WorldClock,
        fate: Fate,
        people: Collection[str],
        groups: Mapping[str, frozenset[str]] = MappingProxyType({}),
    ) -> None:
        self._clock = clock
        self._fate = fate
        self.posts: list[Post] = []
        self._groups = groups
        self._last_ts = 0.0
        self.expired: dict[str, datetime] = {}  # when it first showed, by request
        self.in_trouble: dict[Trouble, datetime] = {}
        self.unreachable = {person for person in people if fate.happens(0.03)}

    def members_of(self, group: str) -> frozenset[str]:
        """Who is in a group."""
        return self._groups.get(group, frozenset())

    def open(self, to: str) -> str | Rejected:
        """The channel in which to write to a person or channel."""
        if to in self.unreachable:
            return Rejected(Reason.RECIPIENT_UNREACHABLE, "user_disabled")
        return to if to.startswith("C-") else f"D-{to}"

    def post(self, channel: str, mail: Notification) -> Posted:
        """Show a message."""
        late = timedelta(seconds=self._fate.between(0, _HISTORY_LATE))
        link = mail.link.get_secret_value() if isinstance(mail, RequestNotification) and mail.link else None
        self._last_ts = max(self._clock.now().timestamp(), self._last_ts + 0.0001)
        post = Post(channel, f"{self._last_ts:.6f}", mail, link, self._clock.now() + late)
        self.posts.append(post)
        self._shows(mail)
        return Posted(channel, post.ts)

    def find(self, message: Message) -> Posted | Absent | Rejected:
        """Look through the history of direct messages, from where the bot says; that of channels is closed to it."""
        if message.channel and message.channel.startswith("C-"):
            return Rejected(Reason.MESSAGE_UNCERTAIN, "missing_scope")
        oldest = float(message.sent_after or 0) - _AMONG_HOSTS
        for post in self.posts:
            is_shown = float(post.ts) > oldest and post.in_history_at <= self._clock.now()
            if post.mail.message.id == message.id and is_shown:
                return Posted(post.channel, post.ts)
        return Absent()

    def said(self, channel: str) -> list[Said] | Rejected:
        """The bot's own messages in the history of direct messages."""
        if channel.startswith("C-"):
            return Rejected(Reason.MESSAGE_UNCERTAIN, "missing_scope")
        now = self._clock.now()
        shown = [post for post in self.posts if post.channel == channel and post.in_history_at <= now]
        return [Said(post.mail.message.id, post.ts) for post in shown[-_A_PAGE:]]

    def update(self, mail: Notification) -> Posted | Rejected:
        """Show a message anew."""
        place = mail.message.channel, mail.message.ts
        for post in self.posts:
            if (post.channel, post.ts) == place:
                post.mail = mail
                self._shows(mail)
                return Posted(post.channel, post.ts)
        return Rejected(Reason.UNEXPECTED, "message_not_found")

    def _shows(self, mail: Notification) -> None:
        """Note when something can first be read."""
        if isinstance(mail, RequestNotification):
            if mail.request.state is RequestState.EXPIRED:
                self.expired.setdefault(mail.request.id, self._clock.now())
            for gift in mail.gifts:
                if gift.needs_attention:
                    trouble = Trouble(gift.request_id, gift.recipient, gift.attempt, gift.reason)
                    self.in_trouble.setdefault(trouble, self._clock.now())

    def seen_by(self, person: str, kind: Kind, request: str) -> list[Post]:
        """What somebody has on their screen about a request, newest last."""
        return [
            post
            for post in self.posts
            if post.mail.message.kind is kind
            and post.mail.message.request_id == request
            and post.channel in {f"D-{person}", APPROVALS}
        ]


class ChatClient:
    """What one life of the bot knows Slack by: its messages and its directory."""

    def __init__(self, chat: Chat, network: Network, life: Life) -> None:
        self._chat = chat
        self._network = network
        self._life = life
        self._limits = SlackRateLimits(life.clock)

    async def open(self, to: str) -> str | Rejected | Unavailable:
        """The channel in which to write."""
        return certain(await self._network.call(self._life, _SERVICE, f"open {to}", lambda: self._chat.open(to)))

    async def post(self, channel: str, mail: Notification) -> Posted | Rejected | Unavailable | OutcomeUnknown:
        """Post once."""
        name = f"post {mail.message.kind} to {channel}"
        await self._limits.turn_to_post(channel)
        return await self._network.call(
            self._life, _SERVICE, name, lambda: self._chat.post(channel, mail), _REQUEST_LATE
        )

    async def find(self, message: Message) -> Posted | Absent | Rejected | Unavailable:
        """Look for a message."""
        name = f"look for {message.kind}"
        return certain(await self._network.call(self._life, _SERVICE, name, lambda: self._chat.find(message)))

    async def said(self, channel: str) -> Sequence[Said] | Rejected | Unavailable:
        """The bot's own messages."""
        name = f"own words in {channel}"
        return certain(await self._network.call(self._life, _SERVICE, name, lambda: self._chat.said(channel)))

    async def update(self, mail: Notification) -> Posted | Rejected | Unavailable:
        """Show a message anew."""
        name = f"update {mail.message.kind}"
        return certain(await self._network.call(self._life, _SERVICE, name, lambda: self._chat.update(mail)))

    async def known(self, slack_id: str) -> Person:
        """Somebody."""
        return (await self.look_up([slack_id]))[slack_id]

    async def asked_anew(self, slack_id: str) -> Person:
        """Somebody."""
        return await self.known(slack_id)

    async def members(self, groups: Collection[str]) -> Mapping[str, frozenset[str]]:
        """Who is in each group."""
        if not groups:
            return {}
        return await self._looked_up("the groups", lambda: {group: self._chat.members_of(group) for group in groups})

    async def look_up(self, ids: Collection[str]) -> Mapping[str, Person]:
        """Everybody asked for."""
        return await self._looked_up("the directory", lambda: {person: Person(person, person) for person in ids})

    async def answer(self) -> None:
        """Say anything, with its date."""
        await self._network.call(self._life, _SERVICE, "a test", lambda: None)

    async def _looked_up(self, what: str, work: Callable[[], T]) -> T:
        try:
            async with asyncio.timeout(seconds_left(_PATIENCE)):
                found = certain(await self._network.call(self._life, _SERVICE, what, work, is_look_up=True))
        except TimeoutError:
            found = Unavailable("too slow")
        if isinstance(found, Unavailable):
            raise NotNow(say("Slack cannot be asked just now."))
        return found
