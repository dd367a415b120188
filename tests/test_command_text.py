"""What people type after /gift, and what the form then opens with."""

import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.inbound.command_text import read_text
from handlers.localization import ENGLISH
from handlers.prefill import Prefill

OFFERED = {"GB": "GBP", "US": "USD", "DE": "EUR", "JP": "JPY"}
ROB, EVE = "U0ROB", "W0EVE"

COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("", {}),
    ("   ", {}),
    ("<@U0ROB>", {"recipients": (ROB,)}),
    ("<@U0ROB|rob>", {"recipients": (ROB,)}),
    (
        "<@U0ROB|rob> 25 GBP thank you for the launch",
        {"recipients": (ROB,), "amount": "25", "country": "GB", "note": "thank you for the launch"},
    ),
    (
        "25 GBP thank you <@U0ROB|rob> for the launch",
        {"recipients": (ROB,), "amount": "25", "country": "GB", "note": "thank you for the launch"},
    ),
    (
        "thank you for the launch GBP 25 <@U0ROB|rob>",
        {"recipients": (ROB,), "amount": "25", "country": "GB", "note": "thank you for the launch"},
    ),
    ("<@U0ROB><@W0EVE> thanks", {"recipients": (ROB, EVE), "note": "thanks"}),
    ("<@W0EVE> and <@U0ROB> and <@W0EVE|eve> 10", {"recipients": (EVE, ROB), "amount": "10", "note": "and and"}),
    ("25 GBP", {"amount": "25", "country": "GB"}),
    ("25GBP", {"amount": "25", "country": "GB"}),
    ("gbp25", {"amount": "25", "country": "GB"}),
    ("£25", {"amount": "25", "country": "GB"}),
    ("25 £", {"amount": "25", "country": "GB"}),
    ("$25.50 thanks", {"amount": "25.50", "country": "US", "note": "thanks"}),
    ("€ 1.234,50", {"amount": "1.234,50", "country": "DE"}),
    ("¥3,000", {"amount": "3,000", "country": "JP"}),
    ("thanks, 25 GBP.", {"amount": "25", "country": "GB", "note": "thanks, ."}),
    ("25.", {"amount": "25"}),
    ("25 thanks", {"amount": "25", "note": "thanks"}),
    ("thanks 25", {"amount": "25", "note": "thanks"}),
    ("well done <@U0ROB|rob> 25 and thanks", {"recipients": (ROB,), "amount": "25", "note": "well done and thanks"}),
    ("3 cheers for <@U0ROB> 25", {"recipients": (ROB,), "amount": "25", "note": "3 cheers for"}),
    ("thanks for the 3 demos", {"note": "thanks for the 3 demos"}),
    ("<@U0ROB> thanks for the 3 demos", {"recipients": (ROB,), "note": "thanks for the 3 demos"}),
    ("<@U0ROB> on your 25th day", {"recipients": (ROB,), "note": "on your 25th day"}),
    ("25€", {"amount": "25", "country": "DE"}),
    ("€25 thanks", {"amount": "25", "country": "DE", "note": "thanks"}),
    ("25,- € thanks", {"amount": "25", "country": "DE", "note": "thanks"}),
    ("25 euros thanks", {"amount": "25", "country": "DE", "note": "thanks"}),
    ("25 Euro", {"amount": "25", "country": "DE"}),
    ("25 British pounds", {"amount": "25", "country": "GB"}),
    ("25 dollars", {"amount": "25", "country": "US"}),
    ("US$25", {"amount": "25", "country": "US"}),
    ("£25 GBP", {"amount": "25", "country": "GB"}),
    ("5000円ありがとう", {"amount": "5000", "country": "JP", "note": "ありがとう"}),
    ("1 234,50 EUR merci", {"amount": "1 234,50", "country": "DE", "note": "merci"}),
    ("1\u202f234,50\u00a0€ merci", {"amount": "1\u202f234,50", "country": "DE", "note": "merci"}),
    ("merci 1\u00a0234,50 EUR", {"amount": "1\u00a0234,50", "country": "DE", "note": "merci"}),
    ("in 2025 100 GBP", {"amount": "100", "country": "GB", "note": "in 2025"}),
    (".50 GBP", {"note": ".50 GBP"}),
    ("25 all of you", {"amount": "25", "note": "all of you"}),
    ("we ran 25 km, try it", {"note": "we ran 25 km, try it"}),
    ("thanks for the PHP 8 migration", {"note": "thanks for the PHP 8 migration"}),
    ("25 EUR and not 30 GBP", {"amount": "25", "country": "DE", "note": "and not 30 GBP"}),
    ("for 3 great years 25 EUR", {"amount": "25", "country": "DE", "note": "for 3 great years"}),
    ("the 2 of you, £25 in Q3", {"amount": "25", "country": "GB", "note": "the 2 of you, in Q3"}),
    ("thanks for Q3 and v2.0b", {"note": "thanks for Q3 and v2.0b"}),
    ("thanks &lt;3 &amp;amp; more &gt; less", {"note": "thanks <3 &amp; more > less"}),
    ("&amp;lt;3", {"note": "&lt;3"}),
    ("<!channel> <#C0GENERAL|general> thanks", {"note": "@channel #general thanks"}),
    ("thanks <!subteam^S0TEAM|@design> &amp; <!here|here>", {"note": "thanks @design & @here"}),
    ("see <https://a.example/?b=1&amp;c=2|the plan>", {"note": "see the plan"}),
    ("see <https://a.example/?b=1&amp;c=2>", {"note": "see https://a.example/?b=1&c=2"}),
    ("to <mailto:rob@a.example|rob@a.example>, <tel:+441632|01632> too", {"note": "to rob@a.example, 01632 too"}),
    (
        "since <!date^1392734382^{date}|Monday> 25 GBP",
        {"amount": "25", "country": "GB", "note": "since Monday"},
    ),
    ("<#C25GBP> thanks", {"note": "#C25GBP thanks"}),
    ("a &lt;b|c&gt; d", {"note": "a <b|c> d"}),
    ("thanks\n\nfor  all\tof it", {"note": "thanks\n\nfor all of it"}),
    ("@rob 25 GBP", {"amount": "25", "country": "GB", "note": "@rob"}),
    ("25 GBP or 30 EUR", {"amount": "25", "country": "GB", "note": "or 30 EUR"}),
    ("USD 30 EUR", {"amount": "30", "country": "US", "note": "EUR"}),
    ("(£25)", {"amount": "25", "country": "GB", "note": "( )"}),
    ("25_GBP, x25 GBP, GBP25x", {"note": "25_GBP, x25 GBP, GBP25x"}),
    ("25 GBPs", {"amount": "25", "note": "GBPs"}),
    ("1,000,000,000,000,000,000,000 GBP", {"note": "1,000,000,000,000,000,000,000 GBP"}),  # a part of it is no amount
    ("<@U0ROB|<@W0EVE|eve>", {"recipients": (EVE,), "note": "<@U0ROB|"}),
]


