"""OUT: what those who decide read: the card of a step, and what reminds them of it."""

from collections.abc import Iterator

from slack_sdk.models.blocks import Block

from bot.gifts.model.budget import Balance, Per
from bot.gifts.model.gift import Approval, Request
from bot.gifts.model.money import Money
from bot.gifts.model.notification import CardContext, RequestNotification
from bot.gifts.model.order import Funds
from bot.gifts.model.out_of_office import Absence
from bot.gifts.model.text import Part
from handlers.blocks.block_kit import actions
from handlers.blocks.bounds import cut, fitting
from handlers.blocks.components import (
    Card,
    amount_in_total,
    approve_button,
    approve_with_button,
    context,
    decline_button,
    escaped,
    mentions,
    outcome,
    quote,
    section,
    whose_turn,
)
from handlers.localization import Language, mention

_MOST_APPROVALS = 3
_MOST_BUDGETS = 4
_LONGEST_OF_A_NOTE = 100  # characters of what somebody wrote who has agreed


def approval(letter: RequestNotification, language: Language) -> Card:
    """The card of a step, with buttons while it is that step's turn."""
    request, brief = letter.request, letter.brief
    blocks: list[Block] = [section(_wish(request, language)), *quote(request.note, language)]
    if request.announce_in:
        blocks.append(context(_announced(request, language)))
    lines = [*_course(brief, language), *_surroundings(letter, brief, language)] if brief else []
    if lines:
        blocks.append(context(fitting(lines, language)))
    if request.decision:
        blocks.extend([context(language.render(outcome(request))), *quote(request.decision.note, language)])
    elif brief and brief.is_superseded:
        blocks.append(context(language.say("The request was changed since. A newer card shows it as it is now.")))
    elif brief and brief.is_open:
        buttons = [approve_button(request, language), decline_button(request, language)]
        blocks.append(actions(*buttons, approve_with_button(request, language)))
    return Card(_headline(request, language), blocks)


def approved_alone(letter: RequestNotification, language: Language) -> Card:
    """What a rule has approved by itself."""
    request = letter.request
    blocks: list[Block] = [section(_wish(request, language)), *quote(request.note, language)]
    decided = [context(language.render(outcome(request)))] if request.decision else []
    return Card(_headline(request, language), [*blocks, *decided])


def nudge(letter: RequestNotification, language: Language) -> Card:
    """A reminder of a card; the card has the buttons."""
    return _still_waiting(letter, language, language.say(":bell: Please decide: this is still waiting for you."))


def backup(letter: RequestNotification, language: Language) -> Card:
    """To those who can see that somebody decides."""
    return _still_waiting(letter, language, language.say(":bell: Nobody has decided about this yet."))


def stand_in(absence: Absence, language: Language) -> Card:
    """To a deputy, whom an absent approver's right to approve lies with."""
    person = mention(absence.person)
    text = language.say(
        ":palm_tree: {person} is away until {when}, and you decide for them.", person=person, when=absence.last_minute
    )
    how = language.say(
        "What waits for {person} comes to you, also in `/gift status`. The record says that you decide for them.",
        person=person,
    )
    return Card(text, [section(text), context(how)])


def stand_down(absence: Absence, language: Language) -> Card:
    """To a deputy, when an absence has ended before its time, or they are no longer the deputy."""
    text = language.say(
        ":wave: You no longer decide for {person}, since {when}.",
        person=mention(absence.person),
        when=absence.ended_at or absence.until,
    )
    return Card(text, [section(text)])


def _still_waiting(letter: RequestNotification, language: Language, text: str) -> Card:
    request = letter.request
    since = language.say("Waiting since {when}.", when=request.created_at)
    decided = [context(language.render(outcome(request)))] if request.decision else []
    return Card(text, [section(f"{text}\n{_wish(request, language)}"), context(since), *decided])


def _headline(request: Request, language: Language) -> str:
    requester, recipients = mention(request.requester), mentions(request.recipients)
    return language.say(
        "{requester} would like to thank {recipients} with a gift.", requester=requester, recipients=recipients
    )


