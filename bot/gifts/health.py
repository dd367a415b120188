"""Whether gifts get through, for whoever watches the bot from outside."""

from collections.abc import Sequence
from datetime import timedelta

from bot.gifts.model.job import JobKind
from bot.gifts.outages import Outages
from bot.gifts.ports import Clock
from bot.gifts.store import Store

LATE = timedelta(hours=1)


class Health:
    """Looks at what Slack answers, and at how long work has been tried in vain."""

    def __init__(self, store: Store, clock: Clock, outages: Outages) -> None:
        self._store = store
        self._clock = clock
        self._outages = outages

    def illness(self) -> str | None:
        """What keeps gifts from getting through; None if nothing does. Orders on hold are people's to mend."""
        if outage := self._outages.of_slack:
            return f"Slack does not let giftbot in since {outage.since:%Y-%m-%d %H:%M} UTC: {outage.code}"
        late = self._store.jobs.failing(self._tasks, self._clock.now() - LATE)
        return f"{late} orders or deliveries have been tried in vain for more than an hour" if late else None

    @property
    def _tasks(self) -> Sequence[JobKind]:
        return (JobKind.DELIVER,) if self._store.order_holds.all_standing() else (JobKind.ORDER, JobKind.DELIVER)
