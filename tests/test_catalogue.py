"""The catalogue: read in the background, remembered for an hour and over a restart, and never waited for by a form."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.gifts.model.outcomes import Unavailable
from bot.gifts.model.product import CountryCatalogue
from bot.gifts.orders.catalogue import ANEW, FRESH, SOON, Catalogue
from bot.sandbox.simulator import Fault, Modal
from bot.sandbox.simulator.giftcards.runa.catalogue import PRODUCTS
from storage import Database, SqliteStore
from tests.harness.ledger import Intruder
from tests.harness.office import Office, TurnableClock, eventually, office_with
from tests.harness.runa_server import Dashboard, Noting, a_product, at_work

A_MOMENT = timedelta(seconds=1)


@dataclass
class Shop:
    """The heart's catalogue, with the real client behind it and a real database below it."""

    catalogue: Catalogue
    desk: Dashboard
    path: Path
    database: Database

    async def codes(self, country: str = "GB") -> list[str]:
        """What can be bought there, within the hour."""
        shelf = await self.catalogue.fresh(country)
        assert isinstance(shelf, CountryCatalogue)
        return [product.code for product in shelf.products]

    def known(self, country: str = "GB") -> list[str]:
        """What is known to be sold there, without asking."""
        shelf = self.catalogue.known(country)
        return [product.code for product in shelf.products] if shelf else []

    def after_a_restart(self) -> Catalogue:
        """The catalogue of a process that has just begun, with the same database."""
        store = SqliteStore(self.database, lambda: None)
        return Catalogue(store, self.desk.client, self.desk.clock, ["GB", "US", "NO"])


@pytest.fixture
async def shop() -> AsyncGenerator[Dashboard]:
    """The client in production without templates, as in the tests of the client."""
    async with at_work({}, production=True) as desk:
        yield desk


@pytest.fixture
def counter(shop: Dashboard, tmp_path: Path) -> Generator[Shop]:
    """A company that offers gifts in Britain, America and Norway, where nothing is sold."""
    path = tmp_path / "giftbot.db"
    database = Database(path)
    store = SqliteStore(database, lambda: None)
    yield Shop(Catalogue(store, shop.client, shop.clock, ["GB", "US", "NO"]), shop, path, database)
    database.close()


@pytest.fixture
def service(clock: TurnableClock) -> Noting:
    """The gift card service in production, without templates."""
    return Noting(clock=clock.time, production=True)


@pytest.fixture
def clock() -> TurnableClock:
    """The office's clock, to be turned."""
    return TurnableClock()


@pytest.fixture
async def office(tmp_path: Path, clock: TurnableClock, service: Noting) -> AsyncGenerator[Office]:
    """A company whose gift card service takes notes; in the end the contract was kept."""
    async with office_with(service, tmp_path, clock) as office:
        yield office
    service.check()


def looks(service: Noting) -> list[str]:
    """The countries whose first page was asked for, in order."""
    pages = [request.url.params for request in service.asked if request.url.path == "/v2/product"]
    return [page["countries_redeemable_in"] for page in pages if "after" not in page]


def offered(form: Modal) -> list[str]:
    """The countries that a form offers."""
    (country,) = (field for field in form.fields() if field.label == "Country")
    return [option["text"]["text"] for option in country.element["options"]]


def due(office: Office) -> timedelta:
    """How long it is until the catalogue is read again."""
    (due_at,) = office.ledger.jobs("due_at", task="stock")
    return datetime.fromisoformat(due_at) - office.clock.now()


async def the_form(office: Office) -> Modal:
    """The form, as Mia opens it."""
    await office.mia.types("/gift @Rob 25 thanks")
    return await office.mia.sees_modal("Send a gift")


# ---------------------------------------------------------------- one shelf


async def test_it_is_remembered_for_an_hour_and_not_longer(counter: Shop) -> None:
    """A second before the hour is over nobody asks; when it is over, what has changed is seen."""
    desk = counter.desk
    assert await counter.codes() == ["PGWT-GB", "HTHR-GB"]
    desk.service.catalogue.products = [a_product("NEWS-GB")]
    desk.clock.time += FRESH - A_MOMENT
    assert await counter.codes() == ["PGWT-GB", "HTHR-GB"]
    assert desk.looked_at == ["GB", "GB HTHR-GB"]
    desk.clock.time += A_MOMENT
    assert await counter.codes() == ["NEWS-GB"]


