"""PURE: the way of one request through the steps of its rule: who has agreed, whose turn it is, who may decide now."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from bot.gifts.errors import Refused
from bot.gifts.gift import Approval, Request
from bot.gifts.people import Roster
from bot.gifts.rules import Rule, Step, enough_people
from bot.gifts.wording import Who, Words, say, say_many

NO_APPROVER: Final = say("Only an approver can decide about gifts. You are not on the list of approvers.")


@dataclass(frozen=True, slots=True)
class Route:
    """A request under the rule in force, with the people of its pools as they are now."""

    request: Request
    rule: Rule
    pools: Mapping[str, frozenset[str]]
    roster: Roster

    @property
    def position(self) -> int | None:
        """The step whose turn it is, counted from 0; None when everybody has agreed."""
        return next((number for number in range(len(self.rule.steps)) if self._missing(number)), None)

    @property
    def step(self) -> Step | None:
        """The step whose turn it is."""
        return None if self.position is None else self.rule.steps[self.position]

    @property
    def hands(self) -> dict[str, str]:
        """Who may decide now, each with the approver whose right it is."""
        return {} if self.position is None else self._hands(self.position)

    def check(self, person: str) -> str:
        """The approver in whose right somebody decides now: mostly their own.

        Raises:
            Refused: with the reason why this person may not.
        """
        check_no_part_in(self.request, person)
        if approver := self.hands.get(person):
            return approver
        raise Refused(self._why_not(person))

    def check_needed_later(self, approval: Approval) -> None:
        """Let an approval pass that leaves enough people for what is still missing.

        Raises:
            Refused: this person is the only one left for a later step.
        """
        after = replace(self, request=replace(self.request, approvals=(*self.request.approvals, approval)))
        if after.step and self.stuck_at() is None and (later := after.stuck_at()) is not None:
            words = say("You are needed for step {later}, so somebody else has to decide this one.", later=later + 1)
            raise Refused(words)

    def stuck_at(self) -> int | None:
        """The first step that can never be finished, as nobody gives two approvals; None where all can."""
        needs: list[frozenset[str]] = []
        for number in range(len(self.rule.steps)):
            needs += [frozenset(self._hands(number))] * self._missing(number)
            if not enough_people(needs):
                return number
        return None

    def why_stuck(self) -> Words | None:
        """Why the request can never be approved, for its requester; None where it can."""
        number = self.stuck_at()
        if number is None:
            return None
        if len(self.rule.steps) == self.rule.steps[number].count == 1:
            return say("Nobody is left who could approve this: every approver asks for it or receives it.")
        return say_many(
            "Step {step} needs {count} person of {pool}, and nobody is left for it who has no other part in this.",
            "Step {step} needs {count} people of {pool}, and too few are left for it who have no other part in this.",
            self.rule.steps[number].count,
            step=number + 1,
            pool=self.rule.steps[number].pool,
        )

    def given_in(self, number: int) -> list[Approval]:
        """The approvals that count for a step: those given for it, while the rule still has it as it was."""
        pool = self.rule.steps[number].pool
        return [given for given in self.request.approvals if (given.step, given.pool) == (number, pool)]

    def _missing(self, number: int) -> int:
        return max(0, self.rule.steps[number].count - len(self.given_in(number)))

    def _hands(self, number: int) -> dict[str, str]:
        have_agreed = {person for given in self.request.approvals for person in (given.by, given.on_behalf_of)}
        involved = self.request.involved
        hands: dict[str, str] = {}
        for approver in sorted(self.pools[self.rule.steps[number].pool] - involved - have_agreed):
            person = self.roster.stand_ins.get(approver, approver)
            if person in involved:  # whoever is away decides then, rather than nobody
                person = approver
            if person not in have_agreed and (person == approver or person not in hands):
                hands[person] = approver
        return hands

    def _why_not(self, person: str) -> Words:
        if any(person in {given.by, given.on_behalf_of} for given in self.request.approvals):
            return say("You have approved this already; it also needs somebody else.")
        step = self.step
        if step and person in self.pools[step.pool] and person in self.roster.stand_ins:
            deputy = Who(self.roster.stand_ins[person])
            return say("You are away, and {deputy} decides for you. `/gift back` takes it back.", deputy=deputy)
        if step and len(self.rule.steps) > 1 and any(person in people for people in self.pools.values()):
            return say("It is the turn of {pool}, and you are not among them.", pool=step.pool)
        return NO_APPROVER


def check_no_part_in(request: Request, person: str) -> None:
    """Let somebody pass who neither asks nor receives.

    Raises:
        Refused: nobody decides about their own gifts, by whatever right.
    """
    if person == request.requester:
        raise Refused(say("You asked for this gift, so somebody else has to decide about it."))
    if person in request.recipients:
        raise Refused(say("This gift is for you, so somebody else has to decide about it."))
