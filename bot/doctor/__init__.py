"""`giftbot doctor`: looks at everything that would stop a gift, changes nothing, and says what to do.

    rounds      who is asked, all at once, each with a deadline
    company     the settings, and the hosts that links may have
    slack       the bot token, its scopes, the clock, the approvers
    way_in      how clicks come in: Socket Mode or HTTP, and the approvals channel
    letter      with --live: a message that is sent, looked up and changed
    runa        the gift card service, in the contract of 2024
    wegift      likewise, in the contract of 2022
    database    the file, the disk, and the work that waits in it
    machine     Python, SQLite, `.env`
    findings    what was found, with what to do about it
    answers     what it means when a service does not do what it was asked
    report      the table

Nothing that it says is secret: it quotes types and codes of errors, never a token, a key or a link.
"""

from bot.doctor.report import show
from bot.doctor.rounds import examine

__all__ = ["examine", "show"]
