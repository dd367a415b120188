"""What a person sees: a message, a modal or a Home tab, with its words, buttons, links and fields."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from bot.sandbox.simulator.people.input_values import CannotDoThat
from bot.sandbox.simulator.slack.mrkdwn import links_in, render, urls_of, words_of
from bot.sandbox.simulator.slack.records import Json, Message, View
from bot.sandbox.simulator.slack.view_state import Field, elements_of, fields_of, state_of
from bot.sandbox.simulator.slack.workspace import Workspace


@dataclass(frozen=True)
class Button:
    """Something to click: a button, or an option of an overflow menu."""

    text: str
    block_id: str
    element: Json
    option: Json | None = None

    @property
    def url(self) -> str | None:
        """Give the link that the click also opens."""
        url: str | None = (self.option or self.element).get("url")
        return url


class Surface(ABC):
    """Blocks on somebody's screen, as they are at this moment."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    @property
    @abstractmethod
    def blocks(self) -> list[Json]:
        """Give the blocks that are shown."""

    @property
    def text_shown(self) -> str:
        """Give all visible words, as plain text."""
        return "\n".join(words_of(self.blocks, self._workspace.mention))

    @property
    def links(self) -> list[str]:
        """Give every link that can be clicked."""
        return list(dict.fromkeys(urls_of(self.blocks)))

    @property
    def buttons(self) -> list[str]:
        """Give the texts of everything that can be clicked."""
        return [button.text for button in self.clickable()]

    def button(self, text: str) -> Button | None:
        """Find what can be clicked under this text."""
        return next((button for button in self.clickable() if button.text == text), None)

    def clickable(self) -> Iterator[Button]:
        """Go through everything that can be clicked, from top to bottom."""
        return clickable_in(self.blocks)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text_shown!r}, buttons={self.buttons})"


def clickable_in(blocks: list[Json]) -> Iterator[Button]:
    """Go through everything that can be clicked in blocks, from top to bottom."""
    for block in blocks:
        for element in elements_of(block):
            if element["type"] == "button":
                yield Button(unescape(element["text"]["text"]), block["block_id"], element)
            elif element["type"] == "overflow":
                for option in element["options"]:
                    yield Button(unescape(option["text"]["text"]), block["block_id"], element, option)


class ShownMessage(Surface):
    """A message as a person sees it in a channel, in direct messages, or as a private reply."""

    def __init__(self, workspace: Workspace, record: Message) -> None:
        super().__init__(workspace)
        self.record = record

    @property
    def blocks(self) -> list[Json]:
        """Give the blocks that are shown."""
        return [] if self.record.deleted else self.record.blocks

    @property
    def ts(self) -> str:
        """Give the message's id in its channel."""
        return self.record.ts

    @property
    def text_shown(self) -> str:
        """Give all visible words: of the blocks, or the text if there are none."""
        return super().text_shown or render(self.record.text, self._workspace.mention)

    @property
    def links(self) -> list[str]:
        """Give every link that can be clicked."""
        return super().links if self.blocks else links_in(self.record.text)

    @property
    def raw(self) -> str:
        """Give the message as it came over the wire."""
        return json.dumps(self.record.as_json(with_metadata=True), ensure_ascii=False)

    @property
    def versions(self) -> list[Json]:
        """Give everything that the message ever showed, oldest first."""
        return list(self.record.versions)


class ShownView(Surface):
    """A view as a person sees it."""

    def __init__(self, workspace: Workspace, record: View) -> None:
        super().__init__(workspace)
        self.record = record

    @property
    def versions(self) -> list[Json]:
        """Give everything that the view ever showed, oldest first."""
        return list(self.record.versions)

    @property
    def blocks(self) -> list[Json]:
        """Give the blocks that are shown."""
        return self.record.blocks

    @property
    def raw(self) -> str:
        """Give the view as it came over the wire."""
        return json.dumps(self.record.as_json(), ensure_ascii=False)


class Home(ShownView):
    """The Home tab."""


class Modal(ShownView):
    """A modal: a form with a title, fields, and a way out."""

    @property
    def title(self) -> str:
        """Give the title."""
        return str(self.record.body["title"]["text"])

    @property
    def labels(self) -> list[str]:
        """Give the labels of the fields, from top to bottom."""
        return [field.label for field in self.fields()]

    @property
    def errors(self) -> dict[str, str]:
        """Give the complaints that stand under the fields, by label."""
        labels = {field.block_id: field.label for field in self.fields()}
        return {labels[block_id]: text for block_id, text in self.record.errors.items()}

    @property
    def text(self) -> str:
        """Give all visible words: title, blocks, what is filled in, complaints and the two buttons below."""
        ends = [self.record.body[end]["text"] for end in ("submit", "close") if end in self.record.body]
        filled = [str(value) for value in map(self.value, self.labels) if value not in (None, [], "")]
        return "\n".join([self.title, super().text_shown, *filled, *self.errors.values(), *ends])

    @property
    def text_shown(self) -> str:
        """Give all visible words, the same as text."""
        return self.text

    def fields(self) -> list[Field]:
        """Give the fields, from top to bottom."""
        return list(fields_of(self.blocks))

    def value(self, label: str) -> Any:
        """Give what a field holds as a person reads it: texts, names, or a list of them."""
        for field in self.fields():
            if field.label == label:
                block_id, action_id = field.key
                state = state_of(self.blocks, self.record.filled)["values"][block_id][action_id]
                return self._read(next(value for name, value in state.items() if name != "type"))
        raise CannotDoThat(f"there is no field {label!r}, but {self.labels}")

    def _read(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._read(item) for item in value]
        if isinstance(value, dict):
            return value["text"]["text"]
        if isinstance(value, str) and value in self._workspace.users:
            return self._workspace.users[value].real_name
        if isinstance(value, str) and value in self._workspace.channels:
            return f"#{self._workspace.channels[value].name}"
        return value
