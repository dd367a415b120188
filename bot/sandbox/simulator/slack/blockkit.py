"""Block Kit as Slack enforces it: what a message or a view may hold is refused here as Slack refuses it.

A message's problems are invalid_blocks and a view's are invalid_arguments; both say where, with JSON pointers.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from bot.sandbox.simulator.slack.blockkit_elements import (
    IDENTIFIER,
    IMAGE,
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    OPTION,
    OPTION_GROUP,
    URL,
    any_text,
    plain_text,
)
from bot.sandbox.simulator.slack.records import SlackError
from bot.sandbox.simulator.slack.schema import (
    Problems,
    all_of,
    any_field_of,
    boolean,
    complain,
    kinds,
    many,
    shape,
    string,
)

BLOCKS_IN_A_MESSAGE: Final = 50
BLOCKS_IN_A_VIEW: Final = 100
BYTES_IN_A_VIEW: Final = 250_000
OPTIONS_IN_A_MENU: Final = 100
BYTES_OF_METADATA: Final = 8_000

BLOCK_ID: Final = {"block_id": IDENTIFIER}
CONTEXT_ITEM: Final = kinds(
    {
        "image": IMAGE,
        "plain_text": shape({"text": string(3000)}, {"emoji": boolean}),
        "mrkdwn": shape({"text": string(3000)}, {"verbatim": boolean}),
    }
)


def _object(value: Any, pointer: str, problems: Problems) -> None:
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        complain(problems, "must be an object with a type", pointer)


BLOCK: Final = kinds(
    {
        "section": all_of(
            any_field_of("text", "fields"),
            shape(
                {},
                {
                    **BLOCK_ID,
                    "text": any_text(3000),
                    "fields": many(any_text(2000), 10),
                    "accessory": kinds(IN_SECTION),
                    "expand": boolean,
                },
            ),
        ),
        "header": shape({"text": plain_text(150)}, BLOCK_ID),
        "divider": shape({}, BLOCK_ID),
        "context": shape({"elements": many(CONTEXT_ITEM, 10)}, BLOCK_ID),
        "actions": shape({"elements": many(kinds(IN_ACTIONS), 25)}, BLOCK_ID),
        "image": shape({"image_url": URL, "alt_text": string(2000)}, {**BLOCK_ID, "title": plain_text(2000)}),
        "input": shape(
            {"label": plain_text(2000), "element": kinds(IN_INPUT)},
            {**BLOCK_ID, "hint": plain_text(2000), "optional": boolean, "dispatch_action": boolean},
        ),
        "rich_text": shape({"elements": many(_object, 1000)}, BLOCK_ID),
    }
)
OF_ANY_VIEW: Final = {
    "private_metadata": string(3000, least=0),
    "callback_id": string(255, least=0),
    "external_id": string(255, least=0),
}
VIEW_BLOCKS: Final = {"blocks": many(BLOCK, BLOCKS_IN_A_VIEW, least=0)}
VIEWS: Final = {
    "modal": shape(
        {"title": plain_text(24), **VIEW_BLOCKS},
        {
            **OF_ANY_VIEW,
            "submit": plain_text(24),
            "close": plain_text(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
    ),
    "home": shape(VIEW_BLOCKS, OF_ANY_VIEW),
}
MESSAGE_BLOCKS: Final = many(BLOCK, BLOCKS_IN_A_MESSAGE, least=0)


def check_message(message: dict[str, Any]) -> None:
    """Refuse a message whose blocks Slack would refuse."""
    blocks = message.get("blocks") or []
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    problems: Problems = []
    MESSAGE_BLOCKS(blocks, "/blocks", problems)
    _check_ids(blocks, "/blocks", problems)
    _refuse("invalid_blocks", problems, errors=problems)


def check_view(view: Any, kind: str) -> None:
    """Refuse a view that Slack would refuse, or that is not of this kind."""
    problems: Problems = []
    kinds({kind: VIEWS[kind]})(view, "/view", problems)
    blocks = view.get("blocks") if isinstance(view, dict) else None
    if isinstance(blocks, list):
        _check_ids(blocks, "/view/blocks", problems)
        has_input = any(isinstance(block, dict) and block.get("type") == "input" for block in blocks)
        if kind == "modal" and has_input and "submit" not in view:
            complain(problems, "missing required field: submit", "/view")
    _refuse("invalid_arguments", problems)
    if len(json.dumps(view)) > BYTES_IN_A_VIEW:
        raise SlackError("view_too_large")


def check_options(answer: Any) -> None:
    """Refuse what an app suggests for a menu where Slack would show nothing of it."""
    problems: Problems = []
    groups = many(OPTION_GROUP, OPTIONS_IN_A_MENU, least=0)
    shape({}, {"options": many(OPTION, OPTIONS_IN_A_MENU, least=0), "option_groups": groups})(answer, "", problems)
    _refuse("invalid_arguments", problems)


def check_metadata(metadata: Any) -> None:
    """Refuse message metadata that is not an event_type and a flat event_payload."""
    problems: Problems = []
    shape({"event_type": IDENTIFIER, "event_payload": _flat})(metadata, "/metadata", problems)
    _refuse("invalid_metadata_format", problems)
    if len(json.dumps(metadata)) > BYTES_OF_METADATA:
        raise SlackError("metadata_too_large")


def _flat(value: Any, pointer: str, problems: Problems) -> None:
    if not isinstance(value, dict):
        complain(problems, "must be an object", pointer)
        return
    for name, content in value.items():
        string(255, pattern="[a-z][a-z0-9_]*")(name, f"{pointer}/{name}", problems)
        if isinstance(content, dict | list):
            complain(problems, "must be a string, a number or a boolean", f"{pointer}/{name}")


def _check_ids(blocks: list[Any], pointer: str, problems: Problems) -> None:
    for block_id in _repeated(blocks, "block_id"):
        complain(problems, f"block_id already exists: {block_id}", pointer)
    for index, block in enumerate(blocks):
        elements = block.get("elements") if isinstance(block, dict) else None
        if isinstance(elements, list):
            for action_id in _repeated(elements, "action_id"):
                complain(problems, f"action_id already exists: {action_id}", f"{pointer}/{index}/elements")


def _repeated(things: list[Any], name: str) -> Iterator[str]:
    given = Counter(thing[name] for thing in things if isinstance(thing, dict) and isinstance(thing.get(name), str))
    return (value for value, count in given.items() if count > 1)


def _refuse(error: str, problems: Problems, **details: Any) -> None:
    if problems:
        messages = [f"[ERROR] {problem}" for problem in problems]
        raise SlackError(error, response_metadata={"messages": messages}, **details)
