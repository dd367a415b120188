"""What people do about a gift that has stopped: try again, order anew on their own word, or close it."""

from dataclasses import dataclass

from bot.gifts.approvals.decide import Decisions
from bot.gifts.approvers import ApproverDirectory
from bot.gifts.budget_ledger import BudgetLedger
from bot.gifts.model.errors import Field, Invalid, Refused
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import Closing, Gift, GiftState, GiftStep, Request
from bot.gifts.model.job import JobKind
from bot.gifts.model.notification import Kind
from bot.gifts.model.order import Made
from bot.gifts.model.policy import LONGEST_REASON
from bot.gifts.model.refusal import UNKNOWN_GIFT, Refusal, RefusalCode
from bot.gifts.model.text import Mention, say, say_many
from bot.gifts.notifications.plan import NotificationPlan
from bot.gifts.orders.circuit_breaker import CircuitBreaker
from bot.gifts.orders.find import OrderFinder
from bot.gifts.ports import Clock
from bot.gifts.store import Store

_ON_THE_RECORD = {
    Made.NO: "nothing was ordered",
    Made.PERHAPS: "the order may exist",
    Made.YES: "the order exists",
}
_GONE_ON = Refusal(
    RefusalCode.HAS_GONE_ON,
    say("There is nothing to retry or to close: this gift is on its way again, or closed."),
)


@dataclass(frozen=True, slots=True)
class StoppedGift:
    """A gift that has stopped, and whether its order was made."""

    request: Request
    gift: Gift
    made: Made

    @property
    def may_be_spent(self) -> bool:
        """Whether its money is counted in the budgets, and rightly so as far as is known."""
        return self.made is not Made.NO and self.gift.state is GiftState.NEEDS_REVIEW


