"""The company's rules: who may decide, who may receive, how much; every refusal has its reason."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.gifts.model.approval_route import Route
from bot.gifts.model.approval_rules import one_of
from bot.gifts.model.draft import Draft
from bot.gifts.model.errors import Field, Invalid, Refused
from bot.gifts.model.gift import Gift, GiftState, Request
from bot.gifts.model.money import Money
from bot.gifts.model.people import Person, Roster, Standing
from bot.gifts.model.policy import LONGEST_NOTE, MOST_RECIPIENTS, Policy

MIA, ABE, ANA, ROB, EVE = "UMIA", "UABE", "UANA", "UROB", "UEVE"

POLICY = Policy(
    rules=one_of({ABE, ANA}),
    countries=("GB", "DE", "JP"),
    largest={"GBP": Money(25000, "GBP", 2), "EUR": Money(25000, "EUR", 2), "JPY": Money(30000, "JPY", 0)},
)
REQUEST = Request(
    id="r",
    requester=MIA,
    gifts=tuple(Gift(f"g-{recipient}", "r", recipient, GiftState.WAITING) for recipient in (ROB, ABE)),
    value=Money(2500, "GBP", 2),
    country="GB",
    note="",
    created_at=datetime(2030, 1, 1, tzinfo=UTC),
)
DRAFT = Draft("r", MIA, (ROB, EVE), "25", "GB", "thank you")


class Workspace(dict[str, Person]):
    """Everybody is a member who reads British English, except who is said to be something else."""

    def __missing__(self, slack_id: str) -> Person:
        return Person(slack_id, slack_id.removeprefix("U").title(), locale="en-GB")


def _route(request: Request) -> Route:
    route = POLICY.route(request, Roster())
    assert route
    return route


def refused(draft: Draft, people: Mapping[str, Person] | None = None) -> Mapping[Field, str]:
    """What the form says about a draft."""
    with pytest.raises(Invalid) as invalid:
        POLICY.value_of(draft, Workspace(people or {}))
    return {field: str(problem.words) for field, problem in invalid.value.problems.items()}


def test_an_approver_who_has_no_part_in_it_may_decide() -> None:
    """Ana neither asks nor receives."""
    assert _route(REQUEST).check(ANA) == ANA


@pytest.mark.parametrize(
    ("request_of", "person", "words"),
    [
        (MIA, MIA, "You asked for this gift, so somebody else has to decide about it."),
        (ANA, ANA, "You asked for this gift, so somebody else has to decide about it."),
        (MIA, ROB, "This gift is for you, so somebody else has to decide about it."),
        (MIA, ABE, "This gift is for you, so somebody else has to decide about it."),
        (MIA, EVE, "Only an approver can decide about gifts. You are not on the list of approvers."),
        (MIA, "", "Only an approver can decide about gifts. You are not on the list of approvers."),
    ],
)
def test_nobody_else_may_decide(request_of: str, person: str, words: str) -> None:
    """Neither who asks, nor who receives, even if they approve other gifts, nor anybody else; each is told why."""
    with pytest.raises(Refused) as refusal:
        _route(replace(REQUEST, requester=request_of)).check(person)
    assert str(refusal.value.user_message) == words


def test_approvers_with_a_part_in_it_are_not_asked() -> None:
    """A card goes to those who may decide, and to nobody else."""
    gifts = {name: Gift(f"g-{name}", "r", name, GiftState.WAITING) for name in (ROB, ABE)}
    for requester, recipients, deciders in [(MIA, (ROB,), {ABE, ANA}), (ANA, (ROB,), {ABE}), (ANA, (ABE, ROB), set())]:
        asked = replace(REQUEST, requester=requester, gifts=tuple(gifts[name] for name in recipients))
        assert _route(asked).eligible_approvers.keys() == deciders


@pytest.mark.parametrize(("requester", "recipients"), [(MIA, (ABE, ANA)), (ABE, (ANA, ROB))])
def test_what_nobody_could_approve_says_why(requester: str, recipients: tuple[str, ...]) -> None:
    """Where every approver has a part in it, there is no way for it."""
    gifts = tuple(Gift(f"g-{name}", "r", name, GiftState.WAITING) for name in recipients)
    stuck = _route(replace(REQUEST, requester=requester, gifts=gifts)).blocked_reason()
    assert stuck
    assert stuck.code == "nobody_left"
    assert str(stuck.words) == "Nobody is left who could approve this: every approver asks for it or receives it."


@pytest.mark.parametrize(
    ("amount", "country", "value"),
    [
        ("25", "GB", Money(2500, "GBP", 2)),
        ("250", "GB", Money(25000, "GBP", 2)),
        ("25 EUR", "DE", Money(2500, "EUR", 2)),
        ("30,000", "JP", Money(30000, "JPY", 0)),
    ],
)
def test_a_draft_within_the_rules_has_a_value(amount: str, country: str, value: Money) -> None:
    """The currency follows from the country, and the largest gift is still a gift."""
    assert POLICY.value_of(replace(DRAFT, amount=amount, country=country), Workspace()) == value


def test_the_amount_is_read_in_the_requester_s_locale() -> None:
    """A comma is a decimal comma for who writes it so."""
    people = Workspace({MIA: Person(MIA, "Mia", locale="de-DE")})
    assert POLICY.value_of(replace(DRAFT, amount="25,50", country="DE"), people) == Money(2550, "EUR", 2)


ONE_WRONG = [
    ({"recipients": ()}, Field.RECIPIENTS, "Please choose 1 to 25 people; you chose 0."),
    (
        {"recipients": tuple(f"U{number}" for number in range(MOST_RECIPIENTS + 1))},
        Field.RECIPIENTS,
        "Please choose 1 to 25 people; you chose 26.",
    ),
    ({"recipients": (ROB, MIA)}, Field.RECIPIENTS, "You cannot send a gift to yourself."),
    ({"amount": "0"}, Field.AMOUNT, "The amount has to be more than zero."),
    ({"amount": "abc"}, Field.AMOUNT, "“abc” is not an amount of GBP. Write a number, for example 25."),
    ({"amount": ""}, Field.AMOUNT, "Please write an amount, for example 25."),
    ({"amount": "250.01"}, Field.AMOUNT, "The largest gift is £250.00 for each person."),
    ({"amount": "30001", "country": "JP"}, Field.AMOUNT, "The largest gift is ¥30,000 for each person."),
    ({"country": "FR"}, Field.COUNTRY, "Please choose one of the countries in the list."),
    ({"country": ""}, Field.COUNTRY, "Please choose one of the countries in the list."),
    ({"note": "x" * 4000}, Field.NOTE, "Please keep the note under 1000 characters; it has 4000."),
]


@pytest.mark.parametrize(("changes", "field", "words"), ONE_WRONG)
def test_what_is_wrong_stands_under_its_field(
    changes: dict[str, str | tuple[str, ...]], field: Field, words: str
) -> None:
    """Each problem is said where it is, in words that tell how to mend it."""
    assert refused(replace(DRAFT, **changes)) == {field: words}  # type: ignore[arg-type] # a table of fields


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (Standing.BOT, "Rob is an app, not a person"),
        (Standing.DEACTIVATED, "Rob is deactivated"),
        (Standing.GUEST, "Rob is a guest"),
        (Standing.STRANGER, "Rob belongs to another workspace"),
        (Standing.UNKNOWN, "Rob is not known in this workspace"),
    ],
)
def test_only_colleagues_get_gifts(standing: Standing, words: str) -> None:
    """Apps, guests, strangers and who has left are named with what they are."""
    problems = refused(DRAFT, {ROB: Person(ROB, "Rob", standing)})
    assert problems == {Field.RECIPIENTS: f"Not everybody can get a gift: {words}."}


def test_everybody_who_cannot_get_a_gift_is_named() -> None:
    """Two at fault are named at once."""
    people = {ROB: Person(ROB, "Rob", Standing.GUEST), EVE: Person(EVE, "Eve", Standing.BOT)}
    words = "Not everybody can get a gift: Rob is a guest and Eve is an app, not a person."
    assert refused(DRAFT, people) == {Field.RECIPIENTS: words}


def test_a_standing_is_good_or_has_words() -> None:
    """Whoever is barred can be told why."""
    assert [standing.name for standing in Standing if standing.value is None] == ["MEMBER"]


def test_all_problems_are_said_at_once() -> None:
    """Nobody has to submit a form four times to learn of four mistakes."""
    problems = refused(Draft("r", MIA, (MIA,), "-1", "GB", "x" * 1001))
    assert set(problems) == {Field.RECIPIENTS, Field.AMOUNT, Field.NOTE}
    problems = refused(Draft("r", MIA, (), "-1", "XX", "x" * 1001))
    assert set(problems) == {Field.RECIPIENTS, Field.COUNTRY, Field.NOTE}


def test_the_longest_note_and_the_most_recipients_just_fit() -> None:
    """Limits are what is still allowed."""
    recipients = tuple(f"U{number}" for number in range(MOST_RECIPIENTS))
    draft = replace(DRAFT, recipients=recipients, note="x" * LONGEST_NOTE)
    assert POLICY.value_of(draft, Workspace()) == Money(2500, "GBP", 2)
