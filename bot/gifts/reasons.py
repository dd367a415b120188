"""PURE: why a gift failed or is parked, in plain words, with what to do about it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Reason(StrEnum):
    """Why a gift waits for a person."""

    INSUFFICIENT_FUNDS = "insufficient_funds"
    CARD_REFUSED = "card_refused"
    NOT_AUTHORIZED = "not_authorized"
    ORDERING_RESTRICTED = "ordering_restricted"
    NOT_OFFERED = "not_offered"
    ORDER_REFUSED = "order_refused"
    NO_ANSWER = "no_answer"
    ANSWER_UNREADABLE = "answer_unreadable"
    ANSWER_DIFFERS = "answer_differs"
    KEY_TOO_OLD = "key_too_old"
    LINK_LATE = "link_late"
    LINK_NOT_TRUSTED = "link_not_trusted"
    RECIPIENT_UNREACHABLE = "recipient_unreachable"
    MESSAGE_UNCERTAIN = "message_uncertain"
    UNEXPECTED = "unexpected"

    @property
    def words(self) -> str:
        """What happened, for people, as a sentence without its full stop."""
        return _ADVICE[self].words

    @property
    def remedy(self) -> str:
        """What to do about it, as full sentences."""
        return _ADVICE[self].remedy

    @property
    def can_retry(self) -> bool:
        """Whether trying again could help."""
        return _ADVICE[self].can_retry

    @property
    def patience(self) -> timedelta:
        """How long the machine goes on trying by itself before a person looks."""
        return _ADVICE[self].patience


@dataclass(frozen=True, slots=True)
class _Advice:
    words: str
    remedy: str
    can_retry: bool = True
    patience: timedelta = timedelta(days=1)


_ADVICE = {
    Reason.INSUFFICIENT_FUNDS: _Advice(
        "the account at the gift card service has too little money",
        "Top up the account, then retry.",
    ),
    Reason.CARD_REFUSED: _Advice(
        "the payment card was refused",
        "Check the saved card at the gift card service, then retry.",
    ),
    Reason.NOT_AUTHORIZED: _Advice(
        "the gift card service did not accept our API key",
        "Ask whoever runs giftbot to check the key, then retry.",
    ),
    Reason.ORDERING_RESTRICTED: _Advice(
        "the gift card service has stopped orders for this account",
        "Ask the gift card service why, then retry.",
    ),
    Reason.NOT_OFFERED: _Advice(
        "the gift card service offers no gift of this value in this country",
        "Ask for another amount in a new request.",
        can_retry=False,
    ),
    Reason.ORDER_REFUSED: _Advice(
        "the gift card service refused the order",
        "Ask whoever runs giftbot to look at its log, then retry.",
    ),
    Reason.NO_ANSWER: _Advice(
        "the gift card service has not given a usable answer for a day; the order may exist",
        "Retry asks about the same order again and never orders twice.",
    ),
    Reason.ANSWER_UNREADABLE: _Advice(
        "the gift card service keeps answering something that cannot be read; the order may exist",
        "Ask whoever runs giftbot to look at its log. Retry asks about the same order again and never orders twice.",
        patience=timedelta(minutes=2),
    ),
    Reason.ANSWER_DIFFERS: _Advice(
        "the gift card service answered with another order than ours",
        "Ask whoever runs giftbot to compare the orders at the service. Retry asks about the same order again.",
        patience=timedelta(seconds=1),
    ),
    Reason.KEY_TOO_OLD: _Advice(
        "it has been too long to ask about this order again; the order may exist",
        "Ask whoever runs giftbot to look for it at the gift card service; if there is none, ask for it anew.",
        can_retry=False,
    ),
    Reason.LINK_LATE: _Advice(
        "the gift is ordered, but for a day the gift card service has not handed over its link",
        "Retry asks for the link again.",
    ),
    Reason.LINK_NOT_TRUSTED: _Advice(
        "the gift is ordered, but its link points to a place that is not on our list",
        "Ask whoever runs giftbot to check GIFTBOT_LINK_HOSTS, then retry.",
    ),
    Reason.RECIPIENT_UNREACHABLE: _Advice(
        "the gift is ordered, but Slack does not let me write to its recipient",
        "Retry once the recipient can be reached.",
    ),
    Reason.MESSAGE_UNCERTAIN: _Advice(
        "the gift is ordered, but for a day Slack has not said whether its message arrived",
        "Retry looks the message up before it is sent again.",
    ),
    Reason.UNEXPECTED: _Advice(
        "something unexpected keeps going wrong here",
        "Ask whoever runs giftbot to look at its log. Retry goes on where the gift stands.",
    ),
}
