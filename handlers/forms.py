"""OUT: the small modals, and what all forms are made of; each input's block has its field's name as its id."""

from typing import Any

from pydantic import SecretStr
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    InputBlock,
    PlainTextInputElement,
)
from slack_sdk.models.views import View

from bot.gifts.errors import Field
from bot.gifts.gift import Request
from bot.gifts.policy import LONGEST_REASON
from handlers.ids import INPUT, ViewId
from handlers.words import (
    amount_in_total,
    context,
    deciders,
    mention,
    mentions,
    open_gift_button,
    quote,
    section,
    value_of,
)


def decline_form(request: Request, locale: str) -> dict[str, Any]:
    """The form that asks why."""
    what = (
        f"{mention(request.requester)} for {mentions(request.recipients, locale)}, {amount_in_total(request, locale)}"
    )
    blocks: list[Block] = [
        section(what),
        text_input(Field.REASON, "Reason", "", longest=LONGEST_REASON, multiline=True, hint="The requester reads it."),
    ]
    return form(ViewId.DECLINE, "Decline the gift", "Decline", request.id, blocks)


def asked_view(request: Request, who_decides: list[str], locale: str) -> dict[str, Any]:
    """What the form turns into once its request is kept."""
    who = deciders(who_decides, locale)
    blocks: list[Block] = [
        section(f":hourglass_flowing_sand: Your gift for {mentions(request.recipients, locale)} is asked for."),
        *quote(request.note),
        context(f"{amount_in_total(request, locale)}. Now {who} decides, and you get a message."),
        context("`/gift status` shows where it stands."),
    ]
    return _view("Gift asked for", blocks)


def waiting_view() -> dict[str, Any]:
    """What is seen at once, while something is fetched."""
    return _view("Your gift", [section(":hourglass_flowing_sand: One moment, I am fetching it.")])


def gift_view(request: Request, link: SecretStr, locale: str) -> dict[str, Any]:
    """A gift once more, for its recipient's eyes only."""
    blocks: list[Block] = [
        section(f"{mention(request.requester)} thanks you with a gift of *{value_of(request, locale)}*."),
        *quote(request.note),
        ActionsBlock(elements=[open_gift_button(link)]),
        context("Whoever has this link has the gift, so keep it to yourself."),
    ]
    return _view("Your gift", blocks)


def notice_view(words: str) -> dict[str, Any]:
    """A few words for one person."""
    return _view("Giftbot", [section(words)])


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


def form(view_id: ViewId, title: str, submit: str, memory: str, blocks: list[Block]) -> dict[str, Any]:
    """A modal that is submitted; `memory` comes back with it."""
    view = View(
        type="modal",
        callback_id=view_id,
        title=title,
        submit=submit,
        close="Cancel",
        private_metadata=memory,
        blocks=blocks,
    )
    return view.to_dict()


def _view(title: str, blocks: list[Block]) -> dict[str, Any]:
    return View(type="modal", title=title, close="Close", blocks=blocks).to_dict()
