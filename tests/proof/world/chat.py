"""Slack in memory: everything that it shows, and the client that the bot is given."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.gifts.errors import Field, Invalid
from bot.gifts.message import Kind, Letter, Mail, Message
from bot.gifts.people import Person
from bot.gifts.ports import Absent, OutcomeUnknown, Posted, Rejected, Said, Unavailable
from bot.gifts.reasons import Reason
from bot.gifts.wording import say
from tests.proof.world.clock import WorldClock
from tests.proof.world.fate import Fate
from tests.proof.world.wire import Life, Network, certain

APPROVALS = "C-approvals"
GENERAL = "C-general"
SETTLE = timedelta(seconds=30)
_SERVICE = "Slack"
_REQUEST_LATE = 15.0  # and as long again until the history shows it: together within SETTLE
_HISTORY_LATE = 12.0
_A_PAGE = 100


@dataclass(slots=True)
class Post:
    """A message on the screen, with the letter that it last showed; the link stays as it was posted."""

    channel: str
    ts: str
    mail: Mail
    link: str | None
    in_history_at: datetime

    @property
    def reader(self) -> str:
        """Whose direct messages it is in, or which channel."""
        return self.channel.removeprefix("D-")


class Chat:
    """Slack itself; it outlives every life of the bot."""

    def __init__(self, clock: WorldClock, fate: Fate, people: Collection[str]) -> None:
        self._clock = clock
        self._fate = fate
        self.posts: list[Post] = []
        self.unreachable = {person for person in people if fate.happens(0.03)}

    def open(self, to: str) -> str | Rejected:
        """The channel in which to write to a person or channel."""
        if to in self.unreachable:
            return Rejected(Reason.RECIPIENT_UNREACHABLE, "user_disabled")
        return to if to.startswith("C-") else f"D-{to}"

    def post(self, channel: str, mail: Mail) -> Posted:
        """Show a message."""
        late = timedelta(seconds=self._fate.between(0, _HISTORY_LATE))
        link = mail.link.get_secret_value() if isinstance(mail, Letter) and mail.link else None
        ts = f"{self._clock.now().timestamp() + len(self.posts) / 1_000_000:.6f}"
        post = Post(channel, ts, mail, link, self._clock.now() + late)
        self.posts.append(post)
        return Posted(channel, post.ts)

    def find(self, message: Message) -> Posted | Absent | Rejected:
        """Look through the history of direct messages; that of channels is closed to the bot."""
        if message.channel and message.channel.startswith("C-"):
            return Rejected(Reason.MESSAGE_UNCERTAIN, "missing_scope")
        for post in self.posts:
            if post.mail.message.id == message.id and post.in_history_at <= self._clock.now():
                return Posted(post.channel, post.ts)
        return Absent()

    def said(self, channel: str) -> list[Said] | Rejected:
        """The bot's own messages in the history of direct messages."""
        if channel.startswith("C-"):
            return Rejected(Reason.MESSAGE_UNCERTAIN, "missing_scope")
        now = self._clock.now()
        shown = [post for post in self.posts if post.channel == channel and post.in_history_at <= now]
        return [Said(post.mail.message.id, post.ts) for post in shown[-_A_PAGE:]]

    def update(self, mail: Mail) -> Posted | Rejected:
        """Show a message anew."""
        place = mail.message.channel, mail.message.ts
        for post in self.posts:
            if (post.channel, post.ts) == place:
                post.mail = mail
                return Posted(post.channel, post.ts)
        return Rejected(Reason.UNEXPECTED, "message_not_found")

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

    async def open(self, to: str) -> str | Rejected | Unavailable:
        """The channel in which to write."""
        return certain(await self._network.call(self._life, _SERVICE, f"open {to}", lambda: self._chat.open(to)))

    async def post(self, channel: str, mail: Mail) -> Posted | Rejected | Unavailable | OutcomeUnknown:
        """Post once."""
        name = f"post {mail.message.kind} to {channel}"
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

    async def update(self, mail: Mail) -> Posted | Rejected | Unavailable:
        """Show a message anew."""
        name = f"update {mail.message.kind}"
        return certain(await self._network.call(self._life, _SERVICE, name, lambda: self._chat.update(mail)))

    async def known(self, slack_id: str) -> Person:
        """Somebody."""
        return (await self.look_up([slack_id]))[slack_id]

    async def members(self, groups: Collection[str]) -> Mapping[str, frozenset[str]]:
        """Nobody here is in a group."""
        return {group: frozenset() for group in groups}

    async def look_up(self, ids: Collection[str]) -> Mapping[str, Person]:
        """Everybody asked for."""
        found = await self._network.call(
            self._life, _SERVICE, "the directory", lambda: {person: Person(person, person) for person in ids}
        )
        if isinstance(found, dict):
            return found
        raise Invalid({Field.RECIPIENTS: say("Slack cannot be asked just now.")})
