"""Who plays: the people of a small company, the channels they share, and the colour in which each is shown."""

from collections.abc import Sequence
from typing import Final

from bot.sandbox.simulator import Channel, Person, Slack

Roles = Sequence[tuple[str, str, str]]  # names, what they do, and their colour

GIFT: Final[Roles] = [("Mia", "asks", "magenta"), ("Abe, Ana", "approve", "cyan"), ("Rob, Eve", "receive", "green")]
POLICY: Final[Roles] = [
    ("Mia", "asks", "magenta"),
    ("Abe, Ana", "lead", "cyan"),
    ("Fay", "looks after the money", "yellow"),
    ("Rob, Eve", "receive", "green"),
]
COLOURS: Final = {name: colour for names, _, colour in [*GIFT, *POLICY] for name in names.split(", ")}
PATIENCE: Final = 15.0  # seconds in which everything has to appear, on a slow machine too


class Cast:
    """Everybody reads #general; whoever has a part in deciding reads #approvals, where the bot is."""

    def __init__(self, slack: Slack, roles: Roles) -> None:
        self._people = {name: slack.add_person(name) for names, _, _ in roles for name in names.split(", ")}
        self.everybody = [*self._people.values()]
        self.mia, self.abe, self.ana = (self._people[name] for name in ("Mia", "Abe", "Ana"))
        self.rob, self.eve = (self._people[name] for name in ("Rob", "Eve"))
        self.approvers = [self.abe, self.ana]
        self.general: Channel = slack.add_channel("general", self.everybody)
        deciding = [person for person in self.everybody if person not in (self.mia, self.rob, self.eve)]
        self.approvals: Channel = slack.add_channel("approvals", deciding, private=True, bot_in_it=True)
        for person in self.everybody:
            person.patience = PATIENCE

    def person(self, name: str) -> Person:
        """Somebody who is not in every story."""
        return self._people[name]


def colour_of(viewer: Person | Channel) -> str:
    """The colour of a person; what everybody sees has none."""
    return COLOURS.get(viewer.name, "default")
