"""The start: Slack may be away for a moment, or for two minutes; what it refuses for good is said at once."""

import asyncio
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot.sandbox.simulator import Fault
from handlers.inbound.http import StartupError
from tests.bench.servers import free_port
from tests.harness.office import Office, eventually

AUTH, CONNECT, MEMBERS = "auth.test", "apps.connections.open", "usergroups.users.list"


def with_groups(office: Office, *groups: str) -> str:
    """The path of a policy: small gifts are decided by Abe, larger ones by these user groups."""
    return office.policy(f"""
        [pools]
        boss = ["{office.abe.id}"]
        board = [{", ".join(f'"{group}"' for group in groups)}]

        [[rules]]
        name = "small"
        up_to = "50 GBP"
        steps = [{{ pool = "boss" }}]

        [[rules]]
        name = "large"
        steps = [{{ pool = "board" }}]
    """)


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("call", [AUTH, MEMBERS, CONNECT])
async def test_one_mishap_does_not_stop_the_start(office: Office, call: str, fault: Fault) -> None:
    """Each call of the start goes wrong once, in every way: the bot starts all the same, and the log says which."""
    board = office.slack.add_group("Board", [office.ana])
    office.slack.faults.arm(call, fault, seconds=2.5)
    with capture_logs() as logs:
        async with office.open(giftbot_config=with_groups(office, board.id)):
            await office.asks("@Rob 60 GBP thanks")
            await office.approves(office.ana)
            await office.delivered()
    said = [line["call"] for line in logs if line["event"] == "start_waits_for_slack"]
    assert said in ([], [call])  # a lost connection is tried anew at once, and who waits long enough gets an answer
    assert (said == [call]) or fault in {Fault.REPLY_LOST, Fault.SLOW}


async def test_nobody_listens_yet(office: Office) -> None:
    """The process is there before Slack can be reached: it tries on, and is connected soon after."""
    port = free_port()
    process = await office.process(slack_api_url=f"http://127.0.0.1:{port}/api/")
    await eventually(lambda: "start_waits_for_slack" in office.log.read_text(), 60)
    front = await asyncio.start_server(lambda *ends: _passes_on(office, *ends), "127.0.0.1", port)
    await office.slack.socket_mode.connected(timeout=30)
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 10) == 0
    front.close()
    assert "ClientConnectorError" in office.log.read_text()


async def _passes_on(office: Office, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    inner_reader, inner_writer = await asyncio.open_connection(
        "127.0.0.1", int(office.slack.base_url.split(":")[2][:-5])
    )
    await asyncio.gather(_carries(reader, inner_writer), _carries(inner_reader, writer))


async def _carries(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while some := await reader.read(65536):
        writer.write(some)
    writer.close()


@pytest.mark.parametrize(
    ("call", "fault", "words"),
    [
        (AUTH, Fault.ERROR_BEFORE, "500 internal_error"),
        (MEMBERS, Fault.RATE_LIMITED, "429"),
        (CONNECT, Fault.REPLY_LOST, "no reply, ServerDisconnectedError"),
    ],
)
async def test_after_two_minutes_it_says_which_call_had_no_answer(
    office: Office, call: str, fault: Fault, words: str
) -> None:
    """With waits that grow to half a minute; a supervisor may start it again then."""
    board = office.slack.add_group("Board", [office.ana])
    office.slack.faults.arm(call, fault, times=1000)
    with capture_logs() as logs, pytest.raises(StartupError) as refused:
        async with office.open(giftbot_config=with_groups(office, board.id)):
            pass
    assert str(refused.value) == (
        f"Slack has not answered {call} for two minutes: {words}. "
        "Check network, proxy and firewall; slack-status.com says whether others are hit too."
    )
    waits = [line["seconds"] for line in logs if line["event"] == "start_waits_for_slack"]
    assert [round(wait) for wait in waits] == [1, 2, 4, 8, 15, 30, 30, 30]


async def test_it_can_be_stopped_while_it_waits(office: Office) -> None:
    """SIGTERM ends a start that tries on, in order."""
    office.slack.faults.arm(AUTH, Fault.ERROR_BEFORE, times=1000)
    process = await office.process()
    await eventually(lambda: office.log.exists() and "start_waits_for_slack" in office.log.read_text(), 60)
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 10) == 0
    assert "Traceback" not in office.log.read_text()


@pytest.mark.parametrize(
    ("token", "wrong", "call", "remedy"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-wrong", AUTH, "Copy the Bot User OAuth Token"),
        ("SLACK_APP_TOKEN", "xapp-wrong", CONNECT, "Generate an app-level token"),
    ],
)
async def test_what_slack_refuses_for_good_is_said_at_once(
    office: Office, token: str, wrong: str, call: str, remedy: str
) -> None:
    """With the call, and what to do about it."""
    process = await office.process(**{token.lower(): wrong})
    assert await asyncio.wait_for(process.wait(), 60) == 1
    said = office.log.read_text()
    assert f"Slack does not let us in with {token}: invalid_auth. It refuses {call}. {remedy}" in said
    assert "start_waits_for_slack" not in said
    assert wrong not in said


async def test_a_scope_that_is_missing_is_said_at_once(office: Office) -> None:
    """Without usergroups:read nobody can say who decides."""
    board = office.slack.add_group("Board", [office.ana])
    manifest = office.slack.workspace.manifest
    scopes = tuple(scope for scope in manifest.scopes if scope != "usergroups:read")
    office.slack.workspace.manifest = replace(manifest, scopes=scopes)
    with pytest.raises(StartupError, match=rf"missing_scope\. It refuses {MEMBERS}\. .*Reinstall to Workspace"):
        async with office.open(giftbot_config=with_groups(office, board.id)):
            pass


async def test_a_group_that_is_gone_lets_nobody_decide_and_stops_nothing_else(office: Office) -> None:
    """What its members would decide is not asked for; what others decide goes its way."""
    with capture_logs() as logs:
        async with office.open(giftbot_config=with_groups(office, "S0GONE")):
            await office.mia.types("/gift @Rob 60 GBP thanks")
            await office.mia.submits()
            assert office.mia.modal
            assert "Nobody is left who could approve this" in str(office.mia.modal.errors)
            await office.mia.closes()
            await office.asks("@Rob 25 GBP thanks")
            await office.approves()
            await office.delivered()
    assert ("group_is_gone", "S0GONE") in [(line["event"], line.get("group")) for line in logs]
