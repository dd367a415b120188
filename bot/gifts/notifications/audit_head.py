"""The head of the sealed history leaves the house once a day, so that what is cut off at its end shows."""

from bot.gifts.model.job import LONGEST_WAITS, Completed, Job, JobKind, Reschedule
from bot.gifts.notifications.plan import NotificationPlan
from bot.gifts.store import Store


class AuditHeadJob:
    """Notes the head where nobody can change it together with the database: in Slack."""

    def __init__(self, store: Store, notifications: NotificationPlan) -> None:
        self._store = store
        self._notifications = notifications

    async def note_head(self, _work: Job) -> Completed | Reschedule:
        """Tell it to those who decide, unless they know it already; nothing where the history is not sealed."""
        head = self._store.audit_log.head()
        if head is None:
            return Completed()
        if head.count and not self._store.notifications.on(str(head)):
            with self._store.write():
                self._notifications.tell_head(head)
        return Reschedule(LONGEST_WAITS[JobKind.HEAD])
