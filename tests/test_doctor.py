"""`giftbot doctor`: what it finds in a healthy office and an ill one, without telling a secret or changing a thing."""

import asyncio
import os
import re
import shutil
import sqlite3
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.findings import Finding, Mark
from bot.giftcards.runa.account import RunaAccount
from bot.giftcards.runa.doctor import balances
from bot.gifts.model.money import Money
from bot.sandbox.simulator import Fault, GiftCardService, Manifest, Moment, Simulator
from bot.sandbox.simulator.giftcards.runa.api import RunaApi
from bot.sandbox.simulator.giftcards.service import RefusedOrder
from bot.sandbox.simulator.giftcards.wegift.api import WeGiftApi
from bot.settings import SocketSettings
from bot.tools.doctor import config, database, machine, slack
from bot.tools.doctor.runner import examine
from tests.harness.office import Office, TurnableClock, eventually

ROOT = Path(__file__).parents[1]
MANIFEST = Manifest.load()
SECRET = "whsec_" + "Y2FuYXJ5LW9mLXRoZS13ZWJob29rcy0wMTIzNDU2"


async def doctor(office: Office, *options: str, **changes: str) -> tuple[int | None, str]:
    """The doctor as an operator calls it: its exit code, and everything that it says."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "110",
        **office.environment(**changes),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "doctor", *options,
        cwd=office.folder, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode, output.decode()


def values_of(office: Office, **changes: str) -> dict[str, Any]:
    """The settings, as pydantic takes them."""
    return {name.lower(): value for name, value in office.environment(**changes).items()}


async def found(office: Office, live: str | None = None, **changes: str) -> list[Finding]:
    """What the doctor finds, asked in this process."""
    sections = await examine(*office.settings(SocketSettings, **changes), office.clock, live)
    return [finding for findings in sections.values() for finding in findings]


def ill(findings: list[Finding]) -> list[Finding]:
    """What stops gifts or needs a look, but for SQLite's version, which is not the office's."""
    return [row for row in findings if row.mark in {Mark.WARNING, Mark.FAILURE} and row.what != "SQLite"]


def flat(text: str) -> str:
    """Text as it reads, however the table broke its lines."""
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("provider", ["runa", "wegift"])
async def test_a_healthy_office(office: Office, provider: str) -> None:
    """Everything is in order: the table says so row by row, with exit code 0, and no secret and no traceback."""
    async with office.open():
        await office.asks()
        await office.approves()
        link = await office.delivered()
        code, said = await doctor(office)
    assert code == 0, said
    assert "✗" not in said
    assert "Nothing here stops a gift." in said
    for row in (
        "Bot token lets giftbot into simulated",
        "Scopes the 7 of manifest.yml",
        "Clock as Slack's",
        "Approvers Abe, Ana",
        "the running bot has the connection",
        f"{office.database} is whole",
        "File modes readable by their owner only",
        "Bot running with this database",
        "Gifts none is late, failed or in need of review",
    ):
        assert row in flat(said)
    assert ("accepted for the playground (play money)" if provider == "runa" else "answers and accepts it") in said
    assert not any("doctor" in shown for shown in office.slack.everything_shown())
    assert link not in said
    for secret in (office.slack.bot_token, office.slack.app_token, office.giftcards.api_key):
        assert secret not in said


async def test_everything_wrong_at_once(office: Office) -> None:
    """Each thing that stops gifts has its own row with its remedy, and the exit code is 1."""
    code, said = await doctor(
        office,
        slack_bot_token="xoxb-wrong-token",
        slack_app_token="xapp-wrong-token",
        runa_api_key="XXwrong-key",
        giftbot_database=str(office.folder / "missing" / "giftbot.db"),
    )
    assert code == 1
    said = flat(said)
    assert "Slack does not accept SLACK_BOT_TOKEN: invalid_auth → Copy the Bot User OAuth Token" in said
    assert "Slack does not accept SLACK_APP_TOKEN: invalid_auth → Generate an app-level token" in said
    assert "not accepted: 401 unauthorized → Copy the key for the playground (play money) into RUNA_API_KEY." in said
    assert "there is no folder" in said
    assert "mkdir -m 700" in said
    assert "4 things stop gifts." in said
    assert "wrong-" not in said
    assert "Traceback" not in said
    assert not [*office.folder.iterdir()], "the doctor leaves nothing behind"


async def test_settings_that_are_wrong(office: Office) -> None:
    """What stops the start stops the doctor as well, in the same words: here, the key of another environment."""
    code, said = await doctor(
        office, giftbot_approvers="bob", runa_api_key="wgsecret", runa_api_url="https://playground.runa.io/v2"
    )
    assert code == 2
    assert "  GIFTBOT_APPROVERS" in said
    assert "  RUNA_API_URL: is for the other environment than RUNA_API_KEY" in said
    assert "wgsecret" not in said
    assert office.slack.calls == []


async def test_services_that_cannot_be_reached(office: Office, unused_tcp_port: int) -> None:
    """The row says which address was tried, and what to look at."""
    nowhere = f"http://127.0.0.1:{unused_tcp_port}/"
    rows = ill(await found(office, slack_api_url=nowhere, runa_api_url=nowhere))
    assert [row.what for row in rows] == ["Bot token", "Socket Mode", "Runa"]
    for row in rows:
        assert row.mark is Mark.FAILURE
        assert f"127.0.0.1:{unused_tcp_port} does not answer: not reached" in row.found
        assert "network, proxy and firewall" in row.remedy


async def test_services_that_hang(office: Office) -> None:
    """The doctor does not wait for ever: it is done within 15 seconds."""
    for call in ("auth.test", "apps.connections.open"):
        office.slack.faults.arm(call, Fault.SLOW, seconds=30)
    office.giftcards.faults.arm("GET /ping", Fault.SLOW, seconds=30)
    began = time.monotonic()
    code, said = await doctor(office)
    assert time.monotonic() - began < 15
    assert code == 1
    assert said.count("does not answer: no reply") == 3


async def test_http(office: Office) -> None:
    """With --http the signing secret takes the place of Socket Mode."""
    code, said = await doctor(office, "--http", "--live", office.eve.id, slack_app_token="")
    assert code == 0, said
    assert "Signing secret" in said
    assert "Test message" in said
    assert "Socket Mode" not in said


def rows_about(rows: list[Finding], what: str) -> list[tuple[Mark, str, str]]:
    """What was found about one thing."""
    return [(row.mark, row.found, row.remedy) for row in rows if row.what == what]


class TestWhatIsSettled:
    """giftbot.toml, templates and webhooks."""

    async def test_the_configuration_file(self, office: Office) -> None:
        """Where it stands, what it settles, and which template comes from where."""
        file = office.folder / "ours.toml"
        file.write_text(
            '[runa.templates]\nGBP = "PT-OURS"\nCAD = "PT-MAPLE"\n[after_delivery]\nremind_after_days = [7, 21]\n'
        )
        rows = await found(office, giftbot_config=str(file))
        settled = (
            "after_delivery.remind_after_days = [7, 21], runa.templates.GBP = PT-OURS, runa.templates.CAD = PT-MAPLE"
        )
        assert rows_about(rows, "Configuration") == [(Mark.FINE, f"{file} settles {settled}", "")]
        assert [row[:2] for row in rows_about(rows, "To choose from")] == [
            (Mark.FINE, "in EUR the template PT-01HQ130AHCKRRB45Z5XV2Y8W9K, the playground's own"),
            (Mark.FINE, "in GBP the template PT-OURS, from the configuration file"),
            (Mark.FINE, "in USD the template PT-01HQ12PV4B8XMBRTK281JM54KK, the playground's own"),
            (Mark.WARNING, "runa.templates.CAD is for no offered country"),
            (Mark.FINE, "products in JPY for JP"),
        ]

    async def test_no_configuration_file(self, office: Office) -> None:
        """It is said that there is none; one that says nothing is there all the same."""
        code, said = await doctor(office)
        assert code == 0, said
        assert "Configuration there is no giftbot.toml, and so everything is as usual" in flat(said)
        (office.folder / "giftbot.toml").touch()
        code, said = await doctor(office)
        assert code == 0, said
        assert "giftbot.toml settles nothing" in flat(said)

    @pytest.mark.parametrize(
        ("options", "secret", "real_money", "words"),
        [
            (
                ["--http"],
                "",
                True,
                "Webhooks off; giftbot looks for late orders by itself → If you want them, give Runa",
            ),
            (["--http"], SECRET, True, "only a webhook shows whether Runa reaches you → Give Runa"),
            (["--http"], SECRET, False, "Webhooks the signing secret is set; the playground sends none"),
            ([], SECRET, True, "Socket Mode has no address for them → Take it out, or run with --http."),
        ],
    )
    @pytest.mark.usefixtures("real_money")
    async def test_webhooks(self, office: Office, options: list[str], secret: str, words: str) -> None:
        """Whether the secret is set, what to give to Runa, and where none can come; nothing stops a gift."""
        code, said = await doctor(office, *options, runa_webhook_secret=secret)
        assert code == 0, said
        assert words in flat(said)
        assert ("https://your.host/webhooks/runa" in flat(said)) == ("Runa" in words)
        assert SECRET not in said

    @pytest.mark.parametrize(("options", "provider"), [([], "runa"), (["--http"], "wegift")])
    @pytest.mark.usefixtures("provider")
    async def test_no_word_of_webhooks(self, office: Office, options: list[str]) -> None:
        """Where nothing is set in Socket Mode, and with a service that has none."""
        code, said = await doctor(office, *options)
        assert code == 0, said
        assert "Webhooks" not in said


class TestSlack:
    """Scopes, approvers, the clock, and messages."""

    @pytest.fixture
    async def strict(self, tmp_path: Path) -> AsyncGenerator[Office]:
        """An office whose app was granted too little, and something else."""
        manifest = replace(MANIFEST, scopes=("chat:write", "commands", "im:write", "channels:read"))
        async with Simulator(provider="runa", manifest=manifest) as simulator:
            yield Office(simulator, tmp_path, TurnableClock())

    async def test_scopes(self, strict: Office) -> None:
        """What is missing stops gifts, what is too much is pointed out."""
        missing, beyond, approvers, message = ill(await found(strict, live=strict.abe.id))
        assert missing.mark is Mark.FAILURE
        assert missing.found == "not granted: chat:write.public, im:history, usergroups:read, users:read"
        assert "Reinstall to Workspace" in missing.remedy
        assert beyond.mark is Mark.WARNING
        assert beyond.found == "more than giftbot needs: channels:read"
        assert approvers.remedy == "Check the scope users:read, and try again in a minute."
        assert message.found == "a scope is missing"

    def test_scopes_that_slack_keeps_to_itself(self) -> None:
        """A reply without its header is nothing to be sure about."""
        (row,) = slack.scopes({})
        assert row.mark is Mark.WARNING

    async def test_approvers(self, office: Office) -> None:
        """Who left, is no person, a guest or unknown is named; one approver is few, none is a failure."""
        await office.slack.deactivate(office.ana)
        guest = office.slack.add_person("Gus", is_restricted=True)
        rows = ill(await found(office, giftbot_approvers=f"{office.abe.id},{office.ana.id},{guest.id},U0NOBODY"))
        assert [row.found for row in rows] == [
            "only Abe: nobody could approve what Abe asks for or receives",
            f"Ana ({office.ana.id}) is deactivated",
            f"Gus ({guest.id}) is a guest",
            "Somebody (U0NOBODY) is not known in this workspace",
        ]
        assert {row.mark for row in rows} == {Mark.WARNING}
        rows = ill(await found(office, giftbot_approvers=office.ana.id))
        assert (rows[0].mark, rows[0].found) == (Mark.FAILURE, "nobody can approve")

    async def test_pools(self, office: Office) -> None:
        """Each pool of the file has its row: who can decide, and whether they are enough for the steps that ask it."""
        crew = office.slack.add_group("The Crew", [office.abe, office.rob])
        policy = office.policy(f"""
            [pools]
            leads = ["{office.abe.id}", "{office.ana.id}"]
            finance = ["{crew.id}"]
            spare = ["U0NOBODY"]
            [[rules]]
            name = "every gift"
            steps = [{{ pool = "leads", count = 2 }}, {{ pool = "finance" }}]
        """)
        rows = [row for row in await found(office, giftbot_config=policy) if row.what.startswith("Pool")]
        assert [(row.mark, row.what, row.found) for row in rows] == [
            (Mark.WARNING, "Pool leads", "only Abe, Ana: nobody could approve what one of them asks for or receives"),
            (Mark.FINE, "Pool finance", "2 of user groups"),
            (Mark.FAILURE, "Pool spare", "nobody can approve"),
            (Mark.WARNING, "Pool spare", "Somebody (U0NOBODY) is not known in this workspace"),
        ]
        await office.slack.deactivate(office.ana)
        row = next(row for row in await found(office, giftbot_config=policy) if row.what == "Pool leads")
        assert (row.mark, row.found) == (Mark.FAILURE, "only Abe, and a step needs 2")
        assert row.remedy == "Add another one to giftbot.toml."

    async def test_groups(self, office: Office) -> None:
        """A user group that Slack does not know, or that is empty, is named with what to do."""
        crew = office.slack.add_group("The Crew", [])
        policy = office.policy(f"""
            [pools]
            finance = ["{crew.id}", "S0GONE", "{office.abe.id}", "{office.ana.id}"]
            [[rules]]
            name = "every gift"
            steps = [{{ pool = "finance" }}]
        """)
        rows = {row.what: row for row in await found(office, giftbot_config=policy)}
        assert (rows[f"Group {crew.id}"].mark, rows[f"Group {crew.id}"].found) == (Mark.WARNING, "nobody is in it")
        assert rows["Group S0GONE"].mark is Mark.FAILURE
        assert rows["Group S0GONE"].found == "Slack says no_such_subteam"
        assert "Mend the id" in rows["Group S0GONE"].remedy

    async def test_the_clock(self, office: Office) -> None:
        """A minute apart is worth a look; with more than five, what cannot be undone waits."""
        office.clock.set_wrong(seconds=90)
        (row,) = ill(await found(office))
        assert (row.what, row.mark) == ("Clock", Mark.WARNING)
        office.clock.set_wrong(minutes=6)
        (row,) = ill(await found(office))
        assert (row.what, row.mark) == ("Clock", Mark.FAILURE)
        assert "ahead of Slack's" in row.found
        assert "timedatectl set-ntp true" in row.remedy

    def test_a_clock_that_is_slow_or_missing(self) -> None:
        """It is said which way the clock is wrong; a reply without a time tells nothing."""
        now = datetime.now(UTC)
        row = slack.time({"Date": format_datetime(now + timedelta(minutes=2), usegmt=True)}, now)
        assert row.found.endswith("s behind Slack's")
        assert slack.time({}, now).mark is Mark.WARNING

    async def test_live(self, office: Office) -> None:
        """One message goes to the named person; it is found by its metadata, and says in the end that all is well."""
        rows = await found(office, live=office.eve.id)
        assert Finding(Mark.FINE, "Test message", "sent, found again by its metadata, and changed") in rows
        (message,) = office.slack.workspace.all_messages
        assert message.channel == office.slack.workspace.im(office.eve.id).id
        assert "all is well" in message.text
        assert message.metadata
        assert (message.unfurl_links, message.unfurl_media) == (False, False)

    async def test_live_with_an_approvals_channel(self, office: Office) -> None:
        """The channel is tried as well; without --live it is only said that nobody knows."""
        channel, secret = office.approvals.id, office.slack.add_channel("secret", [office.eve], private=True)
        rows = await found(office, giftbot_approvals_channel=channel)
        assert ("Approvals channel", Mark.NOTE) in {(row.what, row.mark) for row in rows}
        assert not office.slack.workspace.all_messages
        assert not ill(await found(office, live=office.eve.id, giftbot_approvals_channel=channel))
        (shown,) = office.slack.messages(office.approvals)
        assert "all is well" in shown.text_shown
        (row,) = ill(await found(office, live=office.eve.id, giftbot_approvals_channel=secret.id))
        assert row.found == "Slack says channel_not_found"
        assert "/invite @giftbot" in row.remedy

    async def test_live_to_nobody(self, office: Office) -> None:
        """A member who is none is named as the mistake."""
        for nobody in ("bob", "U0NOBODY", office.general.id):
            (row,) = ill(await found(office, live=nobody))
            assert row.mark is Mark.FAILURE
            assert "Give --live a member id" in row.remedy

    async def test_a_socket_that_does_not_open(self, office: Office) -> None:
        """An app-level token is not enough where WebSockets do not get through."""

        async def elsewhere(call: str, _moment: Moment) -> None:
            if call == "apps.connections.open":
                office.slack.workspace.origin = "http://127.0.0.1:9"

        office.slack.faults.watcher = elsewhere
        (row,) = ill(await found(office))
        assert row.mark is Mark.FAILURE
        assert row.found == "the WebSocket does not open: ClientConnectorError"

    async def test_a_bot_elsewhere(self, office: Office) -> None:
        """A bot that is connected from another place, with another database, takes its part of the clicks."""
        async with office.open():
            (row,) = ill(await found(office, giftbot_database=str(office.folder / "another.db")))
        assert row.found == "Slack says hello, but somebody else is connected too"


class Refusing:
    """Mixed into a service, it refuses every call in the same way."""

    kind, status = "bad_request", 400

    def check_caller(self, _request: web.Request) -> None:
        """Refuse."""
        raise RefusedOrder(self.kind, self.status, "Not like this")


class RefusingRuna(Refusing, RunaApi):
    """Runa, refusing."""


class RefusingWeGift(Refusing, WeGiftApi):
    """WeGift, refusing."""


@asynccontextmanager
async def office_with(giftcards: GiftCardService, provider: str, folder: Path) -> AsyncGenerator[Office]:
    """An office that orders from this very service."""
    simulator = Simulator(provider=provider)
    simulator.giftcards = giftcards
    async with simulator:
        yield Office(simulator, folder, TurnableClock())


class TestGiftCards:
    """What the account at the gift card service lets us order."""

    async def test_production(self, tmp_path: Path) -> None:
        """Real money is called so; balances count, and without templates there have to be products."""
        runa = RunaApi(production=True)
        runa.balances |= {"GBP": Decimal(249), "EUR": Decimal(0), "JPY": Decimal(30000)}
        runa.catalogue.products = [product for product in runa.catalogue.products if "US" not in product.countries]
        async with office_with(runa, "runa", tmp_path) as office:
            rows = await found(office)
        assert "accepted for production (real money)" in {row.found for row in rows}
        assert "products in GBP for GB" in {row.found for row in rows}
        assert {(row.what, row.mark, row.found) for row in ill(rows)} == {
            ("Balance in GBP", Mark.WARNING, "249.00 is less than the largest gift, £250.00"),
            ("Balance in EUR", Mark.FAILURE, "none"),
            ("Countries", Mark.FAILURE, "Runa sells nothing in US"),
            ("To choose from", Mark.FAILURE, "nothing can be ordered in USD for US"),
        }

    def test_a_balance_that_just_lasts(self) -> None:
        """Exactly the largest gift is enough."""
        (row,) = balances({"GBP": Decimal("1250.00")}, {"GBP": Money(125000, "GBP", 2)})
        assert row == Finding(Mark.FINE, "Balance in GBP", "1,250.00")

    @pytest.mark.parametrize(
        ("kind", "status", "remedy"),
        [
            ("version_removed", 410, "Update giftbot."),
            ("invalid_version", 400, "Update giftbot."),
            ("forbidden", 403, "Copy the key for the playground (play money) into RUNA_API_KEY."),
            (
                "about:blank",
                403,
                "Check RUNA_API_URL, the key, proxy and firewall, and which addresses the service lets in.",
            ),
            ("anything", 400, "Check RUNA_API_URL; try again in a minute; then ask the service."),
        ],
    )
    async def test_refusals_of_runa(self, tmp_path: Path, kind: str, status: int, remedy: str) -> None:
        """Each kind of refusal has its remedy."""
        runa = RefusingRuna()
        runa.kind, runa.status = kind, status
        async with office_with(runa, "runa", tmp_path) as office:
            (row,) = ill(await found(office))
        assert row.mark is Mark.FAILURE
        assert f"{status} {kind}" in row.found
        assert row.remedy == remedy

    @pytest.mark.parametrize(
        ("kind", "status", "mark", "remedy"),
        [
            ("unauthorized", 401, Mark.FAILURE, "Copy the key into WEGIFT_API_KEY again."),
            ("forbidden", 403, Mark.FAILURE, "Copy the key into WEGIFT_API_KEY again."),
            ("version_removed", 410, Mark.FAILURE, "Use GIFTBOT_PROVIDER=runa"),
            ("about:blank", 403, Mark.FAILURE, "Check WEGIFT_API_URL, the key, proxy and firewall"),
            ("bad_request", 400, Mark.WARNING, "Place a small gift to be sure"),
        ],
    )
    async def test_refusals_of_wegift(self, tmp_path: Path, kind: str, status: int, mark: Mark, remedy: str) -> None:
        """Its contract has no harmless call, so some answers leave it open whether the key is good."""
        wegift = RefusingWeGift()
        wegift.kind, wegift.status = kind, status
        async with office_with(wegift, "wegift", tmp_path) as office:
            (row,) = ill(await found(office))
        assert row.mark is mark
        assert row.remedy.startswith(remedy)

    def test_link_hosts_of_another_environment(self, office: Office) -> None:
        """A list without the host that Runa's links are on would park every gift."""
        values = values_of(office, giftbot_link_hosts="gifts.example")
        del values["runa_api_url"]
        settings, account = SocketSettings(_env_file=None, **values), RunaAccount(_env_file=None, **values)
        *_, row = config.check(settings, account)
        assert row.mark is Mark.WARNING
        assert row.remedy == "Add spend.playground.runa.io to GIFTBOT_LINK_HOSTS, or no link is delivered."


