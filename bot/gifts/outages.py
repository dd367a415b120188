"""What has not worked since when: one line in the log as it begins, one as it works again, with the count between."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.gifts.ports import Clock

log = structlog.get_logger(__name__)

SLACK_ACCESS: Final = "access to Slack"
CALM = timedelta(minutes=1)  # what fails again before that is over has not really worked
_CODE = re.compile(r"[A-Za-z0-9_ ,.:-]{1,80}")  # an HTTP status, an error's code or class; never text nor an address


@dataclass(frozen=True, slots=True)
class Outage:
    """Something that fails, or failed until `over`, at first with `code`.

    `came_back` if it worked in between, `is_told` if the log has its end.
    """

    what: str
    code: str
    since: datetime
    last: datetime
    failures: int = 0
    over: datetime | None = None
    came_back: bool = False
    is_told: bool = False


class Outages:
    """Hears of every answer whether something worked; kept in memory, for a new start tries everything anew."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._outages: dict[str, Outage] = {}
        self.refusals: Counter[str] = Counter()  # answers that said no since the start, by "what: code"

    @property
    def of_slack(self) -> Outage | None:
        """Since when Slack does not let the bot in, as when the app was uninstalled or its token revoked."""
        outage = self._outages.get(SLACK_ACCESS)
        return outage if outage and outage.over is None else None

    def refused(self, what: str, code: str) -> None:
        """A service answered, and the answer was no."""
        self.refusals[f"{what}: {_readable(code)}"] += 1

    def failed(self, what: str, code: str, remedy: str = "") -> None:
        """Something did not work; `code` says why, and `remedy` what a person has to do, where one has to."""
        now = self._clock.now()
        code = _readable(code)
        outage = self._outages.get(what)
        if outage is None or (outage.over and now - outage.over > CALM):
            outage = Outage(what, code, since=now, last=now)
            if remedy:
                log.error("outage_began", what=what, code=code, remedy=remedy)
            else:
                log.warning("outage_began", what=what, code=code)
        self._outages[what] = replace(
            outage,
            last=now,
            failures=outage.failures + 1,
            over=None,
            came_back=outage.came_back or outage.over is not None,
            is_told=False,
        )

    def worked(self, what: str) -> None:
        """Something worked. The end of an outage that comes and goes is told once it has been calm for a while."""
        outage = self._outages.get(what)
        if outage is None or outage.is_told:
            return
        now = self._clock.now()
        over = outage.over or now
        is_told = not outage.came_back or now - outage.last > CALM
        if is_told:
            seconds = round((over - outage.since).total_seconds(), 1)
            log.warning("outage_ended", what=what, code=outage.code, failures=outage.failures, seconds=seconds)
        self._outages[what] = replace(outage, over=over, is_told=is_told)


def _readable(code: str) -> str:
    return code if _CODE.fullmatch(code) else "an answer without a code"
