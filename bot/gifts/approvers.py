"""Who is who among those who decide: the user groups as Slack has them now, and who stands in for whom."""

import asyncio
from collections.abc import Collection, Mapping

from bot.gifts.model.errors import NotNow, Refused
from bot.gifts.model.out_of_office import stand_ins
from bot.gifts.model.people import Person, Roster
from bot.gifts.model.policy import Policy
from bot.gifts.model.refusal import RefusalCode
from bot.gifts.model.text import Mention, say
from bot.gifts.ports import Clock, Directory
from bot.gifts.store import Store

_MOST_LOOKED_AT = 30  # among more there is somebody
_SOON = 1.0  # seconds; whoever asks for a gift waits for their own names anyway


class ApproverDirectory:
    """Reads the roster; what was read last is at hand for who is told something, never for who may decide."""

    def __init__(self, store: Store, directory: Directory, clock: Clock, policy: Policy) -> None:
        self._store = store
        self._directory = directory
        self._clock = clock
        self._policy = policy
        self._named = policy.groups
        self._groups: dict[str, frozenset[str]] = {}

    async def now(self) -> Roster:
        """The roster, at most a minute old.

        Raises:
            NotNow: Slack does not say who is in a group.
        """
        self._groups = dict(await self._directory.members(self._named))
        return self.cached()

    def cached(self) -> Roster:
        """The roster with the groups as they were read last."""
        absences = {absence.person: absence.deputy for absence in self._store.out_of_office.now(self._clock.now())}
        return Roster(self._groups, stand_ins(absences))

    async def people(self, ids: Collection[str]) -> Mapping[str, Person]:
        """Everybody asked for, as Slack has them.

        Raises:
            NotNow: Slack does not say.
        """
        return await self._directory.look_up(ids)

    async def now_with(self, ids: Collection[str]) -> tuple[Roster, Mapping[str, Person]]:
        """The roster and everybody asked for, looked up side by side.

        Raises:
            NotNow: Slack does not say.
        """
        if not self._named:  # then there is only one thing to wait for
            return self.cached(), await self.people(ids)
        return await asyncio.gather(self.now(), self.people(ids))

    async def acting_for(self, person: str) -> Mapping[str, Person]:
        """Those in whose right somebody may decide now, themselves among them, as Slack has them.

        Raises:
            Refused: their own account is a guest's.
            NotNow: Slack does not say who they are, or who is in a group.
        """
        _, people = await self.now_with({person, *self.cached().acting_for(person)})
        check_colleague(people[person])
        return people

    async def approvers_gone(self) -> Mapping[str, Person]:
        """Those of the approvers who are no colleagues any more, as far as Slack says so at once."""
        approvers = sorted(self._policy.rules.approvers(self.cached()))
        if len(approvers) > _MOST_LOOKED_AT:
            return {}
        try:
            async with asyncio.timeout(_SOON):
                people = await self.people(approvers)
        except (NotNow, TimeoutError):
            return {}
        return {person.id: person for person in people.values() if person.standing.value}

    async def known(self, person: str) -> Person:
        """Somebody, for what the machine does; however much that is, Slack is not asked too often.

        Raises:
            NotNow: Slack does not say.
        """
        return await self._directory.known(person)

    async def asked_anew(self, person: str) -> Person:
        """Somebody as Slack has them at this moment, for what cannot be taken back.

        Raises:
            NotNow: Slack does not say.
        """
        return await self._directory.asked_anew(person)

    async def colleague(self, person: str) -> Person:
        """Somebody whose account is still a colleague's.

        Raises:
            Refused: it is a guest's.
            NotNow: Slack does not say.
        """
        found = (await self.people([person]))[person]
        check_colleague(found)
        return found


def check_colleague(person: Person) -> None:
    """Let somebody pass whose account is still a colleague's.

    Raises:
        Refused: it is a guest's.
    """
    if person.standing.value:
        account = person.standing.value.fill(who=say("your account"))
        words = say("Only colleagues can decide, and {account}.", account=account)
        raise Refused(RefusalCode.NOT_A_COLLEAGUE, words)


def check_stand_in(person: str, approver: Person) -> None:
    """Let somebody pass who decides in their own right, or in that of an approver who is still a colleague.

    Raises:
        Refused: the approver is none any more, so that there is no right to hand on.
    """
    if approver.standing.value and person != approver.id:
        problem = approver.standing.value.fill(who=approver.name)
        words = say(
            "You can no longer decide for {approver}: {problem}.", approver=Mention(approver.id), problem=problem
        )
        raise Refused(RefusalCode.APPROVER_GONE, words)
