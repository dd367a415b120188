"""The story as one person plays it on the page: what everybody sees, and what happens behind the scenes."""

import asyncio
import json
import time
from html import unescape
from urllib.parse import urlsplit

import pytest

from bot.sandbox.playground.environment import Stage
from bot.sandbox.simulator.giftcards.runa.api import RunaApi
from tests.playground.visitor import Json, Visitor


async def test_a_gift_from_asking_to_redeeming(visitor: Visitor, stage: Stage) -> None:
    """Asked, approved, ordered once, delivered, opened and redeemed, and its whole life is behind the scenes."""
    card = await visitor.asks_for_a_gift("@Rob 25 GBP thank you for the launch")
    assert (await visitor.clicks("Abe", card, "approve"))["ok"]
    link = await visitor.link_of("Rob")
    await visitor.sees("Mia", "has your gift")
    (gift,) = visitor.gifts.values()
    await visitor.until(lambda: visitor.gifts[gift["id"]]["state"] == "delivered")
    (gift,) = visitor.gifts.values()
    assert (gift["amount"], gift["note"], gift["ahead"]) == ("£25.00", "thank you for the launch", ["claimed"])
    assert [step["say"] for step in gift["line"]] == ["asked", "approved", "ordered", "delivered"]
    assert [step["by"] for step in gift["line"]] == [visitor.person("Mia"), visitor.person("Abe"), None, None]
    assert [line["event"] for line in visitor.history] == [
        "change policy",
        "request",
        "approve",
        "approve",
        "place",
        "deliver",
    ]
    await visitor.until(lambda: not visitor.left)

    async with visitor.session.get(visitor.origin + reward(visitor, link)) as response:
        page = await response.text()
        assert (response.status, "25 GBP" in page, "Redeem" in page) == (200, True, True)
    async with visitor.session.post(visitor.origin + reward(visitor, link), headers=own(visitor)) as response:
        page = await response.text()
        assert (response.status, "has been redeemed" in page, "Redeem<" in page) == (200, True, False)
    (order,) = await visitor.until(lambda: [one for one in visitor.orders.values() if one["status"] == "CLAIMED"])
    assert (order["value"], order["asked"]) == ("25 GBP", 1)
    assert isinstance(stage.simulator.giftcards, RunaApi)
    assert stage.simulator.giftcards.payout(link).status == "CLAIMED"


def reward(visitor: Visitor, link: str) -> str:
    """Where the page leads whoever clicks a link."""
    parts = urlsplit(link)
    assert parts.hostname in visitor.snapshot["reward_hosts"]
    return f"/reward{parts.path}"


def own(visitor: Visitor) -> dict[str, str]:
    """What a browser says of a form on our own page."""
    return {"Origin": visitor.origin}


@pytest.mark.parametrize("provider", ["wegift"])
async def test_a_contract_without_redeeming_says_so(visitor: Visitor) -> None:
    """The older contract's links open a page as well, which has no button."""
    card = await visitor.asks_for_a_gift()
    await visitor.clicks("Abe", card, "approve")
    path = reward(visitor, await visitor.link_of("Rob"))
    assert not visitor.snapshot["redeemable"]
    async with visitor.session.post(visitor.origin + path, headers=own(visitor)) as response:
        page = await response.text()
        assert "This contract has no redeeming" in page
        assert "<button" not in page


async def test_the_link_is_shown_to_its_recipient_alone(visitor: Visitor, stage: Stage) -> None:
    """Of all that the page was told, the secret is in one message of Rob's; tokens and keys are nowhere."""
    card = await visitor.asks_for_a_gift()
    await visitor.clicks("Abe", card, "approve")
    secret = (await visitor.link_of("Rob")).rpartition("/")[2]
    await visitor.sees("Mia", "has your gift")
    await visitor.until(lambda: [call for call in visitor.calls if "spend.runa.test/…" in call["arguments"]])
    holding = [told for told in visitor.heard if secret in json.dumps(told)]
    assert {(told["is"], told["message"]["channel"]) for told in holding} == {
        ("message", visitor.channel("Giftbot", of="Rob"))
    }
    slack = stage.simulator.slack
    for token in (slack.bot_token, slack.app_token, slack.signing_secret, stage.simulator.giftcards.api_key):
        assert token not in json.dumps([visitor.snapshot, *visitor.heard])


