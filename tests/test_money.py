"""Money as people type and read it: what counts as an amount, what does not, and what they are told then."""

from contextlib import suppress
from decimal import Decimal
from functools import reduce
from string import ascii_uppercase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.gifts.model.currencies import IN_USE, PLACES, currency_of
from bot.gifts.model.errors import Field, Invalid
from bot.gifts.model.money import Money, from_major, nothing, parse_money

ACCEPTED = [
    ("25", "GBP", "en-GB", 2500),
    ("  25  ", "GBP", "en-GB", 2500),
    ("25.5", "GBP", "en-GB", 2550),
    ("25.50", "GBP", "en-GB", 2550),
    ("25.", "GBP", "en-GB", 2500),
    ("0.01", "GBP", "en-GB", 1),
    ("0025", "GBP", "en-GB", 2500),
    ("25.5000", "GBP", "en-GB", 2550),
    ("1,234.50", "GBP", "en-GB", 123450),
    ("£25", "GBP", "en-GB", 2500),
    ("£ 25", "GBP", "en-GB", 2500),
    ("25 GBP", "GBP", "en-GB", 2500),
    ("25gbp", "GBP", "en-GB", 2500),
    ("GBP 25", "GBP", "en-GB", 2500),
    ("£25 GBP", "GBP", "en-GB", 2500),
    ("$25", "USD", "en-US", 2500),
    ("US$25", "USD", "en-GB", 2500),
    ("25 $", "USD", "de-DE", 2500),
    ("30000", "JPY", "en-GB", 30000),
    ("¥3,000", "JPY", "en-GB", 3000),
    ("￥3,000", "JPY", "ja-JP", 3000),
    ("1.234,50", "EUR", "de-DE", 123450),
    ("1.234", "EUR", "de-DE", 123400),
    ("25,5 €", "EUR", "de-DE", 2550),
    ("1 234,50", "EUR", "fr-FR", 123450),
    ("1\u00a0234,50 €", "EUR", "fr-FR", 123450),
    ("1\u202f234,50\u00a0€", "EUR", "fr-FR", 123450),
    ("1’234.50", "CHF", "de-CH", 123450),
    ("1'234.50 CHF", "CHF", "de-CH", 123450),
    ("12,34,567", "INR", "en-IN", 123456700),
    ("25 kr", "SEK", "sv-SE", 2500),
    ("25 kr", "NOK", "en-GB", 2500),
    ("100 zł", "PLN", "en-GB", 10000),
    ("5000円", "JPY", "en-GB", 5000),
    ("25.-", "CHF", "de-CH", 2500),
    ("25.–", "EUR", "en-GB", 2500),
    ("CHF 25.-", "CHF", "en-GB", 2500),
    ("25,- €", "EUR", "de-DE", 2500),
    ("25,-- €", "EUR", "de-DE", 2500),
    ("25 pounds", "GBP", "en-GB", 2500),
    ("25 British pounds", "GBP", "en-GB", 2500),
    ("25 euros", "EUR", "fr-FR", 2500),
    ("25 dollars canadiens", "CAD", "fr-FR", 2500),
    ("25 Franken", "CHF", "de-CH", 2500),
    ("100 złotych", "PLN", "pl-PL", 10000),
    ("25 dólares", "USD", "es-LA", 2500),
    ("25.000", "KWD", "en-GB", 25000),
    ("1234.000", "GBP", "en-GB", 123400),
    ("1,234.000", "GBP", "en-GB", 123400),
    ("2,500.50", "HUF", "en-GB", 250050),
    ("15.000", "JPY", "de-DE", 15000),
    ("1,234.50", "USD", "es-LA", 123450),
    ("25.50", "GBP", "tlh-KL", 2550),  # English where nobody knows the locale
    ("10000000000", "GBP", "en-GB", 10**12),
]

ZERO = "The amount has to be more than zero."
DIGITS = "Please write the amount with the digits 0 to 9."
MISSING = "Please write an amount, for example 25."
TOO_LARGE = "That amount is too large."
PENCE = "GBP has 2 decimal places: please write fewer digits."

