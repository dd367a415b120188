"""Lantern on one page: its account, its table in giftbot.toml, its client, and its row in the doctor's table."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import ClassVar

import httpx
from pydantic import TypeAdapter

from bot.config_file.sections import Name, Section
from bot.environment import Secret, Url
from bot.findings import Findings, Trouble, failure, fine, host_of
from bot.giftcards.account import Account
from bot.giftcards.api import Api, Reply, hear_dates
from bot.giftcards.diagnosis import service_failed
from bot.gifts.checked_clock import CheckedClock
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.policy import Policy
from bot.gifts.outages import Outages
from bot.gifts.ports import Clock
from tests.lantern.adapter import Lantern
from tests.lantern.contract import CONTRACT


class LanternTable(Section):
    """[lantern]: whose name stands on a voucher."""

    brand: Name = "Lantern"


class _Me(Reply):
    name: str


_ME = TypeAdapter(_Me)


class LanternAccount(Account):
    """A token, and an address."""

    provider: ClassVar = "lantern"
    title: ClassVar = "Lantern"
    whole_amounts: ClassVar = False
    table: ClassVar = LanternTable

    lantern_token: Secret
    lantern_url: Url = "https://api.lantern.test/"

    @property
    def link_hosts(self) -> frozenset[str]:
        """They are the same for everybody."""
        return frozenset({"cards.lantern.test"})

    @asynccontextmanager
    async def connected(self, clock: CheckedClock, outages: Outages, patience: float) -> AsyncGenerator[Lantern]:
        """The service, to order from."""
        brand = self.giftbot_config.table(self.provider, LanternTable).brand
        async with self._http(patience) as http:
            hear_dates(http, clock)
            yield Lantern(http, brand, clock, outages)

    async def check(self, policy: Policy, clock: Clock, patience: float) -> Findings:  # noqa: ARG002 - it sells everywhere
        """Whether it knows the token."""
        async with self._http(patience) as http:
            me = await Api(http, CONTRACT, clock).get("me", _ME)
        if isinstance(me, Trouble):
            if getattr(me, "reason", None) is Reason.NOT_AUTHORIZED:
                return [failure("Token", f"not accepted: {me.detail}", "Copy it into LANTERN_TOKEN again.")]
            return [service_failed("Lantern", me, self.lantern_url, "LANTERN_URL")]
        return [fine("Token", f"{host_of(self.lantern_url)} knows it as {me.name}")]

    def _http(self, timeout: float) -> httpx.AsyncClient:
        token = {"Authorization": f"Bearer {self.lantern_token.get_secret_value()}"}
        return httpx.AsyncClient(base_url=self.lantern_url, headers=token, timeout=timeout)
