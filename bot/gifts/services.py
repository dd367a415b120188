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
    roll = ApproverDirectory(store, directory, clock, policy)
    treasury = BudgetLedger(store, clock, policy)
    notices = NotificationPlan(store, clock, policy, roll, arrangement.approvals_channel, new_id)
    recall = RestoreDetection(store, messenger, clock, notices, new_id)

    deciding = Decisions(store, roll, clock, policy, catalogue, treasury, notices, recall)
    asking = Submissions(store, roll, clock, policy, catalogue, treasury, notices, new_id)
    chase = Escalation(store, roll, clock, policy, arrangement.patience, deciding, notices)

    absences = Delegation(store, roll, clock, policy, notices, new_id)

    holds = CircuitBreaker(store, giftcards, clock, notices, new_id)
    finder = OrderFinder(store, giftcards, recall, clock)
    desk = OrderPlacement(store, giftcards, catalogue, holds, finder, clock, arrangement.link_hosts)
    mending = Resolution(store, roll, clock, deciding, treasury, notices, holds, finder)
    aftercare = Redemption(store, roll, desk, notices, clock, arrangement.care)

    outbox = Outbox(store, messenger, clock, CardContexts(roll, policy, treasury), arrangement.settle)
    flow = Flow(store, clock, roll, desk, finder, treasury, notices, outbox)
    return Services(
        policy=policy,
        patience=arrangement.patience,
        approvers=roll,
        catalogue=catalogue,
        submit=asking,
        decide=deciding,
        resolve=mending,
        delegate=absences,
        dashboard=Dashboards(store, roll, policy, treasury, notices),
        redemption=aftercare,
        flow=flow,
        steps={
            JobKind.POST: flow.post,
            JobKind.REFRESH: flow.refresh,
            JobKind.ORDER: flow.order,
            JobKind.DELIVER: flow.deliver,
            JobKind.CHASE: chase.chase,
            JobKind.CHECK: aftercare.check,
            JobKind.STOCK: catalogue.stock,
            JobKind.HEAD: AuditHeadJob(store, notices).note_head,
            JobKind.END_DELEGATION: absences.end_in_time,
            JobKind.RECALL: recall.note,
        },
    )
