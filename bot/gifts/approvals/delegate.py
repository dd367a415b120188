"""Being away: an approver hands the right to approve to a deputy for a while, and nothing else with it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from bot.gifts.approvers import ApproverDirectory, check_colleague
from bot.gifts.checked_clock import UNSURE, CheckedClock
from bot.gifts.model.audit_event import AuditEvent
from bot.gifts.model.dates import Day, read_day
from bot.gifts.model.errors import Refused
from bot.gifts.model.gift import MACHINE
from bot.gifts.model.job import Completed, Job, JobKind, Reschedule
from bot.gifts.model.notification import Kind
from bot.gifts.model.out_of_office import Absence, makes_a_loop
from bot.gifts.model.people import Person, Standing
from bot.gifts.model.policy import Policy
from bot.gifts.model.refusal import RefusalCode
from bot.gifts.model.text import Mention, Words, say
from bot.gifts.notifications.plan import NotificationPlan
from bot.gifts.store import Store

A_DAY = timedelta(days=1)
A_YEAR = timedelta(days=366)
_FOR_EXAMPLE = timedelta(days=14)


class Delegation:
    """Who is away. Whoever decides instead has the requests that wait at once, and loses them as soon as it ends."""

    def __init__(
        self,
        store: Store,
        approver_directory: ApproverDirectory,
        clock: CheckedClock,
        policy: Policy,
        notifications: NotificationPlan,
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._approver_directory = approver_directory
        self._clock = clock
        self._policy = policy
        self._notifications = notifications
        self._new_id = new_id

    async def begin(self, person: str, until: str, deputies: Sequence[str]) -> Absence:
        """Let a deputy decide until the end of a day where the person is; an absence that they have now ends.

        Raises:
            Refused: they cannot be away like that; the words say why, or how to write it.
            NotNow: Slack does not say who they are.
        """
        roster, people = await self._approver_directory.now_with({person, *deputies[:1]})
        approver = people[person]
        check_colleague(approver)
        if person not in self._policy.rules.approvers(roster):
            words = say("Only approvers can be away: nobody else has anything to decide.")
            raise Refused(RefusalCode.NOTHING_TO_DELEGATE, words)
        now = self._clock.now()
        today = now.astimezone(approver.zone).date()
        deputy = _deputy(person, deputies, people, today)
        ends = datetime.combine(_last_day(until, approver, today) + A_DAY, time(), approver.zone).astimezone(UTC)
        absence = Absence(self._new_id(), person, deputy, now, ends)
        with self._store.write():
            self._check_for_loop(absence)
            self._end(person, successor=deputy)
            self._store.out_of_office.add(absence)
            detail = f"{deputy} decides until {ends:%Y-%m-%d %H:%M} UTC"
            self._store.audit_log.add(now, person, AuditEvent.BEGIN_DELEGATION, detail=detail)
            self._store.jobs.add(JobKind.END_DELEGATION, absence.id, ends)
            self._notifications.tell_deputy(Kind.STAND_IN, absence)
        return absence

    async def end(self, person: str) -> Absence:
        """Let somebody be back before the time, and tell the deputy. Raises Refused as `of` does."""
        absence = await self.of(person)
        with self._store.write():
            self._end(person)
        return absence

    async def end_in_time(self, work: Job) -> Completed | Reschedule:
        """Put on the record that an absence is over, as its last day has ended by a clock that nobody contradicts."""
        is_sure = await self._clock.is_sure()
        with self._store.write():
            absence, now = self._store.out_of_office.get(work.subject), self._clock.now()
            if absence is None or absence.ended_at:
                return Completed()
            if now < absence.until or not is_sure:
                return Reschedule(max(absence.until - now, UNSURE))
            self._put_end_on_record(absence, MACHINE, now)
        return Completed()

    async def of(self, person: str) -> Absence:
        """The absence that somebody has now.

        Raises:
            Refused: they are not away; the words say how to be.
        """
        if absence := self._now(person):
            return absence
        words = say(
            "You are not away. `/gift away until {day} @colleague` lets a colleague decide for you until then.",
            day=_some_day(self._clock.now().date()),
        )
        raise Refused(RefusalCode.NOT_AWAY, words)

    def _check_for_loop(self, absence: Absence) -> None:
        others = {other.person: other.deputy for other in self._store.out_of_office.now(absence.since)}
        if makes_a_loop(absence.person, absence.deputy, others):
            words = say(
                "{deputy} is away as well, and you decide for them. Please name somebody else.",
                deputy=Mention(absence.deputy),
            )
            raise Refused(RefusalCode.DELEGATION_LOOP, words)

    def _end(self, person: str, successor: str | None = None) -> None:
        """End what somebody has now, if anything; all that waits is looked at anew, as other people decide."""
        now = self._clock.now()
        if before := self._store.out_of_office.not_ended(person):
            is_early = now < before.until
            self._put_end_on_record(before, person if is_early else MACHINE, now)
            self._store.jobs.wake({JobKind.END_DELEGATION}, before.id, now)  # there is nothing left to wait for
            if is_early and before.deputy != successor:
                self._notifications.tell_deputy(Kind.STAND_DOWN, before)
        self._store.jobs.wake_all(JobKind.CHASE, now)

    def _put_end_on_record(self, absence: Absence, actor: str, now: datetime) -> None:
        self._store.out_of_office.end(absence.person, now)
        detail = f"{absence.deputy} decided for {absence.person}"
        self._store.audit_log.add(now, actor, AuditEvent.END_DELEGATION, detail=detail)

    def _now(self, person: str) -> Absence | None:
        return next((one for one in self._store.out_of_office.now(self._clock.now()) if one.person == person), None)


def _deputy(person: str, deputies: Sequence[str], people: Mapping[str, Person], today: date) -> str:
    if len(deputies) != 1:
        words = say(
            "Please name the one colleague who decides for you: `/gift away until {day} @colleague`.",
            day=_some_day(today),
        )
        raise Refused(RefusalCode.DEPUTY_MISSING, words)
    (deputy,) = deputies
    if deputy == person:
        words = say("You cannot decide for yourself while you are away. Please name somebody else.")
        raise Refused(RefusalCode.DEPUTY_IS_ONESELF, words)
    found = people[deputy]
    if found.standing is not Standing.MEMBER:
        problem: Words = found.standing.value.fill(who=found.name)
        words = say("Only a colleague can decide for you, and {problem}.", problem=problem)
        raise Refused(RefusalCode.DEPUTY_BARRED, words)
    return deputy


def _last_day(text: str, person: Person, today: date) -> date:
    day = read_day(text, person.locale, today)
    if day is None:
        words = say(
            "I do not know which day you mean. Please write it like this: `/gift away until {day} @colleague`.",
            day=_some_day(today),
        )
        raise Refused(RefusalCode.DAY_UNREADABLE, words)
    if not today <= day <= today + A_YEAR:
        words = say("That day has passed, or is more than a year away. Please name another one.")
        raise Refused(RefusalCode.DAY_OUT_OF_RANGE, words)
    return day


def _some_day(today: date) -> Day:
    return Day(today + _FOR_EXAMPLE)