@pytest.mark.parametrize(("text", "prefill"), COMMANDS)
def test_a_command_is_read_in_any_order(text: str, prefill: dict[str, Any]) -> None:
    """People, an amount beside or without its currency, and the rest as the note; nobody is named twice."""
    assert read_text(text, OFFERED, "en-GB") == Prefill(**prefill)


def test_only_the_currency_of_an_offered_country_is_one() -> None:
    """Where only Japan is offered, pounds are words."""
    only = {"JP": "JPY"}
    assert read_text("3000 JPY for your 25 GBP idea", only, "en-GB") == Prefill(
        (), "3000", "JP", "for your 25 GBP idea"
    )


@pytest.mark.parametrize(
    ("text", "locale", "note", "currency"),
    [
        ("25 CHF hi", "en-GB", "hi", "CHF"),
        ("25 chf hi", "en-GB", "hi", "CHF"),
        ("CHF 25.- hi", "de-CH", "hi", "CHF"),
        ("well done, 25 CHF for the launch", "en-GB", "well done, for the launch", "CHF"),
        ("25 Swiss francs hi", "en-GB", "hi", "CHF"),
        ("25 Schweizer Franken hi", "de-DE", "hi", "CHF"),
        ("100 zł hi", "en-GB", "hi", "PLN"),
        ("100 złotych hi", "pl-PL", "hi", "PLN"),
        ("A$25 hi", "en-GB", "hi", "AUD"),
        ("R250 hi", "en-GB", "hi", "ZAR"),
        ("2500 Ft hi", "en-GB", "hi", "HUF"),
        ("25 TOP hi", "en-GB", "hi", "TOP"),
        ("25 kr hi", "en-GB", "hi", "kr"),
        ("25 francs hi", "fr-FR", "hi", "francs"),
    ],
)
def test_an_amount_in_a_currency_that_is_not_offered_is_left_open(
    text: str, locale: str, note: str, currency: str
) -> None:
    """It never becomes as many pounds; the form says so, by the code where the words can mean only one."""
    prefill = read_text(text, OFFERED, locale)
    assert (prefill.amount, prefill.country, prefill.note) == ("", None, note)
    assert str(prefill.warning) == (
        f"Gifts in {currency} aren't available here, so I left the amount empty. "
        "Choose a country and enter the amount in its currency."
    )


