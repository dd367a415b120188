"""PURE: who may be given a gift, how much, and who may decide; answers with reasons, never acts."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.gifts.errors import Field, Invalid, Refused
from bot.gifts.gift import Request
from bot.gifts.money import Money, currency_of, parse_money
from bot.gifts.people import Person, Standing

MOST_RECIPIENTS = 25
MOST_WAITING = 25  # requests of one person that nobody has decided yet
LONGEST_NOTE = 1000
LONGEST_REASON = 500


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


@dataclass(frozen=True, slots=True)
class Policy:
    """The company's rules: who approves, the countries offered, and the largest gift in each currency.

    Gifts that can be spent at many brands come in whole amounts only.
    """

    approvers: frozenset[str]
    countries: tuple[str, ...]
    largest: Mapping[str, Money]
    whole_amounts: bool = False

    def value_of(self, draft: Draft, people: Mapping[str, Person]) -> Money:
        """The value of each gift that a draft asks for.

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
                value = self._checked_amount(draft, people[draft.requester].locale)
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

    def _checked_amount(self, draft: Draft, locale: str) -> Money:
        currency = currency_of(draft.country)
        assert currency is not None, "settings offer only countries with a currency"
        value = parse_money(draft.amount, currency, locale)
        if self.whole_amounts and value.major % 1:
            raise Invalid({Field.AMOUNT: "Gifts come in whole amounts only, such as 25."})
        largest = self.largest[currency]
        if value.minor > largest.minor:
            raise Invalid({Field.AMOUNT: f"The largest gift is {largest.format(locale)} for each person."})
        return value

    def _recipients_problem(self, draft: Draft, people: Mapping[str, Person]) -> str | None:
        count = len(draft.recipients)
        if not 1 <= count <= MOST_RECIPIENTS:
            return f"Please choose 1 to {MOST_RECIPIENTS} people; you chose {count}."
        if draft.requester in draft.recipients:
            return "You cannot send a gift to yourself."
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
