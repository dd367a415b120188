"""Whether the database knows what the bot said last: one that was restored from a backup does not.

From then on, nothing that was asked for before is ordered without a look at the gift card service. At a start, the bot
reads its own words in the few conversations that it wrote to last, and in those of some whose requests are pending, who
would have been told next; a card that somebody clicks tells the same.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import islice

import structlog

from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import Gift, Request
from bot.gifts.model.job import Completed, Job, Retry
from bot.gifts.model.notification import posted_at
from bot.gifts.model.order import Order, begun_at
from bot.gifts.model.outcomes import Posted, Rejected, Said, Unavailable
from bot.gifts.model.people import is_person
from bot.gifts.model.restoration import Restoration
from bot.gifts.notifications.plan import NotificationPlan
from bot.gifts.ports import Clock, Messenger
from bot.gifts.store import Store

log = structlog.get_logger(__name__)

_CONVERSATIONS = 10  # of each kind that are read; each costs a call or two
_LATEST = 200  # messages, among which these conversations are looked for


class RestoreDetection:
    """Compares what the bot has said with what is kept of it, once in each life of the process."""

    def __init__(
        self,
        store: Store,
        messenger: Messenger,
        clock: Clock,
        notifications: NotificationPlan,
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._clock = clock
        self._notifications = notifications
        self._new_id = new_id
        self._reading = asyncio.Lock()
        self._has_read = False
        self._last = store.restorations.last()

    @property
    def noticed_at(self) -> datetime | None:
        """When it was last noticed that a backup had been restored."""
        return self._last.noticed_at if self._last else None

    def has_lost(self, request: Request, gift: Gift, order: Order | None) -> bool:
        """Whether something may have been sent for a gift that the database has lost, and nobody has looked since."""
        if self._last is None or begun_at(request, gift) > self._last.noticed_at:
            return False
        return order is None or order.last_sent_at <= self._last.noticed_at

    async def note(self, _work: Job) -> Completed | Retry:
        """Read it, as the work of a start."""
        unread = await self.once()
        return Retry(Reason.UNEXPECTED, unread.detail, unread.after) if unread else Completed()

    async def once(self) -> Unavailable | None:
        """Read it, unless this life of the process has; Unavailable while Slack does not say."""
        async with self._reading:
            if self._has_read:
                return None
            said: list[Said] = []
            for answer in await asyncio.gather(*(self._said_to(*one) for one in self._readers().items())):
                if isinstance(answer, Unavailable):
                    return answer
                if isinstance(answer, Rejected):
                    log.warning("own_words_not_read", detail=answer.detail)
                else:
                    said.extend(answer)
            self._compare(said)
            self._has_read = True
            return None

    def record(self, request_id: str, card: Posted | None) -> None:
        """A card of the bot's own about a request that the database does not know says the same."""
        if card and self._store.requests.get(request_id) is None:
            self._compare([Said("", card.ts)])

    def _readers(self) -> Mapping[str, str | None]:
        """In whose conversations to look, and in which channels these are, where that is known."""
        latest = self._store.notifications.latest(_LATEST)
        told = {message.to: message.channel for message in latest if message.channel and is_person(message.to)}
        waiting = dict.fromkeys(self._store.requests.who_wait(_CONVERSATIONS))
        return waiting | dict(islice(told.items(), _CONVERSATIONS))

    async def _said_to(self, person: str, channel: str | None) -> Sequence[Said] | Rejected | Unavailable:
        opened = channel or await self._messenger.open(person)
        return await self._messenger.said(opened) if isinstance(opened, str) else opened

    def _compare(self, said: Sequence[Said]) -> None:
        """Notice what was said since the database began, or since that was noticed before, and is not kept."""
        first = self._store.notifications.first()
        began_at = posted_at(first.ts) if first and first.ts else None
        if began_at is None:
            return
        since = self._last.said_at if self._last else began_at
        times = [(one, at) for one in said if (at := posted_at(one.ts)) and at > since]
        lost = [at for one, at in times if self._store.notifications.get(one.message_id) is None]
        if lost:
            self._notice(max(lost))

    def _notice(self, said_at: datetime) -> None:
        restoration = Restoration(self._new_id(), self._clock.now(), said_at)
        log.warning("database_is_older_than_what_was_said", said_at=said_at.isoformat())
        with self._store.write():
            self._store.restorations.add(restoration)
            self._notifications.tell_restoration(restoration)
        self._last = restoration
