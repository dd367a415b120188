"""Pointing at things by their ids, as a page does: the app gets what it gets from a person who reads."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from bot.sandbox.simulator import CannotDoThat, Pointer, Slack
from tests.simulator.blocks import Json, actions, button, field, modal, options

WHO = field("Who", {"type": "multi_users_select", "max_selected_items": 2})
AMOUNT = field("Amount", {"type": "number_input", "is_decimal_allowed": False, "max_value": "500"})
COUNTRY = field("Country", {"type": "static_select", "options": options("Britain", "Canada")}, optional=True)
PRODUCT = field("Product", {"type": "external_select"}, dispatch_action=True, optional=True)
DAY = field("Day", {"type": "datepicker"}, optional=True)
PLACE = field("Place", {"type": "conversations_select"}, optional=True)
TERMS = field("Terms", {"type": "checkboxes", "options": options("Anonymous", "Public")}, optional=True)
GIFT = modal("Gift", WHO, AMOUNT, COUNTRY, PRODUCT, DAY, PLACE, TERMS)


async def form(bot: AsyncApp, slack: Slack, view: Json = GIFT) -> tuple[Pointer, str]:
    """A person in front of a modal, and its id."""

    @bot.command("/gift")
    async def _(ack: Any, body: Json, client: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    ann = slack.add_person("Ann")
    await ann.types("/gift")
    assert ann.modal
    return Pointer(slack.workspace, ann), ann.modal.record.id


def key(label: str) -> tuple[str, str]:
    """The place of a field of `blocks.field`."""
    return label.lower(), label.lower()


async def test_a_form_is_submitted_with_the_ids_that_a_page_holds(bot: AsyncApp, slack: Slack) -> None:
    """People, options, channels and dates by their ids; what the app offers is asked of it; a null empties."""
    submitted: list[Json] = []

    @bot.view("gift")
    async def _(ack: Any, body: Json) -> None:
        submitted.append(body["view"]["state"]["values"])
        await ack()

    @bot.options("product")
    async def _(ack: Any, payload: Json) -> None:
        await ack(options=options(f"{payload['value']} one"))

    chosen: list[Json] = []

    @bot.action("product")
    async def _(ack: Any, payload: Json) -> None:
        chosen.append(payload["selected_option"])
        await ack()

    hand, view_id = await form(bot, slack)
    bob, general = slack.add_person("Bob"), slack.add_channel("general", [hand.person])
    view = hand.view(view_id)
    offered = (await hand.searches(view, key("Product"), "book"))["options"]
    assert offered[0]["text"]["text"] == "book one"
    await hand.fills(view, key("Product"), offered[0])
    assert [option["value"] for option in chosen] == ["book one"]
    await hand.fills(view, key("Amount"), "7")
    values = {
        "Who": [bob.id],
        "Amount": "25",
        "Country": "canada",
        "Day": "2030-01-31",
        "Place": general.id,
        "Terms": ["public"],
    }
    await hand.submits(view_id, {key(label): value for label, value in values.items()})
    assert hand.person.modal is None
    (state,) = submitted
    assert state["who"]["who"]["selected_users"] == [bob.id]
    assert state["amount"]["amount"]["value"] == "25"
    assert state["country"]["country"]["selected_option"] == options("Canada")[0]
    assert state["product"]["product"]["selected_option"]["value"] == "book one"
    assert state["day"]["day"]["selected_date"] == "2030-01-31"
    assert state["place"]["place"]["selected_conversation"] == general.id
    assert state["terms"]["terms"]["selected_options"] == options("Public")


@pytest.mark.parametrize(
    ("label", "value", "complaint"),
    [
        ("Amount", "501", "501 is more than 500"),
        ("Amount", "many", "'many' is no number"),
        ("Amount", ["1"], "this does not fit"),
        ("Who", ["U0NOBODY00"], "nobody has the id U0NOBODY00"),
        ("Country", "france", "'france' is not offered"),
        ("Product", {"text": {"type": "plain_text", "text": "my own"}, "value": "x"}, "is not offered"),
        ("Day", "tomorrow", "'tomorrow' is no date"),
        ("Place", "C0NOWHERE0", "'C0NOWHERE0' is not offered"),
    ],
)
async def test_what_does_not_fit_is_said_under_the_field(
    bot: AsyncApp, slack: Slack, label: str, value: Any, complaint: str
) -> None:
    """The form stays, with the complaint where Slack shows it, and the app is not asked."""
    hand, view_id = await form(bot, slack)
    with pytest.raises(CannotDoThat, match=complaint):
        await hand.fills(hand.view(view_id), key(label), value)
    await hand.submits(view_id, {key("Who"): [hand.person.id], key("Amount"): "1", key(label): value})
    assert hand.person.modal
    assert complaint in hand.person.modal.errors[label]


async def test_required_fields_are_asked_for_as_ever(bot: AsyncApp, slack: Slack) -> None:
    """An emptied field that must not be empty is named, and the others' complaints stand beside it."""
    hand, view_id = await form(bot, slack)
    await hand.submits(view_id, {key("Who"): [], key("Amount"): "x"})
    assert hand.person.modal
    assert hand.person.modal.errors.keys() == {"Who", "Amount"}


