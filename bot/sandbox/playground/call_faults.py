"""What goes wrong with the next call, and what the bot did about it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.sandbox.playground.environment import Stage
from bot.sandbox.playground.fault_outcomes import POST, of_order, of_post
from bot.sandbox.playground.switch import Json, State, Switch
from bot.sandbox.simulator import Fault, GiftCardService, Slack
from bot.sandbox.simulator.faults import Armed

DecisionRow = Callable[[Json], str]

REST_SECONDS: Final = 1.0  # what a 429 asks for


@dataclass(frozen=True)
class Words:
    """How a mishap is called, what it will do, and what it has done."""

    name: str
    label: str
    about: str
    happened: str


LOST_ORDER: Final = Words(
    "lose_order_reply",
    "Lose the reply of the next order",
    "The gift card service makes the order, and the connection breaks before the bot has read the reply.",
    "The order was made, and its reply was lost on the way.",
)
BUSY_ORDER: Final = Words(
    "order_429",
    "Answer 429 to the next order",
    "The gift card service has too much to do, and makes no order.",
    "The gift card service had too much to do, and made no order.",
)
BROKEN_ORDER: Final = Words(
    "order_500",
    "Answer 500 to the next order",
    "The gift card service makes the order, and answers with an error all the same.",
    "The order was made, and answered with an error all the same.",
)
LOST_GIFT: Final = Words(
    "lose_gift_reply",
    "Lose the reply of the next message with a link",
    "Slack shows the recipient the message, and the connection breaks before the bot has read the reply.",
    "The message was shown, and Slack's reply was lost on the way.",
)
BUSY_POST: Final = Words(
    "post_429",
    "Answer 429 to the next message",
    "Slack has too much to do, and shows nothing.",
    "Slack had too much to do, and showed nothing.",
)
BROKEN_POST: Final = Words(
    "post_500",
    "Answer 500 to the next message",
    "Slack shows the message, and answers with an error all the same.",
    "The message was shown, and answered with an error all the same.",
)


class Mishap(Switch):
    """The next call of a kind goes wrong."""

    kind = "fault"

    def __init__(
        self,
        words: Words,
        service: Slack | GiftCardService,
        call: str,
        fault: Fault,
        verdict: DecisionRow,
        only: Callable[[Json], bool] = lambda _request: True,
    ) -> None:
        super().__init__(words.name, words.label, words.about)
        self._happened = words.happened
        self._service, self._call, self._fault = service, call, fault
        self._verdict, self._only = verdict, only
        self._armed: Armed | None = None

    @property
    def state(self) -> State:
        """Whether it is off, waits, or has had its moment."""
        if self._armed is None:
            return "off"
        return "on" if self._armed.left else "happened"

    @property
    def said(self) -> str:
        """What went wrong, and what the bot did about it."""
        if self._armed is None or not self._armed.hits:
            return ""
        return f"{self._happened} {self._verdict(self._armed.hits[-1])}"

    async def flip(self, *, on: bool) -> None:
        """Wait for the next such call, or let it go well."""
        if self._armed is not None:
            self._service.faults.disarm(self._call, self._armed)
        faults = self._service.faults
        self._armed = faults.arm(self._call, self._fault, seconds=REST_SECONDS, only=self._only) if on else None


def mishaps(stage: Stage) -> list[Mishap]:
    """Give everything that can go wrong with one call."""
    slack, giftcards = stage.simulator.slack, stage.simulator.giftcards

    def order(request: Json) -> str:
        return of_order(stage.simulator, request)

    def post(request: Json) -> str:
        return of_post(stage.simulator, request)

    def has_a_link(request: Json) -> bool:
        return any(link in str(request.get("blocks")) for link in giftcards.links)

    def is_kept(request: Json) -> bool:
        return bool(request.get("metadata"))

    lost, busy, broken = Fault.REPLY_LOST, Fault.RATE_LIMITED, Fault.ERROR_AFTER
    return [
        Mishap(LOST_ORDER, giftcards, giftcards.order_call, lost, order),
        Mishap(BUSY_ORDER, giftcards, giftcards.order_call, busy, order),
        Mishap(BROKEN_ORDER, giftcards, giftcards.order_call, broken, order),
        Mishap(LOST_GIFT, slack, POST, lost, post, has_a_link),
        Mishap(BUSY_POST, slack, POST, busy, post, is_kept),
        Mishap(BROKEN_POST, slack, POST, broken, post, is_kept),
    ]
