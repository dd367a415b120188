"""OUT: the Home tab: everything on one person's desk, the most urgent first, a page of each list at a time."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    DividerBlock,
    HeaderBlock,
    Option,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.gifts.dashboard import Dashboard, DashboardView
from bot.gifts.model.approval_route import Route
from bot.gifts.model.gift import Request
from bot.gifts.model.listing import RequestFilter
from bot.gifts.model.pagination import ON_A_PAGE, Page, Place
from bot.gifts.model.text import Words, say
from handlers.blocks.block_kit import Json, actions, button
from handlers.blocks.bounds import LONGEST_LABEL, cut, fitting
from handlers.blocks.budget_bars import bar
from handlers.blocks.components import approve_button, context, decline_button, edit_button, section, short_quote
from handlers.blocks.home_rows import course, decision, holder, sums
from handlers.blocks.status import cancel_button, decided, in_trouble, received, title_of, wish
from handlers.ids import ActionId
from handlers.localization import Language
from handlers.private_metadata import look_as_text

_WHICH = {
    RequestFilter.ALL: say("All"),
    RequestFilter.PENDING: say("Waiting for a decision"),
    RequestFilter.APPROVED: say("Approved"),
    RequestFilter.IN_TROUBLE: say("In trouble"),
    RequestFilter.DECLINED: say("Declined"),
    RequestFilter.CANCELLED: say("Cancelled"),
    RequestFilter.EXPIRED: say("Expired"),
}
_NEWEST_FIRST = (say("Newer"), say("Older"))
_OLDEST_FIRST = (say("Older"), say("Newer"))
_BY_NAME = (say("Back"), say("More"))


def home_view(desk: Dashboard, language: Language) -> dict[str, Any]:
    """The tab; it carries what somebody looks at, so that it stays when the tab is brought up to date."""
    sections = (_to_decide, _in_trouble, _mine, _budgets, _received, _verdicts)
    parts = [blocks for part in sections if (blocks := list(part(desk, language)))]
    blocks = [block for part in parts for block in (*part, DividerBlock())]
    rules = button(language.say("Show the rules"), ActionId.SETTINGS)
    view = View(type="home", private_metadata=look_as_text(desk.look), blocks=[*blocks, actions(rules)])
    return view.to_dict()


# ---------------------------------------------------------------- what waits for this person


def _to_decide(desk: Dashboard, language: Language) -> Iterator[Block]:
    page, title = desk.to_decide, say("Waiting for you")
    if not (page.lines or page.before or page.behind):
        return
    yield _header(title, language)
    for request in page.lines:
        yield wish(request, language)
        yield from short_quote(request.note, language)
        yield from course(desk.routes[request.id], language)
        yield actions(approve_button(request, language), decline_button(request, language))
    looks = _looks(page, lambda place: replace(desk.look, to_decide=place))
    yield from _pager(title, looks, _OLDEST_FIRST, language)


def _in_trouble(desk: Dashboard, language: Language) -> Iterator[Block]:
    page, title = desk.in_trouble, say("Gifts that need somebody")
    if not page.lines:
        return
    yield _header(title, language)
    for line in page.lines:
        yield from in_trouble(line.request, line.gift, language)
    looks = _looks(page, lambda place: replace(desk.look, in_trouble=place))
    yield from _pager(title, looks, _NEWEST_FIRST, language)


# ---------------------------------------------------------------- what they asked for, and can ask for


def _mine(desk: Dashboard, language: Language) -> Iterator[Block]:
    page, title = desk.mine, say("Your requests")
    yield _header(title, language)
    if not page.lines and desk.look.which is RequestFilter.ALL:
        yield section(language.say("You have not asked for a gift yet. `/gift` opens the form."))
        return
    yield actions(_which(desk.look.which, language))
    if not page.lines:
        yield section(language.say("There is none like that."))
    for request in page.lines:
        if request.decision:
            yield from decided(request, desk.holds, desk.menders.get(request.id, []), language)
        else:
            yield from _pending(request, desk.routes.get(request.id), language)
    yield from _pager(title, _looks(page, lambda place: replace(desk.look, mine=place)), _NEWEST_FIRST, language)


def _which(chosen: RequestFilter, language: Language) -> Json:
    options = {
        which: Option(text=cut(language.render(words), LONGEST_LABEL), value=which) for which, words in _WHICH.items()
    }
    select = StaticSelectElement(
        placeholder=language.say("Which requests"),
        action_id=ActionId.WHICH,
        options=list(options.values()),
        initial_option=options[chosen],
    )
    return select.to_dict()


def _pending(request: Request, route: Route | None, language: Language) -> Iterator[Block]:
    yield section(f"{title_of(request, language)}\n{language.render(holder(request, route))}")
    if route:
        yield from course(route, language)
    yield actions(edit_button(request, language), cancel_button(request, language))


def _budgets(desk: Dashboard, language: Language) -> Iterator[Block]:
    balances, title = desk.budgets, say("Your budgets")
    if not balances:
        return
    yield _header(title, language)
    last = (len(balances) - 1) // ON_A_PAGE
    page = min(desk.look.budgets, last)
    shown = balances[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
    yield from (section(bar(balance, desk.month, language)) for balance in shown)
    before = replace(desk.look, budgets=page - 1) if page else None
    behind = replace(desk.look, budgets=page + 1) if page < last else None
    yield from _pager(title, (before, behind), _BY_NAME, language)


# ---------------------------------------------------------------- what they got, and what they decided


def _received(desk: Dashboard, language: Language) -> Iterator[Block]:
    page, title = desk.received, say("Gifts for you")
    if not page.lines:
        return
    yield _header(title, language)
    yield from (received(line.request, line.gift, language) for line in page.lines)
    looks = _looks(page, lambda place: replace(desk.look, received=place))
    yield from _pager(title, looks, _NEWEST_FIRST, language)


def _verdicts(desk: Dashboard, language: Language) -> Iterator[Block]:
    page, title = desk.verdicts, say("What you decided this month")
    if not desk.is_approver:
        return
    yield _header(title, language)
    if not page.lines:
        yield section(language.say("Nothing yet."))
    if counted := [language.render(words) for tally in desk.tallies for words in sums(tally)]:
        yield context(fitting(counted, language))
    yield from (section(decision(verdict, desk, language)) for verdict in page.lines)
    looks = _looks(page, lambda place: replace(desk.look, verdicts=place))
    yield from _pager(title, looks, _NEWEST_FIRST, language)


# ---------------------------------------------------------------- headings and pages


def _header(title: Words, language: Language) -> HeaderBlock:
    return HeaderBlock(text=language.render(title))


def _looks(page: Page[Any], at: Callable[[Place], DashboardView]) -> tuple[DashboardView | None, DashboardView | None]:
    """What the pages before and behind show."""
    return (at(page.before) if page.before else None), (at(page.behind) if page.behind else None)


def _pager(
    title: Words,
    looks: tuple[DashboardView | None, DashboardView | None],
    words: tuple[Words, Words],
    language: Language,
) -> Iterator[Block]:
    """Buttons to the pages before and behind, where there are any; each carries what is shown then."""
    ways = zip((ActionId.PAGE_BEFORE, ActionId.PAGE_BEHIND), looks, words, strict=True)
    buttons = [
        button(
            language.render(label),
            action_id,
            look_as_text(look),
            accessibility_label=language.say("{button}: {list}", button=label, list=title),
        )
        for action_id, look, label in ways
        if look
    ]
    if buttons:
        yield actions(*buttons)
