"""Budgets at work: money is reserved in the transaction that accepts a request, and released when it ends unordered."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from bot.gifts.model.budget import Account, Balance, Per, accounts_of, month_of, pair
from bot.gifts.model.errors import Field, Invalid
from bot.gifts.model.gift import Gift, Request
from bot.gifts.model.money import Money
from bot.gifts.model.policy import Policy
from bot.gifts.model.refusal import Refusal, RefusalCode
from bot.gifts.model.text import say
from bot.gifts.ports import Clock
from bot.gifts.store import Store


class BudgetLedger:
    """Knows what is reserved, and lets no budget be exceeded."""

    def __init__(self, store: Store, clock: Clock, policy: Policy) -> None:
        self._store = store
        self._clock = clock
        self._policy = policy

    @property
    def month(self) -> str:
        """The month that it is for the company."""
        return month_of(self._clock.now(), self._policy.zone)

    @property
    def month_began(self) -> datetime:
        """When it began."""
        return datetime.strptime(self.month, "%Y-%m").replace(tzinfo=self._policy.zone)

    def reserve(self, request: Request, gifts: Iterable[Gift]) -> None:
        """Count gifts in; runs inside the transaction that it undoes by raising.

        Raises:
            Invalid: a budget would be exceeded; the words say which, and what is left.
        """
        before = self.balances(request)
        counted_in = [self._store.budget_usage.reserve(request, gift) for gift in gifts]
        if any(counted_in):
            check_caps(before, self.balances(request))

    def release(self, request: Request, gifts: Iterable[Gift]) -> None:
        """Give back what is reserved for gifts that nothing will be ordered for."""
        for gift in gifts:
            self._store.budget_usage.release(request, gift)

    def balances(self, request: Request) -> list[Balance]:
        """Every budget that a request counts in, as it is used now."""
        accounts = dict.fromkeys(account for to in request.recipients for account in accounts_of(request, to))
        return list(self._of(accounts, request.month))

    def foreseen(self, request: Request) -> list[Balance]:
        """Every budget that a request counts in, as it would be used once the request is accepted."""
        gifts = Counter(account for to in request.recipients for account in accounts_of(request, to))
        return [
            replace(balance, used=balance.used.plus(request.value.times(gifts[balance.account])))
            for balance in self.balances(request)
        ]

    def rule_amount_of(self, request: Request) -> Money:
        """What the rule is chosen by: small gifts one after the other weigh as much as one large one."""
        if not self._policy.counts_together:
            return request.total
        since = self._clock.now() - self._policy.counts_together
        weight, currency = request.total, request.value.currency
        for recipient in request.recipients:
            given = self._store.requests.given_between(request.requester, recipient, currency, since, but=request.id)
            weight = weight.plus(given)
        return weight

    def balances_of(self, requester: str) -> list[Balance]:
        """The budgets out of which somebody gives, in every currency that has a cap."""
        currencies = sorted({currency for budget in self._policy.budgets for currency in budget.caps})
        mine = [Account(Per.REQUESTER, requester, currency) for currency in currencies]
        shared = [
            Account(Per.COST_CENTRE, name, currency) for name in self._policy.cost_centres for currency in currencies
        ]
        company = [Account(Per.COMPANY, "", currency) for currency in currencies]
        return list(self._of([*mine, *shared, *company], self.month))

    def exchanged(self, request: Request) -> int:
        """How many gifts these people have given each other this year, in both directions, this one not counted."""
        first, last = f"{request.month[:4]}-01", f"{request.month[:4]}-12"
        subjects = [
            subject
            for to in request.recipients
            for subject in (pair(request.requester, to), pair(to, request.requester))
        ]
        accounts = [Account(Per.PAIR, subject, currency) for subject in subjects for currency in self._policy.largest]
        return sum(self._store.budget_usage.gifts(account, first, last) for account in accounts) - len(request.gifts)

    def _of(self, accounts: Iterable[Account], month: str) -> Iterator[Balance]:
        for account in accounts:
            for budget in self._policy.budgets:
                cap: Money | None = budget.caps.get(account.currency)
                if cap and budget.is_about(account):
                    used = self._store.budget_usage.used(account, *budget.every.months(month))
                    yield Balance(budget, account.subject, used, cap)


def check_caps(before: Sequence[Balance], after: Sequence[Balance]) -> None:
    """Let a request pass that leaves every budget within its cap; both list the same budgets in the same order.

    Raises:
        Invalid: one would be exceeded; the words say which, and what is left.
    """
    for balance, then in zip(before, after, strict=True):
        if then.used > then.cap:
            words = say(
                "This is more than the budget “{budget}” allows: {left} of {cap} are left.",
                budget=balance.budget.name,
                left=balance.left,
                cap=balance.cap,
            )
            raise Invalid({Field.AMOUNT: Refusal(RefusalCode.OVER_BUDGET, words)})
