"""Where the demo plays: the simulator, and the real bot as a process that knows nothing of the demo."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.child import Bot, started
from bot.demo.cast import Cast
from bot.simulator import Provider, Simulator


@dataclass(frozen=True)
class Stage:
    """Everything that is running, and the folder that is gone afterwards."""

    simulator: Simulator
    cast: Cast
    bot: Bot
    folder: Path
    settings: dict[str, str]


@asynccontextmanager
async def open_stage(provider: Provider) -> AsyncGenerator[Stage]:
    """Start everything, and leave neither a process nor a file behind."""
    with TemporaryDirectory(prefix="giftbot-demo-") as name:
        folder = Path(name)
        async with Simulator(provider=provider) as simulator:
            cast = Cast(simulator.slack)
            settings = _settings(simulator, cast, folder)
            bot = await started(settings, folder, "bot", "run")
            try:
                yield Stage(simulator, cast, bot, folder, settings)
            finally:
                await bot.stop()


def _settings(simulator: Simulator, cast: Cast, folder: Path) -> dict[str, str]:
    return {
        **simulator.environment(),
        "GIFTBOT_APPROVERS": ",".join(person.id for person in cast.approvers),
        "GIFTBOT_COUNTRIES": "GB,US,DE",
        "GIFTBOT_MAX_AMOUNT": "250",
        "GIFTBOT_DATABASE": str(folder / "giftbot.db"),
        "GIFTBOT_LOG_LEVEL": "WARNING",
    }