async def test_two_approvers_at_once(visitor: Visitor, stage: Stage) -> None:
    """Both click in the same moment: one order, and the other is told who was faster."""
    card = await visitor.asks_for_a_gift()
    other = await visitor.sees("Ana", '"action_id": "approve"')
    await asyncio.gather(visitor.clicks("Abe", card, "approve"), visitor.clicks("Ana", other, "approve"))
    await visitor.link_of("Rob")
    late = await visitor.until(lambda: [*visitor.views.get(visitor.person("Abe"), []), *_of(visitor, "Ana")])
    assert "This has been decided already" in json.dumps(late)
    assert len(stage.simulator.giftcards.orders) == 1


def _of(visitor: Visitor, who: str) -> list[Json]:
    return list(visitor.views.get(visitor.person(who), []))


async def test_a_decline_with_a_reason(visitor: Visitor, stage: Stage) -> None:
    """The form asks why, Mia reads it, and nothing is ordered."""
    card = await visitor.asks_for_a_gift()
    await visitor.clicks("Abe", card, "decline")
    form = await visitor.sees_modal("Abe", "Decline the gift")
    (block,) = [block for block in form["view"]["blocks"] if block["type"] == "input"]
    values = {block["block_id"]: {block["element"]["action_id"]: "Not this month."}}
    await visitor.does("submits", "Abe", view=form["id"], values=values)
    assert "Not this month." in json.dumps(await visitor.sees("Mia", "Declined by"))
    (gift,) = await visitor.until(lambda: [gift for gift in visitor.gifts.values() if gift["state"] == "cancelled"])
    assert [step["say"] for step in gift["line"]] == ["asked", "declined", "not ordered"]
    assert stage.simulator.giftcards.orders == []


async def test_a_form_that_is_not_right_yet(visitor: Visitor) -> None:
    """What Slack misses and what the bot refuses stand under their fields, and what was filled in stays."""
    await visitor.does("types", "Mia", channel=visitor.channel("general"), text="/gift")
    form = await visitor.sees_modal("Mia", "Send a gift")
    fields = {block["block_id"]: block["element"] for block in form["view"]["blocks"] if block["type"] == "input"}
    values = {"recipients": [], "amount": "25"}
    await visitor.does("submits", "Mia", view=form["id"], values=_values(fields, values))
    (shown,) = await visitor.until(lambda: [view for view in _of(visitor, "Mia") if view["errors"]])
    assert shown["errors"]["recipients"] == "Please complete this required field."
    values = {"recipients": [visitor.person("Mia")], "amount": "9999", "note": "thanks"}
    await visitor.does("submits", "Mia", view=form["id"], values=_values(fields, values))
    (shown,) = await visitor.until(lambda: [view for view in _of(visitor, "Mia") if "amount" in view["errors"]])
    assert shown["version"] == form["version"]
    assert shown["filled"]["note"][fields["note"]["action_id"]]["value"] == "thanks"
    values |= {"recipients": [visitor.person("Rob")], "amount": "25"}
    await visitor.does("submits", "Mia", view=form["id"], values=_values(fields, values))
    await visitor.sees_modal("Mia", "Gift asked for")


def _values(fields: dict[str, Json], values: Json) -> Json:
    return {name: {fields[name]["action_id"]: value} for name, value in values.items()}


HOSTILE = "<script>alert(1)</script> <javascript:alert(1)|click> *bold* &amp;"


async def test_a_hostile_note_reaches_people_as_text(visitor: Visitor) -> None:
    """What somebody types into a note or a channel comes back as the characters that were typed."""
    await visitor.does("types", "Mia", channel=visitor.channel("general"), text=HOSTILE)
    said = await visitor.sees("Rob", "alert(1)")
    assert "<" not in said["message"]["text"]
    assert unescape(said["message"]["text"]) == HOSTILE
    card = await visitor.asks_for_a_gift(f"@Rob 25 GBP {HOSTILE}")
    texts = [block["text"] for block in card["message"]["blocks"] if "text" in block]
    assert [text["type"] for text in texts if "alert(1)" in text["text"]] == ["plain_text"]


