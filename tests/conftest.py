"""Fixtures of the whole story: an office with the bot's services, and the bot itself, at work."""

import resource
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import certifi
import pytest

from bot.app import Giftbot
from bot.sandbox.simulator import Simulator
from bot.sandbox.simulator.giftcards.runa.api import RunaApi
from tests.harness.office import CERTIFICATES, Office, TurnableClock

MANY_FILES = 4_096
pytest_plugins = ("tests.proof.report_plugin",)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Half a character in what a test prints can still be told by one process to another."""
    report = yield
    report.sections = [(title, _whole(text)) for title, text in report.sections]
    if report.failed:
        report.longrepr = _whole(str(report.longrepr))
    return report


def _whole(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


@pytest.fixture(scope="session", autouse=True)
def one_authority(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    """Trust one authority instead of 130: all is plain HTTP here, and each client and each process reads them."""
    end = "-----END CERTIFICATE-----\n"
    file = tmp_path_factory.mktemp("tls") / "authority.pem"
    file.write_text(Path(certifi.where()).read_text(encoding="utf-8").partition(end)[0] + end, encoding="utf-8")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(CERTIFICATES, str(file))
        yield


@pytest.fixture
def many_files() -> None:
    """This process may open thousands, for it is the crowd that comes to the bot."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < MANY_FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (MANY_FILES, hard))


@pytest.fixture
def provider() -> str:
    """The gift card service that the company uses; modules whose story is told of both say so."""
    return "runa"


@pytest.fixture
def real_money() -> bool:
    """Whether Runa is its production, where an account runs dry; modules whose story needs that say so."""
    return False


@pytest.fixture
async def office(tmp_path: Path, provider: str, real_money: bool) -> AsyncGenerator[Office]:  # noqa: FBT001 - a fixture
    """A company, its Slack and its gift card service; the bot is not running yet."""
    clock = TurnableClock()
    simulator = Simulator(clock=clock.time, provider=provider)
    if provider == "runa" and real_money:
        simulator.giftcards = RunaApi(clock=clock.time, production=True)
    async with simulator:
        yield Office(simulator, tmp_path, clock)


@pytest.fixture
async def bot(office: Office) -> AsyncGenerator[Giftbot]:
    """The bot at work in the office, over Socket Mode."""
    async with office.open() as bot:
        yield bot
