"""The playground's own server: the page, its socket, and the reward pages, on this machine only."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from aiohttp import web

from bot.playground.guard import Guard
from bot.playground.live import Live
from bot.playground.reward import Rewards
from bot.playground.stage import Stage
from bot.playground.switches import Switchboard
from bot.simulator.server import HOST, LocalServer

PAGE: Final = Path(__file__).parent / "page"


@asynccontextmanager
async def serve(stage: Stage, port: int) -> AsyncGenerator[str]:
    """Serve the playground, and give its address with the token.

    Raises:
        OSError: the port cannot be used.
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
        guard.listens_at(port := await server.start(port))
        yield f"http://{HOST}:{port}/?token={guard.token}"
    finally:
        await live.close()
        await server.stop()


async def _index(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "index.html")
