"""What goes wrong between the bot, Slack and the gift card service, and never makes a second order or message."""

import asyncio

import pytest

from bot.sandbox.simulator import AppDidNotRespond, Fault, Moment, Pending
from tests.harness.office import Office


@pytest.fixture(params=["runa", "wegift"])
def provider(request: pytest.FixtureRequest) -> str:
    """All of this is told of both services."""
    service: str = request.param
    return service


CREATE = "POST /order"
LINKS = "GET /order/{id}/links"  # WeGift's way to the link
DETAILS = "GET /order/{id}"  # Runa's, after the first one went wrong
POST = "chat.postMessage"


@pytest.mark.usefixtures("bot")
async def test_an_order_whose_reply_is_lost_is_asked_for_again_under_its_key(office: Office) -> None:
    """The service did the work and its reply is lost: the same bytes go out again, and there is one order."""
    office.giftcards.faults.arm(CREATE, Fault.REPLY_LOST)
    await office.asks()
    await office.approves()
    await office.delivered()
    first, second = office.giftcards.requests
    assert first == second
    assert len(office.giftcards.orders) == 1


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("fault", [Fault.ERROR_BEFORE, Fault.ERROR_AFTER, Fault.RATE_LIMITED])
@pytest.mark.parametrize("call", [CREATE, LINKS, DETAILS])
async def test_an_error_of_the_service_is_waited_out(office: Office, call: str, fault: Fault) -> None:
    """A 429 or 500, before or after the work, costs time and nothing else."""
    office.giftcards.faults.arm(call, fault)
    await office.asks()
    await office.approves()
    await office.rests()
    office.clock.turn(seconds=6)
    await office.delivered()
    assert len(office.giftcards.orders) == 1
    assert len(set(office.giftcards.requests)) == 1


@pytest.mark.usefixtures("bot")
async def test_a_slow_order_holds_up_nobody(office: Office) -> None:
    """The order for Rob is answered only after Eve has her gift, which was asked for later; then he has his as well."""
    began, may_be_answered = asyncio.Event(), asyncio.Event()

    async def holds_the_first(call: str, moment: Moment) -> None:
        if (call, moment) == (CREATE, Moment.BEFORE) and not began.is_set():
            began.set()
            await may_be_answered.wait()

    office.giftcards.faults.watcher = holds_the_first
    try:
        await office.asks()
        await office.approves()
        await began.wait()
        await office.asks("@Eve 10 GBP thanks")
        await office.approves()
        await office.delivered(office.eve)
        assert office.rob.messages() == []
    finally:
        may_be_answered.set()
    await office.delivered(office.rob)
    assert len(office.giftcards.requests) == 2


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("shown_as", list(Pending))
async def test_a_late_link_is_asked_for_until_it_is_there(office: Office, shown_as: Pending) -> None:
    """The order is placed and its link takes a few looks, in each of the forms in which a service says so."""
    office.giftcards.links_after(polls=2, shown_as=shown_as)
    await office.asks()
    await office.approves()
    await office.until("ordered")
    await office.mia.types("/gift status")
    await office.mia.sees("ordered, on its way to @Rob")
    for _ in range(3):
        await office.rests()
        office.clock.turn(seconds=10)
    await office.delivered()
    assert len(office.giftcards.orders) == 1


@pytest.mark.usefixtures("bot")
async def test_a_message_whose_reply_is_lost_is_found_and_not_repeated(office: Office) -> None:
    """Slack posted Rob's message and the reply is lost: the bot looks it up, and Rob has one message."""
    await office.asks()
    await office.abe.sees_message("would like to thank")
    await office.ana.sees_message("would like to thank")
    office.giftcards.links_after(polls=1)  # so that Mia's notice is posted first
    await office.approves()
    await office.mia.sees_message("Approved by @Abe")
    office.slack.faults.arm(POST, Fault.REPLY_LOST)
    office.clock.turn(seconds=5)
    await office.delivered()
    await office.rests()
    assert office.states() == ["ordered"]
    office.clock.turn(seconds=5)
    await office.until("delivered")
    assert len(office.rob.messages()) == 1
    assert [call.name for call in office.slack.calls].count("conversations.history") == 1


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("fault", list(Fault))
async def test_every_message_arrives_once_whatever_slack_does(office: Office, fault: Fault) -> None:
    """Each of the messages of a gift goes wrong once, and everybody still reads each of them once."""
    await office.asks()
    await office.abe.sees_message("would like to thank")
    await office.ana.sees_message("would like to thank")
    office.slack.faults.arm(POST, fault, times=3, seconds=0.05)
    office.slack.faults.arm("conversations.open", fault, seconds=0.05)
    office.slack.faults.arm("chat.update", fault, times=2, seconds=0.05)
    await office.approves()
    async with asyncio.timeout(10):
        while office.ledger.has_jobs_that_end():
            await office.rests()
            office.clock.turn(seconds=5)
            await asyncio.sleep(0.02)
    assert len(office.rob.messages()) == 1
    assert sum("Approved by @Abe" in message.text_shown for message in office.mia.messages()) == 1
    assert sum("has your gift" in message.text_shown for message in office.mia.messages()) == 1
    assert all(card.buttons == [] for card in [*office.abe.messages(), *office.ana.messages()])
    assert len(office.giftcards.orders) == 1


async def test_a_second_copy_of_a_card_decides_nothing_twice(office: Office) -> None:
    """A channel's card whose reply is lost is posted again; the copy nobody knew of loses its buttons when clicked."""
    async with office.open(giftbot_approvals_channel=office.approvals.id):
        office.slack.faults.arm(POST, Fault.REPLY_LOST)
        await office.asks()
        await office.abe.sees("would like to thank")
        await office.rests()
        office.clock.turn(seconds=5)
        await office.rests()
        unknown, known = office.slack.messages(office.approvals)
        await office.abe.clicks("Approve", on=unknown, confirm=True)
        await office.delivered()
        await office.rests()
        assert [card.buttons for card in office.slack.messages(office.approvals)] == [[], []]
        assert "Approved by @Abe" in known.text_shown
    assert len(office.giftcards.orders) == 1


@pytest.mark.usefixtures("bot")
async def test_an_envelope_delivered_twice_counts_once(office: Office) -> None:
    """Slack delivers a submission and an approval twice each: one request, one order."""
    await office.mia.types("/gift @Rob 25 GBP thanks")
    await office.mia.sees_modal("Send a gift")
    office.slack.socket_mode.deliver_twice()
    await office.mia.submits()
    office.slack.socket_mode.deliver_twice()
    await office.approves()
    await office.delivered()
    await office.rests()
    assert len(office.ledger.requests()) == 1
    assert len(office.giftcards.orders) == 1
    assert len(office.rob.messages()) == 1


@pytest.mark.usefixtures("bot")
async def test_a_dropped_socket_comes_back(office: Office) -> None:
    """The connection drops, the bot connects again, and the next click is heard."""
    await office.asks()
    await office.abe.sees_message("would like to thank")
    office.slack.socket_mode.drop_socket()
    await office.slack.socket_mode.connected(timeout=10)
    await office.approves()
    await office.delivered()


async def test_nothing_is_shown_as_accepted_that_is_not_kept(office: Office) -> None:
    """While the bot is away Slack shows an error, and nobody believes that the gift was approved."""
    async with office.open():
        await office.asks()
        await office.abe.sees_message("would like to thank")
    with pytest.raises(AppDidNotRespond):
        await office.approves()
    assert office.states() == ["waiting"]
