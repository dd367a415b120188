"""The WeGift contract, which has no harmless call: the links of an order that never was are asked for."""

from typing import Any, Final

from pydantic import TypeAdapter

from bot.findings import Finding, Trouble, failure, fine, host_of, is_silence, warning
from bot.giftcards.api import Api
from bot.giftcards.diagnosis import is_on_the_way, service_failed
from bot.giftcards.wegift.adapter import client
from bot.giftcards.wegift.contract import CONTRACT
from bot.giftcards.wegift.settings import WeGiftSettings
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.outcomes import OutcomeUnknown, Rejected
from bot.gifts.ports import Clock

_WEGIFT: Final = "WeGift"
_KEY: Final = "API key"
_NO_ORDER = "giftbot-doctor"
_ANYTHING = TypeAdapter(Any)


async def check(account: WeGiftSettings, clock: Clock, patience: float) -> Finding:
    """What the answer about an order that does not exist says about the key."""
    async with client(account.wegift_api_key, account.wegift_api_url, patience) as http:
        answer = await Api(http, CONTRACT, clock).get(f"order/{_NO_ORDER}/links", _ANYTHING)
    return _about(answer, account.wegift_api_url)


def _about(answer: Trouble | Any, url: str) -> Finding:
    host = host_of(url)
    if not isinstance(answer, Trouble):
        return _cannot_tell(f"{host} knows links of an order that never was")
    if isinstance(answer, OutcomeUnknown) and answer.reason is Reason.NOT_AUTHORIZED:
        return failure(_KEY, f"not accepted: {answer.detail}", "Copy the key into WEGIFT_API_KEY again.")
    if answer.detail.endswith("version_removed"):
        remedy = "Use GIFTBOT_PROVIDER=runa, or set WEGIFT_API_URL to a deployment that still speaks this contract."
        return failure(_WEGIFT, f"{host} has removed this contract", remedy)
    if is_silence(answer) or is_on_the_way(answer):
        return service_failed(_WEGIFT, answer, url, "WEGIFT_API_URL")
    if isinstance(answer, Rejected) and answer.detail.startswith("404"):
        return fine(_KEY, f"{host} answers and accepts it")
    return _cannot_tell(f"{host} answers {answer.detail}")


def _cannot_tell(found: str) -> Finding:
    return warning(_KEY, f"cannot tell: {found}", "Place a small gift to be sure; check WEGIFT_API_URL.")
