"""Deciding about a request: step by step, each yes in one transaction, until everybody has agreed or one says no.

What follows from it for others, their cards and what they are told, is the chase's, which is called for.
"""

from dataclasses import replace

from bot.gifts.approvals.refusals import refusals_on_record
from bot.gifts.approvers import ApproverDirectory, check_stand_in
from bot.gifts.budget_ledger import BudgetLedger
from bot.gifts.model.approval_route import NO_APPROVER, AlreadyDecided, Route, check_no_part_in
from bot.gifts.model.audit_event import AuditEvent
from bot.gifts.model.errors import Field, Invalid, Refused, TooLate
from bot.gifts.model.gift import Approval, GiftStep, Request, RequestState, RequestStep
from bot.gifts.model.job import JobKind
from bot.gifts.model.outcomes import Posted
from bot.gifts.model.people import Person
from bot.gifts.model.policy import LONGEST_REASON, Policy
from bot.gifts.model.refusal import UNKNOWN_REQUEST, Refusal, RefusalCode
from bot.gifts.model.text import say, say_many
from bot.gifts.notifications.plan import NotificationPlan
from bot.gifts.notifications.restore_detection import RestoreDetection
from bot.gifts.orders.catalogue import Catalogue
from bot.gifts.ports import Clock
from bot.gifts.store import Store


