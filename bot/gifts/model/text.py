"""PURE: what a person reads before it has a language: English with named gaps, and what goes into them.

Only Slack's side knows who reads, so only there these words get a language; `str` of them is plain English, for logs
and for the command line. Translators see every text that is given to `say` or `say_many`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, Union

from babel.lists import format_list


class Formatted(Protocol):
    """What is written differently in each locale, such as money."""

    def format(self, locale: str) -> str:
        """How a reader of `locale` ("en-GB", "de-DE") writes it."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A person or channel by their id; Slack shows a name."""

    slack_id: str

    def __str__(self) -> str:
        return self.slack_id


Part = Union[str, int, datetime, Formatted, Mention, "Words", "ListOf"]


@dataclass(frozen=True, slots=True)
class ListOf:
    """Several things, as a reader lists them: one, two and three."""

    items: tuple[Part, ...]
    with_or: bool = False

    def __str__(self) -> str:
        return format_list([_in_english(item) for item in self.items], "or" if self.with_or else "standard", "en")


@dataclass(frozen=True, slots=True)
class Words:
    """A text with `parts` for its gaps; where `count` is not None, `many` is what it says of other than one."""

    text: str
    parts: Mapping[str, Part] = field(default_factory=dict)
    many: str | None = None
    count: int | None = None

    def fill(self, **parts: Part) -> "Words":
        """These words with parts for gaps that are still open."""
        return replace(self, parts={**self.parts, **parts})

    def __str__(self) -> str:
        chosen = self.text if self.many is None or self.count == 1 else self.many
        return chosen.format(**{name: _in_english(part) for name, part in self.parts.items()})


def say(text: str, /, **parts: Part) -> Words:
    """Words with their parts: `say("The largest gift is {largest}.", largest=money)`."""
    return Words(text, parts)


def say_many(one: str, many: str, count: int, /, **parts: Part) -> Words:
    """Words that depend on a number, which is the gap `{count}`: `say_many("{count} gift", "{count} gifts", 2)`."""
    return Words(one, {"count": count, **parts}, many, count)


def sentences(every: Iterable[Words]) -> Words:
    """Whole sentences, one after the other."""
    parts = {f"sentence_{number}": words for number, words in enumerate(every)}
    return Words(" ".join(f"{{{name}}}" for name in parts), parts)


def _in_english(part: Part) -> str:
    return str(part) if isinstance(part, (str, int, datetime, Mention, Words, ListOf)) else part.format("en")
