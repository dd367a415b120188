"""How much one person can do at once: whoever does more is told so in private, and everybody else is served."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.gifts.model.errors import RateLimited
from bot.gifts.model.text import say
from bot.gifts.ports import Clock
from handlers.inbound.payloads import Act, read

AT_ONCE = 20  # commands, buttons and forms that nobody has to wait for
_EACH = 3.0  # seconds later, one more


@dataclass(slots=True)
class _Tally:
    """What somebody did lately; at `even_at`, by the monotonic clock, it is forgotten."""

    even_at: float
    is_told: bool = False


class UserRateLimit(AsyncMiddleware):
    """Counts what each person does, and by itself how often they only look; typing is free.

    There are two tallies for each of the workspace's people.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tallies: dict[tuple[str, bool], _Tally] = {}

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt's word
    ) -> BoltResponse:
        """Let through what a person can mean.

        Raises:
            RateLimited: it is more than that, and the answer to it can say so.
        """
        act = read(Act, req.body)
        tally = self._tally_of(act)
        if tally is None or self._counts(tally):
            await next()
            return resp
        if act.has_answer or not tally.is_told:
            tally.is_told = True
            raise RateLimited(
                say("That was a lot at once, so nothing was done this time. Please try again in a minute.")
            )
        return BoltResponse(status=200)  # each word in a modal costs one of the calls that Slack grants to all together

    def _tally_of(self, act: Act) -> _Tally | None:
        if act.person is None or act.is_typing:
            return None
        return self._tallies.setdefault((act.person, act.is_event), _Tally(self._clock.monotonic()))

    def _counts(self, tally: _Tally) -> bool:
        now, full = self._clock.monotonic(), AT_ONCE * _EACH
        tally.even_at = max(tally.even_at, now)
        if tally.even_at + _EACH > now + full:
            return False
        tally.even_at += _EACH
        tally.is_told = False
        return True
