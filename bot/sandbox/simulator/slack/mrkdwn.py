"""Slack's text formats as a person reads them: mentions become names, entities become characters."""

import html
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from bot.sandbox.simulator.slack.records import Json

Mention = Callable[[str, str], str]

ANGLED: Final = re.compile(r"<([^<>]+)>")
EMPHASIS: Final = re.compile(r"(?<![\w*_~`])([*_~`])(?=\S)([^\n]*?\S)\1(?![\w*_~`])")
FENCE: Final = "```"
GROUP: Final = "!subteam^"
BARE_URL: Final = re.compile(r"https?://[^\s<>|]+")
# where the words of a block or an element are; what is behind a click (options, confirm) is not shown
VISIBLE: Final = ("title", "label", "text", "fields", "accessory", "element", "elements", "placeholder", "hint")


def render(text: str, mention: Mention) -> str:
    """Show mrkdwn as plain words."""
    named = ANGLED.sub(lambda angled: _shown(angled[1], mention), text)
    plain = EMPHASIS.sub(r"\2", EMPHASIS.sub(r"\2", named.replace(FENCE, "")))
    return html.unescape(plain)


def _shown(inside: str, mention: Mention) -> str:
    target, _, label = inside.partition("|")
    if target[0] in "@#":
        return mention(target[0], target[1:])
    if target.startswith("!date^"):
        return label
    if target.startswith(GROUP):
        return mention(GROUP, target.removeprefix(GROUP))
    if target.startswith("!"):
        return label or f"@{target[1:]}"
    return label or target


def links_in(text: str) -> list[str]:
    """Give the URLs that Slack would make clickable in a text."""
    return [html.unescape(url) for url in BARE_URL.findall(text)]


def words_of(thing: Any, mention: Mention) -> Iterator[str]:
    """Give every piece of text that a block shows, in reading order."""
    if isinstance(thing, list):
        for item in thing:
            yield from words_of(item, mention)
    elif isinstance(thing, dict):
        yield from _words_of_object(thing, mention)


def _words_of_object(thing: Json, mention: Mention) -> Iterator[str]:
    match thing:
        case {"type": "mrkdwn", "text": str(text)}:
            yield render(text, mention)
        case {"type": "plain_text", "text": str(text)}:
            yield html.unescape(text)
        case {"type": "text", "text": str(text)} | {"type": "link", "text": str(text)}:
            yield text
        case {"type": "link", "url": str(url)}:
            yield url
        case {"type": "user", "user_id": str(user)}:
            yield mention("@", user)
        case {"type": "image", "alt_text": str(alt_text)}:
            yield from words_of(thing.get("title"), mention)
            yield alt_text
        case {"type": "checkboxes", "options": options}:
            yield from words_of(options, mention)
        case _:
            for name in VISIBLE:
                yield from words_of(thing.get(name), mention)


def urls_of(thing: Any) -> Iterator[str]:
    """Give every link of a block: of its texts and of its buttons."""
    if isinstance(thing, list):
        for item in thing:
            yield from urls_of(item)
    elif isinstance(thing, dict):
        if thing.get("type") in {"button", "link"} and "url" in thing:
            yield thing["url"]
        if isinstance(thing.get("text"), str):
            yield from links_in(thing["text"])
        for name, item in thing.items():
            if name != "confirm":
                yield from urls_of(item)
