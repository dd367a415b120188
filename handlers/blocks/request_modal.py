"""OUT: the form that asks for a gift, and what can be chosen in it. Pure functions to Slack's view JSON."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from slack_sdk.models.blocks import (
    CheckboxesElement,
    ConversationFilter,
    ConversationSelectElement,
    ExternalDataSelectElement,
    InputBlock,
    Option,
    StaticSelectElement,
    UserMultiSelectElement,
)

from bot.gifts.model.errors import Field
from bot.gifts.model.money import LONGEST_AMOUNT
from bot.gifts.model.policy import LONGEST_NOTE, MOST_RECIPIENTS, Announcing, Policy
from bot.gifts.model.product import ChosenProduct, CountryCatalogue
from bot.gifts.model.text import Part
from handlers.blocks.block_kit import plain
from handlers.blocks.bounds import LONGEST_LABEL, cut
from handlers.blocks.components import context, escaped, section
from handlers.blocks.modals import form, text_input
from handlers.ids import INPUT, NAME_AMOUNT, PRODUCT_IN, ActionId, ViewId
from handlers.localization import Language
from handlers.prefill import Prefill
from handlers.private_metadata import FormMemory

ANYTHING: Final = "any"  # the product of whoever leaves the choice to the recipient
Json = dict[str, Any]
_MOST_OPTIONS = 100  # that Slack shows


@dataclass(frozen=True, slots=True)
class Offer:
    """What the form offers: countries, each with its currency, and what can be bought in the chosen one.

    Only where `has_products` may a requester choose among that.
    """

    policy: Policy
    countries: Mapping[str, str]
    country: str
    shelf: CountryCatalogue | None
    has_products: bool


def request_form(memory: FormMemory, prefill: Prefill, offer: Offer, language: Language) -> dict[str, Any]:
    """The form; it is drawn anew when country or product changes."""
    policy = offer.policy
    recipients = list(prefill.recipients[:MOST_RECIPIENTS])
    blocks = [
        _filled(_recipients(language), initial_users=recipients, focus_on_load=not recipients),
        _country(tuple(offer.countries.items()), offer.country, language, has_products=offer.has_products),
        _filled(
            _amount(_possible_amounts(prefill, offer, language), language),
            initial_value=prefill.amount[:LONGEST_AMOUNT],
        ),
        _filled(_note(language), initial_value=prefill.note[:LONGEST_NOTE]),
        *_left_out(prefill, language),
    ]
    if policy.cost_centres:
        blocks.append(_chosen(_cost_centre(policy.cost_centres, language), prefill.cost_centre))
    blocks.append(_filled(_announcement(policy.announcing, language), initial_conversation=prefill.announce_in))
    if policy.announcing.hashtags:
        blocks.append(_chosen(_hashtag(policy.announcing.hashtags, language), prefill.hashtag))
    if policy.announcing.may_name_amount:
        blocks.append(_name_amount(language, chosen=prefill.names_amount))
    if offer.has_products:
        chosen = _option(prefill.product or _anything(language))
        blocks.insert(2, _filled(_product(offer.country, language), initial_option=chosen))
    if memory.source:
        blocks.insert(0, section(language.say("For <{source}|this message>", source=escaped(memory.source))).to_dict())
    if prefill.warning:
        blocks.insert(0, section(f":warning: {language.render(prefill.warning)}").to_dict())
    title, submit = language.say("Send a gift"), language.say("Ask")
    if memory.version:
        title, submit = language.say("Change your request"), language.say("Ask anew")
    return form(ViewId.REQUEST, title, submit, memory.model_dump_json(), blocks, language)


def _left_out(prefill: Prefill, language: Language) -> list[Json]:
    """What a command said and the form has no room for."""
    said = []
    if len(prefill.recipients) > MOST_RECIPIENTS:
        said.append(language.say("You named more than {most} people: the others are left out.", most=MOST_RECIPIENTS))
    if len(prefill.note) > LONGEST_NOTE:
        said.append(
            language.say("Your note was longer than {most} characters: the rest is left out.", most=LONGEST_NOTE)
        )
    return [context(line).to_dict() for line in said]


def product_options(shelf: CountryCatalogue | None, words: str, language: Language) -> list[dict[str, Any]]:
    """What can be chosen for a country by these words, "the recipient chooses" always among it."""
    found = shelf.named(words, _MOST_OPTIONS - 1) if shelf else []
    choices = [_anything(language), *(ChosenProduct(product.code, product.name) for product in found)]
    return [_option(choice) for choice in choices]


# What is the same for many is drawn once: slack_sdk takes a millisecond for a whole form.


@cache
def _recipients(language: Language) -> Json:
    return InputBlock(
        block_id=Field.RECIPIENTS,
        label=language.say("Recipients"),
        element=UserMultiSelectElement(
            action_id=INPUT, placeholder=language.say("Choose people"), max_selected_items=MOST_RECIPIENTS
        ),
    ).to_dict()


@cache
def _country(countries: tuple[tuple[str, str], ...], chosen: str, language: Language, *, has_products: bool) -> Json:
    labels = {
        country: cut(f"{language.country(country)} ({currency})", LONGEST_LABEL) for country, currency in countries
    }
    in_order = sorted(labels, key=lambda country: unicodedata.normalize("NFKD", labels[country]))  # Ö beside O
    options = {country: Option(value=country, label=labels[country]) for country in in_order}
    return InputBlock(
        block_id=Field.COUNTRY,
        label=language.say("Country"),
        hint=language.say("Where the gift will be spent; its currency follows."),
        dispatch_action=has_products,
        element=StaticSelectElement(
            action_id=ActionId.COUNTRY, options=list(options.values()), initial_option=options[chosen]
        ),
    ).to_dict()


@cache
def _product(country: str, language: Language) -> Json:
    return InputBlock(
        block_id=Field.PRODUCT,
        label=language.say("Gift card"),
        dispatch_action=True,
        element=ExternalDataSelectElement(
            action_id=PRODUCT_IN + country,  # another country is another field
            placeholder=language.say("Search by name"),
            min_query_length=0,
        ),
    ).to_dict()


@lru_cache(maxsize=1000)  # there are as many hints as gift cards
def _amount(hint: str | None, language: Language) -> Json:
    label = language.say("Amount each")
    return text_input(Field.AMOUNT, label, "", longest=LONGEST_AMOUNT, placeholder="25", hint=hint).to_dict()


@cache
def _note(language: Language) -> Json:
    return text_input(
        Field.NOTE,
        language.say("Note"),
        "",
        longest=LONGEST_NOTE,
        multiline=True,
        optional=True,
        hint=language.say("The recipients read it, and those who approve."),
    ).to_dict()


@cache
def _cost_centre(cost_centres: tuple[str, ...], language: Language) -> Json:
    return _choice(Field.COST_CENTRE, language.say("Cost centre"), cost_centres, language, optional=False)


@cache
def _hashtag(hashtags: tuple[str, ...], language: Language) -> Json:
    return _choice(Field.HASHTAG, language.say("What for"), hashtags, language, optional=True)


@cache
def _announcement(announcing: Announcing, language: Language) -> Json:
    hint = (
        language.say("Once the gift has arrived: who thanked whom, and the note; the amount only if you say so.")
        if announcing.may_name_amount
        else language.say("Once the gift has arrived: who thanked whom, and the note, never the amount.")
    )
    return InputBlock(
        block_id=Field.ANNOUNCE_IN,
        label=language.say("Announce in"),
        hint=hint,
        optional=True,
        element=ConversationSelectElement(
            action_id=INPUT,
            placeholder=language.say("No channel"),
            filter=ConversationFilter(include=["public", "private"], exclude_external_shared_channels=True),
        ),
    ).to_dict()


@cache
def _name_amount(language: Language, *, chosen: bool) -> Json:
    option = Option(value=NAME_AMOUNT, label=cut(language.say("Name the amount"), LONGEST_LABEL))
    return InputBlock(
        block_id=Field.NAMES_AMOUNT,
        label=language.say("In the announcement"),
        optional=True,
        element=CheckboxesElement(action_id=INPUT, options=[option], initial_options=[option] if chosen else None),
    ).to_dict()


def _choice(field: Field, label: str, choices: Sequence[str], language: Language, *, optional: bool) -> Json:
    return InputBlock(
        block_id=field,
        label=label,
        optional=optional,
        element=StaticSelectElement(
            action_id=INPUT,
            placeholder=language.say("Choose one"),
            options=[Option(value=choice, label=choice) for choice in choices],
        ),
    ).to_dict()


def _filled(block: Json, **initial: Any) -> Json:
    """A block with what is filled in at first; what is empty is left out, as Slack wants it."""
    return block | {"element": block["element"] | {name: value for name, value in initial.items() if value}}


def _chosen(block: Json, choice: str | None) -> Json:
    """A block with one of its options chosen."""
    option = next((option for option in block["element"]["options"] if option["value"] == choice), None)
    return _filled(block, initial_option=option)


def _possible_amounts(prefill: Prefill, offer: Offer, language: Language) -> str | None:
    """What the amount can be, where that is known; the largest gift that the company allows is another matter."""
    chosen = offer.shelf.find(prefill.product.code) if offer.shelf and prefill.product else None
    if chosen:
        return _written(chosen.values_in_words, language)
    by_template = offer.countries[offer.country] in offer.policy.templates
    values = offer.shelf.values_in_words if offer.shelf and not by_template else None
    if not offer.policy.whole_amounts:
        return _written(values, language)
    return language.say("Whole amounts, {values}", values=values) if values else language.say("Whole amounts")


def _written(values: Part | None, language: Language) -> str | None:
    return language.render(values) if values else None


def _anything(language: Language) -> ChosenProduct:
    return ChosenProduct(ANYTHING, language.say("The recipient chooses"))


def _option(choice: ChosenProduct) -> Json:
    """Written out, for a hundred of them answer somebody who types."""
    return {"text": plain(choice.name, LONGEST_LABEL), "value": choice.code}
