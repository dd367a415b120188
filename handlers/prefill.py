"""What the request form opens with."""

from dataclasses import dataclass

from bot.gifts.model.product import ChosenProduct
from bot.gifts.model.text import Words


@dataclass(frozen=True, slots=True)
class Prefill:
    """What a form opens with; `warning` says why the amount is empty that somebody wrote."""

    recipients: tuple[str, ...] = ()
    amount: str = ""
    country: str | None = None
    note: str = ""
    source: str | None = None
    product: ChosenProduct | None = None
    announce_in: str | None = None
    cost_centre: str | None = None
    hashtag: str | None = None
    names_amount: bool = False
    warning: Words | None = None
