"""A message whose posting has an unknown outcome is looked up by Slack's clock, whatever else is in the history."""

import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import aiohttp
import httpx
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.gifts.model.notification import Kind, Message, MessageState
from bot.gifts.model.outcomes import Absent, Posted, Unavailable
from bot.sandbox.simulator import Fault
from handlers.slack_api.directory import SlackDirectory, Workspace
from handlers.slack_api.messenger import SlackMessenger
from tests.harness.giftcard_server import Clock, something_else
from tests.harness.office import Office

POST, HISTORY = "chat.postMessage", "conversations.history"
LOST = Message("the one", Kind.GIFT, "a request", ("a gift",), "UROB", state=MessageState.SENDING, channel="D1")
OURS = {"ts": "1700000100.000200", "metadata": {"event_payload": {"message_id": "the one"}}}
FOUND = Posted("D1", "1700000100.000200")
ODD: Sequence[Any] = [
    {"ts": "1.1"},
    {"ts": "1.2", "metadata": None},
    {"ts": "1.3", "metadata": "the one"},
    {"ts": "1.4", "metadata": []},
    {"ts": "1.5", "metadata": {"event_payload": None}},
    {"ts": "1.6", "metadata": {"event_payload": ["message_id", "the one"]}},
    {"ts": "1.7", "metadata": {"event_payload": {"message_id": None}}},
    {"ts": "1.8", "metadata": {"event_payload": {"message_id": "another one"}}},
    {},
    None,
    "the one",
    7,
    ["the one"],
]
Pages = Callable[[Mapping[str, str]], Any]


@asynccontextmanager
async def looking(pages: Pages) -> AsyncGenerator[tuple[SlackMessenger, list[httpx.Request]]]:
    """The messenger, before a Slack that answers with these pages."""

    async def answer(request: web.Request) -> web.Response:
        page = pages(request.query)
        return web.Response(text=json.dumps({"ok": True, **page}), content_type="application/json")

    async with something_else(answer) as (url, asked), aiohttp.ClientSession() as session:
        client = AsyncWebClient("xoxb-1", url.replace("/v2/", "/api/"), session=session)
        yield SlackMessenger(client, client, SlackDirectory(client, Workspace("T1"), Clock()), Clock()), asked


async def found(pages: Pages, lost: Message = LOST) -> object:
    """What a look comes to."""
    async with looking(pages) as (messenger, _):
        return await messenger.find(lost)


def page(*rows: Any, cursor: Any = None) -> dict[str, Any]:
    """A page of the history, and where the next one begins."""
    return {"messages": [*rows], "response_metadata": {"next_cursor": cursor} if cursor else None}


@pytest.mark.parametrize("odd", ODD, ids=json.dumps)
async def test_odd_rows_are_somebody_elses(odd: Any) -> None:
    """Before and after the message; and alone they are not it."""
    assert await found(lambda _: page(odd, OURS, odd)) == FOUND
    assert await found(lambda _: page(odd)) == Absent()


async def test_it_is_found_among_very_many() -> None:
    """On a page larger than Slack was asked for, and on the last of many pages."""
    assert await found(lambda _: page(*[*ODD] * 2000, OURS)) == FOUND

    def turned(asked: Mapping[str, str]) -> Any:
        number = int(asked.get("cursor", "0"))
        return page(*ODD, cursor=str(number + 1)) if number < 40 else page(OURS)

    assert await found(turned) == FOUND


@pytest.mark.parametrize(
    "pages",
    [
        lambda _: page(cursor="again"),
        lambda asked: page(cursor="b" if asked.get("cursor") == "a" else "a"),
        lambda asked: page(cursor=f"{asked.get('cursor', '')}x"),
        lambda _: {"messages": None},
        lambda _: {"messages": {"0": OURS}},
        lambda _: {},
        lambda _: page({"metadata": OURS["metadata"]}),
        lambda _: page({"ts": None, "metadata": OURS["metadata"]}),
    ],
    ids=["same cursor", "two cursors", "no end", "null", "an object", "nothing", "no ts", "ts null"],
)
async def test_a_history_that_proves_nothing_is_looked_through_again_later(pages: Pages) -> None:
    """It never ends, or cannot be read: so the message is not sent again on its word."""
    assert isinstance(await found(pages), Unavailable)


@pytest.mark.parametrize("metadata", [None, {}, {"next_cursor": None}, {"next_cursor": ""}, {"next_cursor": 7}, "", []])
async def test_the_end_is_the_end_in_any_shape(metadata: Any) -> None:
    """Slack leaves the cursor empty, or out."""
    assert await found(lambda _: {"messages": [], "response_metadata": metadata}) == Absent()


@pytest.mark.parametrize(
    ("sent_after", "oldest"), [(None, "0.000000"), ("1700000000.000100", "1699999940.000100"), ("7.5", "0.000000")]
)
async def test_the_look_begins_at_a_message_that_slack_had_before(sent_after: str | None, oldest: str) -> None:
    """And a minute earlier; where none is known, at the beginning."""
    asked_for: list[str] = []

    def pages(asked: Mapping[str, str]) -> Any:
        asked_for.append(asked["oldest"])
        return page()

    assert await found(pages, replace(LOST, sent_after=sent_after)) == Absent()
    assert asked_for == [oldest]


@pytest.mark.parametrize("wrong", [{"hours": 2}, {"days": 400}, {"hours": -2}, {"minutes": 4}])
async def test_one_message_however_wrong_the_clock_is(office: Office, wrong: dict[str, float]) -> None:
    """Rob has had a gift before; the next one's reply is lost, and it is found after that first one."""
    office.clock.set_wrong(**wrong)
    async with office.open():
        await office.asks()
        await office.approves()
        await office.delivered()
        await office.rests()
        office.clock.turn(hours=3)
        await office.asks("@Rob 30 GBP once more")
        office.slack.faults.arm(POST, Fault.REPLY_LOST, only=lambda call: "thanks you with a gift" in call["text"])
        await office.approves()
        await office.rob.sees_message("once more")
        await office.rests()
        office.clock.turn(seconds=5)
        await office.until("delivered")
    first, _ = (message.ts for message in office.rob.messages())
    (look,) = (call for call in office.slack.calls if call.name == HISTORY)
    assert float(look.arguments["oldest"]) == pytest.approx(float(first) - 60)


async def test_slack_gets_its_time_also_when_the_clock_is_set_forward(office: Office) -> None:
    """Four minutes of the clock are not the seconds that Slack needs until it shows what it has."""
    async with office.open(giftbot_settle_seconds="20"):
        await office.asks()
        await office.abe.sees_message("would like to thank")
        await office.ana.sees_message("would like to thank")
        office.slack.faults.arm(POST, Fault.REPLY_LOST, only=lambda call: "thanks you with a gift" in call["text"])
        await office.approves()
        await office.delivered()
        await office.rests()
        office.clock.set_wrong(minutes=4)
        office.clock.turn(seconds=15)
        await office.rests()
        assert HISTORY not in [call.name for call in office.slack.calls]
        office.clock.turn(seconds=6)
        await office.until("delivered")
    assert len(office.rob.messages()) == 1
