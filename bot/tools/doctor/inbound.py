"""How clicks come in: Socket Mode or signed HTTP; and how the webhooks of the gift card service do."""

import asyncio
import json
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.findings import Finding, Findings, failure, fine, note, warning
from bot.giftcards.account import Account
from bot.input_limits import LARGEST_ENVELOPE
from bot.settings import HttpSettings, SocketSettings
from bot.tools.doctor.diagnosis import slack_failed
from handlers.inbound.http import EVENTS_PATH
from handlers.slack_api.remedies import APP_TOKEN
from handlers.slack_api.responses import classify

_SOCKET = "Socket Mode"


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
            *account.check_webhooks(over_http=True),
        ]
    about_socket = await _socket(client, session, settings, patience, in_use=in_use)
    return [about_socket, *account.check_webhooks(over_http=False)]


async def _socket(
    client: AsyncWebClient, session: aiohttp.ClientSession, settings: SocketSettings, patience: float, *, in_use: bool
) -> Finding:
    token = settings.slack_app_token.get_secret_value()
    answer = await classify(client.apps_connections_open(app_token=token))
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
