"""THE PAGE TO READ: the life of an approved gift, from the order to the delivery.

What people do (`services.py` lists it: submit, decide, resolve, delegate) is one transaction each: the change, its
entry in the audit log, and the jobs that it causes. The worker takes these jobs one by one. A step begins by reading
where its gift stands, so that resuming after a crash is the normal path:

| state | job | step | next | on failure |
|---|---|---|---|---|
| approved | order | Flow.order | ordered | failed, needs_review |
| ordered | deliver | Flow.deliver | delivered | failed, needs_review |
| delivered | check | Redemption.check | claimed | expired |

Around it: a request that waits is brought on by the job `chase`; its cards and notices by `post` and `refresh`.
"""

from dataclasses import replace
from datetime import timedelta

from bot.gifts.approvers import ApproverDirectory
from bot.gifts.budget_ledger import BudgetLedger
from bot.gifts.checked_clock import CheckedClock
from bot.gifts.model.audit_event import AuditEvent
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import MACHINE, Gift, GiftState, GiftStep, Request
from bot.gifts.model.job import Completed, Job, JobKind, Reschedule, Retry, Stopped
from bot.gifts.model.notification import Kind, Message, MessageState
from bot.gifts.model.order import Funds, Made
from bot.gifts.model.outcomes import Placed, Posted, Rejected, Unavailable
from bot.gifts.notifications.outbox import Outbox
from bot.gifts.notifications.plan import NotificationPlan
from bot.gifts.orders.find import OrderFinder
from bot.gifts.orders.place import OrderPlacement
from bot.gifts.orders.recipient import why_barred
from bot.gifts.orders.redemption import FIRST_LOOK
from bot.gifts.store import Store

AN_HOUR = timedelta(hours=1)


