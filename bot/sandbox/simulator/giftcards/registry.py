"""Every gift card service that can be simulated, by the name that GIFTBOT_PROVIDER has for it: one line each."""

from bot.sandbox.simulator.giftcards.runa.api import RunaApi
from bot.sandbox.simulator.giftcards.service import GiftCardService
from bot.sandbox.simulator.giftcards.wegift.api import WeGiftApi

SERVICES: dict[str, type[GiftCardService]] = {}


def register(service: type[GiftCardService]) -> None:
    """Let demo, playground and tests name this service from now on."""
    SERVICES[service.provider] = service


def usual_service() -> str:
    """The one where nobody names any: the first."""
    return next(iter(SERVICES))


register(RunaApi)
register(WeGiftApi)
