"""What an answer of Slack's Web API means: done, a final no, not now, or nobody knows."""

from collections.abc import Awaitable

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.gifts.ports import OutcomeUnknown, Rejected, Unavailable
from bot.gifts.reasons import Reason
from bot.gifts.rest import rest_of

# Source: docs.slack.dev, chat.postMessage, "Errors": after these, part of the work may have been done.
_PERHAPS_DONE = {"fatal_error", "internal_error", "request_timeout", "service_unavailable"}
# These say something about our own installation, which somebody can mend, and nothing about the message.
_OURS_TO_MEND = {
    "access_denied",
    "account_inactive",
    "ekm_access_denied",
    "invalid_auth",
    "missing_scope",
    "not_authed",
    "ratelimited",
    "team_access_not_granted",
    "token_expired",
    "token_revoked",
}
_SHORT_REST = 1.0


async def answer_of(
    call: Awaitable[AsyncSlackResponse],
) -> AsyncSlackResponse | Rejected | Unavailable | OutcomeUnknown:
    """Wait for a call and say what came of it."""
    try:
        return await call
    except SlackApiError as error:
        if not isinstance(error.response, AsyncSlackResponse) or not isinstance(error.response.data, dict):
            return OutcomeUnknown("unreadable reply")
        return _refused(error.response.status_code, error.response.data.get("error", ""), error.response.headers)
    except aiohttp.ClientConnectorError as error:
        return Unavailable(f"not reached, {type(error).__name__}")
    except (aiohttp.ClientError, SlackClientError, TimeoutError) as error:
        return OutcomeUnknown(f"no reply, {type(error).__name__}")
    except (AttributeError, RecursionError, ValueError):  # slack_sdk expects a dictionary; a proxy answers anything
        return OutcomeUnknown("unreadable reply")


def _refused(status: int, code: str, headers: dict[str, str]) -> Rejected | Unavailable | OutcomeUnknown:
    if status == 429:  # noqa: PLR2004 - Too Many Requests: nothing was done
        return Unavailable("429", rest_of(headers.get("Retry-After", ""), _SHORT_REST))
    if status >= 500 or code in _PERHAPS_DONE or not code:  # noqa: PLR2004 - the server's own errors
        return OutcomeUnknown(f"{status} {code}".strip())
    if code in _OURS_TO_MEND:
        return Unavailable(code)
    return Rejected(Reason.RECIPIENT_UNREACHABLE, code)
