"""`giftbot doctor`: looks at everything that would stop a gift, changes nothing, and says what to do.

    runner      who is asked, all at once, each with a deadline
    config      the settings, the configuration file, and the hosts that links may have
    slack       the bot token, its scopes, the clock
    approvers   who may decide: the people and user groups of every pool
    inbound     how clicks come in: Socket Mode or HTTP
    live_message  with --live: a message that is sent, found again and changed
    database    the file, the disk, and what waits in it
    audit_log   whether anybody has changed the history
    machine     Python, SQLite, `.env`
    diagnosis   what it means when Slack does not do what it was asked
    report      the table

What there is to look at about a gift card service is said by its own folder (`bot.giftcards`).
Nothing that it says is secret: it quotes types and codes of errors, never a token, a key or a link.
"""

from rich.console import Console

from bot.clock import SystemClock
from bot.giftcards.account import Account
from bot.settings import HttpSettings, SocketSettings
from bot.tools.doctor.report import show
from bot.tools.doctor.runner import examine


async def visit(settings: SocketSettings | HttpSettings, account: Account, live: str | None = None) -> bool:
    """Examine an installation, print what was found, and say whether gifts can go through."""
    return show(await examine(settings, account, SystemClock(), live), Console(emoji=False, highlight=False))
