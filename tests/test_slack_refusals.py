"""What Slack refuses: final about a person or channel, our own fault, or passing, which loses nothing and nobody."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from bot.sandbox.simulator import Answer, Fault, SignedHttp
from bot.sandbox.simulator.slack.refusals import DOCUMENTED, About
from handlers.slack_api.error_codes import CodeClass, class_of
from tests.harness.office import Office, eventually

POST, OPEN, USER, UPDATE = "chat.postMessage", "conversations.open", "users.info", "chat.update"
CLASSES = {
    About.TARGET: CodeClass.FINAL,
    About.CALL: CodeClass.OURS,
    About.APP: CodeClass.INSTALLATION,
    About.UNSURE: CodeClass.UNSURE,
    About.NOTHING: CodeClass.PASSING,
}
PASSING = sorted({code for codes in DOCUMENTED.values() for code, about in codes.items() if about is About.NOTHING})


def documented() -> Iterator[tuple[str, About]]:
    """Every code that Slack documents for a method that giftbot calls, with what it speaks of."""
    yield from {(code, about) for codes in DOCUMENTED.values() for code, about in codes.items()}


def test_every_documented_code_has_its_class() -> None:
    """A code that speaks of nothing for good is passing, and so is one that Slack makes up tomorrow."""
    assert {code: class_of(code) for code, _ in documented()} == {code: CLASSES[about] for code, about in documented()}
    assert class_of("made_up_tomorrow") is CodeClass.PASSING


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("code", [*PASSING, "made_up_tomorrow"])
async def test_a_passing_refusal_loses_nothing(office: Office, code: str) -> None:
    """Every call of a gift's messages is refused so once: cards, decision, gift and news arrive, each once."""
    refusal = Answer(200, json.dumps({"ok": False, "error": code}))
    for call in (POST, OPEN, UPDATE):
        office.slack.faults.arm(call, refusal, times=2)
    await office.asks()
    await office.lets_pass(4, seconds=5)
    await office.approves()
    office.slack.faults.arm(OPEN, refusal, only=lambda given: given["users"] == office.rob.id)
    office.slack.faults.arm(POST, refusal)
    await office.lets_pass(8, seconds=5)
    await office.delivered()
    await office.until("delivered")
    assert [len(person.messages()) for person in (office.abe, office.ana, office.rob, office.mia)] == [1, 1, 1, 2]
    assert len(office.giftcards.orders) == 1


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("code", ["message_limit_exceeded", "org_login_required", "fatal_error", "missing_scope"])
async def test_nobody_is_unknown_because_slack_refused_once(office: Office, code: str) -> None:
    """Slack does not say who Rob is: Mia reads just that; at her second try it says so, and nothing was remembered."""
    office.slack.faults.arm(
        USER,
        Answer(200, json.dumps({"ok": False, "error": code})),
        only=lambda given: given["user"] == office.rob.id,
    )
    await office.mia.types("/gift @Rob 25 GBP thanks")
    await office.mia.submits()
    assert office.mia.modal
    assert "Slack does not say who these people are just now." in str(office.mia.modal.errors)
    await office.mia.submits()
    await office.approves()
    await office.delivered()


@pytest.mark.usefixtures("bot")
async def test_no_recipient_has_left_because_slack_refuses_for_a_day(office: Office) -> None:
    """Before the order Slack does not say who Rob is, for a day: that is what people read, and Retry goes on."""
    await office.asks()
    office.clock.turn(days=1)  # what is known of Rob is forgotten
    refusal = Answer(200, '{"ok": false, "error": "org_login_required"}')
    armed = office.slack.faults.arm(USER, refusal, times=1000, only=lambda given: given["user"] == office.rob.id)
    await office.approves()
    await office.lets_pass(30, hours=1)
    told = (await office.mia.sees_message("Slack has not said whether its recipient still has an account")).text_shown
    assert "left" not in told
    office.slack.faults.disarm(USER, armed)
    await office.abe.clicks("Retry", confirm=True)
    await office.delivered()
    assert len(office.giftcards.orders) == 1


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("body", ['{"error": "user_disabled"}', '{"ok": "false", "error": "channel_not_found"}', "[]"])
async def test_a_body_is_believed_only_with_its_ok(office: Office, body: str) -> None:
    """Something on the way answers in Slack's place, without `"ok": false`: that proves nothing about Rob."""
    await office.asks()
    office.slack.faults.arm(OPEN, Answer(200, body), only=lambda given: given["users"] == office.rob.id)
    await office.approves()
    await office.lets_pass(3, seconds=5)
    await office.delivered()


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("code", ["user_disabled", "users_not_found", "cannot_dm_bot"])
async def test_a_final_refusal_about_a_person_is_told_at_once(office: Office, code: str) -> None:
    """Slack does not let anybody write to Rob: the gift waits for a person, who can retry."""
    await office.asks()
    office.slack.refuses(OPEN, code, only=lambda given: given["users"] == office.rob.id)
    await office.approves()
    await office.mia.sees_message("Slack does not let me write to its recipient")
    await office.abe.clicks("Retry", confirm=True)
    await office.delivered()


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("code", ["invalid_blocks", "msg_too_long", "msg_blocks_too_long", "no_text"])
async def test_what_we_made_wrongly_is_sent_again_in_its_simplest_form(office: Office, code: str) -> None:
    """Card, its update and gift are refused for how they are made: the words and the buttons arrive at once."""
    for_abe = office.slack.workspace.im(office.abe.id).id
    office.slack.refuses(POST, code, only=lambda given: given["channel"] == for_abe)
    office.slack.refuses(UPDATE, code, only=lambda given: given["channel"] == for_abe)
    office.slack.refuses(POST, code, only=lambda given: given["channel"] == office.slack.workspace.im(office.rob.id).id)
    await office.asks()
    card = await office.abe.sees_message("would like to thank")
    assert "£25.00" not in card.text_shown
    assert card.buttons == ["Approve", "Decline", "Note or lower amount"]
    await office.approves()
    await office.delivered()
    await office.until("delivered")
    await office.rests()
    (card,) = office.abe.messages()
    assert card.buttons == []
    (gift,) = office.rob.messages()
    assert gift.buttons == ["Open your gift", "Get the link anew"]


