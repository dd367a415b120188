"""Everything that grows, at its largest: Slack takes it, in English, in German and in a language 40 % longer."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.gifts.model.approval_route import Route
from bot.gifts.model.approval_rules import Rule, Step
from bot.gifts.model.budget import Balance, Budget, Per, Period
from bot.gifts.model.gift import Approval, GiftState, Request, RequestState
from bot.gifts.model.money import Money
from bot.gifts.model.notification import CardContext, Kind
from bot.gifts.model.order import Funds
from bot.gifts.model.people import Roster
from bot.gifts.model.policy import LONGEST_NOTE, LONGEST_REASON
from bot.gifts.model.product import ChosenProduct
from bot.gifts.model.text import Words
from bot.sandbox.simulator.slack.blockkit import check_message, check_view
from handlers.blocks.approval_card import approval
from handlers.blocks.block_kit import as_json
from handlers.blocks.bounds import LONGEST_TEXT, cut, fitting, in_pieces
from handlers.blocks.components import Card, escaped
from handlers.blocks.home_tab import home_view
from handlers.blocks.messages import plain_twin, render
from handlers.blocks.modals import approve_form, asked_view, decline_form, notice_view
from handlers.blocks.policy_summary import settings_blocks, settings_view
from handlers.blocks.request_modal import request_form
from handlers.blocks.status import help_text, status_blocks
from handlers.localization import Language, language_of
from tests.test_cards import (
    ABE,
    ABOUT_GIFTS,
    EVERYBODY,
    MEMORY,
    MIA,
    NOON,
    PREFILLS,
    STANDINGS,
    VALUE,
    a_request,
    an_offer,
    desk,
    letter,
    mending_forms,
    overview,
)
from tests.test_policy_summary import LONG_POLICY, PATIENCE

MOST_IN_A_MESSAGE = 13_000  # characters of all texts: bolt-js, issue 2509
OF_AN_UPDATE = 4_000  # bytes of a text that chat.update takes
PEOPLE = [f"U{number:010}" for number in range(6)]


class Longer(Language):
    """A language whose every text is 40 % longer than ours, and that nobody speaks."""

    def _chosen(self, words: Words) -> str:
        text = super()._chosen(words)
        return text + "ö" * (len(text) * 2 // 5)


LANGUAGES = [language_of("en-GB"), language_of("de-DE"), Longer("en-GB")]
in_every_language = pytest.mark.parametrize("language", LANGUAGES, ids=["English", "German", "longer"])


def largest_request(
    state: RequestState = RequestState.PENDING, gift_state: GiftState = GiftState.WAITING, sign: str = "&"
) -> Request:
    """A request with everything that a request can have, each as long as it may be."""
    approvals = [
        Approval(step, sign * 75, person, ABE, NOON, sign * LONGEST_REASON) for step, person in enumerate(PEOPLE)
    ]
    request = a_request(sign * LONGEST_NOTE, state, gift_state)
    return replace(
        request,
        product=ChosenProduct("P", sign * 100),
        cost_centre=sign * 75,
        hashtag=sign * 75,
        asked=VALUE,
        approvals=tuple(approvals),
    )


def largest_brief(request: Request, sign: str = "&") -> CardContext:
    """Twelve budgets for each of twenty-five people."""
    rule = Rule(sign * 75, tuple(Step(sign * 75, 2) for _ in range(10)))
    route = Route(request, rule, {sign * 75: frozenset(PEOPLE)}, Roster())
    balances = [
        Balance(Budget(sign * 75, Per.RECIPIENT, Period.MONTH, {"GBP": VALUE}), person, Money(number, "GBP", 2), VALUE)
        for number in range(12)
        for person in EVERYBODY
    ]
    return CardContext(route, balances, exchanged=1_000_000, is_open=request.state is RequestState.PENDING)


def texts(thing: Any) -> Iterator[str]:
    """Every text object, as long as Slack counts it: after escaping."""
    if isinstance(thing, list):
        for item in thing:
            yield from texts(item)
    elif isinstance(thing, dict):
        if thing.get("type") == "mrkdwn":
            yield thing["text"]
        elif thing.get("type") == "plain_text":
            yield escaped(thing["text"])
        for item in thing.values():
            yield from texts(item)


def assert_taken(card: Card) -> list[str]:
    """Slack takes a message, with room to spare; and its texts."""
    blocks = as_json(card.blocks)
    check_message({"text": card.text, "blocks": blocks})
    every = [*texts(blocks)]
    assert max(map(len, every)) <= 3_000
    assert sum(map(len, every)) <= MOST_IN_A_MESSAGE
    assert 0 < len(card.text.encode()) <= OF_AN_UPDATE
    return every


@in_every_language
@pytest.mark.parametrize("sign", ["&", "ä", "x"])
def test_the_largest_card(language: Language, sign: str) -> None:
    """The tightest budgets and the first approvals are named, the others counted; the note is never cut."""
    request = largest_request(sign=sign)
    brief = largest_brief(request, sign)
    funds = Funds(Money(10**12, "GBP", 2), Money(10**12, "GBP", 2))
    card = approval(replace(letter(Kind.CARD, request), brief=brief, funds=funds), language)
    every = assert_taken(card)
    assert "".join(every).count(escaped(sign)) >= LONGEST_NOTE
    assert any(button for block in as_json(card.blocks) if block["type"] == "actions" for button in block["elements"])
    assert_taken(plain_twin(card, language))


def test_the_card_counts_what_it_leaves_out() -> None:
    """Two of the three are named in words that a reader can check."""
    request = largest_request(sign="x")
    card = approval(replace(letter(Kind.CARD, request), brief=largest_brief(request, "x")), language_of("en-GB"))
    said = json.dumps(as_json(card.blocks), ensure_ascii=False)
    assert "and 296 more budgets" in said
    assert "and 3 more approvals" in said
    assert f"“{'x' * 99}…”" in said


@in_every_language
@pytest.mark.parametrize("kind", ABOUT_GIFTS)
@pytest.mark.parametrize(("state", "gift_state"), STANDINGS)
def test_the_largest_messages(kind: Kind, state: RequestState, gift_state: GiftState, language: Language) -> None:
    """About 25 gifts, each stopped for another reason, to whoever reads them."""
    if kind is Kind.DECISION and state is RequestState.PENDING:
        return
    for reader in (ABE, MIA):
        card = render(letter(kind, largest_request(state, gift_state), reader), language)
        assert_taken(card)
        assert_taken(plain_twin(card, language))


@in_every_language
def test_the_largest_lists(language: Language) -> None:
    """`/gift status`, `/gift settings`, `/gift help` and the Home tab."""
    for standing in STANDINGS:
        short = overview([standing] * 5)
        short = replace(short, mine=[replace(largest_request(*standing), id=one.id) for one in short.mine])
        assert_taken_in_pieces(status_blocks(short, language))
        view = home_view(desk([standing] * 5), language)
        check_view(view, "home")
        assert max(map(len, texts(view))) <= 3_000
    assert_taken_in_pieces(settings_blocks(LONG_POLICY, PATIENCE, Roster(), language))
    check_view(settings_view(LONG_POLICY, PATIENCE, Roster(), language), "modal")
    assert len(help_text(language)) <= OF_AN_UPDATE


def assert_taken_in_pieces(blocks: list[dict[str, Any]]) -> None:
    """An ephemeral answer to a command, which is not posted: each of its texts is taken."""
    check_message({"text": "x", "blocks": blocks})
    assert max(map(len, texts(blocks))) <= 3_000


@in_every_language
def test_the_largest_forms(language: Language) -> None:
    """Labels, titles and buttons of every form are cut where Slack would refuse them."""
    request = largest_request()
    views = [
        *(request_form(MEMORY, prefill, an_offer(), language) for prefill in PREFILLS),
        request_form(MEMORY.model_copy(update={"version": 2}), PREFILLS[1], an_offer(), language),
        asked_view(request, EVERYBODY, language),
        decline_form(request, language),
        approve_form(request, language),
        *mending_forms(request, language),
        notice_view(Words("many words " * 500), language),
    ]
    for view in views:
        check_view(view, "modal")
        assert max(map(len, texts(view))) <= 3_000


def test_lines_give_way_whole() -> None:
    """What does not fit is counted, and no line is cut in two, except one that alone is too long."""
    english = language_of("en-GB")
    lines = [f"line {number} {'x' * 90}" for number in range(100)]
    text = fitting(lines, english)
    *kept, last = text.split("\n")
    assert kept == lines[: len(kept)]
    assert last == f"and {100 - len(kept)} more"
    assert LONGEST_TEXT - 110 < len(text) <= LONGEST_TEXT
    assert fitting(lines, english, 2).split("\n") == [*lines[:2], "and 98 more"]
    assert fitting(["<@U1> " * 1000], english) == "<@U1> " * 399 + "…"


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("short", 5, "short"),
        ("a bit longer", 6, "a bit…"),
        ("ae\u0301e\u0301", 4, "ae\u0301…"),
        ("ab\U0001f469\u200d\U0001f680", 4, "ab…"),
        ("a\U0001f44d\U0001f3fdb", 3, "a…"),
    ],
)
def test_words_are_cut_at_a_grapheme(text: str, most: int, shown: str) -> None:
    """No accent, skin tone or joined emoji is torn off its letter."""
    assert cut(text, most) == shown


def test_pieces_are_all_of_a_text() -> None:
    """A long note is told in several paragraphs, and nothing of it is lost."""
    for text in ("&" * 1000, "\U0001f469\u200d\U0001f680" * 300, "e" + "\u0301" * 3000, "x" * 10):
        pieces = in_pieces(text, [len(escaped(sign)) for sign in text])
        assert "".join(pieces) == text
        assert max(len(escaped(piece)) for piece in pieces) <= LONGEST_TEXT
