"""The form: how it opens, and what it says about everything that cannot be accepted. Nothing wrong is ever kept."""

import json
from typing import Any

import pytest

from bot.sandbox.simulator import Fault, Kind, Modal
from handlers.ids import MESSAGE_SHORTCUT
from tests.harness.office import Office


async def _opens_form(office: Office, text: str = "@Rob 25 GBP thanks") -> Modal:
    await office.mia.types(f"/gift {text}")
    return await office.mia.sees_modal("Send a gift")


async def _sends_state(office: Office, block: str, state: dict[str, Any]) -> dict[str, Any]:
    """Submit the form with one field as Slack's own client would never let it be."""
    form = await _opens_form(office)
    payload = office.mia.payloads.view_submission(form)
    (action,) = payload["view"]["state"]["values"][block]
    payload["view"]["state"]["values"][block] = {action: state}
    return await office.mia.sends(Kind.INTERACTIVE, payload)


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "more than zero"),
        ("-5", "more than zero"),
        ("1.234", "2 decimal places"),
        ("10.50", "Gifts come in whole amounts only"),
        ("251", "The largest gift is £250.00 for each person."),
        ("٢٥", "the digits 0 to 9"),
        ("abc", "“abc” is not an amount of GBP"),
        ("25,50", "can be read in two ways"),
        ("25 USD", "is not an amount of GBP"),
    ],
)
async def test_an_amount_that_cannot_be_accepted(office: Office, amount: str, words: str) -> None:
    """The reason stands under the amount, everything else stays filled in, and nothing is kept."""
    form = await _opens_form(office)
    await office.mia.fills({"Amount each": amount})
    await office.mia.submits()
    assert words in form.errors["Amount each"]
    assert form.value("Recipients") == ["Rob"]
    assert form.value("Note") == "thanks"
    assert office.states() == []
    await office.mia.fills({"Amount each": "25"})
    await office.mia.submits()
    await office.mia.sees_modal("Gift asked for")
    assert office.states() == ["waiting"]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@Rob 25 CHF hi", "Gifts in CHF aren't available here, so I left the amount empty."),
        ("@Rob 25 kr hi", "Gifts in kr aren't available here, so I left the amount empty."),
        ("@Rob 25.- hi", "“25.-” can be in EUR, GBP, JPY or USD, so I left the amount empty."),
    ],
)
async def test_a_currency_that_is_not_offered_never_becomes_another(office: Office, text: str, words: str) -> None:
    """25 francs are not sent as 25 pounds with one click: the form says why it is empty, and wants an amount."""
    form = await _opens_form(office, text)
    assert words in form.text
    assert "Choose a country and enter the amount in its currency." in form.text
    assert form.value("Amount each") is None
    assert form.value("Note") == "hi"
    await office.mia.submits()
    assert form.errors["Amount each"]
    assert office.states() == []
    await office.mia.fills({"Country": "Germany (EUR)", "Amount each": "25"})
    await office.mia.submits()
    await office.mia.sees_modal("Gift asked for")
    assert office.ledger.requests("value_minor", "currency") == [(2500, "EUR")]


@pytest.mark.usefixtures("bot")
async def test_thousands_are_written_as_the_reader_writes_them(office: Office) -> None:
    """With a space in French; what could be either is asked for again, and what is no amount stays in the note."""
    office.slack.workspace.user(office.mia.id).locale = "fr-FR"
    form = await _opens_form(office, "@Rob 1\u202f234 JPY merci")
    assert (form.value("Country"), form.value("Note")) == ("Japon (JPY)", "merci")
    await office.mia.submits()
    assert office.ledger.requests("value_minor", "currency") == [(1234, "JPY")]
    await office.mia.closes()
    office.slack.workspace.user(office.eve.id).locale = "en-GB"
    await office.eve.types("/gift @Rob 15.000 JPY thanks for the 3 demos")
    form = await office.eve.sees_modal("Send a gift")
    assert (form.value("Amount each"), form.value("Note")) == ("15.000", "thanks for the 3 demos")
    await office.eve.submits()
    assert form.errors == {"Amount each": "“15.000” can be read in two ways. Write it like 1,234."}


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("block", "state", "words"),
    [
        ("amount", {"type": "plain_text_input", "value": ""}, "Please write an amount"),
        ("amount", {"type": "plain_text_input", "value": None}, "Please write an amount"),
        ("note", {"type": "plain_text_input", "value": "x" * 4000}, "under 1,000 characters; it has 4,000"),
        ("country", {"type": "static_select", "selected_option": None}, "one of the countries in the list"),
        ("country", {"type": "static_select", "selected_option": {"value": "KP"}}, "one of the countries in the list"),
        ("recipients", {"type": "multi_users_select", "selected_users": []}, "1 to 25 people; you chose 0"),
    ],
)
async def test_what_slacks_client_would_not_send(office: Office, block: str, state: dict[str, Any], words: str) -> None:
    """The form's own limits are checked again on our side."""
    answer = await _sends_state(office, block, state)
    assert answer["response_action"] == "errors"
    assert words in answer["errors"][block]
    assert office.states() == []


