"""How clicks come in: Socket Mode or signed HTTP; and where the cards go."""

import json
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.doctor.answers import APP_TOKEN, slack_failed
from bot.doctor.findings import Finding, Findings, failure, fine, note, warning
from bot.settings import HttpSettings, SocketSettings
from handlers.intake import EVENTS_PATH
from handlers.slack_answers import answer_of

_SOCKET = "Socket Mode"


async def check(
    client: AsyncWebClient, session: aiohttp.ClientSession, settings: SocketSettings | HttpSettings, *, in_use: bool
) -> Findings:
    """The way in; while a bot is running its socket is left alone: Slack would hand us clicks meant for it."""
    if isinstance(settings, HttpSettings):
        return [
            fine("Signing secret", "set"),
            note("HTTP", "only a click shows whether Slack reaches you", f"Give Slack https://your.host{EVENTS_PATH}."),
        ]
    token = settings.slack_app_token.get_secret_value()
    answer = await answer_of(client.apps_connections_open(app_token=token))
    if not isinstance(answer, AsyncSlackResponse):
        return [slack_failed(_SOCKET, answer, APP_TOKEN)]
    if in_use:
        return [fine(_SOCKET, "the app-level token is accepted; the running bot has the connection")]
    return [await _hello(session, answer["url"])]


async def _hello(session: aiohttp.ClientSession, url: str) -> Finding:
    """Connect, and hang up as soon as Slack has said hello; the address is a secret."""
    remedy = f"Let WebSockets (wss) through to {urlsplit(url).hostname}: check proxy and firewall."
    try:
        async with session.ws_connect(url) as socket:
            hello = await socket.receive_json()
    except (aiohttp.ClientError, TypeError, json.JSONDecodeError) as error:
        return failure(_SOCKET, f"the WebSocket does not open: {type(error).__name__}", remedy)
    if hello.get("type") != "hello":
        return failure(_SOCKET, "the WebSocket opens, but Slack does not say hello", remedy)
    if hello.get("num_connections", 1) > 1:
        remedy = "If that is another installation with this token, each gets only a part of the clicks: stop one."
        return warning(_SOCKET, "Slack says hello, but somebody else is connected too", remedy)
    return fine(_SOCKET, "Slack says hello")
