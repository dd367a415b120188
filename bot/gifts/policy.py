"""PURE: who may be given a gift, how much, and who may decide; answers with reasons, never acts."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.gifts.errors import Field, Invalid, Refused
from bot.gifts.gift import Request
from bot.gifts.money import Money, currency_of, parse_money
from bot.gifts.people import Person, Standing
from bot.gifts.product import Product, Shelf

MOST_RECIPIENTS = 25
MOST_WAITING = 25  # requests of one person that nobody has decided yet
LONGEST_NOTE = 1000
LONGEST_REASON = 500
_MAY_ASK = {Standing.MEMBER, Standing.GUEST}


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody filled in, as they typed it. `id` is chosen when the form opens, so that a form counts once."""

    id: str
    requester: str
    recipients: tuple[str, ...]
    amount: str
    country: str
    note: str = ""
    announce_in: str | None = None
    source: str | None = None
    product: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """The company's rules: who approves, the countries offered, and the largest gift in each currency.

    Gifts that can be spent at many brands may come in whole amounts only; those of a currency in `templates` at brands
    that the gift card service picks.
    """

    approvers: frozenset[str]
    countries: tuple[str, ...]
    largest: Mapping[str, Money]
    whole_amounts: bool = False
    templates: frozenset[str] = frozenset()

    def value_of(self, draft: Draft, people: Mapping[str, Person], shelf: Shelf | None = None) -> Money:
        """The value of each gift that a draft asks for; `shelf` is what can be bought in its country, where known.

        Raises:
            Invalid: with everything that is wrong with the draft at once.
        """
        problems: dict[Field, str] = {}
        if recipients_problem := self._recipients_problem(draft, people):
            problems[Field.RECIPIENTS] = recipients_problem
        if len(draft.note) > LONGEST_NOTE:
            problems[Field.NOTE] = f"Please keep the note under {LONGEST_NOTE} characters; it has {len(draft.note)}."
        value = None
        if draft.country not in self.countries:
            problems[Field.COUNTRY] = "Please choose one of the countries in the list."
        else:
            try:
                value = self._checked_amount(draft, people[draft.requester].locale, shelf)
            except Invalid as invalid:
                problems |= invalid.problems
        if problems or value is None:
            raise Invalid(problems)
        return value

    def approvers_of(self, requester: str, recipients: tuple[str, ...]) -> frozenset[str]:
        """The people who may decide about a request: never who asks, nor who receives."""
        return self.approvers - {requester, *recipients}

    def check_decider(self, request: Request, person: str) -> None:
        """Let an entitled person pass.

        Raises:
            Refused: with the reason why this person may not decide about this request.
        """
        if person == request.requester:
            raise Refused("You asked for this gift, so somebody else has to decide about it.")
        if person in request.recipients:
            raise Refused("This gift is for you, so somebody else has to decide about it.")
        if person not in self.approvers:
            raise Refused("Only an approver can decide about gifts. You are not on the list of approvers.")

    def _checked_amount(self, draft: Draft, locale: str, shelf: Shelf | None) -> Money:
        currency = currency_of(draft.country)
        assert currency is not None, "settings offer only countries with a currency"
        value = parse_money(draft.amount, currency, locale)
        largest = self.largest[currency]
        if value.minor > largest.minor:
            raise Invalid({Field.AMOUNT: f"The largest gift is {largest.format(locale)} for each person."})
        if draft.product:
            _check_product(draft.product, value, shelf, locale)
        elif self.whole_amounts and value.major % 1:
            raise Invalid({Field.AMOUNT: "Gifts come in whole amounts only, such as 25."})
        elif shelf and currency not in self.templates and not shelf.offering(value):
            words = f"Nothing can be bought for {value.format(locale)} there. {_values_are(shelf, locale)}"
            raise Invalid({Field.AMOUNT: words.strip()})
        return value

    def _recipients_problem(self, draft: Draft, people: Mapping[str, Person]) -> str | None:
        count = len(draft.recipients)
        if not 1 <= count <= MOST_RECIPIENTS:
            return f"Please choose 1 to {MOST_RECIPIENTS} people; you chose {count}."
        if draft.requester in draft.recipients:
            return "You cannot send a gift to yourself."
        if people[draft.requester].standing not in _MAY_ASK:
            return f"Only colleagues can send gifts, and your account {people[draft.requester].standing.value}."
        barred = [
            f"{people[recipient].name} {people[recipient].standing.value}"
            for recipient in draft.recipients
            if people[recipient].standing is not Standing.MEMBER
        ]
        if barred:
            return f"Not everybody can get a gift: {', '.join(barred)}."
        if not self.approvers_of(draft.requester, draft.recipients):
            return "Nobody is left who could approve this: every approver asks for it or receives it."
        return None


def _check_product(code: str, value: Money, shelf: Shelf | None, locale: str) -> None:
    product = shelf.find(code) if shelf else None
    if product is None:
        raise Invalid({Field.PRODUCT: "This gift card is not sold for that country just now. Please choose again."})
    if not product.offers(value):
        raise Invalid({Field.AMOUNT: f"{product.name} does not come in that value. {_values_are(product, locale)}"})


def _values_are(goods: Product | Shelf, locale: str) -> str:
    values = goods.values_in_words(locale)
    return f"Possible: {values}." if values else ""
