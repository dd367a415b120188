"""Where the demo plays: the simulator, and the real bot as a process that knows nothing of the demo."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.sandbox.bot_process import Bot, started
from bot.sandbox.demo import personas
from bot.sandbox.demo.personas import Cast, Roles
from bot.sandbox.demo.policy_file import policy
from bot.sandbox.playground.shared_clock import MovableClock
from bot.sandbox.simulator import Simulator

_WEDNESDAY = 2


@dataclass(frozen=True)
class Stage:
    """Everything that is running, and the folder that is gone afterwards; `policy` is the text of giftbot.toml."""

    simulator: Simulator
    cast: Cast
    bot: Bot
    folder: Path
    settings: dict[str, str]
    clock: MovableClock
    policy: str = ""

    def turn_to_wednesday(self, *, days: int) -> None:
        """Let it be noon of the first Wednesday after so many days, for everybody: a time when people are at work."""
        now = self.clock.now()
        day = now.date() + timedelta(days=days)
        wednesday = day + timedelta(days=(_WEDNESDAY - day.weekday()) % 7)
        self.clock.move_to(self.clock.ahead + (datetime.combine(wednesday, time(12), UTC) - now).total_seconds())
        self.bot.hear(str(self.clock.ahead))


@asynccontextmanager
async def open_stage(provider: str, roles: Roles, bot_command: Sequence[str]) -> AsyncGenerator[Stage]:
    """Start everything, and leave neither a process nor a file behind."""
    clock = MovableClock()
    with TemporaryDirectory(prefix="giftbot-demo-") as name:
        folder = Path(name)
        async with Simulator(provider=provider, clock=clock.time) as simulator:
            company = Cast(simulator.slack, roles)
            text = policy(company) if roles is personas.POLICY else ""
            settings = _settings(simulator, company, text, folder)
            if text:
                bot = await started(settings, folder, "bot.sandbox.playground.bot_entrypoint", listens=True)
                bot.hear(str(clock.ahead))
            else:
                bot = await started(settings, folder, *bot_command)
            try:
                yield Stage(simulator, company, bot, folder, settings, clock, text)
            finally:
                await bot.stop()


def _settings(simulator: Simulator, company: Cast, text: str, folder: Path) -> dict[str, str]:
    return {
        **simulator.environment(),
        **(_by_policy(text, company, folder) if text else _by_approvers(company)),
        "GIFTBOT_DATABASE": str(folder / "giftbot.db"),
        "GIFTBOT_LOG_LEVEL": "ERROR",  # what goes wrong in a story is a part of it
    }


def _by_approvers(company: Cast) -> dict[str, str]:
    return {
        "GIFTBOT_APPROVERS": ",".join(person.id for person in company.approvers),
        "GIFTBOT_COUNTRIES": "GB,US,DE",
        "GIFTBOT_MAX_AMOUNT": "250",
    }


def _by_policy(text: str, company: Cast, folder: Path) -> dict[str, str]:
    file = folder / "giftbot.toml"
    file.write_text(text, encoding="utf-8")
    return {"GIFTBOT_CONFIG": str(file), "GIFTBOT_APPROVALS_CHANNEL": company.approvals.id}
