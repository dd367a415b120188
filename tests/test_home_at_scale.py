"""The Home tab is as quick with 200,000 gifts in the database as with 1,000, for everybody and on every page."""

import asyncio
import sqlite3
from collections.abc import Collection, Generator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from bot.gifts.approvers import ApproverDirectory
from bot.gifts.budget_ledger import BudgetLedger
from bot.gifts.dashboard import Dashboard, Dashboards, DashboardView
from bot.gifts.model.approval_rules import one_of
from bot.gifts.model.budget import Budget, Per, Period
from bot.gifts.model.listing import RequestFilter
from bot.gifts.model.money import Money
from bot.gifts.model.pagination import Mark, Place
from bot.gifts.model.people import Person
from bot.gifts.model.policy import Policy
from bot.gifts.notifications.plan import NotificationPlan
from storage import Database, SqliteStore
from storage.database import Parameters
from tests.harness.giftcard_server import NOON, Clock

FEW, MANY = 1_000, 200_000
CAP = {"GBP": Money(100_000_000, "GBP", 2)}
POLICY = Policy(
    rules=one_of({"UABE", "UANA"}),
    countries=("GB",),
    largest=CAP,
    cost_centres=("Sales", "Research"),
    budgets=tuple(Budget(per.value, per, Period.YEAR, CAP) for per in Per),
)

# Half of all requests are Una's; one in forty waits, one was declined, and one is in trouble, all by or for Abe; each
# third gift is Fay's. They lie in the half day before noon.
NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :count)"
MOMENT = "strftime('%Y-%m-%dT%H:%M:%S.000000+00:00', 1893456000 + CAST(n * 43200.0 / :count AS INTEGER), 'unixepoch')"
FILL = (
    f"""
    {NUMBERS}
    INSERT INTO requests (id, requester, value_minor, currency, country, month, note, state, waits_for, in_trouble,
        created_at, decided_by, decided_at, decision_note)
    SELECT printf('r%09d', n), iif(n % 2, 'UUNA', printf('U%04d', n % 1000)), 2500, 'GBP', 'GB', '2030-01', 'thanks',
        CASE n % 40 WHEN 0 THEN 'pending' WHEN 1 THEN 'declined' ELSE 'approved' END,
        iif(n % 40, NULL, 'approvers'), n % 40 = 3, {MOMENT},
        iif(n % 40, 'UABE', NULL), iif(n % 40, {MOMENT}, NULL), iif(n % 40, '', NULL)
    FROM numbers
    """,
    f"""
    {NUMBERS}
    INSERT INTO gifts (id, request_id, position, recipient, state, attempt, reason, changed_at)
    SELECT printf('g%09d', n), printf('r%09d', n), 0, iif(n % 3, printf('V%04d', n % 997), 'UFAY'),
        CASE n % 40 WHEN 0 THEN 'waiting' WHEN 1 THEN 'cancelled' WHEN 3 THEN 'needs_review' ELSE 'delivered' END, 1,
        iif(n % 40 = 3, 'no_answer', NULL), {MOMENT}
    FROM numbers
    """,
    """
    INSERT INTO approvals
    SELECT id, 1, 0, 'approvers', 'UABE', 'UABE', decided_at, '' FROM requests WHERE state = 'approved'
    """,
    """
    INSERT INTO tallies
    SELECT 'UABE', month, currency, 2, count(*), sum(value_minor), 0, 0 FROM requests
    WHERE state = 'approved' GROUP BY 2, 3
    """,
    """
    INSERT INTO spending
    SELECT 'requester', requester, currency, month, 2, sum(value_minor), count(*) FROM requests GROUP BY 2
    """,
)
MIDDLE = Mark(NOON - timedelta(hours=6), "r")
ONWARDS, BACK = Place(MIDDLE), Place(MIDDLE, back=True)
LOOKS = {
    "the beginning": DashboardView(),
    "the middle": DashboardView(RequestFilter.ALL, ONWARDS, ONWARDS, ONWARDS, 0, ONWARDS, ONWARDS),
    "the middle, going back": DashboardView(RequestFilter.ALL, BACK, BACK, BACK, 0, BACK, BACK),
    **{which.value: DashboardView(which, ONWARDS) for which in RequestFilter},
}


