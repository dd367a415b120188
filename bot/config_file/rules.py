"""What the tables mean together: pools, rules and budgets as the heart knows them, and every mistake among them."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bot.config_file.amounts import amounts, every, some
from bot.config_file.error_locations import key_of
from bot.config_file.loader import Company
from bot.config_file.sections import BudgetSection, RuleSection, StepSection
from bot.gifts.model.amount_limits import AmountLimits
from bot.gifts.model.approval_rules import APPROVERS, Rule, Rules, Step, enough_people, one_of
from bot.gifts.model.budget import Budget, Per
from bot.gifts.model.people import is_group, is_person

T = TypeVar("T")
Key = Sequence[int | str]


MOST_GROUPS = 15  # each is asked for once a minute; source: docs.slack.dev, usergroups.users.list, Tier 2: 20 a minute
_PEOPLE = {Per.REQUESTER, Per.RECIPIENT}


@dataclass
class ErrorCollector:
    """What is wrong with a file, each with the key that it is about."""

    company: Company
    found: list[str] = field(default_factory=list)

    def note(self, key: Key, words: str) -> None:
        """One more."""
        self.found.append(f"{key_of(key, self.company.model_dump())}: {words}")

    def among(self, key: Key, do: Callable[[], T], otherwise: T) -> T:
        """What something comes to, or its mistake."""
        try:
            return do()
        except ValueError as error:
            self.note(key, str(error))
            return otherwise

    def unknown(self, key: Key, names: Collection[str], known: Collection[str], words: str) -> None:
        """Names that have to be among those that are known."""
        if strange := sorted({*names} - {*known}):
            self.note(key, f"{words}: {', '.join(strange)}")

    def twice(self, key: Key, names: Sequence[str]) -> None:
        """Names of which each may be there once."""
        if again := [name for name, times in sorted(Counter(names).items()) if times > 1]:
            self.note(key, f"more than one has the name “{again[0]}”")


def rules_of(
    company: Company, approvers: Collection[str], countries: Collection[str], mistakes: ErrorCollector
) -> Rules:
    """The pools and rules; without any rule, one approver decides about everything."""
    pools = {name: tuple(listed) for name, listed in company.pools.items()}
    if approvers:
        pools.setdefault(APPROVERS, tuple(sorted(approvers)))
    if not company.rules:
        if APPROVERS not in pools:
            mistakes.note(["rules"], "nobody can approve: set GIFTBOT_APPROVERS, or write [pools] and [[rules]]")
        return one_of(pools.get(APPROVERS, ()))
    listed = tuple(_rule(["rules", number], rule, countries, mistakes) for number, rule in enumerate(company.rules))
    mistakes.twice(["rules"], [rule.name for rule in listed])
    for number, rule in enumerate(listed):
        _check_people(["rules", number, "steps"], rule, pools, mistakes)
    return Rules(pools, listed)


def budgets_of(company: Company, currencies: Collection[str], mistakes: ErrorCollector) -> tuple[Budget, ...]:
    """The budgets, each with a cap in every offered currency."""
    listed = tuple(
        _budget(["budgets", number], budget, currencies, mistakes) for number, budget in enumerate(company.budgets)
    )
    mistakes.twice(["budgets"], [budget.name for budget in listed])
    return listed


def _rule(key: Key, rule: RuleSection, countries: Collection[str], mistakes: ErrorCollector) -> Rule:
    if rule.automatic == bool(rule.steps):
        mistakes.note(key, "needs either steps, or automatic = true")
    if rule.notify and not rule.automatic:
        mistakes.note([*key, "notify"], "is for automatic = true; each step has a notify of its own")
    cost_centres = mistakes.company.requests.cost_centres
    mistakes.unknown([*key, "cost_centres"], rule.cost_centres, cost_centres, "requests.cost_centres does not name")
    mistakes.unknown([*key, "countries"], rule.countries, countries, "nobody can ask for a gift in")
    currencies = mistakes.company.currencies_of(countries)
    up_to = rule.up_to
    return Rule(
        name=rule.name,
        steps=tuple(_step(step) for step in rule.steps),
        up_to=mistakes.among([*key, "up_to"], lambda: some(amounts(up_to.split(",")), currencies), AmountLimits())
        if up_to is not None
        else None,
        requesters=tuple(rule.requesters),
        countries=tuple(rule.countries),
        cost_centres=tuple(rule.cost_centres),
        notify=tuple(rule.notify),
    )


def _step(step: StepSection) -> Step:
    return Step(step.pool, step.count, None if step.notify is None else tuple(step.notify), tuple(step.backup))


def _check_people(key: Key, rule: Rule, pools: Mapping[str, tuple[str, ...]], mistakes: ErrorCollector) -> None:
    """Find what nobody could ever finish; who is in a user group shows only when somebody decides."""
    asked = [step.pool for step in rule.steps]
    mistakes.unknown(key, asked, pools, "there is no pool with the name")
    if not pools.keys() >= {*asked}:
        return
    pooled = [step for step in rule.steps if not any(map(is_group, pools[step.pool]))]
    askers = [{one} for one in rule.requesters] if all(map(is_person, rule.requesters)) else []

    def is_possible(asker: Collection[str]) -> bool:
        return enough_people([set(pools[step.pool]) - set(asker) for step in pooled for _ in range(step.count)])

    if not any(is_possible(asker) for asker in askers or [set()]):
        words = "too few people: nobody can approve twice, nor what they ask for themselves"
        mistakes.note(key, words)


def _budget(key: Key, budget: BudgetSection, currencies: Collection[str], mistakes: ErrorCollector) -> Budget:
    cost_centres = mistakes.company.requests.cost_centres
    if budget.per is Per.COST_CENTRE:
        if not cost_centres:
            mistakes.note([*key, "per"], "there are no cost centres: name them in requests.cost_centres")
        mistakes.unknown([*key, "only"], budget.only, cost_centres, "requests.cost_centres does not name")
    elif budget.per in _PEOPLE:
        people = filter(is_person, budget.only)
        mistakes.unknown(
            [*key, "only"], budget.only, [*people], "has to list people by their ids, such as U012AB3CD, not"
        )
    elif budget.only:
        mistakes.note([*key, "only"], "is for budgets per requester, recipient or cost_centre")
    caps = mistakes.among(
        [*key, "amount"], lambda: every(amounts(budget.amount.split(",")), currencies), AmountLimits()
    )
    return Budget(budget.name, budget.per, budget.every, caps, tuple(budget.only))
