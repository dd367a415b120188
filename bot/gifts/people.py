"""PURE: the people of a workspace, as far as a gift cares."""

from dataclasses import dataclass
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
    """Somebody in Slack: how to name them, what they are here, and the locale they read in."""

    id: str
    name: str | Words
    standing: Standing = Standing.MEMBER
    locale: str = "en"
