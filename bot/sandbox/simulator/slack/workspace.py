"""A Slack workspace as a state without HTTP: who is there, what was said, and who can see what."""

import itertools
import time
from typing import Final

from bot.sandbox.simulator.condition import Bell
from bot.sandbox.simulator.slack.manifest import Manifest
from bot.sandbox.simulator.slack.mrkdwn import GROUP
from bot.sandbox.simulator.slack.records import Channel, Json, Message, SlackError, User, UserGroup, new_id
from bot.sandbox.simulator.slack.triggers import Clock, ResponseUrls, Triggers
from bot.sandbox.simulator.slack.views import Views

SLACKBOT: Final = "USLACKBOT"
TEAM_DOMAIN: Final = "simulated"


class Workspace:
    """One workspace with one app installed in it."""

    def __init__(self, manifest: Manifest, clock: Clock = time.time) -> None:
        self.manifest = manifest
        self.clock = clock
        self.team_id = new_id("T")
        self.app_id = new_id("A")
        self.bot_id = new_id("B")
        self.bell = Bell()
        self.users: dict[str, User] = {}
        self.groups: dict[str, UserGroup] = {}
        self.channels: dict[str, Channel] = {}
        self.all_messages: list[Message] = []
        self.triggers = Triggers(clock)
        self.response_urls = ResponseUrls(clock)
        self.views = Views(self.team_id, self.app_id, self.bot_id)
        self.bot = self._join(User(new_id("U"), manifest.app_name.lower(), manifest.app_name, self.team_id))
        self.bot.is_bot = True
        self._join(User(SLACKBOT, "slackbot", "Slackbot", self.team_id))  # Slack does not call it a bot
        self.origin = ""  # scheme, host and port of the server, once it listens
        self._last_ts = 0
        self._names = itertools.count(1)

    def _join(self, user: User) -> User:
        self.users[user.id] = user
        return user

    def add_user(
        self,
        real_name: str,
        *,
        locale: str = "en-GB",
        time_zone: str = "Europe/London",
        team_id: str | None = None,
        **flags: bool,
    ) -> User:
        """Let somebody join; flags are is_bot, is_restricted, is_ultra_restricted and deleted."""
        taken = {user.name for user in self.users.values()}
        name = real_name.lower().replace(" ", ".")
        while name in taken:
            name = f"{name}{next(self._names)}"
        user = User(new_id("U"), name, real_name, team_id or self.team_id, locale, time_zone, **flags)
        return self._join(user)

    def deactivate(self, user_id: str) -> None:
        """Deactivate somebody, as an admin does when a person leaves."""
        self.user(user_id).deleted = True
        self.bell.ring()

    def becomes_guest(self, user_id: str) -> None:
        """Turn somebody's account into a guest's, as an admin can."""
        self.user(user_id).is_restricted = True
        self.bell.ring()

    def user(self, user_id: str) -> User:
        """Find a user by id."""
        if user_id not in self.users:
            raise SlackError("user_not_found")
        return self.users[user_id]

    def add_group(self, name: str, members: list[str]) -> UserGroup:
        """Create a user group with these members."""
        group = UserGroup(new_id("S"), self.team_id, name, members, int(self.clock()))
        self.groups[group.id] = group
        return group

    def group(self, group_id: str) -> UserGroup:
        """Find a user group by id."""
        if group_id not in self.groups:
            raise SlackError("no_such_subteam")
        return self.groups[group_id]

    def change_group(self, group: UserGroup, members: list[str]) -> None:
        """Let these be the members of a group from now on."""
        group.members, group.updated_before, group.updated = members, group.updated, int(self.clock())

    def add_channel(self, name: str, members: set[str], *, is_private: bool = False) -> Channel:
        """Create a channel with these members."""
        channel = Channel(new_id("C"), name, members, is_private)
        self.channels[channel.id] = channel
        return channel

    def im(self, user_id: str) -> Channel:
        """Give the direct messages of a person with the bot; they are there as soon as they are asked for."""
        return self._direct_messages(user_id, {user_id, self.bot.id})

    def notes_to_self(self, user_id: str) -> Channel:
        """Give the direct messages of a person with themselves, where no bot is."""
        return self._direct_messages(user_id, {user_id})

    def _direct_messages(self, user_id: str, members: set[str]) -> Channel:
        for channel in self.channels.values():
            if channel.im_of == user_id and channel.members == members:
                return channel
        channel = Channel(new_id("D"), "directmessage", members, is_private=True, im_of=user_id)
        self.channels[channel.id] = channel
        return channel

    def channel_for_bot(self, channel_id: str) -> Channel:
        """Find a channel that the bot may know of: not a private one that it is not in."""
        channel = self.channels.get(channel_id)
        if channel is None or (channel.is_private and self.bot.id not in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def next_ts(self) -> str:
        """Give a message's ts: unique, and later than every one before."""
        self._last_ts = max(self._last_ts + 1, int(self.clock() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06}"

    def post(
        self,
        channel: Channel,
        text: str,
        blocks: list[Json],
        *,
        author: User | None = None,
        ephemeral_to: str | None = None,
        metadata: Json | None = None,
        unfurl: tuple[bool | None, bool | None] = (None, None),
    ) -> Message:
        """Show a message in a channel, from the bot unless an author is named."""
        message = Message(
            channel=channel.id,
            ts=self.next_ts(),
            user=(author or self.bot).id,
            team_id=self.team_id,
            text=text,
            blocks=blocks,
            ephemeral_to=ephemeral_to,
            metadata=metadata,
            unfurl_links=unfurl[0],
            unfurl_media=unfurl[1],
            bot_id=self.bot_id if author is None else None,
            app_id=self.app_id if author is None else None,
        )
        self.all_messages.append(message)
        self.bell.ring()
        return message

    def history(self, channel_id: str) -> list[Message]:
        """Give what everybody in a channel can read, oldest first."""
        return [
            message
            for message in self.all_messages
            if message.channel == channel_id and message.ephemeral_to is None and not message.deleted
        ]

    def private_replies(self, user_id: str) -> list[Message]:
        """Give the ephemeral messages that one person sees, oldest first."""
        return [m for m in self.all_messages if m.ephemeral_to == user_id and not m.deleted]

    def find_message(self, channel_id: str, ts: str) -> Message:
        """Find a message that is still there."""
        for message in self.history(channel_id):
            if message.ts == ts:
                return message
        raise SlackError("message_not_found")

    def mention(self, kind: str, name_or_id: str) -> str:
        """Give what people read where a mention names a user (@), a channel (#) or a user group (!subteam^)."""
        if kind == "@" and name_or_id in self.users:
            return f"@{self.users[name_or_id].real_name}"
        if kind == "#" and name_or_id in self.channels:
            return f"#{self.channels[name_or_id].name}"
        if kind == GROUP and name_or_id in self.groups:
            return f"@{self.groups[name_or_id].handle}"
        return kind + name_or_id
