"""The story by clicking: asked, approved, received and redeemed, declined, corrected, and killed in the middle."""

import re

import pytest
from playwright.async_api import expect

from bot.sandbox.playground.environment import Stage
from tests.playground.browser.hands import PATIENCE, Page

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_gift_is_asked_for_approved_received_and_redeemed(page: Page) -> None:
    """Mia types /gift as it is completed, Abe approves after a question, Rob opens his gift and redeems it."""
    mia, abe, rob = page.mia, page.abe, page.rob
    steps = page.tab.get_by_role("region", name="The story in four steps").get_by_role("listitem")
    await mia.composer.press_sequentially("/g")
    await page.tab.get_by_role("option", name="/gift").click()
    await mia.composer.press_sequentially("@Ro")
    await page.tab.keyboard.press("Enter")
    await mia.composer.press_sequentially("25 GBP thank you for the launch")
    await page.tab.keyboard.press("Enter")
    await expect(mia.modal).to_have_accessible_name("Send a gift")
    await expect(mia.modal.get_by_role("button", name="Remove Rob")).to_be_visible()
    await expect(mia.modal.get_by_label("Amount each")).to_have_value("25")
    await expect(mia.modal.get_by_role("combobox", name="Country")).to_have_value("United Kingdom (GBP)")
    await mia.modal.get_by_role("combobox", name="Announce in").click()
    await page.tab.get_by_role("option", name="#general").click()
    await mia.modal.get_by_role("button", name="Ask", exact=True).click()
    await expect(mia.modal).to_have_accessible_name("Gift asked for")
    await mia.modal.locator("footer").get_by_role("button", name="Close").click()

    card = await abe.sees("@Mia would like to thank @Rob with a gift of £25.00.", "thank you for the launch")
    await abe.clicks("Approve", card)
    await expect(abe.question).to_contain_text("This orders 1 gift for £25.00 right away.")
    await abe.confirms("Approve")

    gift = await rob.sees("@Mia thanks you with a gift of £25.00.")
    await abe.sees("Approved by @Abe", "(edited)")
    await expect(card.get_by_role("button", name="Approve")).to_have_count(0)
    await mia.sees("@Mia thanked @Rob with a gift.")
    await expect(mia.column.get_by_role("button", name="Giftbot 2 unread")).to_be_visible()
    async with page.tab.expect_popup() as popup:
        await gift.get_by_role("link", name="Open your gift").click()
    reward = await popup.value
    await reward.get_by_role("button", name="Redeem").click()
    await expect(reward.get_by_text("redeemed")).to_be_visible()
    await expect(steps.filter(has_text="done")).to_have_count(4)


async def test_two_approvers_at_once_make_one_order(page: Page, stage: Stage) -> None:
    """Abe and Ana are both asked whether they are sure; one is faster, the other is told who it was."""
    orders = len(stage.simulator.giftcards.orders)
    await page.mia.asks("for two approvers")
    await page.seats("Ana", page.rob)
    await page.abe.clicks("Approve", await page.abe.sees("for two approvers"))
    await page.ana.clicks("Approve", await page.ana.sees("for two approvers"))
    await page.abe.confirms("Approve")
    await page.abe.sees("for two approvers", "Approved by @Abe")
    await page.ana.confirms("Approve")
    await expect(page.ana.modal).to_contain_text("Approved by @Abe")
    await page.tab.keyboard.press("Escape")
    await page.seats("Rob", page.ana)
    await page.rob.sees("for two approvers", "thanks you with a gift")
    assert len(stage.simulator.giftcards.orders) == orders + 1


async def test_a_decline_gives_its_reason(page: Page, stage: Stage) -> None:
    """Abe says why in a form, which does not take an empty answer; Mia reads it, and nothing is ordered."""
    orders = len(stage.simulator.giftcards.orders)
    await page.mia.asks("for the party")
    await page.abe.clicks("Decline", await page.abe.sees("for the party"))
    await page.abe.modal.get_by_role("button", name="Decline").click()
    reason = page.abe.modal.get_by_label("Reason")
    await expect(reason).to_be_focused()
    await expect(reason).to_have_accessible_description(re.compile("Please complete .* The requester reads it."))
    await reason.fill("Parties have a budget of their own.")
    await page.abe.modal.get_by_role("button", name="Decline").click()
    await expect(page.abe.modal).to_have_count(0)
    await page.mia.goes_to("Giftbot")
    await page.mia.sees("Declined by @Abe", "Parties have a budget of their own.")
    assert len(stage.simulator.giftcards.orders) == orders


async def test_what_is_wrong_stands_under_its_field(page: Page) -> None:
    """Slack's complaint and the bot's stand where they belong, and what was filled in stays filled in."""
    modal = page.mia.modal
    await page.mia.types("/gift 9999 GBP for everything")
    await modal.get_by_role("button", name="Ask", exact=True).click()
    recipients = modal.get_by_role("combobox", name="Recipients")
    await expect(recipients).to_be_focused()
    await expect(recipients).to_have_attribute("aria-invalid", "true")
    await expect(modal).to_contain_text("Please complete this required field.")
    await recipients.fill("ro")
    await page.tab.keyboard.press("Enter")
    await modal.get_by_role("button", name="Ask", exact=True).click()
    amount = modal.get_by_label("Amount each")
    await expect(amount).to_be_focused()
    await expect(amount).to_have_attribute("aria-invalid", "true")
    await expect(recipients).to_have_attribute("aria-invalid", "false")
    await expect(modal.get_by_label("Note")).to_have_value("for everything")
    await amount.fill("20")
    await modal.get_by_role("button", name="Ask", exact=True).click()
    await expect(modal).to_contain_text("Your gift for @Rob is asked for.")
    await page.tab.keyboard.press("Escape")
    await expect(modal).to_have_count(0)


async def test_a_bot_that_is_killed_in_the_middle_of_an_order_orders_once(page: Page, stage: Stage) -> None:
    """The service makes the order, the bot is dead before it hears of it, and Rob still gets one gift."""
    orders = len(stage.simulator.giftcards.orders)
    promises = await page.looks("See the promises kept")
    switch = promises.get_by_role("switch", name="Kill -9 in the middle of the next order")
    await switch.click()
    await expect(switch).to_be_checked()
    await page.mia.asks("for the power cut")
    await page.abe.approves("for the power cut")
    await page.rob.sees("for the power cut", "thanks you with a gift")
    await expect(switch).not_to_be_checked()
    assert len(stage.simulator.giftcards.orders) == orders + 1
    await expect(page.rob.messages.filter(has_text="for the power cut")).to_have_count(1)
    backstage = await page.looks("Behind the scenes", "Orders")
    await expect(backstage.get_by_role("row").nth(1)).to_contain_text("2 times", timeout=PATIENCE)
