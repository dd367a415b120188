"""What a policy makes of a request: which rule, which steps with whom, who is told, or why it is refused.

A row says what the company settled, what somebody asks (`who for whom: amount country cost centre`), perhaps what was
asked before and when it is asked, and what comes of it.
"""

from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest

from bot.config_file import read_company
from bot.config_file.amounts import amounts
from bot.config_file.policy import Defaults, policy_of
from bot.gifts.approvals.preview import Foresight, foresee
from bot.gifts.budget_ledger import BudgetLedger
from bot.gifts.model.approval_route import Route
from bot.gifts.model.draft import Draft
from bot.gifts.model.errors import Refused
from bot.gifts.model.gift import Approval
from bot.gifts.model.people import Person, Roster, Standing
from bot.gifts.model.policy import Policy
from storage import Database, SqliteStore

USUAL = Defaults(("UABE", "UANA"), ("GB", "US", "DE", "JP"), amounts(["500", "60000 JPY"]))
GROUPS = {"S0LEADS": frozenset({"UABE", "UANA"}), "S0SALES": frozenset({"UMIA", "ULEO"}), "S0EMPTY": frozenset[str]()}
PEOPLE = ("UMIA", "ULEO", "UABE", "UANA", "UFIN", "UCFO", "UROB", "UEVE")

NOTHING = ""
STEPS = """
[pools]
leads = ["UABE", "UANA"]
finance = ["UFIN", "UCFO"]
[[rules]]
name = "small"
up_to = "50 GBP, 60 EUR"
steps = [{ pool = "leads" }]
[[rules]]
name = "large"
steps = [{ pool = "leads" }, { pool = "finance" }]
"""
ALONE = """
[pools]
leads = ["S0LEADS"]
[[rules]]
name = "thanks"
up_to = "20"
automatic = true
notify = ["C0GENERAL", "UFIN"]
[[rules]]
name = "rest"
steps = [{ pool = "leads", count = 2, notify = [] }]
"""
WHO = """
[pools]
leads = ["UABE", "UANA"]
finance = ["UFIN"]
[[rules]]
name = "the boss"
requesters = ["UABE"]
steps = [{ pool = "finance" }]
[[rules]]
name = "sales"
requesters = ["S0SALES"]
up_to = "100"
automatic = true
[[rules]]
name = "everybody"
steps = [{ pool = "leads" }]
"""
WHERE = """
[requests]
cost_centres = ["Sales", "Research"]
[pools]
leads = ["UABE", "UANA"]
finance = ["UFIN"]
[[rules]]
name = "abroad"
countries = ["US", "JP"]
steps = [{ pool = "leads" }, { pool = "finance" }]
[[rules]]
name = "research"
cost_centres = ["Research"]
steps = [{ pool = "finance" }]
[[rules]]
name = "else"
steps = [{ pool = "leads" }]
"""
TWO_POOLS = """
[pools]
leads = ["UABE", "UANA"]
finance = ["UABE", "UFIN"]
[[rules]]
name = "both"
steps = [{ pool = "leads" }, { pool = "finance" }]
"""
TOGETHER = STEPS + "[requests]\ncount_together_days = 7\n"
GAP = """
[pools]
leads = ["UABE", "UANA"]
[[rules]]
name = "small"
up_to = "50 GBP"
steps = [{ pool = "leads" }]
"""
SOME = '[requests]\nfrom = ["S0SALES", "UABE"]\nlargest = "100 GBP, 200 USD, 300 EUR, 9000 JPY"\n'
EMPTY = '[pools]\nnobody = ["S0EMPTY"]\n[[rules]]\nname = "all"\nsteps = [{ pool = "nobody" }]\n'


def budget(per: str, every: str, more: str = "") -> str:
    """A policy with a budget of 100 in every currency; one of the usual approvers decides."""
    return f'[[budgets]]\nname = "cap"\nper = "{per}"\nevery = "{every}"\namount = "100, 10000 JPY"\n{more}'


class Case(NamedTuple):
    """A row of the table: `expected` is the rule and its steps, or the refusal."""

    title: str
    policy: str
    asks: str
    expected: str
    before: tuple[str, ...] = ()
    now: str = "2030-03-31 12:00"


