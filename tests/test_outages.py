"""Outages: what fails is said once as it begins and once as it ends, an uninstalled app is a state, and work waits."""

import json
from collections.abc import Generator, MutableMapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from bot.gifts.outages import CALM, SLACK_ACCESS, Outages
from bot.sandbox.simulator import AppDidNotRespond, Fault, Kind, SignedHttp
from bot.sandbox.simulator.slack import events
from tests.harness.office import Office, TurnableClock, eventually

ORDER = "POST /order"
POST = "chat.postMessage"
Line = MutableMapping[str, Any]


@pytest.fixture
def logs() -> Generator[list[Line]]:
    """What the bot logs."""
    with capture_logs() as logs:
        yield logs


def told(logs: list[Line]) -> list[tuple[str, str]]:
    """Which outages began and ended, in order."""
    return [(line["event"], line["what"]) for line in logs if line["event"].startswith("outage_")]


class TestWhatIsSaid:
    """The object that hears of every answer."""

    @pytest.fixture
    def clock(self) -> TurnableClock:
        """The time."""
        return TurnableClock()

    @pytest.fixture
    def outages(self, clock: TurnableClock) -> Outages:
        """Nothing has failed yet."""
        return Outages(clock)

    def test_what_works_is_not_worth_a_line(self, outages: Outages, logs: list[Line]) -> None:
        """However often."""
        for _ in range(3):
            outages.worked("orders")
        assert logs == []

    def test_one_line_as_it_begins_and_one_as_it_ends(
        self, outages: Outages, clock: TurnableClock, logs: list[Line]
    ) -> None:
        """With how often it failed, and for how long; each thing by itself."""
        for code in ("500", "502", "POST: no reply, ReadTimeout"):
            outages.failed("orders", code)
            outages.worked("reads")
            clock.turn(seconds=10)
        outages.worked("orders")
        outages.worked("orders")
        began, ended = logs
        assert began == {"event": "outage_began", "log_level": "warning", "what": "orders", "code": "500"}
        assert round(ended.pop("seconds")) == 30
        assert ended == {
            "event": "outage_ended",
            "log_level": "warning",
            "what": "orders",
            "code": "500",
            "failures": 3,
        }

    def test_what_comes_and_goes_is_one_outage(self, outages: Outages, clock: TurnableClock, logs: list[Line]) -> None:
        """A service of which every second answer is an error fills no log; its real end is told."""
        for _ in range(200):
            outages.failed("orders", "500")
            clock.turn(seconds=1)
            outages.worked("orders")
            clock.turn(seconds=1)
        clock.turn(seconds=CALM.total_seconds())
        outages.worked("orders")
        assert [line["event"] for line in logs] == ["outage_began", "outage_ended", "outage_ended"]
        assert logs[-1]["failures"] == 200
        assert round(logs[-1]["seconds"]) == 399
        outages.failed("orders", "500")
        assert logs[-1]["event"] == "outage_began", "after a calm minute it is another one"

    @pytest.mark.parametrize("code", ["https://gifts.example/r/secret", "so\nmuch", "ü", "x" * 81, "{'a': 1}", ""])
    def test_only_codes_are_told(self, outages: Outages, logs: list[Line], code: str) -> None:
        """What a stranger may have put into an answer is no code."""
        outages.failed("orders", code)
        assert logs[0]["code"] == "an answer without a code"

    def test_access_is_lost_until_something_works(self, outages: Outages, logs: list[Line]) -> None:
        """It is told as an error, with what to do, for nobody else can mend it."""
        assert outages.of_slack is None
        for _ in range(3):
            outages.failed(SLACK_ACCESS, "token_revoked", "Install it again.")
        assert outages.of_slack
        assert outages.of_slack.failures == 3
        (line,) = logs
        assert (line["log_level"], line["remedy"]) == ("error", "Install it again.")
        outages.worked(SLACK_ACCESS)
        assert outages.of_slack is None


@pytest.mark.parametrize("provider", ["runa", "wegift"])
@pytest.mark.usefixtures("provider")
async def test_a_service_that_fails_for_a_while_is_two_lines(office: Office, logs: list[Line]) -> None:
    """Four orders in vain, whatever else is asked meanwhile."""
    async with office.open():
        office.giftcards.faults.arm(ORDER, Fault.ERROR_BEFORE, times=4)
        await office.asks()
        await office.approves()
        for _ in range(4):
            await office.lets_pass(1, seconds=20)
        await office.delivered()
    assert told(logs) == [("outage_began", "gift card orders"), ("outage_ended", "gift card orders")]
    began, ended = [line for line in logs if line["event"].startswith("outage_")]
    assert (began["code"], ended["failures"]) == ("500", 4)
    assert ended["seconds"] >= 20


