"""OUT: the small modals, and what all forms are made of; each input's block has its field's name as its id."""

from collections.abc import Sequence
from typing import Any

from pydantic import SecretStr
from slack_sdk.models.blocks import (
    Block,
    InputBlock,
    PlainTextInputElement,
)

from bot.gifts.dashboard import DashboardView
from bot.gifts.model.errors import Field
from bot.gifts.model.gift import Request
from bot.gifts.model.money import LONGEST_AMOUNT
from bot.gifts.model.policy import LONGEST_REASON
from bot.gifts.model.text import Words
from handlers.blocks.block_kit import actions, as_json, plain
from handlers.blocks.bounds import LONGEST_TITLE, shortened
from handlers.blocks.components import (
    amount_in_total,
    carried,
    context,
    deciders,
    mentions,
    open_gift_button,
    quote,
    section,
    value_of,
)
from handlers.ids import INPUT, ViewId
from handlers.localization import Language, mention
from handlers.private_metadata import DecisionMemory


def decline_form(request: Request, language: Language, look: DashboardView | None = None) -> dict[str, Any]:
    """The form that asks why; on the Home tab it remembers what somebody looks at."""
    blocks: list[Block] = [
        section(_who_for_whom(request, language)),
        reason_input(language.say("Reason"), language.say("The requester reads it.")),
    ]
    title, submit = language.say("Decline the gift"), language.say("Decline")
    return form(ViewId.DECLINE, title, submit, _memory(request, look), as_json(blocks), language)


def approve_form(request: Request, language: Language, look: DashboardView | None = None) -> dict[str, Any]:
    """The form that approves with a note, or a lower amount."""
    blocks: list[Block] = [
        section(_who_for_whom(request, language)),
        text_input(
            Field.AMOUNT,
            language.say("Amount each"),
            language.number(request.value.major),
            longest=LONGEST_AMOUNT,
            hint=language.say("At most {value}; the requester is told of a lower one.", value=request.value),
        ),
        reason_input(language.say("Note"), language.say("The requester reads it."), optional=True),
    ]
    title, submit = language.say("Approve the gift"), language.say("Approve")
    return form(ViewId.APPROVE, title, submit, _memory(request, look), as_json(blocks), language)


def _memory(request: Request, look: DashboardView | None) -> str:
    return DecisionMemory(carried=carried(request), look=look).model_dump_json(exclude_defaults=True)


def _who_for_whom(request: Request, language: Language) -> str:
    return language.say(
        "{requester} for {recipients}, {amount}",
        requester=mention(request.requester),
        recipients=mentions(request.recipients),
        amount=amount_in_total(request),
    )


def asked_view(request: Request, who_decides: list[str], language: Language) -> dict[str, Any]:
    """What the form turns into once its request is kept."""
    asked = language.say(
        ":hourglass_flowing_sand: Your gift for {recipients} is asked for.", recipients=mentions(request.recipients)
    )
    follows = language.say(
        "{amount}. Now {deciders} decides, and you get a message.",
        amount=amount_in_total(request),
        deciders=deciders(who_decides),
    )
    where = language.say("`/gift status` shows where it stands.")
    blocks: list[Block] = [section(asked), *quote(request.note, language), context(follows), context(where)]
    return _view(language.say("Gift asked for"), blocks, language)


def waiting_view(language: Language) -> dict[str, Any]:
    """What is seen at once, while something is fetched."""
    words = language.say(":hourglass_flowing_sand: One moment, I am fetching it.")
    return _view(language.say("Your gift"), [section(words)], language)


def gift_view(request: Request, link: SecretStr, language: Language) -> dict[str, Any]:
    """A gift once more, for its recipient's eyes only."""
    thanks = language.say(
        "{requester} thanks you with a gift of *{value}*.",
        requester=mention(request.requester),
        value=value_of(request),
    )
    blocks: list[Block] = [
        section(thanks),
        *quote(request.note, language),
        actions(open_gift_button(link, language)),
        context(language.say("Whoever has this link has the gift, so keep it to yourself.")),
    ]
    return _view(language.say("Your gift"), blocks, language)


def notice_view(words: Words, language: Language) -> dict[str, Any]:
    """A few words for one person."""
    return _view("Giftbot", [section(shortened(language.render(words)))], language)


def reason_input(label: str, hint: str, *, optional: bool = False) -> InputBlock:
    """A field for what an approver says about their decision, with who reads it below."""
    return text_input(Field.REASON, label, "", longest=LONGEST_REASON, multiline=True, optional=optional, hint=hint)


def text_input(
    block_id: str,
    label: str,
    initial: str,
    *,
    longest: int,
    multiline: bool = False,
    optional: bool = False,
    hint: str | None = None,
    placeholder: str | None = None,
) -> InputBlock:
    """A field for text, of at most `longest` characters."""
    return InputBlock(
        block_id=block_id,
        label=label,
        hint=hint,
        optional=optional,
        element=PlainTextInputElement(
            action_id=INPUT,
            multiline=multiline,
            max_length=longest,
            initial_value=initial[:longest] or None,
            placeholder=placeholder,
        ),
    )


def form(
    view_id: ViewId, title: str, submit: str, memory: str, blocks: Sequence[dict[str, Any]], language: Language
) -> dict[str, Any]:
    """A modal that is submitted; `memory` comes back with it."""
    return {
        "type": "modal",
        "callback_id": view_id,
        "title": plain(title, LONGEST_TITLE),
        "submit": plain(submit, LONGEST_TITLE),
        "close": plain(language.say("Cancel"), LONGEST_TITLE),
        "private_metadata": memory,
        "blocks": blocks,
    }


def _view(title: str, blocks: Sequence[Block], language: Language) -> dict[str, Any]:
    close = plain(language.say("Close"), LONGEST_TITLE)
    return {"type": "modal", "title": plain(title, LONGEST_TITLE), "close": close, "blocks": as_json(blocks)}
