"""Deciding: who may, who was first, and what everybody is told."""

import asyncio
import json

import pytest

from bot.sandbox.simulator import Kind, Person
from tests.harness.office import Office, eventually


async def _told(person: Person, words: str) -> None:
    """Somebody is told something in a modal of their own."""
    assert words in (await person.sees_modal("Giftbot")).text
    await person.closes()


@pytest.mark.usefixtures("bot")
async def test_a_double_click_approves_once(office: Office) -> None:
    """Two clicks on the same button make one order, and the second is told that it is decided."""
    await office.asks()
    card = await office.abe.sees_message("would like to thank")
    button = card.button("Approve")
    assert button
    clicks = [office.abe.payloads.button_click(card, button) for _ in range(2)]
    await asyncio.gather(*(office.abe.sends(Kind.INTERACTIVE, click) for click in clicks))
    await _told(office.abe, "Approved by @Abe")
    await office.until("delivered")
    assert len(office.giftcards.orders) == 1
    assert len(office.ledger.audit_events(event="approve", gift_id=None)) == 1


@pytest.mark.usefixtures("bot")
async def test_of_two_approvers_at_once_one_wins(office: Office) -> None:
    """Abe approves and Ana declines in the same moment: one outcome, and the other is told who and when."""
    await office.asks()
    await office.ana.clicks("Decline")
    await office.ana.sees_modal("Decline the gift")
    await office.ana.fills({"Reason": "not this month"})
    await asyncio.gather(office.approves(), office.ana.submits())
    ((state, decided_by),) = office.ledger.requests("state", "decided_by")
    assert (state, decided_by) in {("approved", office.abe.id), ("declined", office.ana.id)}
    loser, words = (office.ana, "Approved by @Abe") if state == "approved" else (office.abe, "Declined by @Ana")
    assert words in (await loser.sees_modal("Giftbot")).text
    await office.rests()
    assert len(office.giftcards.orders) == (state == "approved")


@pytest.mark.usefixtures("bot")
async def test_a_late_click_is_told_who_decided_and_when(office: Office) -> None:
    """A click on a card that was decided meanwhile changes nothing and says so privately."""
    await office.asks()
    card = await office.ana.sees_message("would like to thank")
    button = card.button("Approve")
    assert button
    stale = office.ana.payloads.button_click(card, button)
    await office.approves()
    await office.delivered()
    await office.ana.sends(Kind.INTERACTIVE, stale)
    await _told(office.ana, "This has been decided already. :white_check_mark: Approved by @Abe, ")
    assert len(office.giftcards.orders) == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mia", "You asked for this gift, so somebody else has to decide about it."),
        ("rob", "This gift is for you, so somebody else has to decide about it."),
        ("eve", "Only an approver can decide about gifts. You are not on the list of approvers."),
    ],
)
@pytest.mark.parametrize("button", ["Approve", "Decline"])
async def test_whoever_may_not_decide_is_refused_privately(office: Office, name: str, words: str, button: str) -> None:
    """Requester, recipient and outsiders, though they see the card, change nothing, and that they tried is recorded."""
    approvals = office.slack.add_channel("open-approvals", [office.mia, office.rob, office.eve], bot_in_it=True)
    person: Person = getattr(office, name)
    approvers = f"{office.abe.id},{office.mia.id},{office.rob.id}"
    async with office.open(giftbot_approvals_channel=approvals.id, giftbot_approvers=approvers):
        await office.asks()
        await person.sees("would like to thank")
        await person.clicks(button, confirm=button == "Approve")
        await _told(person, words)
        assert office.states() == ["waiting"]
        assert office.giftcards.requests == []
        assert office.refusals() == [(person.id, words)]
        assert len(office.slack.messages(approvals)) == 1


@pytest.mark.usefixtures("bot")
async def test_an_approver_who_receives_is_not_even_asked(office: Office) -> None:
    """A gift for Ana, who approves, stays a surprise: only Abe gets the card."""
    await office.asks("@Ana 25 GBP for the audit")
    await office.abe.sees_message("would like to thank")
    await office.rests()
    assert office.ana.messages() == []


@pytest.mark.usefixtures("bot")
async def test_a_request_that_nobody_could_approve_is_not_taken(office: Office) -> None:
    """When every approver is among requester and recipients, the form says so and nothing is kept."""
    await office.abe.types("/gift @Ana 25 GBP for the audit")
    await office.abe.sees_modal("Send a gift")
    await office.abe.submits()
    assert office.abe.modal
    assert "Nobody is left who could approve this" in office.abe.modal.errors["Recipients"]
    assert office.states() == []


