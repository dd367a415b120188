"""The HTTP session for every call to Slack: a reply is read, unpacked, up to a limit."""

import aiohttp

from bot.input_limits import LARGEST_REPLY


class ReplyTooLarge(aiohttp.ClientPayloadError):
    """Nobody knows what it says: it was not read to its end."""


def slack_session(deadline: float, *traces: aiohttp.TraceConfig) -> aiohttp.ClientSession:
    """A session with `deadline` in seconds for each call, which `traces` are told of."""
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=deadline), response_class=_LimitedResponse, trace_configs=[*traces]
    )


class _LimitedResponse(aiohttp.ClientResponse):
    """Read piece by piece, for aiohttp's own `read` unpacks all that there is: 300 KB can become 300 MB."""

    async def read(self) -> bytes:
        """The body.

        Raises:
            ReplyTooLarge: it is longer than `LARGEST_REPLY`.
        """
        if self._body is None:
            self._body = await self._limited()
        return await super().read()

    async def _limited(self) -> bytes:
        body = bytearray()
        async for piece in self.content.iter_any():
            body += piece
            if len(body) > LARGEST_REPLY:
                self.close()
                raise ReplyTooLarge(f"more than {LARGEST_REPLY} bytes")
        return bytes(body)
