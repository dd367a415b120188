"""A gift card service in memory: its ledger, what it remembers of keys, and its moods."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from pydantic import SecretStr

from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.order import Order
from bot.gifts.model.outcomes import Absent, LinkReady, NotYet, OrderFailed, OutcomeUnknown, Placed, Unavailable
from bot.gifts.model.redemption_link import RedemptionStatus
from tests.proof.simulation.fault_schedule import Fate
from tests.proof.simulation.refusals import FUNDS, REFUSALS, Refusal
from tests.proof.simulation.virtual_time import WorldClock

LINK_HOST = "spend.example"
_KEYS_LIVE = timedelta(days=30)
_LISTED_AFTER = 60.0  # seconds, at most
_BROKEN = OutcomeUnknown("500")


@dataclass(frozen=True, slots=True)
class _Answer:
    at: datetime
    body: str
    reply: Placed | Refusal | OutcomeUnknown


@dataclass(frozen=True, slots=True)
class Entry:
    """An order in the ledger; one that `fails` comes to nothing when it is ready."""

    id: str
    order: Order
    link: str
    listed_at: datetime
    ready_at: datetime
    used_at: datetime
    fails: bool


class Shop:
    """The service itself; it outlives every life of the bot.

    In a `mood` it refuses whatever it is asked, also about orders that it has made: for want of money, say, for all to
    do with orders, or because somebody stands before it who lets nobody in, for links and lists as well.
    """

    def __init__(self, clock: WorldClock, fate: Fate) -> None:
        self._clock = clock
        self._fate = fate
        self._answers: dict[str, _Answer] = {}
        self._has_list = fate.happens(0.7)
        self._keeps_5xx = fate.happens(0.3)
        self.mood: Refusal | None = None
        self.entries: dict[str, Entry] = {}
        self.asked: list[tuple[str, str]] = []
        self.catalogue = count()

    def changes_mood(self) -> None:
        """Begin to refuse everything in one way, or end it."""
        self.mood = None if self.mood else self._fate.some([*REFUSALS], 1, 1)[0]

    def place(self, order: Order) -> Placed | Refusal | OutcomeUnknown:
        """Sell once a key, for as long as keys are remembered; what is said in a mood may be no word about that."""
        if self.mood is None:
            return self._answer(order)
        if not self.mood.is_final and self._fate.happens(0.3):
            self._answer(order)
        return self.mood

    def _answer(self, order: Order) -> Placed | Refusal | OutcomeUnknown:
        self.asked.append((order.key, order.body))
        known = self._answers.get(order.key)
        if known is None or self._clock.now() - known.at >= _KEYS_LIVE:
            known = self._answers[order.key] = _Answer(self._clock.now(), order.body, self._first(order))
        elif known.body != order.body:
            return OutcomeUnknown("idempotency_validation_error", Reason.ANSWER_DIFFERS)
        return known.reply

    def _first(self, order: Order) -> Placed | Refusal | OutcomeUnknown:
        """What a key is told, and then told for ever."""
        if not self._fate.calm and self._fate.happens(0.08):
            return FUNDS
        is_broken = self._keeps_5xx and not self._fate.calm and self._fate.happens(0.15)
        if is_broken and self._fate.happens(0.5):
            return _BROKEN
        placed = self._made(order)
        return _BROKEN if is_broken else placed

    def _made(self, order: Order) -> Placed:
        is_late = self._fate.happens(0.2)
        now = self._clock.now()
        entry = Entry(
            id=f"O-{self._fate.id()[:12]}",
            order=order,
            link=f"https://{LINK_HOST}/{self._fate.id()}",
            listed_at=now + timedelta(seconds=self._fate.between(0, _LISTED_AFTER)),
            ready_at=now + timedelta(seconds=self._fate.between(1, 600) if is_late else 0),
            used_at=now + timedelta(hours=self._fate.between(0, 12)),
            fails=is_late and self._fate.happens(0.2),
        )
        self.entries[entry.id] = entry
        return Placed(entry.id) if is_late else Placed(entry.id, order.value, ready(entry))

    def link(self, order: Order) -> LinkReady | NotYet | OrderFailed | OutcomeUnknown:
        """The link of an order."""
        assert order.provider_id is not None, "only orders that were placed are asked for"
        entry = self.entries[order.provider_id]
        if self._lets_nobody_in:
            return OutcomeUnknown("not let in")
        if self._clock.now() < entry.ready_at:
            return NotYet()
        return OrderFailed("it failed") if entry.fails else ready(entry)

    def payout(self, order: Order) -> RedemptionStatus:
        """Every link is used some time."""
        assert order.provider_id is not None, "only orders that were placed are asked for"
        is_used = self._clock.now() >= self.entries[order.provider_id].used_at
        return RedemptionStatus.CLAIMED if is_used else RedemptionStatus.ACTIVE

    def find(self, order: Order) -> Placed | Absent | Unavailable | None:
        """Look through the list, where the contract has one; orders that are worked on do not say whose they are."""
        if not self._has_list:
            return None
        if self._lets_nobody_in:
            return Unavailable("not let in")
        now = self._clock.now()
        listed = [entry for entry in self.entries.values() if entry.listed_at <= now]
        for entry in listed:
            if entry.ready_at <= now and entry.order.gift_id == order.gift_id and not entry.fails:
                return Placed(entry.id)
        hides = any(now < entry.ready_at for entry in listed)
        return Unavailable("one is still being worked on") if hides else Absent()

    def has_order_of(self, gift_id: str) -> bool:
        """What a person sees who looks there for a gift."""
        now = self._clock.now()
        mine = [entry for entry in self.entries.values() if entry.order.gift_id == gift_id]
        return any(not (entry.fails and entry.ready_at <= now) for entry in mine)

    @property
    def _lets_nobody_in(self) -> bool:
        return self.mood is not None and not self.mood.is_final

    @property
    def sold(self) -> list[Entry]:
        """What was really made and charged."""
        return [entry for entry in self.entries.values() if not entry.fails]


def ready(entry: Entry) -> LinkReady:
    """An order's link."""
    return LinkReady(SecretStr(entry.link), entry.order.value)
