"""Gifts that wait for a person: refused for good, or in need of review; shown with the reason, and set going again."""

import asyncio

import pytest

from bot.sandbox.simulator import Fault, Junk, Kind
from tests.harness.office import Office


@pytest.fixture(params=["runa", "wegift"])
def provider(request: pytest.FixtureRequest) -> str:
    """All of this is told of both services."""
    service: str = request.param
    return service


CREATE = "POST /order"


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("kind", "status", "words", "for_mia"),
    [
        (
            "insufficient_funds",
            400,
            "the account at the gift card service has too little money",
            "the company's account for gifts has to be topped up first",
        ),
        ("payment_method_unavailable", 400, "the payment card was refused", "the company's payment card was refused"),
        (
            "currency_mismatch",
            400,
            "what recipients may choose from is in another currency than the gift",
            "it cannot be ordered just now; those who run giftbot know why",
        ),
        ("bad_request", 400, "the gift card service refused the order", "the gift card service refused the order"),
    ],
)
async def test_a_refused_order_is_shown_and_retried_under_a_new_key(
    office: Office, kind: str, status: int, words: str, for_mia: str
) -> None:
    """The service says no for good; the approvers and Mia read why, and Abe's Retry places one new order."""
    office.giftcards.refuse_next(kind, status)
    await office.asks()
    await office.approves()
    trouble = await office.abe.sees_message("needs somebody")
    assert f"@Rob: {words}" in trouble.text_shown
    assert trouble.buttons == ["Retry", "Close"]
    notice = await office.mia.sees_message("needs somebody")
    assert f"@Rob: {for_mia}." in notice.text_shown
    assert notice.buttons == []
    assert office.states() == ["failed"]
    await office.mia.types("/gift status")
    reply = await office.mia.sees(f"@Rob: {for_mia}.")
    assert "can retry." in reply.text_shown

    await office.abe.clicks("Retry", confirm=True)
    await office.delivered()
    await office.mia.sees_message("@Rob has your gift")
    await office.finishes()
    assert all(message.buttons == [] for message in [*office.abe.messages(), *office.ana.messages()])
    refused, placed = (call.arguments["idempotency_key"] for call in office.giftcards.calls if call.name == CREATE)
    assert refused != placed
    assert len(office.giftcards.orders) == 1


@pytest.mark.usefixtures("bot")
async def test_a_gift_that_is_not_offered_has_no_retry(office: Office) -> None:
    """Where the same order can never work, there is advice instead of a button; what is left is to close it."""
    office.giftcards.refuse_next("validation_error", 422)
    await office.asks()
    await office.approves()
    trouble = await office.abe.sees_message("needs somebody")
    assert "offers no such gift of this value in this country" in trouble.text_shown
    assert trouble.buttons == ["Close"]
    notice = await office.mia.sees_message("needs somebody")
    assert "in a new request" in notice.text_shown


async def test_requester_and_recipient_cannot_retry(office: Office) -> None:
    """Retry asks for the same right as Approve."""
    channel = office.slack.add_channel("open", [office.mia, office.rob, office.abe], bot_in_it=True)
    async with office.open(giftbot_approvals_channel=channel.id):
        office.giftcards.refuse_next("insufficient_funds", 400)
        await office.asks()
        await office.approves()
        await office.rob.sees("needs somebody")
        for person in (office.mia, office.rob):
            await person.clicks("Retry", confirm=True)
            await person.sees_modal("Giftbot")
        assert office.states() == ["failed"]
        assert len(office.giftcards.requests) == 1


@pytest.mark.usefixtures("bot")
async def test_a_retry_clicked_twice_counts_once(office: Office) -> None:
    """Abe and Ana both click Retry: one new attempt, and the second is told that there is nothing to retry."""
    office.giftcards.refuse_next("insufficient_funds", 400)
    await office.asks()
    await office.approves()
    clicks = []
    for approver in (office.abe, office.ana):
        message = await approver.sees_message("needs somebody")
        button = message.button("Retry")
        assert button
        clicks.append(approver.sends(Kind.INTERACTIVE, approver.payloads.button_click(message, button)))
    await asyncio.gather(*clicks)
    await office.until("delivered")
    told = office.abe.modal or office.ana.modal
    assert told
    assert "There is nothing to retry" in told.text
    assert len(office.giftcards.orders) == 1
    assert office.ledger.gifts("attempt") == [2]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("junk", [Junk.NOT_JSON, Junk.NO_ID])