@pytest.mark.usefixtures("bot")
async def test_26_recipients_are_one_too_many(office: Office) -> None:
    """At most 25 people get a gift in one request."""
    crowd = [office.slack.add_person(f"Colleague {number}").id for number in range(26)]
    answer = await _sends_state(office, "recipients", {"type": "multi_users_select", "selected_users": crowd})
    assert answer["errors"]["recipients"] == "Please choose 1 to 25 people; you chose 26."
    assert office.states() == []


@pytest.mark.usefixtures("bot")
async def test_25_recipients_are_fine(office: Office) -> None:
    """25 people are looked up, asked for, ordered for and reached."""
    crowd = [office.slack.add_person(f"Colleague {number}") for number in range(25)]
    await office.mia.types("/gift 5 GBP thanks all")
    await office.mia.sees_modal("Send a gift")
    await office.mia.fills({"Recipients": crowd})
    await office.mia.submits()
    await office.approves()
    for person in crowd:
        await office.delivered(person)
    assert len({order.idempotency_key for order in office.giftcards.orders}) == 25


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ({"is_bot": True}, "Pat is an app, not a person"),
        ({"is_restricted": True}, "Pat is a guest"),
        ({"is_ultra_restricted": True}, "Pat is a guest"),
        ({"team_id": "T0STRANGER"}, "Pat belongs to another workspace"),
    ],
)
async def test_people_who_cannot_get_a_gift(office: Office, flags: dict[str, Any], words: str) -> None:
    """Bots, guests and strangers are named under the field."""
    office.slack.add_person("Pat", **flags)
    form = await _opens_form(office, "@Rob @Pat 25 GBP thanks")
    await office.mia.submits()
    assert form.errors["Recipients"] == f"Not everybody can get a gift: {words}."
    assert office.states() == []


@pytest.mark.usefixtures("bot")
async def test_a_deactivated_recipient_and_oneself(office: Office) -> None:
    """Somebody who left gets no gift, nor does whoever asks."""
    await office.slack.deactivate(office.rob)
    form = await _opens_form(office)
    await office.mia.submits()
    assert "Rob is deactivated" in form.errors["Recipients"]
    await office.mia.fills({"Recipients": [office.mia]})
    await office.mia.submits()
    assert form.errors["Recipients"] == "You cannot send a gift to yourself."
    assert office.states() == []


@pytest.mark.usefixtures("bot")
async def test_everything_wrong_is_said_at_once(office: Office) -> None:
    """Mistakes in several fields are shown together."""
    form = await _opens_form(office)
    await office.mia.fills({"Recipients": [office.mia], "Amount each": "0"})
    await office.mia.submits()
    assert set(form.errors) == {"Recipients", "Amount each"}


@pytest.mark.usefixtures("bot")
async def test_slack_cannot_say_who_people_are(office: Office) -> None:
    """When people cannot be looked up, the form keeps what was filled in, says so, and can be submitted again."""
    form = await _opens_form(office)
    office.slack.faults.arm("users.info", Fault.ERROR_BEFORE)
    await office.mia.submits()
    assert "Nothing was changed: please try again in a moment." in form.errors["Recipients"]
    assert form.value("Note") == "thanks"
    assert office.states() == []
    await office.mia.submits()
    await office.mia.sees_modal("Gift asked for")


