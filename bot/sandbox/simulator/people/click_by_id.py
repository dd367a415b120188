"""The hand of somebody who points: at a page that shows the workspace, things are found by their ids.

`Person` finds them by the words on them, as tests and the demo tell a story. What reaches the app is the same.
"""

from collections.abc import Mapping
from typing import Any, Final

from bot.sandbox.simulator.people.input_values import CannotDoThat, Filling
from bot.sandbox.simulator.people.person import Person
from bot.sandbox.simulator.people.rendered_views import Button, Modal, ShownMessage, ShownView, Surface, clickable_in
from bot.sandbox.simulator.people.submission import missing
from bot.sandbox.simulator.slack.delivery import Kind
from bot.sandbox.simulator.slack.records import Json, View
from bot.sandbox.simulator.slack.view_state import Field, fields_of, options_of
from bot.sandbox.simulator.slack.workspace import Workspace

GONE: Final = "This is no longer on your screen."

Key = tuple[str, str]  # block_id and action_id


class Pointer:
    """Acts for one person on what that person sees at this moment."""

    def __init__(self, workspace: Workspace, person: Person) -> None:
        self.person = person
        self._workspace = workspace
        self._offered: dict[tuple[str, Key], list[Json]] = {}  # by external selects, the last time they were asked

    def message(self, channel_id: str, ts: str) -> ShownMessage:
        """Find a message that the person sees."""
        person = self.person.id
        channel = self._workspace.channels.get(channel_id)
        if channel is not None and person in channel.members:
            for message in reversed([*self._workspace.history(channel_id), *self._workspace.private_replies(person)]):
                if (message.channel, message.ts) == (channel_id, ts):
                    return ShownMessage(self._workspace, message)
        raise CannotDoThat(GONE)

    def view(self, view_id: str) -> ShownView:
        """Find the modal on top, or the Home tab."""
        for view in (self.person.modal, self.person.home):
            if view is not None and view.record.id == view_id:
                return view
        raise CannotDoThat(GONE)

    async def clicks(self, surface: ShownMessage | ShownView, key: Key, option: str | None = None) -> None:
        """Click a button, or the option with this value of an overflow menu.

        It may have gone meanwhile: whoever was still asked whether they are sure can say yes, and Slack passes it on.
        """
        for version in reversed(surface.versions):
            for button in clickable_in(version["blocks"]):
                if _key(button) == key and (button.option is None or button.option["value"] == option):
                    await self._send(self.person.payloads.button_click(surface, button))
                    return
        raise CannotDoThat(GONE)

    async def searches(self, view: ShownView, key: Key, typed: str) -> Json:
        """Ask the app for the options of an external select, and give its answer."""
        answer = await self._send(self.person.payloads.block_suggestion(view, _field(view, key), typed))
        self._offered[view.record.id, key] = options_of(answer)
        return answer

    async def fills(self, surface: Surface, key: Key, value: Any) -> None:
        """Put a value into a field, as the field's kind has it: a text, a date, an option's value, an id, or a list.

        Raises:
            CannotDoThat: the value does not fit or is not offered; in a modal it is also said under the field.
        """
        field = _field(surface, key)
        view = surface.record if isinstance(surface, ShownView) else None
        try:
            state = self._state(view, field, value)
        except CannotDoThat as complaint:
            if view is not None:
                view.errors[field.block_id] = str(complaint)
                self._workspace.bell.ring()
            raise
        if view is not None:
            view.filled[key] = state
            view.errors.pop(field.block_id, None)
            self._workspace.bell.ring()
        if field.dispatches:
            await self._send(self.person.payloads.choice(surface, field, state))

    async def submits(self, view_id: str, values: Mapping[Key, Any]) -> None:
        """Submit the modal on top with these values; complaints are then in its errors."""
        modal = self._modal(view_id)
        view = modal.record
        view.errors = {}
        for field in modal.fields():
            if field.key in values:
                try:
                    view.filled[field.key] = self._state(view, field, values[field.key])
                except CannotDoThat as complaint:
                    view.errors[field.block_id] = str(complaint)
        if view.errors:
            view.errors = missing(view) | view.errors
            self._workspace.bell.ring()
        else:
            await self.person.submits()

    async def closes(self, view_id: str) -> None:
        """Close the modal on top."""
        self._modal(view_id)
        await self.person.closes()

    async def uses_shortcut(self, callback_id: str, on: ShownMessage | None = None) -> None:
        """Choose a shortcut: of the list that is offered everywhere, or of a message's menu."""
        kind = "message" if on else "global"
        if all((one.callback_id, one.type) != (callback_id, kind) for one in self._workspace.manifest.shortcuts):
            raise CannotDoThat("There is no such shortcut.")
        payloads = self.person.payloads
        await self._send(payloads.message_action(callback_id, on) if on else payloads.shortcut(callback_id))

    async def _send(self, payload: Json) -> Json:
        return await self.person.sends(Kind.INTERACTIVE, payload)

    def _modal(self, view_id: str) -> Modal:
        view = self.view(view_id)
        if not isinstance(view, Modal):
            raise CannotDoThat(GONE)
        return view

    def _state(self, view: View | None, field: Field, value: Any) -> Json:
        options = self._options(view, field)
        meant = self._meant(field, value, options)
        return Filling(self._workspace, self.person.id, field, options).state(meant)

    def _options(self, view: View | None, field: Field) -> list[Json]:
        if field.element["type"] != "external_select":
            return options_of(field.element)
        chosen = view.filled.get(field.key, field.untouched())["selected_option"] if view else None
        offered = self._offered.get((view.id, field.key), []) if view else []
        return [*offered, *([chosen] if chosen else [])]

    def _meant(self, field: Field, value: Any, options: list[Json]) -> Any:
        """Translate what a page holds, which is ids, into what a person thinks of."""
        match field.element["type"], value:
            case _, None | "" | []:
                return None
            case "static_select", str():
                return _named(value, options)
            case "external_select", dict():
                return value
            case "checkboxes", list():
                return [_named(item, options) for item in value]
            case "users_select", str():
                return self._workspace.users.get(value, Nobody(value))
            case "multi_users_select", list():
                return [self._workspace.users.get(item, Nobody(item)) for item in value]
            case "conversations_select", str():
                return self._workspace.channels.get(value, value)
            case "plain_text_input" | "number_input" | "datepicker", str():
                return value
        raise CannotDoThat(f"{field.label}: this does not fit")


class Nobody:
    """Whoever an id names that nobody has."""

    def __init__(self, user_id: str) -> None:
        self.id = user_id


def _key(button: Button) -> Key:
    return button.block_id, button.element["action_id"]


def _named(value: str, options: list[Json]) -> Json | str:
    return next((option for option in options if option["value"] == value), value)


def _field(surface: Surface, key: Key) -> Field:
    for field in fields_of(surface.blocks):
        if field.key == key:
            return field
    raise CannotDoThat(GONE)
