"""PURE: the way of one request through the steps of its rule: who has agreed, whose turn it is, who may decide now."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Final

from bot.gifts.model.approval_rules import Rule, Step, enough_people
from bot.gifts.model.errors import Field, Invalid, Refused, TooLate
from bot.gifts.model.gift import Approval, Request, RequestState
from bot.gifts.model.people import Person, Roster, is_person
from bot.gifts.model.refusal import Refusal, RefusalCode
from bot.gifts.model.text import ListOf, Mention, say, say_many

_MOST_NAMED = 5
NO_APPROVER: Final = Refusal(
    RefusalCode.NOT_AN_APPROVER,
    say("Only an approver can decide about gifts. You are not on the list of approvers."),
)


class AlreadyDecided(TooLate):
    """Somebody else was faster; `request` says who and when."""

    def __init__(self, request: Request) -> None:
        super().__init__(RefusalCode.ALREADY_DECIDED, say("This request has already been decided."))
        self.request = request


@dataclass(frozen=True)
class Route:
    """A request under the rule in force, with the people of its pools as they are now."""

    request: Request
    rule: Rule
    pools: Mapping[str, frozenset[str]]
    roster: Roster

    @cached_property
    def position(self) -> int | None:
        """The step whose turn it is, counted from 0; None when everybody has agreed."""
        return next((number for number in range(len(self.rule.steps)) if self._missing(number)), None)

    @property
    def step(self) -> Step | None:
        """The step whose turn it is."""
        return None if self.position is None else self.rule.steps[self.position]

    @property
    def pool(self) -> str | None:
        """The pool whose turn it is."""
        return self.step.pool if self.step else None

    @cached_property
    def eligible_approvers(self) -> dict[str, str]:
        """Who may decide now, each with the approver whose right it is."""
        return {} if self.position is None else self.eligible_approvers_of(self.position)

    def is_open_to(self, reader: str, version: int | None, step: int | None) -> bool:
        """Whether a card about this version and step has buttons: its reader may decide, or a channel reads it."""
        is_turn = (version, step) == (self.request.version, self.position)
        may_decide = not is_person(reader) or reader in self.eligible_approvers
        return self.request.state is RequestState.PENDING and is_turn and may_decide

    def check(self, person: str) -> str:
        """The approver in whose right somebody decides now: mostly their own.

        Raises:
            Refused: with the reason why this person may not.
        """
        check_no_part_in(self.request, person)
        if approver := self.eligible_approvers.get(person):
            return approver
        raise Refused(*self._why_not(person))

    def after(self, approval: Approval) -> "Route":
        """The way once somebody has agreed, with enough people for what is still missing then.

        Raises:
            Refused: this person is the only one left for a later step.
        """
        after = replace(self, request=replace(self.request, approvals=(*self.request.approvals, approval)))
        later = after.first_blocked_step() if after.step else None
        if later is None or later == approval.step:
            return after
        if self.first_blocked_step() is None or approval.by in self.eligible_approvers_of(later):
            words = say("You are needed for step {later}, so somebody else has to decide this one.", later=later + 1)
            raise Refused(RefusalCode.NEEDED_LATER, words)
        return after

    def first_blocked_step(self) -> int | None:
        """The first step that can never be finished, as nobody gives two approvals; None where all can."""
        needs: list[frozenset[str]] = []
        for number in range(len(self.rule.steps)):
            needs += [frozenset(self.eligible_approvers_of(number))] * self._missing(number)
            if not enough_people(needs):
                return number
        return None

    def blocked_reason(self) -> Refusal | None:
        """Why the request can never be approved, for its requester; None where it can."""
        number = self.first_blocked_step()
        if number is None:
            return None
        if len(self.rule.steps) == self.rule.steps[number].count == 1:
            words = say("Nobody is left who could approve this: every approver asks for it or receives it.")
            return Refusal(RefusalCode.NOBODY_LEFT, words)
        words = say_many(
            "Step {step} needs {count} person of {pool}, and nobody is left for it who has no other part in this.",
            "Step {step} needs {count} people of {pool}, and too few are left for it who have no other part in this.",
            self.rule.steps[number].count,
            step=number + 1,
            pool=self.rule.steps[number].pool,
        )
        return Refusal(RefusalCode.TOO_FEW_LEFT, words)

    def without(self, gone: Collection[str]) -> "Route":
        """The way if these people could not decide, in nobody's right."""
        pools = {name: people - {*gone} for name, people in self.pools.items()}
        stand_ins = {away: deputy for away, deputy in self.roster.stand_ins.items() if deputy not in gone}
        return replace(self, pools=pools, roster=replace(self.roster, stand_ins=stand_ins))

    def given_in(self, number: int) -> list[Approval]:
        """The approvals that count for a step: those given for it, while the rule still has it as it was."""
        pool = self.rule.steps[number].pool
        return [given for given in self.request.approvals if (given.step, given.pool) == (number, pool)]

    def eligible_approvers_of(self, number: int) -> dict[str, str]:
        """Who may decide in a step once it is its turn, each with the approver whose right it is."""
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

    def readers(self, number: int, usual: str | None) -> list[str]:
        """Who is told that a step waits: those whom it names, or else the `usual` channel or each who may decide.

        Where an absent approver reads, or a channel that their deputy may not be in, the deputy is told as well.
        """
        named, hands = self.rule.steps[number].notify, self.eligible_approvers_of(number)
        told = self.roster.people(named if named is not None else [usual] if usual else hands)
        reads_for_all = not all(map(is_person, told))
        deputies = {person for person, approver in hands.items() if person != approver}
        told |= {deputy for deputy in deputies if reads_for_all or hands[deputy] in told}
        return sorted(told - self.request.involved)

    def without_involved(self, listed: Iterable[str]) -> list[str]:
        """People and channels of a list, groups by their members, without those who ask or receive."""
        return sorted(self.roster.people(listed) - self.request.involved)

    def _missing(self, number: int) -> int:
        return max(0, self.rule.steps[number].count - len(self.given_in(number)))

    def _why_not(self, person: str) -> Refusal:
        for given in self.request.approvals:
            if given.by == person:
                words = say("You have approved this already; it also needs somebody else.")
                return Refusal(RefusalCode.HAS_APPROVED, words)
            if given.on_behalf_of == person:
                deputy = Mention(given.by)
                words = say("{deputy} has approved this for you already; it also needs somebody else.", deputy=deputy)
                return Refusal(RefusalCode.DEPUTY_HAS_APPROVED, words)
        step = self.step
        if step and person in self.pools[step.pool] and person in self.roster.stand_ins:
            deputy = Mention(self.roster.stand_ins[person])
            words = say("You are away, and {deputy} decides for you. `/gift back` takes it back.", deputy=deputy)
            return Refusal(RefusalCode.IS_AWAY, words)
        if step and len(self.rule.steps) > 1 and any(person in people for people in self.pools.values()):
            words = say("It is the turn of {pool}, and you are not among them.", pool=step.pool)
            return Refusal(RefusalCode.NOT_YOUR_TURN, words)
        return NO_APPROVER


