"""The calls that the bot cannot start without. Slack is away now and then, so they are tried for a while."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import structlog

from bot.gifts.model.outcomes import OutcomeUnknown, Rejected, Unavailable
from bot.gifts.ports import Clock
from handlers.inbound.http import StartupError
from handlers.slack_api.remedies import CHECK_THE_WAY, remedy_of
from handlers.slack_api.responses import is_passing

log = structlog.get_logger(__name__)

_WAITS: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 30.0, 30.0)  # seconds between tries, two minutes in all

T = TypeVar("T")


async def insist(
    call: str, ask: Callable[[], Awaitable[T | Rejected | Unavailable | OutcomeUnknown]], token: str, clock: Clock
) -> T:
    """What Slack answers to a call; `token` names the variable with which it is made.

    Raises:
        StartupError: Slack refuses the call, which only somebody can mend, or has not answered it for two minutes.
    """
    gives_up_at = clock.monotonic() + sum(_WAITS)
    waits = iter(_WAITS)
    while True:
        answer = await ask()
        if not isinstance(answer, Rejected | Unavailable | OutcomeUnknown):
            return answer
        if not is_passing(answer):
            remedy = remedy_of(answer.detail, token)
            raise StartupError(f"Slack does not let us in with {token}: {answer.detail}. It refuses {call}. {remedy}")
        left = min(next(waits, 0.0), gives_up_at - clock.monotonic())
        if left <= 0:
            raise StartupError(f"Slack has not answered {call} for two minutes: {answer.detail}. {CHECK_THE_WAY}")
        log.warning("start_waits_for_slack", call=call, answer=answer.detail, seconds=left)
        await clock.sleep(left)
