"""Slack does not open a modal: whoever acted reads that in private, with what they typed, and nothing is used up."""

import json

import pytest

from bot.sandbox.simulator import Answer, Fault, Kind
from tests.harness.office import Office, eventually

OPEN, RESPOND, EPHEMERAL = "views.open", "response_url", "chat.postEphemeral"
REFUSALS: dict[str, Fault | Answer] = {
    "expired": Answer(200, json.dumps({"ok": False, "error": "expired_trigger_id"})),
    "too many": Fault.RATE_LIMITED,
    "broken": Fault.ERROR_BEFORE,
    "made wrongly": Answer(200, json.dumps({"ok": False, "error": "invalid_arguments"})),
}
in_every_way = pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
pytestmark = pytest.mark.usefixtures("bot")


@in_every_way
async def test_the_form_does_not_open(office: Office, refusal: Fault | Answer) -> None:
    """Mia reads what she typed, in private where she typed it; typing it again opens the form."""
    office.slack.faults.arm(OPEN, refusal)
    await office.mia.types("/gift @Rob 25 GBP thanks & all <3")
    await eventually(lambda: bool(office.mia.private_replies))
    (reply,) = office.mia.private_replies
    assert reply.text_shown == (
        "Slack did not open the form. Please try again. You typed: /gift @Rob 25 GBP thanks & all <3"
    )
    assert office.mia.messages() == []
    await office.asks()


async def test_where_the_response_url_is_no_good_it_is_said_in_the_channel(office: Office) -> None:
    """Only Abe reads it there; in a channel that the bot is not in, it comes as a direct message."""
    office.slack.faults.arm(OPEN, Fault.ERROR_BEFORE, times=2)
    office.slack.faults.arm(RESPOND, Fault.ERROR_BEFORE, times=2)
    await office.abe.types("/gift @Rob 25 GBP thanks", office.approvals)
    await eventually(lambda: bool(office.abe.private_replies))
    assert "You typed: /gift @Rob 25 GBP thanks" in office.abe.private_replies[0].text_shown
    assert office.slack.messages(office.approvals) == []
    await office.abe.types("/gift @Eve 25 GBP thanks", office.general)
    await office.abe.sees_message("You typed: /gift @Eve 25 GBP thanks")


@in_every_way
async def test_the_form_of_a_decision_does_not_open(office: Office, refusal: Fault | Answer) -> None:
    """Abe reads that he has to click again, beside his card, which stays as it is."""
    await office.asks()
    await office.abe.sees_message("would like to thank")
    for button in ("Decline", "Note or lower amount"):
        office.slack.faults.arm(OPEN, refusal)
        await office.abe.clicks(button)
    await eventually(lambda: len(office.abe.private_replies) == 2)
    assert all("Please click again." in reply.text_shown for reply in office.abe.private_replies)
    assert office.abe.messages()[0].buttons == ["Approve", "Decline", "Note or lower amount"]
    await office.approves()
    await office.delivered()


async def test_a_late_click_is_told_by_whom_it_was_decided(office: Office) -> None:
    """Ana approves what Abe has just approved: she reads so, although Slack does not open a window."""
    await office.asks()
    click = await office.approval(office.ana)
    await office.approves()
    office.slack.faults.arm(OPEN, REFUSALS["expired"])
    await office.ana.sends(Kind.INTERACTIVE, click)
    await eventually(lambda: bool(office.ana.private_replies))
    assert (
        "This has been decided already. :white_check_mark: Approved by @Abe" in office.ana.private_replies[0].text_shown
    )


async def test_on_the_home_tab_it_is_said_by_direct_message(office: Office) -> None:
    """Neither a response URL nor a channel comes with a click there."""
    home = await office.mia.opens_home()
    office.slack.faults.arm(OPEN, REFUSALS["expired"])
    await office.mia.clicks("Show the rules", on=home)
    assert "Please click again." in (await office.mia.sees_message("did not open")).text_shown


async def test_a_shortcut_says_so_by_direct_message(office: Office) -> None:
    """A global shortcut comes from nowhere."""
    office.slack.faults.arm(OPEN, REFUSALS["expired"])
    await office.mia.uses_shortcut("Send a gift")
    await office.mia.sees_message("Slack did not open the form. Please try again.")


@in_every_way
async def test_a_link_that_nobody_saw_uses_up_nothing(office: Office, refusal: Fault | Answer) -> None:
    """Four windows do not open: Rob's allowance of the day is whole, and the record has no link that was shown."""
    await office.asks()
    await office.approves()
    link = await office.delivered()
    office.slack.faults.arm(OPEN, refusal, times=4)
    for _ in range(4):
        await office.rob.clicks("Get the link anew")
    await eventually(lambda: len(office.rob.private_replies) == 4)
    assert not any(link in reply.text_shown for reply in office.rob.private_replies)
    assert not office.ledger.audit_events(event="show again")
    for _ in range(3):
        await office.rob.clicks("Get the link anew")
        await eventually(lambda: bool(office.rob.modal and office.rob.modal.links))
        await office.rob.closes()
    await office.rob.clicks("Get the link anew")
    assert "3 times a day at most" in (await office.rob.sees_modal("Giftbot")).text
    assert len(office.ledger.audit_events(event="show again")) == 3
