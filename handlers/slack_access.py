"""Whether Slack lets the bot in: it tells so by an event, and by what it answers."""

import asyncio
from contextlib import suppress
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.gifts.outages import SLACK_ACCESS, Outages
from handlers.inbound.payloads import TokensLost, read
from handlers.slack_api.directory import Workspace
from handlers.slack_api.remedies import LET_IN_AGAIN
from handlers.slack_api.responses import classify

_PATIENCE = 2.0  # seconds; a stop waits for it


class SlackAccess:
    """Slack as the heart's Access; `client` is one whose calls `outages` hears of."""

    def __init__(self, client: AsyncWebClient, workspace: Workspace, outages: Outages) -> None:
        self._client = client
        self._workspace = workspace
        self._outages = outages

    @property
    def is_lost(self) -> bool:
        """Whether it does not, as far as is known."""
        return self._outages.of_slack is not None

    async def ask(self) -> None:
        """Ask Slack, which may let the bot in again."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await classify(self._client.auth_test())

    async def on_lost(self, body: dict[str, Any]) -> None:
        """The app was uninstalled, or its token revoked. Bolt lets these events in from every workspace.

        Source: docs.slack.dev, the events app_uninstalled and tokens_revoked.
        """
        event = read(TokensLost, body)
        is_about_us = event.kind == "app_uninstalled" or event.bots
        if is_about_us and self._workspace.has(event.team, event.enterprise):
            self._outages.failed(SLACK_ACCESS, event.kind, LET_IN_AGAIN)
