"""Asking for gifts: what was filled in becomes a request, or a new version of one, and its money is reserved.

Those who decide hear of it through the chase.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from bot.gifts.approvals.refusals import refusals_on_record
from bot.gifts.approvers import ApproverDirectory
from bot.gifts.budget_ledger import BudgetLedger
from bot.gifts.model.approval_route import AlreadyDecided, check_possible
from bot.gifts.model.draft import Draft, request_of
from bot.gifts.model.errors import Field, Invalid, Refused, TooLate
from bot.gifts.model.gift import Request
from bot.gifts.model.job import JobKind
from bot.gifts.model.policy import MOST_RECIPIENTS, MOST_WAITING, Policy
from bot.gifts.model.product import ChosenProduct
from bot.gifts.model.refusal import Refusal, RefusalCode
from bot.gifts.model.text import say, say_many
from bot.gifts.notifications.plan import NotificationPlan
from bot.gifts.orders.catalogue import Catalogue
from bot.gifts.ports import Clock
from bot.gifts.store import Store


class Submissions:
    """What a requester does: ask, and change what nobody has decided yet."""

    def __init__(
        self,
        store: Store,
        approver_directory: ApproverDirectory,
        clock: Clock,
        policy: Policy,
        catalogue: Catalogue,
        ledger: BudgetLedger,
        notifications: NotificationPlan,
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._approver_directory = approver_directory
        self._clock = clock
        self._policy = policy
        self._catalogue = catalogue
        self._ledger = ledger
        self._notifications = notifications
        self._new_id = new_id

    async def ask(self, draft: Draft) -> Request:
        """Accept a request, once however often its form is submitted.

        Raises:
            Invalid: something that was filled in cannot be accepted.
            NotNow: Slack does not say who they are.
            Refused: the form belongs to somebody else.
        """
        wanted, gone = await asyncio.gather(self._read(draft), self._approver_directory.approvers_gone())
        with self._store.write():
            request = replace(wanted, weighed=self._ledger.rule_amount_of(wanted))
            route = self._policy.route(request, self._approver_directory.cached())
            if self._store.requests.add(request, waits_for=route.pool if route else None):
                self._check_waiting(request.requester)
                check_possible(route, gone)
                self._ledger.reserve(request, request.gifts)
                self._store.jobs.add(JobKind.CHASE, request.id, self._clock.now())
                return request
        kept = self._store.requests.get(draft.id)
        if kept is None or kept.requester != draft.requester:
            words = say("This form belongs to somebody else. Please open a new one with /gift.")
            raise Refused(RefusalCode.NOT_YOUR_FORM, words)
        return kept

    async def edit(self, draft: Draft, version: int) -> Request:
        """Let a pending request be another one; approvals begin anew, and cards of before lose their buttons.

        Raises as `ask` does.

        Raises:
            Refused: somebody decided it, or it was changed meanwhile.
        """
        wanted, gone = await asyncio.gather(self._read(draft), self._approver_directory.approvers_gone())
        with refusals_on_record(self._store, self._clock, draft.id, draft.requester), self._store.write():
            before = self._editable(draft.id, draft.requester, version)
            gift_of = {gift.recipient: gift for gift in before.gifts}
            gifts = tuple(gift_of.get(gift.recipient, gift) for gift in wanted.gifts)
            edited = replace(wanted, version=version + 1, gifts=gifts, weighed=self._ledger.rule_amount_of(wanted))
            self._ledger.release(before, before.gifts)
            self._store.requests.edit(edited, self._clock.now())
            check_possible(self._policy.route(edited, self._approver_directory.cached()), gone)
            self._ledger.reserve(edited, edited.gifts)
            self._notifications.refresh_cards(edited)
            self._store.jobs.ensure(JobKind.CHASE, edited.id, self._clock.now())
        return edited

    async def check_editor(self, request_id: str, person: str, version: int | None) -> Request:
        """The request, if this person may change it as it was in this version.

        Raises:
            Refused: it is somebody else's, which is on the record then, it is decided, or it was changed meanwhile.
        """
        with refusals_on_record(self._store, self._clock, request_id, person):
            return self._editable(request_id, person, version)

    async def deciders(self, request: Request) -> list[str]:
        """Who decides about a request: the approvals channel, or each approver."""
        return self._notifications.deciders(request)

    def _editable(self, request_id: str, person: str, version: int | None) -> Request:
        request = self._store.requests.get(request_id)
        if request is None or request.requester != person:
            words = say("Only the person who asked for a gift can change it.")
            raise Refused(RefusalCode.NOT_YOURS_TO_CHANGE, words)
        if request.decision:
            raise AlreadyDecided(request)
        if request.version != version:
            words = say("This request was changed meanwhile. Please open it again.")
            raise TooLate(RefusalCode.CHANGED_BEFORE_CHANGE, words)
        return request

    async def _read(self, draft: Draft) -> Request:
        """What was filled in, checked."""
        involved = {draft.requester, *draft.recipients[:MOST_RECIPIENTS]}
        roster, people = await self._approver_directory.now_with(involved)
        shelf = self._catalogue.known(draft.country)
        value = self._policy.value_of(draft, people, shelf, roster)
        product = shelf.find(draft.product) if shelf and draft.product else None
        month = self._ledger.month
        wanted = request_of(draft, value, [self._new_id() for _ in draft.recipients], self._clock.now(), month)
        return replace(
            wanted,
            product=ChosenProduct(product.code, product.name) if product else None,
            names_amount=draft.names_amount and self._policy.announcing.may_name_amount,
        )

    def _check_waiting(self, person: str) -> None:
        """Nobody can bury those who decide; the request that is one too many is undone."""
        if self._store.requests.count_undecided(person) > MOST_WAITING:
            words = say_many(
                "{count} of your requests is waiting for a decision. Please let it be decided, or cancel it.",
                "{count} of your requests are waiting for a decision. Please let one be decided, or cancel it.",
                MOST_WAITING,
            )
            raise Invalid({Field.RECIPIENTS: Refusal(RefusalCode.TOO_MANY_WAITING, words)})
