"""Lets in only the browser that was given the token, and no page of another site that drives it."""

import secrets
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from bot.sandbox.simulator.server import HOST

NAMES: Final = (HOST, "localhost")
REFUSAL: Final = "Please open the address that giftbot playground has printed: it holds the key to this page.\n"
CHANGING: Final = {hdrs.METH_POST}


class Guard:
    """Checks each request: its Host (no other name leads here), its Origin, and its token."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(24)
        self._hosts: set[str] = set()
        self._cookie = ""
        self._policy = ""

    def listens_at(self, port: int) -> None:
        """Learn where the server is."""
        self._hosts = {f"{name}:{port}" for name in NAMES}
        self._cookie = f"giftbot-playground-{port}"  # cookies know no ports
        sockets = " ".join(sorted(f"ws://{host}" for host in self._hosts))
        self._policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            f"connect-src 'self' {sockets}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
            "require-trusted-types-for 'script'"
        )

    @web.middleware
    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer only those who may ask."""
        if request.host not in self._hosts or not self._is_of_our_page(request):
            return self._refused()
        if request.path == "/" and self._is_right(request.query.get("token", "")):
            return self._let_in()
        if not self._is_right(request.cookies.get(self._cookie, "")):
            return self._refused()
        return await handler(request)

    async def protect(self, _request: web.Request, response: web.StreamResponse) -> None:
        """Say what a page from here may do: nothing that leaves this machine."""
        response.headers.update(
            {
                "Content-Security-Policy": self._policy,
                "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "same-origin",
                "Cross-Origin-Opener-Policy": "same-origin",
                "Cross-Origin-Resource-Policy": "same-origin",
            }
        )

    def _is_of_our_page(self, request: web.Request) -> bool:
        """A browser tells the Origin of whatever opens a socket or changes something."""
        origin = request.headers.get(hdrs.ORIGIN)
        if origin is None:
            return request.method not in CHANGING and hdrs.UPGRADE not in request.headers
        return origin == f"http://{request.host}"

    def _is_right(self, token: str) -> bool:
        return secrets.compare_digest(token.encode(), self.token.encode())

    def _let_in(self) -> web.Response:
        response = web.Response(status=303, headers={hdrs.LOCATION: "/"})
        response.set_cookie(self._cookie, self.token, httponly=True, samesite="Strict", path="/")
        return response

    def _refused(self) -> web.Response:
        return web.Response(status=403, text=REFUSAL)
