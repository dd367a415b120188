"""The Home tab, a gift once more, and the button of a gift, which Slack itself opens."""

from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.gifts.flow import Flow
from handlers.errands import Errands
from handlers.payloads import Click, HomeOpened, read
from handlers.screens import Screens


class Home:
    """What somebody sees when they look at the app, and their gifts once more."""

    def __init__(self, flow: Flow, screens: Screens, errands: Errands) -> None:
        self._flow = flow
        self._screens = screens
        self._errands = errands

    async def on_opened(self, body: dict[str, Any]) -> None:
        """Fill the tab with where things stand."""
        opened = read(HomeOpened, body)
        if opened.tab == "home":
            self._errands.run(self._screens.show_home(opened.user))

    async def on_show_again(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Show somebody a gift of theirs once more."""
        click = read(Click, body)
        gift = self._flow.show_again(click.subject, click.user)
        self._errands.run(self._screens.show_gift(click.trigger, gift))
        await ack()


async def on_gift_opened(ack: AsyncAck) -> None:
    """Slack opens the link by itself and wants only an acknowledgement."""
    await ack()
