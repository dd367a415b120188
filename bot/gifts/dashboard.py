"""Where things stand for one person: a page of each list for the Home tab, and in short for `/gift status`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from bot.gifts.approvers import ApproverDirectory
from bot.gifts.budget_ledger import BudgetLedger
from bot.gifts.model.approval_route import Route
from bot.gifts.model.budget import Balance
from bot.gifts.model.gift import Gift, Request, RequestState
from bot.gifts.model.listing import DecisionRow, DecisionTotal, GiftLine, RequestFilter
from bot.gifts.model.order_hold import OrderHold
from bot.gifts.model.pagination import BEGINNING, ON_A_PAGE, Mark, Page, Place, page_of
from bot.gifts.model.policy import Policy
from bot.gifts.notifications.plan import NotificationPlan
from bot.gifts.store import Store


@dataclass(frozen=True, slots=True)
class DashboardView:
    """What of it somebody looks at: which of their requests, and how far they leafed through each list.

    `budgets` counts pages from 0.
    """

    which: RequestFilter = RequestFilter.ALL
    mine: Place = BEGINNING
    to_decide: Place = BEGINNING
    in_trouble: Place = BEGINNING
    budgets: int = 0
    received: Place = BEGINNING
    verdicts: Place = BEGINNING


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One person's requests, what waits for them, what they can give, what they got, and what they decided this month.

    `routes` has the way of each request that waits, where a rule is about it; `menders` are those who can set the gifts
    of each of their own going again. Only those who may ask for gifts have budgets, and only approvers decide.
    """

    look: DashboardView = DashboardView()
    is_approver: bool = False
    mine: Page[Request] = field(default_factory=Page)
    to_decide: Page[Request] = field(default_factory=Page)
    in_trouble: Page[GiftLine] = field(default_factory=Page)
    routes: Mapping[str, Route] = field(default_factory=dict)
    menders: Mapping[str, list[str]] = field(default_factory=dict)
    holds: Sequence[OrderHold] = ()
    budgets: Sequence[Balance] = ()
    month: str = ""
    received: Page[GiftLine] = field(default_factory=Page)
    verdicts: Page[DecisionRow] = field(default_factory=Page)
    tallies: Sequence[DecisionTotal] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """What one person asked for and was given, what waits for them, who decides, and which orders are on hold."""

    mine: Sequence[Request] = ()
    to_decide: Sequence[Request] = ()
    in_trouble: Sequence[Request] = ()
    received: Sequence[tuple[Request, Gift]] = ()
    deciders: Mapping[str, list[str]] = field(default_factory=dict)
    holds: Sequence[OrderHold] = ()


class Dashboards:
    """Puts them together, as things stand now."""

    def __init__(
        self,
        store: Store,
        approver_directory: ApproverDirectory,
        policy: Policy,
        ledger: BudgetLedger,
        notifications: NotificationPlan,
    ) -> None:
        self._store = store
        self._approver_directory = approver_directory
        self._policy = policy
        self._ledger = ledger
        self._notifications = notifications

    async def of(self, person: str, look: DashboardView) -> Dashboard:
        """One person's; only who may decide sees what waits for a decision or a retry.

        Raises:
            NotNow: Slack does not say who is in a group.
        """
        roster = await self._approver_directory.now()
        lists, pools = self._store.listings, self._policy.rules.pools_for(person, roster)
        month = self._ledger.month_began
        mine = page_of(partial(lists.asked_by, person, which=look.which), _of_request, look.mine)
        to_decide = page_of(partial(lists.undecided, person, pools), _of_request, look.to_decide)
        mends = person in self._policy.rules.approvers(roster)
        in_trouble = page_of(partial(lists.in_trouble, person), _of_gift, look.in_trouble) if mends else Page()
        verdicts = page_of(partial(lists.decided_by, person, month), _of_verdict, look.verdicts)
        looked_at = (*mine.lines, *to_decide.lines, *(verdict.request for verdict in verdicts.lines))
        routes = {
            one.id: route
            for one in looked_at
            if one.state is RequestState.PENDING and (route := self._policy.route(one, roster))
        }
        decidable = [one for one in to_decide.lines if one.id in routes and person in routes[one.id].eligible_approvers]
        tallies = self._store.decision_totals.of(person, self._ledger.month)
        return Dashboard(
            look=look,
            is_approver=bool(pools or tallies),
            mine=mine,
            to_decide=replace(to_decide, lines=decidable),
            in_trouble=in_trouble,
            routes=routes,
            menders={
                one.id: self._notifications.deciders(one) for one in mine.lines if one.state is RequestState.APPROVED
            },
            holds=self._store.order_holds.all_standing(),
            budgets=self._ledger.balances_of(person) if self._policy.is_open_to(person, roster) else (),
            month=self._ledger.month,
            received=page_of(partial(lists.given_to, person), _of_gift, look.received),
            verdicts=verdicts,
            tallies=tallies,
        )

    async def overview(self, person: str) -> Overview:
        """In short; only who may decide sees what waits for a decision or a retry. Raises NotNow as `of` does."""
        roster, lists = await self._approver_directory.now(), self._store.listings
        mine = lists.asked_by(person, ON_A_PAGE)
        mends = person in self._policy.rules.approvers(roster)
        stopped = lists.in_trouble(person, ON_A_PAGE) if mends else ()
        return Overview(
            mine=mine,
            to_decide=lists.undecided(person, self._policy.rules.pools_for(person, roster), ON_A_PAGE),
            in_trouble=list({line.request.id: line.request for line in stopped}.values()),
            received=[(line.request, line.gift) for line in lists.given_to(person, ON_A_PAGE)],
            deciders={request.id: self._notifications.deciders(request) for request in mine},
            holds=self._store.order_holds.all_standing(),
        )


def _of_request(request: Request) -> Mark:
    return Mark(request.created_at, request.id)


def _of_gift(line: GiftLine) -> Mark:
    return Mark(line.since, line.gift.id)


def _of_verdict(verdict: DecisionRow) -> Mark:
    return Mark(verdict.at, verdict.request.id)
