"""Orders of which nobody knows whether they were made: none is ever made twice, and none is given up for lost."""

import json

import httpx
import pytest

from bot.giftcards.runa.adapter import VERSION
from bot.sandbox.simulator import Answer, Fault, Kind, Person, ShownMessage
from bot.sandbox.simulator.giftcards.runa.api import RunaApi
from tests.harness.office import Office

CREATE = "POST /order"
LIST = "GET /order"


@pytest.fixture(params=["runa", "wegift"])
def provider(request: pytest.FixtureRequest) -> str:
    """All of this is told of both services."""
    service: str = request.param
    return service


def typed(status: int, kind: str, *, is_done: bool = False) -> Answer:
    """An error in the contract's own shape."""
    return Answer(status, json.dumps({"type": kind, "message": "No.", "help": "…"}), is_done=is_done)


REFUSALS = {
    "401": typed(401, "unauthorized"),
    "403": typed(403, "forbidden"),
    "403 of the account": typed(403, "ordering_restricted"),
    "410": typed(410, "version_removed"),
    "422": typed(422, "validation_error"),
    "no money": typed(400, "insufficient_funds"),
    "no money, as 402": typed(402, "insufficient_funds"),
    "the card": typed(400, "payment_method_unavailable"),
    "another body": typed(400, "idempotency_validation_error"),
    "a type of tomorrow": typed(409, "something_new"),
    "a gateway's": Answer(403, '{"type": "about:blank", "title": "Forbidden"}', "application/problem+json"),
    "a gateway's 422": Answer(422, '{"type": "validation_error", "title": "No"}', "application/problem+json"),
    "a page": Answer(401, "<html>Please log in</html>", "text/html"),
    "429": Answer(429, '{"error": "too fast"}'),
    "500 for ever": typed(500, "internal_server_error"),
}
NO_WORD = ["401", "403", "410", "a type of tomorrow", "a gateway's", "a page"]


def keys(office: Office) -> set[str]:
    """Every key that was ever sent."""
    return {call.arguments["idempotency_key"] for call in office.giftcards.calls if call.name == CREATE}


def reserved(office: Office) -> list[int]:
    """What each gift has reserved in the budgets, in minor units."""
    return office.ledger.gifts("reserved_minor")


def record(office: Office, event: str) -> list[tuple[str, str]]:
    """Who did something of a kind, and what is on the record about it."""
    return office.ledger.audit_events("actor", "detail", event=event)


def told(people: list[Person]) -> str:
    """Everything that these people have read."""
    return "\n".join(message.text_shown for person in people for message in person.messages())


async def in_trouble(who: Person) -> ShownMessage:
    """The newest notice about trouble that somebody has."""
    return await who.sees_message("needs somebody")


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
async def test_a_refusal_after_a_lost_reply_is_no_word_about_the_order(office: Office, refusal: Answer) -> None:
    """For half an hour everything is refused: the gift does not fail, its money stays reserved, its key stays one."""
    office.giftcards.faults.arm(CREATE, Fault.REPLY_LOST)
    refused = office.giftcards.faults.arm(CREATE, refusal, times=1000)
    await office.asks()
    await office.approves()
    await office.lets_pass(6, minutes=5)
    if office.simulator.provider == "runa":  # whose list has it
        await office.delivered()
    else:
        assert set(office.states()) <= {"approved", "needs_review"}
    assert reserved(office) == [2500]
    assert "nothing was ordered" not in told([office.mia, office.abe, office.ana])
    assert "new request" not in told([office.mia, office.abe, office.ana])

    office.giftcards.faults.disarm(CREATE, refused)
    await office.lets_pass(2, minutes=5)
    if office.states() == ["needs_review"]:
        await office.abe.clicks("Retry", confirm=True)
    await office.delivered()
    assert len(office.giftcards.orders) == len(keys(office)) == 1
    assert record(office, "fail") == []


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("name", NO_WORD)
async def test_an_order_that_is_made_behind_a_refusal_at_the_gate_is_not_made_again(office: Office, name: str) -> None:
    """What is answered by a gateway, or is about us, says nothing about the order even as a key's first answer."""
    refusal = REFUSALS[name]
    made = Answer(refusal.status, refusal.body, refusal.content_type, is_done=True)
    office.giftcards.faults.arm(CREATE, made, times=3)
    await office.asks()
    await office.approves()
    await office.lets_pass(8, minutes=5)
    if office.states() == ["needs_review"]:
        await office.abe.clicks("Retry", confirm=True)
    await office.delivered()
    assert len(office.giftcards.orders) == len(keys(office)) == 1
    assert record(office, "fail") == []


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("provider", ["runa"], indirect=True)
async def test_a_refusal_counts_once_the_list_lacks_the_order(office: Office) -> None:
    """The first try never arrived: a quarter of an hour later it is certain, and then the service's no is one."""
    office.giftcards.faults.arm(CREATE, Fault.ERROR_BEFORE)
    office.giftcards.faults.arm(CREATE, REFUSALS["no money"], times=12)
    await office.asks()
    await office.approves()
    await office.lets_pass(2, minutes=5)
    assert office.states() == ["approved"]
    assert reserved(office) == [2500]
    await office.lets_pass(4, minutes=5)
    trouble = await in_trouble(office.abe)
    assert "the account at the gift card service has too little money" in trouble.text_shown
    assert office.states() == ["failed"]
    assert reserved(office) == [0]
    office.giftcards.faults.clear()
    await office.abe.clicks("Retry", confirm=True)
    await office.delivered()
    assert (len(office.giftcards.orders), len(keys(office))) == (1, 2)


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("provider", ["runa"], indirect=True)
async def test_a_late_order_is_found_before_another_attempt_is_sent(office: Office) -> None:
    """It came through after all, when the gift had failed already: Retry finds it, and sends nothing."""
    office.giftcards.faults.arm(CREATE, Fault.ERROR_BEFORE)
    refused = office.giftcards.faults.arm(CREATE, typed(400, "bad_request"), times=1000)
    await office.asks()
    await office.approves()
    await office.lets_pass(5, minutes=5)
    assert office.states() == ["failed"]
    office.giftcards.faults.disarm(CREATE, refused)
    await arrives_late(office)
    sent = len(office.giftcards.requests)
    await office.abe.clicks("Retry", confirm=True)
    await office.delivered()
    assert len(office.giftcards.requests) == sent
    assert len(office.giftcards.orders) == 1


