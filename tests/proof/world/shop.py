"""A gift card service in memory: its ledger, what it remembers of keys, and the client that the bot is given."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from pydantic import SecretStr

from bot.gifts.gift import Gift, Request
from bot.gifts.link import Payout
from bot.gifts.money import Money
from bot.gifts.order import Order
from bot.gifts.ports import (
    Absent,
    LinkReady,
    NotYet,
    OrderFailed,
    OutcomeUnknown,
    Placed,
    Rejected,
    Unavailable,
)
from bot.gifts.product import Product
from bot.gifts.reasons import Reason
from tests.proof.world.clock import WorldClock
from tests.proof.world.fate import Fate
from tests.proof.world.wire import Life, Network, certain

LINK_HOST = "spend.example"
_SERVICE = "the shop"
_KEYS_LIVE = timedelta(days=30)
_REQUEST_LATE = 180.0


@dataclass(frozen=True, slots=True)
class _Answer:
    at: datetime
    body: str
    reply: Placed | Rejected


@dataclass(frozen=True, slots=True)
class Entry:
    """An order in the ledger; one that `fails` comes to nothing when it is ready."""

    id: str
    order: Order
    link: str
    ready_at: datetime
    used_at: datetime
    fails: bool


class Shop:
    """The service itself; it outlives every life of the bot."""

    def __init__(self, clock: WorldClock, fate: Fate) -> None:
        self._clock = clock
        self._fate = fate
        self._answers: dict[str, _Answer] = {}
        self._can_be_looked_through = fate.happens(0.7)
        self.entries: dict[str, Entry] = {}
        self.asked: list[tuple[str, str]] = []
        self.catalogue = count()

    def place(self, order: Order) -> Placed | Rejected | OutcomeUnknown:
        """Sell once a key, for as long as keys are remembered."""
        self.asked.append((order.key, order.body))
        known = self._answers.get(order.key)
        if known is None or self._clock.now() - known.at >= _KEYS_LIVE:
            known = self._answers[order.key] = _Answer(self._clock.now(), order.body, self._first(order))
        elif known.body != order.body:
            return OutcomeUnknown("idempotency_validation_error", Reason.ANSWER_DIFFERS)
        return known.reply

    def _first(self, order: Order) -> Placed | Rejected:
        if not self._fate.calm and self._fate.happens(0.08):
            return Rejected(Reason.INSUFFICIENT_FUNDS, "insufficient_funds")
        is_late = self._fate.happens(0.2)
        entry = Entry(
            id=f"O-{self._fate.id()[:12]}",
            order=order,
            link=f"https://{LINK_HOST}/{self._fate.id()}",
            ready_at=self._clock.now() + timedelta(seconds=self._fate.between(1, 600) if is_late else 0),
            used_at=self._clock.now() + timedelta(hours=self._fate.between(0, 12)),
            fails=is_late and self._fate.happens(0.2),
        )
        self.entries[entry.id] = entry
        return Placed(entry.id) if is_late else Placed(entry.id, order.value, _ready(entry))

    def link(self, order: Order) -> LinkReady | NotYet | OrderFailed:
        """The link of an order."""
        assert order.provider_id is not None, "only orders that were placed are asked for"
        entry = self.entries[order.provider_id]
        if self._clock.now() < entry.ready_at:
            return NotYet()
        return OrderFailed("it failed") if entry.fails else _ready(entry)

    def payout(self, order: Order) -> Payout:
        """Every link is used some time."""
        assert order.provider_id is not None, "only orders that were placed are asked for"
        is_used = self._clock.now() >= self.entries[order.provider_id].used_at
        return Payout.CLAIMED if is_used else Payout.ACTIVE

    def find(self, order: Order) -> Placed | Absent:
        """Look through the ledger, where the contract has such a thing."""
        if self._can_be_looked_through:
            for entry in self.entries.values():
                if entry.order.gift_id == order.gift_id and not entry.fails:
                    return Placed(entry.id)
        return Absent()

    @property
    def sold(self) -> list[Entry]:
        """What was really made and charged."""
        return [entry for entry in self.entries.values() if not entry.fails]


class ShopClient:
    """What one life of the bot knows the service by."""

    def __init__(self, shop: Shop, network: Network, life: Life) -> None:
        self._shop = shop
        self._network = network
        self._life = life

    has_catalogue = True

    async def countries(self) -> frozenset[str] | Rejected | Unavailable:
        """Nobody looks: what is sold is read when it is ordered."""
        return frozenset({"GB"})

    async def products(self, country: str) -> Mapping[str, tuple[Product, ...]] | Rejected | Unavailable:
        """Never the same twice: what is on offer changes all the time."""

        def read() -> Mapping[str, tuple[Product, ...]]:
            return {"GBP": (Product(f"{country}-{next(self._shop.catalogue)}", "something new"),)}

        return certain(await self._network.call(self._life, _SERVICE, "the catalogue", read))

    def names_products(self, request: Request) -> bool:
        """Whatever is ordered is ordered from the catalogue."""
        return request.product is None

    def body(self, request: Request, gift: Gift, key: str, choose_from: Sequence[Product]) -> str:
        """A body that says what was on offer when it was written."""
        offer = [product.code for product in choose_from]
        return json.dumps({"request": request.id, "recipient": gift.recipient, "key": key, "offer": offer})

    async def turn(self) -> None:
        """Nobody is too fast here."""

    async def payout(self, order: Order) -> Payout | Rejected | Unavailable | OutcomeUnknown:
        """What became of a link."""
        return await self._network.call(self._life, _SERVICE, "the payout", lambda: self._shop.payout(order))

    async def price(self, request: Request, choose_from: Sequence[Product]) -> None:
        """Nothing is said about prices."""

    async def place(self, order: Order) -> Placed | Rejected | Unavailable | OutcomeUnknown:
        """Send an order."""
        return await self._network.call(
            self._life, _SERVICE, f"order {order.key[:8]}", lambda: self._shop.place(order), _REQUEST_LATE
        )

    async def link(self, order: Order) -> LinkReady | NotYet | OrderFailed | Rejected | Unavailable | OutcomeUnknown:
        """Fetch a link."""
        return await self._network.call(self._life, _SERVICE, "the link", lambda: self._shop.link(order))

    async def balance(self, currency: str) -> Money | None:
        """Nothing is said about the account."""

    async def find(self, order: Order) -> Placed | Absent | Unavailable:
        """Look an order up."""
        return certain(await self._network.call(self._life, _SERVICE, "a look-up", lambda: self._shop.find(order)))


def _ready(entry: Entry) -> LinkReady:
    return LinkReady(SecretStr(entry.link), entry.order.value)
