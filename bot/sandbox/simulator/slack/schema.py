"""A small language for the shape of JSON: checks that are put together and collect Slack's own complaints.

A check takes a value, its JSON pointer and the list of problems it adds to. blockkit.py is written in it.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

Problems = list[str]
Check = Callable[[Any, str, Problems], None]


def complain(problems: Problems, text: str, pointer: str) -> None:
    """Add a problem in Slack's words."""
    problems.append(f"{text} [json-pointer:{pointer}]")


def string(most: int, *, least: int = 1, pattern: str = "") -> Check:
    """Want a string within these lengths, of this pattern if there is one."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, str):
            complain(problems, "must be a string", pointer)
        elif len(value) < least:
            complain(problems, f"must be more than {least - 1} characters", pointer)
        elif len(value) > most:
            complain(problems, f"must be less than {most + 1} characters", pointer)
        elif pattern and not re.fullmatch(pattern, value):
            complain(problems, "failed to match pattern", pointer)

    return check


def boolean(value: Any, pointer: str, problems: Problems) -> None:
    """Want true or false."""
    if not isinstance(value, bool):
        complain(problems, "must be a boolean", pointer)


def integer(least: int, most: int) -> Check:
    """Want a whole number within these bounds."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            complain(problems, "must be an integer", pointer)
        elif not least <= value <= most:
            complain(problems, f"must be between {least} and {most}", pointer)

    return check


def one_of(*allowed: str) -> Check:
    """Want one of these words."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if value not in allowed:
            complain(problems, f"must be a valid enum value: {', '.join(allowed)}", pointer)

    return check


def many(item: Check, most: int, *, least: int = 1) -> Check:
    """Want a list of items, within these counts."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, list):
            complain(problems, "must be an array", pointer)
            return
        if len(value) > most:
            complain(problems, f"no more than {most} items allowed", pointer)
        if len(value) < least:
            complain(problems, f"no fewer than {least} items allowed", pointer)
        for index, element in enumerate(value):
            item(element, f"{pointer}/{index}", problems)

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """Want an object with these fields and no others."""
    known = {**required, **(optional or {})}

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            complain(problems, "must be an object", pointer)
            return
        for name in required.keys() - value.keys():
            complain(problems, f"missing required field: {name}", pointer)
        for name in value.keys() - known.keys():
            complain(problems, f"invalid additional property: {name}", pointer)
        for name in known.keys() & value.keys():
            known[name](value[name], f"{pointer}/{name}", problems)

    return check


def kinds(table: Mapping[str, Check]) -> Check:
    """Want an object whose type is one of the table's, and the shape of that type."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if kind is None:
            complain(problems, "missing required field: type", pointer)
        elif kind not in table:
            complain(problems, f"unsupported type: {kind}", f"{pointer}/type")
        else:
            rest = {name: content for name, content in value.items() if name != "type"}
            table[kind](rest, pointer, problems)

    return check


def all_of(*checks: Check) -> Check:
    """Want everything that these checks want."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        for one in checks:
            one(value, pointer, problems)

    return check


def any_field_of(*names: str) -> Check:
    """Want at least one of these fields."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if isinstance(value, dict) and not value.keys() & set(names):
            complain(problems, f"missing required field: {' or '.join(names)}", pointer)

    return check


def only_one_of(*names: str) -> Check:
    """Want exactly one of these fields."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if isinstance(value, dict) and len(value.keys() & set(names)) != 1:
            complain(problems, f"must have exactly one of: {', '.join(names)}", pointer)

    return check
