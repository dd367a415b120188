"""OUT: what each message says. Pure functions from a letter to Block Kit, in the order of a gift's life."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, ConfirmObject, PlainTextObject

from bot.gifts.gift import Gift, RequestState
from bot.gifts.message import Kind, Letter
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
    outcome,
    quote,
    section,
)


@dataclass(frozen=True, slots=True)
class Card:
    """A message as Slack takes it; `text` is what notifications and screen readers show."""

    text: str
    blocks: Sequence[Block]


def render(letter: Letter, locale: str) -> Card:
    """What a message says to a reader of this locale, as things stand now."""
    return _CARDS[letter.message.kind](letter, locale)


def _approval(letter: Letter, locale: str) -> Card:
    request = letter.request
    about = f" for <{request.source}|this message>" if request.source else ""
    who = f"{mention(request.requester)} would like to thank {mentions(request.recipients, locale)}{about}"
    blocks: list[Block] = [section(f"{who} with a gift of *{amount_in_total(request, locale)}*."), *quote(request.note)]
    if request.announce_in:
        blocks.append(context(f"To be announced in {mention(request.announce_in)}, without the amount."))
    if letter.balance:
        blocks.append(context(_balance(letter.balance, request.total, locale)))
    if request.decision is None:
        blocks.append(ActionsBlock(elements=[approve_button(request, locale), decline_button(request)]))
    else:
        blocks.extend([context(outcome(request)), *quote(request.decision.note)])
    return Card(f"{who} with a gift.", blocks)


def _balance(balance: Money, total: Money, locale: str) -> str:
    left = f"The account at the gift card service has {balance.format(locale)}"
    return f":warning: {left}: too little for this." if balance.minor < total.minor else f"{left}."


def _decision(letter: Letter, locale: str) -> Card:
    request = letter.request
    assert request.decision is not None, "a decision is told once it is made"
    text = f"Your gift for {mentions(request.recipients, locale)}: {outcome(request)}"
    follows = "It is being ordered now." if request.state is RequestState.APPROVED else "Nothing was ordered."
    return Card(text, [section(text), *quote(request.decision.note), context(follows)])


def _gift(letter: Letter, locale: str) -> Card:
    request = letter.request
    assert letter.link is not None, "a gift is delivered with its link"
    text = f":gift: {mention(request.requester)} thanks you with a gift"
    about = f" for <{request.source}|this message>" if request.source else ""
    button = ButtonElement(
        text="Open your gift", style="primary", action_id=ActionId.OPEN_GIFT, url=letter.link.get_secret_value()
    )
    reference = letter.gifts[0].id[:8]
    return Card(
        f"{text}.",
        [
            section(f"{text} of *{request.value.format(locale)}*{about}."),
            *quote(request.note),
            ActionsBlock(elements=[button]),
            context(
                "Whoever has this link has the gift, so keep it to yourself. If it does not work, ask "
                f"{mention(request.requester)} and name the gift {reference}."
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
    words = f"*{mention(gift.recipient)}*: {gift.reason.words}. {gift.reason.remedy}"
    return [section(words, retry_button(gift) if may_retry and gift.reason.can_retry else None)]


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
}
