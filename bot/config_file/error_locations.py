"""Where a mistake stands in giftbot.toml, for whoever wrote it: `rules.1.up_to (“large gifts”)`."""

from collections.abc import Sequence
from typing import Any

_WITH_NAMES = ("rules", "budgets")
_LONGEST = 75  # characters, as sections.py allows for a name


def key_of(location: Sequence[int | str], document: Any) -> str:
    """The key at a location, counted from 0 as TOML's tools do; a rule or budget also by its name, where it has one."""
    key = ".".join(_short(str(part)) for part in location if part != "[key]")  # pydantic's word for a name in a table
    name = _name(location, document)
    return f"{key} (“{_short(name)}”)" if name else key


def _short(name: str) -> str:
    """As much of it as tells it from others, on one line."""
    return " ".join(name.split())[:_LONGEST]


def _name(location: Sequence[int | str], document: Any) -> str | None:
    match location:
        case [str(table), int(number), *_] if table in _WITH_NAMES:
            try:
                name = document[table][number]["name"]
            except (KeyError, IndexError, TypeError):
                return None
            return name if isinstance(name, str) and name else None
    return None