async def test_slack_that_fails_for_a_while_is_two_lines(office: Office, logs: list[Line]) -> None:
    """By method: cards cannot be posted, and whatever else works is not told of."""
    async with office.open():
        office.slack.faults.arm(POST, Fault.ERROR_BEFORE, times=6)
        await office.asks()
        for _ in range(4):
            await office.lets_pass(1, seconds=20)
        await office.abe.sees_message("would like to thank")
        await office.ana.sees_message("would like to thank")
    assert told(logs) == [("outage_began", "Slack chat.postMessage"), ("outage_ended", "Slack chat.postMessage")]


async def test_slack_that_hangs_is_told_of(office: Office, logs: list[Line]) -> None:
    """Whoever submits a form waits no longer than a form can: that is an answer that did not come."""
    async with office.open():
        await office.mia.types("/gift @Rob 25 GBP thanks")
        await office.mia.sees_modal("Send a gift")
        office.slack.faults.arm("users.info", Fault.SLOW, times=10, seconds=10)
        await office.mia.submits()
        await eventually(lambda: ("outage_began", "Slack users.info") in told(logs))
    assert [line["code"] for line in logs if line["event"] == "outage_began"] == ["no reply in time"]


async def test_a_socket_that_does_not_open_is_told_of(office: Office, logs: list[Line]) -> None:
    """Connections are tried again and again; that they fail is one line, and that they hold again another one."""
    async with office.open():
        office.slack.faults.arm("apps.connections.open", Fault.ERROR_BEFORE, times=3)
        office.slack.socket_mode.drop_socket()
        await eventually(lambda: len(told(logs)) == 2)
        await office.slack.socket_mode.connected(timeout=10)
    assert [event for event, _ in told(logs)] == ["outage_began", "outage_ended"]
    assert {what for _, what in told(logs)} == {"Slack apps.connections.open"}


class TestAccess:
    """Slack does not let the bot in: the app was uninstalled, or its token is no good any more."""

    @pytest.mark.parametrize(
        "error", ["token_revoked", "account_inactive", "invalid_auth", "not_authed", "token_expired"]
    )
    async def test_everything_waits_and_goes_on_by_itself(self, office: Office, logs: list[Line], error: str) -> None:
        """A gift is approved meanwhile: for a week nothing is bought, given up or told; then it is delivered."""
        async with office.open():
            await office.asks()
            card = await office.abe.sees_message("would like to thank")
            await office.rests()
            office.slack.revoke_token(error)
            await lost(office, logs)
            await office.abe.clicks("Approve", on=card, confirm=True)
            for _ in range(7):
                await days_pass(office, 1)
            assert office.states() == ["approved"]
            assert office.giftcards.requests == []
            office.slack.reinstall()
            await back(office, logs)
            await office.delivered()
        (began, ended) = [line for line in logs if line.get("what") == SLACK_ACCESS]
        assert (began["log_level"], began["code"]) == ("error", error)
        assert "copy its Bot User OAuth Token into SLACK_BOT_TOKEN" in began["remedy"]
        assert ended["event"] == "outage_ended"
        assert ended["seconds"] > timedelta(days=7).total_seconds()

    async def test_a_gift_that_is_ordered_waits_for_its_message(self, office: Office, logs: list[Line]) -> None:
        """Its link is there, and cannot be sent: after a week it is, once, and nobody had to do anything."""
        async with office.open():
            await office.asks()
            await office.abe.sees_message("would like to thank")
            await office.rests()
            office.slack.faults.arm(POST, Fault.ERROR_BEFORE, times=2)
            await office.approves()
            await office.until("ordered")
            office.slack.revoke_token()
            await lost(office, logs)
            for _ in range(7):
                await days_pass(office, 1)
            assert office.states() == ["ordered"]
            office.slack.faults.arm(POST, Fault.ERROR_BEFORE, times=2)
            office.slack.reinstall()
            await back(office, logs)
            for _ in range(5):
                await office.lets_pass(1, seconds=20)
            await office.delivered()
        assert len(office.rob.messages()) == 1
        assert len(office.giftcards.orders) == 1
        assert "gave_up" not in {line["event"] for line in logs}

    async def test_a_request_does_not_expire_meanwhile(self, office: Office, logs: list[Line]) -> None:
        """Nobody could decide about it."""
        async with office.open():
            await office.asks()
            await office.abe.sees_message("would like to thank")
            await office.rests()
            office.slack.revoke_token()
            await lost(office, logs)
            await days_pass(office, 60)
            assert office.ledger.requests("state") == ["pending"]

    async def test_an_uninstalled_app_says_so(self, office: Office, logs: list[Line]) -> None:
        """By its health and in its log, at once, whether or not anything is to be done; and that it is back."""
        async with office.open("http"):
            assert await health(office) == (200, "ok")
            await office.slack.uninstall()
            status, words = await health(office)
            assert status == 503
            assert words.startswith("Slack does not let giftbot in since ")
            assert words.endswith(": app_uninstalled")
            await days_pass(office, 1)
            assert (await health(office))[0] == 503
            office.slack.reinstall()
            await back(office, logs)
            assert await health(office) == (200, "ok")
        assert told(logs) == [("outage_began", SLACK_ACCESS), ("outage_ended", SLACK_ACCESS)]

    async def test_what_is_not_about_us_changes_nothing(self, office: Office, logs: list[Line]) -> None:
        """Another workspace lost the app, and a person revoked a token of their own."""
        async with office.open("http"):
            envelope = events.envelope(office.slack.workspace, events.app_uninstalled()) | {"team_id": "T0ANOTHER"}
            await office.slack.delivery.deliver(Kind.EVENTS_API, envelope)
            theirs = events.envelope(office.slack.workspace, events.tokens_revoked(people=[office.abe.id]))
            await office.slack.delivery.deliver(Kind.EVENTS_API, theirs)
            assert await health(office) == (200, "ok")
        assert told(logs) == []

    async def test_a_wrong_app_level_token_is_not_the_bot_s(self, office: Office, logs: list[Line]) -> None:
        """The bot hears nobody any more, but may still write: that is told with its own remedy."""
        async with office.open():
            office.slack.revoke_app_token()
            office.slack.socket_mode.drop_socket()
            await eventually(lambda: told(logs) == [("outage_began", "Slack apps.connections.open")])
        assert "SLACK_APP_TOKEN" in next(line["remedy"] for line in logs if line["event"] == "outage_began")


