"""`giftbot policy explain`: what would become of a request, with people, absences and budgets as they are now."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from rich.text import Text

from bot.clock import SystemClock
from bot.gifts.approvals.preview import Foresight, foresee
from bot.gifts.approvers import ApproverDirectory
from bot.gifts.budget_ledger import BudgetLedger
from bot.gifts.model.approval_route import Route
from bot.gifts.model.currencies import currency_in
from bot.gifts.model.draft import Draft
from bot.gifts.model.errors import NotNow
from bot.gifts.model.people import Person, is_person
from bot.gifts.model.policy import Policy
from bot.settings import PolicySettings
from bot.tools.policy.report import Page
from bot.tools.policy.resolve_people import MUTE, CannotTell, Names, directory_of, find
from storage import SqliteStore
from storage.read_only import ReadOnlyDatabase


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody on the command line wants to know about; people are `@Mia` or member ids."""

    requester: str
    recipients: Sequence[str]
    amount: str
    currency: str
    country: str | None = None
    cost_centre: str | None = None


async def explain(settings: PolicySettings, wish: Wish) -> None:
    """Print rule, steps with people, who is told, budgets before and after, and whether it would be accepted.

    Raises:
        CannotTell: somebody cannot be found, or no country fits.
        DatabaseRefused: the database is there and cannot be read.
    """
    templates = _currencies(settings.policy(whole_amounts=False))  # what is sold, only the service knows
    policy = settings.policy(whole_amounts=settings.provider.whole_amounts, templates=templates)
    country = _country(wish, policy)
    async with directory_of(settings) as names:
        requester = await find(wish.requester, names)
        recipients = [await find(one, names) for one in wish.recipients]
        draft = Draft("", requester, tuple(recipients), wish.amount, country, cost_centre=wish.cost_centre)
        with closing(ReadOnlyDatabase(settings.giftbot_database)) as database:
            foresight, people = await _look_ahead(draft, policy, names, SqliteStore(database, lambda: None))
    _print(draft, wish, foresight, people, settings.giftbot_approvals_channel)


async def _look_ahead(
    draft: Draft, policy: Policy, names: Names, store: SqliteStore
) -> tuple[Foresight, Mapping[str, Person]]:
    clock = SystemClock()
    approver_directory = ApproverDirectory(store, names, clock, policy)
    try:
        roster = await approver_directory.now()
        everybody = {draft.requester, *draft.recipients, *policy.rules.approvers(roster)}
        people = await approver_directory.people(everybody | {*roster.stand_ins, *roster.stand_ins.values()})
    except NotNow as silent:
        raise CannotTell(MUTE) from silent
    return foresee(draft, people, roster, policy, BudgetLedger(store, clock, policy), clock), people


def _country(wish: Wish, policy: Policy) -> str:
    """The country that was named, or the first one that pays in the currency."""
    if wish.country:
        offered = wish.country in policy.countries
        if offered and (currency := currency_in(wish.country, policy.currencies)) != wish.currency:
            raise CannotTell(f"Gifts in {wish.country} are in {currency}, not in {wish.currency}.")
        return wish.country
    fitting = [country for country in policy.countries if currency_in(country, policy.currencies) == wish.currency]
    if not fitting:
        raise CannotTell(f"No offered country pays in {wish.currency}, but in {', '.join(_currencies(policy))}.")
    return fitting[0]


def _currencies(policy: Policy) -> list[str]:
    return sorted({currency_in(country, policy.currencies) for country in policy.countries})


def _print(
    draft: Draft, wish: Wish, foresight: Foresight, people: Mapping[str, Person], usual_channel: str | None
) -> None:
    page = Page()
    page.title("Request")
    page.row("asked for by", _named([draft.requester], people))
    page.row("for", _named(draft.recipients, people))
    worth = foresight.request.value.format("en") if foresight.request else f"{wish.amount} {wish.currency}"
    page.row("amount", f"{worth}{' each' if len(draft.recipients) > 1 else ''}, in {draft.country}")
    if draft.cost_centre:
        page.row("cost centre", draft.cost_centre)
    if route := foresight.route:
        _print_route(page, route, people, usual_channel)
    if foresight.before:
        page.title("Budgets")
    for before, after in zip(foresight.before, foresight.after, strict=True):
        used = f"{before.used.format('en')} → {after.used.format('en')} of {after.cap.format('en')}"
        page.row(before.budget.name, used, _named(before.subject.split(), people))
    page.show([_verdict(foresight)])


def _print_route(page: Page, route: Route, people: Mapping[str, Person], usual_channel: str | None) -> None:
    page.title("Rule")
    page.row(f"“{route.rule.name}”" if route.rule.name else "every gift", *_weighed(route))
    if not route.rule.steps:
        page.row("approved at once", f"told: {_named(route.without_involved(route.rule.notify), people) or 'nobody'}")
    for number, step in enumerate(route.rule.steps):
        hands = [
            _named([hand], people) + (f" for {_named([approver], people)}" if approver != hand else "")
            for hand, approver in route.eligible_approvers_of(number).items()
        ]
        told = _named(route.readers(number, usual_channel), people) or "nobody"
        page.row(f"step {number + 1}", f"{step.count} of {step.pool}: {', '.join(hands) or 'nobody'}", f"told: {told}")


def _weighed(route: Route) -> list[str]:
    """What the rule was chosen by, where that is more than the request."""
    weight = route.request.weighed
    if weight is None or weight == route.request.total:
        return []
    return [f"chosen by {weight.format('en')}, with what was asked for these people lately"]


def _named(ids: Iterable[str], people: Mapping[str, Person]) -> str:
    """People by name and id, channels and everything else as they are."""
    return ", ".join(
        f"{people[one].name} ({one})" if is_person(one) and one in people and people[one].name != one else one
        for one in ids
    )


def _verdict(foresight: Foresight) -> Text:
    if foresight.refusal:
        return Text(f"It would be refused. {foresight.refusal}", "bold red")
    return Text("It would be accepted.", "bold green")
