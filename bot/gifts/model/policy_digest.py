"""PURE: a digest of everything that a company has settled: another one means that giftbot works by other rules."""

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from hashlib import sha256


def digest_of(settled: object) -> str:
    """A SHA-256 of what is settled, in hexadecimal: dataclasses, mappings and lists, in whatever order sets have."""
    return sha256(json.dumps(_plain(settled), sort_keys=True).encode()).hexdigest()


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, AbstractSet):
        return sorted((_plain(one) for one in value), key=repr)
    if isinstance(value, Sequence):
        return [_plain(one) for one in value]
    return str(value)  # days, times, time zones