@pytest.mark.usefixtures("bot")
async def test_what_we_make_wrongly_again_and_again_is_nobodys_absence(office: Office) -> None:
    """Slack refuses the gift's message in every form for two days: nobody reads that Rob cannot be reached."""
    await office.asks()
    rob = office.slack.workspace.im(office.rob.id).id
    office.slack.refuses(POST, "invalid_blocks", times=10_000, only=lambda given: given["channel"] == rob)
    await office.approves()
    await office.lets_pass(60, hours=1)
    told = [message.text_shown for person in (office.mia, office.abe) for message in person.messages()]
    assert any("for a day Slack has not taken its message" in text for text in told)
    assert not any("does not let me write" in text for text in told)


def test_the_simulator_refuses_only_as_slack_does(office: Office) -> None:
    """A code that Slack does not document for a method is none."""
    with pytest.raises(KeyError):
        office.slack.refuses(USER, "is_archived")


async def test_each_refusal_is_one_line_and_is_counted(office: Office) -> None:
    """With method, code, class and Slack's own number of the call; `/healthz` has how many there were."""
    async with office.open("http"):
        with capture_logs() as logs:
            office.slack.refuses(POST, "message_limit_exceeded")
            office.slack.refuses(USER, "internal_error")
            office.slack.refuses(OPEN, "user_disabled", only=lambda given: given["users"] == office.rob.id)
            await office.asks()
            await office.lets_pass(2, seconds=5)
            await office.approves()
            await office.mia.sees_message("Slack does not let me write")
        refused = [line for line in logs if line["event"] == "slack_refused"]
        assert {(line["method"], line["code"], line["code_class"]) for line in refused} == {
            (POST, "message_limit_exceeded", "passing"),
            (USER, "200 internal_error", "unsure"),
            (OPEN, "user_disabled", "final"),
        }
        assert len({line["slack_request"] for line in refused}) == len(refused) == 3
        assert (await health(office))["refused"] == {
            f"Slack {POST}: message_limit_exceeded": 1,
            f"Slack {USER}: 200 internal_error": 1,
            f"Slack {OPEN}: user_disabled": 1,
        }


async def test_a_refusal_in_the_log_of_the_process_names_its_message(office: Office) -> None:
    """The line has the id of the message that was refused, and none of its words."""
    office.mia.patience = office.abe.patience = 20
    async with office.started():
        office.slack.refuses(POST, "rate_limited")
        await office.asks("@Rob 25 GBP thank you for the lighthouse")
        await office.abe.sees_message("would like to thank")
        await eventually(lambda: "slack_refused" in office.log.read_text())
    (line,) = [json.loads(row) for row in office.log.read_text().splitlines() if "slack_refused" in row]
    assert (line["method"], line["code"], line["code_class"]) == (POST, "rate_limited", "passing")
    assert line["subject"] in office.ledger.messages("id")
    assert "lighthouse" not in office.log.read_text()


async def health(office: Office) -> dict[str, Any]:
    """What /healthz says."""
    assert isinstance(office.slack.delivery, SignedHttp)
    async with httpx.AsyncClient() as http:
        reply = await http.get(office.slack.delivery.url.replace("/slack/events", "/healthz"))
    return dict(reply.json())


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("code", ["channel_not_found", "missing_scope"])
async def test_a_message_that_can_never_be_looked_up_is_sent_again_on_a_persons_word(office: Office, code: str) -> None:
    """The bot lost Rob's channel, or the right to read it: Retry finds nothing out, and “Send it again” delivers."""
    await office.asks()
    await office.abe.sees_message("would like to thank")
    rob = office.slack.workspace.im(office.rob.id).id
    office.slack.faults.arm(POST, Fault.ERROR_BEFORE, only=lambda given: given["channel"] == rob)
    office.slack.refuses("conversations.history", code, times=10_000, only=lambda given: given["channel"] == rob)
    await office.approves()
    for _ in range(2):
        await office.lets_pass(30, hours=1)
        assert office.states() == ["needs_review"]
        await office.abe.clicks("Retry", confirm=True)
    await office.lets_pass(30, hours=1)
    assert office.rob.messages() == []
    await office.abe.clicks("Send it again", confirm=True)
    await office.delivered()
    await office.until("delivered")
    assert len(office.rob.messages()) == len(office.giftcards.orders) == 1
    assert "has asked, and the message never arrived" in office.ledger.audit_events("detail")
