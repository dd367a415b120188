"""Choosing a gift card: what the form offers and says, what is refused under which field, and what is ordered."""

import json
import time
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.giftcards.runa.settings import PLAYGROUND_TEMPLATES
from bot.gifts.model.job import JobKind
from bot.gifts.model.money import Money
from bot.gifts.model.product import CountryCatalogue, Product
from bot.sandbox.simulator import Fault, Modal, Person, Simulator
from bot.sandbox.simulator.giftcards.runa.catalogue import PRODUCTS
from handlers.blocks.request_modal import product_options
from handlers.localization import ENGLISH
from storage import Database, SqliteStore
from tests.harness.giftcard_server import NOON
from tests.harness.office import Office, Transport, TurnableClock, eventually, office_with
from tests.harness.runa_server import Noting, a_product, playground

OAK = "Heather & Oak"
OF_OAK = "£10.00, £25.00 or £100.00"
ANYTHING = "The recipient chooses"


@pytest.fixture
def clock() -> TurnableClock:
    """The office's clock, to be turned."""
    return TurnableClock()


@pytest.fixture
def service(clock: TurnableClock) -> Noting:
    """The gift card service in production, where there are no templates."""
    return Noting(clock=clock.time, production=True)


@pytest.fixture
async def office(tmp_path: Path, clock: TurnableClock, service: Noting) -> AsyncGenerator[Office]:
    """A company whose gift card service takes notes; in the end the contract was kept."""
    async with office_with(service, tmp_path, clock) as office:
        yield office
    service.check()


async def the_form(office: Office, text: str = "@Rob 25 GBP thanks") -> Modal:
    """The form as Mia opens it, once the catalogue is there."""
    await office.rests()
    await office.mia.types(f"/gift {text}")
    return await office.mia.sees_modal("Send a gift")


def hint(form: Modal) -> str:
    """What stands under the amount."""
    (block,) = (block for block in form.blocks if block["block_id"] == "amount")
    return str(block["hint"]["text"])


async def becomes(look: Callable[[], Any], wanted: object) -> None:
    """Wait until a form that is drawn anew shows something."""
    await eventually(lambda: bool(look() == wanted))


async def refused(office: Office, form: Modal, field: str) -> str:
    """Submit the form, and give what stands under a field of it, the only one at fault; nothing is kept."""
    await office.mia.submits()
    assert list(form.errors) == [field]
    assert office.states() == []
    return form.errors[field]


async def asked(office: Office) -> str:
    """Submit the form, and give what Mia reads once it is kept."""
    await office.mia.submits()
    assert office.mia.modal
    assert office.mia.modal.title == "Gift asked for", office.mia.modal.errors
    shown = office.mia.modal.text
    await office.mia.closes()
    return shown


async def given(office: Office, *people: Person) -> None:
    """Let Abe approve what is asked for these people, and wait until each has it."""
    await office.abe.sees_message(f"to thank @{people[0].name}")
    await office.approves()
    for person in people:
        await office.delivered(person)


