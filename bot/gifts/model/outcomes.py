"""PURE: what the outside world answers. An unknown outcome is never a no."""

from dataclasses import dataclass
from datetime import timedelta

from pydantic import SecretStr

from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.money import Money
from bot.gifts.model.redemption_link import RedemptionStatus


@dataclass(frozen=True, slots=True)
class LinkReady:
    """The redemption link, with the value that the provider says it has, and what became of it."""

    link: SecretStr
    value: Money
    payout: RedemptionStatus = RedemptionStatus.ACTIVE


@dataclass(frozen=True, slots=True)
class Placed:
    """The order exists: its id at the provider, and its value, link and countries, where the provider says so now."""

    order_id: str
    value: Money | None = None
    ready: LinkReady | None = None
    countries: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NotYet:
    """The order exists, its link does not."""


@dataclass(frozen=True, slots=True)
class OrderFailed:
    """The order was taken and has come to nothing since: nothing was sold, and a new one is safe."""

    detail: str


@dataclass(frozen=True, slots=True)
class Posted:
    """The message is in `channel` at `ts`."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Absent:
    """It was looked for wherever it can be, all of that was read, and it is not there."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A final no: this call did nothing, and asking again in the same way is useless. `detail` is for the log."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Unavailable:
    """This call did nothing; ask again, at the earliest `after` that time."""

    detail: str
    after: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """It may have been done or not; only asking in exactly the same way, or looking, can tell.

    Without `may_repeat`, it must not even be asked in the same way again.
    """

    detail: str
    reason: Reason = Reason.NO_ANSWER
    may_repeat: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the bot's own, as it is found in Slack: the id that it carries, and its place."""

    message_id: str
    ts: str
