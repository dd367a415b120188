"""Runa: whether it is there, takes version and key, has money, and sells what the company offers."""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Final

from pydantic import TypeAdapter

from bot.findings import Finding, Findings, Trouble, failure, fine, host_of, note, warning
from bot.giftcards.api import Api, Pagination, Reply
from bot.giftcards.diagnosis import service_failed
from bot.giftcards.runa.adapter import VERSION, client
from bot.giftcards.runa.contract import CONTRACT
from bot.giftcards.runa.settings import RunaSettings
from bot.giftcards.runa.webhooks import PATH
from bot.gifts.model.currencies import currency_in
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.money import Money
from bot.gifts.model.outcomes import OutcomeUnknown
from bot.gifts.model.policy import Policy
from bot.gifts.ports import Clock

_RUNA: Final = "Runa"
_KEY: Final = "API key"
_GOODS: Final = "To choose from"
_WEBHOOKS: Final = "Webhooks"
_ABOUT_THE_VERSION = ("version_removed", "invalid_version")
_MOST_PAGES = 20


class _Pong(Reply):
    message: str


class _Balance(Reply):
    currency: str
    balance: Decimal


class _Countries(Reply):
    countries: list[str]


class _Product(Reply):
    currency: str = ""
    is_orderable: bool = False
    payout_type: str = ""

    @property
    def can_be_ordered(self) -> bool:
        return self.is_orderable and self.payout_type == "gift_card"


class _Page(Reply):
    catalog: list[_Product]
    pagination: Pagination = Pagination()


_PONG = TypeAdapter(_Pong)
_BALANCES = TypeAdapter(list[_Balance])
_COUNTRIES = TypeAdapter(_Countries)
_PAGES = TypeAdapter(_Page)