class TestDatabase:
    """The file, and what waits in it."""

    async def test_gifts_that_wait_for_somebody(self, office: Office) -> None:
        """Gifts that wait are counted with their reasons, late work as well; none of it stops other gifts."""
        async with office.open(giftbot_link_hosts="elsewhere.example"):
            await office.asks()
            await office.approves()
            await office.until("needs_review")
            office.giftcards.refuse_next("insufficient_funds", 400)
            await office.asks("@Eve 10 GBP thanks")
            await office.approves()
            await eventually(lambda: sorted(office.states()) == ["failed", "needs_review"])
        office.intruder.adds_job("post")
        code, said = await doctor(office)
        assert code == 0
        said = flat(said)
        assert "1 gift failed: the account at the gift card service has too little money → Top up the account" in said
        assert "1 gift needs review: the gift is ordered, but its link points to a place that is not on our" in said
        assert "1 thing to do since more than an hour → giftbot run" in said
        assert "none seen running on this machine" in said

    async def test_orders_that_fail_for_hours_are_late(self, office: Office) -> None:
        """Each is due again in some minutes, and has been tried in vain since this morning, as the row says."""
        async with office.open():
            office.giftcards.faults.arm("POST /order", Fault.RATE_LIMITED, times=1000)
            await office.asks("@Rob @Eve 10 GBP thanks")
            await office.approves()
            await office.lets_pass(5, minutes=10)
            assert not [row for row in ill(await found(office)) if row.what == "Work"]
            await office.lets_pass(32, minutes=10)
            (row,) = [row for row in ill(await found(office)) if row.what == "Work"]
            assert not [row for row in await found(office) if row.found == "none is late, failed or in need of review"]
        assert row.mark is Mark.WARNING
        assert re.fullmatch(r"2 orders tried in vain, the oldest \d\d times in 6 hours: 429", row.found)
        assert "Look for outage_began in the log" in row.remedy

    async def test_a_history_without_seals(self, office: Office) -> None:
        """Without a key nobody could tell whether the history was changed: worth a look, and how to make one."""
        code, said = await doctor(office, giftbot_audit_key="")
        assert code == 0
        assert "! History not sealed: nobody could tell whether it was changed → Set GIFTBOT_AUDIT_KEY" in flat(said)

    async def test_a_history_that_was_changed(self, office: Office) -> None:
        """The line that does not fit its seal is named; before and after the first start all is well."""
        assert not ill(await found(office))
        async with office.open():
            await office.asks()
        assert not ill(await found(office))
        office.intruder.unlocks_history()
        office.intruder.edits_history()
        (row,) = ill(await found(office))
        assert row.mark is Mark.FAILURE
        assert "the first line does not fit its seal" in row.found

    async def test_open_file_modes(self, office: Office) -> None:
        """What others can read is named, with the command that closes it; so is `.env`."""
        async with office.open():
            pass
        office.database.chmod(0o644)
        env = office.folder / ".env"
        env.touch(0o640)
        before = {*office.folder.iterdir()}
        code, said = await doctor(office)
        assert code == 0
        assert {*office.folder.iterdir()} == before, "the doctor leaves nothing behind"
        assert f"chmod 600 {office.database}" in flat(said)
        assert ".env others can read its secrets (mode 640) → chmod 600 .env" in flat(said)
        env.chmod(0o600)
        assert {row.mark for row in machine.check(env) if row.what == str(env)} == {Mark.FINE}

    def test_files_that_cannot_be_used(self, tmp_path: Path) -> None:
        """A foreign database, one of a newer version and one that is no database are failures, and stay as they are."""
        theirs = _made(tmp_path / "theirs.db", "CREATE TABLE theirs (x)")
        assert "is a database, but not one of giftbot's." in _only(theirs).found
        newer = _made(tmp_path / "newer.db", "PRAGMA application_id = 1195984468", "PRAGMA user_version = 999")
        assert "was written by a newer giftbot" in _only(newer).found
        junk = tmp_path / "junk.db"
        junk.write_bytes(b"no database" * 1000)
        assert "cannot be used as a database" in _only(junk).found
        assert junk.read_bytes() == b"no database" * 1000
        folder = tmp_path / "folder.db"
        folder.mkdir()
        assert "cannot be used as a database" in _only(folder).found

    async def test_a_damaged_file(self, office: Office) -> None:
        """An index that does not fit its table is found."""
        async with office.open():
            await office.asks()
        office.intruder.changes_index("gifts_in_trouble", "failed", "waiting")
        row = _only(office.database)
        assert "is damaged: row 1 missing from index gifts_in_trouble" in row.found
        assert "To restore a backup, move" in row.remedy

    async def test_a_backup_beside_the_wal_of_another_file(self, office: Office) -> None:
        """After a kill and half a restore, the doctor says what the start would, and that is a way that works."""
        process = await office.process()
        await office.slack.socket_mode.connected(timeout=30)
        await office.asks()
        kept = office.folder / "copy.db"
        with closing(sqlite3.connect(office.database)) as source, closing(sqlite3.connect(kept)) as copy:
            source.backup(copy)
        process.kill()
        await process.wait()
        shutil.copyfile(kept, office.database)
        before = office.database.read_bytes()
        (row,) = ill(await found(office))
        assert row.mark is Mark.FAILURE
        assert "was changed or replaced after giftbot last wrote to it" in row.found
        assert f"remove {office.database}-wal and {office.database}-shm, and start again" in row.remedy
        assert office.database.read_bytes() == before
        for file in office.folder.glob("giftbot.db-[ws]*"):
            file.unlink()
        assert not ill(await found(office))
        async with office.open():
            assert office.states() == ["waiting"]

    async def test_another_journal_mode(self, office: Office) -> None:
        """A database that has left WAL is worth a look."""
        async with office.open():
            pass
        _made(office.database, "PRAGMA journal_mode = DELETE")
        (row,) = _ill(office.database)
        assert row.found == "it is not in WAL mode"

    def test_a_new_or_empty_file(self, tmp_path: Path) -> None:
        """Before the first start there is nothing to find."""
        assert not _ill(tmp_path / "giftbot.db")
        (tmp_path / "giftbot.db").touch()
        assert not _ill(tmp_path / "giftbot.db")
        _made(tmp_path / "giftbot.db", "PRAGMA journal_mode = WAL")
        assert not [row for row in _ill(tmp_path / "giftbot.db") if row.what != "File modes"]


def _made(path: Path, *statements: str) -> Path:
    """Let somebody else write to a database."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
    path.chmod(0o600)
    return path


def _ill(path: Path) -> list[Finding]:
    return ill([*database.check(path, datetime.now(UTC), in_use=False)])


def _only(path: Path) -> Finding:
    (row,) = _ill(path)
    assert row.mark is Mark.FAILURE
    return row


def test_versions_of_sqlite() -> None:
    """The bug that version 3.51.3 has mended is named, with why it does not hit giftbot."""
    assert machine.sqlite((3, 51, 3)).mark is Mark.FINE
    old = machine.sqlite((3, 51, 2))
    assert old.mark is Mark.WARNING
    assert "WAL-reset" in old.found
    assert "one process writes, with one connection" in old.remedy
