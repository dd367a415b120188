"""The playground's own server: the page, its socket, and the reward pages, on this machine only."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from os import strerror
from pathlib import Path
from typing import Final

from aiohttp import web

from bot.sandbox.playground.environment import Stage
from bot.sandbox.playground.redemption_page import Rewards
from bot.sandbox.playground.request_guard import Guard
from bot.sandbox.playground.switchboard import Switchboard
from bot.sandbox.playground.websocket_feed import Live
from bot.sandbox.simulator.server import HOST, LocalServer

PAGE: Final = Path(__file__).parent / "page"


class CannotListen(Exception):
    """The port cannot be used; the message says which and why."""


@asynccontextmanager
async def serve(stage: Stage, port: int) -> AsyncGenerator[str]:
    """Serve the playground, and give its address with the token.

    Raises:
        CannotListen: the port cannot be used.
    """
    guard, live, rewards = Guard(), Live(stage, Switchboard(stage)), Rewards(stage.simulator.giftcards)
    app = web.Application(middlewares=[guard.check])
    app.on_response_prepare.append(guard.protect)
    app.add_routes(
        [
            web.get("/", _index),
            web.static("/page", PAGE),
            web.get("/live", live.serve),
            web.get("/reward/{path:.+}", rewards.show),
            web.post("/reward/{path:.+}", rewards.redeem),
        ]
    )
    server = LocalServer(app)
    try:
        try:
            bound = await server.start(port)
        except OSError as error:
            raise CannotListen(f"{HOST}:{port} cannot be used: {strerror(error.errno or 0)}.") from error
        guard.listens_at(bound)
        yield f"http://{HOST}:{bound}/?token={guard.token}"
    finally:
        await live.close()
        await server.stop()


async def _index(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "index.html")
