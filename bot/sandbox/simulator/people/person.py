"""People: the hands of the simulator. They type, fill in and click only what they really see.

Every act gives the app the payload that Slack would send and obeys its acknowledgement. An act waits a moment
(patience) for what it needs to appear on the screen, as a person would, and then says that it cannot be done.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from bot.sandbox.simulator.people.input_values import CannotDoThat, Filling
from bot.sandbox.simulator.people.observer import Eyes
from bot.sandbox.simulator.people.payloads import Payloads
from bot.sandbox.simulator.people.rendered_views import Button, Home, Modal, ShownMessage, ShownView, Surface
from bot.sandbox.simulator.people.submission import missing, obey
from bot.sandbox.simulator.slack import blockkit, methods_chat
from bot.sandbox.simulator.slack.delivery import Kind
from bot.sandbox.simulator.slack.records import Channel, Json, User
from bot.sandbox.simulator.slack.triggers import Reply
from bot.sandbox.simulator.slack.view_state import Field, fields_of, options_of
from bot.sandbox.simulator.slack.workspace import Workspace

Deliver = Callable[[Kind, Json], Awaitable[Json]]


@dataclass(frozen=True)
class Dialog:
    """The question that Slack asks before a click counts."""

    title: str
    text: str
    confirm: str
    deny: str
    surface: Surface
    button: Button


class Person(Eyes):
    """Somebody who sees, types, fills in and clicks."""

    def __init__(self, workspace: Workspace, user: User, deliver: Deliver) -> None:
        super().__init__(workspace, user)
        self.payloads = Payloads(workspace, user)
        self.dialog: Dialog | None = None
        self.opened_links: list[str] = []
        self._deliver = deliver

    async def sends(self, kind: Kind | str, payload: Json) -> Json:
        """Let Slack deliver a payload as it is, and give the app's acknowledgement; nothing is obeyed."""
        return await self._deliver(Kind(kind), payload)

    async def says(self, text: str, channel: Channel) -> ShownMessage:
        """Post a message of one's own in a channel."""
        return ShownMessage(self._workspace, self._workspace.post(self._entered(channel), text, [], author=self.user))

    async def writes(self, text: str, channel: Channel) -> ShownMessage:
        """Type a message into a channel: Slack escapes it, and links the names in it."""
        linked = re.sub(r"<([@#]\w+)\|[^>]*>", r"<\1>", self._escaped(escape(text, quote=False)))
        return await self.says(linked, channel)

    async def types(self, line: str, channel: Channel | None = None) -> None:
        """Type a slash command in a channel, or in the notes to oneself, where no bot is."""
        place = self._entered(channel or self._workspace.notes_to_self(self.id))
        name, _, text = line.partition(" ")
        command = next((one for one in self._workspace.manifest.commands if one.command == name), None)
        if command is None:
            raise CannotDoThat(f"{name} is not a valid command.")
        escaped = self._escaped(text.strip()) if command.should_escape else text.strip()
        answer = await self._deliver(Kind.SLASH_COMMANDS, self.payloads.slash_command(name, escaped, place))
        if answer:
            blockkit.check_message(answer)
            reply = Reply(place.id, self.id, None, self._workspace.clock())
            methods_chat.respond(self._workspace, reply, answer)

    async def uses_shortcut(self, name: str) -> None:
        """Choose a shortcut from the list that is offered everywhere."""
        await self._deliver(Kind.INTERACTIVE, self.payloads.shortcut(self._shortcut(name, "global")))

    async def uses_message_shortcut(self, name: str, message: ShownMessage) -> None:
        """Choose a shortcut from the menu of a message."""
        callback_id = self._shortcut(name, "message")
        await self._deliver(Kind.INTERACTIVE, self.payloads.message_action(callback_id, message))

    async def opens_home(self) -> Home:
        """Open the Home tab and wait until the app has published it."""
        self._check_home()
        home = self.home
        published = len(home.record.versions) if home else 0
        self._home_opened_ts = self._workspace.next_ts()
        await self._deliver(Kind.EVENTS_API, self.payloads.app_home_opened(home))
        return await self._until(
            lambda: shown if (shown := self.home) and len(shown.record.versions) > published else None,
            lambda: f"the app does not publish the Home tab of {self.name}",
            5.0,
        )

    async def fills(self, values: Mapping[str, Any]) -> None:
        """Fill in fields of the open modal, by label; None empties a field."""
        for label, value in values.items():
            await self._fill(label, value)

    async def chooses(self, label: str, value: Any, on: ShownView) -> None:
        """Choose in a field that is in no form, such as a menu on the Home tab: the app hears of it at once."""
        field = next((field for field in fields_of(on.blocks) if field.label == label), None)
        if field is None:
            raise CannotDoThat(f"{self.name} sees no field {label!r}")
        state = Filling(self._workspace, self.id, field, options_of(field.element)).state(value)
        on.record.filled[field.key] = state
        await self._deliver(Kind.INTERACTIVE, self.payloads.choice(on, field, state))

    async def searches(self, label: str, words: str) -> list[str]:
        """Type into a field that suggests what can be chosen, a letter at a time, and give what it offers at last."""
        modal, field = await self._visible_field(label)
        for letters in range(len(words)):
            await self._suggested(modal, field, words[:letters])
        return [str(option["text"]["text"]) for option in await self._suggested(modal, field, words)]

    async def submits(self) -> None:
        """Submit the open modal; complaints are then in modal.errors."""
        modal = await self._open_modal()
        view = modal.record
        if "submit" not in view.body:
            raise CannotDoThat(f"{modal.title!r} cannot be submitted")
        view.errors = missing(view)
        if not view.errors:
            obey(self._workspace, view, await self._deliver(Kind.INTERACTIVE, self.payloads.view_submission(modal)))
        self._workspace.bell.ring()

    async def closes(self) -> None:
        """Close the open modal; the one below it is seen again, unless closing clears all."""
        view = (await self._open_modal()).record
        cleared = bool(view.body.get("clear_on_close"))
        closed = self._workspace.views.clear(self.id) if cleared else [view]
        self._workspace.views.close(view)
        self._workspace.bell.ring()
        for one in closed:
            if one.body.get("notify_on_close"):
                payload = self.payloads.view_closed(Modal(self._workspace, one), is_cleared=cleared)
                await self._deliver(Kind.INTERACTIVE, payload)

    async def clicks(self, text: str, on: Surface | None = None, *, confirm: bool = False) -> None:
        """Click the newest button with this text; a question it asks first is answered by confirm."""
        surface, button = await self._until(
            lambda: self._find_button(text, on),
            lambda: f"{self.name} sees no button {text!r}, but {self._buttons(on)}",
        )
        question = button.element.get("confirm")
        if question is None:
            if confirm:
                raise CannotDoThat(f"{text!r} asks nothing that could be confirmed")
            await self._press(surface, button)
            return
        words = {part: question[part]["text"] for part in ("title", "text", "confirm", "deny")}
        self.dialog = Dialog(**words, surface=surface, button=button)
        if confirm:
            await self.confirms()

    async def confirms(self) -> None:
        """Say yes to the question on the screen."""
        dialog = self._answered()
        await self._press(dialog.surface, dialog.button)

    async def dismisses(self) -> None:
        """Say no to the question on the screen."""
        self._answered()

    def _answered(self) -> Dialog:
        if self.dialog is None:
            raise CannotDoThat("nothing was asked")
        dialog, self.dialog = self.dialog, None
        return dialog

    async def _press(self, surface: Surface, button: Button) -> None:
        if button.url is not None:
            self.opened_links.append(button.url)
        await self._deliver(Kind.INTERACTIVE, self.payloads.button_click(surface, button))

    def _reachable(self, on: Surface | None) -> list[Surface]:
        """Give where a click can land: an open modal covers everything else."""
        if on is not None:
            return [on]
        return [modal] if (modal := self.modal) else self.surfaces()

    def _find_button(self, text: str, on: Surface | None) -> tuple[Surface, Button] | None:
        for surface in self._reachable(on):
            if (button := surface.button(text)) is not None:
                return surface, button
        return None

    def _buttons(self, on: Surface | None) -> list[str]:
        return [text for surface in self._reachable(on) for text in surface.buttons]

    async def _open_modal(self) -> Modal:
        return await self._until(lambda: self.modal, lambda: f"{self.name} has no modal open")

    async def _fill(self, label: str, value: Any) -> None:
        modal, field = await self._visible_field(label)
        view = modal.record
        searched = field.element["type"] == "external_select"
        typed = str(value).removesuffix("…")  # nobody types the sign of a name that was cut
        options = await self._suggested(modal, field, typed) if searched else options_of(field.element)
        state = Filling(self._workspace, self.id, field, options).state(value)
        view.filled[field.key] = state
        view.errors.pop(field.block_id, None)
        if field.dispatches:
            await self._deliver(Kind.INTERACTIVE, self.payloads.choice(modal, field, state))

    async def _suggested(self, modal: Modal, field: Field, typed: str) -> list[Json]:
        answer = await self._deliver(Kind.INTERACTIVE, self.payloads.block_suggestion(modal, field, typed))
        blockkit.check_options(answer)
        return options_of(answer)

    async def _visible_field(self, label: str) -> tuple[Modal, Field]:
        return await self._until(
            lambda: self._find_field(label),
            lambda: f"{self.name} sees no field {label!r}, but {self.modal.labels if self.modal else 'no modal'}",
        )

    def _find_field(self, label: str) -> tuple[Modal, Field] | None:
        modal = self.modal
        fields = modal.fields() if modal else []
        return next(((modal, field) for field in fields if modal and field.label == label), None)

    def _shortcut(self, name: str, kind: str) -> str:
        for shortcut in self._workspace.manifest.shortcuts:
            if (shortcut.name, shortcut.type) == (name, kind):
                return shortcut.callback_id
        raise CannotDoThat(f"there is no {kind} shortcut {name!r}")

    def _check_home(self) -> None:
        manifest = self._workspace.manifest
        if not manifest.home_tab_enabled or "app_home_opened" not in manifest.bot_events:
            raise CannotDoThat("the app has no Home tab that it could publish")

    def _entered(self, channel: Channel) -> Channel:
        if self.id not in channel.members:
            raise CannotDoThat(f"{self.name} is not in #{channel.name}")
        return channel

    def _escaped(self, text: str) -> str:
        """Write @name and #channel as Slack sends them to a command that asked for it."""
        users = {
            f"@{name}": f"<@{user.id}|{user.name}>"
            for user in self._workspace.users.values()
            for name in (user.real_name, user.name)
        }
        channels = {f"#{c.name}": f"<#{c.id}|{c.name}>" for c in self._workspace.channels.values() if not c.im_of}
        names = users | channels
        longest_first = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        return re.sub(rf"({longest_first})(?!\w)", lambda found: names[found[1]], text)
