"""A gift card service that the bot has never heard of: one folder and a line of registration, and nothing else."""

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.giftcards import registry as providers
from bot.sandbox.simulator import Fault
from bot.sandbox.simulator.giftcards import registry as simulators
from bot.settings import SocketSettings
from tests.harness.office import Office, eventually
from tests.lantern.account import LanternAccount
from tests.lantern.simulator import ORDER, LanternApi

ROOT = Path(__file__).parents[1]


@pytest.fixture
def provider() -> Iterator[str]:
    """The company uses Lantern, which is registered as long as a test lasts."""
    providers.register(LanternAccount)
    simulators.register(LanternApi)
    yield LanternAccount.provider
    del providers.PROVIDERS[LanternAccount.provider], simulators.SERVICES[LanternApi.provider]


async def giftbot(folder: Path, *arguments: str, **environment: str) -> tuple[int | None, str]:
    """The command as an operator calls it, where Lantern is registered: its exit code, and everything that it says."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.lantern", *arguments,
        cwd=folder, env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "COLUMNS": "120", **environment},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await asyncio.wait_for(process.communicate(), 90)
    return process.returncode, " ".join(said.decode().split())


async def test_a_gift_is_asked_for_approved_and_delivered(office: Office) -> None:
    """Amounts to the penny are taken, and the voucher has the brand of giftbot.toml."""
    async with office.open(giftbot_config=office.policy('[lantern]\nbrand = "Evergreen"\n')):
        await office.asks("@Rob 25.50 GBP thank you for the launch")
        await office.approves()
        link = await office.delivered()
    (order,) = office.giftcards.orders
    assert link == order.items[0].link
    assert json.loads(order.body) | {"memo": ""} == {
        "amount_minor": 2550, "currency": "GBP", "country": "GB", "brand": "Evergreen", "memo": "",
    }  # fmt: skip
    assert not any(link in shown for shown in office.slack.everything_shown(except_to=office.rob))


@pytest.mark.usefixtures("bot")
async def test_a_lost_reply_is_asked_for_again(office: Office) -> None:
    """With the same key and body, which makes no second voucher."""
    office.giftcards.faults.arm(ORDER, Fault.REPLY_LOST)
    await office.asks()
    await office.approves()
    assert await office.delivered() == office.giftcards.orders[0].items[0].link
    assert len(office.giftcards.orders) == 1
    assert len(office.giftcards.requests) == 2
    assert len(set(office.giftcards.requests)) == 1


@pytest.mark.usefixtures("bot")
async def test_422_refuses_for_good(office: Office) -> None:
    """The gift fails, and nobody is offered to try again."""
    office.giftcards.refuse_next("unprocessable", 422)
    await office.asks()
    await office.approves()
    trouble = await office.abe.sees_message("needs somebody")
    assert "offers no such gift of this value in this country" in trouble.text_shown
    assert "Retry" not in trouble.buttons
    assert office.states() == ["failed"]
    assert len(office.giftcards.requests) == 1


@pytest.mark.usefixtures("bot")
async def test_402_holds_the_orders_behind_it(office: Office) -> None:
    """One gift fails and the other waits, goes on by itself once there is money, and so does the first by Retry."""
    office.giftcards.refuse_next("payment required", 402)
    office.giftcards.faults.arm(ORDER, Fault.SLOW, times=2, seconds=0.1)
    await office.asks("@Rob @Eve 10 GBP thanks")
    await office.approves()
    await office.abe.sees_message(
        "Orders in GBP are on hold: the account at the gift card service has too little money"
    )
    await eventually(lambda: sorted(office.states()) == ["approved", "failed"])
    await office.lets_pass(2, minutes=5)
    await eventually(lambda: sorted(office.states()) == ["delivered", "failed"])
    await office.abe.clicks("Retry", confirm=True)
    await office.until("delivered")
    assert len(office.giftcards.orders) == 2


@pytest.mark.usefixtures("bot")
async def test_409_is_never_sent_again(office: Office) -> None:
    """A person looks at the service, and can only say that there is no order, or close it."""
    office.giftcards.refuse_next("conflict", 409)
    await office.asks()
    await office.approves()
    trouble = await office.abe.sees_message("needs somebody")
    assert "this order must not be sent again; it may exist" in trouble.text_shown
    assert trouble.buttons == ["Order anew", "Close"]
    await office.lets_pass(3, hours=1)
    assert len(office.giftcards.requests) == 1
    assert office.states() == ["needs_review"]


async def test_a_key_that_is_never_forgotten_is_asked_for_however_late(office: Office) -> None:
    """Where other services would have forgotten it, and have no list either, the same key gives the same voucher."""
    office.giftcards.faults.arm(ORDER, Fault.REPLY_LOST)
    async with office.open():
        await office.asks()
        await office.approves()
        await office.rests()
    office.clock.turn(days=400)
    async with office.open():
        assert await office.delivered() == office.giftcards.orders[0].items[0].link
    assert len(office.giftcards.orders) == 1


async def test_the_doctor_knows_it(office: Office) -> None:
    """The command names the service, and says whether it takes the token."""
    code, said = await giftbot(office.folder, "doctor", **office.environment())
    assert code == 0, said
    assert "complete, for Socket Mode and Lantern" in said
    assert "knows it as The Company" in said
    assert "Link hosts cards.lantern.test" in said
    code, said = await giftbot(office.folder, "doctor", **office.environment(lantern_token="wrong"))
    assert code == 1
    assert "not accepted: 401 unknown token → Copy it into LANTERN_TOKEN again." in said


async def test_its_settings_are_named_like_all_others(office: Office) -> None:
    """What is missing in the environment, and what is wrong in its table, stands among the other complaints."""
    file = office.policy("[lantern]\nbrand = 5\n")
    code, said = await giftbot(office.folder, "run", **office.environment(lantern_token="", giftbot_config=file))
    assert code == 2
    assert "LANTERN_TOKEN is missing" in said
    assert "lantern.brand: has to be text in quotation marks" in said
    code, said = await giftbot(office.folder, "run", **office.environment(giftbot_provider="candle"))
    assert code == 2
    assert "GIFTBOT_PROVIDER: has to be 'runa' or 'wegift' or 'lantern'" in said


@pytest.mark.usefixtures("provider")
async def test_the_demo_plays_with_it(tmp_path: Path) -> None:
    """The whole story, with the real bot as a process, down to the ledgers in the end."""
    code, said = await giftbot(tmp_path, "demo", NO_COLOR="1")
    assert code == 0, said
    assert f"Gift card service · {ORDER}" in said
    assert "As promised: 2 gifts approved, 2 orders made, 2 links delivered" in said


async def test_its_secrets_stay_out_of_the_logs(office: Office) -> None:
    """The token is among what the logs leave out."""
    _, account = office.settings(SocketSettings)
    assert account.secrets() == [office.giftcards.api_key]
