"""What another version of the bot has shown, and this one does not know: acknowledged, with a way on."""

from typing import NoReturn

from slack_bolt.async_app import AsyncAck

from bot.gifts.model.errors import Refused
from bot.gifts.model.refusal import RefusalCode
from bot.gifts.model.text import say


async def on_retired_button() -> NoReturn:
    """A button or a shortcut."""
    words = say("This button no longer works. The Home tab shows how things stand.")
    raise Refused(RefusalCode.BUTTON_RETIRED, words)


async def on_retired_form() -> NoReturn:
    """A form that was submitted."""
    words = say("This form no longer works, so nothing was done. Please open it again.")
    raise Refused(RefusalCode.FORM_RETIRED, words)


async def on_retired_search(ack: AsyncAck) -> None:
    """A field that looks for what can be chosen."""
    await ack(options=[])
