"""A Slack workspace and a gift card API on localhost, over the real protocols, with people who type and click.

The demo and the tests run the real bot against it. It knows Slack and the gift card API, and nothing of the bot.

    slack/              the workspace, the Web API with its rules for Block Kit, and the ways to the bot
    people/             hands (person; pointer on a page), eyes, what is seen (surfaces), and what is filled in
    slack_with_people   both together
    giftcards/          what every gift card service has, each contract in a folder of its name, and their registry
    server, faults      what both servers share
"""

import time
from types import TracebackType
from typing import Self

from bot.sandbox.simulator.faults import Answer, Call, Fault, Faults, Moment, RequestLost
from bot.sandbox.simulator.giftcards.malformed_replies import Junk
from bot.sandbox.simulator.giftcards.registry import SERVICES, usual_service
from bot.sandbox.simulator.giftcards.service import GiftCardService, Order, Pending
from bot.sandbox.simulator.people.click_by_id import Pointer
from bot.sandbox.simulator.people.input_values import CannotDoThat
from bot.sandbox.simulator.people.person import Person
from bot.sandbox.simulator.people.rendered_views import Home, Modal, ShownMessage, Surface
from bot.sandbox.simulator.slack.delivery import AppDidNotRespond, Kind, SignedHttp
from bot.sandbox.simulator.slack.manifest import Manifest
from bot.sandbox.simulator.slack.records import Channel
from bot.sandbox.simulator.slack.triggers import Clock
from bot.sandbox.simulator.slack_with_people import Slack

__all__ = [
    "Answer",
    "AppDidNotRespond",
    "Call",
    "CannotDoThat",
    "Channel",
    "Fault",
    "Faults",
    "GiftCardService",
    "Home",
    "Junk",
    "Kind",
    "Manifest",
    "Modal",
    "Moment",
    "Order",
    "Pending",
    "Person",
    "Pointer",
    "RequestLost",
    "ShownMessage",
    "SignedHttp",
    "Simulator",
    "Slack",
    "Surface",
]


class Simulator:
    """Both services, started and stopped together."""

    def __init__(
        self,
        *,
        slack_port: int = 0,
        giftcards_port: int = 0,
        manifest: Manifest | None = None,
        provider: str | None = None,
        clock: Clock = time.time,
    ) -> None:
        self.slack = Slack(manifest, clock=clock)
        self.giftcards = SERVICES[provider or usual_service()](clock=clock)
        self._ports = slack_port, giftcards_port

    async def __aenter__(self) -> Self:
        await self.slack.start(self._ports[0])
        await self.giftcards.start(self._ports[1])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.slack.stop()
        await self.giftcards.stop()

    @property
    def provider(self) -> str:
        """Give the name of the gift card service."""
        return self.giftcards.provider

    def environment(self) -> dict[str, str]:
        """Give the environment variables that make a bot talk to the simulator."""
        return {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "SLACK_API_URL": self.slack.base_url,
            **self.giftcards.environment(),
        }
