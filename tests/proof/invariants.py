"""PURE: judges a story by what the gift card service sold and what people did and saw, never by the bot's own word."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from bot.gifts.model.notification import Kind

_ONCE = {
    Kind.DECISION,
    Kind.GIFT,
    Kind.ARRIVED,
    Kind.ANNOUNCEMENT,
    Kind.UNANNOUNCED,
    Kind.REMINDER,
    Kind.LAPSED,
    Kind.CLOSED,
}
_NOT_EXACT = timedelta(minutes=10)  # clocks that are this far apart agree
_SOON = timedelta(hours=2)  # an order of unknown outcome is in front of a person within an hour, a hold aside
PENDING, APPROVED = "pending", "approved"


class Verb(StrEnum):
    """What somebody did about a request."""

    ASK = "ask"
    APPROVE = "approve"
    DECLINE = "decline"
    CANCEL = "cancel"


_OUTCOMES = {Verb.APPROVE: APPROVED, Verb.DECLINE: "declined", Verb.CANCEL: "cancelled"}


@dataclass(frozen=True, slots=True)
class Wish:
    """A gift as people think of it: who asks for whom, and who may decide."""

    request: str
    requester: str
    recipient: str
    deciders: frozenset[str]

    def __str__(self) -> str:
        return f"{self.request}, for {self.recipient}"


@dataclass(frozen=True, slots=True)
class Deed:
    """Somebody did something about a request, and Slack showed it as accepted, or not."""

    person: str
    verb: Verb
    request: str
    accepted: bool


@dataclass(frozen=True, slots=True)
class Sale:
    """An order in the service's ledger."""

    request: str
    recipient: str
    link: str