REFUSED = [
    ("0", "GBP", "en-GB", ZERO),
    ("0.00", "GBP", "en-GB", ZERO),
    ("-5", "GBP", "en-GB", ZERO),
    ("−5", "GBP", "en-GB", ZERO),
    ("£-5", "GBP", "en-GB", ZERO),
    ("-5 GBP", "GBP", "en-GB", ZERO),
    ("- 5", "GBP", "en-GB", ZERO),
    ("0.001", "GBP", "en-GB", PENCE),
    ("25.001", "GBP", "en-GB", PENCE),
    ("1.0000000000000000000000000000000001", "GBP", "en-GB", PENCE),
    ("25,001", "EUR", "fr-FR", "EUR has 2 decimal places: please write fewer digits."),
    ("25.5", "JPY", "en-GB", "JPY has no decimal places: please write fewer digits."),
    ("10000000000.01", "GBP", "en-GB", TOO_LARGE),
    ("9" * 400, "GBP", "en-GB", TOO_LARGE),
    (
        "12,345" * 30 + "1,000",
        "GBP",
        "en-GB",
        "“12,34512,34512,34512,34512,34512,34512,3” is not an amount of GBP. Write a number, for example 25.",
    ),
    ("1" * 1001, "GBP", "en-GB", f"“{'1' * 40}” is not an amount of GBP. Write a number, for example 25."),
    ("٢٥", "GBP", "en-GB", DIGITS),
    ("٢٥", "EGP", "ar-EG", DIGITS),
    ("１２", "JPY", "ja-JP", DIGITS),
    ("२५", "INR", "hi-IN", DIGITS),
    ("5²", "GBP", "en-GB", DIGITS),
    ("abc", "GBP", "en-GB", "“abc” is not an amount of GBP. Write a number, for example 25."),
    ("25 francs", "GBP", "en-GB", "“25 francs” is not an amount of GBP. Write a number, for example 25."),
    ("½", "GBP", "en-GB", "“½” is not an amount of GBP. Write a number, for example 25."),
    ("NaN", "GBP", "en-GB", "“NaN” is not an amount of GBP. Write a number, for example 25."),
    ("Infinity", "GBP", "en-GB", "“Infinity” is not an amount of GBP. Write a number, for example 25."),
    ("1e5", "GBP", "en-GB", "“1e5” is not an amount of GBP. Write a number, for example 25."),
    ("1_000", "GBP", "en-GB", "“1_000” is not an amount of GBP. Write a number, for example 25."),
    ("+25", "GBP", "en-GB", "“+25” is not an amount of GBP. Write a number, for example 25."),
    ("0x19", "GBP", "en-GB", "“0x19” is not an amount of GBP. Write a number, for example 25."),
    ("25\x00", "GBP", "en-GB", "“25\x00” is not an amount of GBP. Write a number, for example 25."),
    ("", "GBP", "en-GB", MISSING),
    (" \t\n", "GBP", "en-GB", MISSING),
    ("£", "GBP", "en-GB", MISSING),
    ("25 USD", "GBP", "en-GB", "“25 USD” is not an amount of GBP. Write a number, for example 25."),
    ("€25", "GBP", "en-GB", "“€25” is not an amount of GBP. Write a number, for example 25."),
    ("$25", "CAD", "en-US", "“$25” is not an amount of CAD. Write a number, for example 25."),
    ("1,5", "GBP", "en-GB", "“1,5” can be read in two ways. Write it like 1,234.5."),
    ("1,50", "GBP", "en-GB", "“1,50” can be read in two ways. Write it like 1,234.5."),
    ("1.5", "EUR", "de-DE", "“1.5” can be read in two ways. Write it like 1.234,5."),
    ("1.234.5", "GBP", "en-GB", "“1.234.5” can be read in two ways. Write it like 1,234.5."),
    ("15.000", "JPY", "en-GB", "“15.000” can be read in two ways. Write it like 1,234."),
    ("15,000", "JPY", "de-DE", "“15,000” can be read in two ways. Write it like 1.234."),
    ("1.000", "GBP", "en-GB", "“1.000” can be read in two ways. Write it like 1,234.5."),
    ("¥150.000", "JPY", "en-GB", "“150.000” can be read in two ways. Write it like 1,234."),
    ("15.000 IQD", "IQD", "en-GB", "“15.000” can be read in two ways. Write it like 1,234.5."),
    ("15,000", "HUF", "fr-FR", "“15,000” can be read in two ways. Write it like 1\u202f234,5."),
    ("1 2 3", "EUR", "fr-FR", "“1 2 3” can be read in two ways. Write it like 1\u202f234,5."),
]


