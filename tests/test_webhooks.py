"""Runa's webhooks: what they wake, and that nothing in them is believed."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.app import Giftbot
from bot.sandbox.simulator import Fault
from bot.sandbox.simulator.giftcards.runa.api import RunaApi
from bot.sandbox.simulator.giftcards.runa.webhooks import Sent, Webhooks
from handlers.inbound.http import EVENTS_PATH
from handlers.inbound.socket_mode import SocketModeReceiver
from tests.harness.office import Office, eventually

SECRET = "whsec_" + "Y2FuYXJ5LW9mLXRoZS13ZWJob29rcy0wMTIzNDU2"
PATH = "/webhooks/runa"
TAKEN, REFUSED, TOO_LARGE = 200, 400, 413


@pytest.fixture
def real_money() -> bool:
    """The playground has no webhooks."""
    return True


@pytest.fixture
async def webhooks(office: Office) -> AsyncGenerator[Webhooks]:
    """The bot at work over HTTP, and Runa, which knows its address."""
    async with office.open("http", runa_webhook_secret=SECRET):
        yield runa(office).webhooks_to(address(office), SECRET)


def runa(office: Office) -> RunaApi:
    """The gift card service, which sends webhooks."""
    assert isinstance(office.giftcards, RunaApi)
    return office.giftcards


def address(office: Office) -> str:
    """Where Runa would post to."""
    assert office.delivery
    return office.delivery.url.replace(EVENTS_PATH, PATH)


def looks(office: Office) -> int:
    """How often somebody looked at an order."""
    return sum(call.name == "GET /order/{id}" for call in office.giftcards.calls)


def readings(office: Office) -> int:
    """How often somebody began to read the catalogue."""
    return sum(call.name == "GET /product/countries" for call in office.giftcards.calls)


async def late(office: Office) -> str:
    """Rob's gift is ordered, not complete, and not looked at within the next minute; gives the order's id."""
    office.giftcards.links_after(seconds=1e9)
    await office.asks()
    await office.approves()
    await office.until("ordered")
    await office.lets_pass(12, minutes=5)
    assert next_try(office) > timedelta(minutes=1)
    return office.giftcards.orders[0].id


def next_try(office: Office) -> timedelta:
    """How long it is until the next try to deliver."""
    (due,) = office.ledger.jobs("due_at", task="deliver")
    return datetime.fromisoformat(due) - office.clock.now()


async def test_a_late_order_is_delivered_at_once(office: Office, webhooks: Webhooks) -> None:
    """Rob has his gift when Runa says that it is complete, minutes before the bot would have looked."""
    await late(office)
    began = office.clock.now()
    office.giftcards.links_after()
    assert await office.delivered() == office.giftcards.orders[0].items[0].link
    assert office.clock.now() - began < timedelta(minutes=1)
    assert [sent.status for sent in webhooks.sent] == [TAKEN]


async def test_an_order_that_fails_late_is_told_at_once(office: Office, webhooks: Webhooks) -> None:
    """What came to nothing is in front of a person when Runa says so, and a Retry orders anew."""
    runa(office).fail_next()
    office.giftcards.links_after(seconds=1e9)
    await office.asks()
    await office.approves()
    await office.until("ordered")
    await office.lets_pass(12, minutes=5)
    office.giftcards.links_after()
    await office.abe.sees_message("needs somebody")
    assert office.states() == ["failed"]
    assert [sent.status for sent in webhooks.sent] == [TAKEN]
    await office.abe.clicks("Retry", confirm=True)
    await office.delivered()


async def test_a_product_that_changed_is_read_now(office: Office, webhooks: Webhooks) -> None:
    """What Runa takes from its shelf is gone from ours, long before the hour is over."""
    await eventually(lambda: "HTHR-GB" in shelf(office))
    await office.rests()
    before = readings(office)
    await runa(office).change_product("HTHR-GB", is_orderable=False)
    await eventually(lambda: "HTHR-GB" not in shelf(office))
    assert [sent.status for sent in webhooks.sent] == [TAKEN]
    assert readings(office) == before + 1


async def test_what_is_said_while_the_bot_is_looking_counts(office: Office, webhooks: Webhooks) -> None:
    """An answer that was on its way already may be older than the news: the bot looks once more."""
    order_id = await late(office)
    before = looks(office), readings(office)
    for call in ("GET /order/{id}", "GET /product/countries"):
        office.giftcards.faults.arm(call, Fault.SLOW, seconds=0.5)
    for _ in range(2):
        await webhooks.send({"id": order_id, "status": "COMPLETED"})
        await webhooks.send({"product_code": "HTHR-GB"})
        await asyncio.sleep(0.2)
    await eventually(lambda: (looks(office), readings(office)) == (before[0] + 2, before[1] + 2))
    await office.rests()


def shelf(office: Office) -> str:
    """What can be bought in Britain, as the bot has kept it."""
    return str(office.ledger.shelves("products", country="GB"))


class TestWhoIsHeard:
    """Only what Runa signed, and only a moment ago."""

    async def test_forged_unsigned_and_stale(self, office: Office, webhooks: Webhooks) -> None:
        """Without a signature, with somebody else's, with a changed body, too early or too late: nothing is woken."""
        order_id = await late(office)
        before, due = looks(office), next_try(office)
        body = json.dumps({"id": order_id, "status": "COMPLETED"}).encode()
        good = webhooks.signed(body)
        stranger = Webhooks(webhooks.url, "whsec_" + "c29tZWJvZHktZWxzZS1zb21lYm9keS1lbHNl", lambda _: True)
        for headers in (
            {},
            {"Content-Type": "application/json"},
            stranger.signed(body),
            webhooks.signed(body + b" "),
            webhooks.signed(body, age=360),
            webhooks.signed(body, age=-360),
            good | {"svix-id": "msg_another"},
            good | {"svix-timestamp": "yesterday"},
            good | {"svix-timestamp": "inf"},
            good | {"svix-signature": ""},
            good | {"svix-signature": "v1"},
            good | {"svix-signature": "v1,not base64"},
            good | {"svix-signature": good["svix-signature"].replace("v1,", "v2,")},
        ):
            assert (await webhooks.post(body, headers)).status == REFUSED, headers
        assert (await webhooks.post(b"\xff\xfe", webhooks.signed(b"\xff\xfe"))).status == REFUSED
        await stranger.stop()
        assert looks(office) == before
        assert timedelta() < next_try(office) <= due
        assert office.states() == ["ordered"]

    async def test_a_replay_is_harmless(self, office: Office, webhooks: Webhooks) -> None:
        """The very bytes that brought Rob his gift, sent twice more, bring nothing."""
        await late(office)
        office.giftcards.links_after()
        await office.delivered()
        await eventually(lambda: len(webhooks.sent) == 1)
        (first,) = webhooks.sent
        for _ in range(2):
            assert (await webhooks.post(first.body, first.headers)).status == TAKEN
        await office.rests()
        assert len(office.giftcards.requests) == len(office.giftcards.orders) == 1
        assert len(office.rob.messages()) == 1

    async def test_too_large(self, office: Office, webhooks: Webhooks) -> None:
        """More than 64 KiB is not even looked at, also where its length is not said; so much and no more is."""
        body = json.dumps({"id": "O-1", "status": "COMPLETED", "padding": ""}).encode()
        filled = body.replace(b'"padding": ""', b'"padding": "' + b"x" * (64 * 1024 - len(body)) + b'"')
        assert (await webhooks.post(filled, webhooks.signed(filled))).status == TAKEN
        longer = filled + b" "
        assert (await webhooks.post(longer, webhooks.signed(longer))).status == TOO_LARGE
        async with httpx.AsyncClient() as http:
            answer = await http.post(webhooks.url, content=_chunks(longer), headers=webhooks.signed(longer))
        assert answer.status_code == TOO_LARGE
        assert office.states() == []


