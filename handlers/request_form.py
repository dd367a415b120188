"""OUT: the form that asks for a gift, and what can be chosen in it. Pure functions to Slack's view JSON."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    ConversationFilter,
    ConversationSelectElement,
    ExternalDataSelectElement,
    InputBlock,
    Option,
    StaticSelectElement,
    UserMultiSelectElement,
)

from bot.gifts.errors import Field
from bot.gifts.money import currency_of
from bot.gifts.policy import LONGEST_NOTE, MOST_RECIPIENTS, Announcing, Policy
from bot.gifts.product import Choice, Shelf
from bot.gifts.wording import Part
from handlers.command_text import Prefill
from handlers.forms import form, text_input
from handlers.ids import INPUT, NAME_AMOUNT, PRODUCT_IN, ActionId, ViewId
from handlers.language import Language
from handlers.payloads import FormMemory
from handlers.words import section

ANYTHING: Final = "any"  # the product of whoever leaves the choice to the recipient
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


def request_form(memory: FormMemory, prefill: Prefill, offer: Offer, language: Language) -> dict[str, Any]:
    """The form; it is drawn anew when country or product changes."""
    blocks: list[Block] = [
        _recipients(prefill, language),
        _country(offer, language),
        text_input(
            Field.AMOUNT,
            language.say("Amount each"),
            prefill.amount,
            longest=20,
            placeholder="25",
            hint=_possible_amounts(prefill, offer, language),
        ),
        text_input(
            Field.NOTE,
            language.say("Note"),
            prefill.note,
            longest=LONGEST_NOTE,
            multiline=True,
            optional=True,
            hint=language.say("The recipients read it, and those who approve."),
        ),
        *_for_the_books(prefill, offer.policy, language),
        *_announcement(prefill, offer.policy.announcing, language),
    ]
    if offer.has_products:
        blocks.insert(2, _product(prefill.product or _anything(language), offer.country, language))
    if memory.source:
        blocks.insert(0, section(language.say("For <{source}|this message>", source=memory.source)))
    title, submit = language.say("Send a gift"), language.say("Ask")
    if memory.version:
        title, submit = language.say("Change your request"), language.say("Ask anew")
    return form(ViewId.REQUEST, title, submit, memory.model_dump_json(), blocks, language)


def product_options(shelf: Shelf | None, words: str, language: Language) -> list[dict[str, Any]]:
    """What can be chosen for a country by these words, "the recipient chooses" always among it."""
    found = shelf.named(words, _MOST_OPTIONS - 1) if shelf else []
    choices = [_anything(language), *(Choice(product.code, product.name) for product in found)]
    return [_option(choice).to_dict() for choice in choices]


def _recipients(prefill: Prefill, language: Language) -> InputBlock:
    return InputBlock(
        block_id=Field.RECIPIENTS,
        label=language.say("Recipients"),
        element=UserMultiSelectElement(
            action_id=INPUT,
            placeholder=language.say("Choose people"),
            initial_users=list(prefill.recipients[:MOST_RECIPIENTS]) or None,
            max_selected_items=MOST_RECIPIENTS,
            focus_on_load=not prefill.recipients,
        ),
    )


def _country(offer: Offer, language: Language) -> InputBlock:
    labels = {country: f"{language.country(country)} ({currency_of(country)})" for country in offer.countries}
    in_order = sorted(labels, key=lambda country: unicodedata.normalize("NFKD", labels[country]))  # Ö beside O
    options = {country: Option(value=country, label=labels[country]) for country in in_order}
    return InputBlock(
        block_id=Field.COUNTRY,
        label=language.say("Country"),
        hint=language.say("Where the gift will be spent; its currency follows."),
        dispatch_action=offer.has_products,
        element=StaticSelectElement(
            action_id=ActionId.COUNTRY, options=list(options.values()), initial_option=options[offer.country]
        ),
    )


def _product(chosen: Choice, country: str, language: Language) -> InputBlock:
    return InputBlock(
        block_id=Field.PRODUCT,
        label=language.say("Gift card"),
        dispatch_action=True,
        element=ExternalDataSelectElement(
            action_id=PRODUCT_IN + country,  # another country is another field
            placeholder=language.say("Search by name"),
            initial_option=_option(chosen),
            min_query_length=0,
        ),
    )


def _for_the_books(prefill: Prefill, policy: Policy, language: Language) -> list[InputBlock]:
    if not policy.cost_centres:
        return []
    label = language.say("Cost centre")
    return [_choice(Field.COST_CENTRE, label, policy.cost_centres, prefill.cost_centre, language, optional=False)]


def _announcement(prefill: Prefill, announcing: Announcing, language: Language) -> list[InputBlock]:
    hint = (
        language.say("Once the gift has arrived: who thanked whom, and the note; the amount only if you say so.")
        if announcing.may_name_amount
        else language.say("Once the gift has arrived: who thanked whom, and the note, never the amount.")
    )
    channel = InputBlock(
        block_id=Field.ANNOUNCE_IN,
        label=language.say("Announce in"),
        hint=hint,
        optional=True,
        element=ConversationSelectElement(
            action_id=INPUT,
            placeholder=language.say("No channel"),
            initial_conversation=prefill.announce_in,
            filter=ConversationFilter(include=["public", "private"], exclude_external_shared_channels=True),
        ),
    )
    blocks = [channel]
    if announcing.hashtags:
        label = language.say("What for")
        blocks.append(_choice(Field.HASHTAG, label, announcing.hashtags, prefill.hashtag, language, optional=True))
    if announcing.may_name_amount:
        blocks.append(_name_amount(prefill, language))
    return blocks


def _choice(
    field: Field, label: str, choices: Sequence[str], chosen: str | None, language: Language, *, optional: bool
) -> InputBlock:
    options = {choice: Option(value=choice, label=choice) for choice in choices}
    return InputBlock(
        block_id=field,
        label=label,
        optional=optional,
        element=StaticSelectElement(
            action_id=INPUT,
            placeholder=language.say("Choose one"),
            options=list(options.values()),
            initial_option=options.get(chosen or ""),
        ),
    )


def _name_amount(prefill: Prefill, language: Language) -> InputBlock:
    option = Option(value=NAME_AMOUNT, label=language.say("Name the amount"))
    return InputBlock(
        block_id=Field.NAMES_AMOUNT,
        label=language.say("In the announcement"),
        optional=True,
        element=CheckboxesElement(
            action_id=INPUT, options=[option], initial_options=[option] if prefill.names_amount else None
        ),
    )


def _possible_amounts(prefill: Prefill, offer: Offer, language: Language) -> str | None:
    """What the amount can be, where that is known; the largest gift that the company allows is another matter."""
    chosen = offer.shelf.find(prefill.product.code) if offer.shelf and prefill.product else None
    if chosen:
        return _written(chosen.values_in_words, language)
    by_template = currency_of(offer.country) in offer.policy.templates
    values = offer.shelf.values_in_words if offer.shelf and not by_template else None
    if not offer.policy.whole_amounts:
        return _written(values, language)
    return language.say("Whole amounts, {values}", values=values) if values else language.say("Whole amounts")


def _written(values: Part | None, language: Language) -> str | None:
    return language.render(values) if values else None


def _anything(language: Language) -> Choice:
    return Choice(ANYTHING, language.say("The recipient chooses"))


def _option(choice: Choice) -> Option:
    label = choice.name if len(choice.name) <= _LONGEST_LABEL else f"{choice.name[: _LONGEST_LABEL - 1]}…"
    return Option(value=choice.code, label=label)
