"""Short ways to write the Block Kit that the tests send."""

from typing import Any

Json = dict[str, Any]


def text(words: str) -> Json:
    """Write a plain_text object."""
    return {"type": "plain_text", "text": words}


def section(words: str, **more: Any) -> Json:
    """Write a section of mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": words}, **more}


def actions(*elements: Json) -> Json:
    """Write an actions block."""
    return {"type": "actions", "elements": list(elements)}


def button(words: str, **more: Any) -> Json:
    """Write a button whose action_id is its text in lower case."""
    return {"type": "button", "action_id": words.lower(), "text": text(words), **more}


def options(*texts: str) -> list[Json]:
    """Write options whose values are their texts in lower case."""
    return [{"text": text(one), "value": one.lower()} for one in texts]


def field(label: str, element: Json, **more: Any) -> Json:
    """Write an input block whose ids are its label in lower case."""
    name = label.lower()
    element = {"action_id": name, **element}
    return {"type": "input", "block_id": name, "label": text(label), "element": element, **more}


def modal(title: str, *blocks: Json, **more: Any) -> Json:
    """Write a modal that can be submitted, whose callback_id is its title in lower case."""
    head = {"type": "modal", "callback_id": title.lower(), "title": text(title), "submit": text("Send")}
    return {**head, "blocks": list(blocks), **more}
