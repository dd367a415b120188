"""Where things stand for one person, in short: what `/gift status` shows. All of it is on their desk."""

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
    mine = store.lists.asked_by(person, LISTED)
    mends = person in policy.rules.approvers(roster)
    stopped = store.lists.in_trouble(person, LISTED) if mends else ()
    return Overview(
        mine=mine,
        to_decide=store.lists.undecided(person, pools, LISTED),
        in_trouble=list({line.request.id: line.request for line in stopped}.values()),
        received=[(line.request, line.gift) for line in store.lists.given_to(person, LISTED)],
        deciders={request.id: notices.deciders(request) for request in mine},
        holds=store.holds.all_standing(),
    )
