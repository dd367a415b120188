"""PURE: the people of a workspace, as far as a gift cares."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from bot.gifts.wording import Words, say


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


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is in which user group, and which absent approver's right lies with whom, as of now."""

    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    stand_ins: Mapping[str, str] = field(default_factory=dict)

    def people(self, listed: Iterable[str]) -> frozenset[str]:
        """Everybody among people and groups, by their ids."""
        return frozenset(person for one in listed for person in (self.groups[one] if is_group(one) else {one}))


def is_person(slack_id: str) -> bool:
    """Whether an id is that of somebody who can read a direct message."""
    return slack_id.startswith(("U", "W"))


def is_group(slack_id: str) -> bool:
    """Whether an id is that of a user group."""
    return slack_id.startswith("S")
