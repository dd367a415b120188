"""The link is money: it is nowhere but in its recipient's message. The keys and tokens are nowhere at all."""

import json
import re

import pytest

from bot.sandbox.simulator import Fault, Junk
from tests.harness.office import Office, eventually


async def _a_day_of_mishaps(office: Office) -> None:
    """Deliver gifts with everything going wrong that tempts a program to print what it holds."""
    await office.asks("@Rob 25 GBP thanks")
    await office.abe.sees_message("would like to thank")
    office.giftcards.faults.arm("POST /order", Fault.REPLY_LOST)
    office.giftcards.faults.arm(office.call_with_link, Fault.ERROR_AFTER)
    office.slack.faults.arm("chat.postMessage", Fault.REPLY_LOST, times=2)
    office.slack.faults.arm("chat.update", Fault.ERROR_AFTER)
    await office.approves()
    await office.mia.sees_message("has your gift", timeout=30)
    office.giftcards.answer_next(office.call_with_link, Junk.FOREIGN_HOST)
    await office.asks("@Eve 10 GBP thanks")
    await office.approves()
    await office.abe.sees_message("needs somebody", timeout=30)
    await office.abe.clicks("Retry", confirm=True)
    await office.delivered(office.eve)
    await office.mia.sees_message("@Eve has your gift", timeout=30)
    await office.rob.clicks("Open your gift")  # Slack then sends the message, link and all, back to the bot
    await office.rob.clicks("Get the link anew")
    await eventually(lambda: bool(office.rob.modal and office.rob.modal.links))
    await office.mia.types("/gift status")
    await office.rob.opens_home()


@pytest.mark.parametrize("form", ["text", "json"])
async def test_no_link_and_no_secret_is_left_anywhere(office: Office, form: str) -> None:
    """After a bad day at log level DEBUG, neither files nor log nor other people's screens hold a link or a key."""
    async with office.started(giftbot_log_level="DEBUG", giftbot_log_format=form, giftbot_settle_seconds="1"):
        await _a_day_of_mishaps(office)
        held = {path.name: path.read_bytes() for path in office.folder.iterdir()}
    held |= {f"{path.name} afterwards": path.read_bytes() for path in office.folder.iterdir()}
    assert {"giftbot.db", "giftbot.db-wal", "giftbot.log"} <= held.keys()

    secret_parts = [link.rpartition("/")[2] for link in office.giftcards.links]
    keys = [office.slack.bot_token, office.slack.app_token, office.slack.signing_secret, office.giftcards.api_key]
    for name, content in held.items():
        for secret in (*secret_parts, *keys):
            assert secret.encode() not in content, f"{name} holds a secret"
    assert office.giftcards.orders[0].id.encode() in held["giftbot.db"] + held["giftbot.db-wal"], "the search is blind"

    for person, order in zip((office.rob, office.eve), office.giftcards.orders, strict=True):
        others = "\n".join(office.slack.everything_shown(except_to=person))
        assert order.items[0].link not in others
        assert order.items[0].link in json.dumps([message.raw for message in person.messages()])


async def test_no_message_with_a_link_is_unfurled(office: Office) -> None:
    """Slack is told not to fetch any link of ours, in every message that is posted."""
    async with office.open():
        await office.asks()
        await office.approves()
        await office.delivered()
        await office.mia.sees_message("has your gift")
    posts = [call.arguments for call in office.slack.calls if call.name == "chat.postMessage"]
    assert posts
    assert all(str(post["unfurl_links"]) in {"0", "False", "false"} for post in posts)
    assert all(str(post["unfurl_media"]) in {"0", "False", "false"} for post in posts)


async def test_people_see_no_traceback(office: Office) -> None:
    """An error of our own is a reference number on the screen and in the log; here somebody broke the database."""
    async with office.started():
        await office.asks()
        await office.abe.sees_message("would like to thank")
        office.intruder.breaks("requests")
        await office.approves()
        told = await office.abe.sees_modal("Giftbot")
    assert "Something went wrong on our side, and nothing was done." in told.text
    (reference,) = re.findall(r"whoever runs giftbot: (\w{8})\.", told.text)
    assert "no such table" not in told.text
    assert reference in office.log.read_text()
