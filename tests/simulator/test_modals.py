"""A form as people meet it: opened, filled in by label, refused, corrected, stacked and closed."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from bot.sandbox.simulator import AppDidNotRespond, CannotDoThat, Slack
from tests.simulator.blocks import Json, field, modal, options

PEOPLE = field("Recipients", {"type": "multi_users_select"})
AMOUNT = field("Amount", {"type": "number_input", "is_decimal_allowed": False, "max_value": "500"})
COUNTRY = field("Country", {"type": "static_select", "options": options("Britain", "Canada")})
NOTE = field("Note", {"type": "plain_text_input", "max_length": 10}, optional=True)
DAY = field("Day", {"type": "datepicker", "initial_date": "2030-01-31"})
PLACE = field("Place", {"type": "conversations_select", "filter": {"include": ["public"]}}, optional=True)
TERMS = field("Terms", {"type": "checkboxes", "options": options("Anonymous", "Public")}, optional=True)
GIFT = modal("Gift", PEOPLE, AMOUNT, COUNTRY, NOTE, DAY, PLACE, TERMS, private_metadata="m")


def opens(bot: AsyncApp, view: Json) -> None:
    """Let /gift open this modal."""

    @bot.command("/gift")
    async def _(ack: Any, body: Json, client: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()


def answers(bot: AsyncApp, name: str, **answer: Any) -> list[Json]:
    """Let the app answer submissions like this, and give what was submitted."""
    submitted: list[Json] = []

    @bot.view(name)
    async def _(ack: Any, body: Json) -> None:
        submitted.append(body)
        await ack(**answer)

    return submitted


async def test_a_form_is_filled_in_by_label_and_submitted_with_its_complete_state(bot: AsyncApp, slack: Slack) -> None:
    """What the app receives is what Slack documents: every field, the untouched and the empty ones too."""
    opens(bot, GIFT)
    submitted = answers(bot, "gift")
    ann, bob, eve = (slack.add_person(name) for name in ("Ann", "Bob", "Eve"))
    general = slack.add_channel("general", [ann])

    await ann.types("/gift")
    await ann.fills({"Recipients": [bob, eve], "Amount": "25", "Country": "Canada", "Place": general})
    assert ann.modal is not None
    assert ann.modal.value("Recipients") == ["Bob", "Eve"]
    assert ann.modal.value("Place") == "#general"
    assert ann.modal.value("Day") == "2030-01-31"
    assert "Canada" in ann.modal.text
    await ann.submits()

    assert ann.modal is None
    view = submitted[0]["view"]
    assert view["private_metadata"] == "m"
    assert view["state"]["values"] == {
        "recipients": {"recipients": {"type": "multi_users_select", "selected_users": [bob.id, eve.id]}},
        "amount": {"amount": {"type": "number_input", "value": "25"}},
        "country": {"country": {"type": "static_select", "selected_option": options("Canada")[0]}},
        "note": {"note": {"type": "plain_text_input", "value": None}},
        "day": {"day": {"type": "datepicker", "selected_date": "2030-01-31"}},
        "place": {"place": {"type": "conversations_select", "selected_conversation": general.id}},
        "terms": {"terms": {"type": "checkboxes", "selected_options": []}},
    }


async def test_errors_stand_under_their_fields_and_the_form_stays_filled_in(bot: AsyncApp, slack: Slack) -> None:
    """A refused submission leaves the same view with what was typed, and a complaint by label."""
    opens(bot, modal("Gift", PEOPLE, NOTE))
    submitted = answers(bot, "gift", response_action="errors", errors={"recipients": "Bob has left"})
    ann, bob = slack.add_person("Ann"), slack.add_person("Bob")
    await ann.types("/gift")
    await ann.fills({"Recipients": [bob], "Note": "thanks"})
    await ann.submits()

    assert ann.modal is not None
    assert ann.modal.errors == {"Recipients": "Bob has left"}
    assert ann.modal.value("Note") == "thanks"
    await ann.submits()
    assert submitted[0]["view"]["id"] == submitted[1]["view"]["id"]


async def test_a_required_field_left_empty_never_reaches_the_app(bot: AsyncApp, slack: Slack) -> None:
    """Slack itself asks for what is missing."""
    opens(bot, modal("Gift", PEOPLE, NOTE))
    submitted = answers(bot, "gift")
    ann = slack.add_person("Ann")
    await ann.types("/gift")
    await ann.submits()
    assert ann.modal is not None
    assert ann.modal.errors == {"Recipients": "Please complete this required field."}
    assert not submitted


async def test_errors_for_a_block_that_is_no_input_are_refused(bot: AsyncApp, slack: Slack) -> None:
    """Slack does not accept a complaint that it cannot show anywhere."""
    opens(bot, modal("Gift", NOTE))
    answers(bot, "gift", response_action="errors", errors={"nowhere": "?"})
    ann = slack.add_person("Ann")
    await ann.types("/gift")
    with pytest.raises(AppDidNotRespond, match="nowhere"):
        await ann.submits()
    assert ann.modal is not None


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"Colour": "red"}, "no field 'Colour'"),
        ({"Country": "France"}, "not offered"),
        ({"Note": "much too long"}, "13 characters"),
        ({"Amount": "2.50"}, "whole numbers"),
        ({"Amount": "501"}, "more than 500"),
        ({"Amount": "many"}, "no number"),
        ({"Place": "hidden"}, "not offered"),
    ],
)
async def test_nobody_can_fill_in_what_is_not_offered(bot: AsyncApp, slack: Slack, values: Json, why: str) -> None:
    """A person is held to what Slack's own widgets allow."""
    opens(bot, GIFT)
    ann = slack.add_person("Ann")
    slack.add_channel("hidden", [ann], private=True)
    ann.patience = 0.05
    await ann.types("/gift")
    with pytest.raises(CannotDoThat, match=why):
        await ann.fills(values)


