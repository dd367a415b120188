"""Text as Slack sends it, read as people see it: mentions, links and addresses by their labels, and no entities.

Source: docs.slack.dev, "Formatting message text", "Retrieving messages": `<` begins what is no plain text.
"""

import re
from typing import Final

_MARKUP: Final = re.compile(r"<([@#!][^<>|]*|(?:https?|mailto|tel):[^<>|]*)(?:\|([^<>]*))?>")
_EVERYBODY: Final = {"here", "channel", "everyone"}
_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))  # in this order, so that none is read twice


def as_people_see_it(text: str) -> str:
    """The plain text; in time that is proportional to its length."""
    plain = _MARKUP.sub(_shown, text)
    for entity, character in _ENTITIES:
        plain = plain.replace(entity, character)
    return plain


def _shown(markup: re.Match[str]) -> str:
    inside, label = markup[1], markup[2] or ""
    match inside[:1]:
        case "@":
            return f"@{label or inside[1:]}"
        case "#":
            return f"#{label or inside[1:]}"
        case "!":
            name = inside[1:].partition("^")[0]  # <!here>, <!subteam^S012|@team>, <!date^…|yesterday>
            if name in _EVERYBODY:
                return f"@{name}"
            return label or ("@group" if name == "subteam" else name)
    return label or inside.removeprefix("mailto:").removeprefix("tel:")
