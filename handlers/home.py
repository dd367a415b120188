"""The Home tab, and the button of a gift, which Slack itself opens."""

from typing import Any

from slack_bolt.async_app import AsyncAck

from handlers.errands import Errands
from handlers.payloads import HomeOpened, read
from handlers.screens import Screens


class Home:
    """What somebody sees when they look at the app."""

    def __init__(self, screens: Screens, errands: Errands) -> None:
        self._screens = screens
        self._errands = errands

    async def on_opened(self, body: dict[str, Any]) -> None:
        """Fill the tab with where things stand."""
        opened = read(HomeOpened, body)
        if opened.tab == "home":
            self._errands.run(self._screens.show_home(opened.user))


async def on_gift_opened(ack: AsyncAck) -> None:
    """Slack opens the link by itself and wants only an acknowledgement."""
    await ack()
