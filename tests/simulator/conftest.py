"""A simulator, and real clients of it: slack_sdk's Web API client and a small Bolt app."""

from collections.abc import AsyncIterator

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.simulator import Simulator, Slack
from bot.sandbox.simulator.giftcards.wegift.api import WeGiftApi


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    """Both services, listening."""
    async with Simulator(provider="wegift") as simulator:
        yield simulator


@pytest.fixture
def slack(simulator: Simulator) -> Slack:
    """The Slack of the simulator."""
    return simulator.slack


@pytest.fixture
def giftcards(simulator: Simulator) -> WeGiftApi:
    """The gift card API of the simulator."""
    assert isinstance(simulator.giftcards, WeGiftApi)
    return simulator.giftcards


@pytest.fixture
def client(slack: Slack) -> AsyncWebClient:
    """A Web API client with the bot's token that never tries twice."""
    return AsyncWebClient(token=slack.bot_token, base_url=slack.base_url, retry_handlers=[])


@pytest.fixture
def app(slack: Slack, client: AsyncWebClient) -> AsyncApp:
    """A Bolt app without listeners, not connected yet."""
    return AsyncApp(client=client, signing_secret=slack.signing_secret, process_before_response=True)


@pytest.fixture
async def bot(app: AsyncApp, slack: Slack) -> AsyncIterator[AsyncApp]:
    """The app, connected over Socket Mode."""
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.2)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await slack.socket_mode.connected()
    yield app
    await handler.close_async()  # type: ignore[no-untyped-call]
