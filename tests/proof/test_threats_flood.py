"""Somebody floods the bot: what is kept stays within bounds, they are told so in private, and everybody is served."""

import asyncio
import time
from contextlib import suppress
from datetime import timedelta

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.gifts.model.errors import RateLimited
from bot.gifts.model.policy import MOST_WAITING
from bot.sandbox.simulator import Kind
from handlers.inbound.user_rate_limit import AT_ONCE, UserRateLimit
from tests.harness.giftcard_server import Clock
from tests.harness.office import Office

FLOOD = 1000
TOO_MUCH = "That was a lot at once, so nothing was done this time. Please try again in a minute."


def _calls(office: Office, name: str) -> int:
    return [call.name for call in office.slack.calls].count(name)


async def _is_served(office: Office) -> None:
    """Eve opens a form and submits it, as fast as on any day."""
    began = time.monotonic()
    await office.asks("@Rob 10 GBP thanks", who=office.eve)
    assert time.monotonic() - began < 3, "Slack would have shown an error"


@pytest.mark.usefixtures("bot")
async def test_a_thousand_commands(office: Office) -> None:
    """Mia types a thousand commands at once: twenty forms at most, words in private for the rest, and Eve is served."""
    notes = office.slack.workspace.notes_to_self(office.mia.id)
    commands = [office.mia.payloads.slash_command("/gift", "@Rob 25 GBP thanks", notes) for _ in range(FLOOD)]
    flood = [asyncio.create_task(office.mia.sends(Kind.SLASH_COMMANDS, command)) for command in commands]
    await _is_served(office)
    answers = await asyncio.gather(*flood)
    assert [answer for answer in answers if answer] == [{"response_type": "ephemeral", "text": TOO_MUCH}] * (
        FLOOD - answers.count({})
    )
    assert AT_ONCE <= answers.count({}) <= AT_ONCE + 5
    assert _calls(office, "views.open") <= AT_ONCE + 5 + 1
    assert office.ledger.requests("requester") == [office.eve.id]
    office.clock.turn(minutes=2)
    await office.mia.types("/gift help")
    assert "Thank a colleague" in office.mia.private_replies[-1].text_shown


@pytest.mark.usefixtures("bot")
async def test_hundreds_of_submissions(office: Office) -> None:
    """Mia submits hundreds of different forms, as fast as she may: few are kept, and no form loses what it holds."""
    await office.mia.types("/gift @Rob 25 GBP thanks")
    form = await office.mia.sees_modal("Send a gift")
    payload = office.mia.payloads.view_submission(form)
    answers, forms = [], 300
    for number in range(forms):
        if number % AT_ONCE == 0:
            office.clock.turn(minutes=2)
        payload["view"]["private_metadata"] = f'{{"draft_id": "00000000-0000-4000-8000-{number:012}", "source": null}}'
        answers.append(await office.mia.sends(Kind.INTERACTIVE, payload))
    assert [answer["response_action"] for answer in answers] == ["update"] * MOST_WAITING + ["errors"] * (
        forms - MOST_WAITING
    )
    assert answers[-1]["errors"] == {
        "recipients": "25 of your requests are waiting for a decision. Please let one be decided, or cancel it."
    }
    assert office.states() == ["waiting"] * MOST_WAITING
    assert len(office.ledger.audit_events(event="request")) == MOST_WAITING
    office.clock.turn(minutes=2)
    await _is_served(office)

    await office.mia.types("/gift status")
    await office.mia.closes()
    await office.mia.clicks("Cancel request", on=office.mia.private_replies[-1], confirm=True)
    await office.asks()


@pytest.mark.usefixtures("bot")
async def test_forms_submitted_too_fast_keep_their_content(office: Office) -> None:
    """The words stand under the first field, and after a moment the same form is accepted."""
    await office.mia.types("/gift @Rob 25 GBP thanks")
    form = await office.mia.sees_modal("Send a gift")
    await office.mia.fills({"Amount each": "0"})
    for _ in range(AT_ONCE + 5):
        await office.mia.submits()
    assert form.errors == {"Recipients": TOO_MUCH}
    assert form.value("Note") == "thanks"
    await office.mia.fills({"Amount each": "25"})
    office.clock.turn(minutes=2)
    await office.mia.submits()
    await office.mia.sees_modal("Gift asked for")


@pytest.mark.usefixtures("bot")
async def test_a_thousand_clicks(office: Office) -> None:
    """Mia clicks Approve on her own request a thousand times: one line on the record, and a few words in private."""
    await office.asks()
    card = await office.abe.sees_message("would like to thank")
    button = card.button("Approve")
    assert button
    clicks = [office.mia.payloads.button_click(card, button) for _ in range(FLOOD)]
    flood = [asyncio.create_task(office.mia.sends(Kind.INTERACTIVE, click)) for click in clicks]
    await _is_served(office)
    await asyncio.gather(*flood)
    await office.mia.sees(TOO_MUCH)
    assert _calls(office, "views.open") <= 2 * (AT_ONCE + 5)
    assert len(office.ledger.audit_events(event="refused")) == 1
    assert office.states() == ["waiting", "waiting"]
    await office.approves()
    await office.delivered()


@pytest.mark.usefixtures("bot")
async def test_a_thousand_looks_at_the_home_tab(office: Office) -> None:
    """The tab is filled as often as somebody can mean it."""
    event = office.mia.payloads.app_home_opened(None)
    await asyncio.gather(*(office.mia.sends(Kind.EVENTS_API, event) for _ in range(FLOOD)))
    await _is_served(office)
    assert _calls(office, "views.publish") <= AT_ONCE + 5


async def test_after_a_pause_everything_is_allowed_again() -> None:
    """Twenty at once, then one every three seconds; a minute of rest gives back all; a clock set back takes nothing."""
    clock = Clock()
    throttle = UserRateLimit(clock)

    async def passes(person: str = "UMIA") -> bool:
        passed = []

        async def next_() -> BoltResponse:
            passed.append(True)
            return BoltResponse(status=200)

        with suppress(RateLimited):
            act = AsyncBoltRequest(body={"user_id": person}, mode="socket_mode")
            await throttle.async_process(req=act, resp=BoltResponse(status=200), next=next_)
        return bool(passed)

    assert [await passes() for _ in range(AT_ONCE + 3)] == [True] * AT_ONCE + [False] * 3
    assert await passes("UEVE"), "what Mia does costs Eve nothing"
    clock.time += timedelta(seconds=3)
    assert [await passes(), await passes()] == [True, False]
    clock.time += timedelta(seconds=60)
    assert [await passes() for _ in range(AT_ONCE + 1)] == [True] * AT_ONCE + [False]
    clock.time -= timedelta(days=1)
    await passes()
    clock.time += timedelta(seconds=60)
    assert await passes()
