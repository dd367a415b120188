"""The connections of the HTTP server: at most so many, and who has not signed anything yet gives way to who comes.

asyncio's own server accepts until no file descriptor is left for anybody, the database included, and then logs a
traceback for each try. Here the limit is known beforehand. When it is reached, the connection closes that has waited
longest among those of the address with the most, so that whoever opens thousands only pushes out their own.
"""

import asyncio
import errno
import os
import resource
import socket
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.input_limits import (
    KEPT_IDLE,
    LINGER,
    LONGEST_HEADER,
    MOST_CONNECTIONS,
    MOST_HEADERS,
    OWN_FILES,
    TIME_TO_SIGN,
)

log = structlog.get_logger(__name__)

UNREADABLE: Final = (HttpProcessingError, web.RequestPayloadError)  # not HTTP, or a body that is not as announced
_AT_ONCE: Final = 16  # accepted in one go; as many descriptors more than the limit are open for a moment
_BACKLOG: Final = 1024  # connections that wait in the kernel; Linux allows 4,096 (net.core.somaxconn)
_TURNS_TO_SPEAK: Final = 8  # of the loop; a request that came with its connection is in hand after four
_REST: Final = 1.0  # seconds without accepting, after one could not be accepted
_NO_SUCH_ADDRESS: Final = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}  # "localhost" without IPv6
_PROTOCOL: Final[dict[str, Any]] = {
    "access_log": None,
    "auto_decompress": False,
    "keepalive_timeout": KEPT_IDLE,
    "lingering_time": LINGER,
    "max_field_size": LONGEST_HEADER,
    "max_headers": MOST_HEADERS,
    "max_line_size": LONGEST_HEADER,
}


class Connections:
    """Listens, accepts, and hands what comes to `answer`; a stranger's connection ends after `TIME_TO_SIGN`."""

    def __init__(self, answer: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]) -> None:
        self._server = web.Server(answer)
        self._most = 0
        self._listening: list[socket.socket] = []
        self._is_accepting = False
        self._open: set[_Connection] = set()
        self._strangers: dict[str, dict[_Connection, None]] = {}  # by address, the oldest first
        self._known: dict[_Connection, None] = {}  # they signed before, and send nothing now

    async def listen(self, host: str, port: int) -> None:
        """Listen on every address of a host.

        Raises:
            OSError: one of them cannot be used.
        """
        self._most = _most_connections()
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        except UnicodeError:
            raise OSError(errno.EINVAL, "no host has such a name") from None
        self._listening = _bound(dict.fromkeys((family, address) for family, *_, address in found))
        self._accept_again()

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens first; a port of 0 has become a free one."""
        host, port = self._listening[0].getsockname()[:2]
        return host, port

    async def close(self, seconds: float) -> None:
        """Accept nothing new, let what is in hand be answered, and hang up."""
        self._rest()
        for listening in self._listening:
            listening.close()
        self._listening = []
        await asyncio.sleep(0)  # what has just arrived is in hand as well
        self._server.pre_shutdown()
        await self._server.shutdown(seconds)

    @contextmanager
    def in_hand(self, request: web.BaseRequest) -> Iterator[None]:
        """While a signed request is answered, its connection does not give way; afterwards it is the last to."""
        connection = request.protocol
        assert isinstance(connection, _Connection), "only they make requests"
        connection.has_signed = True
        self._forget(connection)
        try:
            yield
        finally:
            if connection in self._open:
                self._known[connection] = None
            self._accept_again()

    def make_room(self) -> bool:
        """Close the connection that gives way first; False if all have just come or are being answered."""
        if self._strangers:
            most: dict[_Connection, None] = max(self._strangers.values(), key=len)
            victim = next(iter(most))
        elif self._known:
            victim = next(iter(self._known))
        else:
            return False
        self._end(victim)
        return True

    def is_silent(self, connection: "_Connection") -> None:
        """A new connection could have spoken, and may give way now."""
        if connection in self._open and not connection.has_signed:
            self._strangers.setdefault(connection.peer, {})[connection] = None
            self._accept_again()

    def is_late(self, connection: "_Connection") -> None:
        """The time is up in which a stranger may sign a request."""
        if not connection.has_signed:
            log.warning("connection_refused", why="too slow")
            self._end(connection)

    def went(self, connection: "_Connection") -> None:
        """A connection is closed: there is room for another."""
        self._forget(connection)
        self._open.discard(connection)
        if len(self._open) < self._most:
            self._accept_again()

    def is_unreadable(self) -> None:
        """Somebody sent what is not HTTP."""
        log.warning("connection_refused", why="not HTTP")

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(_AT_ONCE):
            try:
                accepted, address = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:  # no file descriptor is left, for somebody else has them
                log.warning(
                    "connection_refused", why=f"not accepted, {errno.errorcode.get(error.errno or 0, 'unknown')}"
                )
                self.make_room()
                self._rest()
                asyncio.get_running_loop().call_later(_REST, self._accept_again)
                return
            fits = len(self._open) < self._most or self._makes_room()
            self._take(accepted, address[0])
            if not fits:
                self._rest()  # until a request is answered, or whoever just came could have spoken
                return

    def _makes_room(self) -> bool:
        log.warning("connection_refused", why="more connections than fit")
        return self.make_room()

    def _take(self, accepted: socket.socket, peer: str) -> None:
        accepted.setblocking(False)
        loop = asyncio.get_running_loop()
        connection = _Connection(self, self._server, peer)
        self._open.add(connection)
        connection.arrival = loop.create_task(loop.connect_accepted_socket(lambda: connection, accepted))

    def _rest(self) -> None:
        self._is_accepting = False
        for listening in self._listening:
            asyncio.get_running_loop().remove_reader(listening)

    def _accept_again(self) -> None:
        if self._is_accepting:
            return
        self._is_accepting = bool(self._listening)
        for listening in self._listening:
            asyncio.get_running_loop().add_reader(listening, self._accept, listening)

    def _forget(self, connection: "_Connection") -> None:
        """It is neither a stranger's nor idle any more."""
        self._known.pop(connection, None)
        theirs = self._strangers.get(connection.peer, {})
        theirs.pop(connection, None)
        if not theirs:
            self._strangers.pop(connection.peer, None)

    def _end(self, connection: "_Connection") -> None:
        self._forget(connection)
        connection.end()


