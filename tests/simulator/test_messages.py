"""Messages as people meet them: commands, buttons, questions before a click, private replies, the Home tab."""

from typing import Any

import httpx
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.simulator import CannotDoThat, Kind, Slack
from tests.simulator.blocks import Json, actions, button, section, text


def hears(bot: AsyncApp, action_id: str) -> list[Json]:
    """Let the app take note of an action."""
    heard: list[Json] = []

    @bot.action(action_id)
    async def _(ack: Any, body: Json) -> None:
        heard.append(body)
        await ack()

    return heard


async def test_a_command_names_people_and_channels_by_id_and_is_answered_in_private(
    bot: AsyncApp, slack: Slack
) -> None:
    """The manifest asks for escaped mentions, and only the person who typed reads the answer."""
    ann, bob, long = (slack.add_person(name) for name in ("Ann", "Bob", "Bob Miller"))
    general = slack.add_channel("general", [ann, bob])

    @bot.command("/gift")
    async def _(ack: Any, body: Json) -> None:
        await ack(f"You said {body['text']}")

    await ann.types("/gift @Bob Miller and @Bob in #general.", general)
    reply = ann.private_replies[0]
    assert reply.text_shown == "You said @Bob Miller and @Bob in #general."
    assert f"<@{long.id}|bob.miller> and <@{bob.id}|bob>" in reply.raw
    assert not bob.private_replies
    assert not ann.channel_messages(general)


async def test_an_unknown_command_is_refused_by_slack_itself(slack: Slack) -> None:
    """Only the commands of the manifest exist."""
    with pytest.raises(CannotDoThat, match="/present is not a valid command"):
        await slack.add_person("Ann").types("/present @Bob")


async def test_shortcuts_are_chosen_by_name_anywhere_or_on_a_message(bot: AsyncApp, slack: Slack) -> None:
    """The names are those of the manifest, and the message comes along."""
    used: list[Json] = []

    @bot.shortcut("gift_from_anywhere")
    @bot.shortcut("gift_for_message")
    async def _(ack: Any, body: Json) -> None:
        used.append(body)
        await ack()

    ann, bob = slack.add_person("Ann"), slack.add_person("Bob")
    launched = await bob.says("We launched!", slack.add_channel("general", [ann, bob]))
    await ann.uses_shortcut("Send a gift")
    await ann.uses_message_shortcut("Send a gift for this", launched)
    assert [body["type"] for body in used] == ["shortcut", "message_action"]
    assert used[1]["message"]["user"] == bob.id
    with pytest.raises(CannotDoThat):
        await ann.uses_shortcut("Send a gift for this")


async def test_a_click_carries_what_slack_documents(bot: AsyncApp, slack: Slack, client: AsyncWebClient) -> None:
    """The payload names the person, the message with its blocks, the button and a response URL."""
    clicked = hears(bot, "approve")
    ann = slack.add_person("Ann")
    blocks = [section("Approve *this*?"), actions(button("Approve", value="7"), button("Decline"))]
    await client.chat_postMessage(channel=ann.id, text="?", blocks=blocks)
    card = await ann.sees_message("Approve this?")
    assert card.buttons == ["Approve", "Decline"]
    await ann.clicks("Approve")

    body = clicked[0]
    assert body["user"]["id"] == ann.id
    assert body["container"]["message_ts"] == body["message"]["ts"] == card.ts
    assert body["message"]["blocks"][1]["elements"][0]["value"] == "7"
    assert body["actions"][0]["value"] == "7"
    assert body["actions"][0]["block_id"] == body["message"]["blocks"][1]["block_id"]
    assert body["response_url"].startswith("http")


async def test_the_newest_button_is_clicked_unless_a_message_is_named(
    bot: AsyncApp, slack: Slack, client: AsyncWebClient
) -> None:
    """Two cards with the same button are told apart."""
    clicked = hears(bot, "approve")
    ann = slack.add_person("Ann")
    for number in "12":
        blocks = [actions(button("Approve", value=number))]
        await client.chat_postMessage(channel=ann.id, text=number, blocks=blocks)
    await ann.clicks("Approve")
    await ann.clicks("Approve", on=ann.messages()[0])
    assert [body["actions"][0]["value"] for body in clicked] == ["2", "1"]
    ann.patience = 0.05
    with pytest.raises(CannotDoThat, match=r"sees no button 'Decline', but .*Approve"):
        await ann.clicks("Decline")