async def arrives_late(office: Office) -> None:
    """What was sent first was on its way all the time, and reaches the service only now."""
    assert isinstance(office.giftcards, RunaApi)
    first = next(call for call in office.giftcards.calls if call.name == CREATE)
    headers = {
        "X-Api-Key": office.giftcards.api_key,
        "X-Api-Version": VERSION,
        "X-Idempotency-Key": first.arguments["idempotency_key"],
        "X-Execution-Mode": "sync",
    }
    async with httpx.AsyncClient(headers=headers) as http:
        await http.post(f"{office.giftcards.base_url}/order", content=office.giftcards.requests[0])
    assert len(office.giftcards.orders) == 1


# ---------------------------------------------------------------- a person looks


async def stays_unknown(office: Office) -> None:
    """Ask for a gift and approve it; an hour later nobody knows whether it was ordered."""
    office.giftcards.faults.arm(LIST, Fault.ERROR_BEFORE, times=10_000)
    office.giftcards.faults.arm(CREATE, REFUSALS["422"], times=10_000)
    await office.asks()
    await office.approves()
    while office.states() != ["needs_review"]:
        await office.lets_pass(1, minutes=4)


@pytest.mark.usefixtures("bot")
async def test_after_an_hour_without_certainty_people_are_told(office: Office) -> None:
    """Mia and Abe read that nobody knows; neither of them reads that there is no order."""
    office.giftcards.faults.arm(CREATE, Fault.ERROR_BEFORE)
    await stays_unknown(office)
    trouble = await in_trouble(office.abe)
    assert "has refused to say more since then; the order may exist" in trouble.text_shown
    assert trouble.buttons == ["Retry", "Order anew", "Close"]
    notice = await in_trouble(office.mia)
    assert "the gift card service does not say whether it made the order" in notice.text_shown
    assert notice.buttons == []
    assert reserved(office) == [2500]


@pytest.mark.usefixtures("bot")
async def test_an_approver_who_looked_can_order_anew(office: Office) -> None:
    """Abe states that there is no order, in words that stay on the record; then one is made, under a new key."""
    office.giftcards.faults.arm(CREATE, Fault.ERROR_BEFORE)
    await stays_unknown(office)
    office.giftcards.faults.clear()
    await office.abe.clicks("Order anew")
    form = await office.abe.sees_modal("Order the gift anew")
    assert "a second one is a second gift that is paid" in form.text
    await office.abe.fills({"Where you looked, and what you saw": "the dashboard, no order since Monday"})
    await office.abe.submits()
    assert form.errors, "Slack takes no form without the statement"
    await states_that_there_is_none(office)
    assert office.abe.modal
    assert "The last try was only just now" in office.abe.modal.text
    assert office.states() == ["needs_review"]
    await office.abe.closes()

    office.clock.turn(minutes=15)
    await office.abe.clicks("Order anew")
    await states_that_there_is_none(office)
    await office.delivered()
    ((actor, detail),) = record(office, "order anew")
    assert actor == office.abe.id
    assert detail == "has looked, and there is no order: the dashboard, no order since Monday"
    assert (len(office.giftcards.orders), len(keys(office))) == (1, 2)


