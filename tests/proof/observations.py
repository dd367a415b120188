"""What can be seen of a story that was told with the real process: people's screens and the service's ledger."""

from collections import Counter
from collections.abc import Iterator

from bot.gifts.model.notification import Kind
from bot.sandbox.simulator import ShownMessage
from tests.harness.office import Office
from tests.proof.invariants import APPROVED, PENDING, Deed, Evidence, Sale, Sight, Wish

THE_REQUEST = "Mia's request"
_EVERYTHING = Counter({Kind.CARD: 1, Kind.DECISION: 1, Kind.GIFT: 1, Kind.ARRIVED: 1})
_ABOUT_THE_COMPANY = "The history has"  # its head, once a day
_KINDS = {
    "would like to thank": Kind.CARD,
    "thanks you with a gift": Kind.GIFT,
    "has your gift": Kind.ARRIVED,
    "needs somebody": Kind.TROUBLE,
    "Your gift for": Kind.DECISION,
}


def evidence(office: Office, deeds: list[Deed]) -> Evidence:
    """Everything that the ledgers hold, that people did and see, and that is at rest."""
    rob = office.rob.id
    at_rest = [path.read_bytes() for path in office.folder.glob("giftbot.*")]
    return Evidence(
        wishes=[Wish(THE_REQUEST, office.mia.id, rob, frozenset({office.abe.id, office.ana.id}))],
        deeds=deeds,
        sales=[Sale(THE_REQUEST, rob, order.items[0].link) for order in office.giftcards.orders],
        sights=list(_sights(office)),
        bodies_by_key={"all of the story": {body.decode() for body in office.giftcards.requests}},
        kept=b"".join(at_rest),
    )


def _sights(office: Office) -> Iterator[Sight]:
    people = (office.mia, office.abe, office.ana, office.rob, office.eve)
    for person in people:
        yield from (_sight(person.id, message, office.rob.id) for message in person.messages())
    for channel in (office.approvals, office.general):
        told = (message for message in office.slack.messages(channel) if _ABOUT_THE_COMPANY not in message.text_shown)
        yield from (_sight(channel.id, message, office.rob.id) for message in told)


def _sight(reader: str, message: ShownMessage, rob: str) -> Sight:
    kind = next(kind for words, kind in _KINDS.items() if words in message.text_shown)
    return Sight(
        reader=reader,
        kind=kind,
        request=THE_REQUEST,
        recipients=frozenset({rob}),
        link=next(iter(message.links), None) if kind is Kind.GIFT else None,
        outcome=APPROVED if "Approved by" in message.text_shown else PENDING,
    )


def not_as_usual(seen: Evidence) -> Iterator[str]:
    """A kill costs time and nothing else; only the card may be there twice."""
    kinds = Counter(sight.kind for sight in seen.sights)
    kinds[Kind.CARD] = min(kinds[Kind.CARD], 1)
    if kinds != _EVERYTHING:
        yield f"people saw {dict(Counter(sight.kind.value for sight in seen.sights))}"
    if APPROVED not in seen.outcomes(THE_REQUEST):
        yield "no card shows that the request was approved"
