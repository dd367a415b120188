"""THE PAGE TO READ: the life of a gift, first what people do, then what the machine does, in the order it happens.

A person's step is one transaction: the change, its line in the history, and the work that it causes. The machine's
steps do that work, one at a time; each begins by reading where the gift stands, so that going on after a crash is
the same as going on.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from weakref import WeakValueDictionary

from pydantic import SecretStr

from bot.gifts.approvals.decide import Deciding
from bot.gifts.approvals.delegate import Absences
from bot.gifts.approvals.escalate import Chase
from bot.gifts.approvals.resolve import Broken, Mending
from bot.gifts.approvals.submit import Asking
from bot.gifts.approvers import Roll
from bot.gifts.budget_ledger import Treasury
from bot.gifts.checked_clock import CheckedClock
from bot.gifts.dashboard import Desk, Desks, Look, Overview, overview_of
from bot.gifts.model.business_hours import Patience
from bot.gifts.model.draft import Draft
from bot.gifts.model.errors import Refused
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import MACHINE, Gift, GiftState, GiftStep, Request, RequestStep
from bot.gifts.model.job import Again, Done, Later, Stopped, Task, Work
from bot.gifts.model.notification import Kind, Message, MessageState
from bot.gifts.model.order import Funds, Made
from bot.gifts.model.out_of_office import Absence
from bot.gifts.model.outcomes import Placed, Posted, Rejected, Unavailable
from bot.gifts.model.policy import Policy
from bot.gifts.model.text import say
from bot.gifts.notifications.audit_head import Record
from bot.gifts.notifications.outbox import Briefing, Outbox
from bot.gifts.notifications.plan import Notices
from bot.gifts.notifications.restore_detection import Recall
from bot.gifts.orders.catalogue import Catalogue
from bot.gifts.orders.circuit_breaker import Holds
from bot.gifts.orders.find import OrderFinder
from bot.gifts.orders.place import OrderDesk
from bot.gifts.orders.recipient import why_barred
from bot.gifts.orders.redemption import FIRST_LOOK, Aftercare, Care
from bot.gifts.ports import Directory, GiftCards, Messenger
from bot.gifts.store import Store

AN_HOUR = 60 * 60.0


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What the company has settled: where cards go (a channel, or None: to each approver) and whose links to trust."""

    policy: Policy
    approvals_channel: str | None
    link_hosts: Collection[str]
    settle: timedelta
    care: Care
    patience: Patience