@dataclass(frozen=True, slots=True)
class Sight:
    """A message as it stands on somebody's screen; `given_up` are those for whom it says that nothing was ordered."""

    reader: str
    kind: Kind
    request: str
    recipients: frozenset[str]
    link: str | None = None
    outcome: str = PENDING
    in_trouble: frozenset[str] = frozenset()
    given_up: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Ending:
    """Something that the bot ended by itself: how long it had really waited by then, and how long it has to."""

    what: str
    waited: timedelta
    has_to_wait: timedelta


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that can be known from outside, once the story has come to rest.

    `freed` are gifts, by request and recipient, whose money counted in no budget while the service had their order.
    After a backup `was_restored`, nobody can expect that what was decided and told since then is known.
    """

    wishes: list[Wish]
    deeds: list[Deed]
    sales: list[Sale]
    sights: list[Sight]
    bodies_by_key: dict[str, set[str]] = field(default_factory=dict)
    kept: bytes = b""  # every byte at rest: the database, its -wal, the log
    unreachable: frozenset[str] = frozenset()  # whom nobody can write to
    freed: frozenset[tuple[str, str]] = frozenset()
    was_restored: bool = False
    endings: list[Ending] = field(default_factory=list)
    done_too_late: list[str] = field(default_factory=list)  # for which Slack showed an error, and which were done
    took: timedelta = timedelta()  # what was due, once nothing went wrong any more

    def seen(self, request: str, kind: Kind) -> list[Sight]:
        """What people see of one kind about a request."""
        return [sight for sight in self.sights if (sight.request, sight.kind) == (request, kind)]

    def outcomes(self, request: str) -> set[str]:
        """How a request was decided, as its cards show it."""
        return {card.outcome for card in self.seen(request, Kind.CARD)} - {PENDING}


def violations(of: Evidence) -> list[str]:
    """Every promise that was broken, in words."""
    always = (_one_order, _approved_by_somebody, _link_for_its_recipient)
    while_all_is_known = (
        _one_body,
        _not_declined,
        _one_decision,
        _nothing_lost,
        _told_once,
        _nothing_given_up,
        _money_counted,
        _ended_in_time,
    )
    rules = always if of.was_restored else (*always, *while_all_is_known)
    return [broken for rule in rules for broken in rule(of)]


def _one_order(of: Evidence) -> Iterator[str]:
    for (request, recipient), count in Counter((sale.request, sale.recipient) for sale in of.sales).items():
        if count > 1:
            yield f"{count} orders were made of {request}, for {recipient}"


def _one_body(of: Evidence) -> Iterator[str]:
    for key, bodies in of.bodies_by_key.items():
        if len(bodies) > 1:
            yield f"key {key} was sent with {len(bodies)} bodies"


def _approved_by_somebody(of: Evidence) -> Iterator[str]:
    wishes = {(wish.request, wish.recipient): wish for wish in of.wishes}
    tried = {(deed.request, deed.person) for deed in of.deeds if deed.verb is Verb.APPROVE}
    for sale in of.sales:
        wish = wishes.get((sale.request, sale.recipient))
        if wish is None:
            yield f"{sale.request} was ordered for {sale.recipient}, and nobody asked for it"
        elif not any((wish.request, decider) in tried for decider in wish.deciders):
            yield f"{wish} was ordered, and nobody entitled approved it"


def _not_declined(of: Evidence) -> Iterator[str]:
    for sale in of.sales:
        if of.outcomes(sale.request) - {APPROVED}:
            yield f"{sale.request} was ordered for {sale.recipient}, and its cards show {of.outcomes(sale.request)}"


def _nothing_given_up(of: Evidence) -> Iterator[str]:
    sold = {(sale.request, sale.recipient) for sale in of.sales}
    for sight in of.sights:
        for recipient in sight.given_up:
            if (sight.request, recipient) in sold:
                yield f"{sight.reader} reads that nothing was ordered of {sight.request} for {recipient}, and it was"


def _money_counted(of: Evidence) -> Iterator[str]:
    for request, recipient in sorted(of.freed):
        yield f"the money of {request} for {recipient} was free while the service had its order"


def _one_decision(of: Evidence) -> Iterator[str]:
    requests = {wish.request: wish for wish in of.wishes}
    for request, wish in requests.items():
        accepted = [deed for deed in of.deeds if deed.request == request and deed.accepted and deed.verb in _OUTCOMES]
        winners = {(deed.person, deed.verb) for deed in accepted}
        if len(winners) > 1:
            yield f"{request} was decided more than once: {sorted(winners)}"
        for person, verb in winners:
            if person not in (wish.deciders if verb is not Verb.CANCEL else {wish.requester}):
                yield f"{person} could {verb} {request}"
            if of.outcomes(request) - {_OUTCOMES[verb]}:
                yield f"{person} was told that they {verb} {request}, and its cards show {of.outcomes(request)}"


def _nothing_lost(of: Evidence) -> Iterator[str]:
    accepted = {(deed.request, deed.verb) for deed in of.deeds if deed.accepted}
    for wish in of.wishes:
        if (wish.request, Verb.ASK) in accepted and not (_was_asked(of, wish) or _ended_unasked(of, wish, accepted)):
            yield f"{wish.request} was accepted, and nobody was asked to decide"
        approved = (wish.request, Verb.APPROVE) in accepted or APPROVED in of.outcomes(wish.request)
        if approved and not (_has_gift(of, wish) or _is_shown_in_trouble(of, wish) or _was_closed(of, wish)):
            yield f"{wish} was approved, and there is neither a gift nor a word about trouble"


def _was_asked(of: Evidence, wish: Wish) -> bool:
    return bool(of.seen(wish.request, Kind.CARD))


def _ended_unasked(of: Evidence, wish: Wish, accepted: Collection[tuple[str, Verb]]) -> bool:
    """Cancelled, or expired while the bot was dead: then its requester knows, if they can be told."""
    is_known = of.seen(wish.request, Kind.DECISION) or wish.requester in of.unreachable
    return bool(is_known) or (wish.request, Verb.CANCEL) in accepted


def _has_gift(of: Evidence, wish: Wish) -> bool:
    return any(wish.recipient in sight.recipients and sight.link for sight in of.seen(wish.request, Kind.GIFT))


def _is_shown_in_trouble(of: Evidence, wish: Wish) -> bool:
    notices = of.seen(wish.request, Kind.TROUBLE)
    return any(wish.recipient in notice.in_trouble and notice.reader != wish.requester for notice in notices)


def _was_closed(of: Evidence, wish: Wish) -> bool:
    return any(wish.recipient in notice.closed for notice in of.seen(wish.request, Kind.TROUBLE))


def _link_for_its_recipient(of: Evidence) -> Iterator[str]:
    owners = {sale.link: (sale.request, sale.recipient) for sale in of.sales}
    for sight in of.sights:
        if sight.link and owners.get(sight.link) != (sight.request, sight.reader):
            yield f"{sight.reader} was shown a link that was not sold for them ({sight.request})"
    if any(link.encode() in of.kept for link in owners):
        yield "a link is at rest in the database or the log"


def _told_once(of: Evidence) -> Iterator[str]:
    told = Counter(
        (sight.kind, sight.reader, sight.request, recipient)
        for sight in of.sights
        if sight.kind in _ONCE
        for recipient in sight.recipients
    )
    for (kind, reader, request, recipient), count in told.items():
        if count > 1:
            yield f"{reader} was told {count} times: {kind} of {request}, for {recipient}"


def _ended_in_time(of: Evidence) -> Iterator[str]:
    """What clocks can do wrong: end something too early, let it wait for no reason, do it after its person has left."""
    for ending in of.endings:
        if ending.waited < ending.has_to_wait - _NOT_EXACT:
            yield f"{ending.what}, after {ending.waited}"
    if of.took > _SOON:
        yield f"what was due was not done for {of.took}, although nothing went wrong any more"
    for what in of.done_too_late:
        yield f"{what}: Slack showed that the app did not respond, and it was done"
