"""`giftbot policy check`: the policy in force as a table."""

from collections.abc import Iterable, Mapping

from rich.text import Text

from bot.gifts.model.approval_rules import Rule
from bot.gifts.model.money import Money
from bot.settings import PolicySettings
from bot.tools.policy.lint import notes
from bot.tools.policy.report import Page


def check(settings: PolicySettings) -> None:
    """Print pools, rules in their order, budgets, and what is worth knowing."""
    policy = settings.policy(whole_amounts=False)
    path = settings.giftbot_config.path
    page = Page()
    page.title("Requests")
    page.row("asked for by", _listed(policy.may_ask) or "everybody")
    page.row("largest gift", _amounts(policy.largest))
    page.row("countries", ", ".join(policy.countries))
    if policy.cost_centres:
        page.row("cost centres", ", ".join(policy.cost_centres))
    page.title("Pools")
    for name, pool in policy.rules.pools.items():
        page.row(name, _listed(pool))
    page.title("Rules, of which the first that fits counts")
    for rule in policy.rules.listed:
        page.row(rule.name or "every gift", _condition(rule), _course(rule))
    if policy.budgets:
        page.title("Budgets")
    for budget in policy.budgets:
        only = f", only {_listed(budget.only)}" if budget.only else ""
        page.row(budget.name, f"per {budget.per.replace('_', ' ')} and {budget.every}{only}", _amounts(budget.caps))
    if found := [*notes(policy)]:
        page.title("Worth knowing")
    for note in found:
        page.row(note)
    source = str(path) if path else "There is no giftbot.toml, so that GIFTBOT_APPROVERS decide"
    page.show([Text(f"{source}: no mistakes.", "bold green")])


def _condition(rule: Rule) -> str:
    parts = [
        f"up to {_amounts(rule.up_to)}" if rule.up_to is not None else "any amount",
        f"asked for by {_listed(rule.requesters)}" if rule.requesters else "",
        f"in {', '.join(rule.countries)}" if rule.countries else "",
        f"for {', '.join(rule.cost_centres)}" if rule.cost_centres else "",
    ]
    return ", ".join(filter(None, parts))


def _course(rule: Rule) -> str:
    if not rule.steps:
        return "approved at once" + (f", {_listed(rule.notify)} told" if rule.notify else "")
    return ", then ".join(f"{step.count} of {step.pool}" for step in rule.steps)


def _amounts(amounts: Mapping[str, Money]) -> str:
    return ", ".join(amounts[currency].format("en") for currency in sorted(amounts))


def _listed(ids: Iterable[str]) -> str:
    return ", ".join(ids)
