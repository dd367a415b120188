"""What an answer of Slack's Web API means: done, a final no, not now, or nobody knows; and what fails is noted."""

import asyncio
import re
from collections.abc import Awaitable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.outcomes import OutcomeUnknown, Rejected, Unavailable
from bot.gifts.outages import SLACK_ACCESS, Outages
from bot.gifts.rate_limiter import parse_retry_after
from handlers.slack_api.error_codes import CodeClass, class_of
from handlers.slack_api.remedies import ABOUT_THE_TOKEN, CONNECT_AGAIN, LET_IN_AGAIN

log = structlog.get_logger(__name__)

_SHORT_REST = timedelta(seconds=1)
_CODE = re.compile("[A-Za-z0-9_-]{1,80}")
_REFERENCE = "x-slack-req-id"  # by which Slack's support finds a call
_LONG = 1.0  # seconds; whoever has waited so long in vain has had no answer
_OPEN_CONNECTION = "apps.connections.open"  # the one method with a token of its own
# slack_sdk expects a dictionary, and a proxy answers anything
_UNREADABLE = (AttributeError, RecursionError, ValueError)
_FAILURES = (SlackClientError, aiohttp.ClientError, TimeoutError, *_UNREADABLE)


Answer = AsyncSlackResponse | Rejected | Unavailable | OutcomeUnknown


async def classify(call: Awaitable[AsyncSlackResponse]) -> Answer:
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
            answer = _meaning(error)
            if isinstance(error, SlackApiError):
                self._tell_refusal(api_method, answer, error.response)
            self._note(api_method, answer)
            raise
        except asyncio.CancelledError:  # whoever asked has something better to do than to wait
            if asyncio.get_running_loop().time() - began > _LONG:
                self._outages.failed(f"Slack {api_method}", "no reply in time")
            raise
        self._note(api_method, response)
        return response

    def _tell_refusal(self, method: str, answer: Rejected | Unavailable | OutcomeUnknown, response: object) -> None:
        """One line and one count; what was asked, or answered beside the code, can be a text, a link or a token."""
        code_class = CodeClass.UNSURE if isinstance(answer, OutcomeUnknown) else class_of(answer.detail)
        headers = response.headers if isinstance(response, AsyncSlackResponse) else {}
        reference = headers.get(_REFERENCE, "")
        log.warning(
            "slack_refused",
            method=method,
            code=answer.detail,
            code_class=code_class.value,
            slack_request=reference if _CODE.fullmatch(reference) else "",
        )
        self._outages.refused(f"Slack {method}", answer.detail)

    def _note(self, method: str, answer: AsyncSlackResponse | Rejected | Unavailable | OutcomeUnknown) -> None:
        is_with_bot_token = method != _OPEN_CONNECTION
        if isinstance(answer, Unavailable) and answer.detail in ABOUT_THE_TOKEN:
            what, remedy = (SLACK_ACCESS, LET_IN_AGAIN) if is_with_bot_token else (f"Slack {method}", CONNECT_AGAIN)
            self._outages.failed(what, answer.detail, remedy)
        elif isinstance(answer, Unavailable | OutcomeUnknown) and not is_our_fault(answer):
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
            return _refused(error.response.status_code, error.response.data, error.response.headers)
        case aiohttp.ClientConnectorError():
            return Unavailable(f"not reached, {type(error).__name__}")
        case AttributeError() | RecursionError() | ValueError():
            return OutcomeUnknown("unreadable reply")
        case _:
            return OutcomeUnknown(f"no reply, {type(error).__name__}")


def is_passing(answer: Rejected | Unavailable | OutcomeUnknown) -> bool:
    """Whether the same call may come to something in a moment, although nobody mends anything."""
    return isinstance(answer, OutcomeUnknown) or class_of(answer.detail) is CodeClass.PASSING


def is_our_fault(answer: Rejected | Unavailable | OutcomeUnknown) -> bool:
    """Whether the call was made wrongly, which says nothing about whom it was for."""
    return isinstance(answer, Unavailable) and class_of(answer.detail) is CodeClass.OURS


def _refused(status: int, answer: dict[str, Any], headers: dict[str, str]) -> Rejected | Unavailable | OutcomeUnknown:
    """What a refusal means; one that does not say `"ok": false` is not Slack's, and proves nothing."""
    code = _code_in(answer)
    rest = parse_retry_after(headers.get("Retry-After", ""), _SHORT_REST)
    if status == HTTPStatus.TOO_MANY_REQUESTS or code == "ratelimited":
        return Unavailable("429", rest)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.get("ok") is not False or not code:
        return OutcomeUnknown(f"{status} {code}".strip())
    match class_of(code):
        case CodeClass.UNSURE:
            return OutcomeUnknown(f"{status} {code}")
        case CodeClass.FINAL:
            return Rejected(Reason.RECIPIENT_UNREACHABLE, code)
        case CodeClass.PASSING:
            return Unavailable(code, rest)
        case CodeClass.OURS | CodeClass.INSTALLATION:
            return Unavailable(code)


def _code_in(answer: dict[str, Any]) -> str:
    """The error of an answer, if it is one of Slack's words; anything else could be a text, or a secret."""
    code = answer.get("error")
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""
