"""What the storage reads and changes, it finds by an index: a million gifts take no longer than a hundred."""

import inspect
import re
import sqlite3
from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.gifts.model.audit_event import AuditEvent
from bot.gifts.model.budget import Account, Per
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import Approval, Closing, Gift, GiftState, GiftStep, Request, RequestStep
from bot.gifts.model.job import Job, JobKind
from bot.gifts.model.listing import RequestFilter
from bot.gifts.model.money import Money
from bot.gifts.model.notification import Kind, Message, MessageState
from bot.gifts.model.order import Order, key_of
from bot.gifts.model.order_hold import OrderHold
from bot.gifts.model.out_of_office import Absence
from bot.gifts.model.pagination import BEGINNING, Mark, Place
from bot.gifts.model.product import CountryCatalogue
from bot.gifts.model.refusal import Refusal, RefusalCode
from bot.gifts.model.restoration import Restoration
from bot.gifts.model.text import say
from storage import Database, SqliteStore
from storage.database import Parameters

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
VALUE = Money(2500, "GBP", 2)
GIFT = Gift("g", "r", "UROB", GiftState.WAITING)
REQUEST = Request("r", "UMIA", (GIFT,), VALUE, "GB", "thank you", NOON)
COUNTED = replace(REQUEST, month="2030-01", cost_centre="Sales")
ACCOUNT = Account(Per.COMPANY, "", "GBP")
ORDER = Order(key_of(GIFT), "g", 1, "{}", VALUE, "GB", NOON)
CARD = Message("m", Kind.CARD, "r", ("g",), "UABE")
SENT = replace(CARD, state=MessageState.SENT, channel="D1", ts="1.1")
HOLD = OrderHold("h", Reason.INSUFFICIENT_FUNDS, "GBP", NOON, NOON)
PLACES = (BEGINNING, Place(Mark(NOON, "r")), Place(Mark(NOON, "r"), back=True))
NO = Refusal(RefusalCode.OWN_GIFT, say("no"))
AWAY = Absence("a", "UABE", "UANA", NOON, NOON + timedelta(days=1))
WORK = Job(1, JobKind.POST, "m", NOON, NOON, 0)


