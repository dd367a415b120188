"""THE PAGE TO READ: the life of a gift, first what people do, then what the machine does, in the order it happens.

A person's step is one transaction: the change, its line in the history, and the work that it causes. The machine's
steps do that work, one at a time; each begins by reading where the gift stands, so that going on after a crash is
the same as going on.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from pydantic import SecretStr

from bot.gifts.aftercare import FIRST_LOOK, MACHINE, Aftercare, Care
from bot.gifts.catalogue import Catalogue
from bot.gifts.errors import Field, Invalid, Refused
from bot.gifts.gift import Gift, GiftState, GiftStep, Request, RequestState, RequestStep
from bot.gifts.holds import Holds
from bot.gifts.message import Funds, Kind, Message, MessageState
from bot.gifts.notices import Notices
from bot.gifts.order_desk import OrderDesk, Stopped
from bot.gifts.outbox import Outbox
from bot.gifts.overview import Overview, overview_of
from bot.gifts.policy import LONGEST_REASON, MOST_RECIPIENTS, MOST_WAITING, Draft, Policy
from bot.gifts.ports import Clock, Directory, GiftCards, Messenger, Placed, Posted, Rejected, Unavailable
from bot.gifts.product import Choice
from bot.gifts.reasons import Reason
from bot.gifts.record import Record
from bot.gifts.store import Store
from bot.gifts.wording import say, say_many
from bot.gifts.work import Again, Done, Later, Task, Work

AN_HOUR = 60 * 60.0


class AlreadyDecided(Refused):
    """Somebody else was faster; `request` says who and when."""

    def __init__(self, request: Request) -> None:
        super().__init__(say("This request has already been decided."))
        self.request = request


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What the company has settled: where cards go (a channel, or None: to each approver) and whose links to trust."""

    policy: Policy
    approvals_channel: str | None
    link_hosts: Collection[str]
    settle: timedelta
    care: Care


