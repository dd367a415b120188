"""PURE: an approver who is away, and the deputy who decides for them meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Absence:
    """From `since` until `until`, exclusive, the right of `person` to approve lies with `deputy`."""

    person: str
    deputy: str
    since: datetime
    until: datetime


def stand_ins(absences: Mapping[str, str]) -> dict[str, str]:
    """Who decides for each absent approver at last: a deputy who is away as well has handed it on."""
    return {person: _last_of(person, absences) for person in absences}


def makes_a_loop(person: str, deputy: str, absences: Mapping[str, str]) -> bool:
    """Whether a right that `person` hands to `deputy` would come back to them."""
    return _last_of(deputy, {**absences, person: deputy}, stop=person) == person


def _last_of(person: str, absences: Mapping[str, str], stop: str | None = None) -> str:
    at = absences.get(person, person)
    while at in absences and at not in {person, stop}:
        at = absences[at]
    return at
