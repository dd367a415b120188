"""What an approver reads about money before the click: the price where it differs, and whether the account has it."""

import time
from collections.abc import AsyncGenerator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.gifts.model.gift import Gift, GiftState, Request
from bot.gifts.model.product import ChosenProduct
from bot.sandbox.simulator import Fault, Junk
from bot.sandbox.simulator.giftcards.runa.catalogue import PRODUCTS
from tests.harness.giftcard_server import NOON
from tests.harness.office import Office, TurnableClock, office_with
from tests.harness.runa_server import TWENTY_FIVE, Noting, a_product, playground, says, stranger

BALANCE, ESTIMATE = "GET /balance", "POST /order/estimate"
FOR_ALL = "The account at the gift card service has"


@pytest.fixture
def clock() -> TurnableClock:
    """The office's clock."""
    return TurnableClock()


@pytest.fixture
def service(clock: TurnableClock) -> Noting:
    """The gift card service in production, where Pennywhistle Books cost five per cent less than they are worth."""
    return Noting(clock=clock.time, production=True)


@pytest.fixture
async def office(tmp_path: Path, clock: TurnableClock, service: Noting) -> AsyncGenerator[Office]:
    """A company whose gift card service takes notes; in the end the contract was kept."""
    async with office_with(service, tmp_path, clock) as office:
        yield office
    service.check()


async def the_card(office: Office, command: str = "@Rob 25 GBP thanks", product: str | None = "Pennywhistle") -> str:
    """Let Mia ask for a gift, with the first product of that name, and give what Abe reads."""
    await office.rests()
    await office.mia.types(f"/gift {command}")
    await office.mia.sees_modal("Send a gift")
    if product:
        _, name, *_ = await office.mia.searches("Gift card", product)
        await office.mia.fills({"Gift card": name})
    await office.mia.submits()
    await office.mia.sees_modal("Gift asked for")
    return (await office.abe.sees_message("would like to thank", timeout=15)).text_shown


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("command", "product", "words"),
    [
        ("@Rob 25 GBP thanks", "Pennywhistle", f"Estimated price: £23.75. {FOR_ALL} £10,000.00."),
        ("@Rob @Eve 25 GBP thanks", "Pennywhistle", f"Estimated price: £47.50. {FOR_ALL} £10,000.00."),
        ("@Rob 25 EUR danke", "Lesewald", f"Estimated price: €24.00. {FOR_ALL} €10,000.00."),
    ],
)
async def test_a_price_that_is_not_the_value_is_on_the_card(
    office: Office, command: str, product: str, words: str
) -> None:
    """For all recipients together, in the currency of the account that pays."""
    assert words in await the_card(office, command, product)


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("product", ["Heather", None])
async def test_a_price_that_is_the_value_needs_no_words(office: Office, service: Noting, product: str | None) -> None:
    """No discount, or the recipient chooses: the service was asked, and Abe reads the balance only."""
    card = await the_card(office, product=product)
    assert f"{FOR_ALL} £10,000.00." in card
    assert "price" not in card
    assert ESTIMATE in [call.name for call in service.calls]


async def test_a_price_above_the_value_is_on_the_card(office: Office, service: Noting) -> None:
    """Some brands cost more than they are worth, and the account has to have that."""
    service.catalogue.products = [a_product("DEAR-GB", name="Dear", fee="2.50"), *PRODUCTS]
    service.balances["GBP"] = Decimal("26.00")
    async with office.open():
        card = await the_card(office, product="Dear")
        assert f"Estimated price: £27.50. {FOR_ALL} £26.00: too little for this." in card


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("left", "words"),
    [("23.75", "£23.75."), ("23.74", "£23.74: too little for this."), ("0", "£0.00: too little for this.")],
)
async def test_the_price_is_what_the_account_has_to_have(
    office: Office, service: Noting, left: str, words: str
) -> None:
    """Less than the value can be enough; less than the price is not, and Abe reads so before anybody clicks."""
    service.balances["GBP"] = Decimal(left)
    assert f"Estimated price: £23.75. {FOR_ALL} {words}" in await the_card(office)


@pytest.mark.usefixtures("bot")
async def test_a_decided_card_says_nothing_of_the_account(office: Office) -> None:
    """What was left then is not what is left now."""
    await the_card(office)
    await office.approves()
    await office.delivered()
    await office.rests()
    (card,) = office.abe.messages()
    assert "Approved by" in card.text_shown
    assert FOR_ALL not in card.text_shown


# ---------------------------------------------------------------- when the service does not say


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("fault", [Fault.ERROR_BEFORE, Fault.REPLY_LOST, Fault.RATE_LIMITED])
async def test_a_service_that_does_not_say_costs_nothing(office: Office, service: Noting, fault: Fault) -> None:
    """Abe's and Ana's cards come without these words, and what they approve is ordered."""
    for call in (BALANCE, ESTIMATE):
        service.faults.arm(call, fault, times=2)
    card = await the_card(office)
    assert "price" not in card
    assert "account" not in card
    await office.ana.sees_message("would like to thank")
    await office.approves()
    await office.delivered()


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("call", "junk", "words"),
    [
        (ESTIMATE, Junk.NOT_JSON, f"{FOR_ALL} £10,000.00."),
        (BALANCE, Junk.NOT_JSON, "Estimated price: £23.75."),
    ],
)
async def test_nonsense_hides_only_itself(office: Office, service: Noting, call: str, junk: Junk, words: str) -> None:
    """What the other call says is still on the card."""
    for _ in range(2):  # for Abe and for Ana
        service.answer_next(call, junk)
    card = await the_card(office)
    assert words in card
    assert ("price" in card) == (call == BALANCE)
    assert (FOR_ALL in card) == (call == ESTIMATE)


@pytest.mark.usefixtures("bot")
async def test_a_silent_service_keeps_no_card_waiting(office: Office, service: Noting) -> None:
    """Both are asked at the same time, for three seconds at most; nobody waits for a minute."""
    for call in (BALANCE, ESTIMATE):
        service.faults.arm(call, Fault.SLOW, times=2, seconds=60)
    began = time.monotonic()
    card = await the_card(office)
    assert time.monotonic() - began < 12
    assert "price" not in card
    assert "account" not in card


async def test_the_playground_gives_no_price(office: Office, service: Noting) -> None:
    """It has no estimates: the card comes with the balance."""
    playground(service)
    async with office.open():
        card = await the_card(office)
    assert f"{FOR_ALL} £10,000.00." in card
    assert "price" not in card


ODD: list[Any] = ["NaN", "Infinity", "1e999", "1.005", "ten", "", None, [], {}, True, 10**30]


@pytest.mark.parametrize("number", ODD)
async def test_odd_numbers_are_no_money(number: Any) -> None:
    """What cannot be an amount is not shown as one, and breaks nothing."""
    gift = Gift("gift-1", "request-1", "UROB", GiftState.WAITING)
    request = Request("request-1", "UMIA", (gift,), TWENTY_FIVE, "GB", "", NOON, product=ChosenProduct("A-GB", "A"))
    async with stranger(says({"currency": "GBP", "balance": number, "total_price": number})) as here:
        assert await here.client.balance("GBP") is None
        assert await here.client.price(request, ()) is None
