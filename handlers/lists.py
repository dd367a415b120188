"""OUT: where things stand. The same blocks answer `/gift status` and fill the Home tab."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, ConfirmObject, DividerBlock, PlainTextObject

from bot.gifts.gift import Gift, GiftState, Request, RequestState
from bot.gifts.overview import Overview
from bot.gifts.reasons import Reason
from bot.gifts.wording import Listed, Part, say
from handlers.ids import ActionId
from handlers.language import Language, mention
from handlers.troubles import retry_button
from handlers.words import (
    amount_in_total,
    approve_button,
    deciders,
    decline_button,
    mentions,
    outcome,
    quote,
    section,
    show_again_button,
    value_of,
)

_PLACES = {
    GiftState.APPROVED: say(":hourglass_flowing_sand: being ordered for {recipients}"),
    GiftState.ORDERED: say(":hourglass_flowing_sand: ordered, on its way to {recipients}"),
    GiftState.DELIVERED: say(":gift: delivered to {recipients}"),
    GiftState.CLAIMED: say(":white_check_mark: claimed by {recipients}"),
}
_MOST_TROUBLES = 8  # Slack takes 50 blocks in a message


def help_text(language: Language) -> str:
    """What `/gift` can do."""
    lines = (
        say("*Thank a colleague with a gift card*"),
        say("• `/gift` opens the form"),
        say(
            "• `/gift @colleague 25 GBP thank you for the launch` opens it filled in, in any order, for one or several"
        ),
        say("• `/gift status` shows your requests, those that wait for you, and the gifts that you got"),
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
            blocks.extend(_to_decide(request, language))
        troubles = [block for request in overview.in_trouble for block in _in_trouble(request, language)]
        blocks.extend(troubles[:_MOST_TROUBLES])
        blocks.append(DividerBlock())
    blocks.append(section(language.say("*Your requests*")))
    if not overview.mine:
        blocks.append(section(language.say("You have not asked for a gift yet. `/gift` opens the form.")))
    for request in overview.mine:
        blocks.extend(_mine(request, overview, language))
    if overview.received:
        blocks.append(DividerBlock())
        blocks.append(section(language.say("*Gifts for you*")))
        blocks.extend(_received(request, gift, language) for request, gift in overview.received)
    return [block.to_dict() for block in blocks]


def home_view(overview: Overview, language: Language) -> dict[str, Any]:
    """The Home tab."""
    return {"type": "home", "blocks": status_blocks(overview, language)}


def _to_decide(request: Request, language: Language) -> list[Block]:
    what = language.say(
        "{requester} for {recipients}: *{amount}*",
        requester=mention(request.requester),
        recipients=mentions(request.recipients),
        amount=amount_in_total(request),
    )
    return [
        section(what),
        *quote(request.note, language),
        ActionsBlock(elements=[approve_button(request, language), decline_button(request, language)]),
    ]


def _in_trouble(request: Request, language: Language) -> list[Block]:
    blocks: list[Block] = []
    for gift in request.gifts:
        if gift.is_in_trouble and gift.reason:
            words = language.say(
                ":warning: {requester} for {recipient}, {value}: {reason}. {remedy}",
                requester=mention(request.requester),
                recipient=mention(gift.recipient),
                value=request.value,
                reason=gift.reason.words,
                remedy=gift.reason.remedy,
            )
            blocks.append(section(words, retry_button(gift, language) if gift.reason.can_retry else None))
    return blocks


def _received(request: Request, gift: Gift, language: Language) -> Block:
    parts: dict[str, Part] = {
        "value": value_of(request),
        "requester": mention(request.requester),
        "when": request.created_at,
    }
    is_claimed = gift.state is GiftState.CLAIMED
    text = (
        language.say("*{value}* from {requester}, {when}, claimed", **parts)
        if is_claimed
        else language.say("*{value}* from {requester}, {when}", **parts)
    )
    can_be_shown = gift.state is not GiftState.LAPSED
    return section(text, show_again_button(gift, language.say("Show my gift")) if can_be_shown else None)


def _mine(request: Request, overview: Overview, language: Language) -> list[Block]:
    title = language.say(
        "{recipients}: *{amount}*", recipients=mentions(request.recipients), amount=amount_in_total(request)
    )
    if request.decision is None:
        waiting = language.say(
            ":hourglass_flowing_sand: waiting for {deciders} since {when}",
            deciders=deciders(overview.deciders[request.id]),
            when=request.created_at,
        )
        return [section(f"{title}\n{waiting}", _cancel_button(request, language))]
    decided = language.render(outcome(request))
    blocks: list[Block] = [section(f"{title}\n{decided}"), *quote(request.decision.note, language)]
    if request.state is RequestState.APPROVED:
        blocks.append(section("\n".join(_standing(request, overview, language))))
    return blocks


def _standing(request: Request, overview: Overview, language: Language) -> Iterator[str]:
    """A line for all gifts that stand in the same place for the same reason."""
    holds = [hold for hold in overview.holds if hold.currency in {None, request.value.currency}]
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
    if any(gift.is_in_trouble and gift.reason and gift.reason.can_retry for gift in request.gifts):
        yield language.say("{deciders} can retry.", deciders=deciders(overview.deciders[request.id]))


def _stopped(reason: Reason, recipients: Listed, language: Language) -> str:
    why = reason.for_requester
    if reason.can_retry:
        return language.say(":warning: {recipients}: {reason}.", recipients=recipients, reason=why)
    return language.say(
        ":warning: {recipients}: {reason}. {remedy}", recipients=recipients, reason=why, remedy=reason.remedy
    )


def _cancel_button(request: Request, language: Language) -> ButtonElement:
    return ButtonElement(
        text=language.say("Cancel request"),
        action_id=ActionId.CANCEL,
        value=request.id,
        confirm=ConfirmObject(
            title=language.say("Take it back?"),
            text=PlainTextObject(text=language.say("Nobody will be asked any more, and nothing is ordered.")),
            confirm=language.say("Cancel request"),
            deny=language.say("Keep it"),
        ),
    )
