"""PURE: why somebody may not do something: a stable code for machines, and a sentence for the person, together."""

from enum import StrEnum
from typing import Final, NamedTuple

from bot.gifts.model.text import Words, say


class RefusalCode(StrEnum):
    """Why not. The values stand on the record and never change; each belongs to one sentence, which may."""

    # who somebody is
    OTHER_WORKSPACE = "other_workspace"
    NOT_A_COLLEAGUE = "not_a_colleague"
    NOT_AN_APPROVER = "not_an_approver"
    NOT_YOURS_TO_CHANGE = "not_yours_to_change"
    NOT_YOURS_TO_CANCEL = "not_yours_to_cancel"
    NOT_YOUR_FORM = "not_your_form"
    NOT_YOUR_GIFT = "not_your_gift"
    OWN_REQUEST = "own_request"
    OWN_GIFT = "own_gift"

    # how things stand
    UNKNOWN_REQUEST = "unknown_request"
    UNKNOWN_GIFT = "unknown_gift"
    ALREADY_DECIDED = "already_decided"
    CHANGED_BEFORE_DECISION = "changed_before_decision"
    CHANGED_BEFORE_CHANGE = "changed_before_change"
    NO_RULE_ANY_MORE = "no_rule_any_more"
    HAS_APPROVED = "has_approved"
    DEPUTY_HAS_APPROVED = "deputy_has_approved"
    IS_AWAY = "is_away"
    NOT_YOUR_TURN = "not_your_turn"
    NEEDED_LATER = "needed_later"
    APPROVER_GONE = "approver_gone"

    # what somebody asks for
    RECIPIENT_COUNT = "recipient_count"
    GIFT_TO_ONESELF = "gift_to_oneself"
    MAY_NOT_ASK = "may_not_ask"
    REQUESTER_BARRED = "requester_barred"
    RECIPIENT_BARRED = "recipient_barred"
    RECIPIENT_LEFT = "recipient_left"
    APPROVERS_HAVE_LEFT = "approvers_have_left"
    NOTE_TOO_LONG = "note_too_long"
    UNKNOWN_COST_CENTRE = "unknown_cost_centre"
    UNKNOWN_HASHTAG = "unknown_hashtag"
    UNKNOWN_COUNTRY = "unknown_country"
    PRODUCT_NOT_SOLD = "product_not_sold"
    TOO_MANY_WAITING = "too_many_waiting"
    NO_RULE = "no_rule"
    NOBODY_LEFT = "nobody_left"
    TOO_FEW_LEFT = "too_few_left"

    # amounts
    AMOUNT_MISSING = "amount_missing"
    AMOUNT_UNREADABLE = "amount_unreadable"
    AMOUNT_AMBIGUOUS = "amount_ambiguous"
    AMOUNT_DIGITS = "amount_digits"
    AMOUNT_NOT_POSITIVE = "amount_not_positive"
    AMOUNT_TOO_LARGE = "amount_too_large"
    AMOUNT_TOO_FINE = "amount_too_fine"
    AMOUNT_NOT_WHOLE = "amount_not_whole"
    AMOUNT_NOT_SOLD = "amount_not_sold"
    AMOUNT_NOT_OF_PRODUCT = "amount_not_of_product"
    NO_LIMIT_IN_CURRENCY = "no_limit_in_currency"
    OVER_LIMIT = "over_limit"
    OVER_BUDGET = "over_budget"
    MORE_THAN_ASKED = "more_than_asked"

    # what somebody says about a decision
    APPROVAL_NOTE_TOO_LONG = "approval_note_too_long"
    DECLINE_NEEDS_REASON = "decline_needs_reason"

    # delegations
    NOTHING_TO_DELEGATE = "nothing_to_delegate"
    NOT_AWAY = "not_away"
    DELEGATION_LOOP = "delegation_loop"
    DEPUTY_MISSING = "deputy_missing"
    DEPUTY_IS_ONESELF = "deputy_is_oneself"
    DEPUTY_BARRED = "deputy_barred"
    DAY_UNREADABLE = "day_unreadable"
    DAY_OUT_OF_RANGE = "day_out_of_range"

    # gifts that have stopped, and gifts that have arrived
    HAS_GONE_ON = "has_gone_on"
    RETRY_CANNOT_HELP = "retry_cannot_help"
    RETRY_INSTEAD = "retry_instead"
    TRIED_JUST_NOW = "tried_just_now"
    WORDS_MISSING = "words_missing"
    NOT_STATED = "not_stated"
    NOT_ARRIVED = "not_arrived"
    SHOWN_TOO_OFTEN = "shown_too_often"

    # what another version has shown
    BUTTON_RETIRED = "button_retired"
    FORM_RETIRED = "form_retired"


class Refusal(NamedTuple):
    """A code with its sentence."""

    code: RefusalCode
    words: Words

    def __str__(self) -> str:
        """Both, as they stand on the record."""
        return f"{self.code}: {self.words}"


UNKNOWN_REQUEST: Final = Refusal(RefusalCode.UNKNOWN_REQUEST, say("I do not know this request."))
UNKNOWN_GIFT: Final = Refusal(RefusalCode.UNKNOWN_GIFT, say("I do not know this gift."))
