"""What is written under one Babel means the same under another: amounts are scaled by nobody but giftbot itself.

The other Babel is installed beside the locked one, into a folder that the real process then looks into first.
"""

import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from bot.sandbox.simulator import Person
from bot.sandbox.simulator.giftcards.runa.api import RunaApi
from bot.sandbox.simulator.giftcards.runa.catalogue import Product
from tests.harness.office import Office, eventually

ROOT = Path(__file__).parents[1]
OLD = ROOT / "tests" / "babel-2.18.lock"
# what a gift is worth in each country; Babel 2.18 and 2.19 have other decimal places for HUF, IDR, COP and RSD
GIFTS = {
    "HU": ("HUF", 2500),
    "ID": ("IDR", 100000),
    "CO": ("COP", 50000),
    "RS": ("RSD", 2500),
    "JP": ("JPY", 3000),
    "KW": ("KWD", 12),
    "BG": ("EUR", 26),
}
BUDGET = ", ".join(f"{2.5 * value:.0f} {currency}" for currency, value in GIFTS.values())


def policy(office: Office) -> str:
    """What Mia asks for is approved at once, what others ask for by Abe; all of it comes out of one budget."""
    return office.policy(f"""
    [requests]
    countries = {[*GIFTS]}
    largest = "1000000"
    [pools]
    leads = ["{office.abe.id}"]
    [[rules]]
    name = "hers"
    requesters = ["{office.mia.id}"]
    automatic = true
    [[rules]]
    name = "others"
    steps = [{{ pool = "leads" }}]
    [[budgets]]
    name = "all of us"
    per = "company"
    every = "year"
    amount = "{BUDGET}"
    """)


@pytest.fixture(scope="module")
def other_babel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the Babel before the locked one; where no index can be reached, only CI insists on it."""
    folder = tmp_path_factory.mktemp("babel")
    install = ("-m", "uv", "pip", "install", "--quiet", "--no-deps", "--require-hashes")
    done = subprocess.run(
        [sys.executable, *install, "--target", folder, "-r", OLD], check=False, capture_output=True, text=True
    )
    if done.returncode and "CI" not in os.environ:
        pytest.skip(f"Babel 2.18 cannot be installed: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    return folder


def sold(country: str) -> Product:
    """Something that can be bought there, at any value."""
    currency, _ = GIFTS[country]
    return Product(f"A-{country}", f"Shop of {country}", currency, (country,), "fashion", "1.00", "10000000.00")


async def asks_everywhere(office: Office, requester: Person, recipient: str) -> None:
    """Somebody asks for a gift in each country."""
    for country, (currency, value) in GIFTS.items():
        await office.asks(f"@{recipient} {value} {currency} for {recipient} in {country}", requester)


async def approves_everywhere(office: Office) -> None:
    """Abe approves all gifts that wait for him."""
    for country in GIFTS:
        card = await office.abe.sees_message(f"for Eve in {country}", timeout=30)  # they come at Slack's pace
        await office.abe.clicks("Approve", card, confirm=True)


async def left_everywhere(office: Office) -> dict[str, str]:
    """What Eve reads is left of the budget, where she asks for one gift more than it allows."""
    left = {}
    for country, (currency, value) in GIFTS.items():
        await office.eve.types(f"/gift @Rob {value} {currency} once more")
        await office.eve.submits()
        assert office.eve.modal
        words = office.eve.modal.errors["Amount each"]
        left[country] = re.sub(r"\.0+(?!\d)|[^\d.]", "", words.split(": ")[1].partition(" of ")[0])
        await office.eve.closes()
    return left


@pytest.mark.parametrize(("way", "provider"), [("upgrade", "wegift"), ("downgrade", "runa")])
async def test_a_gift_begun_under_one_babel_is_finished_under_the_other(
    office: Office, other_babel: Path, way: str
) -> None:
    """Rob's gifts are ordered before the change and delivered after it, Eve's are only asked for before it."""
    if isinstance(office.giftcards, RunaApi):
        office.giftcards.catalogue.products = [sold(country) for country in GIFTS]
    locked = {"giftbot_config": policy(office)}
    other = {**locked, "pythonpath": f"{other_babel}{os.pathsep}{ROOT}"}
    first, second = (other, locked) if way == "upgrade" else (locked, other)
    office.giftcards.links_after(seconds=600)
    async with office.started(**first):
        await asks_everywhere(office, office.rob, "Eve")
        await asks_everywhere(office, office.mia, "Rob")
        card = await office.abe.sees_message("for Eve in HU", timeout=30)
        assert ("2,500.00" in card.text_shown) == (way == "upgrade"), "it is shown as this Babel shows it"
        await eventually(lambda: office.states().count("ordered") == len(GIFTS))
    office.giftcards.links_after()
    async with office.started(**second):
        await approves_everywhere(office)
        await eventually(lambda: {*office.states()} == {"delivered"}, seconds=60)
        assert await left_everywhere(office) == {country: f"{value // 2}" for country, (_, value) in GIFTS.items()}
    assert sorted((order.country, order.currency, order.face_value) for order in office.giftcards.orders) == sorted(
        2 * [(country, currency, Decimal(value)) for country, (currency, value) in GIFTS.items()]
    )


READ_AND_SHOWN = """
from decimal import Decimal
from babel import __version__
from bot.gifts.model.currencies import PLACES, currency_of
from bot.gifts.model.money import Money, from_major, parse_money

for currency, places in sorted(PLACES.items()):
    for minor in (1, 5, 10**places, 12345 * 10**places, 123456789, 10**12):
        money = Money(minor, currency, places)
        for locale in ("en-GB", "de-DE", "fr-FR", "es-LA", "hu-HU", "id-ID", "sr-RS"):
            assert parse_money(money.format(locale), currency, locale) == money, (money, locale, money.format(locale))
        assert (kept := from_major(money.major, currency)) == money and kept.exponent == places, money
        print(currency, kept.minor, kept.exponent, kept)
print({country: currency_of(country) for country in ("BG", "HR", "HU", "ID", "CO", "RS", "GB", "US", "PA", "CW", "ZW")})
print(__version__)
"""


def test_every_currency_is_read_and_shown_the_same(other_babel: Path) -> None:
    """What is shown and typed again is the same amount, with both; both scale it as ISO 4217 does."""
    said = {}
    for babel in ("", f"{other_babel}{os.pathsep}"):
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{babel}{ROOT}"}
        done = subprocess.run(
            [sys.executable, "-c", READ_AND_SHOWN], env=environment, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        *amounts, version = done.stdout.splitlines()
        said[version] = amounts
    assert {*said} == {"2.18.0", "2.19.0"}
    assert said["2.18.0"] == said["2.19.0"]
