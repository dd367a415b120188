"""OUT: words for whoever has just acted, and nobody else, by whatever way Slack leaves open."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from handlers.slack_api.responses import classify

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who has just acted, with what Slack gave along for the answer.

    A trigger opens one modal within three seconds; a response URL takes five answers within half an hour.
    Source: docs.slack.dev, "Handling user interaction".
    """

    user: str
    trigger: str
    response_url: str | None = None
    channel: str | None = None


class PrivateReplies:
    """Answers by response URL, else where somebody acted, else by direct message."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def say(self, caller: Caller, text: str) -> None:
        """Let only the caller read it."""
        if caller.response_url and await self._respond(caller.response_url, text=text, replace_original=False):
            return
        if caller.channel:
            shown = await classify(self._client.chat_postEphemeral(channel=caller.channel, user=caller.user, text=text))
            if isinstance(shown, AsyncSlackResponse):
                return
        await classify(
            self._client.chat_postMessage(channel=caller.user, text=text, unfurl_links=False, unfurl_media=False)
        )

    async def replace(self, response_url: str, text: str, blocks: Sequence[dict[str, Any]]) -> None:
        """Put something else in the place of the private reply in which somebody acted."""
        await self._respond(response_url, text=text, blocks=blocks, replace_original=True)

    async def _respond(self, response_url: str, **reply: Any) -> bool:
        client = AsyncWebhookClient(response_url, session=self._client.session)
        try:
            answer = await client.send(response_type="ephemeral", **reply)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("reply_not_shown", error=type(error).__name__)
            return False
        if answer.status_code != HTTPStatus.OK:
            log.warning("reply_not_shown", status=answer.status_code)
        return answer.status_code == HTTPStatus.OK
