"""PURE: who has to agree to what: pools of people, the steps of a rule, and the first rule that fits a request."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bot.gifts.model.money import Money
from bot.gifts.model.people import Roster

APPROVERS = "approvers"  # the pool of a company that has no rules of its own


@dataclass(frozen=True, slots=True)
class Step:
    """So many different people of a pool have to agree.

    The right to decide is separate from being told: `notify` are people or channels (None: as for every step), and
    `backup` hear of it when nobody decides in time.
    """

    pool: str
    count: int = 1
    notify: tuple[str, ...] | None = None
    backup: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a rule looks at: who asks, for how much, where it will be spent, and which cost centre pays."""

    requester: str
    weighed: Money
    country: str
    cost_centre: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What fits it is decided in its steps, one after the other; without any it is approved at once.

    A condition that is None or empty fits everything; `up_to` fits only amounts in one of its currencies.
    """

    name: str
    steps: tuple[Step, ...]
    up_to: Mapping[str, Money] | None = None
    requesters: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    cost_centres: tuple[str, ...] = ()
    notify: tuple[str, ...] = ()

    def fits(self, asked: Asked, roster: Roster) -> bool:
        """Whether this rule is about a request like that."""
        return (
            self._is_large_enough(asked.weighed)
            and (not self.requesters or asked.requester in roster.people(self.requesters))
            and (not self.countries or asked.country in self.countries)
            and (not self.cost_centres or asked.cost_centre in self.cost_centres)
        )

    def _is_large_enough(self, amount: Money) -> bool:
        if self.up_to is None:
            return True
        most = self.up_to.get(amount.currency)
        return most is not None and amount <= most


@dataclass(frozen=True, slots=True)
class Rules:
    """The company's pools, and its rules, of which the first that fits counts."""

    pools: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    listed: Sequence[Rule] = ()

    def rule_for(self, asked: Asked, roster: Roster) -> Rule | None:
        """The first rule that fits."""
        return next((rule for rule in self.listed if rule.fits(asked, roster)), None)

    def approvers(self, roster: Roster) -> frozenset[str]:
        """Everybody who may decide about anything."""
        return roster.people(one for pool in self.pools.values() for one in pool)

    def pools_for(self, person: str, roster: Roster) -> frozenset[str]:
        """The pools for which somebody can decide, by their own right or that of somebody they stand in for."""
        rights = roster.acting_for(person)
        return frozenset(name for name, pool in self.pools.items() if rights & roster.people(pool))


def one_of(approvers: Collection[str]) -> Rules:
    """One of these people decides about everything."""
    return Rules({APPROVERS: tuple(sorted(approvers))}, (Rule("", (Step(APPROVERS),)),))


def enough_people(needs: Sequence[Collection[str]]) -> bool:
    """Whether every need can have a person of its own; each need lists the people who would do."""
    place_of: dict[str, int] = {}

    def has_place(need: int, tried: set[str]) -> bool:
        for person in needs[need]:
            if person not in tried:
                tried.add(person)
                if person not in place_of or has_place(place_of[person], tried):
                    place_of[person] = need
                    return True
        return False

    return all(has_place(need, set()) for need in range(len(needs)))
