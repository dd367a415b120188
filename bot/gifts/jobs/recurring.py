"""What is done again and again is noted at the start; what the gift card service says by itself is looked at now."""

from bot.gifts.model.audit_event import AuditEvent
from bot.gifts.model.gift import MACHINE
from bot.gifts.model.job import LONGEST_WAITS, JobKind
from bot.gifts.ports import Clock, GiftCards
from bot.gifts.store import Store


class RecurringJobs:
    """Notes work, and does none: a message from outside changes nothing but when something is looked at."""

    def __init__(self, store: Store, giftcards: GiftCards, clock: Clock) -> None:
        self._store = store
        self._giftcards = giftcards
        self._clock = clock

    def begin(self, policy: str, started_by: str) -> None:
        """Note what is done again and again, at every start of the bot; the catalogue is read at once.

        `policy` is the digest of what the company has settled: another than before goes on the record, with the
        version of giftbot and the user of the machine that it was `started_by`.
        """
        with self._store.write():
            self._put_on_record(policy, started_by)
            a_day_old = self._clock.now() + LONGEST_WAITS[JobKind.HEAD]  # nobody has to keep the head of a new file
            self._store.jobs.begin(JobKind.HEAD, a_day_old)
            self._store.jobs.begin(JobKind.RECALL, self._clock.now())
            self._store.jobs.wake_all(JobKind.CHASE, self._clock.now())  # the policy may be another one
            if self._giftcards.has_catalogue:
                self._store.jobs.begin(JobKind.STOCK, self._clock.now())
                self.catalogue_changed()

    def _put_on_record(self, policy: str, started_by: str) -> None:
        last = self._store.audit_log.last(AuditEvent.CHANGE_POLICY)
        if last is None or not last.startswith(policy):
            detail = f"{policy}: {started_by}"
            self._store.audit_log.add(self._clock.now(), MACHINE, AuditEvent.CHANGE_POLICY, detail=detail)

    def order_changed(self, order_id: str) -> None:
        """Something has become of an order: what waits for that is done now."""
        if gift_id := self._store.orders.gift_of(order_id):
            with self._store.write():
                self._store.jobs.wake({JobKind.ORDER, JobKind.DELIVER, JobKind.CHECK}, gift_id, self._clock.now())

    def catalogue_changed(self) -> None:
        """Something in the catalogue is different: it is read now."""
        with self._store.write():
            self._store.jobs.wake({JobKind.STOCK}, "", self._clock.now())