CASES = [
    Case("without a file, one approver decides", NOTHING, "UMIA for UROB: 25 GB", ": 1 of approvers (UABE, UANA)"),
    Case("the first rule that fits counts", STEPS, "UMIA for UROB: 25 GB", "small: 1 of leads (UABE, UANA)"),
    Case("up to an amount means that amount too", STEPS, "UMIA for UROB: 50 GB", "small: 1 of leads (UABE, UANA)"),
    Case(
        "a penny more is the next rule's",
        STEPS,
        "UMIA for UROB: 50.01 GB",
        "large: 1 of leads (UABE, UANA), 1 of finance (UCFO, UFIN)",
    ),
    Case("each currency has its own limit", STEPS, "UMIA for UROB: 60 DE", "small: 1 of leads (UABE, UANA)"),
    Case(
        "a currency that a rule does not name does not fit it",
        STEPS,
        "UMIA for UROB: 1 US",
        "large: 1 of leads (UABE, UANA), 1 of finance (UCFO, UFIN)",
    ),
    Case(
        "the total of a request counts, not each gift",
        STEPS,
        "UMIA for UROB UEVE: 30 GB",
        "large: 1 of leads (UABE, UANA), 1 of finance (UCFO, UFIN)",
    ),
    Case("nobody has to approve a small one", ALONE, "UMIA for UROB: 20 GB", "thanks: at once; told: C0GENERAL, UFIN"),
    Case(
        "n different people of a user group; nobody is told",
        ALONE,
        "UMIA for UROB: 21 GB",
        "rest: 2 of leads (UABE, UANA)",
    ),
    Case("a rule for one requester", WHO, "UABE for UROB: 10 GB", "the boss: 1 of finance (UFIN)"),
    Case("a rule for a user group", WHO, "ULEO for UROB: 100 US", "sales: at once"),
    Case("an amount above the group's rule", WHO, "ULEO for UROB: 101 US", "everybody: 1 of leads (UABE, UANA)"),
    Case("not in the group", WHO, "UEVE for UROB: 100 US", "everybody: 1 of leads (UABE, UANA)"),
    Case(
        "the country where it is spent",
        WHERE,
        "UMIA for UROB: 10 US Sales",
        "abroad: 1 of leads (UABE, UANA), 1 of finance (UFIN)",
    ),
    Case("the cost centre that pays", WHERE, "UMIA for UROB: 10 GB Research", "research: 1 of finance (UFIN)"),
    Case("another cost centre", WHERE, "UMIA for UROB: 10 GB Sales", "else: 1 of leads (UABE, UANA)"),
    Case("without a cost centre", WHERE, "UMIA for UROB: 10 GB", "Please choose one of the cost centres in the list."),
    Case("who asks is not asked", STEPS, "UABE for UROB: 10 GB", "small: 1 of leads (UANA)"),
    Case("who receives is not asked", STEPS, "UMIA for UANA: 10 GB", "small: 1 of leads (UABE)"),
    Case(
        "nobody is left of a pool",
        STEPS,
        "UABE for UANA: 10 GB",
        "Nobody is left who could approve this: every approver asks for it or receives it.",
    ),
    Case(
        "nobody is left of the second step's pool",
        STEPS,
        "UFIN for UCFO: 60 GB",
        "Step 2 needs 1 person of finance, and nobody is left for it who has no other part in this.",
    ),
    Case(
        "too few are left for two",
        ALONE,
        "UABE for UROB: 30 GB",
        "Step 1 needs 2 people of leads, and too few are left for it who have no other part in this.",
    ),
    Case(
        "the only one left would be needed twice",
        TWO_POOLS,
        "UANA for UFIN: 10 GB",
        "Step 2 needs 1 person of finance, and nobody is left for it who has no other part in this.",
    ),
    Case(
        "a user group without anybody",
        EMPTY,
        "UMIA for UROB: 10 GB",
        "Nobody is left who could approve this: every approver asks for it or receives it.",
    ),
    Case("no rule fits", GAP, "UMIA for UROB: 51 GB", "The company's policy has no rule for such a gift."),
    Case("a group may ask", SOME, "ULEO for UROB: 100 GB", ": 1 of approvers (UABE, UANA)"),
    Case(
        "others may not ask",
        SOME,
        "UEVE for UROB: 10 GB",
        "You are not among those who may ask for gifts here. `/gift settings` shows the rules.",
    ),
    Case("the largest gift", SOME, "UMIA for UROB: 9001 JP", "The largest gift is ¥9,000 for each person."),
    Case("somebody who left", NOTHING, "UMIA for UGONE: 10 GB", "Not everybody can get a gift: UGONE is deactivated."),
    Case(
        "split within the window, they count together",
        TOGETHER,
        "UMIA for UROB: 26 GB",
        "large: 1 of leads (UABE, UANA), 1 of finance (UCFO, UFIN)",
        before=("2030-03-24 12:00 UMIA for UROB: 25 GB",),
    ),
    Case(
        "after the window they do not",
        TOGETHER,
        "UMIA for UROB: 26 GB",
        "small: 1 of leads (UABE, UANA)",
        before=("2030-03-24 11:59 UMIA for UROB: 25 GB",),
    ),
    Case(
        "gifts to somebody else do not count together",
        TOGETHER,
        "UMIA for UROB: 26 GB",
        "small: 1 of leads (UABE, UANA)",
        before=("2030-03-30 12:00 UMIA for UEVE: 25 GB", "2030-03-30 12:00 ULEO for UROB: 25 GB"),
    ),
    Case(
        "exactly a budget's cap",
        budget("requester", "month"),
        "UMIA for UROB: 75 GB",
        ": 1 of approvers (UABE, UANA); cap: £25.00 -> £100.00 of £100.00",
        before=("2030-03-01 00:00 UMIA for UEVE: 25 GB",),
    ),
    Case(
        "a penny above it",
        budget("requester", "month"),
        "UMIA for UROB: 75.01 GB",
        "This is more than the budget “cap” allows: £75.00 of £100.00 are left.",
        before=("2030-03-01 00:00 UMIA for UEVE: 25 GB",),
    ),
    Case(
        "last month does not count",
        budget("requester", "month"),
        "UMIA for UROB: 100 GB",
        ": 1 of approvers (UABE, UANA); cap: £0.00 -> £100.00 of £100.00",
        before=("2030-03-31 23:59 UMIA for UEVE: 25 GB",),
        now="2030-04-01 00:00",
    ),
    Case(
        "the month ends where the company is",
        budget("requester", "month") + '[company]\ntime_zone = "Europe/Berlin"\n',
        "UMIA for UROB: 100 GB",
        ": 1 of approvers (UABE, UANA); cap: £0.00 -> £100.00 of £100.00",
        before=("2030-03-31 21:59 UMIA for UEVE: 25 GB",),
        now="2030-03-31 22:00",
    ),
    Case(
        "a quarter goes over two month ends",
        budget("recipient", "quarter"),
        "UMIA for UROB: 60 GB",
        "This is more than the budget “cap” allows: £50.00 of £100.00 are left.",
        before=("2030-01-01 00:00 ULEO for UROB: 50 GB",),
    ),
    Case(
        "and then begins anew",
        budget("recipient", "quarter"),
        "UMIA for UROB: 60 GB",
        ": 1 of approvers (UABE, UANA); cap: £0.00 -> £60.00 of £100.00",
        before=("2030-01-01 00:00 ULEO for UROB: 50 GB",),
        now="2030-04-01 00:00",
    ),
    Case(
        "a year of the same two people",
        budget("pair", "year"),
        "UMIA for UROB: 60 GB",
        "This is more than the budget “cap” allows: £50.00 of £100.00 are left.",
        before=("2030-01-01 00:00 UMIA for UROB: 50 GB", "2030-01-01 00:00 ULEO for UROB: 50 GB"),
        now="2030-12-31 23:59",
    ),
    Case(
        "the company as a whole, all recipients together",
        budget("company", "year"),
        "UMIA for UROB UEVE: 30 GB",
        "This is more than the budget “cap” allows: £50.00 of £100.00 are left.",
        before=("2030-01-01 00:00 ULEO for UABE: 50 GB",),
    ),
    Case(
        "currencies do not mix",
        budget("company", "year"),
        "UMIA for UROB: 10000 JP",
        ": 1 of approvers (UABE, UANA); cap: ¥0 -> ¥10,000 of ¥10,000",
        before=("2030-01-01 00:00 ULEO for UABE: 100 GB",),
    ),
    Case(
        "a budget only for somebody else",
        budget("requester", "month", 'only = ["ULEO"]\n'),
        "UMIA for UROB: 400 GB",
        ": 1 of approvers (UABE, UANA)",
    ),
    Case(
        "a budget only for one cost centre",
        budget("cost_centre", "month", 'only = ["Sales"]\n') + WHERE,
        "UMIA for UROB: 101 GB Sales",
        "This is more than the budget “cap” allows: £100.00 of £100.00 are left.",
    ),
    Case(
        "which is not the one that pays",
        budget("cost_centre", "month", 'only = ["Sales"]\n') + WHERE,
        "UMIA for UROB: 101 GB Research",
        "research: 1 of finance (UFIN)",
    ),
]


