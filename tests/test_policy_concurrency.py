"""Races: many people act in the same moment, round after round, and each time exactly what may happen has happened."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.gifts.model.approval_rules import Rule, Rules, Step
from bot.gifts.model.budget import Budget, Per, Period
from bot.gifts.model.draft import Draft
from bot.gifts.model.errors import GiftbotError
from bot.gifts.model.gift import Request, RequestState
from bot.gifts.model.job import Job, JobKind
from bot.gifts.model.money import Money
from bot.gifts.model.policy import Policy
from bot.gifts.services import Services
from tests.harness.fast_world import CalmCompany, attempt

AT_ONCE = 10
ROUNDS = 25
A_MOMENT = 5.0  # seconds; as long as what the slowest of them waits for
MANAGERS = tuple(f"UMANAGER{number}" for number in range(AT_ONCE))
CAP = Money(10000, "GBP", 2)
POLICY = Policy(
    rules=Rules({"managers": MANAGERS}, (Rule("two managers", (Step("managers", count=2),)),)),
    countries=("GB",),
    largest={"GBP": CAP},
    budgets=(Budget("all of us", Per.COMPANY, Period.MONTH, {"GBP": CAP}),),
)
Act = Callable[[Services], Awaitable[Request]]


@pytest.fixture
def company(tmp_path: Path) -> Generator[CalmCompany]:
    """A company where two of ten managers approve, and gifts of 100 pounds a month are enough."""
    company = CalmCompany(tmp_path, POLICY, seed=4711)
    yield company
    company.close()


def a_draft(company: CalmCompany, amount: str, requester: str = "UMIA", request_id: str | None = None) -> Draft:
    """What somebody asks for Rob."""
    return Draft(request_id or company.fate.id(), requester, ("UROB",), amount, "GB")


def asks(draft: Draft) -> Act:
    """Somebody submits the form."""
    return lambda bot: bot.submit.ask(draft)


def edits(draft: Draft, version: int = 1) -> Act:
    """Somebody submits it again, changed."""
    return lambda bot: bot.submit.edit(draft, version)


def approves(request: Request, manager: str) -> Act:
    """A manager clicks Approve."""
    return lambda bot: bot.decide.approve(request.id, manager, version=1)


def declines(request: Request, manager: str) -> Act:
    """A manager declines."""
    return lambda bot: bot.decide.decline(request.id, manager, "not this month", 1)


def cancels(request: Request) -> Act:
    """Whoever asked takes it back."""
    return lambda bot: bot.decide.cancel(request.id, request.requester)


def expires(work: Job, request: Request) -> Act:
    """The machine finds that it has waited too long."""

    async def act(services: Services) -> Request:
        await services.steps[JobKind.CHASE](work)
        return request

    return act


def at_once(company: CalmCompany, *acts: Act) -> list[Request | GiftbotError]:
    """What comes of acts in the same moment; chance decides who is first."""

    async def everybody() -> list[Request | GiftbotError]:
        return await asyncio.gather(*map(arrives, acts))

    async def arrives(act: Act) -> Request | GiftbotError:
        await company.clock.sleep(company.fate.between(0, A_MOMENT))
        return await attempt(act(company.services))

    return company.run(everybody())


def accepted(outcomes: list[Request | GiftbotError]) -> list[Request]:
    """Those that were let through."""
    return [outcome for outcome in outcomes if isinstance(outcome, Request)]


def reserved(company: CalmCompany) -> int:
    """What all gifts together reserve, in pence; the sums that budgets are judged by say the same."""
    minor: int = sum(company.ledger.gifts("reserved_minor"))
    assert sum(company.ledger.spending("minor", per="company")) == minor
    return minor


def test_of_many_requests_at_the_cap_as_many_are_accepted_as_fit(company: CalmCompany) -> None:
    """Ten people ask for 30 pounds each in the same moment: three times that fits into 100, whatever the timing."""
    for _ in range(ROUNDS):
        outcomes = at_once(company, *(asks(a_draft(company, "30", f"U{number}")) for number in range(AT_ONCE)))
        assert len(accepted(outcomes)) == 3
        assert reserved(company) == 9000
        refusals = {str(outcome) for outcome in outcomes if not isinstance(outcome, Request)}
        assert refusals == {"This is more than the budget “all of us” allows: £10.00 of £100.00 are left."}
        at_once(company, *map(cancels, accepted(outcomes)))
        assert reserved(company) == 0


def test_of_two_that_only_together_pass_the_cap_one_is_accepted(company: CalmCompany) -> None:
    """A change that asks for more and a new request race for what is left."""
    winners = set()
    for _ in range(ROUNDS):
        (first,) = accepted(at_once(company, asks(a_draft(company, "40"))))
        more, other = a_draft(company, "70", request_id=first.id), a_draft(company, "50", "UEVE")
        edited, asked = at_once(company, edits(more), asks(other))
        assert isinstance(edited, Request) != isinstance(asked, Request)
        assert reserved(company) == (7000 if isinstance(edited, Request) else 9000)
        winners.add(isinstance(edited, Request))
        at_once(company, *map(cancels, accepted([first, asked])))
        assert reserved(company) == 0
    assert winners == {True, False}, "chance has let both win"


def test_ten_managers_at_once_are_two_approvals(company: CalmCompany) -> None:
    """Two of ten count; the others are told that it is decided, and there is one outcome."""
    for _ in range(ROUNDS):
        (asked,) = accepted(at_once(company, asks(a_draft(company, "1"))))
        outcomes = at_once(company, *(approves(asked, manager) for manager in MANAGERS))
        assert len(accepted(outcomes)) == 2
        refusals = {str(outcome) for outcome in outcomes if not isinstance(outcome, Request)}
        assert refusals == {"This request has already been decided."}
        given = company.ledger.approvals("given_by", request_id=asked.id)
        assert len(given) == len({*given}) == 2
        assert _ends(company, asked) == ["approve"]


def test_approve_decline_cancel_edit_and_expire_have_one_outcome(company: CalmCompany) -> None:
    """Whoever is first counts, and everybody else changes nothing."""
    seen = set()
    for _ in range(ROUNDS):
        (asked,) = accepted(at_once(company, asks(a_draft(company, "1"))))
        company.clock.jump(timedelta(days=21))  # it is old enough to expire, and nobody has looked yet
        (work,) = company.store.jobs.due({JobKind.CHASE}, company.now(), 1)
        acts = [
            *(approves(asked, manager) for manager in MANAGERS[:3]),
            *(declines(asked, manager) for manager in MANAGERS[3:5]),
            cancels(asked),
            edits(a_draft(company, "2", request_id=asked.id)),
            expires(work, asked),
        ]
        assert len(acts) >= 8
        at_once(company, *acts)
        seen.add(_outcome(company, asked))
        company.passes(timedelta(days=40))
    assert len(seen) >= 3, "chance has let different people win"


def _outcome(company: CalmCompany, asked: Request) -> str:
    """How it ended, which only one of them brought about."""
    ended = company.store.requests.get(asked.id)
    assert ended
    assert len(_ends(company, asked)) == (ended.state is not RequestState.PENDING)
    if ended.state is RequestState.APPROVED:
        assert len({given.by for given in ended.approvals}) == 2
    kept = company.ledger.gifts("state", "reserved_minor", request_id=asked.id)
    assert kept == [("cancelled", 0) if _is_over(ended) else (ended.gifts[0].state.value, ended.value.minor)]
    reserved(company)
    return str(ended.state)


def _is_over(request: Request) -> bool:
    return request.state not in {RequestState.PENDING, RequestState.APPROVED}


def _ends(company: CalmCompany, request: Request) -> list[str]:
    """What the record says of how a request ended."""
    events = company.ledger.audit_events("event", request_id=request.id, gift_id=None)
    return [event for event in events if event in {"approve", "decline", "cancel", "expire"}]
