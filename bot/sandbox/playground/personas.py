"""Who plays: the people of a small company, the channels they share, and what they said before the curtain rose."""

from typing import Final, Literal

from bot.sandbox.simulator import Channel, Person, Pointer, Slack

Role = Literal["asks", "approves", "receives"]

ROLES: Final[dict[str, Role]] = {
    "Mia": "asks",
    "Abe": "approves",
    "Rob": "receives",
    "Ana": "approves",
    "Eve": "receives",
}


class Company:
    """Mia asks, Abe and Ana approve, Rob and Eve receive; in #general they all meet."""

    def __init__(self, slack: Slack) -> None:
        self.people: dict[str, Person] = {}
        self.roles: dict[str, Role] = {}
        for name, role in ROLES.items():
            person = slack.add_person(name)
            self.people[person.id], self.roles[person.id] = person, role
            slack.workspace.im(person.id)
            slack.workspace.notes_to_self(person.id)
        self.eligible_approvers = {person.id: Pointer(slack.workspace, person) for person in self.people.values()}
        self.general: Channel = slack.add_channel("general", self.people.values())
        self.launch: Channel = slack.add_channel("launch", self.people.values())
        self.read: dict[str, dict[str, str]] = {person: {} for person in self.people}

    @property
    def approvers(self) -> list[str]:
        """The ids of those who may approve."""
        return [person for person, role in self.roles.items() if role == "approves"]

    def reads(self, person: str, channel: str, ts: str) -> None:
        """Remember that somebody has read a channel up to a message."""
        self.read[person][channel] = max(self.read[person].get(channel, ""), ts)

    async def talks(self) -> None:
        """Say a few words in the channels, which everybody has read already."""
        by_name = {person.name: person for person in self.people.values()}
        for name, channel, words in [
            ("Mia", self.general, "Good morning, everybody!"),
            ("Rob", self.launch, "The new shop is online, and the first 100 orders are through without a hitch."),
            ("Eve", self.launch, "Well done, @Rob. You did not sleep much this week."),
        ]:
            message = await by_name[name].writes(words, channel)
            for person in self.people:
                self.reads(person, channel.id, message.ts)
