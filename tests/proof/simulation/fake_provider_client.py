"""What one life of the bot knows the gift card service by."""

import json
from collections.abc import Mapping, Sequence

from pydantic import TypeAdapter

from bot.giftcards.api import meaning
from bot.giftcards.runa.contract import CONTRACT
from bot.gifts.model.gift import Gift, Request
from bot.gifts.model.money import Money
from bot.gifts.model.order import Order
from bot.gifts.model.outcomes import (
    Absent,
    LinkReady,
    NotYet,
    OrderFailed,
    OutcomeUnknown,
    Placed,
    Rejected,
    Unavailable,
)
from bot.gifts.model.product import Product
from bot.gifts.model.redemption_link import RedemptionStatus
from bot.gifts.rate_limiter import RateLimiter
from tests.proof.simulation.fake_provider import Shop
from tests.proof.simulation.network import Life, Network, certain
from tests.proof.simulation.refusals import Refusal

_SERVICE = "the shop"
_REQUEST_LATE = 180.0
_AN_ORDER: TypeAdapter[Placed] = TypeAdapter(Placed)


class ShopClient:
    """A client that reads refusals as the real ones do."""

    def __init__(self, shop: Shop, network: Network, life: Life) -> None:
        self._shop = shop
        self._network = network
        self._life = life
        self._pace = RateLimiter(life.clock, CONTRACT.order_interval)

    has_catalogue = True
    key_life = CONTRACT.key_life

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
        """Wait for a turn, as at the real service."""
        await self._pace.turn()

    async def payout(self, order: Order) -> RedemptionStatus | Rejected | Unavailable | OutcomeUnknown:
        """What became of a link."""
        return await self._network.call(self._life, _SERVICE, "the payout", lambda: self._shop.payout(order))

    async def price(self, request: Request, choose_from: Sequence[Product]) -> None:
        """Nothing is said about prices."""

    async def place(self, order: Order) -> Placed | OrderFailed | Rejected | Unavailable | OutcomeUnknown:
        """Send an order."""
        name = f"order {order.key[:8]}"
        answer = await self._network.call(self._life, _SERVICE, name, lambda: self._shop.place(order), _REQUEST_LATE)
        if not isinstance(answer, Refusal):
            return answer
        self._network.journal(f"{name} is told {answer}")
        response = answer.response()
        return meaning(response, response.content, _AN_ORDER, CONTRACT)

    async def link(self, order: Order) -> LinkReady | NotYet | OrderFailed | Rejected | Unavailable | OutcomeUnknown:
        """Fetch a link."""
        return await self._network.call(self._life, _SERVICE, "the link", lambda: self._shop.link(order))

    async def balance(self, currency: str) -> Money | None:
        """Nothing is said about the account."""

    async def find(self, order: Order) -> Placed | Absent | Unavailable | None:
        """Look an order up."""
        return certain(await self._network.call(self._life, _SERVICE, "a look-up", lambda: self._shop.find(order)))