def products(body: bytes) -> Any:
    """What an order names."""
    (item,) = json.loads(body)["items"]
    return item["products"]


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_a_chosen_gift_card_is_what_is_ordered(office: Office, service: Noting, transport: Transport) -> None:
    """Mia searches, learns in which values it comes, and everybody reads its name until Rob has it."""
    async with office.open(transport):
        form = await the_form(office, "@Rob 30 GBP thanks")
        assert form.value("Gift card") == ANYTHING
        assert hint(form) == "Whole amounts, £1.00 to £1,000.00"
        assert await office.mia.searches("Gift card", "") == [ANYTHING, OAK, "Pennywhistle Books"]
        assert await office.mia.searches("Gift card", "oak heath") == [ANYTHING, OAK]
        assert await office.mia.searches("Gift card", "kettle") == [ANYTHING], "it cannot be ordered"

        await office.mia.fills({"Gift card": OAK})
        await becomes(lambda: hint(form), OF_OAK)
        assert await refused(office, form, "Amount each") == (
            f"Heather & Oak does not come in that value. Possible: {OF_OAK}."
        )
        await office.mia.fills({"Amount each": "25"})
        assert "£25.00 (Heather & Oak)" in await asked(office)

        card = await office.abe.sees_message("would like to thank")
        assert "@Mia would like to thank @Rob with a gift of £25.00 (Heather & Oak)." in card.text_shown
        await office.approves()
        gift = await office.rob.sees_message("thanks you with a gift of £25.00 (Heather & Oak)")
        assert gift.links == service.links
        assert [products(body) for body in service.requests] == [{"type": "SINGLE", "value": "HTHR-GB"}]
        await office.mia.sees_message("£25.00 (Heather & Oak), delivered by direct message.")
        await office.mia.types("/gift status")
        assert "£25.00 (Heather & Oak)" in office.mia.private_replies[-1].text_shown
        assert "£25.00 (Heather & Oak) from @Mia" in (await office.rob.opens_home()).text_shown


@pytest.mark.usefixtures("bot")
async def test_another_country_keeps_what_was_filled_in_and_starts_its_choice_anew(
    office: Office, service: Noting
) -> None:
    """The gift card was Britain's; everything else that Mia filled in is still there, and so it is ordered."""
    form = await the_form(office)
    await office.mia.fills({"Gift card": OAK, "Announce in": office.general, "Recipients": [office.rob, office.eve]})
    await becomes(lambda: hint(form), OF_OAK)
    await office.mia.fills({"Country": "United States (USD)"})
    await becomes(lambda: hint(form), "Whole amounts, US$5.00 to US$2,000.00")
    filled = {label: form.value(label) for label in form.labels}
    assert filled == {
        "Recipients": ["Rob", "Eve"],
        "Country": "United States (USD)",
        "Gift card": ANYTHING,
        "Amount each": "25",
        "Note": "thanks",
        "Announce in": "#general",
    }
    assert await office.mia.searches("Gift card", "") == [ANYTHING, "Blue Ridge Outfitters", "Dinerly"]
    assert "US$25.00 each, US$50.00 in total" in await asked(office)
    await given(office, office.rob, office.eve)
    assert {json.dumps(products(body)) for body in service.requests} == {
        '{"type": "MULTIPLE", "values": ["BLRG-US", "DNRX-US"]}'
    }


@pytest.mark.usefixtures("bot")
async def test_a_choice_can_be_taken_back(office: Office, service: Noting) -> None:
    """The recipient chooses after all, among everything in that value."""
    form = await the_form(office)
    await office.mia.fills({"Gift card": OAK})
    await becomes(lambda: hint(form), OF_OAK)
    await office.mia.fills({"Gift card": ANYTHING})
    await becomes(lambda: hint(form), "Whole amounts, £1.00 to £1,000.00")
    assert "Heather" not in await asked(office)
    await given(office, office.rob)
    assert products(service.requests[0]) == {"type": "MULTIPLE", "values": ["PGWT-GB", "HTHR-GB"]}


@pytest.mark.usefixtures("bot")
async def test_a_gift_card_that_is_gone_is_refused_under_its_field(office: Office, service: Noting) -> None:
    """It was sold when Mia chose it, and is not when she submits; another one is accepted."""
    form = await the_form(office)
    await office.mia.fills({"Gift card": OAK})
    service.catalogue.products = [one for one in PRODUCTS if one.name != OAK]
    office.clock.turn(minutes=50)
    await office.rests()
    words = "This gift card is not sold for that country just now. Please choose again."
    assert await refused(office, form, "Gift card") == words
    assert await office.mia.searches("Gift card", "oak") == [ANYTHING]
    await office.mia.fills({"Gift card": "Pennywhistle Books"})
    assert "£25.00 (Pennywhistle Books)" in await asked(office)


