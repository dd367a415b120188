"""What is done for a person right after the acknowledgement: open a form, show a notice. Courtesies, never promises."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger(__name__)


class BackgroundTasks:
    """Runs small calls beside the handlers, which then acknowledge at once, and waits for them at the end.

    What they have to look up counts in the time that the person's click has: a form opens only within three seconds.
    """

    def __init__(self) -> None:
        self._running: set[asyncio.Task[object]] = set()

    def run(self, errand: Coroutine[Any, Any, object]) -> None:
        """Start an errand."""
        task = asyncio.create_task(errand)
        self._running.add(task)
        task.add_done_callback(self._ended)

    async def finish(self, seconds: float) -> None:
        """Wait for what is running, at most that long."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)

    def _ended(self, task: asyncio.Task[object]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("errand_failed", exc_info=error)
