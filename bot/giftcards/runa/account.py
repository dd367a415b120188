"""Runa on one page: its account, its client, its rows in the doctor's table, and its webhooks."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import ClassVar

from bot.findings import Findings
from bot.giftcards.account import ProviderEvents
from bot.giftcards.api import hear_dates
from bot.giftcards.runa import webhooks
from bot.giftcards.runa.adapter import Runa, client
from bot.giftcards.runa.doctor import RunaVisit, check_webhooks
from bot.giftcards.runa.settings import NAME, RunaSettings, RunaTable
from bot.gifts.checked_clock import CheckedClock
from bot.gifts.model.policy import Policy
from bot.gifts.outages import Outages
from bot.gifts.ports import Clock


class RunaAccount(RunaSettings):
    """The contract of 2024-02-05, which is live today."""

    provider: ClassVar = NAME
    title: ClassVar = "Runa"
    whole_amounts: ClassVar = True
    table: ClassVar = RunaTable

    @asynccontextmanager
    async def connected(self, clock: CheckedClock, outages: Outages, patience: float) -> AsyncGenerator[Runa]:
        """The service, to order from."""
        async with client(self.runa_api_key, self.api_url, patience) as http:
            hear_dates(http, clock)
            yield Runa(http, self.templates, clock, outages)

    async def check(self, policy: Policy, clock: Clock, patience: float) -> Findings:
        """Whether it is there, takes version and key, has money, and sells what the company offers."""
        return await RunaVisit(self, policy).check(clock, patience)

    def webhooks(self, ears: ProviderEvents) -> Sequence[webhooks.Webhooks]:
        """One endpoint; none without the secret that its messages are signed with."""
        return [webhooks.Webhooks(self.runa_webhook_secret, ears)] if self.runa_webhook_secret else []

    def check_webhooks(self, *, over_http: bool) -> Findings:
        """Whether it can say by itself that something has happened; nothing depends on it."""
        return check_webhooks(self, over_http=over_http)