async def test_an_unreadable_order_reply_is_asked_again_and_then_looked_up_or_reviewed(
    office: Office, junk: Junk
) -> None:
    """Junk instead of an order: the same key again, then the list; without one, a person, whose Retry finds it."""
    for _ in range(20):
        office.giftcards.answer_next(CREATE, junk)
    await office.asks()
    await office.approves()
    await _let_pass(office, minutes=3)
    if office.simulator.provider == "wegift":
        trouble = await office.ana.sees_message("needs somebody")
        assert "keeps answering something that cannot be read; the order may exist" in trouble.text_shown
        assert office.states() == ["needs_review"]
        office.giftcards.clear_junk()
        await office.ana.clicks("Retry", confirm=True)
    await office.delivered()
    assert len(office.giftcards.orders) == 1
    assert len(set(office.giftcards.requests)) == 1


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("junk", [Junk.OTHER_AMOUNT, Junk.OTHER_ORDER_ID])
async def test_a_reply_with_somebody_elses_order_parks_the_gift(office: Office, junk: Junk) -> None:
    """A reply that repeats another order's amount or id is never delivered from, and both can read why."""
    await office.asks("@Eve 10 GBP thanks")
    await office.approves()
    await office.delivered(office.eve)
    office.giftcards.answer_next(CREATE, junk)
    await office.asks("@Rob 25 GBP thanks")
    await office.approves()
    trouble = await office.abe.sees_message("needs somebody")
    assert "answered with another order than ours" in trouble.text_shown
    assert office.rob.messages() == []
    await office.abe.clicks("Retry", confirm=True)
    await office.delivered(office.rob)
    assert len(office.giftcards.orders) == 2


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("junk", [Junk.FOREIGN_HOST, Junk.HTTP])
async def test_a_link_to_a_foreign_place_is_not_handed_on(office: Office, junk: Junk) -> None:
    """A link whose host is not on the list, or that is not https, parks the gift; nobody is shown it."""
    office.giftcards.answer_next(office.call_with_link, junk)
    await office.asks()
    await office.approves()
    trouble = await office.abe.sees_message("needs somebody")
    assert "points to a place that is not on our list" in trouble.text_shown
    assert office.rob.messages() == []
    await office.abe.clicks("Retry", confirm=True)
    link = await office.delivered()
    assert link == office.giftcards.orders[0].items[0].link


@pytest.mark.usefixtures("bot")
async def test_a_service_that_is_away_for_an_hour_parks_the_gift(office: Office) -> None:
    """Then a person is told; until then the bot asks and looks by itself, always under one key."""
    office.giftcards.faults.arm(CREATE, Fault.ERROR_AFTER, times=1000)
    office.giftcards.faults.arm("GET /order", Fault.ERROR_BEFORE, times=1000)
    await office.asks()
    await office.approves()
    await _let_pass(office, minutes=65)
    trouble = await office.abe.sees_message("needs somebody")
    assert "the order may exist" in trouble.text_shown
    office.giftcards.faults.clear()
    await office.abe.clicks("Retry", confirm=True)
    await office.delivered()
    assert len(office.giftcards.orders) == 1


@pytest.mark.parametrize("provider", ["wegift"], indirect=True)
async def test_a_key_is_not_sent_after_29_days(office: Office) -> None:
    """After 29 days the service could have forgotten the key: nothing is sent, and a person is told to look."""
    office.giftcards.faults.arm(CREATE, Fault.REPLY_LOST)
    async with office.open():
        await office.asks()
        await office.approves()
        await office.rests()
    office.clock.turn(days=29, seconds=1)
    sent = len(office.giftcards.requests)
    async with office.open():
        trouble = await office.abe.sees_message("needs somebody")
        assert "too long to ask about this order again" in trouble.text_shown
        assert trouble.buttons == ["Order anew", "Close"]
        assert office.states() == ["needs_review"]
    assert len(office.giftcards.requests) == sent


