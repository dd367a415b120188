"""Who plays: the people of a small company, the channel they share, and the colour in which each is shown."""

from typing import Final

from bot.simulator import Channel, Person, Slack

ROLES: Final = [("Mia", "asks", "magenta"), ("Abe, Ana", "approve", "cyan"), ("Rob, Eve", "receive", "green")]
COLOURS: Final = {name: colour for names, _, colour in ROLES for name in names.split(", ")}
PATIENCE: Final = 15.0  # seconds in which everything has to appear, on a slow machine too


class Cast:
    """Mia asks, Abe and Ana approve, Rob and Eve receive; all of them read #general."""

    def __init__(self, slack: Slack) -> None:
        self.everybody = [slack.add_person(name) for name in COLOURS]
        self.mia, self.abe, self.ana, self.rob, self.eve = self.everybody
        self.approvers = [self.abe, self.ana]
        self.general: Channel = slack.add_channel("general", self.everybody)
        for person in self.everybody:
            person.patience = PATIENCE


def colour_of(viewer: Person | Channel) -> str:
    """The colour of a person; what everybody sees has none."""
    return COLOURS.get(viewer.name, "default")
