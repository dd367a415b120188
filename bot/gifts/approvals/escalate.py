"""What follows from a request: cards for those whose turn it is, reminders, its end, and that everybody hears of it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, tzinfo

from bot.gifts.approvals.decide import Decisions
from bot.gifts.approvers import ApproverDirectory
from bot.gifts.checked_clock import UNSURE, CheckedClock
from bot.gifts.model.business_hours import EscalationDelays
from bot.gifts.model.errors import NotNow
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import MACHINE, Request, RequestStep
from bot.gifts.model.job import LONGEST_WAITS, Completed, Job, JobKind, Reschedule, Retry
from bot.gifts.model.notification import Kind
from bot.gifts.model.people import Person, is_person
from bot.gifts.model.policy import Policy
from bot.gifts.notifications.plan import NotificationPlan
from bot.gifts.store import Store


class Escalation:
    """Sees that every request comes to an end, and that everybody learns of it who is to."""

    def __init__(
        self,
        store: Store,
        approver_directory: ApproverDirectory,
        clock: CheckedClock,
        policy: Policy,
        patience: EscalationDelays,
        decisions: Decisions,
        notifications: NotificationPlan,
    ) -> None:
        self._store = store
        self._approver_directory = approver_directory
        self._clock = clock
        self._policy = policy
        self._patience = patience
        self._decisions = decisions
        self._notifications = notifications

    async def chase(self, work: Job) -> Completed | Reschedule | Retry:
        """Do for one request what its state asks for now; what was done already is not done again."""
        may_expire = await self._may_expire(work.subject)
        # before Slack is asked who they are: a card waits for nothing
        request = self._bring_on(work.subject, may_expire=may_expire)
        if request is None:
            return Completed()
        try:
            await self._approver_directory.now()
            people = await self._approver_directory.people([*filter(is_person, self._notifications.deciders(request))])
        except NotNow as silent:
            return Retry(Reason.UNEXPECTED, str(silent))
        with self._store.write():
            request = self._bring_on(work.subject, may_expire=may_expire)
            if request is None:
                return Completed()
            now = self._clock.now()
            times = [*self._look_after(request, people, now)]
            looks_again = min((time for time in times if time > now), default=now)
        return Reschedule(min(LONGEST_WAITS[JobKind.CHASE], looks_again - now))

    async def _may_expire(self, request_id: str) -> bool:
        """Whether a request has waited for too long, by a clock that nobody contradicts: no clock brings it back."""
        request = self._store.requests.get(request_id)
        is_over = request is not None and not request.decision and self._clock.now() >= self._expires(request)
        return is_over and await self._clock.is_sure()

    def _bring_on(self, request_id: str, *, may_expire: bool) -> Request | None:
        """Put a request before those whose turn it is; None, with everybody told, once it is decided."""
        with self._store.write():
            request = self._store.requests.get(request_id)
            if request and not request.decision:
                request = self._put_before(request, may_expire=may_expire)
            if request and request.decision:
                self._notifications.tell_decision(request)
                return None
            return request

    def _put_before(self, request: Request, *, may_expire: bool) -> Request:
        if may_expire and self._clock.now() >= self._expires(request):
            return self._decisions.end(request, MACHINE, RequestStep.EXPIRE)
        self._notifications.sync_buttons(request)
        route = self._policy.route(request, self._approver_directory.cached())
        if route and route.step:
            self._store.requests.wait_for(request, route.pool)
            self._notifications.ask(route)
        elif route:
            self._notifications.inform(route)
            return self._decisions.end(request, MACHINE, RequestStep.APPROVE, route.rule.name)
        return request

    def _look_after(self, request: Request, people: Mapping[str, Person], now: datetime) -> Iterator[datetime]:
        """Remind those who are asked, then tell the backup; gives when there is something to do, done or not."""
        yield max(self._expires(request), now + UNSURE)
        yield from (absence.until for absence in self._store.out_of_office.now(now))
        route = self._policy.route(request, self._approver_directory.cached())
        if route is None:  # whoever acts next is told
            return
        for reader in self._notifications.readers(route):
            if reader in route.roster.stand_ins.keys() - route.eligible_approvers.keys():
                continue  # they are away
            zone = people[reader].zone if reader in people else self._policy.zone
            asked_at = self._notifications.asked_at(route, reader) or now
            yield (when := self._at_work(asked_at, self._patience.remind, zone, now))
            if when <= now:
                self._notifications.notify_once(Kind.NUDGE, route, [reader])
        yield (when := self._at_work(_began(request), self._patience.call_backup, self._policy.zone, now))
        if when <= now:
            self._notifications.notify_once(Kind.BACKUP, route, self._notifications.backup(route))

    def _expires(self, request: Request) -> datetime:
        return self._patience.hours.after(_began(request), self._patience.expire, self._policy.zone)

    def _at_work(self, since: datetime, working: timedelta, zone: tzinfo, now: datetime) -> datetime:
        """When so much working time has passed; if that was while nobody could act, as soon as people are at work."""
        hours = self._patience.hours
        return hours.after(max(hours.after(since, working, zone), now), timedelta(), zone)


def _began(request: Request) -> datetime:
    """When the step began whose turn it is: as the one before it ended."""
    return max([request.created_at, *(given.at for given in request.approvals)])
