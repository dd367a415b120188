"""What goes wrong on the way, on both servers, and the ledger that has seen it all."""

import asyncio
import signal
import sys
import time

import aiohttp
import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.simulator import Answer, Fault, Moment, Slack
from bot.sandbox.simulator.giftcards.wegift.api import WeGiftApi

POST = "chat.postMessage"
ORDER = "POST /order"


async def order(giftcards: WeGiftApi, key: str = "k") -> httpx.Response:
    """Place an order as any client would."""
    body = {
        "items": [{"country": "GB", "face_value": 10}],
        "idempotency_key": key,
        "card_id": giftcards.card_id,
    }
    async with httpx.AsyncClient(headers={"X-API-KEY": giftcards.api_key}) as http:
        return await http.post(f"{giftcards.base_url}/order", json=body)


async def test_a_lost_reply_leaves_the_message_posted(slack: Slack, client: AsyncWebClient) -> None:
    """The caller cannot know, and the ledger says that no reply went out."""
    ann = slack.add_person("Ann")
    slack.faults.arm(POST, Fault.REPLY_LOST)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.chat_postMessage(channel=ann.id, text="hello")
    assert len(ann.messages()) == 1
    call = slack.calls[-1]
    assert (call.name, call.arguments["text"], call.reply) == (POST, "hello", None)


async def test_too_many_calls_are_told_when_to_come_back(slack: Slack, client: AsyncWebClient) -> None:
    """Nothing is done, and Retry-After is in the answer."""
    ann = slack.add_person("Ann")
    slack.faults.arm(POST, Fault.RATE_LIMITED, seconds=7)
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=ann.id, text="hello")
    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "7"
    assert refused.value.response["error"] == "ratelimited"
    assert not ann.messages()


@pytest.mark.parametrize(("fault", "posted"), [(Fault.ERROR_BEFORE, 0), (Fault.ERROR_AFTER, 1)])
async def test_an_error_may_come_before_or_after_the_work(
    slack: Slack, client: AsyncWebClient, fault: Fault, posted: int
) -> None:
    """The same 500 means two things."""
    ann = slack.add_person("Ann")
    slack.faults.arm(POST, fault)
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=ann.id, text="hello")
    assert refused.value.response.status_code == 500
    assert len(ann.messages()) == posted


@pytest.mark.parametrize("is_done", [False, True])
async def test_somebody_may_answer_in_place_of_the_service(giftcards: WeGiftApi, is_done: bool) -> None:  # noqa: FBT001 - a table's column
    """A gateway's page, or any other answer, as it is: so many times, whether the work behind it is done or not."""
    page = Answer(403, "<html>no</html>", "text/html", is_done=is_done)
    giftcards.faults.arm(ORDER, page, times=2)
    for _ in range(2):
        reply = await order(giftcards)
        assert (reply.status_code, reply.text, reply.headers["Content-Type"]) == (
            403,
            "<html>no</html>",
            "text/html; charset=utf-8",
        )
    assert len(giftcards.orders) == is_done
    assert (await order(giftcards)).status_code == 200
    assert len(giftcards.orders) == 1
    assert [call.reply is None for call in giftcards.calls] == [True, True, False]


async def test_a_slow_call_is_done_although_the_caller_gave_up(giftcards: WeGiftApi) -> None:
    """The order is made, and the server does not mind the dead client."""
    moments = {moment: asyncio.Event() for moment in Moment}

    async def watch(_: str, moment: Moment) -> None:
        moments[moment].set()

    giftcards.faults.watcher = watch
    giftcards.faults.arm(ORDER, Fault.SLOW, seconds=0.05)
    calling = asyncio.create_task(order(giftcards))
    await moments[Moment.BEFORE].wait()
    calling.cancel()
    assert not giftcards.orders
    await moments[Moment.AFTER].wait()
    assert len(giftcards.orders) == 1


async def test_faults_come_in_order_and_as_often_as_armed(giftcards: WeGiftApi) -> None:
    """After them everything goes well, and clear forgets them."""
    giftcards.faults.arm(ORDER, Fault.RATE_LIMITED)
    giftcards.faults.arm(ORDER, Fault.ERROR_AFTER, times=2)
    replies = [await order(giftcards) for _ in range(4)]
    assert [reply.status_code for reply in replies] == [429, 500, 500, 200]
    assert replies[0].json() == {"error": "Too many requests"}
    assert replies[1].json()["type"] == "internal_server_error"
    assert len(giftcards.orders) == 1
    giftcards.faults.arm(ORDER, Fault.ERROR_BEFORE)
    giftcards.faults.clear()
    assert (await order(giftcards)).status_code == 200


