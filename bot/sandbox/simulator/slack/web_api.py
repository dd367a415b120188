"""Slack's Web API over HTTP: every method checks its token, its scopes and its arguments as Slack does.

The methods themselves are in methods_chat, methods_views and methods_people; this page finds the right one,
and answers the response URLs.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from bot.sandbox.simulator.faults import Call, Faults
from bot.sandbox.simulator.slack import blockkit, methods_chat, methods_people, methods_views
from bot.sandbox.simulator.slack.arguments import Arguments, read_arguments
from bot.sandbox.simulator.slack.records import Json, SlackError
from bot.sandbox.simulator.slack.workspace import Workspace

Method = Callable[[Workspace, Arguments], Json]

# method -> (its work, the scope it needs whatever it is called with)
METHODS: Final[dict[str, tuple[Method, str | None]]] = {
    "auth.test": (methods_people.auth_test, None),
    "users.info": (methods_people.users_info, "users:read"),
    "users.list": (methods_people.users_list, "users:read"),
    "usergroups.users.list": (methods_people.usergroups_users_list, "usergroups:read"),
    "conversations.info": (methods_people.conversations_info, None),
    "conversations.open": (methods_people.conversations_open, "im:write"),
    "conversations.history": (methods_chat.conversations_history, None),
    "chat.postMessage": (methods_chat.post_message, "chat:write"),
    "chat.postEphemeral": (methods_chat.post_ephemeral, "chat:write"),
    "chat.update": (methods_chat.update, "chat:write"),
    "views.open": (methods_views.open_, None),
    "views.push": (methods_views.push, None),
    "views.update": (methods_views.update, None),
    "views.publish": (methods_views.publish, None),
}
OPEN_CONNECTION: Final = "apps.connections.open"
RESPONSE_URL: Final = "response_url"


@dataclass
class WebApi:
    """The HTTP side of a workspace."""

    workspace: Workspace
    bot_token: str
    app_token: str
    open_connection: Callable[[], str]
    faults: Faults = field(default_factory=Faults)
    calls: list[Call] = field(default_factory=list)
    no_good: dict[str, str] = field(default_factory=dict)  # tokens, with why they are not, in Slack's word

    def routes(self) -> list[web.RouteDef]:
        """Give the routes of the Web API and of the response URLs."""
        return [
            web.post("/api/{method}", self._call),
            web.get("/api/{method}", self._call),
            web.post("/respond/{key}", self._respond),
        ]

    def name_of(self, request: web.Request) -> str | None:
        """Name a call by its method."""
        if "key" in request.match_info:
            return RESPONSE_URL
        return request.match_info.get("method")

    async def arguments_of(self, request: web.Request) -> dict[str, Any]:
        """Read what the caller sent, as a form, as JSON or in the query."""
        return {**await read_arguments(request), **request.match_info}

    def refusal(self, status: int) -> dict[str, Any]:
        """Write an error as Slack does."""
        errors = {429: "ratelimited", 500: "internal_error"}
        return {"ok": False, "error": errors[status]}

    async def _call(self, request: web.Request) -> web.Response:
        given = await read_arguments(request)
        try:
            reply = {"ok": True, **self._answer(request, given)}
        except SlackError as error:
            reply = error.reply()
        scopes = ",".join(self.workspace.manifest.scopes)
        return web.json_response(reply, headers={"x-oauth-scopes": scopes})

    def _answer(self, request: web.Request, given: Json) -> Json:
        method = request.match_info["method"]
        if method != OPEN_CONNECTION and method not in METHODS:
            raise SlackError("unknown_method", req_method=method)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or given.pop("token", "")
        self._check_token(token, self.app_token if method == OPEN_CONNECTION else self.bot_token)
        if method == OPEN_CONNECTION:
            return {"url": self.open_connection()}
        work, scope = METHODS[method]
        arguments = Arguments(given, self.workspace.manifest.scopes)
        if scope is not None:
            arguments.need_scope(scope)
        return work(self.workspace, arguments)

    def _check_token(self, token: str, needed: str) -> None:
        if not token:
            raise SlackError("not_authed")
        if token not in {self.bot_token, self.app_token}:
            raise SlackError("invalid_auth")
        if token != needed:
            raise SlackError("not_allowed_token_type")
        if token in self.no_good:
            raise SlackError(self.no_good[token])

    async def _respond(self, request: web.Request) -> web.Response:
        try:
            reply = self.workspace.response_urls.use(request.match_info["key"])
            body = await read_arguments(request)
            blockkit.check_message(body)
            methods_chat.respond(self.workspace, reply, body)
        except SlackError as error:
            return web.json_response(error.reply(), status=404 if error.error.endswith("_url") else 400)
        return web.json_response({"ok": True})
