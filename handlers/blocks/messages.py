"""OUT: what each message says. Pure functions from a letter to Block Kit, in the order of a gift's life."""

from collections.abc import Callable

from slack_sdk.models.blocks import Block

from bot.gifts.model.audit_head import Head
from bot.gifts.model.gift import Request, RequestState
from bot.gifts.model.notification import (
    AbsenceNotice,
    HeadNotice,
    Kind,
    Notification,
    OrderHoldNotice,
    RequestNotification,
    RestorationNotice,
)
from handlers.blocks.approval_card import approval, approved_alone, backup, nudge, stand_down, stand_in
from handlers.blocks.block_kit import actions
from handlers.blocks.bounds import fitting
from handlers.blocks.components import (
    Card,
    amount,
    context,
    escaped,
    mentions,
    open_gift_button,
    outcome,
    quote,
    section,
    show_again_button,
    value_of,
)
from handlers.blocks.failures import closed, hold_notice, lapsed, restored, trouble, unannounced
from handlers.localization import Language, mention


def render(mail: Notification, language: Language) -> Card:
    """What a message says to a reader of this language, as things stand now."""
    match mail:
        case OrderHoldNotice(_, hold):
            return hold_notice(hold, language)
        case RestorationNotice(_, restoration):
            return restored(restoration, language)
        case HeadNotice(_, head):
            return _head(head, language)
        case AbsenceNotice(message, absence):
            return (stand_in if message.kind is Kind.STAND_IN else stand_down)(absence, language)
        case RequestNotification():
            return _CARDS[mail.message.kind](mail, language)


def plain_twin(card: Card, language: Language) -> Card:
    """The same in its simplest form, for when Slack refuses how a card is made: its first words, and what to click."""
    buttons = [block for block in card.blocks if block.type == "actions"]
    return Card(card.text, [section(fitting(card.text.split("\n"), language)), *buttons])


def _decision(letter: RequestNotification, language: Language) -> Card:
    request, decision = letter.request, letter.request.decision
    assert decision is not None, "a decision is told once it is made"
    text = language.say(
        "Your gift for {recipients}: {outcome}",
        recipients=mentions(request.recipients),
        outcome=outcome(request),
    )
    is_ordered = request.state is RequestState.APPROVED
    follows = language.say("It is being ordered now.") if is_ordered else language.say("Nothing was ordered.")
    blocks: list[Block] = [section(text), *quote(decision.note, language)]
    if request.asked:
        words = language.say("Lowered from {asked} to {value} each.", asked=request.asked, value=request.value)
        blocks.append(context(words))
    return Card(text, [*blocks, context(follows)])


def _gift(letter: RequestNotification, language: Language) -> Card:
    request, requester = letter.request, mention(letter.request.requester)
    assert letter.link is not None, "a gift is delivered with its link"
    (gift,) = letter.gifts
    anew = show_again_button(gift, language.say("Get the link anew"))
    care = language.say(
        "Whoever has this link has the gift, so keep it to yourself. If it does not work, get it anew, or ask "
        "{requester} and name the gift {gift}.",
        requester=requester,
        gift=gift.id[-8:],
    )
    return Card(
        language.say(":gift: {requester} thanks you with a gift.", requester=requester),
        [
            section(_thanks(request, language)),
            *quote(request.note, language),
            actions(open_gift_button(letter.link, language), anew),
            context(care),
        ],
    )


def _thanks(request: Request, language: Language) -> str:
    requester, value = mention(request.requester), value_of(request)
    if request.source:
        return language.say(
            ":gift: {requester} thanks you with a gift of *{value}* for <{source}|this message>.",
            requester=requester,
            value=value,
            source=escaped(request.source),
        )
    return language.say(":gift: {requester} thanks you with a gift of *{value}*.", requester=requester, value=value)


def _arrived(letter: RequestNotification, language: Language) -> Card:
    count = len(letter.gifts)
    text = language.say_many(
        ":tada: {recipients} has your gift.",
        ":tada: {recipients} have your gift.",
        count,
        recipients=mentions(letter.recipients),
    )
    how = language.say("{amount}, delivered by direct message.", amount=amount(letter.request, count))
    return Card(text, [section(text), context(how)])


def _announcement(letter: RequestNotification, language: Language) -> Card:
    text = language.say(
        ":tada: {requester} thanked {recipients} with a gift.",
        requester=mention(letter.request.requester),
        recipients=mentions(letter.recipients),
    )
    request = letter.request
    blocks: list[Block] = [section(text), *quote(request.note, language)]
    if request.hashtag:
        blocks.append(context(escaped(request.hashtag)))
    if request.names_amount:
        blocks.append(context(language.render(amount(request, len(letter.gifts)))))
    return Card(text, blocks)


def _reminder(letter: RequestNotification, language: Language) -> Card:
    (gift,) = letter.gifts
    requester = mention(letter.request.requester)
    shown = language.say(
        ":gift: Your gift from {requester} is still waiting for you: *{value}*.",
        requester=requester,
        value=value_of(letter.request),
    )
    button = show_again_button(gift, language.say("Show my gift"))
    return Card(
        language.say(":gift: Your gift from {requester} is still waiting for you.", requester=requester),
        [section(shown, button), *quote(letter.request.note, language)],
    )


def _head(head: Head, language: Language) -> Card:
    text = language.say_many(
        ":lock: The history has {count} line, and it is sealed.",
        ":lock: The history has {count} lines, all of them sealed.",
        head.count,
    )
    check = language.say(
        "Keep this: `{command}` shows later if any is missing.",
        command=f"giftbot audit verify --count {head.count} --head {head.seal}",
    )
    return Card(text, [section(text), context(check)])


_CARDS: dict[Kind, Callable[[RequestNotification, Language], Card]] = {
    Kind.CARD: approval,
    Kind.APPROVED_ALONE: approved_alone,
    Kind.NUDGE: nudge,
    Kind.BACKUP: backup,
    Kind.DECISION: _decision,
    Kind.GIFT: _gift,
    Kind.ARRIVED: _arrived,
    Kind.ANNOUNCEMENT: _announcement,
    Kind.UNANNOUNCED: unannounced,
    Kind.TROUBLE: trouble,
    Kind.CLOSED: closed,
    Kind.REMINDER: _reminder,
    Kind.LAPSED: lapsed,
}
