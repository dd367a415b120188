"""The fields of a view: their labels, what they hold at first, and the state Slack reports of them."""

import copy
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from bot.sandbox.simulator.slack.records import Json

# element type -> the key of its value in the state, the key of its initial value, and the value when empty
STATEFUL: Final[dict[str, tuple[str, str, Any]]] = {
    "plain_text_input": ("value", "initial_value", None),
    "number_input": ("value", "initial_value", None),
    "static_select": ("selected_option", "initial_option", None),
    "external_select": ("selected_option", "initial_option", None),
    "users_select": ("selected_user", "initial_user", None),
    "multi_users_select": ("selected_users", "initial_users", []),
    "conversations_select": ("selected_conversation", "initial_conversation", None),
    "datepicker": ("selected_date", "initial_date", None),
    "checkboxes": ("selected_options", "initial_options", []),
}

Filled = dict[tuple[str, str], Json]


@dataclass(frozen=True)
class Field:
    """One thing that can be filled in, under the words a person finds it by."""

    label: str
    block_id: str
    element: Json
    required: bool
    dispatches: bool

    @property
    def key(self) -> tuple[str, str]:
        """Give its place in the state: block_id and action_id."""
        return self.block_id, self.element["action_id"]

    def holding(self, value: Any) -> Json:
        """Write a value as the state does."""
        return {"type": self.element["type"], STATEFUL[self.element["type"]][0]: value}

    def untouched(self) -> Json:
        """Write what the field holds before anybody touches it."""
        _, initial, empty = STATEFUL[self.element["type"]]
        return self.holding(self.element.get(initial, empty))


def with_ids(body: Json) -> Json:
    """Copy a view or message and give every block and element the id that its author left out."""
    body = copy.deepcopy(body)
    for block in body["blocks"]:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        for element in elements_of(block):
            if element["type"] != "image":
                element.setdefault("action_id", secrets.token_urlsafe(4))
    return body


def elements_of(block: Json) -> list[Json]:
    """Give the interactive elements of a block."""
    if block["type"] == "input":
        return [block["element"]]
    if block["type"] == "section" and "accessory" in block:
        return [block["accessory"]]
    return list(block["elements"]) if block["type"] == "actions" else []


def fields_of(blocks: list[Json]) -> Iterator[Field]:
    """Go through everything that can be filled in, from top to bottom."""
    for block in blocks:
        for element in elements_of(block):
            if element["type"] not in STATEFUL:
                continue
            is_input = block["type"] == "input"
            required = is_input and not block.get("optional", False)
            dispatches = not is_input or block.get("dispatch_action", False)
            yield Field(_label(block, element), block["block_id"], element, required, dispatches)


def options_of(element: Json) -> list[Json]:
    """Give the options that a select or checkboxes carry with them."""
    groups = [group["options"] for group in element.get("option_groups", [])]
    return [*element.get("options", []), *(option for group in groups for option in group)]


def _label(block: Json, element: Json) -> str:
    for text in (block.get("label"), element.get("placeholder"), block.get("text")):
        if text is not None:
            return str(text["text"])
    return str(element["action_id"])


def state_of(blocks: list[Json], filled: Filled) -> Json:
    """Write view.state: every field with what was filled in, or what it held at first."""
    values: dict[str, Json] = {}
    for field in fields_of(blocks):
        block_id, action_id = field.key
        values.setdefault(block_id, {})[action_id] = filled.get(field.key, field.untouched())
    return {"values": values}


def keep_what_still_fits(filled: Filled, blocks: list[Json]) -> Filled:
    """Keep what was filled in where the same field is still there."""
    kinds = {field.key: field.element["type"] for field in fields_of(blocks)}
    return {key: value for key, value in filled.items() if kinds.get(key) == value["type"]}
