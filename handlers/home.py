"""The Home tab and its pages, a gift once more, and the button of a gift, which Slack itself opens."""

from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.gifts.dashboard import DashboardView
from bot.gifts.services import Services
from handlers.background_tasks import BackgroundTasks
from handlers.blocks.policy_summary import settings_view
from handlers.inbound.payloads import Click, HomeOpened, PageTurned, SettingsAsked, WhichChosen, read
from handlers.private_metadata import read_look
from handlers.slack_api.directory import SlackDirectory
from handlers.slack_api.views import SlackViews


class Home:
    """What somebody sees when they look at the app, and their gifts once more."""

    def __init__(
        self, services: Services, directory: SlackDirectory, screens: SlackViews, background: BackgroundTasks
    ) -> None:
        self._services = services
        self._directory = directory
        self._views = screens
        self._background = background

    async def on_opened(self, body: dict[str, Any]) -> None:
        """Fill the tab with where things stand."""
        opened = read(HomeOpened, body)
        if opened.tab == "home":
            self._background.run(self._views.show_home(opened.user, DashboardView()))

    async def on_page_turned(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Show another page of one of its lists."""
        turned = read(PageTurned, body)
        self._background.run(self._views.show_home(turned.user, read_look(turned.to)))
        await ack()

    async def on_which_chosen(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Show other requests of theirs."""
        chosen = read(WhichChosen, body)
        self._background.run(self._views.show_home(chosen.user, chosen.look))
        await ack()

    async def on_settings(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Show the rules in force."""
        asked = read(SettingsAsked, body)
        language = await self._directory.language(asked.user)
        roster = self._services.approvers.cached()
        view = settings_view(self._services.policy, self._services.patience, roster, language)
        self._background.run(self._views.open(asked.caller, view))
        await ack()

    async def on_show_again(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Show somebody a gift of theirs once more."""
        click = read(Click, body)
        gift = await self._services.redemption.check_may_see(click.subject, click.user)
        self._background.run(self._views.show_gift(click.caller, gift))
        await ack()


async def on_gift_opened(ack: AsyncAck) -> None:
    """Slack opens the link by itself and wants only an acknowledgement."""
    await ack()
