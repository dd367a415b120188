"""What it means for the doctor when a gift card service does not do what it was asked."""

from bot.findings import Finding, Trouble, failure, host_of, is_silence
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.outcomes import OutcomeUnknown


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


def is_on_the_way(answer: Trouble) -> bool:
    """Whether it may be a gateway that has answered."""
    return isinstance(answer, OutcomeUnknown) and answer.reason is Reason.NOT_LET_THROUGH
