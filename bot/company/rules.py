"""What the tables mean together: pools, rules and budgets as the heart knows them, and every mistake among them."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from bot.company.amounts import amounts, every, some
from bot.company.file import Company
from bot.company.sections import BudgetSection, RuleSection, StepSection
from bot.gifts.budgets import Budget, Per
from bot.gifts.money import Money
from bot.gifts.people import is_group, is_person
from bot.gifts.rules import APPROVERS, Rule, Rules, Step, enough_people, one_of

T = TypeVar("T")


@dataclass
class Mistakes:
    """What is wrong, each with the key that it is about."""

    found: list[str] = field(default_factory=list)

    def note(self, key: str, words: str) -> None:
        """One more."""
        self.found.append(f"{key}: {words}")

    def among(self, key: str, do: Callable[[], T], otherwise: T) -> T:
        """What something comes to, or its mistake."""
        try:
            return do()
        except ValueError as error:
            self.note(key, str(error))
            return otherwise


def rules_of(company: Company, approvers: Collection[str], countries: Collection[str], mistakes: Mistakes) -> Rules:
    """The pools and rules; without any rule, one approver decides about everything."""
    pools = {name: tuple(listed) for name, listed in company.pools.items()}
    if approvers:
        pools.setdefault(APPROVERS, tuple(sorted(approvers)))
    if not company.rules:
        if APPROVERS not in pools:
            mistakes.note("rules", "nobody can approve: set GIFTBOT_APPROVERS, or give [pools] and [[rules]]")
        return one_of(pools.get(APPROVERS, ()))
    listed = tuple(_rule(number, rule, company, countries, mistakes) for number, rule in enumerate(company.rules))
    if twice := _twice(rule.name for rule in listed):
        mistakes.note("rules", f"two have the name “{twice}”")
    for number, rule in enumerate(listed):
        _check_people(f"rules.{number}", rule, pools, mistakes)
    return Rules(pools, listed)


def budgets_of(company: Company, countries: Collection[str], mistakes: Mistakes) -> tuple[Budget, ...]:
    """The budgets, each with a cap in every offered currency."""
    listed = tuple(
        _budget(f"budgets.{number}", budget, company, countries, mistakes)
        for number, budget in enumerate(company.budgets)
    )
    if twice := _twice(budget.name for budget in listed):
        mistakes.note("budgets", f"two have the name “{twice}”")
    return listed


def _rule(number: int, rule: RuleSection, company: Company, countries: Collection[str], mistakes: Mistakes) -> Rule:
    key = f"rules.{number}"
    if rule.automatic == bool(rule.steps):
        mistakes.note(key, "needs either steps, or automatic = true")
    if unknown := set(rule.cost_centres) - set(company.requests.cost_centres):
        mistakes.note(f"{key}.cost_centres", f"requests.cost_centres does not name {', '.join(sorted(unknown))}")
    if unknown := set(rule.countries) - set(countries):
        mistakes.note(f"{key}.countries", f"not offered: {', '.join(sorted(unknown))}")
    nothing: Mapping[str, Money] = {}
    up_to = rule.up_to
    return Rule(
        name=rule.name,
        steps=tuple(_step(step) for step in rule.steps),
        up_to=mistakes.among(f"{key}.up_to", lambda: some(amounts(up_to.split(",")), countries), nothing)
        if up_to is not None
        else None,
        requesters=tuple(rule.requesters),
        countries=tuple(rule.countries),
        cost_centres=tuple(rule.cost_centres),
        notify=tuple(rule.notify),
    )


def _step(step: StepSection) -> Step:
    return Step(step.pool, step.count, None if step.notify is None else tuple(step.notify), tuple(step.backup))


def _check_people(key: str, rule: Rule, pools: Mapping[str, tuple[str, ...]], mistakes: Mistakes) -> None:
    """Find what nobody could ever finish; who is in a user group shows only when somebody decides."""
    if unknown := [step.pool for step in rule.steps if step.pool not in pools]:
        mistakes.note(f"{key}.steps", f"no pool has the name {', '.join(sorted(set(unknown)))}")
        return
    pooled = [step for step in rule.steps if not any(map(is_group, pools[step.pool]))]
    askers = [{one} for one in rule.requesters if is_person(one)] if not any(map(is_group, rule.requesters)) else []

    def is_possible(asker: Collection[str]) -> bool:
        return enough_people([set(pools[step.pool]) - set(asker) for step in pooled for _ in range(step.count)])

    if not any(is_possible(asker) for asker in askers or [set()]):
        mistakes.note(f"{key}.steps", "nobody can ever finish them: nobody approves twice, nor what they asked for")


def _budget(
    key: str, budget: BudgetSection, company: Company, countries: Collection[str], mistakes: Mistakes
) -> Budget:
    if budget.per is Per.COST_CENTRE and not company.requests.cost_centres:
        mistakes.note(f"{key}.per", "requests.cost_centres names none")
    nothing: Mapping[str, Money] = {}
    caps = mistakes.among(f"{key}.amount", lambda: every(amounts(budget.amount.split(",")), countries), nothing)
    return Budget(budget.name, budget.per, budget.every, caps, tuple(budget.only))


def _twice(names: Iterator[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