class Flow:
    """The steps of the machine: each does one job, and writes what came of it in one transaction."""

    def __init__(
        self,
        store: Store,
        clock: CheckedClock,
        approver_directory: ApproverDirectory,
        desk: OrderPlacement,
        finder: OrderFinder,
        ledger: BudgetLedger,
        notifications: NotificationPlan,
        outbox: Outbox,
    ) -> None:
        self._store = store
        self._clock = clock
        self._approver_directory = approver_directory
        self._placement = desk
        self._finder = finder
        self._ledger = ledger
        self._notifications = notifications
        self._outbox = outbox

    async def post(self, work: Job) -> Completed | Retry:
        """Post a card, a notice or an announcement."""
        message = self._message(work)
        funds = await self._funds_for(message) if message.kind is Kind.CARD else None
        sent = await self._outbox.send(message, funds=funds)
        if isinstance(sent, Rejected):
            self._could_not_post(work, sent.detail)
        return sent if isinstance(sent, Retry) else Completed()

    async def refresh(self, work: Job) -> Completed | Retry:
        """Make a message that was sent show how things stand now; one that is not sent yet will say so by itself."""
        message = self._message(work)
        if message.state is MessageState.SENDING:
            return Retry(Reason.UNEXPECTED, "it is being sent right now")
        if message.state is not MessageState.SENT:
            return Completed()
        answer = await self._outbox.update(message)
        if isinstance(answer, Unavailable):
            return Retry(Reason.UNEXPECTED, answer.detail, answer.after)
        return Completed()

    async def order(self, work: Job) -> Completed | Retry:
        """Place the one order of a gift, unless it is there already."""
        gift = self._store.gifts.get(work.subject)
        if gift is None or gift.state is not GiftState.APPROVED:
            return Completed()
        request = self._known(gift.request_id)
        match (
            await self._placement.look(request, gift, work.since)
            or await self._why_barred(request, gift)
            or await self._placement.place(request, gift)
        ):
            case Placed(order_id):
                return self._placed(gift, order_id)
            case Stopped() as stopped:
                return self._stop(gift, stopped)
            case Retry() as later:
                return later

    async def deliver(self, work: Job) -> Completed | Retry:
        """Hand the link to its recipient in one direct message, and forget it."""
        gift = self._store.gifts.get(work.subject)
        if gift is None or gift.state is not GiftState.ORDERED:
            return Completed()
        message = self._notifications.gift_message(gift)
        if message.state is MessageState.SENT:
            return self._delivered(gift)
        link = await why_barred(
            gift, self._approver_directory.asked_anew, Reason.RECIPIENT_LEFT
        ) or await self._placement.link(gift)
        if isinstance(link, Stopped):
            # its message may have arrived, so a new order could be a second gift: a person looks first
            perhaps_sent = message.state is MessageState.SENDING
            return self._stop(gift, replace(link, step=GiftStep.PARK) if perhaps_sent else link)
        if isinstance(link, Retry):
            return link
        match await self._outbox.send(message, link):
            case Posted():
                return self._delivered(gift)
            case Rejected(reason, detail):
                return self._stop(gift, Stopped(GiftStep.PARK, reason, detail))
            case Retry() as later:
                return later

    def give_up(self, work: Job, reason: Reason) -> Completed | Reschedule:
        """Put what the worker could not finish in time in front of a person; runs inside the worker's transaction.

        A message that only its reader's own channel can carry is tried on: a decision or a gift may hang on it.
        """
        if work.task in {JobKind.ORDER, JobKind.DELIVER}:
            gift = self._store.gifts.get(work.subject)
            if gift is not None and gift.in_progress:
                self._stop(gift, Stopped(GiftStep.PARK, reason, "not finished in time"))
        elif work.task is JobKind.POST and not self._could_not_post(work, "not finished in time"):
            self._store.jobs.add(JobKind.POST, work.subject, self._clock.now())
        elif work.task in {
            JobKind.CHASE,
            JobKind.CHECK,
            JobKind.STOCK,
            JobKind.HEAD,
            JobKind.RECALL,
            JobKind.END_DELEGATION,
        }:
            return Reschedule(AN_HOUR)
        return Completed()

    # ---------------------------------------------------------------- the pieces of these steps

    async def _why_barred(self, request: Request, gift: Gift) -> Stopped | Retry | None:
        """Nothing is bought for somebody who has left since; what may have been ordered already goes on."""
        if self._finder.made(request, gift) is not Made.NO:
            return None
        return await why_barred(gift, self._approver_directory.known, Reason.RECIPIENT_GONE)

    def _placed(self, gift: Gift, order_id: str) -> Completed:
        now = self._clock.now()
        with self._store.write():
            if self._store.gifts.move(gift, GiftStep.PLACE, MACHINE, now, detail=order_id):
                self._notifications.prepare_gift(self._known(gift.request_id), gift)
                self._store.jobs.add(JobKind.DELIVER, gift.id, now)
        return Completed()

    def _delivered(self, gift: Gift) -> Completed:
        with self._store.write():
            if self._store.gifts.move(gift, GiftStep.DELIVER, MACHINE, self._clock.now()):
                self._store.jobs.add(JobKind.CHECK, gift.id, self._clock.now() + FIRST_LOOK)
                self._notifications.tell_arrivals(self._known(gift.request_id))
        return Completed()

    def _stop(self, gift: Gift, why: Stopped) -> Completed:
        """End a gift's way for now, and tell everybody who can act."""
        with self._store.write():
            if self._store.gifts.move(gift, why.step, MACHINE, self._clock.now(), why.reason, why.detail):
                request = self._known(gift.request_id)
                if why.step is GiftStep.FAIL or why.reason is Reason.RECIPIENT_GONE:  # nothing was bought
                    self._ledger.release(request, [gift])
                self._notifications.tell_trouble(request, gift)
                self._notifications.tell_arrivals(request)
        return Completed()

    async def _funds_for(self, message: Message) -> Funds | None:
        request = self._known(message.request_id)
        return await self._placement.funds(request) if request.decision is None else None

    def _could_not_post(self, work: Job, detail: str) -> bool:
        """False when there is no other way to tell its reader."""
        message = self._message(work)
        if message.state is MessageState.SENT:  # it has arrived after all: somebody clicked it
            return True
        with self._store.write():
            if message.request_id:
                event, what = AuditEvent.COULD_NOT_POST, f"{message.kind}: {detail}"
                self._store.audit_log.add(self._clock.now(), MACHINE, event, message.request_id, detail=what)
            return self._notifications.reroute(message)

    def _known(self, request_id: str | None) -> Request:
        request = self._store.requests.get(request_id) if request_id else None
        assert request is not None, "a gift or a card belongs to a request"
        return request

    def _message(self, work: Job) -> Message:
        message = self._store.notifications.get(work.subject)
        assert message is not None, "work is about a message that is kept"
        return message