class _Connection(web.RequestHandler):
    """One connection, on which aiohttp speaks HTTP."""

    arrival: asyncio.Task[Any]  # kept here, for the loop holds tasks only weakly

    def __init__(self, connections: Connections, server: web.Server, peer: str) -> None:
        super().__init__(server, loop=asyncio.get_running_loop(), **_PROTOCOL)
        self.peer = peer
        self.has_signed = False
        self._connections = connections
        self._deadline = self._loop.call_later(TIME_TO_SIGN, connections.is_late, self)

    def end(self) -> None:
        """Hang up."""
        if self.transport is not None:
            self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._turn(_TURNS_TO_SPEAK)

    def _turn(self, left: int) -> None:
        if left:
            self._loop.call_soon(self._turn, left - 1)
        else:
            self._connections.is_silent(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._deadline.cancel()
        self._connections.went(self)
        super().connection_lost(exc)

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """A traceback is for our own mistakes."""
        if isinstance(kw.get("exc_info"), UNREADABLE):
            self._connections.is_unreadable()
        else:
            super().log_exception(*args, **kw)


def _bound(addresses: Iterable[tuple[int, Any]]) -> list[socket.socket]:
    """Sockets that listen on these addresses, without those that this machine does not have."""
    listening: list[socket.socket] = []
    with ExitStack() as unless_all_is_well:
        for family, address in addresses:
            try:
                one = socket.create_server(address, family=family, backlog=_BACKLOG)
            except OSError as error:
                if error.errno not in _NO_SUCH_ADDRESS:
                    raise _plain(error.errno) from None  # Python's own words say the address once more
            else:
                listening.append(unless_all_is_well.enter_context(one))
                one.setblocking(False)
        if not listening:
            raise _plain(errno.EADDRNOTAVAIL)
        unless_all_is_well.pop_all()
    return listening


def _plain(number: int | None) -> OSError:
    return OSError(number, os.strerror(number or 0))


def _most_connections() -> int:
    """How many fit beside what the bot itself opens; raises the process's soft limit as far as that needs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + OWN_FILES
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < limit:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    return min(MOST_CONNECTIONS, max(limit // 4, limit - OWN_FILES))