async def test_eight_at_once_read_it_once(counter: Shop) -> None:
    """Orders of one country that come together share one look; another country's has its own."""
    read = await asyncio.gather(*(counter.codes() for _ in range(8)), counter.codes("US"))
    assert read == [["PGWT-GB", "HTHR-GB"]] * 8 + [["BLRG-US", "DNRX-US"]]
    assert sorted(counter.desk.looked_at) == ["GB", "GB HTHR-GB", "US", "US PPDC-US"]


async def test_nobody_waits_while_it_is_read_anew_before_it_is_old(counter: Shop) -> None:
    """An order takes what it finds within the hour, however slowly the service tells what is new."""
    await counter.codes()
    counter.desk.service.faults.arm("GET /product", Fault.SLOW, seconds=0.5)
    counter.desk.clock.time += ANEW
    refreshing = asyncio.create_task(counter.catalogue.refresh())
    await eventually(lambda: len(counter.desk.looked_at) > 2)
    assert await counter.codes() == ["PGWT-GB", "HTHR-GB"]
    assert counter.desk.looked_at[2:] == ["GB"], "the service has not answered yet"
    assert await refreshing


async def test_what_is_older_than_an_hour_makes_no_order(counter: Shop) -> None:
    """While the service is away, forms show what is known, and orders wait until it is read."""
    await counter.codes()
    counter.desk.clock.time += FRESH
    counter.desk.service.faults.arm("GET /product", Fault.REPLY_LOST)
    assert isinstance(await counter.catalogue.fresh("GB"), Unavailable)
    assert counter.known() == ["PGWT-GB", "HTHR-GB"]
    assert await counter.codes() == ["PGWT-GB", "HTHR-GB"]


# ---------------------------------------------------------------- all shelves


async def test_what_could_not_be_read_stays_as_it_is_known(counter: Shop) -> None:
    """Britain's shelf changes, America's cannot be read and stays, and that it was not all is said."""
    assert await counter.catalogue.refresh()
    counter.desk.service.catalogue.products = [a_product("NEWS-GB"), *PRODUCTS[3:]]
    counter.desk.service.faults.arm("GET /product", Fault.SLOW, times=2, seconds=0)  # Britain's two pages
    counter.desk.service.faults.arm("GET /product", Fault.ERROR_BEFORE)
    assert not await counter.catalogue.refresh()
    assert counter.known("GB") == ["NEWS-GB"]
    assert counter.known("US") == ["BLRG-US", "DNRX-US"]


@pytest.mark.parametrize("fault", [Fault.ERROR_BEFORE, Fault.REPLY_LOST, Fault.RATE_LIMITED])
async def test_without_the_list_of_countries_everything_stays(counter: Shop, fault: Fault) -> None:
    """Nothing is taken for unsold because the service did not say what is sold."""
    await counter.catalogue.refresh()
    counter.desk.service.faults.arm("GET /product/countries", fault)
    counter.desk.service.catalogue.products = []
    assert not await counter.catalogue.refresh()
    assert counter.known("GB") == ["PGWT-GB", "HTHR-GB"]
    assert counter.catalogue.sold_in() == ["GB", "US"]


async def test_countries_are_offered_until_it_is_known_that_nothing_is_sold_there(counter: Shop) -> None:
    """All while nothing is known; then those with something on the shelf; and all again if that were none."""
    assert counter.catalogue.sold_in() == ["GB", "US", "NO"]
    assert await counter.catalogue.refresh()
    assert counter.catalogue.sold_in() == ["GB", "US"]
    assert {request.url.params.get("countries_redeemable_in") for request in counter.desk.service.asked} == {
        None,
        "GB",
        "US",
    }
    counter.desk.service.catalogue.products = [a_product("OFFF-GB", is_orderable=False), *PRODUCTS[3:]]
    assert await counter.catalogue.refresh()
    assert counter.catalogue.sold_in() == ["US"]
    counter.desk.service.catalogue.products = [a_product("OFFF-GB", is_orderable=False)]
    assert await counter.catalogue.refresh()
    assert counter.catalogue.sold_in() == ["GB", "US", "NO"]


