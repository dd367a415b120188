"""Orders on hold: when the account cannot pay, or no order gets through, gifts wait, and it is said once.

Of an account that cannot pay, one gift fails to find out; where no order gets through, all wait, the first one too.
Holds stand in the database, so that a restart does not let one more gift fail to find out.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.gifts.model.audit_event import AuditEvent
from bot.gifts.model.failure_reasons import Reason, Scope
from bot.gifts.model.gift import MACHINE
from bot.gifts.model.job import JobKind
from bot.gifts.model.money import Money
from bot.gifts.model.order_hold import OrderHold
from bot.gifts.model.outcomes import OrderFailed, OutcomeUnknown, Placed, Rejected, Unavailable
from bot.gifts.notifications.plan import NotificationPlan
from bot.gifts.ports import Clock, GiftCards
from bot.gifts.store import Store

log = structlog.get_logger(__name__)

LOOK_AGAIN = timedelta(minutes=5)  # between two looks whether orders can go on
BEHIND_THE_OTHERS = LOOK_AGAIN + timedelta(seconds=1)  # who was turned away lets somebody else try next


class CircuitBreaker:
    """Begins and ends holds; whoever wants to order asks `against` right before it is sent."""

    def __init__(
        self,
        store: Store,
        giftcards: GiftCards,
        clock: Clock,
        notifications: NotificationPlan,
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._giftcards = giftcards
        self._clock = clock
        self._notifications = notifications
        self._new_id = new_id
        self._went_through_at: datetime | None = None

    def open_for(self, currency: str) -> OrderHold | None:
        """What orders in this currency have to wait for until somebody looks again."""
        hold = self._store.order_holds.standing(currency)
        left = hold.look_at - self._clock.now() if hold else timedelta()
        return hold if timedelta() < left <= LOOK_AGAIN else None  # more is left only where the clock was set back

    async def check_open(self, value: Money) -> OrderHold | None:
        """What an order of this value has to wait for, or None; when it is time, it is looked whether that is over."""
        if hold := self.open_for(value.currency):
            return hold
        hold = self._store.order_holds.standing(value.currency)
        if hold is None:
            return None
        hold = replace(hold, look_at=self._clock.now() + LOOK_AGAIN)
        with self._store.write():  # before anything is awaited: one looks, or tries, and the others go on waiting
            self._store.order_holds.save(hold)
        if hold.reason is not Reason.INSUFFICIENT_FUNDS:
            return None
        balance = await self._giftcards.balance(value.currency)
        return hold if balance and balance < value else None

    def force_probe(self, currency: str) -> None:
        """Let the next order look, because a person says that it is worth it; runs inside that person's transaction."""
        if hold := self._store.order_holds.standing(currency):
            self._store.order_holds.save(replace(hold, look_at=self._clock.now()))

    def record(
        self,
        value: Money,
        answer: Placed | OrderFailed | Rejected | Unavailable | OutcomeUnknown,
        first_sent_at: datetime | None = None,
    ) -> None:
        """An order that went through ends a hold; a refusal that every other order would meet as well begins one.

        One that was sent before another went through begins none: a key may be told for ever what it was told once.
        """
        hold = self._store.order_holds.standing(value.currency)
        if isinstance(answer, Placed):
            self._went_through_at = self._clock.now()
            if hold:
                self._end(hold)
        elif isinstance(answer, Rejected | OutcomeUnknown) and answer.reason.holds and not hold:
            is_old_news = first_sent_at and self._went_through_at and first_sent_at < self._went_through_at
            if not is_old_news:
                self._begin(answer.reason, value.currency)

    def _begin(self, reason: Reason, currency: str) -> None:
        now = self._clock.now()
        scope = currency if reason.holds is Scope.CURRENCY else None
        hold = OrderHold(self._new_id(), reason, scope, since=now, look_at=now + LOOK_AGAIN)
        with self._store.write():
            self._store.order_holds.add(hold)
            self._store.audit_log.add(now, MACHINE, AuditEvent.HOLD_ORDERS, detail=_in_words(hold))
            self._notifications.tell_hold(hold)
        log.warning("orders_on_hold", reason=reason.value, currency=scope)

    def _end(self, hold: OrderHold) -> None:
        now = self._clock.now()
        with self._store.write():
            self._store.order_holds.save(replace(hold, ended_at=now))
            self._store.audit_log.add(now, MACHINE, AuditEvent.RESUME_ORDERS, detail=_in_words(hold))
            self._store.jobs.forgive({JobKind.ORDER}, now)  # whoever waited has not been tried in vain
            self._notifications.refresh_hold(hold)
        log.warning("orders_go_on", reason=hold.reason.value, currency=hold.currency)


def _in_words(hold: OrderHold) -> str:
    return f"{hold.reason.value}: {hold.currency or 'all currencies'}"