@dataclass
class Calendar:
    """A clock that shows what a row says."""

    time: datetime

    def now(self) -> datetime:
        """The time now."""
        return self.time

    def monotonic(self) -> float:
        """Nothing takes time here."""
        raise NotImplementedError

    async def sleep(self, seconds: float) -> None:
        """Nobody sleeps here."""
        raise NotImplementedError(seconds)

    async def wait(self, event: object, seconds: float) -> None:
        """Nobody waits here."""
        raise NotImplementedError(event, seconds)


class Company:
    """A company with this policy, and what was asked for so far."""

    def __init__(self, policy: Policy, store: SqliteStore) -> None:
        self.policy = policy
        self._store = store
        self._clock = Calendar(datetime(2030, 1, 1, tzinfo=UTC))
        self._ledger = BudgetLedger(store, self._clock, policy)

    def foresees(self, asks: str, now: str) -> Foresight:
        """What would become of a request."""
        self._clock.time = datetime.fromisoformat(f"{now}+00:00")
        people = {slack_id: Person(slack_id, slack_id, locale="en-GB") for slack_id in PEOPLE}
        people["UGONE"] = Person("UGONE", "UGONE", Standing.DEACTIVATED)
        return foresee(_draft(asks), people, Roster(GROUPS), self.policy, self._ledger, self._clock)

    def asked(self, line: str) -> None:
        """Keep what was asked for once: `2030-01-01 12:00 who for whom: ...`."""
        foresight = self.foresees(line[17:], line[:16])
        assert foresight.refusal is None, foresight.refusal
        assert foresight.request
        gifts = tuple(replace(gift, id=str(uuid4())) for gift in foresight.request.gifts)
        request = replace(foresight.request, gifts=gifts)
        with self._store.write():
            self._store.requests.add(request)
            self._ledger.reserve(request, request.gifts)


