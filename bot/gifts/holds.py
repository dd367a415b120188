"""Orders on hold: when the account cannot pay, or no order gets through, gifts wait, and it is said once.

Of an account that cannot pay, one gift fails to find out; where no order gets through, all wait, the first one too.
Holds stand in the database, so that a restart does not let one more gift fail to find out.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.gifts.hold import Hold
from bot.gifts.money import Money
from bot.gifts.notices import Notices
from bot.gifts.ports import Clock, GiftCards, OutcomeUnknown, Placed, Rejected, Unavailable
from bot.gifts.reasons import Reason, Scope
from bot.gifts.store import Store
from bot.gifts.work import Task

log = structlog.get_logger(__name__)

Answer = Placed | Rejected | Unavailable | OutcomeUnknown
LOOK_AGAIN = timedelta(minutes=5)  # between two looks whether orders can go on
_BEHIND_THE_OTHERS = LOOK_AGAIN + timedelta(seconds=1)
MOST_ALONE = 3  # refusals of one gift while others get through: then it is about this gift's key alone


class Holds:
    """Begins and ends holds; whoever wants to order asks `against` right before it is sent."""

    def __init__(
        self, store: Store, giftcards: GiftCards, clock: Clock, notices: Notices, new_id: Callable[[], str]
    ) -> None:
        self._store = store
        self._giftcards = giftcards
        self._clock = clock
        self._notices = notices
        self._new_id = new_id
        self._turned_away: Counter[str] = Counter()  # how often since others get through, by gift

    def in_force(self, currency: str) -> Hold | None:
        """What orders in this currency have to wait for until somebody looks again."""
        hold = self._store.holds.standing(currency)
        return hold if hold and self._clock.now() < hold.look_at else None

    async def against(self, value: Money) -> Hold | None:
        """What an order of this value has to wait for, or None; when it is time, it is looked whether that is over."""
        if hold := self.in_force(value.currency):
            return hold
        hold = self._store.holds.standing(value.currency)
        if hold is None:
            return None
        hold = replace(hold, look_at=self._clock.now() + LOOK_AGAIN)
        with self._store.write():  # before anything is awaited: one looks, or tries, and the others go on waiting
            self._store.holds.save(hold)
        if hold.reason is not Reason.INSUFFICIENT_FUNDS:
            return None
        balance = await self._giftcards.balance(value.currency)
        return hold if balance and balance.minor < value.minor else None

    def look_now(self, currency: str) -> None:
        """Let the next order look, because a person says that it is worth it; runs inside that person's transaction."""
        if hold := self._store.holds.standing(currency):
            self._store.holds.save(replace(hold, look_at=self._clock.now()))

    def heed(self, gift_id: str, value: Money, answer: Answer) -> Answer:
        """An order that went through ends a hold; what every other order would meet as well begins one.

        Gives the answer as it counts for this gift.
        """
        hold = self._store.holds.standing(value.currency)
        match answer:
            case Placed():
                del self._turned_away[gift_id]
                if hold:
                    self._end(hold)
            case Rejected(reason) if reason.holds and not hold:
                self._begin(reason, value.currency)
            case Unavailable(_, _, reason) if reason.holds:
                return self._turned_away_again(gift_id, value, answer, hold)
        return answer

    def _turned_away_again(
        self, gift_id: str, value: Money, answer: Unavailable, hold: Hold | None
    ) -> Unavailable | Rejected:
        """Not let through: nobody is, until another gift shows that it is about this one's key, which is remembered.

        Until then somebody else tries next, for that very reason.
        """
        alone = self._turned_away[gift_id] > 0 and hold is None
        self._turned_away[gift_id] = self._turned_away[gift_id] + 1 if alone else 1
        if self._turned_away[gift_id] > MOST_ALONE:
            return Rejected(answer.reason, answer.detail)
        if alone:
            return answer
        if hold is None:
            self._begin(answer.reason, value.currency)
        return replace(answer, after=_BEHIND_THE_OTHERS.total_seconds())

    def _begin(self, reason: Reason, currency: str) -> None:
        now = self._clock.now()
        scope = currency if reason.holds is Scope.CURRENCY else None
        hold = Hold(self._new_id(), reason, scope, since=now, look_at=now + LOOK_AGAIN)
        with self._store.write():
            self._store.holds.add(hold)
            self._notices.tell_hold(hold)
        log.warning("orders_on_hold", reason=reason.value, currency=scope)

    def _end(self, hold: Hold) -> None:
        now = self._clock.now()
        with self._store.write():
            self._store.holds.save(replace(hold, ended_at=now))
            self._store.work.excuse({Task.ORDER}, now)  # whoever waited has not been tried in vain
            self._notices.refresh_hold(hold)
        log.warning("orders_go_on", reason=hold.reason.value, currency=hold.currency)