async def test_shortcuts_home_and_what_is_read(visitor: Visitor) -> None:
    """The two shortcuts open the form, the Home tab fills itself, and what somebody has read stays read."""
    await visitor.does("shortcut", "Mia", callback_id="gift_from_anywhere")
    await visitor.does("closes", "Mia", view=(await visitor.sees_modal("Mia", "Send a gift"))["id"])
    said = await visitor.sees("Mia", "the first 100 orders")
    await visitor.does("shortcut", "Mia", callback_id="gift_for_message", channel=said["channel"], ts=said["ts"])
    form = await visitor.sees_modal("Mia", "Send a gift")
    assert visitor.person("Rob") in json.dumps(form["view"]["blocks"])
    await visitor.does("opens_home", "Mia")
    await visitor.until(lambda: "not asked for a gift yet" in json.dumps(visitor.homes.get(visitor.person("Mia"))))
    await visitor.does("types", "Rob", channel=said["channel"], text="Thank you, @Eve!")
    new = await visitor.sees("Mia", "Thank you, <@")
    assert visitor.person("Eve") in new["message"]["text"]
    await visitor.does("reads", "Mia", channel=new["channel"], ts=new["ts"])
    async with Visitor.at(f"{visitor.origin}/?token=none", visitor.session) as again:
        read = again.snapshot["read"]
        assert read[visitor.person("Mia")][new["channel"]] == read[visitor.person("Rob")][new["channel"]] == new["ts"]
        assert read[visitor.person("Eve")][new["channel"]] < new["ts"]
        assert again.views == visitor.views
        assert again.messages == visitor.messages


async def test_nonsense_is_answered_with_a_sentence(visitor: Visitor) -> None:
    """A page that is out of date is told so, whatever it asks."""
    unknown, no_switch = "The playground does not know what that means.", "There is no such switch."
    nonsense = {
        '{"id": 901, "do": "dances", "as": "U1"}': unknown,
        '{"id": 902, "do": "types", "as": "U0NOBODY", "channel": "C1", "text": "x"}': unknown,
        '{"id": 903, "do": "types", "as": "U0NOBODY", "channel": "C1"}': unknown,
        '{"id": 904, "do": "switch", "name": "everything", "on": true}': no_switch,
        "[]": unknown,
    }
    for text in nonsense:
        await visitor.says(text)
    answers = await visitor.until(
        lambda: said if len(said := [one for one in visitor.heard if "ok" in one]) > 4 else []
    )
    assert {answer["id"] for answer in answers} == {901, 902, 903, 904, 0}
    for answer, say in zip(sorted(answers, key=lambda one: one["id"] or 999), nonsense.values(), strict=True):
        assert not answer["ok"]
        assert answer["say"].startswith(say)


async def test_what_slack_says_when_the_app_is_not_there(visitor: Visitor, stage: Stage) -> None:
    """While the bot is dead every act has Slack's own sentence, and the page says how the bot is."""
    card = await visitor.asks_for_a_gift()
    await stage.keeper.kill()
    await visitor.until(lambda: visitor.state == "dead")
    general = visitor.channel("general")
    answer = await visitor.asks("types", "Mia", channel=general, text="/gift")
    assert answer["say"] == "/gift failed because the app did not respond."
    assert (await visitor.clicks("Abe", card, "approve"))["say"] == "The app did not respond. Try again?"
    answer = await visitor.asks("types", "Mia", channel=general, text="/nothing")
    assert answer["say"] == "/nothing is not a valid command."
    await stage.keeper.start()
    assert (await visitor.clicks("Abe", card, "approve"))["ok"]
    await visitor.link_of("Rob")


async def test_a_message_is_there_at_once_among_a_thousand(visitor: Visitor, stage: Stage) -> None:
    """After 1,000 messages the next is told within 100 ms of the call, alone and not with the others."""
    workspace = stage.simulator.slack.workspace
    for number in range(1000):
        workspace.post(stage.company.general, f"message {number}", [])
    await visitor.until(lambda: len(visitor.messages) > 1000)
    heard = len(visitor.heard)
    waits = []
    for number in range(5):
        began = time.perf_counter()
        workspace.post(stage.company.general, f"one more {number}", [])
        await visitor.until(lambda number=number: f"one more {number}" in json.dumps(visitor.heard[heard:]))  # type: ignore[misc]
        waits.append(time.perf_counter() - began)
    assert min(waits) < 0.1
    assert len([told for told in visitor.heard[heard:] if told["is"] == "message"]) == 5