def _draft(asks: str) -> Draft:
    people, _, rest = asks.partition(": ")
    requester, _, recipients = people.partition(" for ")
    amount, country, *cost_centre = rest.split()
    return Draft(
        str(uuid4()), requester, tuple(recipients.split()), amount, country, cost_centre="".join(cost_centre) or None
    )


def _course(route: Route) -> str:
    if not route.rule.steps:
        told = ", ".join(route.without_involved(route.rule.notify))
        return f"{route.rule.name}: at once" + (f"; told: {told}" if told else "")
    steps = [
        f"{step.count} of {step.pool} ({', '.join(route.eligible_approvers_of(number))})"
        for number, step in enumerate(route.rule.steps)
    ]
    return f"{route.rule.name}: {', '.join(steps)}"


def _in_words(foresight: Foresight) -> str:
    if foresight.refusal:
        return str(foresight.refusal)
    assert foresight.route
    balances = [
        f"; {then.budget.name}: {balance.used.format('en')} -> {then.used.format('en')} of {then.cap.format('en')}"
        for balance, then in zip(foresight.before, foresight.after, strict=True)
    ]
    return _course(foresight.route) + "".join(balances)


@pytest.fixture
def store(tmp_path: Path) -> Generator[SqliteStore]:
    """An empty database."""
    database = Database(tmp_path / "giftbot.db")
    yield SqliteStore(database, lambda: None)
    database.close()