async def states_that_there_is_none(office: Office) -> None:
    """Fill in the form, and submit it."""
    await office.abe.fills(
        {
            "Your statement": ["I looked at the gift card service: there is no such order."],
            "Where you looked, and what you saw": "the dashboard, no order since Monday",
        }
    )
    await office.abe.submits()


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("provider", ["runa"], indirect=True)
async def test_a_person_s_mistake_is_noticed_where_there_is_a_list(office: Office) -> None:
    """The order was made, and Abe states that it was not: the bot looks as well before it sends anything."""
    office.giftcards.faults.arm(CREATE, Fault.REPLY_LOST)
    await stays_unknown(office)
    office.giftcards.faults.clear()
    office.clock.turn(minutes=15)
    await office.abe.clicks("Order anew")
    await states_that_there_is_none(office)
    await office.delivered()
    assert len(office.giftcards.orders) == len(keys(office)) == 1


@pytest.mark.usefixtures("bot")
async def test_nobody_orders_a_gift_of_their_own_anew(office: Office) -> None:
    """It asks for the same right as Approve, and so does closing."""
    office.giftcards.faults.arm(CREATE, Fault.ERROR_BEFORE)
    await stays_unknown(office)
    trouble = await in_trouble(office.abe)
    for label in ("Order anew", "Close"):
        button = trouble.button(label)
        assert button
        await office.mia.sends(Kind.INTERACTIVE, office.mia.payloads.button_click(trouble, button))
        await office.mia.sees_modal("Giftbot")
        await office.mia.closes()
    assert office.states() == ["needs_review"]


# ---------------------------------------------------------------- a person closes it


async def closes(office: Office, *, is_unspent: bool = False) -> str:
    """Abe closes the gift, perhaps with a statement about its money; what the form says about its order."""
    await office.abe.clicks("Close")
    form = await office.abe.sees_modal("Close the gift")
    if is_unspent:
        await office.abe.fills({"Its money": ["I looked at the gift card service: no money is spent."]})
    await office.abe.fills({"Reason": "Rob has changed teams"})
    await office.abe.submits()
    await office.until("cancelled")
    return form.text


@pytest.mark.usefixtures("bot")
async def test_a_gift_that_failed_can_be_closed(office: Office) -> None:
    """Also one without Retry: it leaves every list, its requester reads why, and its money is free."""
    office.giftcards.refuse_next("validation_error", 422)
    await office.asks()
    await office.approves()
    trouble = await in_trouble(office.abe)
    assert trouble.buttons == ["Close"]
    assert "Nothing was ordered for it" in await closes(office)
    news = await office.mia.sees_message("closed your gift")
    assert "@Abe closed your gift of £25.00 for @Rob: nothing more comes of it." in news.text_shown
    assert "Rob has changed teams" in news.text_shown
    await office.finishes()
    assert f"closed by @{office.abe.name}" in trouble.text_shown
    assert trouble.buttons == []
    home = await office.ana.opens_home()
    assert "need somebody" not in home.text_shown
    await office.mia.types("/gift status")
    await office.mia.sees("closed for @Rob")
    assert record(office, "close") == [(office.abe.id, "nothing was ordered, its money is free: Rob has changed teams")]
    assert reserved(office) == [0]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("is_unspent", [False, True])
async def test_the_money_of_an_order_that_may_exist_stays_counted(office: Office, is_unspent: bool) -> None:  # noqa: FBT001 - a table's column
    """Unless whoever closes the gift has looked, and states that none is spent; the form says that it may be."""
    office.giftcards.faults.arm(CREATE, Fault.ERROR_BEFORE)
    await stays_unknown(office)
    assert "An order for it may exist" in await closes(office, is_unspent=is_unspent)
    money = "its money is free" if is_unspent else "its money stays counted"
    assert record(office, "close") == [(office.abe.id, f"the order may exist, {money}: Rob has changed teams")]
    assert reserved(office) == ([0] if is_unspent else [2500])


@pytest.mark.usefixtures("bot")
async def test_a_gift_whose_order_exists_can_be_closed(office: Office) -> None:
    """Rob cannot be written to any more, ever: the form says that the order is paid."""
    await office.asks()
    await office.abe.sees_message("would like to thank")
    office.slack.workspace.deactivate(office.rob.id)
    await office.approves()
    await in_trouble(office.abe)
    assert "Its order exists and is paid" in await closes(office)
    assert record(office, "close")[0][1].startswith("the order exists, its money stays counted")
    assert reserved(office) == [2500]


@pytest.mark.usefixtures("bot")
async def test_a_gift_is_closed_once_and_not_without_a_reason(office: Office) -> None:
    """Two approvers at it: the second is told; what is closed cannot be retried."""
    office.giftcards.refuse_next("bad_request", 400)
    await office.asks()
    await office.approves()
    await in_trouble(office.abe)
    home = await office.ana.opens_home()
    await office.abe.clicks("Close", on=await office.abe.opens_home())
    await office.abe.fills({"Reason": "   "})
    await office.abe.submits()
    assert office.abe.modal
    assert "in words" in str(office.abe.modal.errors)
    await office.abe.fills({"Reason": "no longer needed"})
    await office.abe.submits()
    await office.until("cancelled")
    await office.ana.clicks("Retry", on=home, confirm=True)
    notice = await office.ana.sees_modal("Giftbot")
    assert "There is nothing to retry or to close" in notice.text
    assert office.states() == ["cancelled"]