@pytest.mark.parametrize(("text", "currency", "locale", "minor"), ACCEPTED)
def test_an_amount_is_read_as_its_writer_means_it(text: str, currency: str, locale: str, minor: int) -> None:
    """Separators are those of the writer's locale; the currency's code or symbol may stand beside the number."""
    assert parse_money(text, currency, locale) == Money(minor, currency, PLACES[currency])


@pytest.mark.parametrize(("text", "currency", "locale", "words"), REFUSED)
def test_what_is_no_amount_is_refused_with_words(text: str, currency: str, locale: str, words: str) -> None:
    """Whoever typed it reads, under the amount, what is wrong with it."""
    with pytest.raises(Invalid) as refused:
        parse_money(text, currency, locale)
    assert {field: str(problem.words) for field, problem in refused.value.problems.items()} == {Field.AMOUNT: words}


@settings(deadline=None)
@given(
    minor=st.integers(1, 10**12),
    currency=st.sampled_from(sorted(PLACES)),
    locale=st.sampled_from(["en-GB", "en-US", "de-DE", "de-CH", "fr-FR", "ja-JP", "sv-SE", "pt-BR", "en-IN", "pl-PL"]),
)
def test_what_is_shown_can_be_typed(minor: int, currency: str, locale: str) -> None:
    """An amount as a reader sees it, typed by that reader, is the same amount."""
    money = Money(minor, currency, PLACES[currency])
    assert parse_money(money.format(locale), currency, locale) == money


@settings(deadline=None)
@given(
    text=st.text()
    | st.text("0123456789.,'’ -−+£€$eEnNaAiIfF_\u00a0\u202f\u200f٢")
    | st.builds(lambda unit, times, end: unit * times + end, st.text("019.,'’ "), st.integers(1, 400), st.text("15.,")),
    currency=st.sampled_from(["GBP", "EUR", "JPY", "KWD"]),
    locale=st.sampled_from(["en-GB", "de-DE", "fr-FR", "de-CH", "ar-EG", "no such locale", "", "x" * 50]),
)
def test_no_text_is_worse_than_invalid(text: str, currency: str, locale: str) -> None:
    """Whatever somebody types and reads in, it is a positive amount or a refusal in words, never an accident."""
    with suppress(Invalid):
        assert parse_money(text, currency, locale).minor > 0


@settings(deadline=None)
@given(
    whole=st.integers(0, 10**6),
    places=st.text("0123456789", min_size=3, max_size=60).filter(lambda digits: digits[2:].strip("0") != ""),
)
def test_nothing_is_rounded(whole: int, places: str) -> None:
    """An amount that is finer than a penny is refused, however much finer it is."""
    with pytest.raises(Invalid, match="decimal places"):
        parse_money(f"{whole}.{places}", "GBP", "en-GB")


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (Decimal(0), "GBP", ZERO),
        (Decimal(-25), "GBP", ZERO),
        (Decimal("0.005"), "GBP", PENCE),
        (Decimal("0.5"), "JPY", "JPY has no decimal places: please write fewer digits."),
        (Decimal("1E+15"), "GBP", TOO_LARGE),
        (Decimal("1E+999999"), "GBP", TOO_LARGE),
        (Decimal("1E-999999"), "GBP", PENCE),
    ],
)
def test_an_amount_of_a_reply_is_checked_as_well(amount: Decimal, currency: str, words: str) -> None:
    """A number that no person typed has to be a possible amount, too."""
    with pytest.raises(Invalid) as refused:
        from_major(amount, currency)
    assert {field: str(problem.words) for field, problem in refused.value.problems.items()} == {Field.AMOUNT: words}