class Flow:
    """Everything that can happen to a request and its gifts."""

    def __init__(
        self,
        store: Store,
        giftcards: GiftCards,
        messenger: Messenger,
        directory: Directory,
        clock: Clock,
        arrangement: Arrangement,
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._directory = directory
        self._clock = clock
        self.policy = arrangement.policy
        self._new_id = new_id
        self.catalogue = Catalogue(store, giftcards, clock, arrangement.policy.countries)
        self._notices = Notices(store, clock, arrangement.policy, arrangement.approvals_channel, new_id)
        self._holds = Holds(store, giftcards, clock, self._notices, new_id)
        self._desk = OrderDesk(store, giftcards, self.catalogue, self._holds, clock, arrangement.link_hosts)
        self._aftercare = Aftercare(store, self._desk, self._notices, clock, arrangement.care)
        self.record = Record(store, self._notices)
        self._outbox = Outbox(store, messenger, clock, arrangement.settle)

    # ---------------------------------------------------------------- what people do

    async def request(self, draft: Draft) -> Request:
        """Accept a request, once however often its form is submitted.

        Raises:
            Invalid: something that was filled in cannot be accepted, or not looked up just now.
            Refused: the form belongs to somebody else.
        """
        people = await self._directory.look_up({draft.requester, *draft.recipients[:MOST_RECIPIENTS]})
        shelf = self.catalogue.known(draft.country)
        value = self.policy.value_of(draft, people, shelf)
        product = shelf.find(draft.product) if shelf and draft.product else None
        request = Request(
            id=draft.id,
            requester=draft.requester,
            gifts=tuple(Gift(self._new_id(), draft.id, recipient, GiftState.WAITING) for recipient in draft.recipients),
            value=value,
            country=draft.country,
            note=draft.note.strip(),
            created_at=self._clock.now(),
            product=Choice(product.code, product.name) if product else None,
            announce_in=draft.announce_in,
            source=draft.source,
        )
        with self._store.write():
            if self._store.requests.add(request):
                self._check_waiting(request.requester)
                self._notices.ask_deciders(request)
        kept = self._known(draft.id)
        if kept.requester != draft.requester:
            raise Refused(say("This form belongs to somebody else. Please open a new one with /gift."))
        return kept

    async def check_decider(self, request_id: str, person: str, card: Posted | None = None) -> Request:
        """The request, if this person may decide about it now; `card` is where they saw it.

        Raises:
            Refused: they may not, or it is too late; that they tried is on the record.
        """
        request = self._known(request_id)
        if card:
            with self._store.write():
                self._notices.adopt_card(request, card)
        self._check_entitled(request, person)
        if request.state is not RequestState.PENDING:
            raise AlreadyDecided(request)
        return request

    async def approve(self, request_id: str, person: str, card: Posted | None = None) -> Request:
        """Let the gifts of a request be ordered. Raises Refused as `check_decider` does."""
        return self._end(await self.check_decider(request_id, person, card), person, RequestStep.APPROVE)

    async def decline(self, request_id: str, person: str, note: str) -> Request:
        """Say no, with words for the requester. Raises Refused as `check_decider` does.

        Raises:
            Invalid: the words are missing, or too many.
        """
        if not 1 <= len(note) <= LONGEST_REASON:
            words = say_many(
                "Please say why, in at most {count} character; the requester reads it.",
                "Please say why, in at most {count} characters; the requester reads it.",
                LONGEST_REASON,
            )
            raise Invalid({Field.REASON: words})
        return self._end(await self.check_decider(request_id, person), person, RequestStep.DECLINE, note)

    async def cancel(self, request_id: str, person: str) -> Request:
        """Take a request back.

        Raises:
            Refused: it is somebody else's, or decided already.
        """
        request = self._known(request_id)
        if person != request.requester:
            raise Refused(say("Only the person who asked for a gift can cancel it."))
        return self._end(request, person, RequestStep.CANCEL)

    async def retry(self, gift_id: str, person: str) -> Request:
        """Set a gift that failed or is parked going again; a new order only where the old one was refused for good.

        Raises:
            Refused: the person may not decide about it, it needs no retry, or a retry cannot help.
        """
        gift = self._gift(gift_id)
        request = self._known(gift.request_id)
        self._check_entitled(request, person)
        if gift.reason and not gift.reason.can_retry:
            raise Refused(gift.reason.remedy)
        step = self._way_on(gift)
        now = self._clock.now()
        with self._store.write():
            if not (gift.is_in_trouble and self._store.gifts.move(gift, step, person, now)):
                raise Refused(say("There is nothing to retry: this gift is on its way again."))
            if step is GiftStep.DELIVER_AGAIN:
                self._notices.prepare_gift(request, gift)
            else:
                self._holds.look_now(request.value.currency)
            self._store.work.add(Task.DELIVER if step is GiftStep.DELIVER_AGAIN else Task.ORDER, gift.id, now)
            self._notices.refresh(Kind.TROUBLE, request.id)
        return self._known(request.id)

    async def overview(self, person: str) -> Overview:
        """Where things stand for one person."""
        return overview_of(person, self._store, self.policy, self._notices)

    def show_again(self, gift_id: str, person: str) -> Gift:
        """Let a recipient see their gift once more, on the record; `link_of` then fetches its link.

        Raises:
            Refused: it is somebody else's, it has not arrived, or it was shown too often today.
        """
        gift = self._gift(gift_id)
        self._aftercare.show_again(gift, person)
        return gift

    async def link_of(self, gift: Gift) -> tuple[Request, SecretStr | Stopped | Later]:
        """The link of a gift that has arrived, fetched anew and for this once, with the request that it came of."""
        return self._known(gift.request_id), await self._desk.link(gift)

    def deciders(self, request: Request) -> list[str]:
        """Who decides about a request: the approvals channel, or each approver."""
        return self._notices.deciders(request)

    def _end(self, request: Request, person: str, step: RequestStep, note: str = "") -> Request:
        now = self._clock.now()
        with self._store.write():
            if not self._store.requests.move(request, step, person, now, note):
                raise AlreadyDecided(self._known(request.id))
            approved = step is RequestStep.APPROVE
            for gift in request.gifts:
                self._store.gifts.move(gift, GiftStep.APPROVE if approved else GiftStep.DROP, person, now)
                if approved:
                    self._store.work.add(Task.ORDER, gift.id, now)
            decided = self._known(request.id)
            self._notices.tell_decision(decided)
        return decided

    def _check_waiting(self, person: str) -> None:
        """Nobody can bury those who decide; the request that is one too many is undone."""
        if self._store.requests.count_undecided(person) > MOST_WAITING:
            words = say_many(
                "{count} of your requests is waiting for a decision. Please let it be decided, or cancel it.",
                "{count} of your requests are waiting for a decision. Please let one be decided, or cancel it.",
                MOST_WAITING,
            )
            raise Invalid({Field.RECIPIENTS: words})

    def _check_entitled(self, request: Request, person: str) -> None:
        try:
            self.policy.check_decider(request, person)
        except Refused as refused:
            with self._store.write():
                self._store.history.add_once(self._clock.now(), person, "refused", request.id, str(refused))
            raise

    def _way_on(self, gift: Gift) -> GiftStep:
        if gift.state is GiftState.FAILED:
            return GiftStep.ORDER_ANEW
        order = self._store.orders.get(gift)
        return GiftStep.DELIVER_AGAIN if order and order.provider_id else GiftStep.ASK_AGAIN

    # ---------------------------------------------------------------- what the machine does

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
        answer = await self._messenger.update(self._outbox.mail(message))
        if isinstance(answer, Unavailable):
            return Later(Reason.UNEXPECTED, answer.detail, answer.after)
        return Done()

    async def order(self, work: Work) -> Done | Later:
        """Place the one order of a gift."""
        gift = self._store.gifts.get(work.subject)
        if gift is None or gift.state is not GiftState.APPROVED:
            return Done()
        match await self._desk.place(self._known(gift.request_id), gift):
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
        link = None if message.state is MessageState.SENT else await self._desk.link(gift)
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
        elif work.task in {Task.CHECK, Task.STOCK, Task.HEAD}:
            return Again(AN_HOUR)
        return Done()

    # ---------------------------------------------------------------- the pieces of the machine's steps

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
