"""The policy tables of giftbot.toml: every mistake is named by its key, in words for whoever wrote it."""

from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from bot.config_file import read_company
from bot.config_file.amounts import amounts
from bot.config_file.policy import Defaults, policy_of

USUAL = Defaults(("UABE", "UANA"), ("GB", "US"), amounts(["100"]))
AN_ID = "has to be one of Slack's ids: U012AB3CD for a person, S012AB3CD for a user group"
POOLS = """
[pools]
leads = ["UABE", "UANA"]
finance = ["UFIN"]
"""


def mistakes(folder: Path, text: str) -> list[str]:
    """What is wrong with a file that says this, line by line."""
    file = folder / "giftbot.toml"
    file.write_text(dedent(text), encoding="utf-8")
    with pytest.raises(ValueError, match="has mistakes") as wrong:
        policy_of(read_company(file), USUAL, whole_amounts=True, templates=())
    first, *lines = str(wrong.value).splitlines()
    assert first == f"{file} has mistakes"
    return [line.strip() for line in lines]


def test_all_that_is_misspelt_is_named_at_once(tmp_path: Path) -> None:
    """Unknown keys, what is missing, and what is of the wrong kind, in every table."""
    found = mistakes(
        tmp_path,
        """
        [company]
        time_zone = "Europe/Londn"
        language = "klingon!"
        [requests]
        from = ["bob", "C012AB3CD"]
        largest = "lots"
        countries = ["GB", "XX"]
        cost_centre = ["Sales"]
        count_together_days = -1
        [pools]
        leads = []
        finance = ["UFIN", "UFIN"]
        [[rules]]
        name = "small"
        up_to = "30 pounds sterling"
        steps = [{ pool = "leads", count = 0, notify = ["#general"] }, { count = 2 }]
        [[rules]]
        nam = "large"
        [[budgets]]
        name = "everybody"
        per = "person"
        every = "week"
        [working_hours]
        days = ["monday"]
        from = "17:00"
        to = "09:00"
        holidays = ["Christmas"]
        holidays_of = "Bavaria"
        [waiting]
        remind_after_hours = 0.5
        expire_after_days = 0
        [announcements]
        channel = "#general"
        """,
    )
    assert found == [
        "company.time_zone: is no time zone, please use a name such as Europe/London",
        "company.language: is no language, please use a locale such as en-GB",
        f"requests.from.0: {AN_ID}",
        f"requests.from.1: {AN_ID}",
        "requests.largest: has to be amounts, such as 250 or 250 GBP, 300 USD",
        "requests.countries.1: is no country, please use ISO codes such as GB",
        "requests.count_together_days: has to be greater than or equal to 0",
        "requests.cost_centre: is not a key that giftbot knows",
        "pools.leads: names nobody",
        "pools.finance: names UFIN twice",
        "rules.0.up_to (“small”): has to be amounts, such as 250 or 250 GBP, 300 USD",
        "rules.0.steps.0.count (“small”): has to be greater than or equal to 1",
        f"rules.0.steps.0.notify.0 (“small”): {AN_ID}, C012AB3CD for a channel",
        "rules.0.steps.1.pool (“small”): is missing",
        "rules.1.name: is missing",
        "rules.1.nam: is not a key that giftbot knows",
        "budgets.0.per (“everybody”): has to be 'requester', 'recipient', 'pair', 'cost_centre' or 'company'",
        "budgets.0.every (“everybody”): has to be 'month', 'quarter' or 'year'",
        "budgets.0.amount (“everybody”): is missing",
        "working_hours.days.0: has to be 'mon', 'tue', 'wed', 'thu', 'fri', 'sat' or 'sun'",
        "working_hours.holidays.0: has to be a date without quotation marks, such as 2030-12-24",
        "working_hours.holidays_of: is no country with known holidays, please use a code such as GB, GB-SCT or DE-BY",
        "waiting.remind_after_hours: has to be a whole number, without quotation marks",
        "waiting.expire_after_days: has to be greater than or equal to 1",
        "announcements.channel: has to be one of Slack's ids: C012AB3CD for a channel",
    ]


