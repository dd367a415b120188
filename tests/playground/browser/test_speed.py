"""How fast it is: a message is there as soon as the bot has sent it, and a long channel stays smooth."""

import statistics
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.stage import Stage
from tests.playground.browser.hands import Page

pytestmark = pytest.mark.asyncio(loop_scope="module")

FEW, MANY = 20, 1000

# A message that carries the time of its call is timed in the frame that shows it.
WATCH = """() => {
  window.took = [];
  new MutationObserver((records) => records.forEach(({ addedNodes }) => addedNodes.forEach((node) => {
    const sent = /sent at ([0-9]+)/.exec(node.textContent);
    if (sent) requestAnimationFrame(() => took.push(Date.now() - Number(sent[1])));
  }))).observe(document.querySelector("[data-person=Mia] .messages"), { childList: true });
}"""
FRAMES = """() => {
  window.frames = [];
  let last = performance.now();
  const tick = (now) => { frames.push(now - last); last = now; requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
}"""
SHOWN = "document.querySelectorAll('[data-person=Mia] .message').length"
NEWEST = "document.querySelector('[data-person=Mia] .messages').lastElementChild.textContent"


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
    """With all of them in the channel, somebody writes and leafs back, and the frames stay short."""
    before = await page.tab.evaluate(SHOWN)
    for number in range(MANY):
        text = f":tada: *number {number}* of many, for <@{stage.company.approvers[0]}>"
        section = {"type": "section", "block_id": "1", "text": {"type": "mrkdwn", "text": text}}
        stage.simulator.slack.workspace.post(stage.company.general, text, [section])
    await until(page, f"{SHOWN} === {before + MANY}")
    await page.tab.evaluate(FRAMES)
    composer = page.tab.locator("[data-person=Mia] textarea")
    for number in range(10):
        await composer.fill(f"word {number}")
        await composer.press("Enter")
        await until(page, f"{NEWEST}.includes('word {number}')")
    await page.tab.locator("[data-person=Mia] .messages").hover()
    for _ in range(20):
        await page.tab.mouse.wheel(0, -600)
    frames = sorted(await page.tab.evaluate("frames"))
    assert statistics.median(frames) < 34
    assert frames[len(frames) * 9 // 10] < 100