NORTHERN = {"SE": "SEK", "NO": "NOK", "US": "USD", "CA": "CAD", "DE": "EUR"}


@pytest.mark.parametrize(
    ("text", "written", "currencies"),
    [
        ("$25 hi", "$25", "CAD or USD"),
        ("25 dollars hi", "25 dollars", "CAD or USD"),
        ("hi, 25 kr for you", "25 kr", "NOK or SEK"),
        ("25.- hi", "25.-", "CAD, EUR, NOK, SEK, or USD"),
    ],
)
def test_an_amount_that_could_be_in_several_currencies_is_asked_for(text: str, written: str, currencies: str) -> None:
    """Nobody guesses whose dollars were meant."""
    prefill = read_text(text, NORTHERN, "en-US")
    assert (prefill.amount, prefill.country) == ("", None)
    assert prefill.note.startswith("hi")
    assert ENGLISH.render(prefill.warning or "") == (
        f"“{written}” can be in {currencies}, so I left the amount empty. "
        "Choose a country and enter the amount in its currency."
    )


@pytest.mark.parametrize("text", ["$25", "25 dollars", "25.-", "C$25", "25 CAD", "25 Canadian dollars"])
def test_a_sign_means_the_only_offered_currency_that_it_can(text: str) -> None:
    """Where Canada alone pays in dollars, a dollar is Canadian, also to an American."""
    assert read_text(text, {"CA": "CAD"}, "en-US") == Prefill((), "25", "CA")


def test_what_is_said_on_both_sides_narrows_it_down() -> None:
    """And what belongs to the next number does not count."""
    assert read_text("$25 CAD", NORTHERN, "en-US") == Prefill((), "25", "CA")
    assert read_text("USD 25 EUR 30", NORTHERN, "en-US") == Prefill((), "25", "US", "EUR 30")


def test_what_nobody_can_type_is_not_read() -> None:
    """Slack's messages end after 40,000 characters."""
    assert read_text("x" * 39_990 + "<@U0ROB>" + "<@W0EVE>" * 1000, OFFERED, "en-GB").recipients == (ROB,)


FRAGMENTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["<@U0ROB>", "<@W0EVE|eve>", "<@", ">", "|", "25", "GBP", "£", "$", "€9", "1.5", " ", "&lt;", "&amp;", "²", "٢"]
    ),
)


@settings(deadline=None)
@given(fragments=st.lists(FRAGMENTS, max_size=12))
def test_no_text_is_too_strange(fragments: list[str]) -> None:
    """Any text opens a form: with nobody twice, an amount that begins with a digit, and an offered country."""
    prefill = read_text("".join(fragments), OFFERED, "en-GB")
    assert len(set(prefill.recipients)) == len(prefill.recipients)
    assert prefill.amount == "" or prefill.amount[0].isdecimal()
    assert prefill.country is None or prefill.country in OFFERED


@pytest.mark.parametrize("piece", ["1", "1.", "1 2 ", "1 234 ", "25.-", "GBP 25 ", "$ ", "kr", "a", "<@U0ROB> 1 "])
def test_a_long_text_takes_as_long_as_it_is(piece: str) -> None:
    """Each number is looked at once, with so many characters around it: ten times the text, ten times the steps."""

    def steps(length: int) -> int:
        counted = 0

        def count(*_: object) -> None:
            nonlocal counted
            counted += 1

        sys.setprofile(count)
        try:
            read_text(piece * (length // len(piece)), OFFERED, "en-GB")
        finally:
            sys.setprofile(None)
        return counted

    read_text(piece, OFFERED, "en-GB")  # what is known of currencies is read once
    assert steps(3000) <= 12 * steps(300) + 100


@settings(max_examples=50, deadline=None)
@given(
    before=st.text("abc 25£GBP.,", max_size=20),
    people=st.lists(st.from_regex("[UW][A-Z0-9]{2,12}", fullmatch=True), min_size=1, max_size=10),
    between=st.text("abc 25£GBP.,&;", max_size=5),
)
def test_no_mention_is_lost(before: str, people: list[str], between: str) -> None:
    """Everybody who is named gets into the form, once and in order, whatever stands around the names."""
    text = before + between.join(f"<@{person}|x>" if len(person) % 2 else f"<@{person}>" for person in people)
    prefill = read_text(text, OFFERED, "en-GB")
    assert prefill.recipients == tuple(dict.fromkeys(people))
    assert not any(person in prefill.note for person in people)
