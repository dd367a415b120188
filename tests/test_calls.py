"""What a gift costs: nothing is asked, ordered or posted twice, and connections are kept."""

from collections import Counter
from contextlib import AsyncExitStack

from tests.bench.calls import Doorman, calls_of_two_gifts
from tests.office import Office

EACH_GIFT = Counter(
    {
        "views.open": 1,
        "chat.postMessage": 5,  # a card for each approver, the decision, the gift, and that it has arrived
        "chat.update": 2,  # each card shows the decision
        "GET /balance": 2,  # each card says what is left
        "POST /order": 1,
    }
)
PEOPLE = 4


async def test_a_gift_takes_no_call_too_many(office: Office) -> None:
    """One order, one message to each who has to know, one update of each card; whoever is known is not asked for."""
    first, second = await calls_of_two_gifts(office)
    assert first == EACH_GIFT + Counter({"conversations.open": PEOPLE, "users.info": PEOPLE})
    assert second == EACH_GIFT


async def test_connections_are_kept(office: Office) -> None:
    """All of it goes over a handful of connections, instead of one for each call."""
    slack, service = Doorman(office.slack.base_url), Doorman(office.giftcards.base_url)
    async with AsyncExitStack() as doors:
        addresses = {
            "slack_api_url": await doors.enter_async_context(slack.at_the_door()),
            "runa_api_url": await doors.enter_async_context(service.at_the_door()),
        }
        async with office.open(**addresses):
            for _ in range(3):
                await office.asks("@Rob @Eve 25 GBP thank you")
                await office.rests()
                await office.approves()
                await office.finishes()
    assert len(office.giftcards.orders) == 6
    assert 1 <= slack.opened <= len(office.slack.calls) / 3
    assert 1 <= service.opened <= len(office.giftcards.calls) / 3
