"""PURE: what a policy leaves open, or does without saying so: worth knowing, and no mistake."""

from collections.abc import Iterator, Mapping, Sequence

from bot.gifts.model.amount_limits import AmountLimits
from bot.gifts.model.approval_rules import Rule, enough_people
from bot.gifts.model.currencies import currency_in
from bot.gifts.model.money import Money
from bot.gifts.model.people import is_group, is_person
from bot.gifts.model.policy import Policy


def notes(policy: Policy) -> Iterator[str]:
    """All of them, a sentence each."""
    rules = policy.rules.listed
    for number, rule in enumerate(rules):
        if before := next((other for other in rules[:number] if _covers(other, rule)), None):
            yield f"Rule “{rule.name}” is never reached: “{before.name}” comes first and fits all of it."
    for country in policy.countries:
        yield from _without_a_rule(country, policy)
    for rule in rules:
        yield from _needed(rule, policy)
    yield from _pools(policy)
    yield from _one_figure("The largest gift", policy.largest)
    for rule in rules:
        yield from _one_figure(f"Rule “{rule.name}”", rule.up_to or {})
    for budget in policy.budgets:
        yield from _one_figure(f"Budget “{budget.name}”", budget.caps)
    yield from _silence(rules)


def _covers(earlier: Rule, later: Rule) -> bool:
    """Whether whatever fits the later rule fits the earlier one."""
    pairs = [
        (earlier.requesters, later.requesters),
        (earlier.countries, later.countries),
        (earlier.cost_centres, later.cost_centres),
    ]
    if any(wide and not (narrow and {*narrow} <= {*wide}) for wide, narrow in pairs):
        return False
    if earlier.up_to is None:
        return True
    return later.up_to is not None and all(
        currency in earlier.up_to and most <= earlier.up_to[currency] for currency, most in later.up_to.items()
    )


def _without_a_rule(country: str, policy: Policy) -> Iterator[str]:
    """Amounts about which no rule for everybody says anything."""
    currency = currency_in(country, policy.currencies)
    limits = [
        rule.up_to and rule.up_to.get(currency)
        for rule in policy.rules.listed
        if not rule.requesters and not rule.cost_centres and (not rule.countries or country in rule.countries)
        if rule.up_to is None or currency in rule.up_to
    ]
    if None in limits:
        return
    if largest := max((limit for limit in limits if limit), default=None):
        yield f"No rule for everybody goes above {largest.format('en')} in {country}: more is refused."
    else:
        yield f"No rule for everybody is about gifts in {country}: they are refused."


def _needed(rule: Rule, policy: Policy) -> Iterator[str]:
    """People without whom a rule cannot be finished; a user group may have any number of others."""
    pools = [policy.rules.pools[step.pool] for step in rule.steps for _ in range(step.count)]
    of_people = [{*pool} for pool in pools if all(map(is_person, pool))]
    if all(len(pool) > len(of_people) for pool in of_people):
        return  # without any one of them, each still has somebody of its own
    needed = [one for one in sorted({*()}.union(*of_people)) if not enough_people([pool - {one} for pool in of_people])]
    if needed:
        name = f"Rule “{rule.name}”" if rule.name else "The rule"
        yield f"{name} cannot be finished when {' or '.join(needed)} asks or receives: refused."


def _pools(policy: Policy) -> Iterator[str]:
    asked = {step.pool for rule in policy.rules.listed for step in rule.steps}
    for name, pool in policy.rules.pools.items():
        if groups := sorted(filter(is_group, pool)):
            yield f"Pool “{name}” has {', '.join(groups)}: who is in it is looked up whenever somebody decides."
        if name not in asked:
            yield f"Pool “{name}” is asked by no rule."


def _one_figure(what: str, limits: Mapping[str, Money]) -> Iterator[str]:
    """The same figure in several currencies, of which one may be worth a hundred times another."""
    figure = limits.otherwise if isinstance(limits, AmountLimits) else None
    alike = [money.format("en") for money in limits.values() if money.major == figure]
    if len(alike) > 1:
        yield f"{what}: {figure} is {', '.join(alike)}, each for itself. Name currencies: “250 GBP, 45000 JPY”."


def _silence(rules: Sequence[Rule]) -> Iterator[str]:
    for rule in rules:
        for number, step in enumerate(rule.steps, start=1):
            if step.notify == ():
                yield f"Nobody is told when step {number} of “{rule.name}” waits; it stands on their Home tab."