async def test_the_values_of_a_gift_card_are_checked(office: Office, service: Noting) -> None:
    """The ends of an open range belong to it, and so do pennies; what any brand takes comes in whole amounts."""
    service.catalogue.products = [a_product("OPEN-GB", name="Open", smallest="5.50", largest="50.00"), *PRODUCTS]
    async with office.open():
        form = await the_form(office)
        await office.mia.fills({"Gift card": "Open"})
        await becomes(lambda: hint(form), "£5.50 to £50.00")
        for amount in ("5.49", "50.01"):
            await office.mia.fills({"Amount each": amount})
            words = "Open does not come in that value. Possible: £5.50 to £50.00."
            assert await refused(office, form, "Amount each") == words
        await office.mia.fills({"Amount each": "12.50", "Gift card": ANYTHING})
        assert await refused(office, form, "Amount each") == "Gifts come in whole amounts only, such as 25."
        await office.mia.fills({"Gift card": "Open"})
        assert "£12.50 (Open)" in await asked(office)
        await given(office, office.rob)
    assert json.loads(service.requests[0])["items"][0]["face_value"] == 12.5


async def test_an_amount_that_buys_nothing_is_said_under_it(office: Office, service: Noting) -> None:
    """Whatever the recipient could choose has other values."""
    service.catalogue.products = [one for one in PRODUCTS if one.code != "PGWT-GB"]
    async with office.open():
        form = await the_form(office, "@Rob 30 GBP thanks")
        words = "Nothing can be bought for £30.00 there. Possible: £10.00 to £100.00."
        assert await refused(office, form, "Amount each") == words


async def test_a_single_value_is_no_range(office: Office, service: Noting) -> None:
    """Where everything comes in one value only, it is named once."""
    service.catalogue.products = [a_product("ONLY-GB", values=("10.00",)), *PRODUCTS[3:]]
    async with office.open():
        form = await the_form(office)
        assert hint(form) == "Whole amounts, £10.00"
        assert await refused(office, form, "Amount each") == "Nothing can be bought for £25.00 there. Possible: £10.00."


async def test_a_country_with_nothing_left_is_said_without_a_loose_end(office: Office, service: Noting) -> None:
    """While Mia fills in her form, the last gift card of the country is taken off the shelf."""
    async with office.open():
        form = await the_form(office)
        service.catalogue.products = PRODUCTS[3:]
        office.clock.turn(minutes=50)
        await office.rests()
        assert await refused(office, form, "Amount each") == "Nothing can be bought for £25.00 there."


async def test_a_gift_card_of_hundreds_of_values_says_so_in_short(office: Office, service: Noting) -> None:
    """Slack takes no endless hint: the form is drawn all the same, and says from where to where they go."""
    every = tuple(f"{pounds}.00" for pounds in range(5, 1000))
    service.catalogue.products = [a_product("MANY-GB", name="Many Values", values=every), *PRODUCTS]
    async with office.open():
        form = await the_form(office)
        await office.mia.fills({"Gift card": "Many Values", "Amount each": "12.50"})
        await becomes(lambda: hint(form), "995 values from £5.00 to £999.00")
        words = "Many Values does not come in that value. Possible: 995 values from £5.00 to £999.00."
        assert await refused(office, form, "Amount each") == words


async def test_in_the_playground_the_template_is_what_the_recipient_chooses_from(
    office: Office, service: Noting
) -> None:
    """Unless Mia chose a gift card; the template takes any whole amount."""
    playground(service)
    async with office.open():
        form = await the_form(office)
        assert hint(form) == "Whole amounts"
        await asked(office)
        await given(office, office.rob)
        await the_form(office, "@Eve 25 GBP thanks")
        await office.mia.fills({"Gift card": OAK})
        await asked(office)
        await given(office, office.eve)
    assert [products(body) for body in service.requests] == [
        {"type": "TEMPLATE", "template_id": PLAYGROUND_TEMPLATES["GBP"]},
        {"type": "SINGLE", "value": "HTHR-GB"},
    ]


