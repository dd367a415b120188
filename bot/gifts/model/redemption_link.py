"""PURE: the redemption link, and what became of it. It is money: it is held in memory for one use and never printed."""

import re
from collections.abc import Collection
from enum import StrEnum
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.gifts.model.failure_reasons import Reason

_LONGEST_LINK = 3000  # what a Slack button can carry
_PLAIN = re.compile(r"[\x21-\x7e]+")


class RedemptionStatus(StrEnum):
    """What became of a link, as the gift card service says."""

    ACTIVE = "active"  # nobody has used it yet
    CLAIMED = "claimed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


NO_GOOD = {RedemptionStatus.EXPIRED: Reason.LINK_EXPIRED, RedemptionStatus.CANCELLED: Reason.LINK_CANCELLED}


def is_trusted(link: SecretStr, hosts: Collection[str]) -> bool:
    """Whether a link is plain https to a host on the list, with nothing in it that could disguise it."""
    text = link.get_secret_value()
    if len(text) > _LONGEST_LINK or not _PLAIN.fullmatch(text) or any(sign in text for sign in '[]|<>\\"'):
        return False
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    return (
        parts.scheme == "https"
        and parts.hostname in hosts
        and parts.username is None
        and parts.password is None
        and port in {None, 443}
    )
