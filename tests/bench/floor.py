"""The floor: a Bolt app that does nothing, as its documentation sets it up or with its fastest flag, as a process."""

import asyncio
import re
import sys

from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult


async def _authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_user_id="U1", bot_id="B1", bot_token="xoxb-1")


async def _nothing(ack: AsyncAck) -> None:
    await ack()


def app(secret: str, *, flag: bool) -> AsyncApp:
    """An app that acknowledges everything and does nothing; it asks Slack for nothing either."""
    bolt = AsyncApp(signing_secret=secret, authorize=_authorize, process_before_response=flag)
    everything = re.compile("")
    bolt.command(everything)(_nothing)
    bolt.view(everything)(_nothing)
    bolt.action(everything)(_nothing)
    return bolt


def main(port: str, secret: str, flag: str) -> None:
    """Serve until killed."""
    asyncio.set_event_loop(asyncio.new_event_loop())
    server = app(secret, flag=flag == "flag").web_app(path="/slack/events")
    web.run_app(server, host="127.0.0.1", port=int(port), access_log=None, print=None)


if __name__ == "__main__":
    main(*sys.argv[1:])
