"""Whatever people do in whatever order: after every act promises 2, 6 and 7 hold, by what the database holds."""

from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.gifts.model.approval_rules import Rule, Rules, Step
from bot.gifts.model.budget import Budget, Per, Period
from bot.gifts.model.draft import Draft
from bot.gifts.model.gift import MACHINE, Request
from bot.gifts.model.money import Money
from bot.gifts.model.policy import Policy
from tests.harness.fast_world import CalmCompany


def pounds(amount: int) -> dict[str, Money]:
    """A cap or a limit in the only currency of this company."""
    return {"GBP": Money(amount * 100, "GBP", 2)}


POOLS = {"managers": ("UABE", "UANA", "UAMY"), "finance": ("UANA", "UFIN", "UFAY", "UFOX")}
STEPS = {"small": [], "medium": [("managers", 1)], "large": [("managers", 1), ("finance", 2)]}
POLICY = Policy(
    rules=Rules(
        POOLS,
        (
            Rule("small", (), up_to=pounds(20)),
            Rule("medium", (Step("managers"),), up_to=pounds(80)),
            Rule("large", (Step("managers"), Step("finance", 2))),
        ),
    ),
    countries=("GB",),
    largest=pounds(250),
    cost_centres=("Sales", "Support"),
    counts_together=timedelta(days=3),
    budgets=(
        Budget("each of us", Per.REQUESTER, Period.MONTH, pounds(300)),
        Budget("for anybody", Per.RECIPIENT, Period.YEAR, pounds(400)),
        Budget("Sales", Per.COST_CENTRE, Period.MONTH, pounds(250), only=("Sales",)),
        Budget("all", Per.COMPANY, Period.QUARTER, pounds(700)),
    ),
)
ASKERS = ["UMIA", "UMAX", "UABE"]
RECIPIENTS = ["UROB", "UEVE", "UANA", "UFIN"]
DECIDERS = [*dict.fromkeys(person for pool in POOLS.values() for person in pool)]
EVERYBODY = [*ASKERS, "UROB", *DECIDERS]
AMOUNTS = st.sampled_from(["5", "19", "20", "21", "50", "80", "81", "150", "250"])


class Wish(NamedTuple):
    """What a form is filled in with."""

    recipients: tuple[str, ...]
    amount: str
    cost_centre: str

    def draft(self, request_id: str, requester: str) -> Draft:
        """The form, filled in."""
        return Draft(request_id, requester, self.recipients, self.amount, "GB", cost_centre=self.cost_centre)


WISHES = st.builds(
    Wish,
    st.lists(st.sampled_from(RECIPIENTS), min_size=1, max_size=2, unique=True).map(tuple),
    AMOUNTS,
    st.sampled_from(POLICY.cost_centres),
)