MEANT = [
    (
        "a rule that says neither who decides nor that nobody has to",
        POOLS + '[[rules]]\nname = "small"',
        "rules.0 (“small”): needs either steps, or automatic = true",
    ),
    (
        "a rule that says both",
        POOLS + '[[rules]]\nname = "small"\nautomatic = true\nsteps = [{ pool = "leads" }]',
        "rules.0 (“small”): needs either steps, or automatic = true",
    ),
    (
        "a pool that is not there",
        POOLS + '[[rules]]\nname = "small"\nsteps = [{ pool = "lead" }, { pool = "money" }]',
        "rules.0.steps (“small”): there is no pool with the name: lead, money",
    ),
    (
        "more people than a pool has",
        POOLS + '[[rules]]\nname = "small"\nsteps = [{ pool = "finance", count = 2 }]',
        "rules.0.steps (“small”): too few people: nobody can approve twice, nor what they ask for themselves",
    ),
    (
        "the same person in two steps",
        POOLS + 'money = ["UFIN"]\n[[rules]]\nname = "large"\nsteps = [{ pool = "finance" }, { pool = "money" }]',
        "rules.0.steps (“large”): too few people: nobody can approve twice, nor what they ask for themselves",
    ),
    (
        "a rule for one requester, who is the whole pool",
        POOLS + '[[rules]]\nname = "own"\nrequesters = ["UFIN"]\nsteps = [{ pool = "finance" }]',
        "rules.0.steps (“own”): too few people: nobody can approve twice, nor what they ask for themselves",
    ),
    (
        "two rules with one name",
        POOLS + '[[rules]]\nname = "one"\nautomatic = true\n' * 2,
        "rules: more than one has the name “one”",
    ),
    (
        "an amount in a currency that nobody can ask for",
        POOLS + '[[rules]]\nname = "small"\nup_to = "30 CHF"\nautomatic = true',
        "rules.0.up_to (“small”): has a limit in CHF, which no offered country uses",
    ),
    (
        "a country that is not offered",
        POOLS + '[[rules]]\nname = "abroad"\ncountries = ["GB", "FR"]\nautomatic = true',
        "rules.0.countries (“abroad”): nobody can ask for a gift in: FR",
    ),
    (
        "a cost centre that is not there",
        POOLS + '[[rules]]\nname = "sales"\ncost_centres = ["Sales"]\nautomatic = true',
        "rules.0.cost_centres (“sales”): requests.cost_centres does not name: Sales",
    ),
    (
        "readers of a rule with steps",
        POOLS + '[[rules]]\nname = "small"\nnotify = ["C0GENERAL"]\nsteps = [{ pool = "leads" }]',
        "rules.0.notify (“small”): is for automatic = true; each step has a notify of its own",
    ),
    (
        "a largest gift that forgets a currency",
        '[requests]\nlargest = "100 GBP"',
        "requests.largest: has no limit for USD",
    ),
    (
        "a largest gift twice",
        '[requests]\nlargest = "100 GBP, 200 GBP, 100 USD"',
        "requests.largest: has two amounts in GBP",
    ),
    (
        "a budget that forgets a currency",
        '[[budgets]]\nname = "all"\nper = "company"\nevery = "year"\namount = "1000 GBP"',
        "budgets.0.amount (“all”): has no limit for USD",
    ),
    (
        "a budget of nothing",
        '[[budgets]]\nname = "all"\nper = "company"\nevery = "year"\namount = "0"',
        "budgets.0.amount (“all”): The amount has to be more than zero.",
    ),
    (
        "a budget per cost centre without cost centres",
        '[[budgets]]\nname = "teams"\nper = "cost_centre"\nevery = "year"\namount = "1000"',
        "budgets.0.per (“teams”): there are no cost centres: name them in requests.cost_centres",
    ),
    (
        "a budget for a user group, which would count for nobody",
        '[[budgets]]\nname = "leads"\nper = "requester"\nevery = "month"\namount = "1000"\nonly = ["S0LEADS"]',
        "budgets.0.only (“leads”): has to list people by their ids, such as U012AB3CD, not: S0LEADS",
    ),
    (
        "a company's budget for some",
        '[[budgets]]\nname = "all"\nper = "company"\nevery = "year"\namount = "1000"\nonly = ["UMIA"]',
        "budgets.0.only (“all”): is for budgets per requester, recipient or cost_centre",
    ),
    (
        "a day that ends before it begins",
        '[working_hours]\nfrom = "17:00"\nto = "09:00"',
        "working_hours: to has to be later than from",
    ),
    (
        "more user groups than Slack tells of in time",
        "[pools]\nall = [" + ", ".join(f'"S0{number:02}"' for number in range(16)) + "]\n"
        '[[rules]]\nname = "all"\nsteps = [{ pool = "all" }]',
        "pools: the file names 16 user groups; Slack tells of 15 in time",
    ),
]


@pytest.mark.parametrize(("text", "line"), [case[1:] for case in MEANT], ids=[case[0] for case in MEANT])
def test_what_makes_no_sense_is_named(tmp_path: Path, text: str, line: str) -> None:
    """Each by itself: well spelt, and yet nothing that a company can mean."""
    said = mistakes(tmp_path, text)
    assert line in said
    assert len(said) == 1 or "two amounts" in line


def test_all_that_makes_no_sense_is_named_at_once(tmp_path: Path) -> None:
    """A line for each, in the order of the file."""
    found = mistakes(
        tmp_path,
        """
        [requests]
        largest = "100 GBP"
        [pools]
        finance = ["UFIN"]
        [[rules]]
        name = "small"
        steps = [{ pool = "finanse" }]
        [[rules]]
        name = "large"
        steps = [{ pool = "finance", count = 2 }]
        [[budgets]]
        name = "teams"
        per = "cost_centre"
        every = "quarter"
        amount = "1000"
        """,
    )
    assert [line.split(":")[0] for line in found] == [
        "requests.largest",
        "rules.0.steps (“small”)",
        "rules.1.steps (“large”)",
        "budgets.0.per (“teams”)",
    ]


def test_without_rules_somebody_has_to_approve(tmp_path: Path) -> None:
    """Neither in the environment nor in the file."""
    file = tmp_path / "giftbot.toml"
    file.write_text('[pools]\nfinance = ["UFIN"]\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"rules: nobody can approve: set GIFTBOT_APPROVERS, or write \[pools\]"):
        policy_of(read_company(file), replace(USUAL, approvers=()), whole_amounts=True, templates=())
