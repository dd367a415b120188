"""WeGift on one page: its account, its client, and its row in the doctor's table."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import ClassVar

from bot.findings import Findings
from bot.giftcards.api import hear_dates
from bot.giftcards.wegift import doctor
from bot.giftcards.wegift.adapter import WeGift, client
from bot.giftcards.wegift.settings import WeGiftSettings
from bot.gifts.checked_clock import CheckedClock
from bot.gifts.model.policy import Policy
from bot.gifts.outages import Outages
from bot.gifts.ports import Clock


class WeGiftAccount(WeGiftSettings):
    """The contract of 2022, which some deployments still speak."""

    provider: ClassVar = "wegift"
    title: ClassVar = "WeGift"
    whole_amounts: ClassVar = False

    @asynccontextmanager
    async def connected(self, clock: CheckedClock, outages: Outages, patience: float) -> AsyncGenerator[WeGift]:
        """The service, to order from."""
        async with client(self.wegift_api_key, self.wegift_api_url, patience) as http:
            hear_dates(http, clock)
            yield WeGift(http, self.wegift_card_id, clock, outages)

    async def check(self, policy: Policy, clock: Clock, patience: float) -> Findings:  # noqa: ARG002 - it says nothing of what it sells
        """Whether it is there, and takes the key."""
        return [await doctor.check(self, clock, patience)]