async def test_a_lost_reply_of_the_gift_card_api_leaves_the_order(giftcards: WeGiftApi) -> None:
    """Asking again with the same key gives the same order."""
    giftcards.faults.arm(ORDER, Fault.REPLY_LOST)
    with pytest.raises(httpx.RemoteProtocolError):
        await order(giftcards)
    again = await order(giftcards)
    assert [again.json()["id"]] == [one.id for one in giftcards.orders]
    assert len(giftcards.requests) == 2


async def test_a_bomb_is_the_reply_with_much_space_behind_it(giftcards: WeGiftApi) -> None:
    """The order is made; its reply is small on the way, and 64 MiB once it is unpacked."""
    giftcards.faults.arm(ORDER, Fault.BOMB)
    reply = await order(giftcards)
    assert int(reply.headers["Content-Length"]) < 400_000
    assert len(reply.content) > 64 << 20
    assert [reply.json()["id"]] == [one.id for one in giftcards.orders]


async def test_a_watcher_sees_every_call_before_and_after_its_work(giftcards: WeGiftApi) -> None:
    """It may take its time, or end the caller."""
    seen: list[tuple[str, Moment, int]] = []

    async def watch(call: str, moment: Moment) -> None:
        await asyncio.sleep(0)
        seen.append((call, moment, len(giftcards.orders)))

    giftcards.faults.watcher = watch
    await order(giftcards)
    assert seen == [(ORDER, Moment.BEFORE, 0), (ORDER, Moment.AFTER, 1)]


async def test_a_caller_killed_by_the_watcher_does_no_harm(giftcards: WeGiftApi) -> None:
    """The work is finished without anybody to answer to."""
    calling: list[asyncio.Task[httpx.Response]] = []

    async def kill(_: str, moment: Moment) -> None:
        if moment is Moment.BEFORE:
            calling[0].cancel()
            await asyncio.sleep(0.01)

    giftcards.faults.watcher = kill
    calling.append(asyncio.create_task(order(giftcards)))
    await asyncio.wait(calling)
    assert calling[0].cancelled()
    giftcards.faults.watcher = None
    assert (await order(giftcards)).status_code == 200
    assert len(giftcards.orders) == 1


POSTING = """
import sys, urllib.request
url, token, channel = sys.argv[1:]
body = f"token={token}&channel={channel}&text=hello".encode()
urllib.request.urlopen(url + "chat.postMessage", body)
"""


@pytest.mark.parametrize("moment", list(Moment))
async def test_a_process_can_be_killed_at_every_moment(
    slack: Slack, moment: Moment, caplog: pytest.LogCaptureFixture
) -> None:
    """Its work is done or not as if it lived, and the server goes on without a word."""
    ann = slack.add_person("Ann")
    arguments = (slack.base_url, slack.bot_token, ann.id)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", POSTING, *arguments)

    async def kill(_: str, now: Moment) -> None:
        if now is moment:
            process.kill()
            await process.wait()

    slack.faults.watcher = kill
    await ann.sees("hello")
    assert await process.wait() == -signal.SIGKILL
    assert len(ann.messages()) == 1
    assert not caplog.records


async def test_the_ledger_keeps_what_was_asked_and_answered(slack: Slack, client: AsyncWebClient) -> None:
    """Every call has its name, arguments, reply and time."""
    ann = slack.add_person("Ann")
    before = time.time()
    await client.conversations_open(users=ann.id)
    call = slack.calls[-1]
    assert (call.name, call.arguments["users"]) == ("conversations.open", ann.id)
    assert call.reply["ok"] is True
    assert call.at >= before


async def test_a_fault_can_wait_for_the_right_call(slack: Slack, client: AsyncWebClient) -> None:
    """Others go well meanwhile; it says how many calls it still waits for, and can be taken back."""
    ann = slack.add_person("Ann")
    armed = slack.faults.arm(POST, Fault.ERROR_BEFORE, only=lambda arguments: arguments["text"] == "secret")
    await client.chat_postMessage(channel=ann.id, text="hello")
    assert armed.left == 1
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel=ann.id, text="secret")
    assert (armed.left, [arguments["text"] for arguments in armed.hits]) == (0, ["secret"])
    await client.chat_postMessage(channel=ann.id, text="secret")
    again = slack.faults.arm(POST, Fault.ERROR_BEFORE)
    slack.faults.disarm(POST, again)
    await client.chat_postMessage(channel=ann.id, text="hello")
    assert len(ann.messages()) == 3
