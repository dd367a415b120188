"""What people type or write down is read in time that grows with its length, not with its square, whatever it is.

Times are compared with each other, in one process: eight times the text may take up to 24 times as long, where what
grows with the square takes 64 times.
"""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from itertools import product as combined
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config_file import read_company
from bot.config_file.amounts import amounts
from bot.config_file.policy import Defaults, policy_of
from bot.gifts.model.dates import read_day
from bot.gifts.model.errors import Invalid
from bot.gifts.model.money import parse_money
from bot.gifts.model.product import CountryCatalogue, Product
from bot.tools.policy.lint import notes
from handlers.blocks.components import escaped, quote
from handlers.blocks.request_modal import product_options
from handlers.inbound.command_text import read_absence, read_text
from handlers.localization import ENGLISH

LONG, TIMES = 2_000, 8
OFFERED = {"GB": "GBP", "US": "USD", "DE": "EUR", "JP": "JPY"}
UNITS = [
    "1", "1,", "1.", "1'", "1 ", "1,1 ", "1£", "£", "£1", "£ 1,", "GBP", "GBP ", "1GBP", "GBP1,", " ", "\t", "\n", "x",
    "<@U1>", "<@U1", "<@U1|", "<@U", "<", "<@", "|", ">", "&", "&amp;", "&amp", "-", "/", "٢", "²", "14 Aug ", "14",
    "Friday ", "until ", "!", "«1» ", "\u00a0", "\u202f1", "ß", "İ", "ſ", "\U0001f381", "\x00",
]  # fmt: skip
USUAL = Defaults(("UABE", "UANA"), ("GB",), amounts(["100"]))
SHELF = CountryCatalogue(
    "GB", "GBP", tuple(Product(f"P{n}", f"a brand of {n} things and a bee") for n in range(500)), datetime.now(UTC)
)


def amount(text: str) -> None:
    """An amount in a form."""
    for currency, locale in combined(("GBP", "JPY"), ("en-GB", "de-DE", "fr-FR")):
        with suppress(Invalid):
            parse_money(text, currency, locale)


READERS: dict[str, Callable[[str], object]] = {
    "a command": lambda text: [read_text(text, OFFERED, locale) for locale in ("en-GB", "fr-FR")],
    "an absence": read_absence,
    "a day": lambda text: [read_day(text, locale, date(2030, 8, 5)) for locale in ("en-GB", "de-DE", "ja-JP")],
    "an amount": amount,
    "a search": lambda text: product_options(SHELF, text, ENGLISH),
    "a note": lambda text: (escaped(text), quote(text, ENGLISH)),
}


def seconds(read: Callable[[str], object], text: str) -> float:
    """The lesser of two tries."""
    tries = []
    for _ in range(2):
        began = time.process_time()
        read(text)
        tries.append(time.process_time() - began)
    return min(tries)


def is_linear(read: Callable[[str], object], text: str, longer: str) -> bool:
    """Whether eight times as much takes less than 24 times as long; tried again, for the machine has more to do."""
    return any(seconds(read, longer) < 3 * TIMES * max(seconds(read, text), 1e-4) for _ in range(4))


def repeated(read: Callable[[str], object], unit: str) -> bool:
    """Whether it is read so, again and again."""
    text = unit * (LONG // len(unit))
    return is_linear(read, text, text * TIMES)


@pytest.mark.parametrize("reader", READERS)
def test_time_grows_with_the_text(reader: str) -> None:
    """Each of these again and again."""
    for unit in UNITS:
        assert repeated(READERS[reader], unit), unit


@settings(max_examples=50, deadline=None)
@given(unit=st.text("1,.' £$GBP<@U|>&;-/\n", min_size=1, max_size=6), reader=st.sampled_from(sorted(READERS)))
def test_time_grows_with_any_text(unit: str, reader: str) -> None:
    """Anything else, again and again."""
    assert repeated(READERS[reader], unit)


def test_time_grows_with_the_company(tmp_path: Path) -> None:
    """A policy of thousands of people is checked as fast for each of them as one of hundreds."""

    def file_of(people: int) -> str:
        listed = json.dumps([f"U{number:08}" for number in range(people)])
        return (
            f"[requests]\nfrom = {listed}\n[pools]\nleads = {listed}\n[[rules]]\nname = 'all'\n"
            f"steps = [{{ pool = 'leads', count = 25, notify = {listed} }}]\n"
        )

    def read(text: str) -> None:
        (tmp_path / "giftbot.toml").write_text(text)
        policy = policy_of(read_company(tmp_path / "giftbot.toml"), USUAL, whole_amounts=True, templates=())
        assert len([*notes(policy)]) == 1, "only that the approvers of the environment are asked by no rule"

    assert is_linear(read, file_of(200), file_of(200 * TIMES))
