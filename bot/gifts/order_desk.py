"""One order a gift: prepared once, sent under one key, looked up once its key is old; and its link, checked."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from bot.gifts.catalogue import Catalogue
from bot.gifts.gift import Gift, GiftStep, Request
from bot.gifts.hold import Hold
from bot.gifts.holds import Holds
from bot.gifts.link import Payout, is_trusted
from bot.gifts.message import Funds
from bot.gifts.order import Order, key_of
from bot.gifts.ports import (
    Absent,
    Clock,
    GiftCards,
    LinkReady,
    NotYet,
    OrderFailed,
    OutcomeUnknown,
    Placed,
    Rejected,
    Unavailable,
)
from bot.gifts.product import Product, Shelf
from bot.gifts.reasons import Reason
from bot.gifts.store import Store
from bot.gifts.work import Later

_SOON = 0.5  # seconds; a slow answer does not hold up every other order
NO_GOOD = {Payout.EXPIRED: Reason.LINK_EXPIRED, Payout.CANCELLED: Reason.LINK_CANCELLED}


@dataclass(frozen=True, slots=True)
class Stopped:
    """The gift cannot go on by itself: it fails or is parked. `detail` is for the record."""

    step: GiftStep
    reason: Reason
    detail: str


class OrderDesk:
    """Deals with the gift card service; what it answers is checked against what was asked before it counts."""

    def __init__(
        self,
        store: Store,
        giftcards: GiftCards,
        catalogue: Catalogue,
        holds: Holds,
        clock: Clock,
        link_hosts: Collection[str],
    ) -> None:
        self._store = store
        self._giftcards = giftcards
        self._catalogue = catalogue
        self._holds = holds
        self._clock = clock
        self._link_hosts = link_hosts
        self._answered = asyncio.Event()
        self._answered.set()
        self._in_hand: dict[str, LinkReady] = {}  # links on their way from the order to the message, never kept

    async def place(self, request: Request, gift: Gift) -> Placed | Stopped | Later:
        """Place the order of a gift's attempt; asking again with its key and body is safe while the key lives."""
        order = self._store.orders.get(gift)
        if order and order.provider_id is not None:
            return Placed(order.provider_id)
        if order and order.key_is_old(self._clock.now()):
            return self._settled(order, await self._looked_up(order))
        if hold := self._holds.in_force(request.value.currency):
            return self._waiting(hold)
        await self._giftcards.turn()
        async with self._after_the_one_before():
            if hold := await self._holds.against(request.value):  # it may have begun meanwhile
                return self._waiting(hold)
            prepared = order or await self._prepared(request, gift)
            answer = await self._giftcards.place(prepared) if isinstance(prepared, Order) else prepared
            answer = self._holds.heed(gift.id, request.value, answer)
        return self._settled(prepared, answer) if isinstance(prepared, Order) else _not_placed(prepared)

    @asynccontextmanager
    async def _after_the_one_before(self) -> AsyncGenerator[None]:
        """Know what the last order came to, if the service says so soon: what fails one should hold the next."""
        before, self._answered = self._answered, asyncio.Event()
        mine = self._answered
        await self._clock.wait(before, _SOON)
        try:
            yield
        finally:
            mine.set()

    def _settled(
        self, order: Order, answer: Placed | Stopped | Rejected | Unavailable | OutcomeUnknown
    ) -> Placed | Stopped | Later:
        return self._checked(order, answer) if isinstance(answer, Placed) else _not_placed(answer)

    def _waiting(self, hold: Hold) -> Later:
        return Later(hold.reason, "orders are on hold", (hold.look_at - self._clock.now()).total_seconds())

    async def link(self, gift: Gift) -> SecretStr | Stopped | Later:
        """The link of an ordered gift: the one that came with the order, or else fetched."""
        order = self._store.orders.get(gift)
        assert order is not None, "an ordered gift has an order"
        answer = self._in_hand.pop(gift.id, None) or await self._giftcards.link(order)
        match answer:
            case LinkReady(_, _, Payout.EXPIRED | Payout.CANCELLED as payout):
                return _parked(NO_GOOD[payout], "the link is no good any more")
            case LinkReady(_, value) if value != order.value:
                return _parked(Reason.ANSWER_DIFFERS, f"the link is worth {value} instead of {order.value}")
            case LinkReady(link) if not is_trusted(link, self._link_hosts):
                return _parked(Reason.LINK_NOT_TRUSTED, "the link's host is not on the list")
            case LinkReady(link):
                return link
            case NotYet():
                return Later(Reason.LINK_LATE, "the link is not there yet")
            case OrderFailed(detail):
                return Stopped(GiftStep.FAIL, Reason.ORDER_REFUSED, detail)
            case Rejected(reason, detail):
                return _parked(reason, detail)
            case Unavailable(detail, after, reason):
                return Later(Reason.LINK_WITHHELD if reason.holds else Reason.LINK_LATE, detail, after)
            case OutcomeUnknown(detail, reason):
                unreadable = reason is Reason.ANSWER_UNREADABLE
                return Later(reason if unreadable else Reason.LINK_LATE, detail)

    async def payout(self, gift: Gift) -> Payout | Rejected | Unavailable | OutcomeUnknown | None:
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

    async def _prepared(self, request: Request, gift: Gift) -> Order | Rejected | Unavailable:
        choose_from: Sequence[Product] = ()
        if self._giftcards.names_products(request):
            shelf = await self._catalogue.fresh(request.country)
            if not isinstance(shelf, Shelf):
                return shelf
            choose_from = shelf.offering(request.value)
            if not choose_from:
                return Rejected(Reason.NOT_OFFERED, f"no product for {request.value} in {request.country}")
        key = key_of(gift)
        body = self._giftcards.body(request, gift, key, choose_from)
        order = Order(key, gift.id, gift.attempt, body, request.value, request.country, self._clock.now())
        with self._store.write():
            self._store.orders.add(order)
        return order

    async def _looked_up(self, order: Order) -> Placed | Stopped | Unavailable:
        """An order whose key may be forgotten is never sent again: it is found, or a person looks."""
        found = await self._giftcards.find(order)
        if isinstance(found, Absent):
            return _parked(Reason.KEY_TOO_OLD, f"key first sent at {order.first_sent_at}")
        return found

    def _checked(self, order: Order, placed: Placed) -> Placed | Stopped:
        if placed.value not in {None, order.value}:
            detail = f"{placed.order_id} has {placed.value} instead of {order.value}"
            return _parked(Reason.ANSWER_DIFFERS, detail)
        with self._store.write():
            kept = self._store.orders.placed(order, placed.order_id)
        if not kept:
            return _parked(Reason.ANSWER_DIFFERS, f"{placed.order_id} is another gift's order")
        if placed.ready:
            self._in_hand[order.gift_id] = placed.ready
        return placed


def _not_placed(answer: Stopped | Rejected | Unavailable | OutcomeUnknown) -> Stopped | Later:
    match answer:
        case Rejected(reason, detail):
            return Stopped(GiftStep.FAIL, reason, detail)
        case Unavailable(detail, after, reason):
            return Later(reason, detail, after)
        case OutcomeUnknown(detail, reason):
            return Later(reason, detail)
        case Stopped():
            return answer


def _parked(reason: Reason, detail: str) -> Stopped:
    return Stopped(GiftStep.PARK, reason, detail)
