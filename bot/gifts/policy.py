"""PURE: who may be given a gift, how much, and who may decide; answers with reasons, never acts."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.gifts.errors import Field, Invalid, Refused
from bot.gifts.gift import Request
from bot.gifts.money import Money, currency_of, parse_money
from bot.gifts.people import Person, Standing
from bot.gifts.product import Product, Shelf
from bot.gifts.wording import Listed, Words, say, say_many, sentences

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
        problems: dict[Field, Words] = {}
        if recipients_problem := self._recipients_problem(draft, people):
            problems[Field.RECIPIENTS] = recipients_problem
        if len(draft.note) > LONGEST_NOTE:
            problems[Field.NOTE] = say_many(
                "Please keep the note under {count} character; it has {length}.",
                "Please keep the note under {count} characters; it has {length}.",
                LONGEST_NOTE,
                length=len(draft.note),
            )
        value = None
        if draft.country not in self.countries:
            problems[Field.COUNTRY] = say("Please choose one of the countries in the list.")
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
            raise Refused(say("You asked for this gift, so somebody else has to decide about it."))
        if person in request.recipients:
            raise Refused(say("This gift is for you, so somebody else has to decide about it."))
        if person not in self.approvers:
            raise Refused(say("Only an approver can decide about gifts. You are not on the list of approvers."))

    def _checked_amount(self, draft: Draft, locale: str, shelf: Shelf | None) -> Money:
        currency = currency_of(draft.country)
        assert currency is not None, "settings offer only countries with a currency"
        value = parse_money(draft.amount, currency, locale)
        largest = self.largest[currency]
        if value.minor > largest.minor:
            raise Invalid({Field.AMOUNT: say("The largest gift is {largest} for each person.", largest=largest)})
        if draft.product:
            _check_product(draft.product, value, shelf)
        elif self.whole_amounts and value.major % 1:
            raise Invalid({Field.AMOUNT: say("Gifts come in whole amounts only, such as 25.")})
        elif shelf and currency not in self.templates and not shelf.offering(value):
            words = say("Nothing can be bought for {value} there.", value=value)
            raise Invalid({Field.AMOUNT: sentences([words, *_values_are(shelf)])})
        return value

    def _recipients_problem(self, draft: Draft, people: Mapping[str, Person]) -> Words | None:
        count = len(draft.recipients)
        if not 1 <= count <= MOST_RECIPIENTS:
            return say_many(
                "Please choose {count} person; you chose {chosen}.",
                "Please choose 1 to {count} people; you chose {chosen}.",
                MOST_RECIPIENTS,
                chosen=count,
            )
        if draft.requester in draft.recipients:
            return say("You cannot send a gift to yourself.")
        requester = people[draft.requester]
        if requester.standing.value and requester.standing not in _MAY_ASK:
            account = requester.standing.value.fill(who=say("your account"))
            return say("Only colleagues can send gifts, and {account}.", account=account)
        barred = tuple(
            standing.value.fill(who=people[recipient].name)
            for recipient in draft.recipients
            if (standing := people[recipient].standing).value
        )
        if barred:
            return say("Not everybody can get a gift: {barred}.", barred=Listed(barred))
        if not self.approvers_of(draft.requester, draft.recipients):
            return say("Nobody is left who could approve this: every approver asks for it or receives it.")
        return None


def _check_product(code: str, value: Money, shelf: Shelf | None) -> None:
    product = shelf.find(code) if shelf else None
    if product is None:
        words = say("This gift card is not sold for that country just now. Please choose again.")
        raise Invalid({Field.PRODUCT: words})
    if not product.offers(value):
        words = say("{product} does not come in that value.", product=product.name)
        raise Invalid({Field.AMOUNT: sentences([words, *_values_are(product)])})


def _values_are(goods: Product | Shelf) -> list[Words]:
    values = goods.values_in_words
    return [say("Possible: {values}.", values=values)] if values else []