async def test_it_is_known_after_a_restart(counter: Shop) -> None:
    """Every value of every product is what it was; an order reads it anew, for it may be another account's."""
    await counter.catalogue.refresh()
    again = counter.after_a_restart()
    for country in ("GB", "US", "NO"):
        assert again.known(country) == counter.catalogue.known(country)
    assert again.sold_in() == ["GB", "US"]
    asked = len(counter.desk.service.asked)
    await again.fresh("GB")
    assert len(counter.desk.service.asked) > asked


@pytest.mark.parametrize("products", ["", "[{}]", '[{"code": "A", "name": "A", "smallest": 5}]', "null"])
async def test_a_shelf_of_another_version_is_read_anew(counter: Shop, products: str) -> None:
    """What the database has can be looked up again: where it cannot be read, it is as if it were not there."""
    await counter.catalogue.refresh()
    Intruder(counter.path).stocks(products)
    again = counter.after_a_restart()
    assert again.known("GB") is None
    assert again.sold_in() == ["GB", "US", "NO"]
    assert isinstance(await again.fresh("GB"), CountryCatalogue)


# ---------------------------------------------------------------- the form and the worker


async def test_the_form_never_waits_for_it(office: Office, service: Noting) -> None:
    """The service has not answered a single question, and Mia's form is open, with every country."""
    service.faults.arm("GET /product", Fault.SLOW, times=100, seconds=60)
    async with office.open(giftbot_countries="GB,US,NO", giftbot_max_amount="250"):
        await eventually(lambda: looks(service) == ["GB"])
        form = await the_form(office)
        assert offered(form) == ["Norway (NOK)", "United Kingdom (GBP)", "United States (USD)"]
        assert await office.mia.searches("Gift card", "oak") == ["The recipient chooses"]
        assert [call.name for call in service.calls] == ["GET /product/countries"]


async def test_after_a_restart_the_form_shows_what_the_database_has(office: Office, service: Noting) -> None:
    """The service is silent, and yet countries, products and values are those of yesterday."""
    settled = {"giftbot_countries": "GB,US,NO", "giftbot_max_amount": "250"}
    async with office.open("socket", **settled):
        await office.rests()
    office.clock.turn(days=1)
    service.faults.arm("GET /product/countries", Fault.REPLY_LOST, times=100)
    async with office.open("socket", **settled):
        form = await the_form(office)
        assert offered(form) == ["United Kingdom (GBP)", "United States (USD)"]
        assert await office.mia.searches("Gift card", "oak") == ["The recipient chooses", "Heather & Oak"]
        assert "£1.00 to £1,000.00" in form.text
    assert looks(service) == ["GB", "US"]


async def test_the_worker_reads_it_anew_before_it_is_old(office: Office, service: Noting) -> None:
    """Every fifty minutes, without anybody asking; what is new is then found in the form that is open."""
    async with office.open():
        await office.rests()
        assert looks(service) == ["GB", "US", "DE", "JP"]
        assert ANEW - timedelta(minutes=1) < due(office) <= ANEW < FRESH
        await the_form(office)
        service.catalogue.products = [a_product("NEWS-GB", name="Newly Here"), *PRODUCTS]
        office.clock.turn(minutes=49)
        assert await office.mia.searches("Gift card", "new") == ["The recipient chooses"]
        office.clock.turn(minutes=1)
        await office.rests()
        assert looks(service) == ["GB", "US", "DE", "JP"] * 2
        assert await office.mia.searches("Gift card", "new") == ["The recipient chooses", "Newly Here"]


async def test_the_worker_tries_again_soon_after_a_failure(office: Office, service: Noting) -> None:
    """Five minutes later, for days if need be: reading is never given up."""
    service.faults.arm("GET /product/countries", Fault.ERROR_BEFORE, times=3)
    async with office.open():
        for _ in range(3):
            await office.rests()
            assert looks(service) == []
            assert SOON - timedelta(minutes=1) < due(office) <= SOON
            office.clock.turn(seconds=SOON.total_seconds())
        await office.rests()
        assert looks(service) == ["GB", "US", "DE", "JP"]
        assert due(office) > SOON