async def test_an_answer_can_update_the_form_push_another_or_clear_them_all(bot: AsyncApp, slack: Slack) -> None:
    """The stack of modals follows what the app answers."""
    opens(bot, modal("Gift", NOTE))
    answers(bot, "gift", response_action="update", view=modal("Second", NOTE))
    answers(bot, "second", response_action="push", view=modal("Third"))
    answers(bot, "third", response_action="clear")
    ann = slack.add_person("Ann")
    await ann.types("/gift")
    await ann.fills({"Note": "kept"})
    await ann.submits()
    assert ann.modal is not None
    assert (ann.modal.title, ann.modal.value("Note")) == ("Second", "kept")
    await ann.submits()
    assert ann.modal.title == "Third"
    await ann.submits()
    assert ann.modal is None


async def test_closing_a_form_is_told_to_the_app_only_if_it_asked(bot: AsyncApp, slack: Slack) -> None:
    """view_closed comes for notify_on_close, and the modal below is seen again."""
    closed: list[Json] = []

    @bot.view_closed("second")
    async def _(ack: Any, body: Json) -> None:
        closed.append(body)
        await ack()

    opens(bot, modal("Gift"))
    answers(bot, "gift", response_action="push", view=modal("Second", notify_on_close=True))
    ann = slack.add_person("Ann")
    await ann.types("/gift")
    await ann.submits()
    await ann.closes()
    assert ann.modal is not None
    assert ann.modal.title == "Gift"
    await ann.closes()
    assert ann.modal is None
    assert [body["type"] for body in closed] == ["view_closed"]


async def test_an_external_select_offers_what_the_app_suggests(bot: AsyncApp, slack: Slack) -> None:
    """The options come from the app, for what was typed."""
    element = {"type": "external_select", "min_query_length": 0}
    opens(bot, modal("Gift", field("Budget", element)))
    submitted = answers(bot, "gift")

    @bot.options("budget")
    async def _(ack: Any, payload: Json) -> None:
        await ack(options=[one for one in options("Blue", "Red") if one["text"]["text"] == payload["value"]])

    ann = slack.add_person("Ann")
    await ann.types("/gift")
    with pytest.raises(CannotDoThat, match="'Green' is not offered"):
        await ann.fills({"Budget": "Green"})
    await ann.fills({"Budget": "Blue"})
    await ann.submits()
    assert submitted[0]["view"]["state"]["values"]["budget"]["budget"]["selected_option"] == options("Blue")[0]


async def test_a_field_that_dispatches_tells_the_app_at_once_and_the_form_can_change(
    bot: AsyncApp, slack: Slack
) -> None:
    """A new field appears after a choice, and what was filled in stays."""
    opens(bot, modal("Gift", {**COUNTRY, "dispatch_action": True}))

    @bot.action("country")
    async def _(ack: Any, body: Json, client: Any) -> None:
        assert body["actions"][0]["selected_option"]["value"] == "britain"
        view = modal("Gift", {**COUNTRY, "dispatch_action": True}, NOTE)
        await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)
        await ack()

    ann = slack.add_person("Ann")
    await ann.types("/gift")
    await ann.fills({"Country": "Britain", "Note": "hello"})
    assert ann.modal is not None
    assert ann.modal.labels == ["Country", "Note"]
    assert ann.modal.value("Country") == "Britain"
