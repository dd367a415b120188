"""A request that waits: before those whose turn it is, then reminded of, then told to the backup, then expired."""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot.gifts.aftercare import MACHINE
from bot.gifts.deciding import Deciding
from bot.gifts.errors import Invalid
from bot.gifts.gift import RequestState, RequestStep
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
            route = self._policy.route(request, self._roll.last)
            if route is None or route.step is None:  # the policy was changed; whoever acts next is told
                return Again(LONGEST_WAIT)
            return self._look_after(route, people)

    async def _people_of(self, request_id: str) -> Mapping[str, Person]:
        request = self._store.requests.get(request_id)
        readers = self._notices.deciders(request) if request else []
        return await self._roll.people([reader for reader in readers if is_person(reader)])

    def _look_after(self, route: Route, people: Mapping[str, Person]) -> Done | Again:
        now = self._clock.now()
        expires = self._due(route, self._patience.expire, self._policy.zone)
        if now >= expires:
            self._deciding.end(route.request, MACHINE, RequestStep.EXPIRE)
            return Done()
        self._deciding.put_before(route)
        times = [expires]
        for reader in self._notices.readers(route):
            zone = ZoneInfo(people[reader].time_zone) if reader in people else self._policy.zone
            times.append(self._due(route, self._patience.remind, zone))
            if now >= times[-1]:
                self._notices.say_once(Kind.NUDGE, route, reader)
        times.append(self._due(route, self._patience.call_backup, self._policy.zone))
        if now >= times[-1]:
            for reader in self._notices.backup(route):
                self._notices.say_once(Kind.BACKUP, route, reader)
        waits = [(time - now).total_seconds() for time in times if time > now]
        return Again(min(LONGEST_WAIT, *waits))

    def _due(self, route: Route, working: timedelta, zone: tzinfo) -> datetime:
        """When a step has waited so long; it began when the one before it ended."""
        began = max([route.request.created_at, *(given.at for given in route.request.approvals)])
        return self._patience.hours.after(began, working, zone)
