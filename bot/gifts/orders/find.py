"""Whether an order exists of which that is not known: what the gift card service's own list shows, and from when on.

Until it is known, no answer ends a gift's attempt but the order itself, or the list without it: read whole, and after
whatever was sent has had the time to get there.
"""

from datetime import datetime, timedelta
from enum import Enum, auto

from bot.gifts.checked_clock import CheckedClock
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import Gift, GiftState, GiftStep, Request
from bot.gifts.model.job import Retry, Stopped
from bot.gifts.model.order import SETTLED, Made, Order, begun_at, key_is_old
from bot.gifts.model.outcomes import Absent, Placed, Unavailable
from bot.gifts.notifications.restore_detection import RestoreDetection
from bot.gifts.ports import GiftCards
from bot.gifts.store import Store

LOOK_AFTER = timedelta(seconds=30)  # of not knowing; before that, asking again under the same key is quicker
ASK_FOR = timedelta(minutes=5)  # under the same key, though the list lacks the order: most outages end meanwhile


class _Look(Enum):
    """Why a gift is looked for in the service's list before its order is sent."""

    LOST = auto()  # the database lost what was done before a backup was restored
    OLD = auto()  # the service may have forgotten the key
    ANEW = auto()  # it is another attempt: the one before may have come through after all
    UNKNOWN = auto()  # for some time nobody has known what became of the last send


# these begin holds as well, and are an answer to the very order that was sent
_SAID_OF_THE_ORDER = {Reason.INSUFFICIENT_FUNDS, Reason.CARD_REFUSED}
_CLOCK_DIFFERS = "it is not certain what time it is"
_WITHOUT_A_LIST = {_Look.LOST: Reason.DATABASE_RESTORED, _Look.OLD: Reason.KEY_TOO_OLD}


class OrderFinder:
    """Looks where that is needed; where the service has no list, a person has to."""

    def __init__(
        self, store: Store, giftcards: GiftCards, restore_detection: RestoreDetection, clock: CheckedClock
    ) -> None:
        self._store = store
        self._giftcards = giftcards
        self._restore_detection = restore_detection
        self._clock = clock

    async def find(
        self, request: Request, gift: Gift, order: Order | None, since: datetime
    ) -> Placed | Stopped | Retry | None:
        """A gift's order, which may have been sent; None where sending it makes no second one.

        `since` is when the machine, or a person, began to work on it.
        """
        if unread := await self._restore_detection.once():
            return Retry(Reason.UNEXPECTED, unread.detail, unread.after)
        asked = order or Order.never_sent(request, gift)
        if not await self._clock.is_known():
            return not_known(asked, Reason.NO_ANSWER, "it is not known how old its key is")
        why = self._why_look(request, gift, order)
        if why is None:
            return None
        match await self._giftcards.find(asked):
            case Placed() as found:
                return found
            case Absent():
                return await self._not_listed(asked, why, since)
            case Unavailable(detail, after) if why is not _Look.UNKNOWN:
                return not_known(asked, Reason.NO_ANSWER, detail, after)
            case None if why in _WITHOUT_A_LIST and not await self._clock.is_sure():
                return not_known(asked, Reason.NO_ANSWER, _CLOCK_DIFFERS)
            case None if why in _WITHOUT_A_LIST:
                detail = f"its key can have been sent since {begun_at(request, gift)}"
                return Stopped(GiftStep.PARK, _WITHOUT_A_LIST[why], detail)
        return None

    def made(self, request: Request, gift: Gift) -> Made:
        """Whether the order of a gift's attempt was made, as far as it is known here."""
        order = self._store.orders.get(gift)
        if order and order.provider_id is not None:
            return Made.NO if gift.state is GiftState.FAILED else Made.YES  # which the service itself said
        if (order and order.unknown_since) or self._restore_detection.has_lost(request, gift, order):
            return Made.PERHAPS
        was_denied = gift.state is GiftState.FAILED
        return Made.PERHAPS if self._key_is_old(request, gift) and not was_denied else Made.NO

    def settles_at(self, gift: Gift) -> datetime | None:
        """From when on it shows at the service whether a gift's order exists; None if it was not sent."""
        order = self._store.orders.get(gift)
        return self._settles_at(order) if order else None

    def _why_look(self, request: Request, gift: Gift, order: Order | None) -> _Look | None:
        if self._restore_detection.has_lost(request, gift, order):
            return _Look.LOST
        if self._key_is_old(request, gift):
            return _Look.OLD
        if order is None or order.unknown_since is None:
            return _Look.ANEW if gift.attempt > 1 else None
        return _Look.UNKNOWN if self._clock.now() - order.unknown_since >= LOOK_AFTER else None

    def _key_is_old(self, request: Request, gift: Gift) -> bool:
        return key_is_old(request, gift, self._clock.now(), self._giftcards.key_life)

    async def _not_listed(self, order: Order, why: _Look, since: datetime) -> Stopped | Retry | None:
        """The list lacks the order, which counts once nothing can be on its way any more."""
        if why is _Look.UNKNOWN and (self._was_on_hold(order) or self._is_asked_on(order, since)):
            return None  # asking again under the same key is safe, and quicker than to wait until it shows
        left = self._settles_at(order) - self._clock.now()
        if left > timedelta():
            return not_known(order, Reason.NO_ANSWER, "not in the list so far", left)
        if order.unknown_since is None:
            return None
        if not await self._clock.is_sure():
            return not_known(order, Reason.NO_ANSWER, _CLOCK_DIFFERS)
        with self._store.write():
            if not self._store.orders.clear(order):
                return not_known(order, Reason.NO_ANSWER, "sent again meanwhile")
        was_settled_before = order.last_sent_at - max(since, order.first_sent_at) >= SETTLED
        if why is _Look.OLD or (why is _Look.UNKNOWN and was_settled_before):  # the same key cannot help
            return Stopped(GiftStep.FAIL, Reason.NO_ORDER, f"not in the list; last sent at {order.last_sent_at}")
        return None

    def _is_asked_on(self, order: Order, since: datetime) -> bool:
        """Whether an answer is hoped for still; a key may be answered the same for ever."""
        return self._clock.now() - max(since, order.first_sent_at) < ASK_FOR

    def _was_on_hold(self, order: Order) -> bool:
        """Whether every order is turned away, or was until this one was last sent."""
        holds, currency = self._store.order_holds, order.value.currency
        hold = holds.standing(currency)
        is_turned_away = hold is not None and hold.reason not in _SAID_OF_THE_ORDER
        return is_turned_away or holds.has_ended_since(order.last_sent_at, currency)

    def _settles_at(self, order: Order) -> datetime:
        """From when on the list would show what was sent: by us, or in the time that the database has lost."""
        sent_at = order.last_sent_at if order.unknown_since else order.first_sent_at - SETTLED
        lost_at = self._restore_detection.noticed_at
        return max(sent_at, lost_at or sent_at) + SETTLED


def not_known(order: Order, reason: Reason, detail: str, after: timedelta = timedelta()) -> Retry:
    """Ask or look again later; how long it has not been known is counted from the first send."""
    return Retry(reason, detail, after, since=order.first_sent_at)
