"""Everything that knows Slack's shapes. `register` is the table of contents."""

from collections.abc import Callable

from slack_bolt.async_app import AsyncApp

from bot.gifts.ports import Clock
from bot.gifts.services import Services
from handlers.approval import ApprovalListeners
from handlers.background_tasks import BackgroundTasks
from handlers.directory_events import DirectoryEvents
from handlers.errors import Errors
from handlers.home import Home, on_gift_opened
from handlers.ids import ANY_PRODUCT, ANYTHING_ELSE, ANYWHERE_SHORTCUT, GIFT_COMMAND, MESSAGE_SHORTCUT, ActionId, ViewId
from handlers.inbound.user_rate_limit import UserRateLimit
from handlers.request import RequestListeners
from handlers.resolve import ResolveListeners
from handlers.retired import on_retired_button, on_retired_form, on_retired_search
from handlers.slack_access import SlackAccess
from handlers.slack_api.directory import SlackDirectory
from handlers.slack_api.views import SlackViews


def register(
    app: AsyncApp,
    services: Services,
    directory: SlackDirectory,
    screens: SlackViews,
    access: SlackAccess,
    background: BackgroundTasks,
    clock: Clock,
    new_id: Callable[[], str],
) -> None:
    """Tell Bolt who listens to what."""
    submissions = RequestListeners(services, directory, screens, background, new_id)
    decisions = ApprovalListeners(services.decide, directory, screens, background)
    resolution = ResolveListeners(services.resolve, directory, screens, background)
    home = Home(services, directory, screens, background)
    changes = DirectoryEvents(directory)

    app.middleware(UserRateLimit(clock))

    # Bolt asks one listener after the other, so what happens most, and does most, stands before the rest
    app.action(ActionId.APPROVE)(decisions.on_approve)
    app.view(ViewId.REQUEST)(submissions.on_submission)
    app.command(GIFT_COMMAND)(submissions.on_command)

    app.shortcut(ANYWHERE_SHORTCUT)(submissions.on_shortcut)
    app.shortcut(MESSAGE_SHORTCUT)(submissions.on_shortcut)
    app.action(ActionId.COUNTRY)(submissions.on_form_changed)
    app.action(ANY_PRODUCT)(submissions.on_form_changed)
    app.options(ANY_PRODUCT)(submissions.on_product_search)

    app.action(ActionId.APPROVE_WITH)(decisions.on_approve_with)
    app.view(ViewId.APPROVE)(decisions.on_approve_submission)
    app.action(ActionId.DECLINE)(decisions.on_decline)
    app.view(ViewId.DECLINE)(decisions.on_decline_submission)
    app.action(ActionId.EDIT)(submissions.on_edit)
    app.action(ActionId.CANCEL)(decisions.on_cancel)

    app.action(ActionId.OPEN_GIFT)(on_gift_opened)
    app.action(ActionId.RETRY)(resolution.on_retry)
    app.action(ActionId.SEND_AGAIN)(resolution.on_send_again)
    app.action(ActionId.ORDER_ANEW)(resolution.on_order_anew)
    app.view(ViewId.ORDER_ANEW)(resolution.on_order_anew_submission)
    app.action(ActionId.CLOSE)(resolution.on_close)
    app.view(ViewId.CLOSE)(resolution.on_close_submission)
    app.action(ActionId.SHOW_AGAIN)(home.on_show_again)
    app.event("app_home_opened")(home.on_opened)
    app.action(ActionId.PAGE_BEFORE)(home.on_page_turned)
    app.action(ActionId.PAGE_BEHIND)(home.on_page_turned)
    app.action(ActionId.WHICH)(home.on_which_chosen)
    app.action(ActionId.SETTINGS)(home.on_settings)
    app.event("user_change")(changes.on_person)
    app.event("subteam_members_changed")(changes.on_group)
    app.event("subteam_updated")(changes.on_group)
    app.event("app_uninstalled")(access.on_lost)
    app.event("tokens_revoked")(access.on_lost)

    # what an older version, or a newer one, has shown
    app.action(ANYTHING_ELSE)(on_retired_button)
    app.view(ANYTHING_ELSE)(on_retired_form)
    app.shortcut(ANYTHING_ELSE)(on_retired_button)
    app.options(ANYTHING_ELSE)(on_retired_search)
    app.error(Errors(directory, screens, background).on_error)
