"""The use cases of the bot, composed: what people do, what the machine does, and what both of them need."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.gifts.approvals.decide import Decisions
from bot.gifts.approvals.delegate import Delegation
from bot.gifts.approvals.escalate import Escalation
from bot.gifts.approvals.resolve import Resolution
from bot.gifts.approvals.submit import Submissions
from bot.gifts.approvers import ApproverDirectory
from bot.gifts.budget_ledger import BudgetLedger
from bot.gifts.checked_clock import CheckedClock
from bot.gifts.dashboard import Dashboards
from bot.gifts.flow import Flow
from bot.gifts.jobs.worker import Step
from bot.gifts.model.business_hours import EscalationDelays
from bot.gifts.model.job import JobKind
from bot.gifts.model.policy import Policy
from bot.gifts.notifications.audit_head import AuditHeadJob
from bot.gifts.notifications.outbox import CardContexts, Outbox
from bot.gifts.notifications.plan import NotificationPlan
from bot.gifts.notifications.restore_detection import RestoreDetection
from bot.gifts.orders.catalogue import Catalogue
from bot.gifts.orders.circuit_breaker import CircuitBreaker
from bot.gifts.orders.find import OrderFinder
from bot.gifts.orders.place import OrderPlacement
from bot.gifts.orders.redemption import Redemption, RedemptionSettings
from bot.gifts.ports import Directory, GiftCards, Messenger
from bot.gifts.store import Store


@dataclass(frozen=True, slots=True)
class FlowSettings:
    """What the company has settled: where cards go (a channel, or None: to each approver) and whose links to trust."""

    policy: Policy
    approvals_channel: str | None
    link_hosts: Collection[str]
    settle: timedelta
    care: RedemptionSettings
    patience: EscalationDelays


@dataclass(frozen=True, slots=True)
class Services:
    """What handlers call for people, and the worker for its jobs; each is made once, when the bot starts."""

    policy: Policy
    patience: EscalationDelays
    approvers: ApproverDirectory
    catalogue: Catalogue
    submit: Submissions
    decide: Decisions
    resolve: Resolution
    delegate: Delegation
    dashboard: Dashboards
    redemption: Redemption
    flow: Flow
    steps: Mapping[JobKind, Step]


def build_services(
    store: Store,
    giftcards: GiftCards,
    messenger: Messenger,
    directory: Directory,
    clock: CheckedClock,
    arrangement: FlowSettings,
    new_id: Callable[[], str],
) -> Services:
    """Put them together; `new_id` makes the ids of requests, gifts and messages."""
    policy = arrangement.policy
    catalogue = Catalogue(store, giftcards, clock, policy.countries, policy.currencies)
    approver_directory = ApproverDirectory(store, directory, clock, policy)
    ledger = BudgetLedger(store, clock, policy)
    notifications = NotificationPlan(store, clock, policy, approver_directory, arrangement.approvals_channel, new_id)
    restore_detection = RestoreDetection(store, messenger, clock, notifications, new_id)

    decisions = Decisions(store, approver_directory, clock, policy, catalogue, ledger, notifications, restore_detection)
    submissions = Submissions(store, approver_directory, clock, policy, catalogue, ledger, notifications, new_id)
    escalation = Escalation(store, approver_directory, clock, policy, arrangement.patience, decisions, notifications)
    delegation = Delegation(store, approver_directory, clock, policy, notifications, new_id)

    breaker = CircuitBreaker(store, giftcards, clock, notifications, new_id)
    finder = OrderFinder(store, giftcards, restore_detection, clock)
    placement = OrderPlacement(store, giftcards, catalogue, breaker, finder, clock, arrangement.link_hosts)
    resolution = Resolution(store, approver_directory, clock, decisions, ledger, notifications, breaker, finder)
    redemption = Redemption(store, approver_directory, placement, notifications, clock, arrangement.care)

    outbox = Outbox(store, messenger, clock, CardContexts(approver_directory, policy, ledger), arrangement.settle)
    flow = Flow(store, clock, approver_directory, placement, finder, ledger, notifications, outbox)
    return Services(
        policy=policy,
        patience=arrangement.patience,
        approvers=approver_directory,
        catalogue=catalogue,
        submit=submissions,
        decide=decisions,
        resolve=resolution,
        delegate=delegation,
        dashboard=Dashboards(store, approver_directory, policy, ledger, notifications),
        redemption=redemption,
        flow=flow,
        steps={
            JobKind.POST: flow.post,
            JobKind.REFRESH: flow.refresh,
            JobKind.ORDER: flow.order,
            JobKind.DELIVER: flow.deliver,
            JobKind.CHASE: escalation.chase,
            JobKind.CHECK: redemption.check,
            JobKind.STOCK: catalogue.stock,
            JobKind.HEAD: AuditHeadJob(store, notifications).note_head,
            JobKind.END_DELEGATION: delegation.end_in_time,
            JobKind.RECALL: restore_detection.note,
        },
    )
