"""OUT: single lines of the Home tab: who holds a request now, who has agreed, and what an approver decided."""

from collections.abc import Iterator

from slack_sdk.models.blocks import Block

from bot.gifts.dashboard import Dashboard
from bot.gifts.model.approval_route import Route
from bot.gifts.model.gift import Approval, Request, RequestState
from bot.gifts.model.listing import DecisionRow, DecisionTotal
from bot.gifts.model.text import ListOf, Part, Words, say, say_many
from handlers.blocks.components import amount_in_total, context, deciders, mentions, outcome, some, whose_turn
from handlers.blocks.failures import STATES
from handlers.localization import Language, mention

_YES = say(":white_check_mark: {requester} for {recipients}, {amount}: approved {when}")
_NO = say(":no_entry_sign: {requester} for {recipients}, {amount}: declined {when}")


def holder(request: Request, route: Route | None) -> Words:
    """Who can decide about a request now."""
    if route is None:
        return say("The policy has no rule for this request any more. Please cancel it, and ask anew.")
    if not route.eligible_approvers:
        return say(":warning: nobody can decide about this just now")
    return say(
        ":hourglass_flowing_sand: waiting for {deciders} since {when}",
        deciders=deciders(sorted(route.eligible_approvers)),
        when=request.created_at,
    )


def course(route: Route, language: Language) -> Iterator[Block]:
    """Which step it is, and who has agreed already."""
    lines = [turn] if (turn := whose_turn(route)) else []
    if approvals := route.request.approvals:
        lines.append(say("Approved so far by {people}.", people=some([_who_agreed(given) for given in approvals])))
    if lines:
        yield context("\n".join(map(language.render, lines)))


def _who_agreed(given: Approval) -> Part:
    if given.by == given.on_behalf_of:
        return mention(given.by)
    return say("{person}, for {approver}", person=mention(given.by), approver=mention(given.on_behalf_of))


def sums(tally: DecisionTotal) -> Iterator[Words]:
    """What somebody decided in a month, in one currency."""
    if tally.yes:
        yield say_many(
            "{count} request approved: {total}", "{count} requests approved: {total}", tally.yes, total=tally.approved
        )
    if tally.no:
        yield say_many(
            "{count} request declined: {total}", "{count} requests declined: {total}", tally.no, total=tally.declined
        )


def decision(verdict: DecisionRow, desk: Dashboard, language: Language) -> str:
    """What somebody decided, and what came of it."""
    request = verdict.request
    words = _YES if verdict.is_yes else _NO
    said = words.fill(
        requester=mention(request.requester),
        recipients=mentions(request.recipients),
        amount=amount_in_total(request),
        when=verdict.at,
    )
    if not verdict.is_yes:
        return language.render(said)
    return f"{language.render(said)}\n{language.render(_outcome_now(verdict, desk))}"


def _outcome_now(verdict: DecisionRow, desk: Dashboard) -> Words | ListOf:
    """What became of a request since somebody approved it."""
    request = verdict.request
    if verdict.is_superseded:
        return say("The request was changed since, so this does not count any more.")
    if request.state is RequestState.PENDING:
        return holder(request, desk.routes.get(request.id))
    if request.state is not RequestState.APPROVED:
        return outcome(request)
    states = dict.fromkeys(gift.state for gift in request.gifts)
    if len(states) == 1:
        return say("Now {state}.", state=STATES[request.gifts[0].state])
    every = (
        say("{count} {state}", count=sum(gift.state is state for gift in request.gifts), state=STATES[state])
        for state in states
    )
    return say("Now {states}.", states=ListOf(tuple(every)))
