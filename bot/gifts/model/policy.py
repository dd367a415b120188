"""PURE: who may be given a gift, how much, and who may decide; answers with reasons, never acts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, timedelta, tzinfo
from itertools import chain
from typing import Final

from bot.gifts.model.approval_route import Route
from bot.gifts.model.approval_rules import Asked, Rules
from bot.gifts.model.budget import Budget
from bot.gifts.model.currencies import currency_in
from bot.gifts.model.draft import Draft
from bot.gifts.model.errors import Field, Invalid
from bot.gifts.model.gift import Request
from bot.gifts.model.money import Money, parse_money
from bot.gifts.model.people import Person, Roster, Standing, is_group
from bot.gifts.model.product import CountryCatalogue, Product
from bot.gifts.model.refusal import Refusal, RefusalCode
from bot.gifts.model.text import ListOf, Words, say, say_many, sentences

MOST_RECIPIENTS = 25
MOST_WAITING = 25  # requests of one person that nobody has decided yet
LONGEST_NOTE = 1000
LONGEST_REASON = 500
NOBODY_ELSE: Final = Roster()
_MAY_ASK = {Standing.MEMBER, Standing.GUEST}


@dataclass(frozen=True, slots=True)
class Announcing:
    """What an announcement can be: where it goes unless somebody chooses, hashtags to choose from, and the amount."""

    usual_channel: str | None = None
    hashtags: tuple[str, ...] = ()
    may_name_amount: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """The company's rules: who may ask for what, who decides, and what is left to be given.

    `may_ask` are people and groups (everybody if empty), `currencies` those of countries for which the company has
    settled one, and `largest` the largest gift in each currency. What the same people gave each other within
    `counts_together` counts together for the rules.
    Gifts that can be spent at many brands may come in whole amounts only; those of a currency in `templates` at brands
    that the gift card service picks.
    """

    rules: Rules
    countries: tuple[str, ...]
    largest: Mapping[str, Money]
    whole_amounts: bool = False
    currencies: Mapping[str, str] = field(default_factory=dict)
    templates: frozenset[str] = frozenset()
    may_ask: tuple[str, ...] = ()
    cost_centres: tuple[str, ...] = ()
    counts_together: timedelta = timedelta()
    budgets: tuple[Budget, ...] = ()
    announcing: Announcing = Announcing()
    zone: tzinfo = UTC

    @property
    def groups(self) -> frozenset[str]:
        """Every user group whose members have to be known."""
        listed = [self.may_ask, *self.rules.pools.values()]
        for rule in self.rules.listed:
            listed += [rule.requesters, rule.notify]
            listed += [people or () for step in rule.steps for people in (step.notify, step.backup)]
        return frozenset(filter(is_group, chain(*listed)))

    def is_open_to(self, person: str, roster: Roster) -> bool:
        """Whether somebody may ask for gifts."""
        return not self.may_ask or person in roster.people(self.may_ask)

    def value_of(
        self,
        draft: Draft,
        people: Mapping[str, Person],
        shelf: CountryCatalogue | None = None,
        roster: Roster = NOBODY_ELSE,
    ) -> Money:
        """The value of each gift that a draft asks for; `shelf` is what can be bought in its country, where known.

        Raises:
            Invalid: with everything that is wrong with the draft at once.
        """
        problems: dict[Field, Refusal] = {}
        if recipients_problem := self._recipients_problem(draft, people, roster):
            problems[Field.RECIPIENTS] = recipients_problem
        if len(draft.note) > LONGEST_NOTE:
            words = say_many(
                "Please keep the note under {count} character; it has {length}.",
                "Please keep the note under {count} characters; it has {length}.",
                LONGEST_NOTE,
                length=len(draft.note),
            )
            problems[Field.NOTE] = Refusal(RefusalCode.NOTE_TOO_LONG, words)
        if (self.cost_centres or draft.cost_centre) and draft.cost_centre not in self.cost_centres:
            words = say("Please choose one of the cost centres in the list.")
            problems[Field.COST_CENTRE] = Refusal(RefusalCode.UNKNOWN_COST_CENTRE, words)
        if draft.hashtag and draft.hashtag not in self.announcing.hashtags:
            words = say("Please choose one of those in the list.")
            problems[Field.HASHTAG] = Refusal(RefusalCode.UNKNOWN_HASHTAG, words)
        value = None
        if draft.country not in self.countries:
            words = say("Please choose one of the countries in the list.")
            problems[Field.COUNTRY] = Refusal(RefusalCode.UNKNOWN_COUNTRY, words)
        else:
            try:
                value = self._checked_amount(draft, people[draft.requester].locale, shelf)
            except Invalid as invalid:
                problems |= invalid.problems
        if problems or value is None:
            raise Invalid(problems)
        return value

    def lowered(self, request: Request, amount: str, locale: str, shelf: CountryCatalogue | None) -> Money:
        """The value of each gift of a request that an approver of `locale` lowers to an `amount`.

        Raises:
            Invalid: it is more than was asked, or cannot be bought.
        """
        value = parse_money(amount, request.value.currency, locale)
        if value > request.value:
            words = say("At most {value}: that is what was asked for.", value=request.value)
            raise _bad_amount(RefusalCode.MORE_THAN_ASKED, words)
        if value != request.value:
            self._check_sold(value, request.product.code if request.product else None, shelf)
        return value

    def route(self, request: Request, roster: Roster) -> Route | None:
        """The way of a request under the rules in force; None where no rule is about it."""
        asked = Asked(request.requester, request.weighed or request.total, request.country, request.cost_centre)
        rule = self.rules.rule_for(asked, roster)
        if rule is None:
            return None
        pools = {name: roster.people(pool) for name, pool in self.rules.pools.items()}
        return Route(request, rule, pools, roster)

    def _checked_amount(self, draft: Draft, locale: str, shelf: CountryCatalogue | None) -> Money:
        currency = shelf.currency if shelf else currency_in(draft.country, self.currencies)
        value = parse_money(draft.amount, currency, locale)
        largest = self.largest.get(currency)
        if largest is None:
            words = say("The rules for gifts name no largest amount in {currency}.", currency=currency)
            raise _bad_amount(RefusalCode.NO_LIMIT_IN_CURRENCY, words)
        if value > largest:
            words = say("The largest gift is {largest} for each person.", largest=largest)
            raise _bad_amount(RefusalCode.OVER_LIMIT, words)
        self._check_sold(value, draft.product, shelf)
        return value

    def _check_sold(self, value: Money, product: str | None, shelf: CountryCatalogue | None) -> None:
        if product:
            _check_product(product, value, shelf)
        elif self.whole_amounts and value.major % 1:
            raise _bad_amount(RefusalCode.AMOUNT_NOT_WHOLE, say("Gifts come in whole amounts only, such as 25."))
        elif shelf and not (shelf.products if value.currency in self.templates else shelf.offering(value)):
            words = say("Nothing can be bought for {value} there.", value=value)
            raise _bad_amount(RefusalCode.AMOUNT_NOT_SOLD, sentences([words, *_values_are(shelf)]))

    def _recipients_problem(self, draft: Draft, people: Mapping[str, Person], roster: Roster) -> Refusal | None:
        count = len(draft.recipients)
        if not 1 <= count <= MOST_RECIPIENTS:
            words = say_many(
                "Please choose {count} person; you chose {chosen}.",
                "Please choose 1 to {count} people; you chose {chosen}.",
                MOST_RECIPIENTS,
                chosen=count,
            )
            return Refusal(RefusalCode.RECIPIENT_COUNT, words)
        if draft.requester in draft.recipients:
            return Refusal(RefusalCode.GIFT_TO_ONESELF, say("You cannot send a gift to yourself."))
        if not self.is_open_to(draft.requester, roster):
            words = say("You are not among those who may ask for gifts here. `/gift settings` shows the rules.")
            return Refusal(RefusalCode.MAY_NOT_ASK, words)
        requester = people[draft.requester]
        if requester.standing.value and requester.standing not in _MAY_ASK:
            account = requester.standing.value.fill(who=say("your account"))
            words = say("Only colleagues can send gifts, and {account}.", account=account)
            return Refusal(RefusalCode.REQUESTER_BARRED, words)
        barred = tuple(
            standing.value.fill(who=people[recipient].name)
            for recipient in draft.recipients
            if (standing := people[recipient].standing).value
        )
        if barred:
            words = say("Not everybody can get a gift: {barred}.", barred=ListOf(barred))
            return Refusal(RefusalCode.RECIPIENT_BARRED, words)
        return None


def _check_product(code: str, value: Money, shelf: CountryCatalogue | None) -> None:
    product = shelf.find(code) if shelf else None
    if product is None:
        words = say("This gift card is not sold for that country just now. Please choose again.")
        raise Invalid({Field.PRODUCT: Refusal(RefusalCode.PRODUCT_NOT_SOLD, words)})
    if not product.offers(value):
        words = say("{product} does not come in that value.", product=product.name)
        raise _bad_amount(RefusalCode.AMOUNT_NOT_OF_PRODUCT, sentences([words, *_values_are(product)]))


def _bad_amount(code: RefusalCode, words: Words) -> Invalid:
    return Invalid({Field.AMOUNT: Refusal(code, words)})


def _values_are(goods: Product | CountryCatalogue) -> list[Words]:
    values = goods.values_in_words
    return [say("Possible: {values}.", values=values)] if values else []
