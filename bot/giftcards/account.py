"""An account at a gift card service: what giftbot asks of each of them, and nowhere asks which one it is."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Annotated, ClassVar, Protocol

from pydantic_settings import NoDecode

from bot.config_file import Company
from bot.config_file.sections import Section
from bot.environment import FromEnvironment
from bot.findings import Findings
from bot.gifts.checked_clock import CheckedClock
from bot.gifts.model.policy import Policy
from bot.gifts.outages import Outages
from bot.gifts.ports import Clock, GiftCards
from bot.signed_endpoint import Endpoint


class ProviderEvents(Protocol):
    """Who wants to know what a service says by itself."""

    def order_changed(self, order_id: str) -> None:
        """Something has become of an order."""

    def catalogue_changed(self) -> None:
        """Something in the catalogue is different now."""


class Account(FromEnvironment, ABC):
    """One service, and an account there as the environment describes it; each service's folder has its own."""

    provider: ClassVar[str]  # its name in GIFTBOT_PROVIDER, and that of its table in giftbot.toml
    title: ClassVar[str]  # its name for people
    whole_amounts: ClassVar[bool]  # whether it takes no fractions of a pound
    table: ClassVar[type[Section] | None] = None

    giftbot_config: Annotated[Company, NoDecode] = Company()  # handed in, after the settings have read it

    @property
    @abstractmethod
    def link_hosts(self) -> frozenset[str]:
        """The hosts that a redemption link may have."""

    @property
    def own_link_hosts(self) -> frozenset[str]:
        """The hosts that its links are on, where that is known beforehand."""
        return frozenset()

    @property
    def templates(self) -> Mapping[str, str]:
        """What recipients choose from, by currency; without one they choose among all that can be ordered."""
        return {}

    @abstractmethod
    def connected(
        self, clock: CheckedClock, outages: Outages, patience: float
    ) -> AbstractAsyncContextManager[GiftCards]:
        """The service, to order from; `patience` in seconds of silence."""

    @abstractmethod
    async def check(self, policy: Policy, clock: Clock, patience: float) -> Findings:
        """Rows of `giftbot doctor`: whether gifts of this policy can be ordered; `patience` in seconds for a call."""

    def webhooks(self, ears: ProviderEvents) -> Sequence[Endpoint]:  # noqa: ARG002 - most say nothing by themselves
        """Where it posts to, with `giftbot run --http`."""
        return ()

    def check_webhooks(self, *, over_http: bool) -> Findings:  # noqa: ARG002 - likewise
        """Rows of `giftbot doctor` about them; `over_http` is whether there is an address for them."""
        return ()
