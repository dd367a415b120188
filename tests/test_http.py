"""HTTP mode: only what Slack signed, only once, and only a moment ago."""

import json
import time

import httpx
import pytest

from bot.sandbox.simulator import Kind, SignedHttp
from bot.sandbox.simulator.slack.delivery import encoded
from tests.harness.office import Office


def _delivery(office: Office) -> SignedHttp:
    assert office.delivery
    return office.delivery


async def test_a_replayed_approval_orders_nothing_more(office: Office) -> None:
    """The very bytes of a signed approval, sent twice more, change nothing."""
    async with office.open("http"):
        await office.asks()
        await office.approves()
        captured = _delivery(office).last_request
        assert captured
        await office.delivered()
        for _ in range(2):
            status, _ = await _delivery(office).send(captured.body, captured.headers)
            assert status == httpx.codes.OK
        await office.rests()
        assert len(office.giftcards.orders) == 1
        assert len(office.rob.messages()) == 1


async def test_a_replayed_submission_asks_for_nothing_more(office: Office) -> None:
    """The very bytes of a signed submission, sent twice more, make no second request."""
    async with office.open("http"):
        await office.mia.types("/gift @Rob 25 GBP thanks")
        await office.mia.sees_modal("Send a gift")
        await office.mia.submits()
        captured = _delivery(office).last_request
        assert captured
        for _ in range(2):
            await _delivery(office).send(captured.body, captured.headers)
        assert office.states() == ["waiting"]


@pytest.mark.parametrize("age", [310, -310])
async def test_a_stale_request_is_refused(office: Office, age: int) -> None:
    """A correct signature from more than five minutes ago, or ahead, is worth nothing."""
    async with office.open("http"):
        delivery = await _waiting_approval(office)
        body, plain = _approval(office)
        status, _ = await delivery.send(body, plain | delivery.sign(body, int(time.time()) - age))
        assert status == httpx.codes.UNAUTHORIZED
        assert office.states() == ["waiting"]


async def test_an_unsigned_or_forged_request_is_refused(office: Office) -> None:
    """Without a signature, with somebody else's, or with a changed body, nothing happens."""
    async with office.open("http"):
        delivery = await _waiting_approval(office)
        body, plain = _approval(office)
        now = int(time.time())
        stranger = SignedHttp(delivery.url, "0" * 32)
        for sent, headers in [
            (body, plain),
            (body, plain | stranger.sign(body, now)),
            (body + b"%20", plain | delivery.sign(body, now)),
        ]:
            status, _ = await delivery.send(sent, headers)
            assert status == httpx.codes.UNAUTHORIZED
        await stranger.close()
        assert office.states() == ["waiting"]
        status, _ = await delivery.send(body, plain | delivery.sign(body, now))
        assert status == httpx.codes.OK
        await office.delivered()


async def test_what_slack_asks_of_an_address_is_answered(office: Office) -> None:
    """The challenge for a new address, and the look at its certificate, which is not signed."""
    async with office.open("http"):
        delivery = _delivery(office)
        challenge, json_type = b'{"type": "url_verification", "challenge": "abc"}', {"Content-Type": "application/json"}
        status, text = await delivery.send(challenge, json_type | delivery.sign(challenge, int(time.time())))
        assert (status, json.loads(text)) == (httpx.codes.OK, {"challenge": "abc"})
        form_type = {"Content-Type": "application/x-www-form-urlencoded"}
        assert await delivery.send(b"token=abc&ssl_check=1", form_type) == (httpx.codes.OK, "")
        status, _ = await delivery.send(b"token=abc&command=/gift", form_type)
        assert status == httpx.codes.UNAUTHORIZED


async def test_health_and_unknown_addresses(office: Office) -> None:
    """GET /healthz says that the bot works; nothing else is served."""
    async with office.open("http"), httpx.AsyncClient() as http:
        base = _delivery(office).url.removesuffix("/slack/events")
        health = await http.get(f"{base}/healthz")
        assert (health.status_code, health.json()) == (200, {"status": "ok"})
        assert (await http.get(f"{base}/slack/events")).status_code == httpx.codes.METHOD_NOT_ALLOWED
        assert (await http.post(f"{base}/elsewhere")).status_code == httpx.codes.NOT_FOUND
        too_large = await http.post(f"{base}/slack/events", content=b"x" * (1024 * 1024 + 1))
        assert too_large.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE


async def _waiting_approval(office: Office) -> SignedHttp:
    await office.asks()
    await office.abe.sees_message("would like to thank")
    return _delivery(office)


def _approval(office: Office) -> tuple[bytes, dict[str, str]]:
    """Abe's click on Approve as Slack would send it, without its signature, and not sent yet."""
    (card,) = office.abe.messages()
    button = card.button("Approve")
    assert button
    body, content_type = encoded(Kind.INTERACTIVE, office.abe.payloads.button_click(card, button))
    return body, {"Content-Type": content_type}
