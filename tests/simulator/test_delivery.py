"""How payloads reach a real Bolt app, over Socket Mode and over signed HTTP, on good and on bad days."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from slack_bolt.async_app import AsyncApp

from bot.sandbox.simulator import AppDidNotRespond, Kind, SignedHttp, Slack
from bot.sandbox.simulator.slack.socket_mode import Goodbye

Json = dict[str, Any]


@pytest.fixture
async def http(app: AsyncApp, slack: Slack) -> AsyncIterator[SignedHttp]:
    """The app behind a request URL, and Slack's deliveries to it."""
    server = TestServer(app.web_app("/slack/events"))
    await server.start_server()
    yield slack.use_http(str(server.make_url("/slack/events")))
    await slack.delivery.close()
    await server.close()


def counts(app: AsyncApp) -> list[str]:
    """Let the app answer /gift, and count how often it was asked."""
    texts: list[str] = []

    @app.command("/gift")
    async def _(ack: Any, body: Json) -> None:
        texts.append(body["text"])
        await ack(text=f"heard {body['text']}")

    return texts


async def test_without_a_connection_slack_says_so_at_once(slack: Slack) -> None:
    """Commands are not kept for later."""
    with pytest.raises(AppDidNotRespond, match="dispatch_failed"):
        await slack.add_person("Ann").types("/gift hello")


async def test_an_acknowledgement_that_is_late_does_not_count(bot: AsyncApp, slack: Slack) -> None:
    """The person sees an error although the app goes on."""
    slack.socket_mode.ack_seconds = 0.05

    @bot.command("/gift")
    async def _(ack: Any) -> None:
        await asyncio.sleep(0.1)
        await ack("too late")

    ann = slack.add_person("Ann")
    with pytest.raises(AppDidNotRespond, match="operation_timeout"):
        await ann.types("/gift")
    await asyncio.sleep(0.1)
    assert not ann.private_replies


async def test_an_envelope_can_arrive_twice(bot: AsyncApp, slack: Slack) -> None:
    """The app is asked twice and the person is answered once."""
    texts = counts(bot)
    ann = slack.add_person("Ann")
    slack.socket_mode.deliver_twice()
    await ann.types("/gift once")
    await ann.types("/gift more")
    assert texts == ["once", "once", "more"]
    assert [reply.text_shown for reply in ann.private_replies] == ["heard once", "heard more"]


async def test_a_dropped_socket_is_opened_again_by_the_app(bot: AsyncApp, slack: Slack) -> None:
    """The bot comes back by itself and hears again."""
    texts = counts(bot)
    slack.socket_mode.drop_socket()
    await slack.socket_mode.connected(timeout=10)
    await slack.add_person("Ann").types("/gift again")
    assert texts == ["again"]


async def test_a_socket_url_works_once_and_greets(slack: Slack) -> None:
    """The first message is hello, pings are answered, and a used ticket is refused."""
    url = slack.socket_mode.issue_url()
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url, autoping=False) as socket:
            hello = await socket.receive_json()
            assert (hello["type"], hello["num_connections"]) == ("hello", 1)
            assert hello["connection_info"]["app_id"] == slack.workspace.app_id
            await socket.ping(b"there?")
            assert (await socket.receive()).data == b"there?"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_tickets_may_be_refused_and_greetings_left_out(slack: Slack) -> None:
    """As often as said; a ticket is used up all the same."""
    slack.socket_mode.refuse_tickets(1)
    slack.socket_mode.say_no_hello(1)
    url = slack.socket_mode.issue_url()
    async with aiohttp.ClientSession() as session:
        for status in (503, 403):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(url)
            assert refused.value.status == status
        async with session.ws_connect(slack.socket_mode.issue_url()) as socket:
            with pytest.raises(TimeoutError):
                await socket.receive_json(timeout=0.1)
            assert slack.socket_mode.links == []
        async with session.ws_connect(slack.socket_mode.issue_url()) as socket:
            assert (await socket.receive_json())["type"] == "hello"


@pytest.mark.parametrize("why", Goodbye)
async def test_a_connection_is_ended_with_a_word(slack: Slack, why: Goodbye) -> None:
    """Slack asks for another one, says why, and closes."""
    async with aiohttp.ClientSession() as session, session.ws_connect(slack.socket_mode.issue_url()) as socket:
        await socket.receive_json()
        await slack.socket_mode.connected()
        ending = asyncio.create_task(slack.socket_mode.links[0].ends(why, 0.1))
        assert (await socket.receive_json())["reason"] == why
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
        await ending


