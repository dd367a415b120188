"""What it means when Slack or a gift card service does not do what it was asked, and what to do about it."""

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.outcomes import OutcomeUnknown, Rejected, Unavailable
from bot.tools.doctor.results import Finding, failure
from handlers.slack_api.remedies import ABOUT_THE_TOKEN, CHECK_THE_WAY, remedy_of

Trouble = Rejected | Unavailable | OutcomeUnknown


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
    return isinstance(answer, OutcomeUnknown) and answer.reason is Reason.NOT_LET_THROUGH


def host_of(url: str) -> str:
    """The host of an address, for people."""
    return urlsplit(url).netloc
