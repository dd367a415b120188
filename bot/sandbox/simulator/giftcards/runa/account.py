"""What Runa's API tells about an account and what it may buy: balances, products and prices."""

import re
import secrets
import time
from decimal import Decimal
from typing import Final

from aiohttp import web

from bot.sandbox.simulator.giftcards.runa import replies
from bot.sandbox.simulator.giftcards.runa.body import Basket, understood
from bot.sandbox.simulator.giftcards.runa.catalogue import CATEGORIES, Catalogue
from bot.sandbox.simulator.giftcards.runa.pages import page
from bot.sandbox.simulator.giftcards.service import Clock, GiftCardService, RefusedOrder, parsed

VERSION: Final = "2024-02-05"
REMOVED_VERSIONS: Final = {"2023-01-16", "2023-07-27"}
NOT_THERE: Final = "The requested resource does not exist"


class RunaAccount(GiftCardService):
    """An account of Runa's API, in the playground or in production."""

    def __init__(self, *, clock: Clock = time.time, production: bool = False) -> None:
        super().__init__(clock=clock)
        self.api_key = f"{'wg' if production else 'XX'}{secrets.token_hex(16)}"
        self.production = production
        self.catalogue = Catalogue()
        self.balances = dict.fromkeys(sorted(self.catalogue.currencies), Decimal(10_000))
        self.balance_never_runs_out = not production

    def environment(self) -> dict[str, str]:
        """Give the environment variables that make a bot order here."""
        return {
            "GIFTBOT_PROVIDER": self.provider,
            "RUNA_API_KEY": self.api_key,
            "RUNA_API_URL": self.base_url,
            "GIFTBOT_LINK_HOSTS": ",".join(self.link_hosts),
        }

    def amount(self, value: Decimal) -> str:
        """Write a value as text."""
        return replies.amount(value)

    def check_caller(self, request: web.Request) -> None:
        """Refuse a caller without the right key, or of another version."""
        if request.headers.get("X-Api-Key") != self.api_key:
            raise RefusedOrder("unauthorized", 401, "Missing or invalid 'X-Api-Key' header.")
        version = request.headers.get("X-Api-Version")
        if version in REMOVED_VERSIONS:
            raise RefusedOrder("version_removed", 410, "API version is no longer supported and has been removed")
        if version != VERSION:
            raise RefusedOrder("invalid_version", 400, "Invalid API version")

    def check_funds(self, basket: Basket) -> None:
        """Refuse what the balance does not cover."""
        if not self.balance_never_runs_out and self.balances[basket.currency] < basket.price:
            message = f"Insufficient funds in {basket.currency} balance to create order."
            raise RefusedOrder("insufficient_funds", 400, message)

    def pay(self, basket: Basket) -> None:
        """Take the price from the balance."""
        if not self.balance_never_runs_out:
            self.balances[basket.currency] -= basket.price

    def routes(self) -> list[web.RouteDef]:
        """Give the routes for looking things up."""
        gets = {
            "/ping": self._ping,
            "/balance": self._balance,
            "/product": self._products,
            "/product/countries": self._countries,
            "/product/categories": self._categories,
            "/product/{product_code}": self._product,
        }
        return [
            *(web.get(f"{self.version}{path}", self.guarded(work)) for path, work in gets.items()),
            web.post(f"{self.version}/order/estimate", self.guarded(self._estimate)),
        ]

    async def _ping(self, _request: web.Request) -> web.Response:
        return self.answer("GET /ping", {"message": "pong"})

    async def _balance(self, request: web.Request) -> web.Response:
        every = [{"currency": name, "balance": self.amount(held)} for name, held in self.balances.items() if held]
        currency = request.query.get("currency")
        if currency is None:
            return self.answer("GET /balance", every)
        if not re.fullmatch("[A-Z]{3}", currency):
            raise RefusedOrder("bad_request", 400, "currency must be an ISO 4217 code")
        held = self.balances.get(currency, Decimal(0))
        return self.answer("GET /balance", {"currency": currency, "balance": self.amount(held)})

    async def _products(self, request: web.Request) -> web.Response:
        found = self.catalogue.matching(
            countries=request.query.getall("countries_redeemable_in", []),
            categories=request.query.getall("categories", []),
            orderable=request.query.get("is_orderable") == "true",
        )
        shown, pagination = page(found, request.query, name_of=lambda product: product.code, limit=500)
        reply = {"catalog": [replies.product(product) for product in shown], "pagination": pagination}
        return self.answer("GET /product", reply)

    async def _product(self, request: web.Request) -> web.Response:
        product = self.catalogue.find(request.match_info["product_code"])
        if product is None:
            raise RefusedOrder("not_found", 404, NOT_THERE)
        return self.answer("GET /product/{product_code}", replies.product(product))

    async def _countries(self, _request: web.Request) -> web.Response:
        return self.answer("GET /product/countries", {"countries": self.catalogue.countries})

    async def _categories(self, _request: web.Request) -> web.Response:
        reply = {"categories": [{"code": category} for category in CATEGORIES]}
        return self.answer("GET /product/categories", reply)

    async def _estimate(self, request: web.Request) -> web.Response:
        if not self.production:
            raise RefusedOrder("not_found", 404, NOT_THERE)
        asked = parsed(await request.read())
        basket = understood(asked, self.catalogue, distributed=False)
        return self.answer("POST /order/estimate", replies.estimate(asked, basket))
