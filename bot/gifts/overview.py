"""Where things stand for one person: the same for `/gift status` and for the Home tab."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.gifts.gift import Gift, Request
from bot.gifts.hold import Hold
from bot.gifts.notices import Notices
from bot.gifts.people import Roster
from bot.gifts.policy import Policy
from bot.gifts.store import Store

LISTED = 5  # of each sort that a person is shown


@dataclass(frozen=True, slots=True)
class Overview:
    """What one person asked for and was given, what waits for them, who decides, and which orders are on hold."""

    mine: Sequence[Request] = ()
    to_decide: Sequence[Request] = ()
    in_trouble: Sequence[Request] = ()
    received: Sequence[tuple[Request, Gift]] = ()
    deciders: Mapping[str, list[str]] = field(default_factory=dict)
    holds: Sequence[Hold] = ()


def overview_of(person: str, store: Store, policy: Policy, roster: Roster, notices: Notices) -> Overview:
    """Read it; only who may decide sees what waits for a decision or a retry."""
    pools = policy.rules.pools_of(person, roster)
    mine = store.requests.asked_by(person, LISTED)
    given = store.requests.given_to(person, LISTED)
    return Overview(
        mine=mine,
        to_decide=store.requests.undecided(person, pools, LISTED) if pools else (),
        in_trouble=store.requests.in_trouble(person, LISTED) if pools else (),
        received=[(request, gift) for request in given for gift in request.gifts if gift.recipient == person],
        deciders={request.id: notices.deciders(request) for request in mine},
        holds=store.holds.all_standing(),
    )
