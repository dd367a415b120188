"""One order a gift: sent under one key, and never again while another one may exist; and its link, checked."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import SecretStr

from bot.gifts.checked_clock import CheckedClock
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import Gift, GiftStep, Request
from bot.gifts.model.job import Retry, Stopped
from bot.gifts.model.order import Funds, Order, key_of
from bot.gifts.model.order_hold import OrderHold
from bot.gifts.model.outcomes import LinkReady, NotYet, OrderFailed, OutcomeUnknown, Placed, Rejected, Unavailable
from bot.gifts.model.product import CountryCatalogue, Product
from bot.gifts.model.redemption_link import NO_GOOD, RedemptionStatus, is_trusted
from bot.gifts.orders.catalogue import Catalogue
from bot.gifts.orders.circuit_breaker import BEHIND_THE_OTHERS, CircuitBreaker
from bot.gifts.orders.find import OrderFinder, not_known
from bot.gifts.ports import GiftCards
from bot.gifts.store import Store

_ANSWERED_SOON = timedelta(seconds=0.5)  # a slow answer does not hold up every other order


class OrderPlacement:
    """Deals with the gift card service; what it answers is checked against what was asked before it counts."""

    def __init__(
        self,
        store: Store,
        giftcards: GiftCards,
        catalogue: Catalogue,
        holds: CircuitBreaker,
        finder: OrderFinder,
        clock: CheckedClock,
        link_hosts: Collection[str],
    ) -> None:
        self._store = store
        self._giftcards = giftcards
        self._catalogue = catalogue
        self._breaker = holds
        self._finder = finder
        self._clock = clock
        self._link_hosts = link_hosts
        self._answered = asyncio.Event()
        self._answered.set()
        self._in_hand: dict[str, LinkReady] = {}  # links on their way from the order to the message, never kept

    async def look(self, request: Request, gift: Gift, since: datetime) -> Placed | Stopped | Retry | None:
        """What there is of a gift's order already; None where sending it makes no second one.

        `since` is when the machine, or a person, began to work on it.
        """
        order = self._store.orders.get(gift)
        if order and order.provider_id is not None:
            return Placed(order.provider_id)
        found = await self._finder.find(request, gift, order, since)
        if isinstance(found, Placed):
            return self._checked(order or Order.never_sent(request, gift), found)
        return found

    async def place(self, request: Request, gift: Gift) -> Placed | Stopped | Retry:
        """Send the order of a gift's attempt, for the first time or again, after `look` has let it pass."""
        if hold := self._breaker.open_for(request.value.currency):
            return self._waiting(hold)
        await self._giftcards.turn()
        async with self._after_the_one_before():
            if hold := await self._breaker.check_open(request.value):  # it may have begun meanwhile
                return self._waiting(hold)
            order = await self._about_to_be_sent(request, gift)
            if not isinstance(order, Order):
                self._breaker.record(request.value, order)
                return _not_prepared(order)
            answer = await self._giftcards.place(order)
            self._breaker.record(request.value, answer, order.first_sent_at)
        return self._settled(order, answer)

    @asynccontextmanager
    async def _after_the_one_before(self) -> AsyncGenerator[None]:
        """Know what the last order came to, if the service says so soon: what fails one should hold the next."""
        before, self._answered = self._answered, asyncio.Event()
        mine = self._answered
        await self._clock.wait(before, _ANSWERED_SOON.total_seconds())
        try:
            yield
        finally:
            mine.set()

    async def _about_to_be_sent(self, request: Request, gift: Gift) -> Order | Rejected | Unavailable:
        """Keep that from now on nobody knows what becomes of the order: it is so until its answer is kept."""
        order = self._store.orders.get(gift)
        if order is not None:
            with self._store.write():
                return self._store.orders.send_again(order, self._clock.now())
        body = await self._written(request, gift)
        if not isinstance(body, str):
            return body
        now = self._clock.now()
        order = replace(Order.of(request, gift, body, now), unknown_since=now)
        with self._store.write():
            self._store.orders.add(order)
        return order

    def _settled(
        self, order: Order, answer: Placed | OrderFailed | Rejected | Unavailable | OutcomeUnknown
    ) -> Placed | Stopped | Retry:
        is_undone = isinstance(answer, OrderFailed | Rejected | Unavailable) and self._is_undone(order, answer)
        match answer:
            case Placed():
                return self._checked(order, answer)
            case OrderFailed(detail):
                return Stopped(GiftStep.FAIL, Reason.ORDER_REFUSED, detail)
            case Rejected(reason, detail) if is_undone:
                return Stopped(GiftStep.FAIL, reason, detail)
            case Rejected(_, detail):
                return not_known(order, Reason.REFUSED_SINCE, detail)
            case Unavailable(detail, after):
                return not_known(order, Reason.NOT_REACHED if is_undone else Reason.NO_ANSWER, detail, after)
            case OutcomeUnknown(detail, reason, may_repeat=False):
                return _for_review(reason, detail)
            case OutcomeUnknown(detail, reason):
                return not_known(order, reason, detail, BEHIND_THE_OTHERS if reason.holds else timedelta())

    def _is_undone(self, order: Order, answer: OrderFailed | Rejected | Unavailable) -> bool:
        """Whether an answer proves that there is no order: then that is kept.

        One that only denies the last send does not, as long as it is unknown what became of an earlier one.
        """
        if order.is_unknown_before and not isinstance(answer, OrderFailed):
            return False
        with self._store.write():
            return self._store.orders.clear(order)

    def _waiting(self, hold: OrderHold) -> Retry:
        return Retry(hold.reason, "orders are on hold", hold.look_at - self._clock.now())

    async def link(self, gift: Gift) -> SecretStr | Stopped | Retry:
        """The link of an ordered gift: the one that came with the order, or else fetched."""
        order = self._store.orders.get(gift)
        assert order is not None, "an ordered gift has an order"
        answer = self._in_hand.pop(gift.id, None) or await self._giftcards.link(order)
        match answer:
            case LinkReady(_, _, RedemptionStatus.EXPIRED | RedemptionStatus.CANCELLED as payout):
                return _for_review(NO_GOOD[payout], "the link is no good any more")
            case LinkReady(_, value) if value != order.value:
                return _for_review(Reason.LINK_DIFFERS, f"the link is worth {value} instead of {order.value}")
            case LinkReady(link) if not is_trusted(link, self._link_hosts):
                return _for_review(Reason.LINK_NOT_TRUSTED, "the link's host is not on the list")
            case LinkReady(link):
                return link
            case NotYet():
                return Retry(Reason.LINK_LATE, "the link is not there yet")
            case OrderFailed(detail):
                return Stopped(GiftStep.FAIL, Reason.ORDER_REFUSED, detail)
            case Rejected(reason, detail):
                return _for_review(reason, detail)
            case Unavailable(detail, after):
                return Retry(Reason.LINK_LATE, detail, after)
            case OutcomeUnknown(detail, reason):
                return Retry(_no_link(reason), detail)

    async def payout(self, gift: Gift) -> RedemptionStatus | Rejected | Unavailable | OutcomeUnknown | None:
        """What became of the link of a delivered gift; None where the contract never says."""
        order = self._store.orders.get(gift)
        assert order is not None, "a delivered gift has an order"
        return await self._giftcards.payout(order)

    async def funds(self, request: Request) -> Funds:
        """What is left on the account, and what a request is expected to cost, as far as the service says."""
        shelf = self._catalogue.known(request.country)
        choose_from = shelf.offering(request.value) if shelf else ()
        balance, price = await asyncio.gather(
            self._giftcards.balance(request.value.currency), self._giftcards.price(request, choose_from)
        )
        return Funds(balance, price)

    async def _written(self, request: Request, gift: Gift) -> str | Rejected | Unavailable:
        choose_from: Sequence[Product] = ()
        if not self._catalogue.is_there and request.value.currency != self._catalogue.currency_in(request.country):
            # such a service is told a country and a number, and takes it for the currency of today
            return Rejected(Reason.CURRENCY_CHANGED, f"{request.country} no longer pays in {request.value.currency}")
        if self._giftcards.names_products(request):
            shelf = await self._catalogue.fresh(request.country)
            if not isinstance(shelf, CountryCatalogue):
                return shelf
            choose_from = shelf.offering(request.value)
            if not choose_from:
                return Rejected(Reason.NOT_OFFERED, f"no product for {request.value} in {request.country}")
        return self._giftcards.body(request, gift, key_of(gift), choose_from)

    def _checked(self, order: Order, placed: Placed) -> Placed | Stopped:
        if others := placed.countries - {order.country}:
            detail = f"{placed.order_id} is for {', '.join(sorted(others))} instead of {order.country}"
            return _for_review(Reason.ANSWER_DIFFERS, detail)
        if placed.value not in {None, order.value}:
            detail = f"{placed.order_id} has {placed.value} instead of {order.value}"
            return _for_review(Reason.ANSWER_DIFFERS, detail)
        with self._store.write():
            kept = self._store.orders.placed(order, placed.order_id)
        if not kept:
            return _for_review(Reason.ANSWER_DIFFERS, f"{placed.order_id} is another gift's order")
        if placed.ready:
            self._in_hand[order.gift_id] = placed.ready
        return placed


def _not_prepared(answer: Rejected | Unavailable) -> Stopped | Retry:
    """Why nothing could be sent; what every other order would meet as well is waited out."""
    match answer:
        case Rejected(reason, detail):
            return Retry(reason, detail) if reason.holds else Stopped(GiftStep.FAIL, reason, detail)
        case Unavailable(detail, after):
            return Retry(Reason.NOT_REACHED, detail, after)


def _no_link(reason: Reason) -> Reason:
    """Why the link of an order cannot be had, by what the service answers."""
    if reason.holds:
        return Reason.LINK_WITHHELD
    return Reason.LINK_UNREADABLE if reason is Reason.ANSWER_UNREADABLE else Reason.LINK_LATE


def _for_review(reason: Reason, detail: str) -> Stopped:
    return Stopped(GiftStep.PARK, reason, detail)
