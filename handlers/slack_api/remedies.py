"""What to do when Slack does not let the bot do something, for whoever runs it."""

from typing import Final

BOT_TOKEN: Final = "SLACK_BOT_TOKEN"  # noqa: S105 - the name of a variable
APP_TOKEN: Final = "SLACK_APP_TOKEN"  # noqa: S105 - likewise
REINSTALL: Final = "At api.slack.com/apps compare the app with manifest.yml, then Install App, Reinstall to Workspace."
LET_IN_AGAIN: Final = (
    "Install giftbot into the workspace again (api.slack.com/apps, Install App), copy its Bot User OAuth Token into "
    "SLACK_BOT_TOKEN, and start giftbot again. Until then everything waits, and nothing is lost."
)
CONNECT_AGAIN: Final = (
    "Generate an app-level token with connections:write (api.slack.com/apps, Basic Information), put it into "
    "SLACK_APP_TOKEN, and start giftbot again."
)
CHECK_THE_WAY: Final = "Check network, proxy and firewall; slack-status.com says whether others are hit too."
ASK_SLACK: Final = "Try again in a minute; then search docs.slack.dev for these words."
WHERE_TOKENS_ARE: Final = {
    BOT_TOKEN: "Copy the Bot User OAuth Token (api.slack.com/apps, OAuth & Permissions) into SLACK_BOT_TOKEN again.",
    APP_TOKEN: "Generate an app-level token with connections:write (api.slack.com/apps, Basic Information) "
    "and put it into SLACK_APP_TOKEN.",
}
ABOUT_THE_TOKEN: Final = {
    "account_inactive",
    "invalid_auth",
    "not_allowed_token_type",
    "not_authed",
    "token_expired",
    "token_revoked",
}


def remedy_of(code: str, token: str) -> str:
    """What to do about an error of Slack's that the same call would meet again; `token` names the variable."""
    if code in ABOUT_THE_TOKEN:
        return WHERE_TOKENS_ARE[token]
    return REINSTALL if code == "missing_scope" else ASK_SLACK
