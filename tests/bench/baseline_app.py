"""The floor: a Bolt app that does nothing, or only keeps what it was sent, as a process.

As its documentation sets it up (default), with its fastest flag (flag), or with that and a durable commit (keeping).
"""

import asyncio
import re
import sqlite3
import sys
from typing import Any

from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult


async def _authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_user_id="U1", bot_id="B1", bot_token="xoxb-1")


async def _nothing(ack: AsyncAck) -> None:
    await ack()


class _Keeper:
    """Keeps each payload in a row, which is on the disk before the acknowledgement."""

    def __init__(self, path: str) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.execute("CREATE TABLE kept (payload TEXT)")

    async def keep(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Keep it, and acknowledge."""
        self._database.execute("INSERT INTO kept VALUES (?)", (str(body),))
        await ack()


def main(port: str, secret: str, kind: str, path: str) -> None:
    """Serve until killed."""
    bolt = AsyncApp(signing_secret=secret, authorize=_authorize, process_before_response=kind != "default")
    listener = _Keeper(path).keep if kind == "keeping" else _nothing
    everything = re.compile("")
    bolt.command(everything)(listener)
    bolt.view(everything)(listener)
    bolt.action(everything)(listener)
    asyncio.set_event_loop(asyncio.new_event_loop())
    server = bolt.web_app(path="/slack/events")
    web.run_app(server, host="127.0.0.1", port=int(port), access_log=None, print=None)


if __name__ == "__main__":
    main(*sys.argv[1:])
