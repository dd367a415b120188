"""The company's policy: what giftbot.toml and the environment say together."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.config_file.amounts import amounts, every
from bot.config_file.complaints import complaint
from bot.config_file.loader import Company
from bot.config_file.rules import MOST_GROUPS, ErrorCollector, budgets_of, rules_of
from bot.gifts.model.amount_limits import AmountLimits
from bot.gifts.model.policy import Policy

USUAL_FILE = Path("giftbot.toml")


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the environment says, where the file does not."""

    approvers: Collection[str]
    countries: Collection[str]
    largest: Mapping[str, Decimal]


def policy_of(company: Company, usual: Defaults, *, whole_amounts: bool, templates: Collection[str]) -> Policy:
    """The rules in force, with what the gift card service can do; `templates` are the currencies that have one.

    Raises:
        ValueError: they make no sense together; one line for each mistake, with the key that it is about.
    """
    mistakes, requests = ErrorCollector(company), company.requests
    countries = tuple(requests.countries or usual.countries)
    currencies = company.currencies_of(countries)
    mistakes.unknown(["requests", "currencies"], requests.currencies, countries, "nobody can ask for a gift in")
    limits = usual.largest if requests.largest is None else amounts(requests.largest.split(","))
    largest = mistakes.among(["requests", "largest"], lambda: every(limits, currencies), AmountLimits())
    rules = rules_of(company, usual.approvers, countries, mistakes)
    budgets = budgets_of(company, currencies, mistakes)
    policy = Policy(
        rules=rules,
        countries=countries,
        currencies=requests.currencies,
        largest=largest,
        whole_amounts=whole_amounts,
        templates=frozenset(templates),
        may_ask=tuple(requests.who),
        cost_centres=tuple(requests.cost_centres),
        counts_together=timedelta(days=requests.count_together_days),
        budgets=budgets,
        announcing=company.announcing,
        zone=ZoneInfo(company.company.time_zone),
    )
    if len(policy.groups) > MOST_GROUPS:
        mistakes.note(
            ["pools"], f"the file names {len(policy.groups)} user groups; Slack tells of {MOST_GROUPS} in time"
        )
    if mistakes.found:
        raise ValueError(complaint(company.path or USUAL_FILE, mistakes.found))
    return policy
