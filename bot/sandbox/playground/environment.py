"""Where the playground is set up: the simulator, its company, the real bot as a process, and a temporary folder."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.sandbox.playground.bot_supervisor import Keeper
from bot.sandbox.playground.personas import Company
from bot.sandbox.playground.shared_clock import MovableClock
from bot.sandbox.simulator import Simulator


@dataclass(frozen=True)
class Stage:
    """Everything that is running, and where the bot keeps its database."""

    simulator: Simulator
    company: Company
    clock: MovableClock
    keeper: Keeper
    database: Path


@asynccontextmanager
async def open_stage(provider: str) -> AsyncGenerator[Stage]:
    """Set everything up, and leave neither a process nor a file behind; the bot is the keeper's to start."""
    clock = MovableClock()
    with TemporaryDirectory(prefix="giftbot-playground-") as name:
        folder = Path(name)
        async with Simulator(provider=provider, clock=clock.time) as simulator:
            company = Company(simulator.slack)
            await company.talks()
            database = folder / "giftbot.db"
            settings = {**simulator.environment(), **_rules(company), "GIFTBOT_DATABASE": str(database)}
            keeper = Keeper(settings, folder, clock, simulator.slack.socket_mode)
            try:
                yield Stage(simulator, company, clock, keeper, database)
            finally:
                await keeper.stop()


def _rules(company: Company) -> dict[str, str]:
    return {
        "GIFTBOT_APPROVERS": ",".join(company.approvers),
        "GIFTBOT_COUNTRIES": "GB,US,DE,JP",
        "GIFTBOT_MAX_AMOUNT": "250, 30000 JPY",
        "GIFTBOT_SETTLE_SECONDS": "2",  # nobody wants to watch half a minute of patience
        "GIFTBOT_LOG_LEVEL": "WARNING",
    }