@pytest.mark.parametrize("provider", ["runa"], indirect=True)
async def test_an_order_older_than_its_key_is_found_again(office: Office) -> None:
    """Where the service lists its orders, one whose key is too old to be sent is found there and delivered."""
    office.giftcards.faults.arm(CREATE, Fault.REPLY_LOST)
    async with office.open():
        await office.asks()
        await office.approves()
        await office.rests()
    office.clock.turn(days=29, seconds=1)
    sent = len(office.giftcards.requests)
    async with office.open():
        assert await office.delivered() == office.giftcards.orders[0].items[0].link
    assert len(office.giftcards.requests) == sent
    assert len(office.giftcards.orders) == 1


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("knows_the_channel", [True, False])
async def test_a_recipient_who_left_before_delivery_parks_the_gift(office: Office, *, knows_the_channel: bool) -> None:
    """Slack would deliver where nobody reads: the order stays known, and a Retry once Rob is back sends the link."""
    if knows_the_channel:
        await office.asks()
        await office.approves()
        await office.delivered()
    sent = len(office.rob.messages())
    await office.asks()
    await office.abe.sees_message("would like to thank")
    office.slack.workspace.deactivate(office.rob.id)  # Slack's event about it is still on its way
    await office.approves()
    trouble = await office.abe.sees_message("needs somebody")
    assert "the gift is ordered, but its recipient is no colleague any more" in trouble.text_shown
    await office.abe.clicks("Retry", confirm=True)
    assert "@Rob is deactivated, so this gift cannot go on." in (await office.abe.sees_modal("Giftbot")).text
    await office.abe.closes()
    await office.rests()
    assert len(office.rob.messages()) == sent
    assert "has your gift" not in office.mia.messages()[-1].text_shown
    office.slack.workspace.users[office.rob.id].deleted = False
    office.clock.turn(minutes=6)
    await office.abe.clicks("Retry", confirm=True)
    await office.rests()
    assert len(office.rob.messages()) == sent + 1
    assert len(office.giftcards.orders) == sent + 1


@pytest.mark.usefixtures("bot")
async def test_a_recipient_is_looked_up_before_the_delivery_until_slack_says_who_they_are(office: Office) -> None:
    """Slack answers nothing about Rob twice: his gift waits, and then arrives."""
    await office.asks()
    await office.abe.sees_message("would like to thank")
    office.slack.refuses("users.info", "internal_error", times=2, only=lambda given: given["user"] == office.rob.id)
    await office.approves()
    await office.lets_pass(3, seconds=5)
    await office.delivered()


@pytest.mark.usefixtures("bot")
async def test_one_of_several_gifts_fails_and_the_others_arrive(office: Office) -> None:
    """Rob's order is refused, Eve has her gift, and Mia reads about both."""
    office.giftcards.refuse_next("bad_request", 400)
    await office.asks("@Rob @Eve 10 GBP thanks")
    await office.approves()
    await office.delivered(office.eve)
    await office.mia.sees_message("needs somebody: @Rob")
    await office.mia.sees_message("@Eve has your gift")
    await office.abe.clicks("Retry", confirm=True)
    await office.delivered(office.rob)
    await office.mia.sees_message("@Rob has your gift")
    assert sorted(office.states()) == ["delivered", "delivered"]


@pytest.mark.usefixtures("bot")
async def test_trouble_waits_on_the_approvers_home_tab(office: Office) -> None:
    """A failed gift can be retried where approvers look at what waits for them."""
    office.giftcards.refuse_next("insufficient_funds", 400)
    await office.asks()
    await office.approves()
    await office.ana.sees_message("needs somebody")
    home = await office.ana.opens_home()
    assert "too little money" in home.text_shown
    await office.ana.clicks("Retry", on=home, confirm=True)
    await office.delivered()


async def _let_pass(office: Office, **time: float) -> None:
    """Let time pass in steps, so that everything due in it is tried."""
    for _ in range(4):
        await office.rests()
        office.clock.turn(**{unit: amount / 3 for unit, amount in time.items()})
        await asyncio.sleep(0.05)