class Decisions:
    """What those who decide do, and the requester who takes a request back."""

    def __init__(
        self,
        store: Store,
        approver_directory: ApproverDirectory,
        clock: Clock,
        policy: Policy,
        catalogue: Catalogue,
        ledger: BudgetLedger,
        notifications: NotificationPlan,
        restore_detection: RestoreDetection,
    ) -> None:
        self._store = store
        self._approver_directory = approver_directory
        self._clock = clock
        self._policy = policy
        self._catalogue = catalogue
        self._ledger = ledger
        self._notifications = notifications
        self._restore_detection = restore_detection

    async def check(
        self, request_id: str, person: str, card: Posted | None = None, version: int | None = None
    ) -> Route:
        """The way of a request, if this person may decide about this version of it now; `card` is where they saw it.

        Raises:
            Refused: they may not, or it is too late; that they tried is on the record.
            NotNow: Slack does not say who they are, or who is in a group.
        """
        route, _ = await self._checked(request_id, person, card, version)
        return route

    async def _checked(
        self, request_id: str, person: str, card: Posted | None, version: int | None
    ) -> tuple[Route, Person]:
        self._restore_detection.record(request_id, card)
        rights = await self._approver_directory.acting_for(person)
        request = self._known(request_id)
        if card:
            self._notifications.adopt_card(request, card)
        with refusals_on_record(self._store, self._clock, request.id, person):
            route = self._open_route(request, person)
            approver = route.check(person)
            if approver not in rights:  # who went away while Slack was asked
                return await self._checked(request_id, person, card, version)
            check_stand_in(person, rights[approver])
        if version not in {None, request.version}:
            words = say("This request was changed meanwhile. A newer card shows it as it is now.")
            raise TooLate(RefusalCode.CHANGED_BEFORE_DECISION, words)
        return route, rights[person]

    async def approve(
        self,
        request_id: str,
        person: str,
        card: Posted | None = None,
        version: int | None = None,
        note: str = "",
        amount: str | None = None,
    ) -> Request:
        """Give one yes, perhaps with a note or to a lower amount; the last one that is needed lets gifts be ordered.

        Raises:
            Refused, NotNow: as `check` does.
            Invalid: the note is too long, or the amount cannot be.
        """
        if len(note) > LONGEST_REASON:
            words = say_many(
                "Please use at most {count} character.", "Please use at most {count} characters.", LONGEST_REASON
            )
            raise Invalid({Field.REASON: Refusal(RefusalCode.APPROVAL_NOTE_TOO_LONG, words)})
        route, approver = await self._checked(request_id, person, card, version)
        with self._store.write():  # nothing was awaited since, so that what was checked holds
            if amount is not None:
                route = replace(route, request=self._lowered(route.request, amount, approver))
            approval = Approval(*self._turn(route), person, route.check(person), self._clock.now(), note)
            return self._agree(route, approval)

    async def decline(self, request_id: str, person: str, note: str, version: int | None = None) -> Request:
        """Say no for all, with words for the requester.

        Raises:
            Refused, NotNow: as `check` does.
            Invalid: the words are missing, or too many.
        """
        if not 1 <= len(note) <= LONGEST_REASON:
            words = say_many(
                "Please say why, in at most {count} character; the requester reads it.",
                "Please say why, in at most {count} characters; the requester reads it.",
                LONGEST_REASON,
            )
            raise Invalid({Field.REASON: Refusal(RefusalCode.DECLINE_NEEDS_REASON, words)})
        route = await self.check(request_id, person, version=version)
        with self._store.write():
            if route.check(person) != person:
                self._note(AuditEvent.DISAGREE, route, person)
            return self.end(route.request, person, RequestStep.DECLINE, note)

    async def cancel(self, request_id: str, person: str) -> Request:
        """Let a requester take a request back.

        Raises:
            Refused: it is somebody else's, which is on the record then, or decided already.
        """
        request = self._known(request_id)
        with refusals_on_record(self._store, self._clock, request_id, person):
            if person != request.requester:
                words = say("Only the person who asked for a gift can cancel it.")
                raise Refused(RefusalCode.NOT_YOURS_TO_CANCEL, words)
        return self.end(request, person, RequestStep.CANCEL)

    def end(self, request: Request, person: str, step: RequestStep, note: str = "") -> Request:
        """Let a request come to an end of its waiting, once; whoever comes second is told who was first."""
        now = self._clock.now()
        with self._store.write():
            ended = self._store.requests.move(request, step, person, now, note)
            if ended is None:
                raise AlreadyDecided(self._known(request.id))
            approved = step is RequestStep.APPROVE
            gift_step = GiftStep.APPROVE if approved else GiftStep.DROP
            gifts = [self._store.gifts.move(gift, gift_step, person, now) for gift in request.gifts]
            if approved:
                for gift in request.gifts:
                    self._store.jobs.add(JobKind.ORDER, gift.id, now)
            if step is RequestStep.DECLINE:
                self._store.decision_totals.add(person, self._ledger.month, request.total, is_yes=False)
            if not approved:
                self._ledger.release(request, request.gifts)
            self._store.jobs.ensure(JobKind.CHASE, request.id, now)
        return replace(ended, gifts=tuple(filter(None, gifts)))

    def _open_route(self, request: Request, person: str) -> Route:
        """The way of a request, with the groups as they were read last; whoever comes too late is told who decided."""
        route = self._policy.route(request, self._approver_directory.cached())
        if route is None:
            words = say("The policy has no rule for this request any more. Please cancel it, and ask anew.")
            raise Refused(RefusalCode.NO_RULE_ANY_MORE, words)
        if request.state is not RequestState.PENDING:
            approvers, roster = self._policy.rules.approvers(route.roster), route.roster
            if person in {*approvers, *roster.stand_ins.values()} - request.involved:
                raise AlreadyDecided(request)
        return route

    def _turn(self, route: Route) -> tuple[int, str]:
        position = route.position
        assert position is not None, "somebody may decide only while a step is open"
        return position, route.rule.steps[position].pool

    def _agree(self, route: Route, approval: Approval) -> Request:
        then = route.after(approval)
        self._store.requests.approve(route.request, approval)
        self._store.decision_totals.add(approval.by, self._ledger.month, then.request.total, is_yes=True)
        if then.position is not None or approval.by != approval.on_behalf_of:
            self._note(AuditEvent.AGREE, route, approval.by)
        if then.position is None:
            return self.end(then.request, approval.by, RequestStep.APPROVE, approval.note)
        self._notifications.refresh_cards(then.request)
        self._store.jobs.ensure(JobKind.CHASE, then.request.id, self._clock.now())
        return then.request

    def _note(self, event: AuditEvent, route: Route, person: str) -> None:
        """Put on the record in which step somebody said yes or no, and for whom."""
        position, pool = self._turn(route)
        approver = route.check(person)
        whose = "" if approver == person else f", for {approver}"
        detail = f"step {position + 1}, {pool}{whose}"
        self._store.audit_log.add(self._clock.now(), person, event, route.request.id, detail=detail)

    def _lowered(self, request: Request, amount: str, approver: Person) -> Request:
        shelf = self._catalogue.known(request.country)
        value = self._policy.lowered(request, amount, approver.locale, shelf)
        if value == request.value:
            return request
        self._store.requests.lower(request, value, approver.id, self._clock.now())
        self._ledger.release(request, request.gifts)
        lowered = self._known(request.id)
        self._ledger.reserve(lowered, request.gifts)
        return lowered

    def check_may_mend(self, request: Request, person: str) -> None:
        """Let somebody pass who may set gifts going again that stopped: whoever approves gifts, but for their own.

        Raises:
            Refused: they may not; that they tried is on the record.
        """
        with refusals_on_record(self._store, self._clock, request.id, person):
            check_no_part_in(request, person)
            if person not in self._policy.rules.approvers(self._approver_directory.cached()):
                raise Refused(*NO_APPROVER)

    def _known(self, request_id: str) -> Request:
        request = self._store.requests.get(request_id)
        if request is None:
            raise Refused(*UNKNOWN_REQUEST)
        return request
