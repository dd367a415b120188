"""The promises put to the test: each switch does what it says, says what came of it, and one gift stays one gift."""

import asyncio

import pytest

from bot.sandbox.playground.environment import Stage
from tests.playground.visitor import Json, Visitor


async def gift(visitor: Visitor, stage: Stage, who: str = "Rob") -> None:
    """A gift is asked for, approved and delivered to somebody who had none, with one order and one message."""
    orders = len(stage.simulator.giftcards.orders)
    card = await visitor.asks_for_a_gift(f"@{who} 25 GBP thank you")
    await visitor.clicks("Abe", card, "approve")
    link = await visitor.link_of(who)
    await visitor.until(
        lambda: {gift["state"] for gift in visitor.gifts.values()} == {"delivered"} and not visitor.left
    )
    recipient = next(person for person in stage.company.people.values() if person.name == who)
    assert [message.links for message in recipient.messages() if message.links] == [[link]]
    assert len(stage.simulator.giftcards.orders) == orders + 1


async def said(visitor: Visitor, name: str, words: str) -> Json:
    """Wait until a switch says something."""
    return await visitor.until(lambda: switch if words in (switch := visitor.switches[name])["said"] else None)


ASKED_TWICE = "2 times in all: there is 1 order."
WRONG = {
    "orders": {
        "lose_order_reply": ("The order was made, and its reply was lost", ASKED_TWICE),
        "order_429": ("had too much to do, and made no order", ASKED_TWICE),
        "order_500": ("The order was made, and answered with an error", ASKED_TWICE),
    },
    "messages": {
        "lose_gift_reply": ("Slack's reply was lost", "found it in the conversation, and did not send it again"),
        "post_429": ("Slack had too much to do, and showed nothing", "The bot sent it again: there is 1 message."),
        "post_500": ("The message was shown, and answered with an error", "there is 1 message."),
    },
}


@pytest.mark.parametrize("what", WRONG)
async def test_a_call_goes_wrong(visitor: Visitor, stage: Stage, what: str) -> None:
    """Each switch waits, has its moment once, tells how the bot found its way, and can be put on again."""
    for (name, (happened, verdict)), who in zip(WRONG[what].items(), ["Rob", "Eve", "Ana"], strict=True):
        await visitor.does("switch", name=name, on=True)
        await visitor.until(lambda name=name: visitor.switches[name]["state"] == "on")  # type: ignore[misc]
        await gift(visitor, stage, who)
        switch = await said(visitor, name, verdict)
        assert happened in switch["said"]
        assert (switch["kind"], switch["state"]) == ("fault", "happened")
    await visitor.does("switch", name=name, on=True)
    await visitor.until(lambda: (visitor.switches[name]["state"], visitor.switches[name]["said"]) == ("on", ""))


async def test_a_switch_that_is_taken_back(visitor: Visitor, stage: Stage) -> None:
    """Put off again before its moment, a switch changes nothing."""
    for on in (True, False):
        await visitor.does("switch", name="lose_order_reply", on=on)
    await gift(visitor, stage)
    assert [order["asked"] for order in visitor.orders.values()] == [1]
    assert visitor.switches["lose_order_reply"]["state"] == "off"


async def test_late_links(visitor: Visitor, stage: Stage) -> None:
    """The order is confirmed without a link, and the bot asks again; put off, the link is there."""
    await visitor.does("switch", name="late_links", on=True)
    card = await visitor.asks_for_a_gift()
    await visitor.clicks("Abe", card, "approve")
    await said(visitor, "late_links", "1 order has been confirmed without a link")
    await visitor.until(lambda: [work for work in visitor.work if work["task"] == "deliver" and work["tries"]])
    await visitor.does("switch", name="late_links", on=False)
    await visitor.link_of("Rob")
    assert len(stage.simulator.giftcards.orders) == 1


async def test_the_bot_dies_in_the_middle_of_an_order(visitor: Visitor, stage: Stage) -> None:
    """Killed between the order and its reply, it comes back, asks with the same key and delivers once."""
    await visitor.does("switch", name="kill_while_ordering", on=True)
    first = visitor.snapshot["bot"]["pid"]
    await gift(visitor, stage)
    await said(visitor, "kill_while_ordering", "2 times in all: there is 1 order.")
    assert stage.keeper.process_id != first
    await visitor.until(lambda: visitor.state == "connected")


async def test_the_bot_is_killed_and_goes_on(visitor: Visitor, stage: Stage) -> None:
    """Killed twice at once it is started once; what was asked before can be approved afterwards."""
    card = await visitor.asks_for_a_gift()
    first = visitor.snapshot["bot"]["pid"]
    await asyncio.gather(*(visitor.does("switch", name="kill", on=True) for _ in range(2)))
    await said(visitor, "kill", "goes on with its list")
    assert stage.keeper.process_id != first
    await visitor.clicks("Abe", card, "approve")
    await visitor.link_of("Rob")
    assert len(stage.simulator.giftcards.orders) == 1


async def test_the_connection_is_dropped(visitor: Visitor) -> None:
    """Both sockets break; the bot is back by itself, and everybody reaches it again."""
    await visitor.does("switch", name="drop_socket", on=True)
    await said(visitor, "drop_socket", "the bot was back after")
    await visitor.asks_for_a_gift()


async def test_the_clock_is_moved_for_everybody(visitor: Visitor, stage: Stage) -> None:
    """A month later messages, the record and the bot's own list are of that day: what nobody decided has expired."""
    await visitor.asks_for_a_gift()
    await visitor.does("switch", name="clock_30", on=True)
    expired = await visitor.sees("Abe", "Expired")
    await visitor.does("switch", name="clock_1", on=True)
    assert stage.clock.ahead == 31 * 86400
    card = await visitor.asks_for_a_gift("@Rob 25 GBP a month later")
    await visitor.clicks("Abe", card, "approve")
    await visitor.link_of("Rob")
    await visitor.until(lambda: [line for line in visitor.history if line["event"] == "deliver"])
    _, asked, *_, delivered = visitor.history
    assert 31 * 86400 < delivered["at"] - asked["at"] < 31 * 86400 + 60
    newest = max(float(ts) for _, ts in visitor.messages)
    assert newest - float(expired["ts"]) > 31 * 86400
    assert [told["clock"]["ahead"] for told in visitor.heard if told["is"] == "clock"][-1] == 31 * 86400
    killed = await visitor.does("switch", name="kill", on=True)
    assert killed["ok"]
    await visitor.asks_for_a_gift("@Eve 10 GBP for later")
    assert visitor.history[-1]["at"] > delivered["at"]
