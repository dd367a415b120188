"""PURE: what the sealed history can say: a stable value for machines, with a sentence for people beside it."""

from collections.abc import Mapping
from enum import StrEnum


class AuditEvent(StrEnum):
    """What happened. The values stand in databases, sealed, and never change; every step of a life is among them."""

    REQUEST = "request"
    EDIT = "edit"
    LOWER = "lower"
    AGREE = "agree"
    DISAGREE = "disagree"
    APPROVE = "approve"
    DECLINE = "decline"
    CANCEL = "cancel"
    EXPIRE = "expire"
    REFUSED = "refused"
    DROP = "drop"
    PLACE = "place"
    FAIL = "fail"
    PARK = "park"
    DELIVER = "deliver"
    CLAIM = "claim"
    LAPSE = "lapse"
    ORDER_ANEW = "order anew"
    ASK_AGAIN = "ask again"
    DELIVER_AGAIN = "deliver again"
    CLOSE = "close"
    SHOW_AGAIN = "show again"
    COULD_NOT_POST = "could not post"
    BEGIN_DELEGATION = "begin delegation"
    END_DELEGATION = "end delegation"
    HOLD_ORDERS = "hold orders"
    RESUME_ORDERS = "resume orders"
    CHANGE_POLICY = "change policy"

    @property
    def sentence(self) -> str:
        """What happened, for whoever reads the record."""
        return _SENTENCES[self]


_SENTENCES: Mapping[str, str] = {
    AuditEvent.REQUEST: "A gift was asked for.",
    AuditEvent.EDIT: "The requester changed the request.",
    AuditEvent.LOWER: "An approver lowered the amount.",
    AuditEvent.AGREE: "An approver agreed, in one step or for somebody else.",
    AuditEvent.DISAGREE: "An approver declined for somebody else.",
    AuditEvent.APPROVE: "Approved: the gift may be ordered.",
    AuditEvent.DECLINE: "An approver declined the request.",
    AuditEvent.CANCEL: "The requester took the request back.",
    AuditEvent.EXPIRE: "Nobody decided in time.",
    AuditEvent.REFUSED: "Somebody tried what they may not do.",
    AuditEvent.DROP: "The gift will not be ordered.",
    AuditEvent.PLACE: "The provider confirmed the order.",
    AuditEvent.FAIL: "There is no order, and there will be none without a person.",
    AuditEvent.PARK: "A person has to look before the gift goes on.",
    AuditEvent.DELIVER: "The recipient got the link.",
    AuditEvent.CLAIM: "The recipient used the link.",
    AuditEvent.LAPSE: "The link expired, or the provider cancelled it.",
    AuditEvent.ORDER_ANEW: "An approver let a new order be made.",
    AuditEvent.ASK_AGAIN: "An approver let the same order be asked for again.",
    AuditEvent.DELIVER_AGAIN: "An approver let the delivery be tried again.",
    AuditEvent.CLOSE: "An approver closed the gift.",
    AuditEvent.SHOW_AGAIN: "The recipient looked at the link once more.",
    AuditEvent.COULD_NOT_POST: "A message could not be posted in Slack.",
    AuditEvent.BEGIN_DELEGATION: "An approver is away, and a deputy decides for them.",
    AuditEvent.END_DELEGATION: "The approver decides again, and the deputy does not.",
    AuditEvent.HOLD_ORDERS: "No order is sent until the provider takes them again.",
    AuditEvent.RESUME_ORDERS: "An order went through: orders are sent again.",
    AuditEvent.CHANGE_POLICY: "Giftbot began to work by this policy.",
}


def sentence_of(event: str) -> str:
    """The sentence of an event as it was stored; none for what an older giftbot wrote in words of its own."""
    return _SENTENCES.get(event, "")
