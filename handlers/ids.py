"""Every name that goes to Slack and comes back: commands, shortcuts, views, actions."""

import re
from enum import StrEnum

GIFT_COMMAND = "/gift"
ANYWHERE_SHORTCUT = "gift_from_anywhere"
MESSAGE_SHORTCUT = "gift_for_message"
MESSAGE_EVENT = "giftbot_message"  # the metadata's event_type, with the message's id in its payload


class ViewId(StrEnum):
    """The callback ids of forms."""

    REQUEST = "request_form"
    DECLINE = "decline_form"
    APPROVE = "approve_form"


class ActionId(StrEnum):
    """The action ids of buttons, each of which carries the id of its request or gift, and of the field of a country."""

    COUNTRY = "country"
    APPROVE = "approve"
    APPROVE_WITH = "approve_with"
    DECLINE = "decline"
    CANCEL = "cancel"
    EDIT = "edit"
    RETRY = "retry"
    OPEN_GIFT = "open_gift"
    SHOW_AGAIN = "show_again"


PRODUCT_IN = "product_"  # what the action id of the product field starts with; the country follows
ANY_PRODUCT = re.compile(f"^{PRODUCT_IN}[A-Z]{{2}}$")
NAME_AMOUNT = "name_amount"  # the value of the one checkbox of its field
INPUT = "input"  # the action id inside all other input blocks; the block's id is the field's name
