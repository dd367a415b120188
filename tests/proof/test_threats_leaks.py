"""Our own mistakes tell no secret: forced exceptions at level DEBUG, while the link and the keys are in our hands.

What goes wrong outside is told in tests/test_secrets.py, and every library's way of logging in tests/test_logs.py.
"""

import asyncio

import pytest

from bot.sandbox.simulator import Moment
from tests.harness.office import AUDIT_KEY, Office, eventually


def _failures(office: Office, event: str) -> int:
    return office.log.read_text().count(event)


async def _breaks_at(office: Office, call: str, table: str) -> None:
    """Take the table away in the very moment in which a service has done its work, and wait for the exception."""
    service = office.giftcards if call.startswith(("POST", "GET")) else office.slack
    before = _failures(office, "step_failed")

    async def watcher(name: str, moment: Moment) -> None:
        if (name, moment) == (call, Moment.AFTER):
            service.faults.watcher = None
            await asyncio.to_thread(office.intruder.breaks, table)

    service.faults.watcher = watcher
    await eventually(lambda: _failures(office, "step_failed") > before)
    office.intruder.mends(table)


@pytest.mark.parametrize("form", ["text", "json"])
async def test_an_exception_with_the_link_in_its_hands_tells_no_secret(office: Office, form: str) -> None:
    """The database breaks when the order's reply has brought the link, when the link was sent, and at a click."""
    async with office.started(giftbot_log_level="DEBUG", giftbot_log_format=form, giftbot_settle_seconds="1"):
        await office.asks()
        await office.abe.sees_message("would like to thank")
        approving = asyncio.create_task(_breaks_at(office, "POST /order", "orders"))
        await asyncio.sleep(0)
        await office.approves()
        await approving
        await office.delivered()
        await office.mia.sees_message("has your gift", timeout=30)

        await office.asks("@Eve 10 GBP thanks")
        await office.abe.sees_message("would like to thank @Eve")
        await office.ana.sees_message("would like to thank @Eve")
        sending = asyncio.create_task(_breaks_at(office, "chat.postMessage", "messages"))
        await asyncio.sleep(0)
        await office.approves()
        await sending
        await office.delivered(office.eve)

        await office.asks("@Rob 10 GBP once more")
        await office.abe.sees_message("once more")
        office.intruder.breaks("requests")
        await office.approves()
        await eventually(lambda: _failures(office, "handler_failed") > 0)
        office.intruder.mends("requests")

    log = office.log.read_text()
    assert log.count("step_failed") >= 2
    assert log.count("no such table") >= 3
    assert "Traceback" in log
    secrets = [link.rpartition("/")[2] for link in office.giftcards.links]
    secrets += [office.slack.bot_token, office.slack.app_token, office.slack.signing_secret, AUDIT_KEY]
    secrets += [office.giftcards.api_key, "ticket="]
    assert len(secrets) >= 8
    assert [secret for secret in secrets if secret in log] == []
    assert [len(person.messages()) for person in (office.rob, office.eve)] == [1, 1]
    assert len(office.giftcards.orders) == 2