@pytest.fixture
def company(tmp_path: Path, store: SqliteStore, text: str) -> Company:
    """A company whose giftbot.toml says this."""
    file = tmp_path / "giftbot.toml"
    file.write_text(text, encoding="utf-8")
    return Company(policy_of(read_company(file), USUAL, whole_amounts=False, templates=()), store)


@pytest.mark.parametrize(
    ("text", "case"), [(case.policy, case) for case in CASES], ids=[case.title.replace(" ", "_") for case in CASES]
)
def test_what_a_policy_makes_of_a_request(company: Company, case: Case) -> None:
    """The rule, its steps with the people of each, who is told, and the budgets; or the refusal."""
    for line in case.before:
        company.asked(line)
    assert _in_words(company.foresees(case.asks, case.now)) == case.expected


def test_there_are_enough_cases() -> None:
    """The issue wants at least 25, each with a name of its own."""
    assert len({case.title for case in CASES}) == len(CASES) >= 25


ASKS = "You asked for this gift, so somebody else has to decide about it."
RECEIVES = "This gift is for you, so somebody else has to decide about it."
STRANGER = "Only an approver can decide about gifts. You are not on the list of approvers."
NEEDED = "You are needed for step 2, so somebody else has to decide this one."
AGAIN = "You have approved this already; it also needs somebody else."
NOT_YET = "It is the turn of {pool}, and you are not among them."
DECISIONS = [
    ("the first step", STEPS, "UMIA for UROB: 60 GB", [], "UABE", "may"),
    ("not whose turn it is", STEPS, "UMIA for UROB: 60 GB", [], "UFIN", NOT_YET.format(pool="leads")),
    ("the second step", STEPS, "UMIA for UROB: 60 GB", ["UABE"], "UFIN", "may"),
    ("whose turn is over", STEPS, "UMIA for UROB: 60 GB", ["UABE"], "UANA", NOT_YET.format(pool="finance")),
    ("the same person in two pools", TWO_POOLS, "UMIA for UROB: 10 GB", ["UABE"], "UABE", AGAIN),
    ("the other one of two", ALONE, "UMIA for UROB: 30 GB", ["UABE"], "UANA", "may"),
    ("the same one twice", ALONE, "UMIA for UROB: 30 GB", ["UABE"], "UABE", AGAIN),
    ("who is needed for a later step", TWO_POOLS, "UMIA for UFIN: 10 GB", [], "UABE", NEEDED),
    ("who asks", STEPS, "UABE for UROB: 10 GB", [], "UABE", ASKS),
    ("who receives", STEPS, "UMIA for UABE: 10 GB", [], "UABE", RECEIVES),
    ("a stranger", STEPS, "UMIA for UROB: 10 GB", [], "UEVE", STRANGER),
]


@pytest.mark.parametrize(
    ("text", "asks", "agreed", "person", "answer"),
    [case[1:] for case in DECISIONS],
    ids=[case[0].replace(" ", "_") for case in DECISIONS],
)
def test_who_may_decide(company: Company, asks: str, agreed: list[str], person: str, answer: str) -> None:
    """Once these people have agreed, this one clicks Approve."""
    route = company.foresees(asks, "2030-03-31 12:00").route
    assert route
    for one in agreed:
        route = _agrees(route, one)
    assert _answer(route, person) == answer


def _answer(route: Route, person: str) -> str:
    try:
        _agrees(route, person)
    except Refused as refused:
        return str(refused.user_message)
    return "may"


def _agrees(route: Route, person: str) -> Route:
    whose = route.check(person)
    assert route.position is not None
    approval = Approval(route.position, route.rule.steps[route.position].pool, person, whose, datetime.now(UTC))
    route.after(approval)
    request = replace(route.request, approvals=(*route.request.approvals, approval))
    return replace(route, request=request)
