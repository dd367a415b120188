"""OUT: the form that asks for a gift, and what can be chosen in it. Pure functions to Slack's view JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from babel import Locale
from slack_sdk.models.blocks import (
    Block,
    ConversationFilter,
    ConversationSelectElement,
    ExternalDataSelectElement,
    InputBlock,
    Option,
    StaticSelectElement,
    UserMultiSelectElement,
)

from bot.gifts.errors import Field
from bot.gifts.money import babel_locale, currency_of
from bot.gifts.policy import LONGEST_NOTE, MOST_RECIPIENTS, Policy
from bot.gifts.product import Choice, Shelf
from handlers.command_text import Prefill
from handlers.forms import form, text_input
from handlers.ids import INPUT, PRODUCT_IN, ActionId, ViewId
from handlers.payloads import FormMemory
from handlers.words import section

ANYTHING: Final = Choice("any", "The recipient chooses")
_MOST_OPTIONS = 100  # that Slack shows
_LONGEST_LABEL = 75


@dataclass(frozen=True, slots=True)
class Offer:
    """What the form offers: countries, and what can be bought in the chosen one, where a requester may choose it."""

    policy: Policy
    countries: Sequence[str]
    country: str
    shelf: Shelf | None
    has_products: bool


def request_form(memory: FormMemory, prefill: Prefill, offer: Offer, locale: str) -> dict[str, Any]:
    """The form; the requester's locale names the countries. It is drawn anew when country or product changes."""
    blocks: list[Block] = [
        _recipients(prefill),
        _country(offer, locale),
        text_input(
            Field.AMOUNT,
            "Amount each",
            prefill.amount,
            longest=20,
            placeholder="25",
            hint=_possible_amounts(prefill, offer, locale),
        ),
        text_input(
            Field.NOTE,
            "Note",
            prefill.note,
            longest=LONGEST_NOTE,
            multiline=True,
            optional=True,
            hint="The recipients read it, and those who approve.",
        ),
        _announcement(prefill),
    ]
    if offer.has_products:
        blocks.insert(2, _product(prefill.product or ANYTHING, offer.country))
    if memory.source:
        blocks.insert(0, section(f"For <{memory.source}|this message>"))
    return form(ViewId.REQUEST, "Send a gift", "Ask", memory.model_dump_json(), blocks)


def product_options(shelf: Shelf | None, words: str) -> list[dict[str, Any]]:
    """What can be chosen for a country by these words, "the recipient chooses" always among it."""
    found = shelf.named(words, _MOST_OPTIONS - 1) if shelf else []
    choices = [ANYTHING, *(Choice(product.code, product.name) for product in found)]
    return [_option(choice).to_dict() for choice in choices]


def _recipients(prefill: Prefill) -> InputBlock:
    return InputBlock(
        block_id=Field.RECIPIENTS,
        label="Recipients",
        element=UserMultiSelectElement(
            action_id=INPUT,
            placeholder="Choose people",
            initial_users=list(prefill.recipients[:MOST_RECIPIENTS]) or None,
            max_selected_items=MOST_RECIPIENTS,
            focus_on_load=not prefill.recipients,
        ),
    )


def _country(offer: Offer, locale: str) -> InputBlock:
    names = babel_locale(locale).territories or Locale("en").territories
    labels = {country: f"{names.get(country, country)} ({currency_of(country)})" for country in offer.countries}
    options = {
        country: Option(value=country, label=labels[country]) for country in sorted(labels, key=labels.__getitem__)
    }
    return InputBlock(
        block_id=Field.COUNTRY,
        label="Country",
        hint="Where the gift will be spent; its currency follows.",
        dispatch_action=offer.has_products,
        element=StaticSelectElement(
            action_id=ActionId.COUNTRY, options=list(options.values()), initial_option=options[offer.country]
        ),
    )


def _product(chosen: Choice, country: str) -> InputBlock:
    return InputBlock(
        block_id=Field.PRODUCT,
        label="Gift card",
        dispatch_action=True,
        element=ExternalDataSelectElement(
            action_id=PRODUCT_IN + country,  # another country is another field
            placeholder="Search by name",
            initial_option=_option(chosen),
            min_query_length=0,
        ),
    )


def _announcement(prefill: Prefill) -> InputBlock:
    return InputBlock(
        block_id=Field.ANNOUNCE_IN,
        label="Announce in",
        hint="Once the gift has arrived: who thanked whom, and the note, never the amount.",
        optional=True,
        element=ConversationSelectElement(
            action_id=INPUT,
            placeholder="No channel",
            initial_conversation=prefill.announce_in,
            filter=ConversationFilter(include=["public", "private"], exclude_external_shared_channels=True),
        ),
    )


def _possible_amounts(prefill: Prefill, offer: Offer, locale: str) -> str | None:
    """What the amount can be, where that is known; the largest gift that the company allows is another matter."""
    chosen = offer.shelf.find(prefill.product.code) if offer.shelf and prefill.product else None
    if chosen:
        return chosen.values_in_words(locale) or None
    by_template = currency_of(offer.country) in offer.policy.templates
    values = offer.shelf.values_in_words(locale) if offer.shelf and not by_template else ""
    if not offer.policy.whole_amounts:
        return values or None
    return f"Whole amounts, {values}" if values else "Whole amounts"


def _option(choice: Choice) -> Option:
    label = choice.name if len(choice.name) <= _LONGEST_LABEL else f"{choice.name[: _LONGEST_LABEL - 1]}…"
    return Option(value=choice.code, label=label)
