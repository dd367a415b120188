"""Filling in a field as a person can: only what is offered, and no more than fits."""

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, Protocol

from bot.sandbox.simulator.slack.records import Channel, Json
from bot.sandbox.simulator.slack.view_state import Field
from bot.sandbox.simulator.slack.workspace import Workspace

LONGEST_TEXT: Final = 3000
MOST_PEOPLE: Final = 1000
NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")


class CannotDoThat(AssertionError):
    """Somebody tried what the screen does not offer."""


class Somebody(Protocol):
    """Whoever has a user id."""

    @property
    def id(self) -> str:
        """Give the user id."""


class Filling:
    """One attempt to fill in a field with a value as a person thinks of it."""

    def __init__(self, workspace: Workspace, user_id: str, field: Field, options: Sequence[Json]) -> None:
        self._workspace = workspace
        self._user_id = user_id
        self._field = field
        self._element = field.element
        self._options = options

    def state(self, value: Any) -> Json:
        """Give the state of the field once the value is in it."""
        kind = self._element["type"]
        if value in (None, "", []):
            return self._field.holding([] if kind in {"multi_users_select", "checkboxes"} else None)
        held: Any
        match kind:
            case "plain_text_input":
                held = self._text(value)
            case "number_input":
                held = self._number(str(value))
            case "static_select" | "external_select":
                held = self._option(value)
            case "checkboxes":
                held = [self._option(text) for text in value]
            case "users_select":
                held = self._person(value)
            case "multi_users_select":
                held = self._people(value)
            case "conversations_select":
                held = self._conversation(value)
            case _:
                held = self._date(str(value))
        return self._field.holding(held)

    def _no(self, why: str) -> CannotDoThat:
        return CannotDoThat(f"{self._field.label}: {why}")

    def _text(self, value: str) -> str:
        least, most = self._element.get("min_length", 0), self._element.get("max_length", LONGEST_TEXT)
        if not least <= len(value) <= most:
            raise self._no(f"{len(value)} characters do not fit, {least} to {most} would")
        return value

    def _number(self, value: str) -> str:
        if not NUMBER.fullmatch(value):
            raise self._no(f"{value!r} is no number")
        if "." in value and not self._element["is_decimal_allowed"]:
            raise self._no("only whole numbers fit")
        least, most = self._element.get("min_value"), self._element.get("max_value")
        if least is not None and Decimal(value) < Decimal(least):
            raise self._no(f"{value} is less than {least}")
        if most is not None and Decimal(value) > Decimal(most):
            raise self._no(f"{value} is more than {most}")
        return value

    def _date(self, value: str) -> str:
        try:
            return dt.date.fromisoformat(value).isoformat()
        except ValueError:
            raise self._no(f"{value!r} is no date") from None

    def _option(self, wanted: str | Json) -> Json:
        """Give the option that reads like this, or that is this one."""
        for option in self._options:
            if wanted in (option, option["text"]["text"]):
                return option
        offered = [option["text"]["text"] for option in self._options]
        raise self._no(f"{wanted!r} is not offered, but {offered}")

    def _person(self, somebody: Somebody) -> str:
        if somebody.id not in self._workspace.users:
            raise self._no(f"nobody has the id {somebody.id}")
        return somebody.id

    def _people(self, people: Sequence[Somebody]) -> list[str]:
        most = self._element.get("max_selected_items", MOST_PEOPLE)
        if len(people) > most:
            raise self._no(f"only {most} can be chosen")
        return [self._person(somebody) for somebody in people]

    def _conversation(self, wanted: Channel | Somebody | str) -> str:
        for channel in self._workspace.channels.values():
            named = isinstance(wanted, str) and channel.name == wanted.removeprefix("#")
            if (named or channel is wanted) and self._offers(channel):
                return channel.id
        raise self._no(f"{wanted!r} is not offered")

    def _offers(self, channel: Channel) -> bool:
        kind = "im" if channel.im_of else "private" if channel.is_private else "public"
        included = self._element.get("filter", {}).get("include", [kind])
        return kind in included and (kind == "public" or self._user_id in channel.members)
