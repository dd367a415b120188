"""How clicks come in: Socket Mode or signed HTTP; and how Runa's webhooks do."""

import asyncio
import json
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.giftcards import runa
from bot.giftcards.webhooks import PATH
from bot.input_limits import LARGEST_ENVELOPE
from bot.settings import Account, HttpSettings, RunaAccount, SocketSettings
from bot.tools.doctor.diagnosis import slack_failed
from bot.tools.doctor.results import Finding, Findings, failure, fine, note, warning
from handlers.inbound.http import EVENTS_PATH
from handlers.slack_api.remedies import APP_TOKEN
from handlers.slack_api.responses import answer_of

_SOCKET = "Socket Mode"
_WEBHOOKS = "Webhooks"
_NO_ADDRESS = warning(
    _WEBHOOKS,
    "RUNA_WEBHOOK_SECRET is set, but Socket Mode has no address for them",
    "Take it out, or run with --http.",
)


async def check(
    client: AsyncWebClient,
    session: aiohttp.ClientSession,
    settings: SocketSettings | HttpSettings,
    account: Account,
    patience: float,
    *,
    in_use: bool,
) -> Findings:
    """The ways in; beside a running bot no second socket is opened: Slack would hand us clicks meant for the bot."""
    if isinstance(settings, HttpSettings):
        return [
            fine("Signing secret", "set"),
            note("HTTP", "only a click shows whether Slack reaches you", f"Give Slack https://your.host{EVENTS_PATH}."),
            *_webhooks(account),
        ]
    deaf = isinstance(account, RunaAccount) and account.runa_webhook_secret is not None
    return [await _socket(client, session, settings, patience, in_use=in_use), *([_NO_ADDRESS] if deaf else [])]


def _webhooks(account: Account) -> Findings:
    """Where Runa can say by itself that something has happened; nothing depends on it."""
    if not isinstance(account, RunaAccount):
        return []
    address = f"https://your.host{PATH}"
    if account.runa_webhook_secret is None:
        remedy = f"If you want them, give Runa {address}, and put its signing secret into RUNA_WEBHOOK_SECRET."
        return [note(_WEBHOOKS, "off; giftbot looks for late orders by itself", remedy)]
    if runa.is_for_playground(account.runa_api_key):
        return [note(_WEBHOOKS, "the signing secret is set; the playground sends none")]
    found = "the signing secret is set; only a webhook shows whether Runa reaches you"
    return [note(_WEBHOOKS, found, f"Give Runa {address}.")]


async def _socket(
    client: AsyncWebClient, session: aiohttp.ClientSession, settings: SocketSettings, patience: float, *, in_use: bool
) -> Finding:
    token = settings.slack_app_token.get_secret_value()
    answer = await answer_of(client.apps_connections_open(app_token=token))
    if not isinstance(answer, AsyncSlackResponse):
        return slack_failed(_SOCKET, answer, client.base_url, APP_TOKEN)
    if in_use:
        return fine(_SOCKET, "the app-level token is accepted; the running bot has the connection")
    return await _hello(session, answer["url"], patience)


async def _hello(session: aiohttp.ClientSession, url: str, patience: float) -> Finding:
    """Connect, and hang up as soon as Slack has said hello; the address is a secret."""
    remedy = f"Let WebSockets (wss) through to {urlsplit(url).hostname}: check proxy and firewall."
    try:
        async with asyncio.timeout(patience), session.ws_connect(url, max_msg_size=LARGEST_ENVELOPE) as socket:
            hello = await socket.receive_json()
    except (aiohttp.ClientError, TimeoutError, TypeError, json.JSONDecodeError) as error:
        return failure(_SOCKET, f"the WebSocket does not open: {type(error).__name__}", remedy)
    match hello:
        case {"type": "hello", "num_connections": int(connections)} if connections > 1:
            remedy = "If that is another bot with this token, each gets only a part of the clicks: stop one."
            return warning(_SOCKET, "Slack says hello, but somebody else is connected too", remedy)
        case {"type": "hello"}:
            return fine(_SOCKET, "Slack says hello")
    return failure(_SOCKET, "the WebSocket opens, but Slack does not say hello", remedy)
