"""Attempts at what somebody may not do stay on the record, whatever becomes of the transaction around them."""

from collections.abc import Generator
from contextlib import contextmanager

from bot.gifts.model.audit_event import AuditEvent
from bot.gifts.model.errors import Refused, TooLate
from bot.gifts.ports import Clock
from bot.gifts.store import Store


@contextmanager
def refusals_on_record(store: Store, clock: Clock, request_id: str, person: str) -> Generator[None]:
    """Put on the record, once, that somebody was refused; goes around a transaction, never into one.

    Who is only too late has attempted nothing, and there is no record of requests that do not exist.
    """
    try:
        yield
    except TooLate:
        raise
    except Refused as refused:
        if store.requests.get(request_id):
            with store.write():
                store.audit_log.add_once(clock.now(), person, AuditEvent.REFUSED, request_id, refused.refusal)
        raise
