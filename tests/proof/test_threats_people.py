"""People who try: to approve what is theirs, with somebody else's name, from elsewhere, by every road; and replays.

Clicks on the cards themselves, and the altered forms and buttons that tests/test_request_modal.py has, are not told
again here.
"""

import ast
import json
import re
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.simulator import Kind, Person, SignedHttp
from bot.sandbox.simulator.people.rendered_views import Surface
from tests.harness.office import Office

ROOT = Path(__file__).parents[2]
Json = dict[str, Any]


def _click(person: Person, surface: Surface, text: str) -> Json:
    """What Slack would send if this person clicked there, whoever the surface was shown to."""
    button = surface.button(text)
    assert button, surface
    return person.payloads.button_click(surface, button)


async def _on_the_home_tab(office: Office, person: Person) -> Json:
    """Approve, as it stands on Abe's Home tab."""
    return _click(person, await office.abe.opens_home(), "Approve")


async def _in_the_list(office: Office, person: Person) -> Json:
    """Approve, as it stands in Abe's answer to /gift status."""
    await office.abe.types("/gift status")
    return _click(person, office.abe.private_replies[-1], "Approve")


async def _decline_in_the_list(office: Office, person: Person) -> Json:
    """Decline there."""
    await office.abe.types("/gift status")
    return _click(person, office.abe.private_replies[-1], "Decline")


async def _with_the_form_of_decline(office: Office, person: Person) -> Json:
    """The form that asks Abe why, filled in and submitted."""
    await office.abe.sees_message("would like to thank")
    await office.abe.clicks("Decline")
    form = await office.abe.sees_modal("Decline the gift")
    await office.abe.fills({"Reason": "because"})
    return person.payloads.view_submission(form)


MINE = "You asked for this gift, so somebody else has to decide about it."
FOR_ME = "This gift is for you, so somebody else has to decide about it."
NOT_LISTED = "Only an approver can decide about gifts. You are not on the list of approvers."
ROADS = [_on_the_home_tab, _in_the_list, _decline_in_the_list, _with_the_form_of_decline]


@pytest.mark.parametrize(("name", "words"), [("mia", MINE), ("rob", FOR_ME), ("eve", NOT_LISTED)])
@pytest.mark.parametrize("road", ROADS)
async def test_no_road_leads_to_a_decision_of_ones_own(
    office: Office, road: Callable[[Office, Person], Awaitable[Json]], name: str, words: str
) -> None:
    """Requester, recipient and outsider get nowhere with what only Abe was shown; each try is on the record once."""
    person: Person = getattr(office, name)
    approvers = f"{office.abe.id},{office.mia.id},{office.rob.id}"
    async with office.open(giftbot_approvers=approvers):
        await office.asks()
        payload = await road(office, person)
        for _ in range(2):
            payload |= {"trigger_id": office.slack.workspace.triggers.issue(person.id)}
            answer = await person.sends(Kind.INTERACTIVE, payload)
            said = json.dumps(answer) if answer else (await person.sees_modal("Giftbot")).text
            assert words in said
        assert office.states() == ["waiting"]
        assert office.giftcards.requests == []
        assert office.refusals() == [(person.id, words)]


@pytest.mark.usefixtures("bot")
async def test_names_in_a_payload_lend_no_right(office: Office) -> None:
    """Mia's click says Abe's name wherever a client could put it; who clicked is still Mia."""
    await office.asks()
    payload = _click(office.mia, await office.abe.sees_message("would like to thank"), "Approve")
    payload["user"] |= {"name": "abe", "username": "abe"}
    payload["message"]["user"] = office.abe.id
    payload["actions"][0] |= {"selected_user": office.abe.id, "user": {"id": office.abe.id}, "block_id": office.abe.id}
    payload["state"] = {"values": {"user": {"id": {"selected_user": office.abe.id}}}}
    payload["approver"] = payload["user_name"] = office.abe.id
    await office.mia.sends(Kind.INTERACTIVE, payload)
    assert MINE in (await office.mia.sees_modal("Giftbot")).text
    assert office.ledger.audit_events("actor", event="refused") == [office.mia.id]
    assert office.states() == ["waiting"]


@pytest.mark.usefixtures("bot")
async def test_another_workspace_is_not_served(office: Office) -> None:
    """The app is installed elsewhere too, and somebody there has Abe's very id: neither clicks nor commands count."""
    await office.asks()
    card = await office.abe.sees_message("would like to thank")
    click = _click(office.abe, card, "Approve")
    click["team"]["id"] = click["user"]["team_id"] = "T0ELSEWHERE"
    await office.abe.sends(Kind.INTERACTIVE, click)
    assert "works for another workspace" in (await office.abe.sees_modal("Giftbot")).text
    notes = office.slack.workspace.notes_to_self(office.abe.id)
    command = office.abe.payloads.slash_command("/gift", "status", notes) | {"team_id": "T0ELSEWHERE"}
    assert "works for another workspace" in (await office.abe.sends(Kind.SLASH_COMMANDS, command))["text"]
    assert office.states() == ["waiting"]
    assert office.ledger.audit_events("event") == ["request"]
    await office.abe.closes()
    await office.approves()
    await office.delivered()