@pytest.mark.usefixtures("bot")
async def test_a_decline_needs_a_reason_and_gives_it_to_the_requester(office: Office) -> None:
    """Ana declines with her reason, Mia reads it, both cards show it, and nothing is ordered."""
    await office.asks()
    await office.ana.clicks("Decline")
    form = await office.ana.sees_modal("Decline the gift")
    assert "@Mia for @Rob, £25.00" in form.text
    await office.ana.fills({"Reason": "   "})
    await office.ana.submits()
    assert "Please say why" in form.errors["Reason"]
    await office.ana.fills({"Reason": "The budget is spent <!channel>"})
    await office.ana.submits()
    notice = await office.mia.sees_message("Declined by @Ana")
    assert "The budget is spent <!channel>" in notice.text_shown
    assert "Nothing was ordered." in notice.text_shown
    await office.rests()
    for approver in (office.abe, office.ana):
        (card,) = approver.messages()
        assert "Declined by @Ana" in card.text_shown
        assert card.buttons == []
    assert "<!channel>" not in json.loads(notice.raw)["text"]
    assert office.states() == ["cancelled"]
    assert office.giftcards.requests == []


@pytest.mark.usefixtures("bot")
async def test_the_requester_cancels_while_it_is_pending(office: Office) -> None:
    """Mia takes her request back in /gift status; the cards lose their buttons, and nobody can approve any more."""
    await office.asks()
    card = await office.abe.sees_message("would like to thank")
    button = card.button("Approve")
    assert button
    stale = office.abe.payloads.button_click(card, button)
    await office.mia.types("/gift status")
    await office.mia.clicks("Cancel request", confirm=True)
    await office.mia.sees("Cancelled by @Mia")
    await office.abe.sees("Cancelled by @Mia")
    await office.abe.sends(Kind.INTERACTIVE, stale)
    await _told(office.abe, "Cancelled by @Mia")
    assert office.states() == ["cancelled"]


@pytest.mark.usefixtures("bot")
async def test_somebody_else_cannot_cancel(office: Office) -> None:
    """A cancel button with another person's request in it is refused."""
    await office.asks()
    await office.mia.types("/gift status")
    (reply,) = office.mia.private_replies
    button = reply.button("Cancel request")
    assert button
    forged = office.mia.payloads.button_click(reply, button)
    forged["user"]["id"] = office.eve.id
    forged["trigger_id"] = office.slack.workspace.triggers.issue(office.eve.id)
    await office.eve.sends(Kind.INTERACTIVE, forged)
    words = "Only the person who asked for a gift can cancel it."
    await _told(office.eve, words)
    assert office.refusals() == [(office.eve.id, words)]
    assert office.states() == ["waiting"]


@pytest.mark.usefixtures("bot")
async def test_requests_wait_on_the_home_tab_with_the_same_buttons(office: Office) -> None:
    """Abe finds the request on his Home tab, approves it there, and it is gone from the list."""
    await office.asks()
    home = await office.abe.opens_home()
    assert "Waiting for you" in home.text_shown
    assert "@Mia for @Rob: £25.00" in home.text_shown
    await office.abe.clicks("Approve", on=home, confirm=True)
    await office.delivered()
    await eventually(lambda: bool(office.abe.home and "Waiting for you" not in office.abe.home.text_shown))
    await office.rests()
    mine = await office.mia.opens_home()
    assert "delivered to @Rob" in mine.text_shown


async def test_cards_wait_through_a_restart(office: Office) -> None:
    """A card that was posted before a restart is approved after it."""
    async with office.open():
        await office.asks()
        await office.abe.sees_message("would like to thank")
    async with office.open():
        await office.approves()
        await office.delivered()
    assert len(office.giftcards.orders) == 1


async def test_an_approver_who_lost_the_right_meanwhile_is_refused(office: Office) -> None:
    """The list of approvers counts as it is when the button is clicked, not when the card was posted."""
    async with office.open():
        await office.asks()
        await office.abe.sees_message("would like to thank")
    async with office.open(giftbot_approvers=office.ana.id):
        await office.approves(office.abe)
        await _told(office.abe, "You are not on the list of approvers.")
        assert office.states() == ["waiting"]


@pytest.mark.usefixtures("bot")
async def test_nothing_is_asked_of_approvers_who_are_all_gone(office: Office) -> None:
    """Abe has left and Ana is a guest now: Mia reads so at once, and once Ana is back her request is accepted."""
    await office.slack.deactivate(office.abe)
    await office.slack.becomes_guest(office.ana)
    await office.mia.types("/gift @Rob 25 GBP thanks")
    await office.mia.submits()
    assert office.mia.modal
    told = str(office.mia.modal.errors)
    assert "Too few people are left who could approve this: " in told
    assert "Abe is deactivated" in told
    assert "Ana is a guest" in told
    assert "Those who run giftbot have to name other approvers." in told
    office.ana.user.is_restricted = False
    office.clock.turn(minutes=6)
    await office.mia.submits()
    await office.approves(office.ana)
    await office.delivered()


@pytest.mark.usefixtures("bot")
async def test_approvers_whom_slack_does_not_look_up_are_no_reason_to_refuse(office: Office) -> None:
    """Slack does not say who Abe and Ana are: Mia's request is accepted as on any day."""
    approvers = {office.abe.id, office.ana.id}
    office.slack.refuses("users.info", "internal_error", times=2, only=lambda given: given["user"] in approvers)
    await office.asks()
    await office.approves()
    await office.delivered()
