"""A Slack workspace and a gift card API on localhost, over the real protocols, with people who type and click.

The demo and the tests run the real bot against it. It knows Slack and the gift card API, and nothing of the bot.

    Slack's state     workspace, records, views, tickets, manifest
    Slack's Web API   slack_api, arguments, methods_*, and Block Kit's rules: blockkit, blockkit_elements, schema
    to the bot        delivery (signed HTTP), socket_mode, payloads
    people            people (hands), eyes, surfaces (what is seen), mrkdwn, forms, filling, submission
    gift cards        giftcard_service (any contract), giftcard_api and giftcard_replies (WeGift), junk
    both servers      server, faults, bell
"""

import time
from types import TracebackType
from typing import Self

from bot.simulator.delivery import AppDidNotRespond, Kind, SignedHttp
from bot.simulator.faults import Call, Fault, Faults, Moment, RequestLost
from bot.simulator.filling import CannotDoThat
from bot.simulator.giftcard_api import Pending, WeGiftApi
from bot.simulator.giftcard_service import Order
from bot.simulator.junk import Junk
from bot.simulator.manifest import Manifest
from bot.simulator.people import Person
from bot.simulator.records import Channel
from bot.simulator.slack import Slack
from bot.simulator.surfaces import Home, Modal, ShownMessage, Surface
from bot.simulator.tickets import Clock

__all__ = [
    "AppDidNotRespond",
    "Call",
    "CannotDoThat",
    "Channel",
    "Fault",
    "Faults",
    "Home",
    "Junk",
    "Kind",
    "Manifest",
    "Modal",
    "Moment",
    "Order",
    "Pending",
    "Person",
    "RequestLost",
    "ShownMessage",
    "SignedHttp",
    "Simulator",
    "Slack",
    "Surface",
    "WeGiftApi",
]


class Simulator:
    """Both services, started and stopped together."""

    def __init__(
        self,
        *,
        slack_port: int = 0,
        giftcards_port: int = 0,
        manifest: Manifest | None = None,
        clock: Clock = time.time,
    ) -> None:
        self.slack = Slack(manifest, clock=clock)
        self.giftcards = WeGiftApi(clock=clock)
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

    def environment(self) -> dict[str, str]:
        """Give the environment variables that make a bot talk to the simulator."""
        return {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "SLACK_API_URL": self.slack.base_url,
            "GIFTBOT_PROVIDER": "wegift",
            "WEGIFT_API_KEY": self.giftcards.api_key,
            "WEGIFT_CARD_ID": self.giftcards.card_id,
            "WEGIFT_API_URL": self.giftcards.base_url,
            "GIFTBOT_LINK_HOSTS": ",".join(self.giftcards.link_hosts),
        }
