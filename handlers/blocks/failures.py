"""OUT: what is said when something needs somebody: a gift in trouble, orders on hold, an unclaimed link, a backup."""

from datetime import datetime

from slack_sdk.models.blocks import Block

from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import Gift, GiftState
from bot.gifts.model.notification import RequestNotification
from bot.gifts.model.order_hold import OrderHold
from bot.gifts.model.restoration import Restoration
from bot.gifts.model.text import Words, say
from handlers.blocks.block_kit import Json, actions, button, confirmation
from handlers.blocks.components import Card, amount, context, mentions, quote, section, value_of
from handlers.ids import ActionId
from handlers.localization import Language, mention

STATES = {
    GiftState.WAITING: say("waiting"),
    GiftState.APPROVED: say("approved"),
    GiftState.ORDERED: say("ordered"),
    GiftState.DELIVERED: say("delivered"),
    GiftState.CLAIMED: say("claimed"),
    GiftState.EXPIRED: say("expired"),
    GiftState.CANCELLED: say("closed"),
    GiftState.FAILED: say("failed"),
    GiftState.NEEDS_REVIEW: say("needs review"),
}
_MOST_IN_FULL = 20  # gifts of a notice: Slack takes 50 blocks in a message


def trouble(letter: RequestNotification, language: Language) -> Card:
    """Gifts that wait for a person, to those who decide and to the requester."""
    request = letter.request
    requester, recipients = mention(request.requester), mentions(letter.recipients)
    may_mend = letter.message.to != request.requester
    shown = language.say(
        ":warning: A gift from {requester} needs somebody: {recipients}, {amount}.",
        requester=requester,
        recipients=recipients,
        amount=amount(request, len(letter.gifts)),
    )
    blocks: list[Block] = [section(shown)]
    for gift in letter.gifts[:_MOST_IN_FULL]:
        blocks.extend(_trouble_of(gift, language, may_mend=may_mend))
    if others := len(letter.gifts[_MOST_IN_FULL:]):
        more = language.say_many(
            "And {count} other; the Home tab has all of them.",
            "And {count} others; the Home tab has all of them.",
            others,
        )
        blocks.append(context(more))
    if not may_mend:
        blocks.append(context(language.say("Those who approve gifts see this as well.")))
    text = language.say(
        ":warning: A gift from {requester} needs somebody: {recipients}.", requester=requester, recipients=recipients
    )
    return Card(text, blocks)


def _trouble_of(gift: Gift, language: Language, *, may_mend: bool) -> list[Block]:
    """Why a gift waits for a person and what that person can do; where it stands if it waits no longer."""
    recipient, reason = mention(gift.recipient), gift.reason
    if reason is None:
        return [section(language.render(_gone_on(gift)))]
    why, remedy = (reason.words, reason.remedy) if may_mend else (reason.for_requester, reason.remedy_for_requester)
    if remedy is None:
        return [section(language.say("*{recipient}*: {reason}.", recipient=recipient, reason=why))]
    words = language.say("*{recipient}*: {reason}. {remedy}", recipient=recipient, reason=why, remedy=remedy)
    return [section(words), actions(*mending_buttons(gift, language))] if may_mend else [section(words)]


def _gone_on(gift: Gift) -> Words:
    recipient = mention(gift.recipient)
    if gift.closing:
        return say("*{recipient}*: closed by {person}.", recipient=recipient, person=mention(gift.closing.by))
    return say("*{recipient}*: going on, it is {state} now.", recipient=recipient, state=STATES[gift.state])


def mending_buttons(gift: Gift, language: Language) -> list[Json]:
    """What an approver can do about a gift that has stopped, where it can help."""
    assert gift.reason is not None, "a gift stops for a reason"
    buttons = [_retry_button(gift, language)] if gift.reason.can_retry else []
    if gift.reason is Reason.MESSAGE_UNCERTAIN:
        buttons.append(_send_again_button(gift, language))
    if gift.reason.can_order_anew:
        buttons.append(button(language.say("Order anew"), ActionId.ORDER_ANEW, gift.id))
    return [*buttons, button(language.say("Close"), ActionId.CLOSE, gift.id)]


def _retry_button(gift: Gift, language: Language) -> Json:
    """Retry; the same order again, or a new one where there is certainly none."""
    title, words = language.say("Try again?"), language.say("There is never more than one order for this gift.")
    retry = language.say("Retry")
    sure = confirmation(title, words, retry, language.say("Not yet"))
    return button(retry, ActionId.RETRY, gift.id, confirm=sure)


def _send_again_button(gift: Gift, language: Language) -> Json:
    """Send a message again without looking it up, on the word of whoever has asked its recipient."""
    title = language.say("Did it never arrive?")
    words = language.say("Ask the recipient first: the same gift is then sent a second time, and nothing is ordered.")
    again = language.say("Send it again")
    sure = confirmation(title, words, again, language.say("Not yet"))
    return button(again, ActionId.SEND_AGAIN, gift.id, confirm=sure)


def closed(letter: RequestNotification, language: Language) -> Card:
    """A gift that somebody closed, to its requester."""
    (gift,) = letter.gifts
    assert gift.closing is not None, "it is told once it is closed"
    recipient, value, person = mention(gift.recipient), value_of(letter.request), mention(gift.closing.by)
    shown = language.say(
        ":no_entry_sign: {person} closed your gift of {value} for {recipient}: nothing more comes of it.",
        person=person,
        value=value,
        recipient=recipient,
    )
    text = language.say(
        ":no_entry_sign: {person} closed your gift for {recipient}.", person=person, recipient=recipient
    )
    return Card(text, [section(shown), *quote(gift.closing.note, language)])


def restored(restoration: Restoration, language: Language) -> Card:
    """A backup that was put in the database's place, to those who decide."""
    text = language.say(
        ":warning: A backup of my database was restored: I said something as late as {when} that I know nothing of.",
        when=restoration.said_at,
    )
    known = language.say(
        "What was decided and delivered meanwhile is lost. Whatever was asked for before {when} is looked up at the "
        "gift card service before it is ordered; where that cannot be done, it waits for you.",
        when=restoration.noticed_at,
    )
    return Card(text, [section(text), context(known)])


def lapsed(letter: RequestNotification, language: Language) -> Card:
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


def unannounced(letter: RequestNotification, language: Language) -> Card:
    """An announcement that could not be made, to the requester."""
    text = language.say(
        "{recipients} got your gift, but I cannot write in {channel}.",
        recipients=mentions(letter.recipients),
        channel=mention(letter.request.announce_in or ""),
    )
    remedy = language.say("Invite me there with `/invite` next time; this once, please announce it yourself.")
    return Card(text, [section(text), context(remedy)])


def hold_notice(hold: OrderHold, language: Language) -> Card:
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