def _wish(request: Request, language: Language) -> str:
    parts: dict[str, Part] = {
        "requester": mention(request.requester),
        "recipients": mentions(request.recipients),
        "amount": amount_in_total(request),
    }
    if request.source:
        return language.say(
            "{requester} would like to thank {recipients} for <{source}|this message> with a gift of *{amount}*.",
            source=escaped(request.source),
            **parts,
        )
    return language.say("{requester} would like to thank {recipients} with a gift of *{amount}*.", **parts)


def _announced(request: Request, language: Language) -> str:
    channel = mention(request.announce_in or "")
    if request.names_amount:
        return language.say("To be announced in {channel}, with the amount.", channel=channel)
    return language.say("To be announced in {channel}, without the amount.", channel=channel)


def _course(brief: CardContext, language: Language) -> Iterator[str]:
    """Under which rule, whose turn it is, and who has agreed so far."""
    route, request = brief.route, brief.route.request
    if turn := whose_turn(route):
        yield language.render(turn)
    if request.cost_centre:
        yield language.say("Cost centre: {cost_centre}.", cost_centre=escaped(request.cost_centre))
    if request.asked:
        yield language.say("Lowered from {asked} each.", asked=request.asked)
    needs_several = sum(step.count for step in route.rule.steps) > 1
    agreed = [given for given in request.approvals if needs_several or given.by != given.on_behalf_of]
    yield from (_agreed(given, language) for given in agreed[:_MOST_APPROVALS])
    if others := len(agreed[_MOST_APPROVALS:]):
        yield language.say_many("and {count} more approval", "and {count} more approvals", others)


def _agreed(given: Approval, language: Language) -> str:
    parts: dict[str, Part] = {"person": mention(given.by), "when": given.at}
    note = f" “{escaped(cut(given.note, _LONGEST_OF_A_NOTE))}”" if given.note else ""
    if given.by == given.on_behalf_of:
        return language.say(":white_check_mark: {person}, {when}", **parts) + note
    approver = mention(given.on_behalf_of)
    return language.say(":white_check_mark: {person}, for {approver}, {when}", approver=approver, **parts) + note


def _surroundings(letter: RequestNotification, brief: CardContext, language: Language) -> Iterator[str]:
    """What the account has, what these people have given each other, and what the tightest budgets leave after this."""
    if funds := _funds(letter.funds, letter.request.total, language):
        yield funds
    if brief.exchanged > 0:
        yield language.say_many(
            "These people have given each other {count} other gift this year.",
            "These people have given each other {count} other gifts this year.",
            brief.exchanged,
        )
    tightest = sorted(brief.balances, key=lambda balance: balance.left.minor)
    for balance in tightest[:_MOST_BUDGETS]:
        yield language.say(
            "Budget “{budget}”{subject}: {left} of {cap} left after this.",
            budget=escaped(balance.budget.name),
            subject=_subject(balance),
            left=balance.left,
            cap=balance.cap,
        )
    if others := len(tightest[_MOST_BUDGETS:]):
        yield language.say_many("and {count} more budget", "and {count} more budgets", others)


def _subject(balance: Balance) -> str:
    if balance.budget.per is Per.RECIPIENT:
        return f" ({mention(balance.subject)})"
    if balance.budget.per is Per.PAIR:
        return f" ({mention(balance.subject.split()[1])})"
    return ""


def _funds(funds: Funds, total: Money, language: Language) -> str:
    """What it is expected to cost, where that is not just its value, and whether the account has it."""
    words: list[str] = []
    if funds.price and funds.price != total:
        words.append(language.say("Estimated price: {price}.", price=funds.price))
    if funds.balance is None:
        return " ".join(words)
    if funds.balance >= (funds.price or total):
        words.append(language.say("The account at the gift card service has {balance}.", balance=funds.balance))
        return " ".join(words)
    words.append(
        language.say("The account at the gift card service has {balance}: too little for this.", balance=funds.balance)
    )
    return " ".join([":warning:", *words])