class RunaVisit:
    """One look at an account, and at what the policy offers."""

    def __init__(self, account: RunaSettings, policy: Policy) -> None:
        self._account = account
        self._is_playground = account.is_for_playground
        self._environment = "for the playground (play money)" if self._is_playground else "for production (real money)"
        self._offered = {country: currency_in(country, policy.currencies) for country in policy.countries}
        self._settled = policy.currencies
        self._largest = policy.largest

    async def check(self, clock: Clock, patience: float) -> Findings:
        """Ask for everything that an order needs; nothing more where Runa cannot be asked at all."""
        async with client(self._account.runa_api_key, self._account.api_url, patience) as http:
            api = Api(http, CONTRACT, clock)
            pong = await api.get("ping", _PONG)
            if not isinstance(pong, _Pong):
                return [self._failed(_RUNA, pong)]
            found = await asyncio.gather(self._money(api), self._countries(api), self._goods(api))
        here = fine(_RUNA, f"{host_of(self._account.api_url)} answers, in version {VERSION}")
        return [here, *(row for rows in found for row in rows)]

    async def _money(self, api: Api) -> Findings:
        rows = await api.get("balance", _BALANCES)
        if not isinstance(rows, list):
            return [self._failed(_KEY, rows)]
        accepted = fine(_KEY, f"accepted {self._environment}")
        if self._is_playground:
            return [accepted, fine("Balance", "never runs out in the playground")]
        return [accepted, *balances({row.currency: row.balance for row in rows}, self._largest)]

    async def _countries(self, api: Api) -> Findings:
        reply = await api.get("product/countries", _COUNTRIES)
        if not isinstance(reply, _Countries):
            return [self._failed("Countries", reply)]
        without = [country for country in self._offered if country not in reply.countries]
        if without:
            remedy = "Take them out of GIFTBOT_COUNTRIES, or ask Runa to sell there."
            return [failure("Countries", f"Runa sells nothing in {', '.join(without)}", remedy)]
        return [fine("Countries", "Runa sells in all that are offered")]

    async def _goods(self, api: Api) -> Findings:
        by_template = [currency for currency in self._largest if currency in self._account.templates]
        sold = await asyncio.gather(*(self._sold_in(country, api) for country in self._offered))
        goods = [
            self._goods_in(country, currencies)
            for country, currencies in zip(self._offered, sold, strict=True)
            if self._offered[country] not in by_template or currencies != {self._offered[country]}
        ]
        return [*self._templates(by_template), *goods]

    def _templates(self, used: Collection[str]) -> Iterator[Finding]:
        """What recipients choose from by a template, and where that comes from."""
        own = self._account.own_templates
        for currency in used:
            source = "from the configuration file" if currency in own else "the playground's own"
            yield fine(_GOODS, f"in {currency} the template {self._account.templates[currency]}, {source}")
        for currency in sorted(own.keys() - used):
            remedy = f"Take it out, or offer a country that pays in {currency} (GIFTBOT_COUNTRIES)."
            yield warning(_GOODS, f"runa.templates.{currency} is for no offered country", remedy)

    async def _sold_in(self, country: str, api: Api) -> set[str] | Trouble:
        """The currency that gifts for a country should be in, where anything is sold in it; else those that are."""
        found: set[str] = set()
        query: dict[str, str | int] = {"is_orderable": "true", "countries_redeemable_in": country}
        for _ in range(_MOST_PAGES):
            page = await api.get("product", _PAGES, query)
            if not isinstance(page, _Page):
                return page
            found |= {product.currency for product in page.catalog if product.can_be_ordered}
            after = page.pagination.cursors.after
            if self._offered[country] in found or not after or not page.catalog:
                break
            query["after"] = after
        return found & {self._offered[country]} or found

    def _goods_in(self, country: str, sold: set[str] | Trouble) -> Finding:
        """Whether anything can be ordered for a country, and in the currency that it should be in."""
        currency = self._offered[country]
        if not isinstance(sold, set):
            return self._failed(_GOODS, sold)
        if currency in sold:
            return fine(_GOODS, f"products in {currency} for {country}")
        if not sold:
            remedy = f"Take {country} out of GIFTBOT_COUNTRIES, or ask Runa to release products."
            return failure(_GOODS, f"nothing can be ordered in {currency} for {country}", remedy)
        others, one = " and ".join(sorted(sold)), min(sold)
        if country in self._settled:
            remedy = f'Write {country} = "{one}" under [requests.currencies] in giftbot.toml, or take it out there.'
            return failure(
                _GOODS, f"{country} is settled to be in {currency}, but Runa sells in {others} there", remedy
            )
        remedy = f'Write {country} = "{one}" under [requests.currencies] in giftbot.toml, and limits in {one}.'
        return warning(_GOODS, f"people in {country} pay in {currency}, but Runa sells in {others} there", remedy)

    def _failed(self, what: str, answer: Trouble) -> Finding:
        if isinstance(answer, OutcomeUnknown) and answer.reason is Reason.NOT_AUTHORIZED:
            return failure(
                _KEY, f"not accepted: {answer.detail}", f"Copy the key {self._environment} into RUNA_API_KEY."
            )
        if answer.detail.endswith(_ABOUT_THE_VERSION):
            return failure(_RUNA, f"no longer takes version {VERSION}: {answer.detail}", "Update giftbot.")
        return service_failed(what, answer, self._account.api_url, "RUNA_API_URL")


def balances(held: Mapping[str, Decimal], largest: Mapping[str, Money]) -> Iterator[Finding]:
    """Whether the money lasts for the largest gift in each currency."""
    remedy = "Top up the account at Runa."
    for currency, gift in largest.items():
        what, money = f"Balance in {currency}", held.get(currency, Decimal(0))
        if not money:
            yield failure(what, "none", remedy)
        elif money < gift.major:
            yield warning(what, f"{money:,} is less than the largest gift, {gift.format('en')}", remedy)
        else:
            yield fine(what, f"{money:,}")


def check_webhooks(account: RunaSettings, *, over_http: bool) -> Findings:
    """Where Runa can say by itself that something has happened; nothing depends on it."""
    address = f"https://your.host{PATH}"
    if not over_http:
        found = "RUNA_WEBHOOK_SECRET is set, but Socket Mode has no address for them"
        deaf = warning(_WEBHOOKS, found, "Take it out, or run with --http.")
        return [deaf] if account.runa_webhook_secret else []
    if account.runa_webhook_secret is None:
        remedy = f"If you want them, give Runa {address}, and put its signing secret into RUNA_WEBHOOK_SECRET."
        return [note(_WEBHOOKS, "off; giftbot looks for late orders by itself", remedy)]
    if account.is_for_playground:
        return [note(_WEBHOOKS, "the signing secret is set; the playground sends none")]
    found = "the signing secret is set; only a webhook shows whether Runa reaches you"
    return [note(_WEBHOOKS, found, f"Give Runa {address}.")]
