"""After delivery: whether a gift was claimed, a reminder while it was not, and its link once more for its recipient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr

from bot.gifts.approvers import ApproverDirectory
from bot.gifts.checked_clock import CheckedClock
from bot.gifts.model.audit_event import AuditEvent
from bot.gifts.model.errors import NotNow, Refused
from bot.gifts.model.gift import MACHINE, Gift, GiftState, GiftStep, Request
from bot.gifts.model.job import LONGEST_WAITS, Completed, Job, JobKind, Reschedule, Retry, Stopped
from bot.gifts.model.redemption_link import NO_GOOD, RedemptionStatus
from bot.gifts.model.refusal import UNKNOWN_GIFT, Refusal, RefusalCode
from bot.gifts.model.text import say, say_many
from bot.gifts.notifications.plan import NotificationPlan
from bot.gifts.orders.place import OrderPlacement
from bot.gifts.rate_limiter import RateLimiter
from bot.gifts.store import Store

FIRST_LOOK = timedelta(hours=1)
LONG_ENOUGH = timedelta(days=400)  # after the delivery: links that expire at all do so within a year
ORDERS_FIRST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class RedemptionSettings:
    """How much a company wants of it; reminders are counted from the delivery."""

    checks_a_minute: int = 30
    reminders: Sequence[timedelta] = (timedelta(days=14),)
    shows_a_day: int = 3


class Redemption:
    """What happens to a gift that has arrived."""

    def __init__(
        self,
        store: Store,
        approver_directory: ApproverDirectory,
        desk: OrderPlacement,
        notifications: NotificationPlan,
        clock: CheckedClock,
        care: RedemptionSettings,
    ) -> None:
        self._store = store
        self._approver_directory = approver_directory
        self._placement = desk
        self._notifications = notifications
        self._clock = clock
        self._care = care
        self._pace = RateLimiter(clock, timedelta(minutes=1) / care.checks_a_minute)

    async def check(self, work: Job) -> Completed | Reschedule:
        """See what became of a gift, at growing intervals, with orders going first."""
        gift = self._store.gifts.get(work.subject)
        age = self._clock.now() - work.since
        if gift is None or gift.state is not GiftState.DELIVERED:
            return Completed()
        if age > LONG_ENOUGH:
            return Completed() if await self._clock.is_sure() else Reschedule(FIRST_LOOK)
        if self._store.jobs.due({JobKind.ORDER}, self._clock.now(), 1):
            return Reschedule(ORDERS_FIRST)
        await self._pace.turn()
        match await self._placement.payout(gift):
            case RedemptionStatus.CLAIMED:
                return self._ended(gift, GiftStep.CLAIM)
            case RedemptionStatus.EXPIRED | RedemptionStatus.CANCELLED as payout:
                return self._ended(gift, GiftStep.LAPSE, payout)
            case RedemptionStatus.ACTIVE:
                await self._remind(gift, age)
            case None:
                return Completed()
        return Reschedule(self._next_look(age))

    async def check_may_see(self, gift_id: str, person: str) -> Gift:
        """The gift, if this person may see it once more; `link_of` then fetches its link, and `note_shown` counts it.

        Raises:
            Refused: it is somebody else's gift, it has not arrived, or it was shown too often today; this is on the
                record.
        """
        gift, now = self._store.gifts.get(gift_id), self._clock.now()
        if gift is None:
            raise Refused(*UNKNOWN_GIFT)
        with self._store.write():
            refusal = self._why_not_shown(gift, person, now)
            if refusal:
                self._store.audit_log.add(now, person, AuditEvent.REFUSED, gift.request_id, gift.id, str(refusal))
        if refusal:
            raise Refused(*refusal)
        return gift

    async def link_of(self, gift: Gift) -> tuple[Request, SecretStr | Stopped | Retry]:
        """The link of a gift that has arrived, fetched anew and for this once, with the request that it came of."""
        return self._request(gift), await self._placement.link(gift)

    async def note_shown(self, gift: Gift) -> None:
        """Put on the record that the recipient sees the link, which is at hand.

        Raises:
            Refused: it was shown too often meanwhile, in other windows.
        """
        now = self._clock.now()
        with self._store.write():
            if refusal := self._why_not_shown(gift, gift.recipient, now):
                raise Refused(*refusal)
            self._store.audit_log.add(now, gift.recipient, AuditEvent.SHOW_AGAIN, gift.request_id, gift.id)

    def _why_not_shown(self, gift: Gift, person: str, now: datetime) -> Refusal | None:
        if gift.recipient != person:
            return Refusal(RefusalCode.NOT_YOUR_GIFT, say("This gift is for somebody else."))
        if not gift.has_arrived:
            words = say("This gift has not arrived yet. You get a message with it.")
            return Refusal(RefusalCode.NOT_ARRIVED, words)
        if self._store.audit_log.count(AuditEvent.SHOW_AGAIN, gift, now - timedelta(days=1)) >= self._care.shows_a_day:
            words = say_many(
                "A gift is shown once a day at most. Please come back tomorrow.",
                "A gift is shown {count} times a day at most. Please come back tomorrow.",
                self._care.shows_a_day,
            )
            return Refusal(RefusalCode.SHOWN_TOO_OFTEN, words)
        return None

    def _ended(self, gift: Gift, step: GiftStep, payout: RedemptionStatus | None = None) -> Completed:
        reason = NO_GOOD[payout] if payout else None
        with self._store.write():
            if self._store.gifts.move(gift, step, MACHINE, self._clock.now(), reason) and reason:
                self._notifications.tell_lapse(self._request(gift), gift)
        return Completed()

    async def _remind(self, gift: Gift, age: timedelta) -> None:
        """Remind a recipient who is still a colleague; while Slack does not say so, at the next look."""
        due = sum(age >= reminder for reminder in self._care.reminders)
        if due > self._notifications.reminders(gift) and await self._is_colleague(gift.recipient):
            with self._store.write():
                self._notifications.remind(self._request(gift), gift)

    async def _is_colleague(self, person: str) -> bool:
        try:
            return (await self._approver_directory.known(person)).standing.value is None
        except NotNow:
            return False

    def _next_look(self, age: timedelta) -> timedelta:
        to_reminders = [reminder - age for reminder in self._care.reminders if reminder > age]
        return min(max(age / 2, FIRST_LOOK), LONGEST_WAITS[JobKind.CHECK], *to_reminders)

    def _request(self, gift: Gift) -> Request:
        request = self._store.requests.get(gift.request_id)
        assert request is not None, "a gift belongs to a request"
        return request
