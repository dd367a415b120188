"""The story: asked, approved, ordered once, delivered, as every one of them sees it."""

import sqlite3
from decimal import Decimal

import pytest

from bot.gifts.model.gift import Gift, GiftState
from bot.gifts.model.order import key_of
from bot.sandbox.simulator.giftcards.runa.api import RunaApi
from tests.harness.office import Office, Transport


@pytest.fixture(params=["runa", "wegift"])
def provider(request: pytest.FixtureRequest) -> str:
    """All of this is told of both services."""
    service: str = request.param
    return service


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_a_gift_travels_from_slack_to_its_recipient(office: Office, transport: Transport) -> None:
    """Mia asks, Abe approves, one order is placed, and Rob gets its link in one direct message."""
    async with office.open(transport):
        await office.mia.types("/gift @Rob 25 GBP thank you for the launch")
        form = await office.mia.sees_modal("Send a gift")
        assert form.value("Recipients") == ["Rob"]
        assert form.value("Amount each") == "25"
        assert form.value("Country") == "United Kingdom (GBP)"
        assert form.value("Note") == "thank you for the launch"
        await office.mia.fills({"Announce in": office.general})
        await office.mia.submits()
        assert "Your gift for @Rob is asked for" in (await office.mia.sees_modal("Gift asked for")).text

        for approver in (office.abe, office.ana):
            card = await approver.sees_message("would like to thank")
            assert "@Mia would like to thank @Rob with a gift of £25.00." in card.text_shown
            assert "thank you for the launch" in card.text_shown
            assert card.buttons == ["Approve", "Decline", "Note or lower amount"]
        await office.abe.clicks("Approve")
        assert office.abe.dialog
        assert office.abe.dialog.text == "This orders 1 gift for £25.00 right away."
        await office.abe.confirms()

        gift = await office.rob.sees_message("@Mia thanks you with a gift of £25.00")
        assert gift.buttons == ["Open your gift", "Get the link anew"]
        assert "thank you for the launch" in gift.text_shown
        assert "If it does not work, get it anew, or ask @Mia" in gift.text_shown
        (order,) = office.giftcards.orders
        assert gift.links == [order.items[0].link]
        assert (order.country, order.currency, order.face_value) == ("GB", "GBP", Decimal(25))

        await office.mia.sees_message("Approved by @Abe")
        await office.mia.sees_message("@Rob has your gift")
        await office.eve.sees("@Mia thanked @Rob with a gift.")
        (announcement,) = office.slack.messages(office.general)
        assert "25" not in announcement.text_shown
        await office.rests()
        for approver in (office.abe, office.ana):
            (card,) = approver.messages()
            assert "Approved by @Abe" in card.text_shown
            assert card.buttons == []


@pytest.mark.usefixtures("bot")
async def test_the_key_is_derived_from_the_request_and_the_recipient(office: Office) -> None:
    """The same request, recipient and attempt give the same key, which is what the service was sent."""
    await office.asks()
    await office.approves()
    await office.delivered()
    (request_id,) = office.ledger.requests("id")
    gift = Gift("any", request_id, office.rob.id, GiftState.APPROVED)
    assert office.giftcards.orders[0].idempotency_key == key_of(gift)


@pytest.mark.usefixtures("bot")
async def test_several_people_get_a_gift_each(office: Office) -> None:
    """Two recipients make two orders under two keys, two messages, and one notice for Mia."""
    await office.asks("@Rob @Eve 10 GBP for the launch")
    card = await office.abe.sees_message("would like to thank")
    assert "@Rob and @Eve with a gift of £10.00 each, £20.00 in total" in card.text_shown
    await office.approves()
    assert await office.delivered(office.rob) != await office.delivered(office.eve)
    await office.mia.sees_message("@Rob and @Eve have your gift")
    assert len({order.idempotency_key for order in office.giftcards.orders}) == 2


@pytest.mark.parametrize("provider", ["runa"], indirect=True)
@pytest.mark.parametrize(
    ("left", "words"),
    [("10000", "has £10,000.00."), ("24.99", "has £24.99: too little for this."), ("0", "has £0.00: too little")],
)
async def test_the_card_shows_what_is_left_on_the_account(office: Office, left: str, words: str) -> None:
    """Before anybody clicks, an approver reads what the account has, and whether that is enough."""
    assert isinstance(office.giftcards, RunaApi)
    office.giftcards.balances["GBP"] = Decimal(left)
    async with office.open():
        await office.asks()
        card = await office.abe.sees_message("would like to thank")
        assert f"The account at the gift card service {words}" in card.text_shown


async def test_the_approvals_channel_gets_one_card(office: Office) -> None:
    """With an approvals channel nobody gets a card of their own, and the channel's card shows the outcome."""
    async with office.open(giftbot_approvals_channel=office.approvals.id):
        await office.asks()
        await office.ana.sees("would like to thank")
        await office.approves(office.ana)
        await office.delivered()
        await office.rests()
        (card,) = office.slack.messages(office.approvals)
        assert "Approved by @Ana" in card.text_shown
        assert card.buttons == []
        assert office.abe.messages() == []


async def test_a_channel_that_cannot_be_written_to_loses_no_request(office: Office) -> None:
    """When the approvals channel refuses the card, each approver gets one instead."""
    private = office.slack.add_channel("finance", [office.abe], private=True)
    async with office.open(giftbot_approvals_channel=private.id):
        await office.asks()
        await office.abe.sees_message("would like to thank")
        await office.ana.sees_message("would like to thank")


@pytest.mark.usefixtures("bot")
async def test_an_announcement_that_cannot_be_made_is_told_to_the_requester(office: Office) -> None:
    """A private channel without the bot keeps the gift from nothing, and Mia learns that it was not announced."""
    private = office.slack.add_channel("team-mia", [office.mia], private=True)
    await office.mia.types("/gift @Rob 25 GBP thanks")
    await office.mia.sees_modal("Send a gift")
    await office.mia.fills({"Announce in": private})
    await office.mia.submits()
    await office.approves()
    await office.delivered()
    notice = await office.mia.sees_message("I cannot write in #team-mia")
    assert "Invite me there" in notice.text_shown


@pytest.mark.parametrize("provider", ["wegift"], indirect=True)  # Runa's gifts come in whole amounts
@pytest.mark.usefixtures("bot")
async def test_numbers_are_written_as_each_reader_writes_them(office: Office) -> None:
    """Hans asks with a German comma, Abe reads it the English way, and the order is for twelve euros fifty."""
    hans = office.slack.add_person("Hans", locale="de-DE")
    await office.asks("@Rob 12,50 EUR danke", who=hans)
    assert "€12.50" in (await office.abe.sees_message("would like to thank")).text_shown
    await office.approves()
    assert "12,50\xa0€" in (await hans.sees_message("hat dein Geschenk")).text_shown
    assert str(office.giftcards.orders[0].face_value) == "12.5"


@pytest.mark.usefixtures("bot")
async def test_everything_is_on_the_record(office: Office) -> None:
    """The history says who did what, in order, and cannot be rewritten."""
    await office.asks()
    await office.approves()
    await office.until("delivered")
    record = office.ledger.all_events("actor", "event")
    assert record == [
        ("giftbot", "change policy"),
        (office.mia.id, "request"),
        (office.abe.id, "approve"),
        (office.abe.id, "approve"),
        ("giftbot", "place"),
        ("giftbot", "deliver"),
    ]
    with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
        office.intruder.edits_history()
