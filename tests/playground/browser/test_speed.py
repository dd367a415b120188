"""How fast it is: a message is there as soon as the bot has sent it, and a long channel stays smooth."""

import statistics
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.playground.environment import Stage
from tests.playground.browser.hands import Page

pytestmark = pytest.mark.asyncio(loop_scope="session")

FEW, MANY = 20, 1000
A_BLINK = 0.15  # seconds of its work on a busy machine; drawing everything anew would take three times as long

# A message that carries the time of its call is timed in the frame that shows it.
WATCH = """() => {
  window.took = [];
  new MutationObserver((records) => records.forEach(({ addedNodes }) => addedNodes.forEach((node) => {
    const sent = /sent at ([0-9]+)/.exec(node.textContent);
    if (sent) requestAnimationFrame(() => took.push(Date.now() - Number(sent[1])));
  }))).observe(document.querySelector("[data-person=Mia] .message-list"), { childList: true });
}"""
SHOWN = "document.querySelectorAll('[data-person=Mia] .message').length"
NEWEST = "document.querySelector('[data-person=Mia] .message-list').lastElementChild.textContent"


async def until(page: Page, condition: str) -> Any:
    """Wait in the page itself, frame by frame: questions from outside would slow down what is measured."""
    look = f"const look = () => {condition} ? resolve() : requestAnimationFrame(look); look();"
    return await page.tab.evaluate(f"() => new Promise((resolve) => {{ {look} }})")


async def test_a_message_is_on_the_screen_within_a_tenth_of_a_second(page: Page, stage: Stage) -> None:
    """From the bot's call over HTTP to the frame that shows it."""
    slack = stage.simulator.slack
    client = AsyncWebClient(slack.bot_token, base_url=slack.base_url)
    await page.tab.evaluate(WATCH)
    for number in range(1, FEW + 1):
        now = await page.tab.evaluate("Date.now()")
        await client.chat_postMessage(channel=stage.company.general.id, text=f"number {number} sent at {now}")
        await until(page, f"took.length === {number}")
    assert statistics.median(await page.tab.evaluate("took")) < 100


async def test_a_thousand_messages_stay_smooth(page: Page, stage: Stage) -> None:
    """With all of them in the channel, one more, and leafing back, is too little work for anybody to notice.

    The browser's processor time is counted, because a busy machine has long frames whatever the page does.
    """
    before = await page.tab.evaluate(SHOWN)
    for number in range(MANY):
        text = f":tada: *number {number}* of many, for <@{stage.company.approvers[0]}>"
        section = {"type": "section", "block_id": "1", "text": {"type": "mrkdwn", "text": text}}
        stage.simulator.slack.workspace.post(stage.company.general, text, [section])
    await until(page, f"{SHOWN} === {before + MANY}")
    browser = await page.tab.context.new_cdp_session(page.tab)
    await browser.send("Performance.enable", {"timeDomain": "threadTicks"})

    async def worked() -> float:
        metrics = (await browser.send("Performance.getMetrics"))["metrics"]
        return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))

    began = await worked()
    for number in range(FEW):
        stage.simulator.slack.workspace.post(stage.company.general, f"word {number}", [])
        await until(page, f"{NEWEST}.includes('word {number}')")
    shown = await worked()
    await page.tab.locator("[data-person=Mia] .messages").hover()
    for _ in range(FEW):
        await page.tab.mouse.wheel(0, -600)
        await page.tab.evaluate("() => new Promise(requestAnimationFrame)")
    leafed = await worked()
    assert (shown - began) / FEW < A_BLINK
    assert (leafed - shown) / FEW < A_BLINK