async def test_an_error_of_our_own_loses_nothing_that_was_filled_in(office: Office) -> None:
    """Something breaks while the request is kept: the form stays, with a reference number for whoever can mend it."""
    async with office.open():
        form = await _opens_form(office)
        with office.intruder.broken("work"):
            await office.mia.submits()
            assert "Something went wrong on our side, and nothing was done." in form.errors["Recipients"]
            assert form.value("Note") == "thanks"
            assert office.states() == []
        await office.mia.submits()
        await office.mia.sees_modal("Gift asked for")
    assert office.states() == ["waiting"]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    "note", ["<!channel> look", "<https://evil.example|your bank>", "*bold* _it_ `code` <@U0> 1 < 2 & 3"]
)
async def test_a_note_is_shown_as_it_was_written(office: Office, note: str) -> None:
    """A note mentions nobody and disguises no link: everybody reads the very characters."""
    await _opens_form(office)
    await office.mia.fills({"Note": note, "Announce in": office.general})
    await office.mia.submits()
    card = await office.abe.sees_message("would like to thank")
    assert f"“{note}”" in card.text_shown
    await office.approves()
    gift = await office.rob.sees_message("thanks you with a gift")
    assert f"“{note}”" in gift.text_shown
    await office.eve.sees("thanked @Rob")
    for message in [card, gift, *office.slack.messages(office.general)]:
        assert note not in json.loads(message.raw)["text"]


@pytest.mark.usefixtures("bot")
async def test_a_note_with_half_a_character_is_kept_without_it(office: Office) -> None:
    """An emoji that was cut in two on its way is shown as what it is, and loses nobody the rest."""
    answer = await _sends_state(office, "note", {"type": "plain_text_input", "value": "thanks \ud83c\udf81 and \ud83c"})
    assert answer["response_action"] == "update"
    card = await office.abe.sees_message("would like to thank")
    assert "thanks 🎁 and \ufffd" in card.text_shown


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("path", [("view", "private_metadata"), ("view", "state"), ("user",)])
async def test_a_payload_without_a_part_of_it(office: Office, path: tuple[str, ...]) -> None:
    """A submission that lacks something is answered with words, not with silence, and nothing is kept."""
    form = await _opens_form(office)
    payload = office.mia.payloads.view_submission(form)
    inner = payload
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    answer = await office.mia.sends(Kind.INTERACTIVE, payload)
    assert "cannot" in json.dumps(answer)
    assert office.states() == []


@pytest.mark.usefixtures("bot")
async def test_foreign_ids_in_a_button(office: Office) -> None:
    """A button that carries another id, or nonsense, changes nothing and says so."""
    await office.asks()
    card = await office.abe.sees_message("would like to thank")
    button = card.button("Approve")
    assert button
    for value, words in [
        ("00000000-0000-4000-8000-000000000000", "I do not know this request."),
        ("1 OR 1=1", "Slack sent something that I cannot read."),
    ]:
        payload = office.abe.payloads.button_click(card, button)
        payload["actions"][0]["value"] = value
        await office.abe.sends(Kind.INTERACTIVE, payload)
        assert words in (await office.abe.sees_modal("Giftbot")).text
        await office.abe.closes()
    assert office.states() == ["waiting"]


@pytest.mark.usefixtures("bot")
async def test_a_form_that_belongs_to_somebody_else(office: Office) -> None:
    """The id of Mia's request in Eve's form neither shows nor changes Mia's request."""
    await office.asks()
    (request_id,) = office.ledger.requests("id")
    await office.eve.types("/gift @Rob 99 GBP mine")
    form = await office.eve.sees_modal("Send a gift")
    payload = office.eve.payloads.view_submission(form)
    payload["view"]["private_metadata"] = json.dumps({"draft_id": request_id, "source": None})
    answer = await office.eve.sends(Kind.INTERACTIVE, payload)
    assert "This form belongs to somebody else" in json.dumps(answer)
    assert office.ledger.requests("requester", "value_minor") == [(office.mia.id, 2500)]


@pytest.mark.usefixtures("bot")
async def test_a_link_that_is_no_message_is_not_carried(office: Office) -> None:
    """The address of the message that a gift is for cannot be turned into another one."""
    form = await _opens_form(office)
    payload = office.mia.payloads.view_submission(form)
    memory = json.loads(payload["view"]["private_metadata"])
    payload["view"]["private_metadata"] = json.dumps({**memory, "source": "https://evil.example/archives/C1/p1"})
    answer = await office.mia.sends(Kind.INTERACTIVE, payload)
    assert "This form cannot be read" in json.dumps(answer)
    assert office.states() == []


