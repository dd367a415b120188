"""PURE: what somebody filled in, and the request that it asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.gifts.model.gift import Gift, GiftState, Request
from bot.gifts.model.money import Money


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody filled in, as they typed it. `id` is chosen when the form opens, so that a form counts once."""

    id: str
    requester: str
    recipients: tuple[str, ...]
    amount: str
    country: str
    note: str = ""
    announce_in: str | None = None
    source: str | None = None
    product: str | None = None
    cost_centre: str | None = None
    hashtag: str | None = None
    names_amount: bool = False


def request_of(draft: Draft, value: Money, gift_ids: Sequence[str], now: datetime, month: str) -> Request:
    """What a draft asks for once its value is known, with an id for each of its gifts."""
    recipients = zip(gift_ids, draft.recipients, strict=True)
    return Request(
        id=draft.id,
        requester=draft.requester,
        gifts=tuple(Gift(gift_id, draft.id, recipient, GiftState.WAITING) for gift_id, recipient in recipients),
        value=value,
        country=draft.country,
        note=draft.note.strip(),
        created_at=now,
        announce_in=draft.announce_in,
        source=draft.source,
        cost_centre=draft.cost_centre,
        hashtag=draft.hashtag,
        month=month,
    )
