"""Countries: in which currency gifts for each are, where none are sold, and what was ordered for another one."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.findings import Mark
from bot.sandbox.simulator import Junk, Modal
from bot.sandbox.simulator.giftcards.runa.api import RunaApi
from bot.sandbox.simulator.giftcards.runa.catalogue import PRODUCTS, Product
from bot.sandbox.simulator.giftcards.service import ORDER
from tests.harness.office import Office, eventually
from tests.test_doctor import found, rows_about

BOTH = pytest.mark.parametrize("provider", ["runa", "wegift"])
WEGIFT = pytest.mark.parametrize("provider", ["wegift"])


def also_sold(office: Office, country: str, currency: str) -> None:
    """Let Runa sell something there, and nothing else."""
    assert isinstance(office.giftcards, RunaApi)
    product = Product(f"A-{country}", "Acorn", currency, (country,), "fashion", "1.00", "10000.00")
    others = [product for product in office.giftcards.catalogue.products if country not in product.countries]
    office.giftcards.catalogue.products = [*others, product]


async def form(office: Office, text: str) -> Modal:
    """The form, as Mia opens it once the catalogue is read."""
    await office.rests()
    await office.mia.types(f"/gift {text}")
    return await office.mia.sees_modal("Send a gift")


def countries(form: Modal) -> list[str]:
    """The countries that a form offers."""
    (field,) = (field for field in form.fields() if field.label == "Country")
    return [option["text"]["text"] for option in field.element["options"]]


class TestTheCurrencyOfACountry:
    """As the company has settled it, as the catalogue sells, or as people pay there today."""

    @BOTH
    async def test_bulgaria_pays_in_euro(self, office: Office, provider: str) -> None:
        """Since 2026-01-01, whatever a library says: 25 euros are asked for, and 25 euros are bought."""
        if provider == "runa":
            also_sold(office, "BG", "EUR")
        async with office.open(giftbot_countries="GB,BG", giftbot_max_amount="250"):
            shown = await form(office, "@Rob 25 EUR for the launch")
            assert countries(shown) == ["Bulgaria (EUR)", "United Kingdom (GBP)"]
            assert shown.value("Country") == "Bulgaria (EUR)"
            await office.mia.submits()
            await office.approves()
            await office.delivered()
        (order,) = office.giftcards.orders
        assert (order.currency, order.face_value) == ("EUR", Decimal(25))
        assert provider == "runa" or order.country == "BG"

    async def test_the_catalogue_knows_better(self, office: Office) -> None:
        """People in Panama pay in balboas and in dollars; Runa sells in dollars alone, and so gifts are in dollars."""
        also_sold(office, "PA", "USD")
        async with office.open(giftbot_countries="GB,PA", giftbot_max_amount="250"):
            shown = await form(office, "@Rob 25 USD for the launch")
            assert countries(shown) == ["Panama (USD)", "United Kingdom (GBP)"]
            await office.mia.submits()
            await office.approves()
            await office.delivered()
        (order,) = office.giftcards.orders
        assert (order.currency, order.face_value) == ("USD", Decimal(25))

    async def test_a_limit_is_needed_in_what_is_sold(self, office: Office) -> None:
        """Where the company has named none in dollars, nothing is accepted, and the reason stands under the amount."""
        also_sold(office, "PA", "USD")
        async with office.open(giftbot_countries="GB,PA", giftbot_max_amount="250 GBP, 250 PAB"):
            shown = await form(office, "@Rob 25 USD for the launch")
            await office.mia.submits()
            assert shown.errors == {"Amount each": "The rules for gifts name no largest amount in USD."}

    async def test_the_company_has_the_last_word(self, office: Office) -> None:
        """Both are sold in Panama; giftbot.toml says in which gifts are, and limits and budgets are in that."""
        also_sold(office, "PA", "USD")
        assert isinstance(office.giftcards, RunaApi)
        catalogue = office.giftcards.catalogue
        catalogue.products = [*catalogue.products, replace(catalogue.products[-1], code="B-PA", currency="PAB")]
        company = office.policy("""
            [requests]
            countries = ["GB", "PA"]
            currencies = { PA = "USD" }
            largest = "250 GBP, 300 USD"
        """)
        async with office.open(giftbot_config=company):
            assert countries(await form(office, "@Rob 25 thanks")) == ["Panama (USD)", "United Kingdom (GBP)"]

    async def test_what_is_settled_is_for_an_offered_country(self, office: Office) -> None:
        """And for a currency that there is."""
        for table, words in {
            'PA = "USD"': "requests.currencies: nobody can ask for a gift in: PA",
            'GB = "GBX"': "requests.currencies.GB: is no currency, please use ISO codes such as GBP",
        }.items():
            company = office.policy(f"[requests]\ncurrencies = {{ {table} }}")
            process = await office.process(giftbot_config=company)
            assert await process.wait() == 2
            assert words in office.log.read_text()


class TestTheDoctor:
    """Says where the catalogue, the data and the company differ."""

    async def test_in_another_currency_than_people_pay_in(self, office: Office) -> None:
        """What to write into giftbot.toml."""
        also_sold(office, "PA", "USD")
        rows = await found(office, giftbot_countries="GB,PA", giftbot_max_amount="250")
        (row,) = (row for row in rows_about(rows, "To choose from") if "PA" in row[1])
        assert row == (
            Mark.WARNING,
            "people in PA pay in PAB, but Runa sells in USD there",
            'Write PA = "USD" under [requests.currencies] in giftbot.toml, and limits in USD.',
        )

    async def test_in_another_currency_than_is_settled(self, office: Office) -> None:
        """Nothing can be bought then."""
        also_sold(office, "BG", "EUR")
        company = office.policy('[requests]\ncountries = ["GB", "BG"]\nlargest = "250"\ncurrencies = { BG = "BGN" }')
        rows = await found(office, giftbot_config=company)
        (row,) = (row for row in rows_about(rows, "To choose from") if "BG" in row[1])
        assert row[:2] == (Mark.FAILURE, "BG is settled to be in BGN, but Runa sells in EUR there")
        assert rows_about(rows, "Currency") == [
            (
                Mark.NOTE,
                "BG is settled to be in BGN; people pay in EUR there",
                "Take BG out of [requests.currencies], unless the gift card service sells in BGN.",
            )
        ]


class TestACountryThatNothingIsSoldFor:
    """The catalogue can tell, before anybody approves anything."""

    async def test_it_is_not_offered(self, office: Office) -> None:
        """Also where recipients choose by a template, which says nothing of countries."""
        async with office.open(giftbot_countries="GB,IE", giftbot_max_amount="250"):
            assert countries(await form(office, "@Rob 25 EUR thanks")) == ["United Kingdom (GBP)"]

    async def test_a_form_from_before_is_refused(self, office: Office) -> None:
        """Mia had her form open while the last card for Germany was taken off the shelf."""
        assert isinstance(office.giftcards, RunaApi)
        async with office.open(giftbot_countries="GB,DE", giftbot_max_amount="250"):
            shown = await form(office, "@Rob 25 EUR thanks")
            office.giftcards.catalogue.products = [one for one in PRODUCTS if "DE" not in one.countries]
            office.clock.turn(hours=1)
            await eventually(lambda: ("DE", "[]") in office.ledger.shelves("country", "products"))
            await office.mia.submits()
            assert shown.errors == {"Amount each": "Nothing can be bought for €25.00 there."}
            assert office.states() == []


class TestAnAnswerForAnotherCountry:
    """What was bought for France is of no use in Germany, though both pay in euro."""

    @WEGIFT
    @pytest.mark.usefixtures("provider")
    async def test_a_person_looks(self, office: Office) -> None:
        """The order is made and its answer says FR instead of DE: nobody gets its link."""
        async with office.open():
            office.giftcards.answer_next(ORDER, Junk.OTHER_COUNTRY)
            await office.asks("@Rob 25 EUR for the launch")
            await office.approves()
            trouble = await office.ana.sees_message("needs somebody")
            assert "answered with another order than ours" in trouble.text_shown
            assert office.states() == ["needs_review"]
        (detail,) = office.ledger.audit_events("detail", event="park")
        assert detail.endswith("is for FR instead of DE")
        assert office.rob.messages() == []
