"""What it means when Slack does not do what it was asked, and what to do about it."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.findings import Finding, Trouble, failure, host_of, is_silence
from handlers.slack_api.remedies import ABOUT_THE_TOKEN, CHECK_THE_WAY, remedy_of


def slack_failed(
    what: str, answer: Trouble, url: str, token: str, remedies: Mapping[str, str] = MappingProxyType({})
) -> Finding:
    """A row about a call that Slack refused or did not answer; `remedies` are by Slack's error."""
    code = answer.detail
    if code in ABOUT_THE_TOKEN:
        return failure(what, f"Slack does not accept {token}: {code}", remedy_of(code, token))
    if code == "missing_scope":
        return failure(what, "a scope is missing", remedy_of(code, token))
    if code in remedies:
        return failure(what, f"Slack says {code}", remedies[code])
    if is_silence(answer):
        return failure(what, f"{host_of(url)} does not answer: {code}", CHECK_THE_WAY)
    return failure(what, f"Slack says {code}", remedy_of(code, token))
