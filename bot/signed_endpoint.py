"""What somebody may post to the bot over HTTP, and how it is known that they signed it."""

import re
from collections.abc import Mapping
from typing import Protocol

from aiohttp import web


class Endpoint(Protocol):
    """What somebody posts to one path, who signs it."""

    @property
    def path(self) -> str:
        """Where they post it to."""

    @property
    def largest(self) -> int:
        """The largest body, in bytes."""

    @property
    def refusal(self) -> int:
        """The HTTP status of what is not signed."""

    @property
    def timestamp(self) -> str:
        """The header with the time of the signature, in seconds since 1970."""

    @property
    def signature(self) -> Mapping[str, re.Pattern[str]]:
        """How the other headers look that make a signature."""

    def now(self) -> float:
        """The time that signatures are compared with, in seconds since 1970."""

    def is_signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the signature is right.

        Raises:
            UnicodeDecodeError: the body is no text, which nobody signs.
        """

    def needs_no_signature(self, body: bytes) -> bool:
        """Whether it is answered with 200 and nothing else, unsigned as it is."""

    async def answer(self, body: bytes) -> web.StreamResponse:
        """Do what was signed."""