HOSTILE = {
    "a mention of everybody": ("<!channel>", "<!channel>"),
    "a mention": ("<@U0EVE|the boss>", "<@U0EVE|the boss>"),
    "escaped already": ("&lt;!here&gt;", "&lt;!here&gt;"),
    "three hundred letters": ("x" * 300, "x" * 74 + "…"),
    "ampersands": ("&" * 5000, "&" * 74 + "…"),
    "nothing": ("", "ODDS-GB"),
    "spaces": (" \t ", "ODDS-GB"),
    "a forged outcome": ("Tea\n:x: Declined by <@UABE>", "Tea :x: Declined by <@UABE>"),
}


@pytest.mark.parametrize(("name", "label"), HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_hostile_name_is_only_a_name(office: Office, service: Noting, name: str, label: str) -> None:
    """It is found, chosen, asked for and read by everybody; it mentions nobody, is no link, and fits everywhere."""
    service.catalogue.products = [a_product("ODDS-GB", name=name), *PRODUCTS]
    async with office.open():
        await the_form(office)
        assert label in await office.mia.searches("Gift card", "")
        await office.mia.fills({"Gift card": label})
        await asked(office)
        await given(office, office.rob)
        card = await office.abe.sees_message("Approved by")
        assert f"£25.00 ({label[:74]}" in card.text_shown
        assert card.links == []
        for call in office.slack.calls:
            if "blocks" in call.arguments:
                assert "<!" not in json.dumps(call.arguments["blocks"]).replace("<!date", "")
    assert products(service.requests[0]) == {"type": "SINGLE", "value": "ODDS-GB"}


@pytest.mark.parametrize("code", ["", "x" * 200])
async def test_a_product_that_slack_could_not_carry_hides_no_other(office: Office, service: Noting, code: str) -> None:
    """One code that fits no menu: all the others are still offered."""
    service.catalogue.products = [*PRODUCTS, a_product(code, name="Odd")]
    async with office.open():
        await the_form(office)
        assert await office.mia.searches("Gift card", "") == [ANYTHING, OAK, "Pennywhistle Books"]


@pytest.mark.usefixtures("bot")
async def test_a_form_that_is_changed_twice_quickly_loses_nothing(office: Office, service: Noting) -> None:
    """The second change comes while Slack still draws the first: it is drawn next, and Mia loses not a letter."""
    form = await the_form(office, "@Rob 20 GBP thank you")
    await office.mia.fills({"Announce in": office.general})
    office.slack.faults.arm("views.update", Fault.SLOW, seconds=0.3)
    await office.mia.fills({"Country": "United States (USD)"})
    await office.mia.fills({"Country": "Germany (EUR)", "Note": "thank you all"})
    drawn = [call for call in office.slack.calls if call.name == "views.update"]
    await eventually(lambda: sum(call.name == "views.update" for call in office.slack.calls) == 2)
    assert drawn == []
    filled = {label: form.value(label) for label in form.labels}
    assert filled == {
        "Recipients": ["Rob"],
        "Country": "Germany (EUR)",
        "Gift card": ANYTHING,
        "Amount each": "20",
        "Note": "thank you all",
        "Announce in": "#general",
    }
    assert await office.mia.searches("Gift card", "") == [ANYTHING, "Lesewald", "Technikhaus Nord"]
    assert "€20.00" in await asked(office)
    await given(office, office.rob)
    assert products(service.requests[0]) == {"type": "SINGLE", "value": "LSWD-DE"}


@pytest.mark.usefixtures("bot")
async def test_a_drawing_that_comes_late_does_not_undo_a_submission(office: Office) -> None:
    """Mia changes the country and submits at once: what she reads then is not replaced by the form."""
    await the_form(office)
    office.slack.faults.arm("views.update", Fault.SLOW, seconds=0.3)
    await office.mia.fills({"Country": "Germany (EUR)"})
    await office.mia.submits()
    await eventually(lambda: any(call.name == "views.update" for call in office.slack.calls))
    await office.mia.sees_modal("Gift asked for")
    assert office.ledger.requests("currency") == ["EUR"]


# ---------------------------------------------------------------- many products


async def test_three_thousand_products_are_searched_and_a_hundred_shown(office: Office, service: Noting) -> None:
    """Every page is read; the one that Mia means is found, and a common word shows no more than Slack takes."""
    many = [a_product(f"P{number:04}-GB", name=f"Shop number {number:04}") for number in range(3000)]
    service.catalogue.products = [*many, *PRODUCTS]
    async with office.open():
        await the_form(office)
        assert await office.mia.searches("Gift card", "2987") == [ANYTHING, "Shop number 2987"]
        shown = await office.mia.searches("Gift card", "shop")
        assert shown == [ANYTHING, *(f"Shop number {number:04}" for number in range(99))]
        assert len(await office.mia.searches("Gift card", "")) == 100


def test_a_search_takes_as_long_as_there_are_products_and_no_longer() -> None:
    """Ten times as many products take some ten times as long, not a hundred times."""

    def seconds(count: int) -> float:
        shelf = CountryCatalogue(
            "GB", "GBP", tuple(Product(f"P{n}", f"Shop number {n}", Money(100, "GBP", 2)) for n in range(count)), NOON
        )
        tries = []
        for _ in range(7):
            began = time.process_time()
            product_options(shelf, "number shop", ENGLISH)
            tries.append(time.process_time() - began)
        return min(tries)

    assert seconds(20_000) < 40 * seconds(2_000)


# ---------------------------------------------------------------- the older contract


class TestTheOlderContract:
    """With it, nobody chooses but the recipient."""

    @pytest.fixture
    def provider(self) -> str:
        """The contract of 2022."""
        return "wegift"

    @pytest.fixture
    async def office(self, tmp_path: Path, clock: TurnableClock) -> AsyncGenerator[Office]:
        """A company that ordered at Runa before."""
        async with Simulator(clock=clock.time, provider="wegift") as simulator:
            yield Office(simulator, tmp_path, clock)

    async def test_there_is_nothing_to_choose(self, office: Office) -> None:
        """The form has no such field, and no values that are possible; changing the country needs no drawing."""
        async with office.open():
            form = await the_form(office)
            assert form.labels == ["Recipients", "Country", "Amount each", "Note", "Announce in"]
            assert "Possible" not in form.text
            await office.mia.fills({"Country": "Germany (EUR)", "Amount each": "12.50"})
            assert "€12.50" in await asked(office)
        assert [call for call in office.slack.calls if call.name == "views.update"] == []

    async def test_what_another_service_sold_counts_for_nothing(self, office: Office, clock: TurnableClock) -> None:
        """A company that moves takes its database along: yesterday's shelves refuse no amount and hide no country."""
        database = Database(office.database)
        store = SqliteStore(database, lambda: None)
        with store.write():
            store.catalogues.save(
                CountryCatalogue("GB", "GBP", (Product("OAK", "Oak", values=(Money(1000, "GBP", 2),)),), clock.now())
            )
            store.catalogues.save(CountryCatalogue("US", "USD", (), clock.now()))
            store.jobs.begin(JobKind.STOCK, clock.now())
        database.close()
        async with office.open():
            await the_form(office, "@Rob 30 USD thanks")
            assert "US$30.00" in await asked(office)
            await office.rests()
            assert not office.ledger.jobs(task="stock")
            assert office.ledger.shelves("products", country="US") == ["[]"]
            await the_form(office, "@Rob 30 GBP thanks")
            assert "£30.00" in await asked(office)
