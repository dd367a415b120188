"""OUT: the modals. Pure functions to Slack's view JSON; each input's block has its field's name as its id."""

from typing import Any

from babel import Locale
from slack_sdk.models.blocks import (
    Block,
    ConversationFilter,
    ConversationSelectElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    StaticSelectElement,
    UserMultiSelectElement,
)
from slack_sdk.models.views import View

from bot.gifts.errors import Field
from bot.gifts.gift import Request
from bot.gifts.money import babel_locale, currency_of
from bot.gifts.policy import LONGEST_NOTE, LONGEST_REASON, MOST_RECIPIENTS, Policy
from handlers.command_text import Prefill
from handlers.ids import INPUT, ViewId
from handlers.payloads import FormMemory
from handlers.words import amount_in_total, context, deciders, mention, mentions, quote, section


def request_form(memory: FormMemory, prefill: Prefill, policy: Policy, locale: str) -> dict[str, Any]:
    """The form that asks for a gift; the requester's locale names the countries."""
    blocks: list[Block] = [
        InputBlock(
            block_id=Field.RECIPIENTS,
            label="Recipients",
            element=UserMultiSelectElement(
                action_id=INPUT,
                placeholder="Choose people",
                initial_users=list(prefill.recipients[:MOST_RECIPIENTS]) or None,
                max_selected_items=MOST_RECIPIENTS,
                focus_on_load=not prefill.recipients,
            ),
        ),
        _text(Field.AMOUNT, "Amount each", prefill.amount, longest=20, placeholder="25"),
        _country(prefill, policy, locale),
        _text(
            Field.NOTE,
            "Note",
            prefill.note,
            longest=LONGEST_NOTE,
            multiline=True,
            optional=True,
            hint="The recipients read it, and those who approve.",
        ),
        InputBlock(
            block_id=Field.ANNOUNCE_IN,
            label="Announce in",
            hint="Once the gift has arrived: who thanked whom, and the note, never the amount.",
            optional=True,
            element=ConversationSelectElement(
                action_id=INPUT,
                placeholder="No channel",
                filter=ConversationFilter(include=["public", "private"], exclude_external_shared_channels=True),
            ),
        ),
    ]
    if memory.source:
        blocks.insert(0, section(f"For <{memory.source}|this message>"))
    return _form(ViewId.REQUEST, "Send a gift", "Ask", memory.model_dump_json(), blocks)


def decline_form(request: Request, locale: str) -> dict[str, Any]:
    """The form that asks why."""
    what = (
        f"{mention(request.requester)} for {mentions(request.recipients, locale)}, {amount_in_total(request, locale)}"
    )
    blocks: list[Block] = [
        section(what),
        _text(Field.REASON, "Reason", "", longest=LONGEST_REASON, multiline=True, hint="The requester reads it."),
    ]
    return _form(ViewId.DECLINE, "Decline the gift", "Decline", request.id, blocks)


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


def notice_view(words: str) -> dict[str, Any]:
    """A few words for one person."""
    return _view("Giftbot", [section(words)])


def _country(prefill: Prefill, policy: Policy, locale: str) -> InputBlock:
    names = babel_locale(locale).territories or Locale("en").territories
    labels = {country: f"{names.get(country, country)} ({currency_of(country)})" for country in policy.countries}
    options = {
        country: Option(value=country, label=labels[country]) for country in sorted(labels, key=labels.__getitem__)
    }
    return InputBlock(
        block_id=Field.COUNTRY,
        label="Country",
        hint="Where the gift will be spent; its currency follows.",
        element=StaticSelectElement(
            action_id=INPUT,
            options=list(options.values()),
            initial_option=options[prefill.country or policy.countries[0]],
        ),
    )


def _text(
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


def _form(view_id: ViewId, title: str, submit: str, memory: str, blocks: list[Block]) -> dict[str, Any]:
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
