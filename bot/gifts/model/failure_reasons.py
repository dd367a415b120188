"""PURE: why a gift failed, needs review or came to nothing: in words for its requester and for approvers, and how."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.gifts.model.text import Words, say


class Scope(StrEnum):
    """Which further orders would be refused for the same reason."""

    CURRENCY = "currency"  # those paid from the same balance
    ALL = "all"


class Reason(StrEnum):
    """Why a gift waits for a person."""

    INSUFFICIENT_FUNDS = "insufficient_funds"
    CARD_REFUSED = "card_refused"
    NOT_AUTHORIZED = "not_authorized"
    ORDERING_RESTRICTED = "ordering_restricted"
    NOT_LET_THROUGH = "not_let_through"
    OUT_OF_DATE = "out_of_date"
    NOT_OFFERED = "not_offered"
    CURRENCY_MISMATCH = "currency_mismatch"
    CURRENCY_CHANGED = "currency_changed"
    ORDER_REFUSED = "order_refused"
    NO_ORDER = "no_order"
    NOT_REACHED = "not_reached"
    NO_ANSWER = "no_answer"
    REFUSED_SINCE = "refused_since"
    ANSWER_UNREADABLE = "answer_unreadable"
    ANSWER_DIFFERS = "answer_differs"
    KEY_TOO_OLD = "key_too_old"
    REPEAT_REFUSED = "repeat_refused"
    DATABASE_RESTORED = "database_restored"
    LINK_LATE = "link_late"
    LINK_WITHHELD = "link_withheld"
    LINK_UNREADABLE = "link_unreadable"
    LINK_DIFFERS = "link_differs"
    LINK_NOT_TRUSTED = "link_not_trusted"
    LINK_EXPIRED = "link_expired"
    LINK_CANCELLED = "link_cancelled"
    RECIPIENT_UNREACHABLE = "recipient_unreachable"
    RECIPIENT_GONE = "recipient_gone"
    RECIPIENT_LEFT = "recipient_left"
    RECIPIENT_UNSURE = "recipient_unsure"
    MESSAGE_NOT_TAKEN = "message_not_taken"
    MESSAGE_UNCERTAIN = "message_uncertain"
    UNEXPECTED = "unexpected"

    @property
    def for_requester(self) -> Words:
        """What happened, for whoever asked for the gift, as a sentence without its full stop."""
        return _ADVICE[self].requester

    @property
    def words(self) -> Words:
        """What happened, for those who can mend it, as a sentence without its full stop."""
        return _ADVICE[self].operator

    @property
    def remedy(self) -> Words:
        """What to do about it, as full sentences."""
        return _ADVICE[self].remedy

    @property
    def cure(self) -> Words:
        """What to do while orders are on hold because of it, as full sentences: not all have a gift to retry."""
        return _ADVICE[self].cure or self.remedy

    @property
    def remedy_for_requester(self) -> Words | None:
        """What whoever asked for the gift can do about it, as full sentences; None where that is for others."""
        return _ADVICE[self].requester_remedy

    @property
    def can_retry(self) -> bool:
        """Whether trying again could help."""
        return _ADVICE[self].can_retry

    @property
    def can_order_anew(self) -> bool:
        """Whether only somebody who looks at the gift card service can say that there is no order."""
        return _ADVICE[self].can_order_anew

    @property
    def patience(self) -> timedelta:
        """How long the machine goes on trying by itself before a person looks."""
        return _ADVICE[self].patience

    @property
    def holds(self) -> Scope | None:
        """Which further orders wait instead of being refused one by one."""
        return _ADVICE[self].holds


@dataclass(frozen=True, slots=True)
class _Advice:
    requester: Words
    operator: Words
    remedy: Words
    requester_remedy: Words | None = None
    can_retry: bool = True
    can_order_anew: bool = False
    patience: timedelta = timedelta(days=1)
    holds: Scope | None = None
    cure: Words | None = None


_UNDER_REPAIR = say("it cannot be ordered just now; those who run giftbot know why")
_LONG_ENOUGH = timedelta(days=4)  # over a weekend, a bank holiday included
_UNCERTAIN = timedelta(hours=1)  # an order that may exist is in front of a person by then
_ANOTHER_WISH = say("Ask for another amount or another gift card in a new request.")
_IF_THERE_IS_NONE = say(
    "Retry asks about the same order again and never orders twice. If you see at the gift card service that there is "
    "no such order, say so with “Order anew”."
)
_ONLY_BY_LOOKING = say(
    "Look for it at the gift card service. If there is no such order, say so with “Order anew”; else close it here."
)

_ADVICE = {
    Reason.INSUFFICIENT_FUNDS: _Advice(
        say("the company's account for gifts has to be topped up first"),
        say("the account at the gift card service has too little money"),
        say("Top up the account, then retry."),
        patience=_LONG_ENOUGH,
        holds=Scope.CURRENCY,
    ),
    Reason.CARD_REFUSED: _Advice(
        say("the company's payment card was refused"),
        say("the payment card was refused"),
        say("Check the saved card at the gift card service, then retry."),
        patience=_LONG_ENOUGH,
        holds=Scope.ALL,
    ),
    Reason.NOT_AUTHORIZED: _Advice(
        _UNDER_REPAIR,
        say("the gift card service did not accept our API key"),
        say("Ask whoever runs giftbot to check the key, then retry."),
        patience=_LONG_ENOUGH,
        holds=Scope.ALL,
        cure=say("Ask whoever runs giftbot to check the key."),
    ),
    Reason.ORDERING_RESTRICTED: _Advice(
        _UNDER_REPAIR,
        say("the gift card service has stopped orders for this account"),
        say("Ask the gift card service why, then retry."),
        patience=_LONG_ENOUGH,
        holds=Scope.ALL,
        cure=say("Ask the gift card service why."),
    ),
    Reason.NOT_LET_THROUGH: _Advice(
        _UNDER_REPAIR,
        say("the gift card service, or something on the way to it, does not let our orders through"),
        say("Ask whoever runs giftbot to check key, proxy and firewall, then retry."),
        patience=_LONG_ENOUGH,
        holds=Scope.ALL,
        cure=say("Ask whoever runs giftbot to check key, proxy and firewall."),
    ),
    Reason.OUT_OF_DATE: _Advice(
        _UNDER_REPAIR,
        say("the gift card service no longer speaks the version of its contract that giftbot does"),
        say("Ask whoever runs giftbot to update it, then retry."),
        patience=_LONG_ENOUGH,
        holds=Scope.ALL,
        cure=say("Ask whoever runs giftbot to update it."),
    ),
    Reason.NOT_OFFERED: _Advice(
        say("there is no such gift of this value in this country"),
        say("the gift card service offers no such gift of this value in this country"),
        _ANOTHER_WISH,
        requester_remedy=_ANOTHER_WISH,
        can_retry=False,
    ),
    Reason.CURRENCY_MISMATCH: _Advice(
        _UNDER_REPAIR,
        say("what recipients may choose from is in another currency than the gift"),
        say("Ask whoever runs giftbot to check the templates in giftbot.toml, then retry."),
    ),
    Reason.CURRENCY_CHANGED: _Advice(
        say("gifts for its country are in another currency now, so nothing was ordered"),
        say("gifts for its country are in another currency now, so nothing was ordered"),
        say("Ask for it anew in a new request."),
        can_retry=False,
    ),
    Reason.ORDER_REFUSED: _Advice(
        say("the gift card service refused the order"),
        say("the gift card service refused the order"),
        say("Ask whoever runs giftbot to look at its log, then retry."),
    ),
    Reason.NO_ORDER: _Advice(
        say("the gift card service did not make the order"),
        say("the gift card service gave no usable answer, and its list has no such order: nothing was ordered"),
        say("Retry orders it anew."),
    ),
    Reason.NOT_REACHED: _Advice(
        say("the gift card service could not be reached for a day"),
        say("for a day, the gift card service could not be reached, or took no orders"),
        say("Retry tries again."),
    ),
    Reason.NO_ANSWER: _Advice(
        say("the gift card service has not confirmed the order for an hour"),
        say("the gift card service has not given a usable answer for an hour; the order may exist"),
        _IF_THERE_IS_NONE,
        can_order_anew=True,
        patience=_UNCERTAIN,
    ),
    Reason.REFUSED_SINCE: _Advice(
        say("the gift card service does not say whether it made the order"),
        say(
            "the gift card service gave no usable answer to the order, and has refused to say more since then; the "
            "order may exist"
        ),
        _IF_THERE_IS_NONE,
        can_order_anew=True,
        patience=_UNCERTAIN,
    ),
    Reason.ANSWER_UNREADABLE: _Advice(
        say("the gift card service answers something that I do not understand"),
        say("the gift card service keeps answering something that cannot be read; the order may exist"),
        _IF_THERE_IS_NONE,
        can_order_anew=True,
        patience=timedelta(minutes=2),
    ),
    Reason.ANSWER_DIFFERS: _Advice(
        say("the gift card service answered with another order than yours"),
        say("the gift card service answered with another order than ours"),
        say(
            "Ask whoever runs giftbot to compare the orders at the service. Retry asks about the same order again; if "
            "you see that there is none for this gift, say so with “Order anew”."
        ),
        can_order_anew=True,
        patience=timedelta(seconds=1),
    ),
    Reason.KEY_TOO_OLD: _Advice(
        say("it has been too long to ask about this order again"),
        say("it has been too long to ask about this order again; the order may exist"),
        _ONLY_BY_LOOKING,
        can_retry=False,
        can_order_anew=True,
    ),
    Reason.REPEAT_REFUSED: _Advice(
        say("the gift card service does not say whether it made the order"),
        say("the gift card service says that this order must not be sent again; it may exist"),
        _ONLY_BY_LOOKING,
        can_retry=False,
        can_order_anew=True,
    ),
    Reason.DATABASE_RESTORED: _Advice(
        say("it may have been ordered already, in a time that I have lost"),
        say("a backup of the database was restored, and the order may have been made in the time that it has lost"),
        _ONLY_BY_LOOKING,
        can_retry=False,
        can_order_anew=True,
    ),
    Reason.LINK_LATE: _Advice(
        say("the gift is ordered, but its link has not come for a day"),
        say("the gift is ordered, but for a day the gift card service has not handed over its link"),
        say("Retry asks for the link again."),
    ),
    Reason.LINK_WITHHELD: _Advice(
        say("the gift is ordered, but its link cannot be fetched just now"),
        say("the gift is ordered, but the gift card service, or something on the way to it, withholds its link"),
        say("Ask whoever runs giftbot to check key, proxy and firewall, then retry."),
        patience=_LONG_ENOUGH,
    ),
    Reason.LINK_UNREADABLE: _Advice(
        say("the gift is ordered, but the gift card service answers something that I do not understand"),
        say("the gift is ordered, but what the gift card service answers about its link cannot be read"),
        say("Ask whoever runs giftbot to look at its log. Retry asks for the link again."),
        patience=timedelta(minutes=2),
    ),
    Reason.LINK_DIFFERS: _Advice(
        say("the gift is ordered, but its link is worth another amount"),
        say("the gift is ordered, but its link is worth another amount"),
        say("Ask whoever runs giftbot to compare the orders at the service. Retry asks for the link again."),
    ),
    Reason.LINK_NOT_TRUSTED: _Advice(
        say("the gift is ordered, but its link looks wrong"),
        say("the gift is ordered, but its link points to a place that is not on our list"),
        say("Ask whoever runs giftbot to check GIFTBOT_LINK_HOSTS, then retry."),
    ),
    Reason.LINK_EXPIRED: _Advice(
        say("the gift was ordered, but its link has expired"),
        say("the gift was ordered, but its link has expired"),
        say("Ask the gift card service whether it can be renewed, then retry."),
    ),
    Reason.LINK_CANCELLED: _Advice(
        say("the gift was ordered, but its link has been cancelled"),
        say("the gift was ordered, but the gift card service has cancelled its link"),
        say("Ask the gift card service why; if it is valid again, retry."),
    ),
    Reason.RECIPIENT_UNREACHABLE: _Advice(
        say("the gift is ordered, but Slack does not let me write to its recipient"),
        say("the gift is ordered, but Slack does not let me write to its recipient"),
        say("Retry once the recipient can be reached."),
    ),
    Reason.RECIPIENT_GONE: _Advice(
        say("its recipient has left, so nothing was ordered"),
        say("its recipient is no colleague any more, so nothing was ordered"),
        say("Retry if they are back."),
    ),
    Reason.RECIPIENT_LEFT: _Advice(
        say("the gift is ordered, but its recipient is no colleague any more"),
        say("the gift is ordered, but its recipient is no colleague any more"),
        say("Retry if they are back."),
    ),
    Reason.RECIPIENT_UNSURE: _Advice(
        say("for a day, Slack has not said whether its recipient still has an account here"),
        say("for a day, Slack has not said whether its recipient still has an account here"),
        say("Retry asks Slack again."),
    ),
    Reason.MESSAGE_NOT_TAKEN: _Advice(
        say("the gift is ordered, but for a day Slack has not taken its message"),
        say("the gift is ordered, but for a day Slack has not taken its message; the log says why"),
        say("Retry sends it again."),
    ),
    Reason.MESSAGE_UNCERTAIN: _Advice(
        say("the gift is ordered, but Slack does not say whether its message arrived"),
        say("the gift is ordered, but for a day Slack has not said whether its message arrived"),
        say(
            "Retry looks the message up before it is sent again. Where Slack no longer shows it, ask the recipient; if "
            "it never arrived, say so with “Send it again”."
        ),
    ),
    Reason.UNEXPECTED: _Advice(
        say("something unexpected keeps going wrong here"),
        say("something unexpected keeps going wrong here"),
        say("Ask whoever runs giftbot to look at its log. Retry goes on where the gift stands."),
    ),
}