async def _chunks(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 8192):
        yield body[start : start + 8192]


class TestWhatIsBelieved:
    """Nothing: it only says where to look."""

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"not JSON",
            b"[]",
            b"null",
            b'{"type": "something.new", "data": {}}',
            b'{"id": 7, "status": "COMPLETED"}',
            b'{"id": "O-NOBODY-KNOWS", "status": "COMPLETED"}',
            b'{"id": "\\ud800", "status": "COMPLETED"}',
            b'{"id": "\' OR 1=1 --", "status": "FAILED"}',
            b"[" * 30_000,
        ],
    )
    async def test_what_nobody_understands(self, office: Office, webhooks: Webhooks, body: bytes) -> None:
        """It is signed, so it is taken, or Runa would send it again and again; and that is all."""
        await office.rests()
        work = office.ledger.jobs("task", "subject", "due_at")
        assert (await webhooks.post(body, webhooks.signed(body))).status == TAKEN
        assert office.ledger.jobs("task", "subject", "due_at") == work

    @pytest.mark.parametrize("status", ["COMPLETED", "FAILED", "CANCELLED", "something new"])
    async def test_a_lie_about_an_order_that_is_not_complete(
        self, office: Office, webhooks: Webhooks, status: str
    ) -> None:
        """The bot looks for itself: the order is still being worked on, and so the gift stays where it was."""
        order_id = await late(office)
        before = looks(office)
        told = await _told(webhooks, {"id": order_id, "status": status, "items": [{"payout": {"url": "https://x.y"}}]})
        assert told.status == TAKEN
        await eventually(lambda: looks(office) == before + 1)
        await office.rests()
        assert office.states() == ["ordered"]
        assert office.rob.messages() == []

    async def test_a_lie_about_a_gift_that_has_arrived(self, office: Office, webhooks: Webhooks) -> None:
        """A delivered gift is looked at, and stays delivered."""
        await office.asks()
        await office.approves()
        await office.until("delivered")
        await office.rests()
        before = looks(office)
        await _told(webhooks, {"id": office.giftcards.orders[0].id, "status": "FAILED"})
        await eventually(lambda: looks(office) == before + 1)
        await office.rests()
        assert office.states() == ["delivered"]
        assert len(office.giftcards.requests) == 1
        assert not [message for message in office.abe.messages() if "needs somebody" in message.text_shown]

    async def test_a_lie_about_a_product(self, office: Office, webhooks: Webhooks) -> None:
        """A product that is said to be gone is still there when the catalogue says so."""
        await eventually(lambda: "HTHR-GB" in shelf(office))
        await office.rests()
        before = readings(office)
        await _told(webhooks, {"product_code": "HTHR-GB", "new_state": {"is_orderable": False}})
        await eventually(lambda: readings(office) == before + 1)
        await office.rests()
        assert "HTHR-GB" in shelf(office)


