"""The memory of Runa's API: what was answered to a key, for thirty days, in each reading of its documents.

They say that a 5xx is replayed like any reply, and that it should be tried again; that a key still being worked on is
answered with 102, and with 400; and nothing at all of a 429, or of an account that may not order. So each of these is
a switch. Who asks, and in which version, is looked at before any key.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Literal

from bot.sandbox.simulator.giftcards.service import RefusedOrder

REMEMBERED_FOR: Final = 30 * 24 * 3600.0


@dataclass(frozen=True)
class Remembered:
    """The first reply to a key."""

    body: bytes
    status: int
    reply: Any
    at: float


class Idempotency:
    """The keys that were used, and the switches for what the documents leave open."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.keeps_5xx = False
        self.keeps_429 = False
        self.keeps_403 = True
        self.in_progress: Literal["102", "400"] = "400"
        self._clock = clock
        self._kept: dict[str, Remembered] = {}
        self._workers: dict[str, object] = {}

    @contextmanager
    def worked_on(self, key: str, by: object) -> Iterator[None]:
        """Let others find the key in progress meanwhile."""
        self._workers.setdefault(key, by)
        try:
            yield
        finally:
            if self._workers.get(key) is by:
                del self._workers[key]

    def is_in_progress(self, key: str, *, by: object) -> bool:
        """Say whether somebody else is still working on the key."""
        return self._workers.get(key, by) is not by

    def knows(self, key: str) -> bool:
        """Say whether a reply to this key is remembered."""
        kept = self._kept.get(key)
        return kept is not None and self._clock() < kept.at + REMEMBERED_FOR

    def recall(self, key: str, body: bytes) -> Remembered | None:
        """Give the first reply to this key, if it is remembered, and refuse another body."""
        if not self.knows(key):
            return None
        kept = self._kept[key]
        if kept.body != body:
            message = "Request payload does not match previous payload for this idempotency key."
            raise RefusedOrder("idempotency_validation_error", 400, message)
        return kept

    def keep(self, key: str, body: bytes, status: int, reply: Any) -> Remembered:
        """Remember a reply, unless it is one of those that are not."""
        answered = Remembered(body, status, reply, self._clock())
        if self._keeps(status):
            self._kept[key] = answered
        return answered

    def _keeps(self, status: int) -> bool:
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return self.keeps_429
        if status == HTTPStatus.FORBIDDEN:
            return self.keeps_403
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.GONE}:
            return False
        return self.keeps_5xx or not is_of_the_service(status)


def is_of_the_service(status: int) -> bool:
    """Say whether an error is about the service and not about the order."""
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
