"""PURE: the people of a workspace, as far as a gift cares."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from enum import Enum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.gifts.model.text import Words, say


class Standing(Enum):
    """What somebody is in this workspace; the value says why they cannot get a gift, None that they can."""

    MEMBER = None
    BOT = say("{who} is an app, not a person")
    DEACTIVATED = say("{who} is deactivated")
    GUEST = say("{who} is a guest")
    STRANGER = say("{who} belongs to another workspace")
    UNKNOWN = say("{who} is not known in this workspace")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in Slack: how to name them, what they are here, the locale they read in, and their time zone."""

    id: str
    name: str | Words
    standing: Standing = Standing.MEMBER
    locale: str = "en"
    time_zone: str = "UTC"

    @property
    def zone(self) -> tzinfo:
        """Their time zone; UTC where this machine does not know it."""
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return UTC


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is in which user group, and which absent approver's right lies with whom, as of now."""

    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    stand_ins: Mapping[str, str] = field(default_factory=dict)

    def people(self, listed: Iterable[str]) -> frozenset[str]:
        """Everybody among people and groups, by their ids."""
        return frozenset(person for one in listed for person in (self.groups[one] if is_group(one) else {one}))

    def acting_for(self, person: str) -> frozenset[str]:
        """In whose right somebody can decide: their own unless they are away, and that of those they stand in for."""
        own = {person} - self.stand_ins.keys()
        return frozenset(own | {away for away, stands_in in self.stand_ins.items() if stands_in == person})


def is_person(slack_id: str) -> bool:
    """Whether an id is that of somebody who can read a direct message."""
    return slack_id.startswith(("U", "W"))


def is_group(slack_id: str) -> bool:
    """Whether an id is that of a user group."""
    return slack_id.startswith("S")
