"""What people type after /gift, and what the form then opens with."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.command_text import Prefill, read_text

COUNTRIES = ("GB", "US", "DE", "JP")
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
    ("for 3 great years 25 EUR", {"amount": "25", "country": "DE", "note": "for 3 great years"}),
    ("the 2 of you, £25 in Q3", {"amount": "25", "country": "GB", "note": "the 2 of you, in Q3"}),
    ("25 CHF thanks", {"amount": "25", "note": "CHF thanks"}),
    ("A$25", {"note": "A$25"}),
    ("thanks for Q3 and v2.0b", {"note": "thanks for Q3 and v2.0b"}),
    ("thanks &lt;3 &amp;amp; more &gt; less", {"note": "thanks <3 &amp; more > less"}),
    ("&amp;lt;3", {"note": "&lt;3"}),
    ("<!channel> <#C0GENERAL|general> thanks", {"note": "<!channel> <#C0GENERAL|general> thanks"}),
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
    assert read_text(text, COUNTRIES) == Prefill(**prefill)


def test_only_the_currency_of_an_offered_country_is_one() -> None:
    """Where only Japan is offered, pounds are words."""
    assert read_text("3000 JPY for your 25 GBP idea", ("JP",)) == Prefill((), "3000", "JP", "for your 25 GBP idea")
    assert read_text("25 GBP", ("JP",)) == Prefill((), "25", None, "GBP")


def test_what_nobody_can_type_is_not_read() -> None:
    """Slack's messages end after 40,000 characters."""
    assert read_text("x" * 39_990 + "<@U0ROB>" + "<@W0EVE>" * 1000, COUNTRIES).recipients == (ROB,)


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
    prefill = read_text("".join(fragments), COUNTRIES)
    assert len(set(prefill.recipients)) == len(prefill.recipients)
    assert prefill.amount == "" or prefill.amount[0].isdecimal()
    assert prefill.country is None or prefill.country in COUNTRIES


@settings(max_examples=50, deadline=None)
@given(
    before=st.text("abc 25£GBP.,", max_size=20),
    people=st.lists(st.from_regex("[UW][A-Z0-9]{2,12}", fullmatch=True), min_size=1, max_size=10),
    between=st.text("abc 25£GBP.,&;", max_size=5),
)
def test_no_mention_is_lost(before: str, people: list[str], between: str) -> None:
    """Everybody who is named gets into the form, once and in order, whatever stands around the names."""
    text = before + between.join(f"<@{person}|x>" if len(person) % 2 else f"<@{person}>" for person in people)
    prefill = read_text(text, COUNTRIES)
    assert prefill.recipients == tuple(dict.fromkeys(people))
    assert not any(person in prefill.note for person in people)