@pytest.mark.usefixtures("bot")
async def test_a_form_of_decline_for_another_request(office: Office) -> None:
    """Abe opens the form for Rob's gift and puts the id of another request into it: he is judged about that one."""
    await office.asks("@Abe 10 GBP for you")
    (for_abe,) = office.ledger.requests("id")
    await office.asks()
    await office.abe.sees_message("would like to thank @Rob")
    await office.abe.clicks("Decline")
    form = await office.abe.sees_modal("Decline the gift")
    await office.abe.fills({"Reason": "because"})
    for memory, words in [
        (json.dumps({"carried": for_abe}), FOR_ME),
        (json.dumps({"carried": "00000000-0000-4000-8000-000000000000"}), "I do not know this request."),
        (json.dumps({"carried": "' OR 1=1 --"}), "This form cannot be read."),
        (for_abe, "This form cannot be read."),
        ("", "This form cannot be read."),
    ]:
        payload = office.abe.payloads.view_submission(form)
        payload["view"]["private_metadata"] = memory
        assert words in json.dumps(await office.abe.sends(Kind.INTERACTIVE, payload))
    assert office.states() == ["waiting", "waiting"]


@pytest.mark.usefixtures("bot")
async def test_what_is_ordered_is_what_is_stored(office: Office) -> None:
    """The click's copy of the card says another amount and another recipient: the database's are ordered."""
    await office.asks()
    payload = _click(office.abe, await office.abe.sees_message("would like to thank"), "Approve")
    changed = json.dumps(payload["message"]).replace("25.00", "250.00").replace(office.rob.id, office.eve.id)
    payload["message"] = json.loads(changed)
    payload["actions"][0]["confirm"]["text"]["text"] = "This orders 1 gift for £250.00 right away."
    await office.abe.sends(Kind.INTERACTIVE, payload)
    await office.delivered(office.rob)
    (order,) = office.giftcards.orders
    assert (order.face_value, order.currency) == (Decimal(25), "GBP")
    assert office.eve.messages() == []


def test_nothing_that_was_approved_can_be_edited() -> None:
    """An approval is of what the card says: what a request is about changes only while it is pending."""
    statements = [
        node.value
        for path in (ROOT / "storage").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    changed: dict[str, set[str]] = {}
    for statement in statements:
        for table, columns in re.findall(r"UPDATE (?:OR \w+ )?(\w+) SET (.+?)(?: WHERE|$)", statement, re.DOTALL):
            changed.setdefault(table, set()).update(re.findall(r"(\w+) =", columns))
    lowered = {"value_minor", "asked_minor", "weighed_minor", "exponent"}
    assert (
        changed.pop("requests")
        == {"state", "decided_by", "decided_at", "decision_note", "waits_for", "in_trouble"} | lowered
    )
    reserved, closed = {"reserved_minor", "reserved_exponent"}, {"closed_by", "closing_note"}
    assert changed.pop("gifts") == {"state", "attempt", "attempt_at", "reason", "changed_at"} | reserved | closed
    assert changed.pop("orders") == {"provider_id", "unknown_since", "sent_again_at"}
    assert changed.keys() == {"messages", "work", "holds", "spending", "absences"}
    of_the_content = [text for text in statements if re.search("SET value_minor|AND version = :before", text)]
    assert len(of_the_content) == 2
    assert all("state = 'pending'" in statement for statement in of_the_content)


# ---------------------------------------------------------------- the same bytes again, over signed HTTP


async def _replays(office: Office, times: int = 2) -> None:
    """Send the last signed request again, byte for byte."""
    assert isinstance(office.delivery, SignedHttp)
    captured = office.delivery.last_request
    assert captured
    for _ in range(times):
        status, _text = await office.delivery.send(captured.body, captured.headers)
        assert status == 200


async def test_a_replayed_command_opens_nothing_more(office: Office) -> None:
    """One form, and nothing is kept."""
    async with office.open("http"):
        await office.mia.types("/gift @Rob 25 GBP thanks")
        await office.mia.sees_modal("Send a gift")
        await _replays(office)
        await office.rests()
    assert [call.reply["ok"] for call in office.slack.calls if call.name == "views.open"].count(True) == 1
    assert office.states() == []


async def test_a_replayed_refusal_refuses_nothing_more(office: Office) -> None:
    """One decision, which the requester is told once."""
    async with office.open("http"):
        await office.asks()
        await office.abe.sees_message("would like to thank")
        await office.abe.clicks("Decline")
        await office.abe.sees_modal("Decline the gift")
        await office.abe.fills({"Reason": "because"})
        await office.abe.submits()
        await _replays(office)
        await office.mia.sees_message("Declined by @Abe")
        await office.finishes()
    assert len(office.mia.messages()) == 1
    assert len(office.ledger.audit_events(event="decline")) == 1


async def test_a_replayed_cancel_cancels_nothing_more(office: Office) -> None:
    """One line on the record."""
    async with office.open("http"):
        await office.asks()
        await office.mia.types("/gift status")
        await office.mia.clicks("Cancel request", confirm=True)
        await _replays(office)
        await office.finishes()
    assert len(office.ledger.audit_events(event="cancel")) == 1
    assert office.states() == ["cancelled"]


async def test_a_replayed_retry_orders_nothing_more(office: Office) -> None:
    """One new order after a refusal, also when the replay comes while it is placed and after it was delivered."""
    async with office.open("http"):
        office.giftcards.refuse_next("insufficient_funds", 400)
        await office.asks()
        await office.approves()
        await office.abe.sees_message("needs somebody")
        await office.abe.clicks("Retry", confirm=True)
        await _replays(office)
        await office.delivered()
        await _replays(office)
        await office.finishes()
    assert len(office.giftcards.orders) == 1
    assert len(office.rob.messages()) == 1
    assert len(office.ledger.audit_events(event="order anew")) == 1
