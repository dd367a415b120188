"""The use cases of the bot, composed: what people do, what the machine does, and what both of them need."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.gifts.approvals.decide import Deciding
from bot.gifts.approvals.delegate import Absences
from bot.gifts.approvals.escalate import Chase
from bot.gifts.approvals.resolve import Mending
from bot.gifts.approvals.submit import Asking
from bot.gifts.approvers import Roll
from bot.gifts.budget_ledger import Treasury
from bot.gifts.checked_clock import CheckedClock
from bot.gifts.dashboard import Desks
from bot.gifts.flow import Flow
from bot.gifts.jobs.worker import Step
from bot.gifts.model.business_hours import Patience
from bot.gifts.model.job import Task
from bot.gifts.model.policy import Policy
from bot.gifts.notifications.audit_head import Record
from bot.gifts.notifications.outbox import Briefing, Outbox
from bot.gifts.notifications.plan import Notices
from bot.gifts.notifications.restore_detection import Recall
from bot.gifts.orders.catalogue import Catalogue
from bot.gifts.orders.circuit_breaker import Holds
from bot.gifts.orders.find import OrderFinder
from bot.gifts.orders.place import OrderDesk
from bot.gifts.orders.redemption import Aftercare, Care
from bot.gifts.ports import Directory, GiftCards, Messenger
from bot.gifts.store import Store


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What the company has settled: where cards go (a channel, or None: to each approver) and whose links to trust."""

    policy: Policy
    approvals_channel: str | None
    link_hosts: Collection[str]
    settle: timedelta
    care: Care
    patience: Patience


@dataclass(frozen=True, slots=True)
class Services:
    """What handlers call for people, and the worker for its jobs; each is made once, when the bot starts."""

    policy: Policy
    patience: Patience
    approvers: Roll
    catalogue: Catalogue
    submit: Asking
    decide: Deciding
    resolve: Mending
    delegate: Absences
    dashboard: Desks
    redemption: Aftercare
    flow: Flow
    steps: Mapping[Task, Step]


def build_services(
    store: Store,
    giftcards: GiftCards,
    messenger: Messenger,
    directory: Directory,
    clock: CheckedClock,
    arrangement: Arrangement,
    new_id: Callable[[], str],
) -> Services:
    """Put them together; `new_id` makes the ids of requests, gifts and messages."""
    policy = arrangement.policy
    catalogue = Catalogue(store, giftcards, clock, policy.countries, policy.currencies)
    roll = Roll(store, directory, clock, policy)
    treasury = Treasury(store, clock, policy)
    notices = Notices(store, clock, policy, roll, arrangement.approvals_channel, new_id)
    recall = Recall(store, messenger, clock, notices, new_id)

    deciding = Deciding(store, roll, clock, policy, catalogue, treasury, notices, recall)
    asking = Asking(store, roll, clock, policy, catalogue, treasury, notices, new_id)
    chase = Chase(store, roll, clock, policy, arrangement.patience, deciding, notices)

    absences = Absences(store, roll, clock, policy, notices, new_id)

    holds = Holds(store, giftcards, clock, notices, new_id)
    finder = OrderFinder(store, giftcards, recall, clock)
    desk = OrderDesk(store, giftcards, catalogue, holds, finder, clock, arrangement.link_hosts)
    mending = Mending(store, roll, clock, deciding, treasury, notices, holds, finder)
    aftercare = Aftercare(store, roll, desk, notices, clock, arrangement.care)

    outbox = Outbox(store, messenger, clock, Briefing(roll, policy, treasury), arrangement.settle)
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
        dashboard=Desks(store, roll, policy, treasury, notices),
        redemption=aftercare,
        flow=flow,
        steps={
            Task.POST: flow.post,
            Task.REFRESH: flow.refresh,
            Task.ORDER: flow.order,
            Task.DELIVER: flow.deliver,
            Task.CHASE: chase.chase,
            Task.CHECK: aftercare.check,
            Task.STOCK: catalogue.stock,
            Task.HEAD: Record(store, notices).note_head,
            Task.END_DELEGATION: absences.end_in_time,
            Task.RECALL: recall.note,
        },
    )