async def _told(webhooks: Webhooks, message: dict[str, Any]) -> Sent:
    return await webhooks.send(message)


async def test_without_a_secret_there_is_no_address(office: Office) -> None:
    """Who has not set the secret has nothing that could be posted to."""
    async with office.open("http"), httpx.AsyncClient() as http:
        assert (await http.post(address(office), content=b"{}")).status_code == httpx.codes.NOT_FOUND


async def test_socket_mode_listens_to_nobody(office: Office) -> None:
    """Without --http there is no server, whatever is set."""
    async with office.open(runa_webhook_secret=SECRET) as bot:
        assert isinstance(bot, Giftbot)
        assert isinstance(bot.intake, SocketModeReceiver)


async def test_the_secret_is_in_no_log(office: Office, unused_tcp_port: int) -> None:
    """The real process at log level DEBUG says who was refused, and neither the secret nor what was sent."""
    process = await office.process(
        "--http", "--port", str(unused_tcp_port), runa_webhook_secret=SECRET, giftbot_log_level="DEBUG"
    )
    base = f"http://127.0.0.1:{unused_tcp_port}"
    webhooks = runa(office).webhooks_to(f"{base}{PATH}", SECRET)
    try:
        await _listens(f"{base}/healthz")
        body = b'{"id": "O-CANARY", "status": "COMPLETED"}'
        assert (await webhooks.post(body, webhooks.signed(body))).status == TAKEN
        assert (await webhooks.post(body, {})).status == REFUSED
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 10) == 0
    log = office.log.read_text()
    assert "request_refused" in log
    assert "O-CANARY" not in log
    assert SECRET.removeprefix("whsec_") not in log
    assert "Traceback" not in log


async def _listens(url: str) -> None:
    async with asyncio.timeout(30), httpx.AsyncClient() as http:
        while True:
            try:
                await http.get(url)
            except httpx.ConnectError:
                await asyncio.sleep(0.1)
            else:
                return