class Office(RuleBasedStateMachine):
    """Everybody does whatever they like, in any order, as often as they like."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        self._company = CalmCompany(Path(self._folder.name), POLICY, seed=1)
        self._ledger = self._company.ledger
        self._ids = (f"00000000-0000-4000-8000-{number:012}" for number in count())
        self._requests: list[str] = []

    def teardown(self) -> None:
        """Close the office."""
        self._company.close()
        self._folder.cleanup()

    # ---------------------------------------------------------------- what people do

    @rule(requester=st.sampled_from(ASKERS), wish=WISHES)
    def asks(self, requester: str, wish: Wish) -> None:
        """Somebody asks; with an approver among the recipients as well."""
        request_id = next(self._ids)
        answer = self._company.tries(lambda bot: bot.submit.ask(wish.draft(request_id, requester)))
        if isinstance(answer, Request):
            self._requests.append(request_id)
            assert answer.weighed
            assert answer.weighed.minor == answer.total.minor + self._shortly_before(answer)

    @precondition(lambda self: self._requests)
    @rule(data=st.data(), person=st.sampled_from(EVERYBODY), wish=WISHES, behind=st.integers(0, 1))
    def edits(self, data: st.DataObject, person: str, wish: Wish, behind: int) -> None:
        """Somebody changes a request, theirs or not, as it is or was."""
        request_id = data.draw(st.sampled_from(self._requests))
        version = self._version(request_id) - behind
        self._company.tries(lambda bot: bot.submit.edit(wish.draft(request_id, person), version))

    @precondition(lambda self: self._requests)
    @rule(
        data=st.data(),
        person=st.sampled_from([*DECIDERS, *EVERYBODY]),
        behind=st.sampled_from([0, 0, 0, 1]),
        amount=st.none() | AMOUNTS,
    )
    def approves(self, data: st.DataObject, person: str, behind: int, amount: str | None) -> None:
        """Somebody approves, entitled or not, on a card as it is or was, perhaps for less."""
        request_id = data.draw(st.sampled_from(self._requests[-3:]))
        version = self._version(request_id) - behind
        answer = self._company.tries(
            lambda bot: bot.decide.approve(request_id, person, version=version, note="ok", amount=amount)
        )
        assert not (behind and isinstance(answer, Request)), "nobody approves what they have not seen"

    @precondition(lambda self: self._requests)
    @rule(data=st.data(), behind=st.sampled_from([0, 0, 1]))
    def agrees(self, data: st.DataObject, behind: int) -> None:
        """Somebody approves whose turn it is, so that much comes to its last step."""
        request = self._company.store.requests.get(data.draw(st.sampled_from(self._requests[-2:])))
        assert request
        route = self._company.does(lambda bot: POLICY.route(request, bot.approvers.cached()))
        if route and route.eligible_approvers:
            person = data.draw(st.sampled_from(sorted(route.eligible_approvers)))
            version = request.version - behind
            answer = self._company.tries(lambda bot: bot.decide.approve(request.id, person, version=version))
            assert not (behind and isinstance(answer, Request)), "nobody approves what they have not seen"

    @precondition(lambda self: self._requests)
    @rule(data=st.data(), person=st.sampled_from(EVERYBODY))
    def declines(self, data: st.DataObject, person: str) -> None:
        """Somebody declines, entitled or not."""
        request_id = data.draw(st.sampled_from(self._requests))
        self._company.tries(lambda bot: bot.decide.decline(request_id, person, "no"))

    @precondition(lambda self: self._requests)
    @rule(data=st.data(), person=st.sampled_from(ASKERS))
    def cancels(self, data: st.DataObject, person: str) -> None:
        """Somebody takes a request back, theirs or not."""
        request_id = data.draw(st.sampled_from(self._requests))
        self._company.tries(lambda bot: bot.decide.cancel(request_id, person))

    @rule(person=st.sampled_from(DECIDERS), deputy=st.sampled_from(EVERYBODY), days=st.integers(1, 20))
    def goes_away(self, person: str, deputy: str, days: int) -> None:
        """An approver hands their right to somebody for a while."""
        until = (self._company.now() + timedelta(days=days)).date().isoformat()
        self._company.tries(lambda bot: bot.delegate.begin(person, until, [deputy]))

    @rule(person=st.sampled_from(DECIDERS))
    def is_back(self, person: str) -> None:
        """An approver is back early."""
        self._company.tries(lambda bot: bot.delegate.end(person))

    @rule(hours=st.sampled_from([1, 9, 30, 24 * 8, 24 * 16]))
    def time_passes(self, hours: int) -> None:
        """Orders are placed, some fail at the service, requests expire, absences end, months begin."""
        self._company.passes(timedelta(hours=hours))

    @rule(person=st.sampled_from(DECIDERS))
    def retries(self, person: str) -> None:
        """An approver clicks Retry beside everything that failed."""
        for gift_id in self._ledger.gifts("id", state=("failed", "needs_review")):
            self._company.tries(lambda bot, gift_id=gift_id: bot.resolve.retry(gift_id, person))  # type: ignore[misc]

    # ---------------------------------------------------------------- what has to hold after each of these

    @invariant()
    def nothing_is_ordered_without_approval(self) -> None:
        """Each approved request has the yes of enough different people, with a right to it and no part in it."""
        columns = ("id", "version", "requester", "weighed_minor", "decided_by")
        for request_id, version, requester, weighed, decided_by in self._ledger.requests(*columns, state="approved"):
            name = "small" if weighed <= 2000 else "medium" if weighed <= 8000 else "large"
            given = self._ledger.approvals(
                "step", "pool", "given_by", "on_behalf_of", request_id=request_id, version=version
            )
            wanted = [(step, pool) for step, (pool, needed) in enumerate(STEPS[name]) for _ in range(needed)]
            assert sorted((step, pool) for step, pool, _, _ in given) == wanted
            assert decided_by == MACHINE or decided_by in {by for _, _, by, _ in given}
            involved = {requester, *self._recipients(request_id)}
            for column in (2, 3):
                people = [row[column] for row in given]
                assert len(set(people)) == len(people), "nobody counts twice"
                assert not involved & set(people), "nobody decides about a gift of their own"
            assert all(on_behalf_of in POOLS[pool] for _, pool, _, on_behalf_of in given)
        ordered = self._ledger.gifts("request_state", id=tuple(self._ledger.orders("gift_id")))
        assert {*ordered} <= {"approved"}

    @invariant()
    def every_cap_holds(self) -> None:
        """By what the gifts themselves reserve; the sums that budgets are judged by are the same."""
        given = self._ledger.gifts(
            "requester", "recipient", "cost_centre", "month", "reserved_minor", "state", "value_minor"
        )
        spent: dict[tuple[str, str, str], int] = {}
        for requester, recipient, cost_centre, month, minor, state, value in given:
            assert minor == (0 if state in {"cancelled", "failed"} else value)
            if minor:
                pair = f"{requester} {recipient}"
                for key in [
                    ("requester", requester),
                    ("recipient", recipient),
                    ("pair", pair),
                    ("cost_centre", cost_centre),
                    ("company", ""),
                ]:
                    spent[*key, month] = spent.get((*key, month), 0) + minor
        kept = self._ledger.spending("per", "subject", "month", "minor")
        assert {(per, subject, month): minor for per, subject, month, minor in kept if minor} == spent
        for budget in POLICY.budgets:
            used: dict[tuple[str, ...], int] = {}
            for (per, subject, month), minor in spent.items():
                if per == budget.per and (not budget.only or subject in budget.only):
                    period = (subject, *budget.every.months(month))
                    used[period] = used.get(period, 0) + minor
            assert all(minor <= budget.caps["GBP"].minor for minor in used.values()), budget.name

    @invariant()
    def everything_is_on_the_record(self) -> None:
        """How a request stands can be told from its history alone."""
        ends = {"approve": "approved", "decline": "declined", "cancel": "cancelled", "expire": "expired"}
        columns = ("id", "state", "version", "decided_by", "asked_minor")
        for request_id, state, version, decided_by, asked in self._ledger.requests(*columns):
            lines = self._ledger.audit_events("event", "actor", request_id=request_id, gift_id=None)
            events = [event for event, _ in lines]
            assert events[0] == "request"
            assert events.count("edit") == version - 1
            assert not asked or "lower" in events
            ended = [(ends[event], actor) for event, actor in lines if event in ends]
            assert ended == ([] if state == "pending" else [(state, decided_by)])
            assert len(self._ledger.jobs(task="chase", subject=request_id)) == 1 or state != "pending"

    def _shortly_before(self, request: Request) -> int:
        """What the same people gave each other in the days before, in pence, request by request."""
        columns = ("request_id", "created_at", "recipient", "value_minor", "state")
        return sum(
            minor
            for request_id, at, recipient, minor, state in self._ledger.gifts(*columns, requester=request.requester)
            if request_id != request.id and state != "cancelled" and recipient in request.recipients
            if request.created_at - datetime.fromisoformat(at) < timedelta(days=3)
        )

    def _recipients(self, request_id: str) -> list[str]:
        return self._ledger.gifts("recipient", request_id=request_id)

    def _version(self, request_id: str) -> int:
        (version,) = self._ledger.requests("version", id=request_id)
        return int(version)


TestOffice = Office.TestCase
TestOffice.settings = settings(
    max_examples=30, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