@pytest.mark.usefixtures("bot")
async def test_a_form_submitted_twice_counts_once(office: Office) -> None:
    """Slack lost the answer and Mia submits again: one request, one card."""
    form = await _opens_form(office)
    payload = office.mia.payloads.view_submission(form)
    for _ in range(2):
        answer = await office.mia.sends(Kind.INTERACTIVE, payload)
        assert answer["response_action"] == "update"
    await office.abe.sees_message("would like to thank")
    await office.rests()
    assert office.states() == ["waiting"]
    assert len(office.abe.messages()) == 1


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    "text",
    [
        "@Rob 25 GBP thank you",
        "25 GBP @Rob thank you",
        "thank you @Rob £25",
        "GBP 25 thank you @Rob",
        "@Rob thank you 25",
    ],
)
async def test_the_parts_of_a_command_in_any_order(office: Office, text: str) -> None:
    """However Mia writes it, the form opens with the same parts."""
    form = await _opens_form(office, text)
    assert form.value("Recipients") == ["Rob"]
    assert form.value("Amount each") == "25"
    assert form.value("Country") == "United Kingdom (GBP)"
    assert form.value("Note") == "thank you"


@pytest.mark.usefixtures("bot")
async def test_a_command_that_is_too_long_for_the_form(office: Office) -> None:
    """The form says what it has left out."""
    people = [office.slack.add_person(f"Ann{number}").name for number in range(26)]
    form = await _opens_form(office, f"{' '.join(f'@{name}' for name in people)} 25 GBP {'thanks ' * 500}")
    assert len(form.value("Recipients")) == 25
    assert form.value("Note") == ("thanks " * 500)[:1000].strip()
    assert "You named more than 25 people: the others are left out." in form.text
    assert "Your note was longer than 1,000 characters: the rest is left out." in form.text
    await office.mia.closes()
    short = await _opens_form(office, f"@Rob 25 GBP {'x' * 1000}")
    assert "left out" not in short.text


@pytest.mark.usefixtures("bot")
async def test_help_and_status_answer_privately(office: Office) -> None:
    """`/gift help` and `/gift status` are seen by Mia alone."""
    await office.mia.types("/gift help", channel=office.general)
    await office.mia.sees("Thank a colleague with a gift card")
    await office.mia.types("/gift status", channel=office.general)
    await office.mia.sees("You have not asked for a gift yet.")
    assert office.slack.messages(office.general) == []
    assert len(office.mia.private_replies) == 2
    assert office.eve.private_replies == []


@pytest.mark.usefixtures("bot")
async def test_status_says_who_must_act(office: Office) -> None:
    """A pending request names those whom it waits for."""
    await office.asks()
    await office.mia.types("/gift status")
    (reply,) = office.mia.private_replies
    assert "waiting for @A" in reply.text_shown
    assert {"@Abe", "@Ana"} <= set(reply.text_shown.replace(",", " ").split())


@pytest.mark.usefixtures("bot")
async def test_the_shortcuts_open_the_same_form(office: Office) -> None:
    """From anywhere it opens empty; from a message with its author and a link to the message, which Rob gets too."""
    await office.mia.uses_shortcut("Send a gift")
    assert (await office.mia.sees_modal("Send a gift")).value("Recipients") == []
    await office.mia.closes()

    message = await office.rob.says("I fixed the build at night", office.general)
    await office.mia.uses_message_shortcut("Send a gift for this", message)
    form = await office.mia.sees_modal("Send a gift")
    assert form.value("Recipients") == ["Rob"]
    (permalink,) = form.links
    assert permalink.endswith(f"/archives/{office.general.id}/p{message.ts.replace('.', '')}")
    await office.mia.fills({"Amount each": "25"})
    await office.mia.submits()
    assert permalink in (await office.abe.sees_message("would like to thank")).links
    await office.approves()
    assert permalink in (await office.rob.sees_message("thanks you with a gift")).links


@pytest.mark.usefixtures("bot")
async def test_the_link_to_a_reply_opens_its_thread(office: Office) -> None:
    """Rob's words are in a thread: the link names it, as Slack's own links do, in the form, the card and the gift."""
    first = await office.eve.says("who fixed the build?", office.general)
    reply = await office.rob.says("I did, at night", office.general)
    payload = office.mia.payloads.message_action(MESSAGE_SHORTCUT, reply)
    payload["message"]["thread_ts"] = first.ts
    await office.mia.sends(Kind.INTERACTIVE, payload)
    await office.mia.sees_modal("Send a gift")
    await office.mia.fills({"Amount each": "25"})
    await office.mia.submits()
    place = f"{office.general.id}/p{reply.ts.replace('.', '')}?thread_ts={first.ts}&cid={office.general.id}"
    card = await office.abe.sees_message("would like to thank")
    assert [link for link in card.links if link.endswith(place)]
    await office.approves()
    gift = await office.rob.sees_message("thanks you with a gift")
    assert [link for link in gift.links if link.endswith(place)]
