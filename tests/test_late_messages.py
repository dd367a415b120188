"""Messages that are late: what Slack does not take for a day still reaches whoever has to act, about every gift."""

import pytest

from bot.sandbox.simulator import Fault
from tests.harness.office import Office

OPEN = "conversations.open"
POST = "chat.postMessage"


async def _a_day_passes(office: Office) -> None:
    """Long enough, and with enough tries, for the worker to give up."""
    for hours in (1, 25, 1):
        await office.rests()
        office.clock.turn(hours=hours)
    await office.rests()


@pytest.mark.usefixtures("bot")
async def test_a_card_outlives_a_day_without_slack(office: Office) -> None:
    """Nobody would learn of the request otherwise: the card is tried on until Slack is back."""
    office.slack.faults.arm(OPEN, Fault.ERROR_BEFORE, times=100)
    await office.asks()
    await _a_day_passes(office)
    unposted = office.ledger.audit_events("detail", event="could not post")
    assert any(detail.startswith("card: ") for detail in unposted)
    office.slack.faults.clear()
    office.clock.turn(minutes=6)
    await office.approves()
    await office.delivered()


@pytest.mark.usefixtures("bot")
async def test_a_notice_that_is_about_to_leave_takes_one_more_gift_along(office: Office) -> None:
    """Eve's gift fails while the notice about Rob's is on its way out: Abe reads about both."""
    await office.asks("@Rob @Eve 10 GBP for the launch")
    await office.abe.sees_message("would like to thank")
    office.giftcards.refuse_next("not_found", 404, times=2)
    office.slack.faults.arm(OPEN, Fault.SLOW, times=10, seconds=0.3)
    await office.approves()
    await office.until("failed")
    await office.finishes()
    told = " ".join(message.text_shown for message in office.abe.messages())
    assert "@Rob: the gift card service refused the order" in told
    assert "@Eve: the gift card service refused the order" in told


async def test_a_notice_that_was_given_up_holds_back_no_later_one(office: Office) -> None:
    """The channel takes nothing for a day, so each approver is told; the next trouble is told in the channel again."""
    async with office.open(giftbot_approvals_channel=office.approvals.id):
        office.giftcards.refuse_next("insufficient_funds", 400, times=2)
        await office.asks()
        await office.abe.sees("would like to thank")
        office.slack.faults.arm(POST, Fault.RATE_LIMITED, times=100)
        await office.approves()
        await office.until("failed")
        await _a_day_passes(office)
        office.slack.faults.clear()
        office.clock.turn(minutes=6)
        notice = await office.abe.sees_message("needs somebody")
        await office.abe.clicks("Retry", on=notice, confirm=True)
        await office.ana.sees_message("needs somebody")
        await office.finishes()
        assert "needs somebody" in office.slack.messages(office.approvals)[-1].text_shown
