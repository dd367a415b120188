"""OUT: what is said when something needs somebody: a gift in trouble, orders on hold, a link nobody claimed."""

from datetime import datetime

from slack_sdk.models.blocks import Block

from bot.gifts.gift import Gift, GiftState
from bot.gifts.hold import Hold
from bot.gifts.message import Letter
from bot.gifts.wording import Words, say
from handlers.drawn import Json, button, confirmation
from handlers.ids import ActionId
from handlers.language import Language, mention
from handlers.words import Card, amount, context, mentions, section, value_of

STATES = {
    GiftState.WAITING: say("waiting"),
    GiftState.APPROVED: say("approved"),
    GiftState.ORDERED: say("ordered"),
    GiftState.DELIVERED: say("delivered"),
    GiftState.CLAIMED: say("claimed"),
    GiftState.LAPSED: say("lapsed"),
    GiftState.VOID: say("void"),
    GiftState.FAILED: say("failed"),
    GiftState.PARKED: say("parked"),
}


def trouble(letter: Letter, language: Language) -> Card:
    """Gifts that wait for a person, to those who decide and to the requester."""
    request = letter.request
    requester, recipients = mention(request.requester), mentions(letter.recipients)
    may_retry = letter.message.to != request.requester
    shown = language.say(
        ":warning: A gift from {requester} needs somebody: {recipients}, {amount}.",
        requester=requester,
        recipients=recipients,
        amount=amount(request, len(letter.gifts)),
    )
    blocks: list[Block] = [section(shown)]
    blocks.extend(_trouble_of(gift, language, may_retry=may_retry) for gift in letter.gifts)
    if not may_retry:
        blocks.append(context(language.say("Those who approve gifts see this as well, and can retry.")))
    text = language.say(
        ":warning: A gift from {requester} needs somebody: {recipients}.", requester=requester, recipients=recipients
    )
    return Card(text, blocks)


def _trouble_of(gift: Gift, language: Language, *, may_retry: bool) -> Block:
    """Why a gift waits for a person and what that person can do; where it stands if it waits no longer."""
    recipient, reason = mention(gift.recipient), gift.reason
    if reason is None:
        return section(
            language.say("*{recipient}*: going on, it is {state} now.", recipient=recipient, state=STATES[gift.state])
        )
    why = reason.words if may_retry else reason.for_requester
    if reason.can_retry and not may_retry:
        return section(language.say("*{recipient}*: {reason}.", recipient=recipient, reason=why))
    words = language.say("*{recipient}*: {reason}. {remedy}", recipient=recipient, reason=why, remedy=reason.remedy)
    return section(words, retry_button(gift, language) if reason.can_retry else None)


def retry_button(gift: Gift, language: Language) -> Json:
    """Retry; the same order again, or a new one where the last was refused for good."""
    title, words = language.say("Try again?"), language.say("There is never more than one order for this gift.")
    retry = language.say("Retry")
    sure = confirmation(title, words, retry, language.say("Not yet"))
    return button(retry, ActionId.RETRY, gift.id, confirm=sure)


def lapsed(letter: Letter, language: Language) -> Card:
    """A gift whose link is no good any more, to its requester."""
    (gift,) = letter.gifts
    assert gift.reason is not None, "a gift lapses for a reason"
    recipient, value = mention(gift.recipient), value_of(letter.request)
    shown = language.say(
        ":warning: {recipient} never claimed your gift of {value}: {reason}.",
        recipient=recipient,
        value=value,
        reason=gift.reason.for_requester,
    )
    return Card(
        language.say(":warning: {recipient} never claimed your gift of {value}.", recipient=recipient, value=value),
        [section(shown), context(language.render(gift.reason.remedy))],
    )


def unannounced(letter: Letter, language: Language) -> Card:
    """An announcement that could not be made, to the requester."""
    text = language.say(
        "{recipients} got your gift, but I cannot write in {channel}.",
        recipients=mentions(letter.recipients),
        channel=mention(letter.request.announce_in or ""),
    )
    remedy = language.say("Invite me there with `/invite` next time; this once, please announce it yourself.")
    return Card(text, [section(text), context(remedy)])


def hold_notice(hold: Hold, language: Language) -> Card:
    """Which orders wait, why, and what to do; afterwards, that they go on."""
    reason = hold.reason.words
    if hold.ended_at:
        text = _go_on(hold.currency, hold.ended_at, language)
        before = language.say("They were on hold since {when}: {reason}.", when=hold.since, reason=reason)
        return Card(text, [section(text), context(before)])
    text = _on_hold(hold.currency, reason, language)
    waiting = language.say("Gifts that are approved meanwhile wait, and go on by themselves a few minutes after that.")
    return Card(text, [section(text), context(f"{language.render(hold.reason.cure)} {waiting}")])


def _on_hold(currency: str | None, reason: Words, language: Language) -> str:
    if currency is None:
        return language.say(":double_vertical_bar: All orders are on hold: {reason}.", reason=reason)
    return language.say(
        ":double_vertical_bar: Orders in {currency} are on hold: {reason}.", currency=currency, reason=reason
    )


def _go_on(currency: str | None, when: datetime, language: Language) -> str:
    if currency is None:
        return language.say(":white_check_mark: All orders go on since {when}.", when=when)
    return language.say(":white_check_mark: Orders in {currency} go on since {when}.", currency=currency, when=when)