@pytest.mark.parametrize(
    ("minor", "currency", "major", "text"),
    [(2550, "GBP", "25.50", "25.50 GBP"), (3000, "JPY", "3000", "3000 JPY"), (1234, "KWD", "1.234", "1.234 KWD")],
)
def test_the_number_of_decimal_places_is_the_currency_s(minor: int, currency: str, major: str, text: str) -> None:
    """Pence and cents are hundredths, fils are thousandths, and a yen is a yen."""
    money = Money(minor, currency, PLACES[currency])
    assert money.major == Decimal(major)
    assert str(money) == text
    assert from_major(money.major, currency) == money


@pytest.mark.parametrize(
    ("locale", "shown"),
    [
        ("en-GB", "£1,234.50"),
        ("de-DE", "1.234,50\u00a0£"),
        ("fr-FR", "1\u202f234,50\u00a0£GB"),
        ("de-CH", "£\u00a01'234.50"),
        ("tlh-KL", "£1,234.50"),
    ],
)
def test_an_amount_is_shown_as_its_reader_writes_it(locale: str, shown: str) -> None:
    """The same money, in the separators and symbols of who reads it."""
    assert Money(123450, "GBP", 2).format(locale) == shown


@pytest.mark.parametrize(
    ("minor", "currency", "exponent", "shown"),
    [
        (250050, "HUF", 2, "HUF2,500.50"),
        (250000, "HUF", 2, "HUF2,500"),
        (2500, "RSD", 0, "RSD2,500.00"),
        (15005, "IQD", 3, "IQD15.005"),
        (12345, "CLF", 4, "CLF1.2345"),
        (1005, "JPY", 1, "¥100.5"),
    ],
)
def test_nothing_is_rounded_when_it_is_shown(minor: int, currency: str, exponent: int, shown: str) -> None:
    """Readers see the decimal places that they know of a currency, and all that an amount has where these are more."""
    assert Money(minor, currency, exponent).format("en-US") == shown


@given(
    currency=st.sampled_from(sorted(PLACES)),
    amounts=st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 4)), min_size=1, max_size=8),
)
def test_amounts_add_up_whatever_they_were_written_with(currency: str, amounts: list[tuple[int, int]]) -> None:
    """Old dinars without hundredths and new ones with: their sum is exact, and they compare by what they are worth."""
    written = [Money(minor, currency, exponent) for minor, exponent in amounts]
    total = reduce(Money.plus, written, nothing(currency))
    assert total.major == sum(money.major for money in written)
    assert total == reduce(Money.plus, reversed(written))
    for money in written:
        finest = money.written_with(4)
        assert finest == money
        assert hash(finest) == hash(money)
        assert (money < total) == (money.major < total.major)
        assert total.less(money).plus(money) == total


def test_times_counts_in_minor_units() -> None:
    """Twenty-five gifts cost twenty-five times as much, exactly."""
    assert Money(1999, "EUR", 2).times(25) == Money(49975, "EUR", 2)


@pytest.mark.parametrize(
    ("country", "currency"),
    [
        ("GB", "GBP"),
        ("DE", "EUR"),
        ("JP", "JPY"),
        ("CH", "CHF"),
        ("BG", "EUR"),
        ("HR", "EUR"),
        ("CW", "XCG"),
        ("UK", None),
        ("GBR", None),
        ("", None),
        ("AQ", None),
    ],
)
def test_the_currency_follows_from_the_country(country: str, currency: str | None) -> None:
    """A country has the currency of today; what is no country has none."""
    assert currency_of(country) == currency


def test_every_country_has_a_currency_of_iso_4217() -> None:
    """Whatever Babel says, an amount in it can be scaled; what Babel does not know yet, it will know one day."""
    pairs = [first + second for first in ascii_uppercase for second in ascii_uppercase]
    paid_in = {currency for country in pairs if (currency := currency_of(country))}
    assert paid_in <= IN_USE
    assert len(paid_in) > 140
    assert len(PLACES) == len(IN_USE) + 16, "funds, and what was withdrawn"
