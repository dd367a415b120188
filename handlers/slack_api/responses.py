"""What an answer of Slack's Web API means: done, a final no, not now, or nobody knows; and what fails is noted."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.outcomes import OutcomeUnknown, Rejected, Unavailable
from bot.gifts.outages import SLACK_ACCESS, Outages
from bot.gifts.rate_limiter import rest_of
from handlers.slack_api.remedies import ABOUT_THE_TOKEN, CONNECT_AGAIN, LET_IN_AGAIN

# Source: docs.slack.dev, chat.postMessage, "Errors": after these, part of the work may have been done.
_PERHAPS_DONE = {"fatal_error", "internal_error", "request_timeout", "service_unavailable"}
# These say something about our own installation, which somebody can mend, and nothing about the message.
_OURS_TO_MEND = ABOUT_THE_TOKEN | {
    "access_denied",
    "ekm_access_denied",
    "missing_scope",
    "team_access_not_granted",
}
_SHORT_REST = timedelta(seconds=1)
_LONG = 1.0  # seconds; whoever has waited so long in vain has had no answer
_OPEN_CONNECTION = "apps.connections.open"  # the one method with a token of its own
# slack_sdk expects a dictionary, and a proxy answers anything
_UNREADABLE = (AttributeError, RecursionError, ValueError)
_FAILURES = (SlackClientError, aiohttp.ClientError, TimeoutError, *_UNREADABLE)


async def answer_of(
    call: Awaitable[AsyncSlackResponse],
) -> AsyncSlackResponse | Rejected | Unavailable | OutcomeUnknown:
    """Wait for a call and say what came of it."""
    try:
        return await call
    except _FAILURES as error:
        return _meaning(error)


class WatchedClient(AsyncWebClient):
    """slack_sdk's client; `outages` hears what each method comes to, and whether Slack lets the bot in at all."""

    def __init__(
        self,
        token: str,
        base_url: str,
        session: aiohttp.ClientSession,
        retry_handlers: list[AsyncRetryHandler],
        outages: Outages,
    ) -> None:
        super().__init__(token, base_url, session=session, retry_handlers=retry_handlers)
        self._outages = outages

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        """Call a method, as slack_sdk does."""
        began = asyncio.get_running_loop().time()
        try:
            response = await super().api_call(api_method, **arguments)
        except _FAILURES as error:
            self._note(api_method, _meaning(error))
            raise
        except asyncio.CancelledError:  # whoever asked has something better to do than to wait
            if asyncio.get_running_loop().time() - began > _LONG:
                self._outages.failed(f"Slack {api_method}", "no reply in time")
            raise
        self._note(api_method, response)
        return response

    def _note(self, method: str, answer: AsyncSlackResponse | Rejected | Unavailable | OutcomeUnknown) -> None:
        is_with_bot_token = method != _OPEN_CONNECTION
        if isinstance(answer, Unavailable) and answer.detail in ABOUT_THE_TOKEN:
            what, remedy = (SLACK_ACCESS, LET_IN_AGAIN) if is_with_bot_token else (f"Slack {method}", CONNECT_AGAIN)
            self._outages.failed(what, answer.detail, remedy)
        elif isinstance(answer, Unavailable | OutcomeUnknown):
            self._outages.failed(f"Slack {method}", answer.detail)
        else:
            self._outages.worked(f"Slack {method}")
            if is_with_bot_token:
                self._outages.worked(SLACK_ACCESS)


def _meaning(error: Exception) -> Rejected | Unavailable | OutcomeUnknown:
    match error:
        case SlackApiError():
            if not isinstance(error.response, AsyncSlackResponse) or not isinstance(error.response.data, dict):
                return OutcomeUnknown("unreadable reply")
            return _refused(error.response.status_code, error.response.data.get("error", ""), error.response.headers)
        case aiohttp.ClientConnectorError():
            return Unavailable(f"not reached, {type(error).__name__}")
        case AttributeError() | RecursionError() | ValueError():
            return OutcomeUnknown("unreadable reply")
        case _:
            return OutcomeUnknown(f"no reply, {type(error).__name__}")


def is_passing(answer: Rejected | Unavailable | OutcomeUnknown) -> bool:
    """Whether the same call may come to something in a moment, although nobody mends anything."""
    return not isinstance(answer, Rejected) and answer.detail not in _OURS_TO_MEND


def _refused(status: int, code: str, headers: dict[str, str]) -> Rejected | Unavailable | OutcomeUnknown:
    if status == 429 or code == "ratelimited":  # noqa: PLR2004 - Too Many Requests: nothing was done
        return Unavailable("429", rest_of(headers.get("Retry-After", ""), _SHORT_REST))
    if status >= 500 or code in _PERHAPS_DONE or not code:  # noqa: PLR2004 - the server's own errors
        return OutcomeUnknown(f"{status} {code}".strip())
    if code in _OURS_TO_MEND:
        return Unavailable(code)
    return Rejected(Reason.RECIPIENT_UNREACHABLE, code)
