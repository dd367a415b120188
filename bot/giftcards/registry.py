"""Every gift card service that giftbot can order from, by its name: a folder each, and one line here.

Its simulator for demo, playground and tests is registered beside the others in `bot.sandbox.simulator.giftcards`: what
the bot is tried with is never imported by the bot.
"""

from collections.abc import Mapping

from bot.config_file.sections import Section
from bot.giftcards.account import Account
from bot.giftcards.runa.account import RunaAccount
from bot.giftcards.wegift.account import WeGiftAccount

PROVIDERS: dict[str, type[Account]] = {}


def register(account: type[Account]) -> None:
    """Let GIFTBOT_PROVIDER name this service from now on."""
    PROVIDERS[account.provider] = account


def usual_provider() -> str:
    """The one where nobody names any: the first."""
    return next(iter(PROVIDERS))


def tables() -> Mapping[str, type[Section]]:
    """The tables of giftbot.toml that belong to one service, by its name."""
    return {name: account.table for name, account in PROVIDERS.items() if account.table}


register(RunaAccount)
register(WeGiftAccount)
