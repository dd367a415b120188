"""OUT: blocks and buttons that are drawn when they are made: slack_sdk's own look through themselves whenever sent."""

from collections.abc import Iterable
from typing import Any

from slack_sdk.models.blocks import Block

from handlers.blocks.bounds import LONGEST_LABEL, LONGEST_TEXT, cut

Json = dict[str, Any]


class RawBlock(Block):
    """A block as Slack takes it."""

    def __init__(self, kind: str, **parts: Any) -> None:
        super().__init__(type=kind)
        self._drawn = {"type": kind, **parts}

    def to_dict(self) -> Json:
        """The block as JSON."""
        return self._drawn


def plain(text: str, most: int = LONGEST_TEXT) -> Json:
    """Text in which nothing is live, at most so many characters of it."""
    return {"type": "plain_text", "text": cut(text, most), "emoji": True}


def button(text: str, action: str, value: str | None = None, **more: str | Json) -> Json:
    """A button; `more` is a style, a url, an accessibility_label, or what asks for a confirmation.

    Source: docs.slack.dev, Block Kit, "Button element".
    """
    carried = {} if value is None else {"value": value}
    if isinstance(label := more.get("accessibility_label"), str):
        more["accessibility_label"] = cut(label, LONGEST_LABEL)
    return {"type": "button", "text": plain(text, LONGEST_LABEL), "action_id": action, **carried, **more}


def confirmation(title: str, text: str, yes: str, no: str) -> Json:
    """What Slack asks before a click counts."""
    return {"title": plain(title, 100), "text": plain(text, 300), "confirm": plain(yes, 30), "deny": plain(no, 30)}


def as_json(blocks: Iterable[Block]) -> list[Json]:
    """Blocks as Slack takes them."""
    return [block.to_dict() for block in blocks]


def actions(*elements: Json) -> RawBlock:
    """A row of buttons."""
    return RawBlock("actions", elements=list(elements))
