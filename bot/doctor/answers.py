"""What it means when Slack or a gift card service does not do what it was asked, and what to do about it."""

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from bot.doctor.findings import Finding, failure
from bot.gifts.ports import OutcomeUnknown, Rejected, Unavailable
from bot.gifts.reasons import Reason

Trouble = Rejected | Unavailable | OutcomeUnknown

BOT_TOKEN = "SLACK_BOT_TOKEN"  # noqa: S105 - the name of a variable
APP_TOKEN = "SLACK_APP_TOKEN"  # noqa: S105 - likewise
REINSTALL = "At api.slack.com/apps compare the app with manifest.yml, then Install App, Reinstall to Workspace."
WHERE_TOKENS_ARE = {
    BOT_TOKEN: "Copy the Bot User OAuth Token (api.slack.com/apps, OAuth & Permissions) into SLACK_BOT_TOKEN again.",
    APP_TOKEN: "Generate an app-level token with connections:write (api.slack.com/apps, Basic Information) "
    "and put it into SLACK_APP_TOKEN.",
}
_ABOUT_THE_TOKEN = {
    "account_inactive",
    "invalid_auth",
    "not_allowed_token_type",
    "not_authed",
    "token_expired",
    "token_revoked",
}


def slack_failed(
    what: str, answer: Trouble, url: str, token: str, remedies: Mapping[str, str] = MappingProxyType({})
) -> Finding:
    """A row about a call that Slack refused or did not answer; `remedies` are by Slack's error."""
    code = answer.detail
    if code in _ABOUT_THE_TOKEN:
        return failure(what, f"Slack does not accept {token}: {code}", WHERE_TOKENS_ARE[token])
    if code == "missing_scope":
        return failure(what, "a scope is missing", REINSTALL)
    if code in remedies:
        return failure(what, f"Slack says {code}", remedies[code])
    if is_silence(answer):
        remedy = "Check network, proxy and firewall; slack-status.com says whether others are hit too."
        return failure(what, f"{host_of(url)} does not answer: {code}", remedy)
    return failure(what, f"Slack says {code}", "Try again in a minute; then search docs.slack.dev for these words.")


def service_failed(what: str, answer: Trouble, url: str, variable: str) -> Finding:
    """A row about a gift card service that cannot be asked; `variable` names its address."""
    host = host_of(url)
    if is_silence(answer):
        remedy = f"Check {variable}, network, proxy and firewall, and the service's status page."
        return failure(what, f"{host} does not answer: {answer.detail.removeprefix('GET: ')}", remedy)
    if is_on_the_way(answer):
        remedy = f"Check {variable}, the key, proxy and firewall, and which addresses the service lets in."
        return failure(what, f"{host}, or something on the way to it, lets nothing through: {answer.detail}", remedy)
    remedy = f"Check {variable}; try again in a minute; then ask the service."
    return failure(what, f"{host} answers {answer.detail}", remedy)


def is_silence(answer: Trouble) -> bool:
    """Whether nothing came back at all."""
    return "not reached" in answer.detail or "no reply" in answer.detail


def is_on_the_way(answer: Trouble) -> bool:
    """Whether it may be a gateway that has answered."""
    return isinstance(answer, Unavailable) and answer.reason is Reason.NOT_LET_THROUGH


def host_of(url: str) -> str:
    """The host of an address, for people."""
    return urlsplit(url).netloc
