"""The HTTP server: what anybody may send, checked in the order of what it costs, until it is known who sent it.

Address, encoding, length and the look of the signature are in the headers, so that most of what is not meant for us is
refused unread. Only then is a body read, within limits of size and time, and its signature verified.
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from http import HTTPStatus

import structlog
from aiohttp import hdrs, web

from bot.input_limits import LARGEST_UNSIGNED, SIGNATURE_AGE, TIME_TO_SIGN, UNVERIFIED_AT_ONCE
from bot.signed_endpoint import Endpoint
from handlers.inbound.connections import UNREADABLE, Connections

log = structlog.get_logger(__name__)

_TIMESTAMP = re.compile("[0-9]{1,12}")


class _Refused(Exception):
    """It is not for us."""

    def __init__(self, status: int, why: str) -> None:
        self.status = status
        self.why = why


class HttpServer:
    """Serves `endpoints`, and `pages` to GET, by their paths."""

    def __init__(self, endpoints: Iterable[Endpoint], pages: Mapping[str, Callable[[], web.Response]]) -> None:
        self._endpoints = {endpoint.path: endpoint for endpoint in endpoints}
        self._pages = pages
        self._connections = Connections(self._respond)
        self._unverified = 0  # bytes

    async def start(self, host: str, port: int) -> None:
        """Listen.

        Raises:
            OSError: the address cannot be used.
        """
        await self._connections.listen(host, port)

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens; a port of 0 has become a free one."""
        return self._connections.address

    async def stop(self, seconds: float) -> None:
        """Stop listening, and let what was taken be answered."""
        await self._connections.close(seconds)

    async def _respond(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer anybody; the connection is kept only for who signed."""
        try:
            if page := self._page(request):
                return _last(page())
            endpoint = self._endpoint(request)
            if not _may_be_signed(request.headers, endpoint):
                return _last(await self._answer_unsigned(request, endpoint))
            return await self._answer_signed(request, endpoint)
        except _Refused as refused:
            log.warning("request_refused", why=refused.why)
            return _last(web.Response(status=refused.status))

    def _page(self, request: web.BaseRequest) -> Callable[[], web.Response] | None:
        return self._pages.get(request.path) if request.method in {hdrs.METH_GET, hdrs.METH_HEAD} else None

    def _endpoint(self, request: web.BaseRequest) -> Endpoint:
        """Whom a request is for, by its first lines."""
        endpoint = self._endpoints.get(request.path)
        if endpoint is None:
            raise _Refused(HTTPStatus.NOT_FOUND, "no such address")
        if request.method != hdrs.METH_POST:
            raise _Refused(HTTPStatus.METHOD_NOT_ALLOWED, "not a POST")
        if hdrs.CONTENT_ENCODING in request.headers:  # nobody who signs packs what they send
            raise _Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "packed")
        if (request.content_length or 0) > endpoint.largest:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too large")
        return endpoint

    async def _answer_unsigned(self, request: web.BaseRequest, endpoint: Endpoint) -> web.StreamResponse:
        if 0 < (request.content_length or 0) <= LARGEST_UNSIGNED:
            body = await self._body(request, LARGEST_UNSIGNED)
            if endpoint.needs_no_signature(body):
                return web.Response()
        raise _Refused(endpoint.refusal, "not signed")

    async def _answer_signed(self, request: web.BaseRequest, endpoint: Endpoint) -> web.StreamResponse:
        body = await self._body(request, endpoint.largest)
        try:
            is_signed = endpoint.is_signed(request.headers, body)
        except UnicodeDecodeError:
            raise _Refused(HTTPStatus.BAD_REQUEST, "no text") from None
        if not is_signed:
            raise _Refused(endpoint.refusal, "not signed")
        with self._connections.in_hand(request):
            response = await endpoint.answer(body)
            with suppress(ConnectionError):  # sent before the connection may give way; whoever left reads nothing
                await response.prepare(request)
                await response.write_eof()
        return response

    async def _body(self, request: web.BaseRequest, largest: int) -> bytes:
        """All of a body; where strangers' bodies are too much together, somebody gives way."""
        body = bytearray()
        try:
            async with asyncio.timeout(TIME_TO_SIGN):
                async for chunk in request.content.iter_any():
                    body += chunk
                    self._unverified += len(chunk)
                    if len(body) > largest:
                        raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too large")
                    if self._unverified > UNVERIFIED_AT_ONCE:
                        self._connections.make_room()
        except TimeoutError:
            raise _Refused(HTTPStatus.REQUEST_TIMEOUT, "too slow") from None
        except (OSError, *UNREADABLE):  # it ended too early, or is not as its headers say
            raise _Refused(HTTPStatus.BAD_REQUEST, "broken off") from None
        finally:
            self._unverified -= len(body)
        return bytes(body)


def _may_be_signed(headers: Mapping[str, str], endpoint: Endpoint) -> bool:
    """Whether it looks signed, and just now; only a body can tell."""
    timestamp = headers.get(endpoint.timestamp, "")
    is_recent = _TIMESTAMP.fullmatch(timestamp) is not None and abs(endpoint.now() - int(timestamp)) <= SIGNATURE_AGE
    return is_recent and all(look.fullmatch(headers.get(name, "")) for name, look in endpoint.signature.items())


def _last(response: web.StreamResponse) -> web.StreamResponse:
    """The last one on its connection."""
    response.force_close()
    return response
