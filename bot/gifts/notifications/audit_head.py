"""The head of the sealed history leaves the house once a day, so that what is cut off at its end shows."""

from bot.gifts.model.job import LONGEST_WAITS, Again, Done, Task, Work
from bot.gifts.notifications.plan import Notices
from bot.gifts.store import Store


class Record:
    """Notes the head where nobody can change it together with the database: in Slack."""

    def __init__(self, store: Store, notices: Notices) -> None:
        self._store = store
        self._notices = notices

    async def note_head(self, _work: Work) -> Done | Again:
        """Tell it to those who decide, unless they know it already; nothing where the history is not sealed."""
        head = self._store.history.head()
        if head is None:
            return Done()
        if head.count and not self._store.messages.on(str(head)):
            with self._store.write():
                self._notices.tell_head(head)
        return Again(LONGEST_WAITS[Task.HEAD])
