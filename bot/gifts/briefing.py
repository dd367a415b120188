"""What a card tells those who decide: the rule, whose turn it is, what the budgets leave, and what went before."""

from bot.gifts.gift import Request, RequestState
from bot.gifts.message import Brief, Message
from bot.gifts.people import is_person
from bot.gifts.policy import Policy
from bot.gifts.roll import Roll
from bot.gifts.treasury import Treasury


class Briefing:
    """Puts it together as things stand now."""

    def __init__(self, roll: Roll, policy: Policy, treasury: Treasury) -> None:
        self._roll = roll
        self._policy = policy
        self._treasury = treasury

    def of(self, request: Request, message: Message) -> Brief | None:
        """For one card; None where no rule is about its request any more."""
        route = self._policy.route(request, self._roll.last)
        if route is None:
            return None
        its_turn = (message.version, message.step) == (request.version, route.position)
        may_decide = not is_person(message.to) or message.to in route.hands
        return Brief(
            route,
            self._treasury.balances(request),
            self._treasury.exchanged(request),
            is_open=request.state is RequestState.PENDING and its_turn and may_decide,
            is_superseded=message.version != request.version,
        )
