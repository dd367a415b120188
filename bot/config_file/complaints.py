"""What is wrong with a setting, in words for whoever wrote it: what it has to be, and never what it is."""

import re
from collections.abc import Sequence
from pathlib import Path

_PLAIN_WORDS = {
    "bool_type": "has to be true or false, without quotation marks",
    "date_type": "has to be a date without quotation marks, such as 2030-12-24",
    "dict_type": "has to be a table",
    "extra_forbidden": "is not a key that giftbot knows",
    "float_parsing": "has to be a number, such as 30",
    "int_type": "has to be a whole number, without quotation marks",
    "list_type": 'has to be a list, such as ["one", "two"]',
    "missing": "is missing",
    "model_type": "has to be a table",
    "string_type": "has to be text in quotation marks",
    "time_parsing": 'has to be a time of day, such as "09:00"',
    "time_type": 'has to be a time of day, such as "09:00"',
}
_PYDANTICS = re.compile("^(Input|String|List|Value) should ")
_MOST = 50
_LONGEST = 300  # characters of a line


def plain(kind: str, message: str) -> str:
    """A fault that pydantic found, after the name of what it is about; `kind` is the type of the fault."""
    return _PLAIN_WORDS.get(kind) or _PYDANTICS.sub("has to ", message.removeprefix("Value error, "))


def complaint(path: Path, mistakes: Sequence[str]) -> str:
    """What is wrong with a file, a line for each mistake, as far as somebody would read it."""
    lines = [line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…" for line in mistakes[:_MOST]]
    if more := len(mistakes) - len(lines):
        lines.append(f"and {more} more")
    return "\n    ".join([f"{path} has mistakes", *lines])