async def test_a_dead_connection_tells_neither_end(slack: Slack) -> None:
    """What is sent is lost, pings are not answered, and a person sees an error after three seconds."""
    slack.socket_mode.ack_seconds = 0.1
    url = slack.socket_mode.issue_url()
    async with aiohttp.ClientSession() as session, session.ws_connect(url, autoping=False) as socket:
        await socket.receive_json()
        await slack.socket_mode.connected()
        slack.socket_mode.links[0].goes_dead()
        with pytest.raises(AppDidNotRespond, match="operation_timeout"):
            await slack.add_person("Ann").types("/gift")
        await socket.ping()
        with pytest.raises(TimeoutError):
            await socket.receive(timeout=0.1)


async def test_an_acknowledgement_counts_only_where_its_envelope_came(slack: Slack) -> None:
    """On another connection it is worth nothing, which is the harshest reading of what Slack leaves open."""
    slack.socket_mode.ack_seconds = 0.2
    async with aiohttp.ClientSession() as session:
        sockets = [await session.ws_connect(slack.socket_mode.issue_url()) for _ in range(2)]
        for socket in sockets:
            await socket.receive_json()
        await slack.socket_mode.connected(times=2)
        typing = asyncio.create_task(slack.add_person("Ann").types("/gift"))
        asked, other = sockets
        envelope = await asked.receive_json()
        await other.send_json({"envelope_id": envelope["envelope_id"]})
        with pytest.raises(AppDidNotRespond, match="operation_timeout"):
            await typing
        for socket in sockets:
            await socket.close()


async def test_one_envelope_goes_to_one_of_several_connections(slack: Slack) -> None:
    """Connections take turns."""
    async with aiohttp.ClientSession() as session:
        sockets = [await session.ws_connect(slack.socket_mode.issue_url()) for _ in range(2)]
        for socket in sockets:
            await socket.receive_json()
        await slack.socket_mode.connected()
        ann = slack.add_person("Ann")
        typing = [asyncio.create_task(ann.types("/gift")) for _ in sockets]
        for socket in sockets:
            envelope = await socket.receive_json()
            assert envelope["accepts_response_payload"] is True
            await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "ok"}})
        await asyncio.gather(*typing)
        for socket in sockets:
            await socket.close()
    assert len(ann.private_replies) == 2


@pytest.mark.usefixtures("http")
async def test_a_real_app_accepts_what_is_signed(app: AsyncApp, slack: Slack) -> None:
    """Commands, interactions and events all arrive over HTTP."""
    texts = counts(app)
    ann = slack.add_person("Ann")

    @app.event("app_home_opened")
    async def _(event: Json, client: Any) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": []})

    @app.shortcut("gift_from_anywhere")
    async def _(ack: Any) -> None:
        texts.append("shortcut")
        await ack()

    await ann.types("/gift hello")
    await ann.uses_shortcut("Send a gift")
    await ann.opens_home()
    assert texts == ["hello", "shortcut"]
    assert ann.private_replies[0].text_shown == "heard hello"


async def test_a_request_can_be_captured_and_sent_again(app: AsyncApp, slack: Slack, http: SignedHttp) -> None:
    """The same signature passes again: only the app can tell."""
    texts = counts(app)
    ann = slack.add_person("Ann")
    http.deliver_twice()
    await ann.types("/gift once")
    captured = http.last_request
    assert captured is not None
    assert (await http.send(captured.body, captured.headers))[0] == 200
    assert texts == ["once"] * 3


async def test_unsigned_stale_and_forged_requests_are_refused_by_a_real_app(
    app: AsyncApp, slack: Slack, http: SignedHttp
) -> None:
    """The signature is the one that Slack would make."""
    texts = counts(app)
    await slack.add_person("Ann").types("/gift hello")
    assert http.last_request is not None
    body, kind = http.last_request.body, {"Content-Type": "application/x-www-form-urlencoded"}
    stale = {**kind, **http.sign(body, int(time.time()) - 301)}
    forged = {**kind, **http.sign(b"another body", int(time.time()))}
    for headers in (kind, stale, forged):
        assert (await http.send(body, headers))[0] == 401
    assert texts == ["hello"]


@pytest.mark.usefixtures("http")
async def test_an_answer_that_is_not_200_is_no_acknowledgement(slack: Slack) -> None:
    """The app knows no such command."""
    ann = slack.add_person("Ann")
    with pytest.raises(AppDidNotRespond, match="http_status_404"):
        await ann.sends(Kind.SLASH_COMMANDS, {"command": "/unknown", "team_id": "T1", "user_id": ann.id})


async def test_nobody_at_the_request_url_is_no_acknowledgement(slack: Slack) -> None:
    """A bot that is down is an error on the screen."""
    slack.use_http("http://127.0.0.1:9/slack/events")
    with pytest.raises(AppDidNotRespond):
        await slack.add_person("Ann").types("/gift")
