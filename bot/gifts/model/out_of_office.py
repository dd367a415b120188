"""PURE: an approver who is away, and the deputy who decides for them meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Absence:
    """From `since` until `until`, exclusive, the right of `person` to approve lies with `deputy`.

    It is over at `until` by itself; `ended_at` says that somebody ended it, mostly before that.
    """

    id: str
    person: str
    deputy: str
    since: datetime
    until: datetime
    ended_at: datetime | None = None

    @property
    def last_minute(self) -> datetime:
        """The last minute of it: what people call its end, as midnight is another day already."""
        return self.until - timedelta(minutes=1)


def stand_ins(absences: Mapping[str, str]) -> dict[str, str]:
    """Who decides for each absent approver at last: a deputy who is away as well has handed it on."""
    return {person: _last_of(person, absences) for person in absences}


def makes_a_loop(person: str, deputy: str, absences: Mapping[str, str]) -> bool:
    """Whether a right that `person` hands to `deputy` would come back to them; `absences` have no loop so far."""
    others = {absent: stands_in for absent, stands_in in absences.items() if absent != person}
    return _last_of(deputy, others) == person


def _last_of(person: str, absences: Mapping[str, str]) -> str:
    while person in absences:
        person = absences[person]
    return person
