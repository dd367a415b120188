"""`giftbot doctor`: looks at everything that would stop a gift, changes nothing, and says what to do.

    rounds      who is asked, all at once, each with a deadline
    company     the settings, the configuration file, and the hosts that links may have
    slack       the bot token, its scopes, the clock
    deciders    who may decide: the people and user groups of every pool
    way_in      how clicks come in: Socket Mode or HTTP; and webhooks
    letter      with --live: a message that is sent, found again and changed
    runa        the gift card service, in the contract of 2024
    wegift      likewise, in the contract of 2022
    database    the file, the disk, and what waits in it
    history     whether anybody has changed it
    machine     Python, SQLite, `.env`
    findings    what was found, with what to do about it
    answers     what it means when a service does not do what it was asked
    report      the table

Nothing that it says is secret: it quotes types and codes of errors, never a token, a key or a link.
"""

from rich.console import Console

from bot.clock import SystemClock
from bot.settings import Account, HttpSettings, SocketSettings
from bot.tools.doctor.report import show
from bot.tools.doctor.runner import examine


async def visit(settings: SocketSettings | HttpSettings, account: Account, live: str | None = None) -> bool:
    """Examine an installation, print what was found, and say whether gifts can go through."""
    return show(await examine(settings, account, SystemClock(), live), Console(emoji=False, highlight=False))
