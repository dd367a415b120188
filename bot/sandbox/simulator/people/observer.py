"""The eyes of a person: everything that somebody in the workspace can see at this moment, and waiting to see it."""

from collections.abc import Callable
from typing import TypeVar

from bot.sandbox.simulator.people.input_values import CannotDoThat
from bot.sandbox.simulator.people.rendered_views import Home, Modal, ShownMessage, Surface
from bot.sandbox.simulator.slack.records import Channel, Message, User
from bot.sandbox.simulator.slack.workspace import Workspace

Found = TypeVar("Found")
Seen = TypeVar("Seen", bound=Surface)


class Eyes:
    """What one person sees of a workspace."""

    def __init__(self, workspace: Workspace, user: User) -> None:
        self.user = user
        self.patience = 1.0
        self._workspace = workspace
        self._home_opened_ts = "0"

    @property
    def id(self) -> str:
        """Give the user id."""
        return self.user.id

    @property
    def name(self) -> str:
        """Give the name that others read."""
        return self.user.real_name

    @property
    def modal(self) -> Modal | None:
        """Give the modal on the screen, the top one, or None."""
        view = self._workspace.views.top(self.id)
        return Modal(self._workspace, view) if view else None

    @property
    def home(self) -> Home | None:
        """Give the Home tab, once the app has published it."""
        view = self._workspace.views.home(self.id)
        return Home(self._workspace, view) if view else None

    @property
    def private_replies(self) -> list[ShownMessage]:
        """Give what only this person sees: ephemeral messages and answers to commands, oldest first."""
        return self._shown(self._workspace.private_replies(self.id))

    def messages(self) -> list[ShownMessage]:
        """Give the direct messages with the bot, oldest first."""
        return self.channel_messages(self._workspace.im(self.id))

    def channel_messages(self, channel: Channel) -> list[ShownMessage]:
        """Give the messages of a channel, oldest first."""
        if self.id not in channel.members:
            raise CannotDoThat(f"{self.name} is not in #{channel.name}")
        return self._shown(self._workspace.history(channel.id))

    def surfaces(self) -> list[Surface]:
        """Give everything this person can see: an open modal first, then what they looked at last."""
        mine = {channel.id for channel in self._workspace.channels.values() if self.id in channel.members}
        seen = [message for channel in mine for message in self._workspace.history(channel)]
        dated: list[tuple[float, Surface]] = [(float(m.ts), s) for m, s in zip(seen, self._shown(seen), strict=True)]
        dated += [(float(reply.ts), reply) for reply in self.private_replies]
        if (home := self.home) is not None:
            dated.append((float(self._home_opened_ts), home))
        dated.sort(key=lambda one: one[0], reverse=True)
        return [*([modal] if (modal := self.modal) else []), *(surface for _, surface in dated)]

    async def sees(self, text: str, timeout: float = 5.0) -> Surface:  # noqa: ASYNC109
        """Wait until anything on the screen contains the text, and give it."""
        return await self._until(
            lambda: _first(self.surfaces(), text),
            lambda: f"{self.name} does not see {text!r}, but {self.surfaces()}",
            timeout,
        )

    async def sees_modal(self, title: str, timeout: float = 5.0) -> Modal:  # noqa: ASYNC109
        """Wait until the modal on the screen has this title, and give it."""
        return await self._until(
            lambda: modal if (modal := self.modal) and modal.title == title else None,
            lambda: f"{self.name} has no modal {title!r} open, but {self.modal}",
            timeout,
        )

    async def sees_message(self, text: str, timeout: float = 5.0) -> ShownMessage:  # noqa: ASYNC109
        """Wait until a direct message from the bot contains the text, and give it."""
        return await self._until(
            lambda: _first(self.messages()[::-1], text),
            lambda: f"{self.name} has no direct message with {text!r}, but {self.messages()}",
            timeout,
        )

    def _shown(self, messages: list[Message]) -> list[ShownMessage]:
        return [ShownMessage(self._workspace, message) for message in messages]

    async def _until(
        self,
        look: Callable[[], Found | None],
        complaint: Callable[[], str],
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> Found:
        try:
            return await self._workspace.bell.until(look, self.patience if timeout is None else timeout)
        except TimeoutError:
            raise CannotDoThat(complaint()) from None


def _first(surfaces: list[Seen], text: str) -> Seen | None:
    return next((surface for surface in surfaces if text in surface.text_shown), None)