async def test_a_button_is_clicked_by_its_ids_where_the_person_sees_it(bot: AsyncApp, slack: Slack) -> None:
    """A message is found by channel and ts, by those only who see it; who was still being asked can be too late."""
    clicked: list[str] = []

    @bot.action("yes")
    async def _(ack: Any, payload: Json) -> None:
        clicked.append(payload["value"])
        await ack()

    ann, bob = slack.add_person("Ann"), slack.add_person("Bob")
    card = {"type": "actions", "block_id": "b", "elements": [button("Yes", value="42")]}
    await bot.client.chat_postMessage(channel=ann.id, text="?", blocks=[card])
    message = ann.messages()[0]
    hand = Pointer(slack.workspace, ann)
    await hand.clicks(hand.message(message.record.channel, message.ts), ("b", "yes"))
    assert clicked == ["42"]
    await bot.client.chat_update(channel=message.record.channel, ts=message.ts, text="too late", blocks=[])
    await hand.clicks(hand.message(message.record.channel, message.ts), ("b", "yes"))
    assert clicked == ["42", "42"]
    with pytest.raises(CannotDoThat, match="no longer on your screen"):
        await hand.clicks(hand.message(message.record.channel, message.ts), ("b", "no"))
    with pytest.raises(CannotDoThat, match="no longer on your screen"):
        Pointer(slack.workspace, bob).message(message.record.channel, message.ts)


async def test_an_overflow_menu_is_clicked_at_an_option(bot: AsyncApp, slack: Slack) -> None:
    """The option is named by its value."""
    clicked: list[str] = []

    @bot.action("more")
    async def _(ack: Any, payload: Json) -> None:
        clicked.append(payload["selected_option"]["value"])
        await ack()

    ann = slack.add_person("Ann")
    menu = {"type": "overflow", "action_id": "more", "options": options("Edit", "Remove")}
    await bot.client.chat_postMessage(channel=ann.id, text="?", blocks=[{**actions(menu), "block_id": "b"}])
    hand = Pointer(slack.workspace, ann)
    message = ann.messages()[0]
    await hand.clicks(hand.message(message.record.channel, message.ts), ("b", "more"), "remove")
    assert clicked == ["remove"]


async def test_only_the_modal_on_top_can_be_submitted_or_closed(bot: AsyncApp, slack: Slack) -> None:
    """A page that is behind is told so."""
    hand, view_id = await form(bot, slack)
    await hand.closes(view_id)
    assert hand.person.modal is None
    with pytest.raises(CannotDoThat, match="no longer on your screen"):
        await hand.closes(view_id)
    with pytest.raises(CannotDoThat, match="no longer on your screen"):
        await hand.submits(view_id, {})


async def test_shortcuts_are_chosen_by_their_callback_id(bot: AsyncApp, slack: Slack) -> None:
    """Of the manifest's, the global ones anywhere and the others on a message."""
    used: list[tuple[str, str | None]] = []

    @bot.shortcut("gift_from_anywhere")
    @bot.shortcut("gift_for_message")
    async def _(ack: Any, body: Json) -> None:
        used.append((body["callback_id"], body.get("message_ts")))
        await ack()

    ann = slack.add_person("Ann")
    said = await ann.says("done", slack.add_channel("general", [ann]))
    hand = Pointer(slack.workspace, ann)
    await hand.uses_shortcut("gift_from_anywhere")
    await hand.uses_shortcut("gift_for_message", said)
    assert used == [("gift_from_anywhere", None), ("gift_for_message", said.ts)]
    with pytest.raises(CannotDoThat, match="no such shortcut"):
        await hand.uses_shortcut("gift_for_message")
