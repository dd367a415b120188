"""The arguments of a Web API call: read from a form, JSON or the query, and asked for by name."""

import json
from collections.abc import Sequence
from typing import Any, Final

from aiohttp import web

from bot.sandbox.simulator.slack.records import Json, SlackError

NESTED: Final = {"blocks", "view", "metadata", "attachments"}  # JSON inside a form field
TRUE: Final = {True, "true", "True", "1"}


async def read_arguments(request: web.Request) -> Json:
    """Read a call's arguments, however the client chose to send them."""
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text() or "{}")
        except json.JSONDecodeError:
            return {}
        return dict(body) if isinstance(body, dict) else {}
    given = {name: str(value) for name, value in (await request.post()).items()}
    given |= dict(request.query)
    return {name: _unpacked(name, value) for name, value in given.items()}


def _unpacked(name: str, value: str) -> Any:
    if name not in NESTED:
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


class Arguments:
    """The arguments of one call, and the scopes of whoever calls."""

    def __init__(self, given: Json, scopes: Sequence[str]) -> None:
        self.given = given
        self._scopes = scopes

    def required(self, name: str) -> Any:
        """Give an argument, or refuse the call as Slack does without it."""
        if self.given.get(name) in (None, ""):
            message = f"[ERROR] missing required field: {name}"
            raise SlackError("invalid_arguments", response_metadata={"messages": [message]})
        return self.given[name]

    def optional(self, name: str, default: Any = None) -> Any:
        """Give an argument, or the default without it."""
        value = self.given.get(name)
        return default if value is None else value

    def boolean(self, name: str) -> bool | None:
        """Give a yes or no, or None if nothing is said; forms say it in several ways."""
        value = self.given.get(name)
        return None if value is None else value in TRUE

    def has_scope(self, scope: str) -> bool:
        """Tell whether the caller was granted a scope."""
        return scope in self._scopes

    def need_scope(self, scope: str) -> None:
        """Refuse the call unless its scope was granted."""
        if not self.has_scope(scope):
            raise SlackError("missing_scope", needed=scope, provided=",".join(self._scopes))