class Resolution:
    """Only approvers mend, and none of them their own gifts."""

    def __init__(
        self,
        store: Store,
        approver_directory: ApproverDirectory,
        clock: Clock,
        decisions: Decisions,
        ledger: BudgetLedger,
        notifications: NotificationPlan,
        holds: CircuitBreaker,
        finder: OrderFinder,
    ) -> None:
        self._store = store
        self._approver_directory = approver_directory
        self._clock = clock
        self._decisions = decisions
        self._ledger = ledger
        self._notifications = notifications
        self._breaker = holds
        self._finder = finder

    async def check(self, gift_id: str, person: str) -> StoppedGift:
        """The gift as it stands, if this person may mend it.

        Raises:
            Refused: they may not, or it is on its way again.
        """
        gift = self._store.gifts.get(gift_id)
        request = self._store.requests.get(gift.request_id) if gift else None
        if gift is None or request is None:
            raise Refused(*UNKNOWN_GIFT)
        await self._approver_directory.now()
        self._decisions.check_may_mend(request, person)
        if not gift.needs_attention:
            raise Refused(*_GONE_ON)
        return StoppedGift(request, gift, self._finder.made(request, gift))

    async def retry(self, gift_id: str, person: str, *, never_arrived: bool = False) -> Request:
        """Go on where the gift stands: with its order if that is known, else with its key if it may exist.

        Its message is looked up before it is sent again, unless somebody states that it `never_arrived`.
        """
        broken = await self.check(gift_id, person)
        if broken.gift.reason and not broken.gift.reason.can_retry:
            raise Refused(RefusalCode.RETRY_CANNOT_HELP, broken.gift.reason.remedy)
        way_on = _way_on(broken)
        if way_on is not GiftStep.ASK_AGAIN:  # what may have been ordered is asked about, whoever it is for
            await self._check_recipient(broken.gift)
        if not (never_arrived and broken.gift.reason is Reason.MESSAGE_UNCERTAIN):
            return self._go_on(broken, way_on, person)
        with self._store.write():
            self._notifications.forget_sending(broken.gift)
            return self._go_on(broken, way_on, person, "has asked, and the message never arrived")

    async def order_anew(self, gift_id: str, person: str, words: str) -> Request:
        """Go on with a new key, as a person states that no order was made under the old one."""
        _check_words(words)
        broken = await self.check(gift_id, person)
        if broken.gift.state is GiftState.FAILED or broken.made is Made.YES:
            raise Refused(RefusalCode.RETRY_INSTEAD, say("“Retry” is the way on for this gift."))
        settles_at = self._finder.settles_at(broken.gift)
        if settles_at and self._clock.now() < settles_at:
            too_early = say(
                "The last try was only just now, and may still come through. Please look again after {when}, and "
                "say then what you saw.",
                when=settles_at,
            )
            raise Refused(RefusalCode.TRIED_JUST_NOW, too_early)
        await self._check_recipient(broken.gift)
        return self._go_on(broken, GiftStep.ORDER_ANEW, person, f"has looked, and there is no order: {words}")

    async def close(self, gift_id: str, person: str, words: str, *, is_unspent: bool) -> Request:
        """End it; its money is given back unless it is, or may be, spent."""
        _check_words(words)
        broken = await self.check(gift_id, person)
        request, gift = broken.request, broken.gift
        is_free = is_unspent or not broken.may_be_spent
        money = "its money is free" if is_free else "its money stays counted"
        detail = f"{_ON_THE_RECORD[broken.made]}, {money}: {words}"
        with self._store.write():
            if not self._store.gifts.move(gift, GiftStep.CLOSE, person, self._clock.now(), detail=detail):
                raise Refused(*_GONE_ON)
            self._store.gifts.close(gift, Closing(person, words))
            if is_free:
                self._ledger.release(request, [gift])
            self._notifications.tell_closing(request, gift)
        return self._now(request)

    async def _check_recipient(self, gift: Gift) -> None:
        """Let a gift pass whose recipient is a colleague.

        Raises:
            Refused: they are none any more, so that it would only stop again.
            NotNow: Slack does not say.
        """
        recipient = (await self._approver_directory.people([gift.recipient]))[gift.recipient]
        if recipient.standing.value:
            problem = recipient.standing.value.fill(who=Mention(recipient.id))
            words = say("{problem}, so this gift cannot go on. Retry once they are back, or close it.", problem=problem)
            raise Refused(RefusalCode.RECIPIENT_LEFT, words)

    def _go_on(self, broken: StoppedGift, step: GiftStep, person: str, detail: str = "") -> Request:
        request, gift = broken.request, broken.gift
        now = self._clock.now()
        with self._store.write():
            if not self._store.gifts.move(gift, step, person, now, detail=detail):
                raise Refused(*_GONE_ON)
            self._ledger.reserve(request, [gift])  # it may have been released
            order = self._store.orders.get(gift)
            if step is GiftStep.ORDER_ANEW and order:
                self._store.orders.clear(order)
            if step is GiftStep.DELIVER_AGAIN:
                self._notifications.prepare_gift(request, gift)
            else:
                self._breaker.force_probe(request.value.currency)
            self._store.jobs.add(JobKind.DELIVER if step is GiftStep.DELIVER_AGAIN else JobKind.ORDER, gift.id, now)
            self._notifications.refresh(Kind.TROUBLE, request.id)
        return self._now(request)

    def _now(self, request: Request) -> Request:
        known = self._store.requests.get(request.id)
        assert known is not None, "a request is never deleted"
        return known


def _way_on(broken: StoppedGift) -> GiftStep:
    if broken.gift.state is GiftState.NEEDS_REVIEW and broken.made is Made.YES:
        return GiftStep.DELIVER_AGAIN
    if broken.gift.state is GiftState.FAILED and broken.made is Made.NO:
        return GiftStep.ORDER_ANEW
    return GiftStep.ASK_AGAIN


def _check_words(words: str) -> None:
    """Let words pass that say something.

    Raises:
        Invalid: they are missing, or too many.
    """
    if not 1 <= len(words) <= LONGEST_REASON:
        problem = say_many(
            "Please say it in words, in at most {count} character; they stay on the record.",
            "Please say it in words, in at most {count} characters; they stay on the record.",
            LONGEST_REASON,
        )
        raise Invalid({Field.REASON: Refusal(RefusalCode.WORDS_MISSING, problem)})
