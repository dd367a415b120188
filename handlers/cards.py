"""OUT: what each message says. Pure functions from a letter to Block Kit, in the order of a gift's life."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, ConfirmObject, PlainTextObject

from bot.gifts.gift import Gift, RequestState
from bot.gifts.head import Head
from bot.gifts.hold import Hold
from bot.gifts.message import Funds, HeadNotice, HoldNotice, Kind, Letter, Mail
from bot.gifts.money import Money
from handlers.ids import ActionId
from handlers.words import (
    amount,
    amount_in_total,
    approve_button,
    context,
    decline_button,
    mention,
    mentions,
    moment,
    open_gift_button,
    outcome,
    quote,
    section,
    show_again_button,
    value_of,
)


@dataclass(frozen=True, slots=True)
class Card:
    """A message as Slack takes it; `text` is what notifications and screen readers show."""

    text: str
    blocks: Sequence[Block]


def render(mail: Mail, locale: str) -> Card:
    """What a message says to a reader of this locale, as things stand now."""
    match mail:
        case HoldNotice(_, hold):
            return _hold(hold)
        case HeadNotice(_, head):
            return _head(head)
        case Letter():
            return _CARDS[mail.message.kind](mail, locale)


def _approval(letter: Letter, locale: str) -> Card:
    request = letter.request
    about = f" for <{request.source}|this message>" if request.source else ""
    who = f"{mention(request.requester)} would like to thank {mentions(request.recipients, locale)}{about}"
    blocks: list[Block] = [section(f"{who} with a gift of *{amount_in_total(request, locale)}*."), *quote(request.note)]
    if request.announce_in:
        blocks.append(context(f"To be announced in {mention(request.announce_in)}, without the amount."))
    if funds := _funds(letter.funds, request.total, locale):
        blocks.append(context(funds))
    if request.decision is None:
        blocks.append(ActionsBlock(elements=[approve_button(request, locale), decline_button(request)]))
    else:
        blocks.extend([context(outcome(request)), *quote(request.decision.note)])
    return Card(f"{who} with a gift.", blocks)


def _funds(funds: Funds, total: Money, locale: str) -> str:
    """What it is expected to cost, where that is not just its value, and whether the account has it."""
    words = f"Estimated price: {funds.price.format(locale)}. " if funds.price and funds.price != total else ""
    if funds.balance is None:
        return words.strip()
    left = f"The account at the gift card service has {funds.balance.format(locale)}"
    if funds.balance.minor < (funds.price or total).minor:
        return f":warning: {words}{left}: too little for this."
    return f"{words}{left}."


def _decision(letter: Letter, locale: str) -> Card:
    request = letter.request
    assert request.decision is not None, "a decision is told once it is made"
    text = f"Your gift for {mentions(request.recipients, locale)}: {outcome(request)}"
    follows = "It is being ordered now." if request.state is RequestState.APPROVED else "Nothing was ordered."
    return Card(text, [section(text), *quote(request.decision.note), context(follows)])


def _gift(letter: Letter, locale: str) -> Card:
    request = letter.request
    assert letter.link is not None, "a gift is delivered with its link"
    (gift,) = letter.gifts
    text = f":gift: {mention(request.requester)} thanks you with a gift"
    about = f" for <{request.source}|this message>" if request.source else ""
    return Card(
        f"{text}.",
        [
            section(f"{text} of *{value_of(request, locale)}*{about}."),
            *quote(request.note),
            ActionsBlock(elements=[open_gift_button(letter.link), show_again_button(gift, "Get the link anew")]),
            context(
                "Whoever has this link has the gift, so keep it to yourself. If it does not work, get it anew, or ask "
                f"{mention(request.requester)} and name the gift {gift.id[-8:]}."
            ),
        ],
    )


def _arrived(letter: Letter, locale: str) -> Card:
    text = f":tada: {_recipients(letter, locale)} {'has' if len(letter.gifts) == 1 else 'have'} your gift."
    value = amount(letter.request, locale, len(letter.gifts))
    return Card(text, [section(text), context(f"{value}, delivered by direct message.")])


def _announcement(letter: Letter, locale: str) -> Card:
    text = f":tada: {mention(letter.request.requester)} thanked {_recipients(letter, locale)} with a gift."
    return Card(text, [section(text), *quote(letter.request.note)])


def _unannounced(letter: Letter, locale: str) -> Card:
    channel = mention(letter.request.announce_in or "")
    text = f"{_recipients(letter, locale)} got your gift, but I cannot write in {channel}."
    return Card(
        text,
        [section(text), context("Invite me there with `/invite` next time; this once, please announce it yourself.")],
    )


def _reminder(letter: Letter, locale: str) -> Card:
    (gift,) = letter.gifts
    text = f":gift: Your gift from {mention(letter.request.requester)} is still waiting for you"
    shown = section(f"{text}: *{value_of(letter.request, locale)}*.", show_again_button(gift, "Show my gift"))
    return Card(f"{text}.", [shown, *quote(letter.request.note)])


def _lapsed(letter: Letter, locale: str) -> Card:
    (gift,) = letter.gifts
    assert gift.reason is not None, "a gift lapses for a reason"
    text = f":warning: {mention(gift.recipient)} never claimed your gift of {value_of(letter.request, locale)}"
    return Card(f"{text}.", [section(f"{text}: {gift.reason.for_requester}."), context(gift.reason.remedy)])


def _hold(hold: Hold) -> Card:
    what = f"Orders in {hold.currency}" if hold.currency else "All orders"
    if hold.ended_at:
        text = f":white_check_mark: {what} go on since {moment(hold.ended_at)}."
        return Card(
            text, [section(text), context(f"They were on hold since {moment(hold.since)}: {hold.reason.words}.")]
        )
    text = f":double_vertical_bar: {what} are on hold: {hold.reason.words}."
    waiting = "Gifts that are approved meanwhile wait, and go on by themselves a few minutes after that."
    return Card(text, [section(text), context(f"{hold.reason.remedy} {waiting}")])


def _head(head: Head) -> Card:
    text = f":lock: The history has {head.count} lines, all of them sealed."
    check = f"Keep this: `giftbot audit verify --count {head.count} --head {head.seal}` shows later if any is missing."
    return Card(text, [section(text), context(check)])


def _trouble(letter: Letter, locale: str) -> Card:
    request = letter.request
    may_retry = letter.message.to != request.requester
    text = f":warning: A gift from {mention(request.requester)} needs somebody: {_recipients(letter, locale)}"
    blocks: list[Block] = [section(f"{text}, {amount(request, locale, len(letter.gifts))}.")]
    for gift in letter.gifts:
        blocks.extend(trouble(gift, may_retry=may_retry))
    if not may_retry:
        blocks.append(context("Those who approve gifts see this as well, and can retry."))
    return Card(f"{text}.", blocks)


def trouble(gift: Gift, *, may_retry: bool) -> list[Block]:
    """Why a gift waits for a person and what that person can do; where it stands if it waits no longer."""
    if gift.reason is None:
        return [section(f"*{mention(gift.recipient)}*: going on, it is {gift.state} now.")]
    if not may_retry:
        remedy = "" if gift.reason.can_retry else f" {gift.reason.remedy}"
        return [section(f"*{mention(gift.recipient)}*: {gift.reason.for_requester}.{remedy}")]
    words = f"*{mention(gift.recipient)}*: {gift.reason.words}. {gift.reason.remedy}"
    return [section(words, retry_button(gift) if gift.reason.can_retry else None)]


def retry_button(gift: Gift) -> ButtonElement:
    """Retry; the same order again, or a new one where the last was refused for good."""
    return ButtonElement(
        text="Retry",
        action_id=ActionId.RETRY,
        value=gift.id,
        confirm=ConfirmObject(
            title="Try again?",
            text=PlainTextObject(text="There is never more than one order for this gift."),
            confirm="Retry",
            deny="Not yet",
        ),
    )


def _recipients(letter: Letter, locale: str) -> str:
    return mentions((gift.recipient for gift in letter.gifts), locale)


_CARDS: dict[Kind, Callable[[Letter, str], Card]] = {
    Kind.CARD: _approval,
    Kind.DECISION: _decision,
    Kind.GIFT: _gift,
    Kind.ARRIVED: _arrived,
    Kind.ANNOUNCEMENT: _announcement,
    Kind.UNANNOUNCED: _unannounced,
    Kind.TROUBLE: _trouble,
    Kind.REMINDER: _reminder,
    Kind.LAPSED: _lapsed,
}
