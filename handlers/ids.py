"""Every name that goes to Slack and comes back: commands, shortcuts, views, actions."""

import re
from enum import StrEnum

GIFT_COMMAND = "/gift"
ANYWHERE_SHORTCUT = "gift_from_anywhere"
MESSAGE_SHORTCUT = "gift_for_message"
MESSAGE_EVENT = "giftbot_message"  # the metadata's event_type, with the message's id in its payload
TEST_EVENT = "giftbot_test"  # likewise of giftbot doctor's, which no database knows


class ViewId(StrEnum):
    """The callback ids of forms."""

    REQUEST = "request_form"
    DECLINE = "decline_form"
    APPROVE = "approve_form"
    ORDER_ANEW = "order_anew_form"
    CLOSE = "close_form"


class ActionId(StrEnum):
    """The action ids of buttons, most of which carry the id of a request or gift, and of fields that tell at once."""

    COUNTRY = "country"
    APPROVE = "approve"
    APPROVE_WITH = "approve_with"
    DECLINE = "decline"
    CANCEL = "cancel"
    EDIT = "edit"
    RETRY = "retry"
    SEND_AGAIN = "send_again"
    ORDER_ANEW = "order_anew"
    CLOSE = "close"
    OPEN_GIFT = "open_gift"
    SHOW_AGAIN = "show_again"
    WHICH = "which_requests"
    PAGE_BEFORE = "page_before"
    PAGE_BEHIND = "page_behind"
    SETTINGS = "settings"


PRODUCT_IN = "product_"  # what the action id of the product field starts with; the country follows
ANY_PRODUCT = re.compile(f"^{PRODUCT_IN}[A-Z]{{2}}$")
ANYTHING_ELSE = re.compile(".*")  # what only another version knows
NAME_AMOUNT = "name_amount"  # the value of the one checkbox of its field
STATED = "stated"  # likewise, of what somebody states about an order
INPUT = "input"  # the action id inside all other input blocks; the block's id is the field's name