class TestHealth:
    """GET /healthz, for whoever watches from outside."""

    async def test_orders_that_fail_for_an_hour(self, office: Office) -> None:
        """When each is due next says nothing: they have been tried in vain."""
        async with office.open("http"):
            office.giftcards.faults.arm(ORDER, Fault.RATE_LIMITED, times=100)
            await office.asks("@Rob @Eve 10 GBP thanks")
            await office.approves()
            await office.lets_pass(4, minutes=14)
            assert await health(office) == (200, "ok")
            await office.lets_pass(1, minutes=5)
            status, words = await health(office)
            assert (status, words) == (503, "2 orders or deliveries have been tried in vain for more than an hour")
            office.giftcards.faults.clear()
            await office.lets_pass(2, minutes=5)
            await office.until("delivered")
            assert await health(office) == (200, "ok")

    async def test_orders_on_hold(self, office: Office) -> None:
        """The bot is well; an account that may not order is people's to mend, and they have been told."""
        async with office.open("http"):
            office.giftcards.block(401)
            await office.asks()
            await office.approves()
            await office.lets_pass(20, minutes=5)
            assert office.states() == ["approved"]
            assert await health(office) == (200, "ok")


async def test_the_real_process_tells_of_its_outages(office: Office) -> None:
    """In its log, with the gift card service failing, then Slack's token: two lines each, and no secret."""
    office.mia.patience = office.abe.patience = office.rob.patience = 20
    async with office.started():
        office.giftcards.faults.arm(ORDER, Fault.ERROR_BEFORE, times=2)
        await office.asks()
        await office.approves()
        link = await office.delivered()
        office.slack.revoke_token()
        await office.mia.types("/gift @Eve 10 GBP thanks")
        await eventually(lambda: SLACK_ACCESS in office.log.read_text())
    lines = [json.loads(line) for line in office.log.read_text().splitlines()]
    assert told(lines) == [
        ("outage_began", "gift card orders"),
        ("outage_ended", "gift card orders"),
        ("outage_began", SLACK_ACCESS),
    ]
    assert link not in office.log.read_text()


async def lost(office: Office, logs: list[Line]) -> None:
    """Let the bot find out that Slack does not let it in."""
    with suppress(AppDidNotRespond):
        await office.mia.types("/gift @Eve 10 GBP thanks")
    await eventually(lambda: ("outage_began", SLACK_ACCESS) in told(logs))


async def back(office: Office, logs: list[Line]) -> None:
    """Let so much time pass that the bot asks whether it is let in again."""
    office.clock.turn(seconds=60)
    await eventually(lambda: ("outage_ended", SLACK_ACCESS) in told(logs))


async def days_pass(office: Office, days: int) -> None:
    """Let time pass in which the bot asks in vain."""
    before = sum(call.name == "auth.test" for call in office.slack.calls)
    office.clock.turn(days=days)
    await eventually(lambda: sum(call.name == "auth.test" for call in office.slack.calls) > before)


async def health(office: Office) -> tuple[int, str]:
    """What /healthz says."""
    assert isinstance(office.slack.delivery, SignedHttp)
    async with httpx.AsyncClient() as http:
        reply = await http.get(office.slack.delivery.url.replace("/slack/events", "/healthz"))
    return reply.status_code, reply.json()["status"]
