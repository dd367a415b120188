"""Whether a recipient is still a colleague: Slack itself would deliver to somebody who has left."""

from collections.abc import Awaitable, Callable

from bot.gifts.model.errors import NotNow
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import Gift, GiftStep
from bot.gifts.model.job import Retry, Stopped
from bot.gifts.model.people import Person


async def why_barred(gift: Gift, look_up: Callable[[str], Awaitable[Person]], reason: Reason) -> Stopped | Retry | None:
    """Why a gift does not go on for its recipient: `reason` where they are a colleague no more."""
    try:
        recipient = await look_up(gift.recipient)
    except NotNow as silent:
        return Retry(Reason.RECIPIENT_UNSURE, str(silent))
    if recipient.standing.value is None:
        return None
    return Stopped(GiftStep.PARK, reason, str(recipient.standing.value.fill(who="the recipient")))
