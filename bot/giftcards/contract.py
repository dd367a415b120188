"""What a gift card service documents about its calls: what an error means for an order, limits, and keys."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.gifts.model.failure_reasons import Reason


@dataclass(frozen=True, slots=True)
class Contract:
    """The errors, limits and memory of one service; a word for an error is in one of the three tables, or in none.

    `word_of` gives the service's own word for a 4xx, by status and body: None for an answer that is not of its shape,
    as a gateway's is. `refusals` say that this call has made no order. `no_word` say nothing about the order, which
    may exist or come to exist. `never_again` say that it must not be sent again under its key, whatever became of it.
    """

    word_of: Callable[[int, bytes], str | None]
    refusals: Mapping[str, Reason]
    no_word: Mapping[str, Reason] = field(default_factory=dict)
    never_again: Mapping[str, Reason] = field(default_factory=dict)
    order_interval: timedelta = timedelta()  # between two orders
    shortest_rest: timedelta = timedelta(seconds=5)  # to wait after a 429
    key_life: timedelta | None = None  # how long it answers an idempotency key with the first order; None: for ever
