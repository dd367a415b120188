"""What Slack sends by itself, late, or from another version of the bot: nobody is held up, everybody is answered."""

import json
from copy import deepcopy
from typing import Any

import pytest

from bot.sandbox.simulator import Answer, Fault, Kind
from handlers.inbound.user_rate_limit import AT_ONCE
from tests.harness.office import Office, eventually

PUBLISH, UPDATE = "views.publish", "views.update"
pytestmark = pytest.mark.usefixtures("bot")


def refused(code: str) -> Answer:
    """An answer of Slack's that says no."""
    return Answer(200, json.dumps({"ok": False, "error": code}))


async def test_typing_uses_up_nothing(office: Office) -> None:
    """Mia searches with far more keystrokes than acts are allowed at once, looks at Home often, and sends her form."""
    for _ in range(AT_ONCE):
        await office.mia.opens_home()
    await office.mia.types("/gift @Rob 25 GBP thanks")
    for words in ("a gift card that nobody sells", "books"):
        await office.mia.searches("Gift card", words)
    await office.mia.submits()
    await office.mia.sees_modal("Gift asked for")


@pytest.mark.parametrize("text", ["status", "help", "settings", "away", "back", "away until yesterday"])
async def test_a_command_is_answered_in_private_whatever_the_servers_default(office: Office, text: str) -> None:
    """Slack shows an answer to one person unless it is told otherwise; others show it to all."""
    place = office.slack.workspace.notes_to_self(office.abe.id)
    answer = await office.abe.sends(Kind.SLASH_COMMANDS, office.abe.payloads.slash_command("/gift", text, place))
    assert answer["response_type"] == "ephemeral"


async def test_a_button_of_another_version_is_acknowledged(office: Office) -> None:
    """An action that nobody knows: the person reads where to look instead."""
    await office.asks()
    click = await office.approval(office.abe)
    click["actions"][0]["action_id"] = "approve_and_sing"
    await office.abe.sends(Kind.INTERACTIVE, click)
    assert "This button no longer works." in (await office.abe.sees_modal("Giftbot")).text
    assert office.states() == ["waiting"]


async def test_a_form_of_another_version_is_acknowledged(office: Office) -> None:
    """What was filled in is not lost without a word."""
    payload = await form_of(office)
    payload["view"]["callback_id"] = "wish_form"
    answer = await office.mia.sends(Kind.INTERACTIVE, payload)
    assert "This form no longer works" in json.dumps(answer)


async def test_a_search_of_another_version_finds_nothing(office: Office) -> None:
    """Slack shows an empty menu instead of an error."""
    payload = {"type": "block_suggestion", "action_id": "brand", "block_id": "brand", "value": "b"}
    person = {"user": {"id": office.mia.id}, "team": {"id": office.slack.workspace.team_id}}
    assert await office.mia.sends(Kind.INTERACTIVE, {**payload, **person}) == {"options": []}


async def test_the_choice_of_the_chosen_country_counts(office: Office) -> None:
    """Slack still has what was chosen for another country, and sends it first."""
    payload = await form_of(office)
    fields = payload["view"]["state"]["values"]["product"]
    chosen = fields["product_GB"]
    stale = deepcopy(chosen)
    stale["selected_option"]["value"] = "nothing that is sold here"
    payload["view"]["state"]["values"]["product"] = {"product_DE": stale, "product_GB": chosen}
    answer = await office.mia.sends(Kind.INTERACTIVE, payload)
    assert answer["response_action"] == "update"
    assert office.states() == ["waiting"]


async def test_a_choice_for_another_country_is_not_taken_for_none(office: Office) -> None:
    """The form was not drawn anew for the country that was chosen: Mia reads so under the field."""
    payload = await form_of(office)
    fields = payload["view"]["state"]["values"]["product"]
    stale = fields.pop("product_GB")
    stale["selected_option"]["value"] = "nothing that is sold here"
    fields["product_DE"] = stale
    answer = await office.mia.sends(Kind.INTERACTIVE, payload)
    assert [*answer["errors"]] == ["product"]


@pytest.mark.parametrize("refusal", [Fault.RATE_LIMITED, Fault.ERROR_BEFORE, refused("hash_conflict")], ids=str)
async def test_the_home_tab_is_filled_although_slack_refuses_once(office: Office, refusal: Fault | Answer) -> None:
    """Twice even: a moment later it shows what there is."""
    armed = office.slack.faults.arm(PUBLISH, refusal, times=2)
    await office.mia.opens_home()
    await office.mia.sees("Your requests")
    assert len(armed.hits) == 2


async def test_a_change_of_the_form_is_kept_although_slack_saw_another_one_first(office: Office) -> None:
    """Slack says that the form has changed meanwhile: the choice of a country is drawn all the same."""
    await office.mia.types("/gift @Rob 25 thanks")
    form = await office.mia.sees_modal("Send a gift")
    armed = office.slack.faults.arm(UPDATE, refused("hash_conflict"))
    await office.mia.chooses("Country", "Japan (JPY)", on=form)
    await eventually(lambda: "product_JP" in json.dumps(form.record.body))
    assert len(armed.hits) == 1


async def form_of(office: Office) -> dict[str, Any]:
    """Mia's form, filled in, as Slack sends it."""
    await office.mia.types("/gift @Rob 25 GBP thanks")
    form = await office.mia.sees_modal("Send a gift")
    return office.mia.payloads.view_submission(form)
