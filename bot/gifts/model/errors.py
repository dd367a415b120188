"""Everything that can go wrong for a person, as exceptions with words for that person.

GiftbotError              user_message: what the person at hand may read
├── Invalid               what somebody filled in cannot be accepted; a message for each field
├── Refused               somebody may not do this, or not any more
│   └── TooLate           somebody else was faster
├── TooMuch               somebody does more at once than a person can mean
├── StoreLost             nothing can be kept any more
├── NotNow                Slack did not answer, or the bot, while somebody was waiting
└── Unreadable            Slack sent something that this version cannot read

IllegalMove is no GiftbotError: it is a mistake in our own code and never reaches a person as text.
"""

from collections.abc import Mapping
from enum import StrEnum

from bot.gifts.model.refusal import Refusal, RefusalCode
from bot.gifts.model.text import Words, say, sentences


class Field(StrEnum):
    """The fields that a person fills in."""

    RECIPIENTS = "recipients"
    AMOUNT = "amount"
    COUNTRY = "country"
    PRODUCT = "product"
    NOTE = "note"
    ANNOUNCE_IN = "announce_in"
    REASON = "reason"
    STATEMENT = "statement"
    COST_CENTRE = "cost_centre"
    HASHTAG = "hashtag"
    NAMES_AMOUNT = "names_amount"


class GiftbotError(Exception):
    """The root: `user_message` is plain words for the person who acted, without secrets."""

    def __init__(self, user_message: Words) -> None:
        super().__init__(str(user_message))
        self.user_message = user_message


class Invalid(GiftbotError):
    """What was filled in cannot be accepted; `problems` has a code and a message for each field at fault."""

    def __init__(self, problems: Mapping[Field, Refusal]) -> None:
        super().__init__(sentences(problem.words for problem in problems.values()))
        self.problems = dict(problems)


class Refused(GiftbotError):
    """The person may not do this, or it is too late; nothing was changed."""

    def __init__(self, code: RefusalCode, user_message: Words) -> None:
        super().__init__(user_message)
        self.refusal = Refusal(code, user_message)


class TooLate(Refused):
    """Somebody else was faster: they might have done it, so that this was no attempt at what they may not do."""


class RateLimited(GiftbotError):
    """The person has to wait a little; nothing was changed."""


class StoreLost(GiftbotError):
    """Nothing can be kept any more, nothing was changed, and the bot is about to stop."""

    def __init__(self) -> None:
        super().__init__(
            say(
                "giftbot cannot write anything down at the moment, so this was not accepted. Please tell whoever runs"
                " giftbot, and try again later."
            )
        )


class NotNow(GiftbotError):
    """It could not be done in the time that the person waits; nothing was changed, and trying again may help."""


class Unreadable(GiftbotError):
    """Slack sent a payload without something that it always sends; nothing was changed."""


class IllegalMove(RuntimeError):
    """Our own code asked for a step that a gift's life does not have."""