class Flow:
    """Everything that can happen to a request and its gifts."""

    def __init__(
        self,
        store: Store,
        giftcards: GiftCards,
        messenger: Messenger,
        directory: Directory,
        clock: CheckedClock,
        arrangement: Arrangement,
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._updates: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._clock = clock
        policy = self.policy = arrangement.policy
        self.patience = arrangement.patience
        self.catalogue = Catalogue(store, giftcards, clock, policy.countries, policy.currencies)
        self.roll = Roll(store, directory, clock, policy)
        treasury = Treasury(store, clock, policy)
        self._notices = Notices(store, clock, policy, self.roll, arrangement.approvals_channel, new_id)
        self._deciding = Deciding(store, self.roll, clock, policy, self.catalogue, treasury, self._notices)
        self._chase = Chase(store, self.roll, clock, policy, arrangement.patience, self._deciding, self._notices)
        self._asking = Asking(store, self.roll, clock, policy, self.catalogue, treasury, self._notices, new_id)
        self._treasury = treasury
        self._desks = Desks(store, policy, treasury, self._notices)
        self._absences = Absences(store, self.roll, clock, policy, self._notices, new_id)
        self._holds = Holds(store, giftcards, clock, self._notices, new_id)
        self.recall = Recall(store, messenger, clock, self._notices, new_id)
        self._finder = OrderFinder(store, giftcards, self.recall, clock)
        hosts = arrangement.link_hosts
        self._desk = OrderDesk(store, giftcards, self.catalogue, self._holds, self._finder, clock, hosts)
        self._mending = Mending(
            store, self.roll, clock, self._deciding, treasury, self._notices, self._holds, self._finder
        )
        self._aftercare = Aftercare(store, self.roll, self._desk, self._notices, clock, arrangement.care)
        self.record = Record(store, self._notices)
        briefing = Briefing(self.roll, policy, treasury)
        self._outbox = Outbox(store, messenger, clock, briefing, arrangement.settle)

    # ---------------------------------------------------------------- what people do

    async def request(self, draft: Draft) -> Request:
        """Accept a request, once however often its form is submitted.

        Raises:
            Invalid: something that was filled in cannot be accepted.
            NotNow: Slack does not say who they are.
            Refused: the form belongs to somebody else.
        """
        return await self._asking.ask(draft)

    def check_editor(self, request_id: str, person: str, version: int | None) -> Request:
        """The request, if this person may change it as it was in this version.

        Raises:
            Refused: it is somebody else's, somebody decided it, or it was changed meanwhile.
        """
        return self._asking.check_editor(request_id, person, version)

    async def edit(self, draft: Draft, version: int) -> Request:
        """Change a request that is pending, as it was in this version; approvals begin anew. Raises as `request` does.

        Raises:
            Refused: somebody decided it, or it was changed meanwhile.
        """
        return await self._asking.edit(draft, version)

    async def check_decider(
        self, request_id: str, person: str, card: Posted | None = None, version: int | None = None
    ) -> Request:
        """The request, if this person may decide about this version of it now; `card` is where they saw it.

        Raises:
            Refused: they may not, or it is too late; that they tried is on the record.
        """
        self.recall.heed(request_id, card)
        return (await self._deciding.check(request_id, person, version, card)).request

    async def approve(
        self,
        request_id: str,
        person: str,
        card: Posted | None = None,
        version: int | None = None,
        note: str = "",
        amount: str | None = None,
    ) -> Request:
        """Give one yes, perhaps with a note or to a lower amount; the last one that is needed lets gifts be ordered.

        Raises:
            Refused: as `check_decider` does.
            Invalid: the note is too long, or the amount cannot be.
        """
        self.recall.heed(request_id, card)
        return await self._deciding.approve(request_id, person, version, note, amount, card)

    async def decline(self, request_id: str, person: str, note: str, version: int | None = None) -> Request:
        """Say no, with words for the requester. Raises Refused as `check_decider` does.

        Raises:
            Invalid: the words are missing, or too many.
        """
        return await self._deciding.decline(request_id, person, version, note)

    async def cancel(self, request_id: str, person: str) -> Request:
        """Take a request back.

        Raises:
            Refused: it is somebody else's, or decided already.
        """
        request = self._known(request_id)
        if person != request.requester:
            raise Refused(say("Only the person who asked for a gift can cancel it."))
        return self._deciding.end(request, person, RequestStep.CANCEL)

    async def retry(self, gift_id: str, person: str, *, never_arrived: bool = False) -> Request:
        """Set a gift that failed or is parked going again; a new order only where there is certainly none.

        That its message `never_arrived`, somebody may state where Slack cannot be asked.

        Raises:
            Refused: the person may not decide about it, it needs no retry, or a retry cannot help.
            Invalid: its money was given back, and a budget has no room for it any more.
        """
        return await self._mending.retry(gift_id, person, never_arrived=never_arrived)

    async def check_mender(self, gift_id: str, person: str) -> Broken:
        """A gift that has stopped, if this person may order it anew or close it. Raises Refused as `retry` does."""
        return await self._mending.check(gift_id, person)

    async def order_anew(self, gift_id: str, person: str, words: str) -> Request:
        """Make a new order, as somebody states that they looked at the service, and that it has none for this gift.

        Raises:
            Refused: as `retry` does; also where the order is known, or the last try may still be on its way.
            Invalid: the words are missing, or too many; or as `retry` does.
        """
        return await self._mending.order_anew(gift_id, person, words)

    async def close(self, gift_id: str, person: str, words: str, *, is_unspent: bool) -> Request:
        """End a gift that has stopped, and give its money back where nothing was, or as somebody states, is spent.

        Raises:
            Refused: as `retry` does.
            Invalid: the words are missing, or too many.
        """
        return await self._mending.close(gift_id, person, words, is_unspent=is_unspent)

    async def overview(self, person: str) -> Overview:
        """Where things stand for one person, in short."""
        return overview_of(person, self._store, self.policy, await self.roll.now(), self._notices)

    async def desk(self, person: str, look: Look) -> Desk:
        """Everything that concerns one person, as far as they look at it."""
        return self._desks.of(person, look, await self.roll.now())

    def check_may_see(self, gift_id: str, person: str) -> Gift:
        """The gift, if this person may see it once more; `link_of` then fetches its link, and `note_shown` counts it.

        Raises:
            Refused: it is somebody else's, it has not arrived, or it was shown too often today.
        """
        gift = self._gift(gift_id)
        self._aftercare.check_may_see(gift, person)
        return gift

    def note_shown(self, gift: Gift) -> None:
        """Put on the record that a recipient sees their link now. Raises Refused where that was too often today."""
        self._aftercare.note_shown(gift)

    async def link_of(self, gift: Gift) -> tuple[Request, SecretStr | Stopped | Later]:
        """The link of a gift that has arrived, fetched anew and for this once, with the request that it came of."""
        return self._known(gift.request_id), await self._desk.link(gift)

    async def away(self, person: str, until: str, deputies: Sequence[str]) -> Absence:
        """Let the one deputy decide for an approver until the end of a day, which is read as they write it.

        Raises:
            Refused: they cannot be away like that; the words say why, or how to write it.
            NotNow: Slack does not say who they are.
        """
        return await self._absences.begin(person, until, deputies)

    def back(self, person: str) -> Absence:
        """Take the right to approve back before its time. Raises Refused as `absence` does."""
        return self._absences.end(person)

    def absence(self, person: str) -> Absence:
        """The absence that somebody has now.

        Raises:
            Refused: they are not away; the words say how to be.
        """
        return self._absences.of(person)

    def deciders(self, request: Request) -> list[str]:
        """Who decides about a request: the approvals channel, or each approver."""
        return self._notices.deciders(request)

    # ---------------------------------------------------------------- what the machine does

    async def chase(self, work: Work) -> Done | Again | Later:
        """Bring a request on: ask those whose turn it is, remind them, let it expire, tell everybody how it ended."""
        return await self._chase.chase(work)

    async def post(self, work: Work) -> Done | Later:
        """Post a card, a notice or an announcement."""
        message = self._message(work)
        funds = await self._funds_for(message) if message.kind is Kind.CARD else None
        sent = await self._outbox.send(message, funds=funds)
        if isinstance(sent, Rejected):
            self._could_not_post(work, sent.detail)
        return sent if isinstance(sent, Later) else Done()

    async def refresh(self, work: Work) -> Done | Later:
        """Make a message that was sent show how things stand now; one that is not sent yet will say so by itself."""
        message = self._message(work)
        if message.state is MessageState.SENDING:
            return Later(Reason.UNEXPECTED, "it is being sent right now")
        if message.state is not MessageState.SENT:
            return Done()
        async with self._updates.setdefault(message.id, asyncio.Lock()):  # what is newer has to arrive later
            answer = await self._messenger.update(self._outbox.mail(message))
        if isinstance(answer, Unavailable):
            return Later(Reason.UNEXPECTED, answer.detail, answer.after)
        return Done()

    async def order(self, work: Work) -> Done | Later:
        """Place the one order of a gift, unless it is there already."""
        gift = self._store.gifts.get(work.subject)
        if gift is None or gift.state is not GiftState.APPROVED:
            return Done()
        request = self._known(gift.request_id)
        match (
            await self._desk.look(request, gift, work.since)
            or await self._why_barred(request, gift)
            or await self._desk.place(request, gift)
        ):
            case Placed(order_id):
                return self._placed(gift, order_id)
            case Stopped() as stopped:
                return self._stop(gift, stopped)
            case Later() as later:
                return later

    async def deliver(self, work: Work) -> Done | Later:
        """Hand the link to its recipient in one direct message, and forget it."""
        gift = self._store.gifts.get(work.subject)
        if gift is None or gift.state is not GiftState.ORDERED:
            return Done()
        message = self._notices.gift_message(gift)
        if message.state is MessageState.SENT:
            return self._delivered(gift)
        link = await why_barred(gift, self.roll.asked_anew, Reason.RECIPIENT_LEFT) or await self._desk.link(gift)
        if isinstance(link, Stopped):
            # its message may have arrived, so a new order could be a second gift: a person looks first
            perhaps_sent = message.state is MessageState.SENDING
            return self._stop(gift, replace(link, step=GiftStep.PARK) if perhaps_sent else link)
        if isinstance(link, Later):
            return link
        match await self._outbox.send(message, link):
            case Posted():
                return self._delivered(gift)
            case Rejected(reason, detail):
                return self._stop(gift, Stopped(GiftStep.PARK, reason, detail))
            case Later() as later:
                return later

    async def check(self, work: Work) -> Done | Again:
        """See what became of a gift that was delivered, and remind its recipient if nobody has claimed it."""
        return await self._aftercare.check(work)

    def give_up(self, work: Work, reason: Reason) -> Done | Again:
        """Put what the worker could not finish in time in front of a person; runs inside the worker's transaction.

        A message that only its reader's own channel can carry is tried on: a decision or a gift may hang on it.
        """
        if work.task in {Task.ORDER, Task.DELIVER}:
            gift = self._store.gifts.get(work.subject)
            if gift is not None and gift.is_moving:
                self._stop(gift, Stopped(GiftStep.PARK, reason, "not finished in time"))
        elif work.task is Task.POST and not self._could_not_post(work, "not finished in time"):
            self._store.work.add(Task.POST, work.subject, self._clock.now())
        elif work.task in {Task.CHASE, Task.CHECK, Task.STOCK, Task.HEAD, Task.RECALL}:
            return Again(AN_HOUR)
        return Done()

    # ---------------------------------------------------------------- the pieces of the machine's steps

    async def _why_barred(self, request: Request, gift: Gift) -> Stopped | Later | None:
        """Nothing is bought for somebody who has left since; what may have been ordered already goes on."""
        if self._finder.made(request, gift) is not Made.NO:
            return None
        return await why_barred(gift, self.roll.known, Reason.RECIPIENT_GONE)

    def _placed(self, gift: Gift, order_id: str) -> Done:
        now = self._clock.now()
        with self._store.write():
            if self._store.gifts.move(gift, GiftStep.PLACE, MACHINE, now, detail=order_id):
                self._notices.prepare_gift(self._known(gift.request_id), gift)
                self._store.work.add(Task.DELIVER, gift.id, now)
        return Done()

    def _delivered(self, gift: Gift) -> Done:
        with self._store.write():
            if self._store.gifts.move(gift, GiftStep.DELIVER, MACHINE, self._clock.now()):
                self._store.work.add(Task.CHECK, gift.id, self._clock.now() + FIRST_LOOK)
                self._notices.tell_arrivals(self._known(gift.request_id))
        return Done()

    def _stop(self, gift: Gift, why: Stopped) -> Done:
        """End a gift's way for now, and tell everybody who can act."""
        with self._store.write():
            if self._store.gifts.move(gift, why.step, MACHINE, self._clock.now(), why.reason, why.detail):
                request = self._known(gift.request_id)
                if why.step is GiftStep.FAIL or why.reason is Reason.RECIPIENT_GONE:  # nothing was bought
                    self._treasury.release(request, [gift])
                self._notices.tell_trouble(request, gift)
                self._notices.tell_arrivals(request)
        return Done()

    async def _funds_for(self, message: Message) -> Funds | None:
        request = self._known(message.request_id)
        return await self._desk.funds(request) if request.decision is None else None

    def _could_not_post(self, work: Work, detail: str) -> bool:
        """False when there is no other way to tell its reader."""
        message = self._message(work)
        if message.state is MessageState.SENT:  # it has arrived after all: somebody clicked it
            return True
        with self._store.write():
            if message.request_id:
                event = f"could not post {message.kind}"
                self._store.history.add(self._clock.now(), MACHINE, event, message.request_id, detail=detail)
            return self._notices.say_otherwise(message)

    def _known(self, request_id: str | None) -> Request:
        request = self._store.requests.get(request_id) if request_id else None
        if request is None:
            raise Refused(say("I do not know this request."))
        return request

    def _gift(self, gift_id: str) -> Gift:
        gift = self._store.gifts.get(gift_id)
        if gift is None:
            raise Refused(say("I do not know this gift."))
        return gift

    def _message(self, work: Work) -> Message:
        message = self._store.messages.get(work.subject)
        assert message is not None, "work is about a message that is kept"
        return message
