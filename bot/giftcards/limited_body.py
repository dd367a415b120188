"""The body of a reply, unpacked piece by piece up to a limit: 300 KB of gzip can be 300 MB of JSON."""

import zlib
from typing import Final

import httpx

from bot.input_limits import LARGEST_REPLY

ENCODING: Final = "gzip"  # the only one that is asked for
_GZIP = 16 + zlib.MAX_WBITS


class Unreadable(Exception):
    """The body cannot be read, or not to its end; the message says why, and quotes nothing."""


async def body_of(response: httpx.Response) -> bytes:
    """All of a reply that is being received.

    Raises:
        Unreadable: it is too large, or not packed as it says.
        httpx.RequestError: it breaks off.
    """
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in {"identity", "", ENCODING}:
        raise Unreadable("packed in a way that was not asked for")
    unpack = zlib.decompressobj(_GZIP) if encoding == ENCODING else None
    body = bytearray()
    async for piece in response.aiter_raw():
        try:
            body += unpack.decompress(piece, LARGEST_REPLY + 1 - len(body)) if unpack else piece
        except zlib.error:
            raise Unreadable("no gzip, though it says so") from None
        if len(body) > LARGEST_REPLY:
            raise Unreadable(f"more than {LARGEST_REPLY} bytes")
    return bytes(body)
