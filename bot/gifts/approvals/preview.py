"""What would become of a request if it were asked for now: the same checks in the same order, and nothing is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.gifts.budget_ledger import BudgetLedger, check_caps
from bot.gifts.model.approval_route import Route, check_possible
from bot.gifts.model.budget import Balance
from bot.gifts.model.draft import Draft, request_of
from bot.gifts.model.errors import Invalid
from bot.gifts.model.gift import Request
from bot.gifts.model.people import Person, Roster
from bot.gifts.model.policy import Policy
from bot.gifts.model.text import Words
from bot.gifts.ports import Clock


@dataclass(frozen=True, slots=True)
class Foresight:
    """The request and its way, as far as there is one; `refusal` says why it would not be accepted."""

    refusal: Words | None
    request: Request | None = None
    route: Route | None = None
    before: Sequence[Balance] = ()
    after: Sequence[Balance] = ()


def foresee(
    draft: Draft, people: Mapping[str, Person], roster: Roster, policy: Policy, ledger: BudgetLedger, clock: Clock
) -> Foresight:
    """Look ahead, with people, groups and absences as they are now; `people` has everybody who asks or receives."""
    try:
        value = policy.value_of(draft, people, roster=roster)
    except Invalid as invalid:
        return Foresight(invalid.user_message)
    request = request_of(draft, value, draft.recipients, clock.now(), ledger.month)
    request = replace(request, weighed=ledger.rule_amount_of(request))
    route = policy.route(request, roster)
    before, after = ledger.balances(request), ledger.foreseen(request)
    try:
        check_possible(route)
        check_caps(before, after)
    except Invalid as invalid:
        return Foresight(invalid.user_message, request, route, before, after)
    return Foresight(None, request, route, before, after)