class Explaining(Database):
    """A database that notes how SQLite goes about each statement."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.plans: dict[str, list[str]] = {}

    def change(self, sql: str, parameters: Parameters = ()) -> int:
        """Change rows."""
        self._explain(sql, parameters)
        return super().change(sql, parameters)

    def rows(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """Read rows."""
        self._explain(sql, parameters)
        return super().rows(sql, parameters)

    def row(self, sql: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        """Read a row."""
        self._explain(sql, parameters)
        return super().row(sql, parameters)

    def _explain(self, sql: str, parameters: Parameters) -> None:
        self.plans[sql] = [row["detail"] for row in super().rows(f"EXPLAIN QUERY PLAN {sql}", parameters)]


def uses(store: SqliteStore) -> dict[str, Callable[[], object]]:
    """A use of everything that the tables can do, in an order in which it can be done."""
    requests, gifts, orders, messages, work = store.requests, store.gifts, store.orders, store.notifications, store.jobs
    lists = store.listings
    return {
        "requests.add": lambda: requests.add(REQUEST),
        "requests.get": lambda: requests.get("r"),
        "requests.move": lambda: requests.move(REQUEST, RequestStep.APPROVE, "UABE", NOON),
        "requests.who_wait": lambda: requests.who_wait(8),
        "requests.count_undecided": lambda: requests.count_undecided("UMIA"),
        "requests.given_between": lambda: requests.given_between("UMIA", "UROB", "GBP", NOON, "r"),
        "requests.wait_for": lambda: requests.wait_for(REQUEST, "approvers"),
        "requests.lower": lambda: requests.lower(REQUEST, Money(2000, "GBP", 2), "UABE", NOON),
        "requests.approve": lambda: requests.approve(REQUEST, Approval(0, "approvers", "UABE", "UABE", NOON)),
        "requests.edit": lambda: requests.edit(replace(REQUEST, version=2), NOON),
        "listings.asked_by": lambda: [lists.asked_by("UMIA", 5, which, at) for which in RequestFilter for at in PLACES],
        "listings.undecided": lambda: [lists.undecided("UABE", {"approvers"}, 5, at) for at in PLACES],
        "listings.in_trouble": lambda: [lists.in_trouble("UABE", 5, at) for at in PLACES],
        "listings.given_to": lambda: [lists.given_to("UROB", 5, at) for at in PLACES],
        "listings.decided_by": lambda: [lists.decided_by("UABE", NOON, 5, at) for at in PLACES],
        "decision_totals.add": lambda: store.decision_totals.add("UABE", "2030-01", VALUE, is_yes=True),
        "decision_totals.of": lambda: store.decision_totals.of("UABE", "2030-01"),
        "budget_usage.reserve": lambda: store.budget_usage.reserve(COUNTED, GIFT),
        "budget_usage.release": lambda: store.budget_usage.release(COUNTED, GIFT),
        "budget_usage.used": lambda: store.budget_usage.used(ACCOUNT, "2030-01", "2030-12"),
        "budget_usage.gifts": lambda: store.budget_usage.gifts(ACCOUNT, "2030-01", "2030-12"),
        "out_of_office.add": lambda: store.out_of_office.add(AWAY),
        "out_of_office.get": lambda: store.out_of_office.get("a"),
        "out_of_office.now": lambda: store.out_of_office.now(NOON),
        "out_of_office.not_ended": lambda: store.out_of_office.not_ended("UABE"),
        "out_of_office.end": lambda: store.out_of_office.end("UABE", NOON),
        "gifts.get": lambda: gifts.get("g"),
        "gifts.close": lambda: gifts.close(GIFT, Closing("UABE", "no")),
        "gifts.move": lambda: gifts.move(GIFT, GiftStep.APPROVE, "UABE", NOON),
        "orders.add": lambda: orders.add(ORDER),
        "orders.send_again": lambda: orders.send_again(ORDER, NOON),
        "orders.get": lambda: orders.get(GIFT),
        "orders.placed": lambda: orders.placed(ORDER, "O-1"),
        "orders.gift_of": lambda: orders.gift_of("O-1"),
        "orders.clear": lambda: orders.clear(ORDER),
        "restorations.add": lambda: store.restorations.add(Restoration("b", NOON, NOON)),
        "restorations.get": lambda: store.restorations.get("b"),
        "restorations.last": store.restorations.last,
        "notifications.add": lambda: messages.add(CARD),
        "notifications.get": lambda: messages.get("m"),
        "notifications.save": lambda: messages.save(SENT),
        "notifications.show": lambda: messages.show(CARD, is_open=True),
        "notifications.add_gift": lambda: messages.add_gift(CARD, "g"),
        "notifications.about": lambda: messages.about("r", Kind.CARD),
        "notifications.first": messages.first,
        "notifications.latest": lambda: messages.latest(8),
        "notifications.on": lambda: messages.on("h"),
        "notifications.is_at": lambda: messages.is_at("D1", "1.1"),
        "notifications.newest_in": lambda: messages.newest_in("D1"),
        "jobs.add": lambda: work.add(JobKind.POST, "m", NOON),
        "jobs.due": lambda: work.due({JobKind.POST}, NOON, 8),
        "jobs.next_due": lambda: work.next_due({JobKind.POST}, NOON),
        "jobs.begin": lambda: work.begin(JobKind.STOCK, NOON),
        "jobs.wake": lambda: work.wake({JobKind.ORDER, JobKind.CHECK}, "g", NOON),
        "jobs.ensure": lambda: work.ensure(JobKind.CHASE, "r", NOON),
        "jobs.wake_all": lambda: work.wake_all(JobKind.CHASE, NOON),
        "jobs.bring_forward": lambda: work.bring_forward(JobKind.CHASE, NOON, NOON),
        "jobs.again": lambda: work.again(WORK, NOON),
        "jobs.retry_later": lambda: work.retry_later(WORK, NOON, "later"),
        "jobs.forgive": lambda: work.forgive({JobKind.ORDER}, NOON),
        "jobs.since": lambda: work.since(WORK),
        "jobs.failing": lambda: work.failing({JobKind.ORDER}, NOON),
        "jobs.done": lambda: work.done(WORK),
        "audit_log.add": lambda: store.audit_log.add(NOON, "UMIA", AuditEvent.SHOW_AGAIN, "r", "g"),
        "audit_log.add_once": lambda: store.audit_log.add_once(NOON, "UMIA", AuditEvent.REFUSED, "r", NO),
        "audit_log.last": lambda: store.audit_log.last(AuditEvent.CHANGE_POLICY),
        "audit_log.head": store.audit_log.head,
        "audit_log.count": lambda: store.audit_log.count(AuditEvent.SHOW_AGAIN, GIFT, NOON - timedelta(days=1)),
        "order_holds.add": lambda: store.order_holds.add(HOLD),
        "order_holds.save": lambda: store.order_holds.save(HOLD),
        "order_holds.get": lambda: store.order_holds.get("h"),
        "order_holds.has_ended_since": lambda: store.order_holds.has_ended_since(NOON, "GBP"),
        "order_holds.standing": lambda: store.order_holds.standing("GBP"),
        "order_holds.all_standing": store.order_holds.all_standing,
        "catalogues.save": lambda: store.catalogues.save(CountryCatalogue("GB", "GBP", (), NOON)),
        "catalogues.get": lambda: store.catalogues.get("GB"),
    }


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Generator[Explaining]:
    """A database whose every statement has been used once."""
    database = Explaining(tmp_path_factory.mktemp("queries") / "giftbot.db")
    store = SqliteStore(database, lambda: None)
    with store.write():
        for use in uses(store).values():
            use()
    yield database
    database.close()


def test_everything_that_the_tables_can_do_is_looked_at(database: Explaining) -> None:
    """A new question to the storage has to be asked here as well."""
    store = SqliteStore(database, lambda: None)
    tables = {name: table for name, table in vars(store).items() if not name.startswith("_")}
    can_do = {
        f"{name}.{method}"
        for name, table in tables.items()
        for method, _ in inspect.getmembers(table, inspect.ismethod)
        if not method.startswith("_")
    }
    assert uses(store).keys() == can_do


def test_nothing_is_looked_for_in_a_whole_table(database: Explaining) -> None:
    """Each statement searches by a key or an index; gone through is only what waits, one seal, and some rows by age."""
    assert len(database.plans) > 35
    plans = [plan for sql, plan in database.plans.items() if not re.search("ORDER BY rowid( DESC)? LIMIT", sql)]
    scans = [step for plan in plans for step in plan if step.startswith("SCAN")]
    waiting = ("requests_pending", "gifts_in_trouble", "holds_standing")
    fine = ("SCAN seals", *(f"INDEX {index}" for index in waiting))
    assert [scan for scan in scans if not scan.endswith(fine)] == []


@pytest.mark.parametrize(
    ("words", "index"),
    [
        ("WHERE requester = :person ORDER BY created_at DESC", "requests_of_requester (requester=?)"),
        ("WHERE requester = :person AND (created_at, id) <", "requests_of_requester (requester=? AND (created_at,id)<"),
        ("WHERE requester = :person AND (created_at, id) >", "requests_of_requester (requester=? AND (created_at,id)>"),
        ("requester = :person AND state = :state", "requests_of_requester_in_state (requester=? AND state=?"),
        ("requester = :person AND in_trouble > 0", "requests_of_requester_in_trouble (requester=?"),
        ("WHERE requester = ? AND state = 'pending'", "requests_of_requester_in_state (requester=? AND state=?"),
        ("WHERE state = 'pending' AND", "requests_pending (waits_for=?"),
        ("gifts.state IN ('failed', 'needs_review') AND", "gifts_in_trouble"),
        ("'expired') ORDER BY changed_at DESC", "gifts_arrived (recipient=?)"),
        ("'expired') AND (changed_at, id) <", "gifts_arrived (recipient=? AND (changed_at,id)<"),
        ("FROM approvals WHERE given_by = :person", "approvals_of_person (given_by=? AND"),
        ("WHERE given_by = :person AND (at, request_id) >", "approvals_of_person (given_by=? AND (at,request_id)>"),
        ("WHERE decided_by = :person AND state = 'declined'", "requests_declined (decided_by=? AND"),
        ("task = ? AND due_at <= ?", "work_due (task=? AND due_at<?)"),
        ("min(due_at) AS due_at FROM work", "work_due (task=? AND due_at>?)"),
        ("WHERE task = ? AND subject = ?", "work_on_subject (subject=?)"),
        ("FROM messages WHERE request_id = ? AND kind = ?", "messages_about_request (request_id=? AND kind=?)"),
        ("FROM messages WHERE subject = ?", "messages_on_subject (subject=?)"),
        ("FROM messages WHERE channel = ? AND ts = ?", "messages_at (channel=? AND ts=?)"),
        ("FROM history WHERE request_id = ? AND gift_id = ?", "history_of_request (request_id=?)"),
        ("FROM history WHERE request_id IS NULL AND event = ?", "history_of_company (event=?)"),
        ("FROM holds WHERE ended_at > ?", "holds_ended (ended_at>?)"),
        ("FROM holds WHERE ended_at IS NULL ORDER BY since", "holds_standing"),
    ],
)
def test_the_index_that_was_made_for_a_question_answers_it(database: Explaining, words: str, index: str) -> None:
    """Where several would do, it is the one that leads to few rows, however many gifts there are."""
    plans = [plan for sql, plan in database.plans.items() if words in sql]
    assert plans, "the storage asks this"
    for plan in plans:
        assert any(f"INDEX {index}" in step for step in plan), plan


def test_no_list_is_sorted_that_grows(database: Explaining) -> None:
    """What is listed comes out of its index in order; sorted are only a request's gifts."""
    sorting = [sql for sql, plan in database.plans.items() if any("TEMP B-TREE" in step for step in plan)]
    assert all("ORDER BY position" in sql for sql in sorting), sorting
