"""A request that waits: before those whose turn it is, then reminded of, then told to the backup, then expired."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, tzinfo

from bot.gifts.aftercare import MACHINE
from bot.gifts.deciding import Deciding
from bot.gifts.errors import Invalid
from bot.gifts.gift import Request, RequestState, RequestStep
from bot.gifts.message import Kind
from bot.gifts.notices import Notices
from bot.gifts.office_hours import Patience
from bot.gifts.people import Person, is_person
from bot.gifts.policy import Policy
from bot.gifts.ports import Clock
from bot.gifts.reasons import Reason
from bot.gifts.roll import Roll
from bot.gifts.route import Route
from bot.gifts.store import Store
from bot.gifts.work import Again, Done, Later, Work

LONGEST_WAIT = 24 * 60 * 60.0  # seconds between two looks: the policy, or who is in a group, may have changed


class Chase:
    """Sees that every request that is pending comes to an end."""

    def __init__(
        self,
        store: Store,
        roll: Roll,
        clock: Clock,
        policy: Policy,
        patience: Patience,
        deciding: Deciding,
        notices: Notices,
    ) -> None:
        self._store = store
        self._roll = roll
        self._clock = clock
        self._policy = policy
        self._patience = patience
        self._deciding = deciding
        self._notices = notices

    async def chase(self, work: Work) -> Done | Again | Later:
        """Do for one request what its waiting asks for now."""
        try:
            await self._roll.now()
            people = await self._people_of(work.subject)
        except Invalid as invalid:
            return Later(Reason.UNEXPECTED, str(invalid))
        with self._store.write():
            request = self._store.requests.get(work.subject)
            if request is None or request.state is not RequestState.PENDING:
                return Done()
            now = self._clock.now()
            expires = self._patience.hours.after(_began(request), self._patience.expire, self._policy.zone)
            if now >= expires:
                self._deciding.end(request, MACHINE, RequestStep.EXPIRE)
                return Done()
            times = [expires, *(absence.until for absence in self._store.absences.now(now))]
            self._notices.turn_cards(request)
            if route := self._policy.route(request, self._roll.last):  # without a rule, whoever acts next is told
                self._deciding.begin(route)
                if route.step is None:
                    return Done()
                times += self._look_after(route, people, now)
        return Again(min(LONGEST_WAIT, *((time - now).total_seconds() for time in times if time > now)))

    async def _people_of(self, request_id: str) -> Mapping[str, Person]:
        request = self._store.requests.get(request_id)
        readers = self._notices.deciders(request) if request else []
        return await self._roll.people([reader for reader in readers if is_person(reader)])

    def _look_after(self, route: Route, people: Mapping[str, Person], now: datetime) -> Iterator[datetime]:
        """Remind those who are asked, then tell the backup; gives when that is, done or not."""
        for reader in self._notices.readers(route):
            if reader in route.roster.stand_ins.keys() - route.hands.keys():
                continue  # they are away
            zone = people[reader].zone if reader in people else self._policy.zone
            asked_at = self._notices.asked_at(route, reader) or now
            yield (when := self._at_work(asked_at, self._patience.remind, zone, now))
            if when <= now:
                self._notices.say_once(Kind.NUDGE, route, reader)
        yield (when := self._at_work(_began(route.request), self._patience.call_backup, self._policy.zone, now))
        if when <= now:
            for reader in self._notices.backup(route):
                self._notices.say_once(Kind.BACKUP, route, reader)

    def _at_work(self, since: datetime, working: timedelta, zone: tzinfo, now: datetime) -> datetime:
        """When so much working time has passed; if that was while nobody could act, as soon as people are at work."""
        hours = self._patience.hours
        return hours.after(max(hours.after(since, working, zone), now), timedelta(), zone)


def _began(request: Request) -> datetime:
    """When the step began whose turn it is: as the one before it ended."""
    return max([request.created_at, *(given.at for given in request.approvals)])
