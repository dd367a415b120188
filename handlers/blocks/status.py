"""OUT: where things stand, in short, as `/gift status` says it, and the lines that the Home tab shares with it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from slack_sdk.models.blocks import Block, DividerBlock

from bot.gifts.dashboard import Overview
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import Gift, GiftState, Request, RequestState
from bot.gifts.model.order_hold import OrderHold
from bot.gifts.model.text import ListOf, say
from handlers.blocks.block_kit import Json, actions, as_json, button, confirmation
from handlers.blocks.bounds import fitting
from handlers.blocks.components import (
    amount_in_total,
    approve_button,
    context,
    deciders,
    decline_button,
    mentions,
    outcome,
    section,
    short_quote,
    show_again_button,
    value_of,
)
from handlers.blocks.failures import mending_buttons
from handlers.ids import ActionId
from handlers.localization import Language, mention

_PLACES = {
    GiftState.APPROVED: say(":hourglass_flowing_sand: being ordered for {recipients}"),
    GiftState.ORDERED: say(":hourglass_flowing_sand: ordered, on its way to {recipients}"),
    GiftState.DELIVERED: say(":gift: delivered to {recipients}"),
    GiftState.CLAIMED: say(":white_check_mark: claimed by {recipients}"),
    GiftState.CANCELLED: say(":no_entry_sign: closed for {recipients}"),
}
_RECEIVED = {
    GiftState.DELIVERED: say("*{value}* from {requester}, {when}"),
    GiftState.CLAIMED: say("*{value}* from {requester}, {when}, claimed"),
    GiftState.EXPIRED: say("*{value}* from {requester}, {when}, no longer valid"),
}
_MOST_TROUBLES = 5  # Slack takes 50 blocks in a message


def help_text(language: Language) -> str:
    """What `/gift` can do."""
    lines = (
        say("*Thank a colleague with a gift card*"),
        say("• `/gift` opens the form"),
        say(
            "• `/gift @colleague 25 GBP thank you for the launch` opens it filled in, in any order, for one or several"
        ),
        say("• `/gift status` shows your requests, those that wait for you, and the gifts that you got"),
        say("• `/gift settings` shows who may ask for what, and who decides"),
        say("• `/gift away until 14 Aug @colleague` lets a colleague approve for you; `/gift back` ends it"),
        say("An approver decides, the gift is ordered once, and only its recipient sees the link."),
    )
    return "\n".join(map(language.render, lines))


def status_title(language: Language) -> str:
    """What notifications and screen readers show of `status_blocks`."""
    return language.say("Where your gifts stand")


def status_blocks(overview: Overview, language: Language) -> list[dict[str, Any]]:
    """What waits for a person, and what became of what they asked for."""
    blocks: list[Block] = []
    if overview.to_decide or overview.in_trouble:
        blocks.append(section(language.say("*Waiting for you*")))
        for request in overview.to_decide:
            buttons = [approve_button(request, language), decline_button(request, language)]
            blocks.extend([wish(request, language), *short_quote(request.note, language), actions(*buttons)])
        stopped = ((request, gift) for request in overview.in_trouble for gift in request.gifts if gift.needs_attention)
        for request, gift in list(stopped)[:_MOST_TROUBLES]:
            blocks.extend(in_trouble(request, gift, language))
        blocks.append(DividerBlock())
    blocks.append(section(language.say("*Your requests*")))
    if not overview.mine:
        blocks.append(section(language.say("You have not asked for a gift yet. `/gift` opens the form.")))
    for request in overview.mine:
        blocks.extend(_mine(request, overview, language))
    if overview.received:
        blocks.append(DividerBlock())
        blocks.append(section(language.say("*Gifts for you*")))
        blocks.extend(received(request, gift, language) for request, gift in overview.received)
    blocks.append(context(language.say("The Home tab has all of it, and your budgets.")))
    return as_json(blocks)


def wish(request: Request, language: Language) -> Block:
    """Who wants to give whom how much."""
    what = language.say(
        "{requester} for {recipients}: *{amount}*",
        requester=mention(request.requester),
        recipients=mentions(request.recipients),
        amount=amount_in_total(request),
    )
    return section(what)


def in_trouble(request: Request, gift: Gift, language: Language) -> list[Block]:
    """Why a gift stopped, for those who can mend it, with what can help."""
    assert gift.reason is not None, "a gift stops for a reason"
    words = language.say(
        ":warning: {requester} for {recipient}, {value}: {reason}. {remedy}",
        requester=mention(request.requester),
        recipient=mention(gift.recipient),
        value=request.value,
        reason=gift.reason.words,
        remedy=gift.reason.remedy,
    )
    return [section(words), actions(*mending_buttons(gift, language))]


def received(request: Request, gift: Gift, language: Language) -> Block:
    """A gift that somebody got, with a button that shows it once more while it is any good."""
    text = _RECEIVED[gift.state].fill(
        value=value_of(request), requester=mention(request.requester), when=request.created_at
    )
    can_be_shown = gift.state is not GiftState.EXPIRED
    button = show_again_button(gift, language.say("Show my gift")) if can_be_shown else None
    return section(language.render(text), button)


def title_of(request: Request, language: Language) -> str:
    """For whom a request is, and how much."""
    return language.say(
        "{recipients}: *{amount}*", recipients=mentions(request.recipients), amount=amount_in_total(request)
    )


def _mine(request: Request, overview: Overview, language: Language) -> list[Block]:
    title = title_of(request, language)
    if request.decision is None:
        waiting = language.say(
            ":hourglass_flowing_sand: waiting for {deciders} since {when}",
            deciders=deciders(overview.deciders[request.id]),
            when=request.created_at,
        )
        return [section(f"{title}\n{waiting}", cancel_button(request, language))]
    return decided(request, overview.holds, overview.deciders[request.id], language)


def decided(request: Request, holds: Sequence[OrderHold], menders: Sequence[str], language: Language) -> list[Block]:
    """What became of a request, and where each of its gifts stands; `menders` can set those going that stopped."""
    assert request.decision is not None, "it is decided"
    outcome_ = language.render(outcome(request))
    text = f"{title_of(request, language)}\n{outcome_}"
    blocks: list[Block] = [section(text), *short_quote(request.decision.note, language)]
    if request.state is RequestState.APPROVED:
        blocks.append(section(fitting([*_standing(request, holds, menders, language)], language)))
    return blocks


def _standing(
    request: Request, standing: Sequence[OrderHold], menders: Sequence[str], language: Language
) -> Iterator[str]:
    """A line for all gifts that stand in the same place for the same reason."""
    holds = [hold for hold in standing if hold.currency in {None, request.value.currency}]
    places: dict[tuple[GiftState, Reason | None], list[str]] = defaultdict(list)
    for gift in request.gifts:
        places[gift.state, gift.reason].append(gift.recipient)
    for (state, reason), people in places.items():
        recipients = mentions(people)
        if state is GiftState.APPROVED and holds:
            yield language.say(
                ":double_vertical_bar: on hold for {recipients}: {reason}.",
                recipients=recipients,
                reason=holds[0].reason.for_requester,
            )
        elif reason is None:
            yield language.render(_PLACES[state].fill(recipients=recipients))
        else:
            yield _stopped(reason, recipients, language)
    if any(gift.needs_attention and gift.reason and gift.reason.can_retry for gift in request.gifts):
        yield language.say("{deciders} can retry.", deciders=deciders(menders))


def _stopped(reason: Reason, recipients: ListOf, language: Language) -> str:
    why, remedy = reason.for_requester, reason.remedy_for_requester
    if remedy is None:
        return language.say(":warning: {recipients}: {reason}.", recipients=recipients, reason=why)
    return language.say(":warning: {recipients}: {reason}. {remedy}", recipients=recipients, reason=why, remedy=remedy)


def cancel_button(request: Request, language: Language) -> Json:
    """Take a request back, after a second thought."""
    title, words = language.say("Take it back?"), language.say("Nobody will be asked any more, and nothing is ordered.")
    cancel = language.say("Cancel request")
    sure = confirmation(title, words, cancel, language.say("Keep it"))
    return button(cancel, ActionId.CANCEL, request.id, confirm=sure)