class Counting(Database):
    """A database that counts how many instructions SQLite needs, and notes how it goes about each statement."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.tens = 0
        self.plans: dict[str, list[str]] = {}
        self._connection.set_progress_handler(self._ten_more, 10)

    def rows(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """Read rows."""
        if sql not in self.plans:
            self.plans[sql] = [row["detail"] for row in super().rows(f"EXPLAIN QUERY PLAN {sql}", parameters)]
        return super().rows(sql, parameters)

    def _ten_more(self) -> int:
        self.tens += 1
        return 0


class NoDirectory:
    """A workspace that nobody asks about."""

    async def look_up(self, ids: Collection[str]) -> Mapping[str, Person]:
        """Nobody."""
        raise NotImplementedError

    async def known(self, slack_id: str) -> Person:
        """Somebody."""
        return (await self.look_up([slack_id]))[slack_id]

    async def asked_anew(self, slack_id: str) -> Person:
        """Somebody."""
        return await self.known(slack_id)

    async def members(self, groups: Collection[str]) -> Mapping[str, frozenset[str]]:
        """Nobody."""
        return {group: frozenset() for group in groups}


@dataclass
class Company:
    """A company with so many gifts."""

    database: Counting
    desks: Dashboards
    runner: asyncio.Runner

    def desk(self, person: str, look: DashboardView) -> Dashboard:
        """What somebody sees."""
        return self.runner.run(self.desks.of(person, look))

    def steps(self, person: str, look: DashboardView) -> int:
        """How many instructions SQLite needs for that, by tens."""
        before = self.database.tens
        self.desk(person, look)
        return self.database.tens - before


@contextmanager
def company(path: Path, gifts: int) -> Generator[Company]:
    """One with so many gifts, filled in one transaction."""
    Database(path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in FILL:
            connection.execute(statement, {"count": gifts})
    with closing(Counting(path)) as database:
        store, clock, numbers = SqliteStore(database, lambda: None), Clock(), count()
        roll = ApproverDirectory(store, NoDirectory(), clock, POLICY)
        notices = NotificationPlan(store, clock, POLICY, roll, None, lambda: f"m{next(numbers)}")
        with asyncio.Runner() as runner:
            yield Company(
                database, Dashboards(store, roll, POLICY, BudgetLedger(store, clock, POLICY), notices), runner
            )


@pytest.fixture(scope="module")
def companies(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[Company, Company]]:
    """A small one and a large one."""
    folder = tmp_path_factory.mktemp("scale")
    with company(folder / "small.db", FEW) as small, company(folder / "large.db", MANY) as large:
        yield small, large


def test_everybody_has_full_pages_at_both_sizes(companies: tuple[Company, Company]) -> None:
    """Otherwise nothing would be compared: Una asks, Abe decides, Fay receives."""
    for one in companies:
        for look in (LOOKS["the beginning"], LOOKS["the middle"], LOOKS["the middle, going back"]):
            una, abe, fay = (one.desk(person, look) for person in ("UUNA", "UABE", "UFAY"))
            pages = (una.mine, abe.to_decide, abe.in_trouble, abe.verdicts, fay.received)
            assert [len(page.lines) for page in pages] == [5] * len(pages)
            assert all(page.behind for page in pages)
        assert len(one.desk("UUNA", DashboardView(RequestFilter.IN_TROUBLE)).mine.lines) == 5
        assert one.desk("UUNA", DashboardView()).budgets


@pytest.mark.parametrize("person", ["UUNA", "UABE", "UFAY", "UNEW"])
@pytest.mark.parametrize("look", LOOKS)
def test_it_takes_no_more_steps(companies: tuple[Company, Company], person: str, look: str) -> None:
    """SQLite does as much for 200,000 gifts as for 1,000, counted in its own instructions, which no load can change."""
    small, large = companies
    few, many = small.steps(person, LOOKS[look]), large.steps(person, LOOKS[look])
    assert many <= 1.5 * few + 10, (few, many)


def test_each_list_comes_out_of_its_index(companies: tuple[Company, Company]) -> None:
    """Nothing is gone through but what waits, and nothing is sorted but the gifts of one request."""
    for one in companies:
        for person in ("UUNA", "UABE", "UFAY"):
            for look in LOOKS.values():
                one.desk(person, look)
        plans = one.database.plans
        assert any(
            "requests_pending (waits_for=? AND (created_at,id)>" in step for plan in plans.values() for step in plan
        )
        scans = {step for plan in plans.values() for step in plan if step.startswith("SCAN")}
        assert scans <= {"SCAN gifts USING INDEX gifts_in_trouble", "SCAN holds USING INDEX holds_standing"}
        sorted_ = [sql for sql, plan in plans.items() if any("TEMP B-TREE" in step for step in plan)]
        assert all("WHERE request_id = ? ORDER BY position" in sql for sql in sorted_), sorted_
