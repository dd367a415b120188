"""The crowd: so many people that nobody does more than one person can, and the requests that Slack sends for them."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from math import ceil

from bot.gifts.model import gift
from bot.gifts.model.approval_rules import one_of
from bot.gifts.model.gift import GiftState
from bot.gifts.model.money import Money
from bot.gifts.model.notification import CardContext, Message, RequestNotification
from bot.gifts.model.notification import Kind as MessageKind
from bot.gifts.model.people import Roster
from bot.gifts.model.policy import Policy
from bot.sandbox.simulator import Kind, Person, ShownMessage
from bot.sandbox.simulator.slack.delivery import encoded
from bot.sandbox.simulator.slack.records import Json
from bot.sandbox.simulator.slack.view_state import with_ids
from handlers.blocks.block_kit import as_json
from handlers.blocks.messages import render
from handlers.localization import language_of
from tests.bench import seed_data
from tests.harness.office import Office

_ACTS = 16  # of one person; the bot lets twenty through
_COMMAND = "<@{recipient}> 25 GBP thank you for the launch"

Request = tuple[str, str]  # a body and its content type


class Crowd:
    """People who ask, and enough others to approve so many cards; each request that is made here is good once."""

    def __init__(self, office: Office, cards: int, gifts_each: int = 1, recipients: int = 1) -> None:
        self._office = office
        self._slack = office.slack
        self._gifts_each = gifts_each
        self._recipients = [self._joins().id for _ in range(recipients)]
        self._approvers = [self._joins() for _ in range(ceil(cards / _ACTS))]
        self.channel = self._slack.add_channel("decisions", self._approvers, private=True, bot_in_it=True)
        self._cards = self._fill(cards)

    @property
    def settings(self) -> Mapping[str, str]:
        """Who approves, and where, as the bot's environment."""
        approvers = ",".join(person.id for person in self._approvers)
        return self._office.environment(giftbot_approvers=approvers, giftbot_approvals_channel=self.channel.id)

    async def commands(self, count: int) -> list[Request]:
        """`/gift` with all that belongs to it, typed by people whom the bot knows."""
        people = [self._joins() for _ in range(ceil(count / _ACTS))]
        for person in people:
            await self._opens_form(person)
        return [
            _sent(Kind.SLASH_COMMANDS, self._command(person))
            for person in itertools.islice(itertools.cycle(people), count)
        ]

    async def submissions(self, count: int) -> list[Request]:
        """The form as it opened, submitted by as many people."""
        requests = []
        for _ in range(count):
            person = self._joins()
            await self._opens_form(person)
            assert person.modal, "a form has opened"
            requests.append(_sent(Kind.INTERACTIVE, person.payloads.view_submission(person.modal)))
        return requests

    async def approvals(self, count: int) -> list[Request]:
        """Approve, on that many cards that nobody has clicked yet, by people whom the bot knows."""
        clicks = list(itertools.islice(self._cards, count))
        for approver in {id(approver): approver for approver, _ in clicks}.values():
            await self._opens_form(approver)
        return [_sent(Kind.INTERACTIVE, click) for _, click in clicks]

    def _joins(self) -> Person:
        return self._slack.add_person(f"Colleague {len(self._slack.workspace.users)}")

    def _command(self, person: Person) -> Json:
        text = _COMMAND.format(recipient=self._recipients[0])
        return person.payloads.slash_command("/gift", text, self._office.general)

    async def _opens_form(self, person: Person) -> None:
        await person.sends(Kind.SLASH_COMMANDS, self._command(person))
        await person.sees_modal("Send a gift")

    def _fill(self, count: int) -> Iterator[tuple[Person, Json]]:
        """Keep that many requests with their cards, and go through the clicks on them, with who clicks."""
        workspace, clicks, waiting = self._slack.workspace, [], []
        policy = Policy(one_of({person.id for person in self._approvers}), (), {})
        recipients = itertools.cycle(self._recipients)
        for number in range(count):
            approver = self._approvers[number // _ACTS]
            people = list(itertools.islice(recipients, self._gifts_each))
            request = _request(f"00000000-0000-7000-a000-{number:012x}", self._office.mia.id, people)
            message = workspace.post(self.channel, "A card", _drawn(request, policy, self.channel.id))
            waiting.append(seed_data.Card(request.id, request.requester, people, message.channel, message.ts))
            shown = ShownMessage(workspace, message)
            button = shown.button("Approve")
            assert button, shown
            clicks.append((approver, approver.payloads.button_click(shown, button)))
        seed_data.cards(self._office.database, waiting)
        return iter(clicks)


def _request(request_id: str, requester: str, recipients: Sequence[str]) -> gift.Request:
    """What `fill` keeps."""
    gifts = tuple(
        gift.Gift(f"{request_id}.{place}", request_id, to, GiftState.WAITING) for place, to in enumerate(recipients)
    )
    value, now = Money(2500, "GBP", 2), datetime.now(UTC)
    return gift.Request(request_id, requester, gifts, value, "GB", "thank you for the launch", now)


def _drawn(request: gift.Request, policy: Policy, channel: str) -> list[Json]:
    """Its card, as the bot draws it: Slack sends all of it with every click."""
    route = policy.route(request, Roster())
    assert route, "one of the approvers decides"
    message = Message("m", MessageKind.CARD, request.id, tuple(one.id for one in request.gifts), channel)
    letter = RequestNotification(message, request, brief=CardContext(route, is_open=True))
    drawn: list[Json] = with_ids({"blocks": as_json(render(letter, language_of("en-GB")).blocks)})["blocks"]
    return drawn


def _sent(kind: Kind, payload: Json) -> Request:
    body, content_type = encoded(kind, payload)
    return body.decode(), content_type