def check_no_part_in(request: Request, person: str) -> None:
    """Let somebody pass who neither asks nor receives.

    Raises:
        Refused: nobody decides about their own gifts, by whatever right.
    """
    if person == request.requester:
        raise Refused(RefusalCode.OWN_REQUEST, say("You asked for this gift, so somebody else has to decide about it."))
    if person in request.recipients:
        raise Refused(RefusalCode.OWN_GIFT, say("This gift is for you, so somebody else has to decide about it."))


def check_possible(route: Route | None, gone: Mapping[str, Person] = MappingProxyType({})) -> None:
    """Let a request pass that can come to its end without the approvers who are `gone`.

    Raises:
        Invalid: no rule is about it, or too few people are left who could approve it.
    """
    if route is None:
        words = say("The company's policy has no rule for such a gift.")
        raise Invalid({Field.AMOUNT: Refusal(RefusalCode.NO_RULE, words)})
    if stuck := route.blocked_reason():
        raise Invalid({Field.RECIPIENTS: stuck})
    if route.without(gone).first_blocked_step() is not None:
        problems = [person.standing.value.fill(who=person.name) for person in gone.values() if person.standing.value]
        words = say(
            "Too few people are left who could approve this: {problems}. Those who run giftbot have to name other "
            "approvers.",
            problems=ListOf(tuple(problems[:_MOST_NAMED])),
        )
        raise Invalid({Field.RECIPIENTS: Refusal(RefusalCode.APPROVERS_HAVE_LEFT, words)})