async def test_a_button_that_asks_first_counts_only_when_confirmed(
    bot: AsyncApp, slack: Slack, client: AsyncWebClient
) -> None:
    """The dialog is Slack's: the app hears nothing until the answer is yes."""
    clicked = hears(bot, "approve")
    ann = slack.add_person("Ann")
    question = {"title": text("Sure?"), "text": text("25 GBP"), "confirm": text("Yes"), "deny": text("No")}
    blocks = [actions(button("Approve", confirm=question))]
    await client.chat_postMessage(channel=ann.id, text="?", blocks=blocks)
    await ann.clicks("Approve")
    assert ann.dialog is not None
    assert (ann.dialog.title, ann.dialog.text) == ("Sure?", "25 GBP")
    await ann.dismisses()
    assert not clicked
    await ann.clicks("Approve", confirm=True)
    assert ann.dialog is None
    assert len(clicked) == 1


async def test_an_overflow_menu_is_clicked_by_the_text_of_its_option(
    bot: AsyncApp, slack: Slack, client: AsyncWebClient
) -> None:
    """Options of the menu count as buttons."""
    clicked = hears(bot, "more")
    ann = slack.add_person("Ann")
    menu = {"type": "overflow", "action_id": "more", "options": [{"text": text("Cancel"), "value": "c"}]}
    await client.chat_postMessage(channel=ann.id, text="?", blocks=[section("Gift", accessory=menu)])
    await ann.clicks("Cancel")
    assert clicked[0]["actions"][0]["selected_option"]["value"] == "c"


async def test_a_link_button_opens_its_link_and_tells_the_app(
    bot: AsyncApp, slack: Slack, client: AsyncWebClient
) -> None:
    """Both happen, as in Slack."""
    clicked = hears(bot, "open")
    ann = slack.add_person("Ann")
    blocks = [actions(button("Open", url="https://gifts.test/1"))]
    await client.chat_postMessage(channel=ann.id, text="?", blocks=blocks)
    await ann.clicks("Open")
    assert ann.opened_links == ann.messages()[0].links == ["https://gifts.test/1"]
    assert len(clicked) == 1


async def test_a_private_reply_is_replaced_and_deleted_through_its_response_url(
    bot: AsyncApp, slack: Slack, client: AsyncWebClient
) -> None:
    """The URL works five times, on the message that was clicked."""
    clicked = hears(bot, "ok")
    ann, bob = slack.add_person("Ann"), slack.add_person("Bob")
    general = slack.add_channel("general", [ann, bob], bot_in_it=True)
    blocks = [section("Only you"), actions(button("OK"))]
    await client.chat_postEphemeral(channel=general.id, user=ann.id, text="?", blocks=blocks)
    await ann.clicks("OK")
    assert clicked[0]["container"]["is_ephemeral"] is True
    assert "message" not in clicked[0]
    url = clicked[0]["response_url"]
    async with httpx.AsyncClient() as http:
        await http.post(url, json={"replace_original": True, "text": "Done"})
        assert [reply.text_shown for reply in ann.private_replies] == ["Done"]
        await http.post(url, json={"text": "By the way"})
        await http.post(url, json={"response_type": "in_channel", "text": "For all"})
        await http.post(url, json={"delete_original": True})
        assert [reply.text_shown for reply in ann.private_replies] == ["By the way"]
        assert [message.text_shown for message in bob.channel_messages(general)] == ["For all"]
        assert (await http.post(url, json={"text": "Fifth"})).status_code == 200
        sixth = await http.post(url, json={"text": "Sixth"})
    assert (sixth.status_code, sixth.json()["error"]) == (404, "used_url")


async def test_the_home_tab_is_published_when_it_is_opened_and_its_buttons_work(bot: AsyncApp, slack: Slack) -> None:
    """The event brings the person, and the newest view wins only with the right hash."""
    clicked = hears(bot, "refresh")

    @bot.event("app_home_opened")
    async def _(event: Json, client: Any) -> None:
        view = {"type": "home", "blocks": [section("Hello"), actions(button("Refresh"))]}
        await client.views_publish(user_id=event["user"], view=view, hash=event.get("view", {}).get("hash"))

    ann = slack.add_person("Ann")
    assert ann.home is None
    home = await ann.opens_home()
    assert "Hello" in home.text_shown
    await ann.opens_home()
    await ann.clicks("Refresh")
    assert clicked[0]["container"] == {"type": "view", "view_id": home.record.id}


async def test_a_payload_can_be_altered_and_sent_by_hand(bot: AsyncApp, slack: Slack, client: AsyncWebClient) -> None:
    """Tests can claim what no screen offers."""
    clicked = hears(bot, "approve")
    ann = slack.add_person("Ann")
    blocks = [actions(button("Approve", value="1"))]
    await client.chat_postMessage(channel=ann.id, text="?", blocks=blocks)
    card = ann.messages()[0]
    approve = card.button("Approve")
    assert approve is not None
    payload = ann.payloads.button_click(card, approve)
    payload["actions"][0]["value"] = "2"
    assert await ann.sends(Kind.INTERACTIVE, payload) == {}
    assert clicked[0]["actions"][0]["value"] == "2"
