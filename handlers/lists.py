"""OUT: where things stand. The same blocks answer `/gift status` and fill the Home tab."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, ConfirmObject, DividerBlock, PlainTextObject

from bot.gifts.gift import Gift, GiftState, Request, RequestState
from bot.gifts.overview import Overview
from bot.gifts.reasons import Reason
from handlers.cards import retry_button
from handlers.ids import ActionId
from handlers.words import (
    amount_in_total,
    approve_button,
    deciders,
    decline_button,
    mention,
    mentions,
    moment,
    outcome,
    quote,
    section,
    show_again_button,
    value_of,
)

_PLACES = {
    GiftState.APPROVED: ":hourglass_flowing_sand: being ordered for",
    GiftState.ORDERED: ":hourglass_flowing_sand: ordered, on its way to",
    GiftState.DELIVERED: ":gift: delivered to",
    GiftState.CLAIMED: ":white_check_mark: claimed by",
}
_MOST_TROUBLES = 8  # Slack takes 50 blocks in a message

HELP = (
    "*Thank a colleague with a gift card*\n"
    "• `/gift` opens the form\n"
    "• `/gift @colleague 25 GBP thank you for the launch` opens it filled in, in any order, for one or several\n"
    "• `/gift status` shows your requests, those that wait for you, and the gifts that you got\n"
    "An approver decides, the gift is ordered once, and only its recipient sees the link."
)


def status_blocks(overview: Overview, locale: str) -> list[dict[str, Any]]:
    """What waits for a person, and what became of what they asked for."""
    blocks: list[Block] = []
    if overview.to_decide or overview.in_trouble:
        blocks.append(section("*Waiting for you*"))
        for request in overview.to_decide:
            blocks.extend(_to_decide(request, locale))
        troubles = [block for request in overview.in_trouble for block in _in_trouble(request, locale)]
        blocks.extend(troubles[:_MOST_TROUBLES])
        blocks.append(DividerBlock())
    blocks.append(section("*Your requests*"))
    if not overview.mine:
        blocks.append(section("You have not asked for a gift yet. `/gift` opens the form."))
    for request in overview.mine:
        blocks.extend(_mine(request, overview, locale))
    if overview.received:
        blocks.append(DividerBlock())
        blocks.append(section("*Gifts for you*"))
        blocks.extend(_received(request, gift, locale) for request, gift in overview.received)
    return [block.to_dict() for block in blocks]


def home_view(overview: Overview, locale: str) -> dict[str, Any]:
    """The Home tab."""
    return {"type": "home", "blocks": status_blocks(overview, locale)}


def _to_decide(request: Request, locale: str) -> list[Block]:
    who = f"{mention(request.requester)} for {mentions(request.recipients, locale)}"
    return [
        section(f"{who}: *{amount_in_total(request, locale)}*"),
        *quote(request.note),
        ActionsBlock(elements=[approve_button(request, locale), decline_button(request)]),
    ]


def _in_trouble(request: Request, locale: str) -> list[Block]:
    blocks: list[Block] = []
    for gift in request.gifts:
        if gift.is_in_trouble and gift.reason:
            who = f"{mention(request.requester)} for {mention(gift.recipient)}, {request.value.format(locale)}"
            words = f":warning: {who}: {gift.reason.words}. {gift.reason.remedy}"
            blocks.append(section(words, retry_button(gift) if gift.reason.can_retry else None))
    return blocks


def _received(request: Request, gift: Gift, locale: str) -> Block:
    claimed = ", claimed" if gift.state is GiftState.CLAIMED else ""
    text = f"*{value_of(request, locale)}* from {mention(request.requester)}, {moment(request.created_at)}{claimed}"
    return section(text, show_again_button(gift, "Show my gift") if gift.state is not GiftState.LAPSED else None)


def _mine(request: Request, overview: Overview, locale: str) -> list[Block]:
    who_decides = overview.deciders[request.id]
    title = f"{mentions(request.recipients, locale)}: *{amount_in_total(request, locale)}*"
    if request.decision is None:
        waiting = f"waiting for {deciders(who_decides, locale)} since {moment(request.created_at)}"
        return [section(f"{title}\n:hourglass_flowing_sand: {waiting}", _cancel_button(request))]
    blocks: list[Block] = [section(f"{title}\n{outcome(request)}"), *quote(request.decision.note)]
    if request.state is RequestState.APPROVED:
        blocks.append(section("\n".join(_standing(request, overview, locale))))
    return blocks


def _standing(request: Request, overview: Overview, locale: str) -> Iterator[str]:
    """A line for all gifts that stand in the same place for the same reason."""
    holds = [hold for hold in overview.holds if hold.currency in {None, request.value.currency}]
    places: dict[tuple[GiftState, Reason | None], list[str]] = defaultdict(list)
    for gift in request.gifts:
        places[gift.state, gift.reason].append(gift.recipient)
    for (state, reason), recipients in places.items():
        who = mentions(recipients, locale)
        if state is GiftState.APPROVED and holds:
            yield f":double_vertical_bar: on hold for {who}: {holds[0].reason.for_requester}."
        elif reason is None:
            yield f"{_PLACES[state]} {who}"
        else:
            remedy = "" if reason.can_retry else f" {reason.remedy}"
            yield f":warning: {who}: {reason.for_requester}.{remedy}"
    if any(gift.is_in_trouble and gift.reason and gift.reason.can_retry for gift in request.gifts):
        yield f"{deciders(overview.deciders[request.id], locale)} can retry."


def _cancel_button(request: Request) -> ButtonElement:
    return ButtonElement(
        text="Cancel request",
        action_id=ActionId.CANCEL,
        value=request.id,
        confirm=ConfirmObject(
            title="Take it back?",
            text=PlainTextObject(text="Nobody will be asked any more, and nothing is ordered."),
            confirm="Cancel request",
            deny="Keep it",
        ),
    )
