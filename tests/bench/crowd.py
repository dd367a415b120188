"""The crowd: so many people that nobody does more than one person can, and the requests that Slack sends for them."""

import itertools
from collections.abc import Iterator, Mapping
from math import ceil

from bot.simulator import Kind, Person, ShownMessage
from bot.simulator.slack.delivery import encoded
from bot.simulator.slack.records import Json
from handlers.ids import ActionId
from tests.bench import fill
from tests.office import Office

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
        recipients = itertools.cycle(self._recipients)
        for number in range(count):
            approver = self._approvers[number // _ACTS]
            message = workspace.post(self.channel, "A card", [])
            request = f"00000000-0000-7000-a000-{number:012x}"
            people = list(itertools.islice(recipients, self._gifts_each))
            waiting.append(fill.Card(request, self._office.mia.id, people, message.channel, message.ts))
            button = {"type": "button", "action_id": ActionId.APPROVE, "block_id": "b", "value": f"{request}.1"}
            clicks.append((approver, approver.payloads.block_actions(ShownMessage(workspace, message), button)))
        fill.cards(self._office.database, waiting)
        return iter(clicks)


def _sent(kind: Kind, payload: Json) -> Request:
    body, content_type = encoded(kind, payload)
    return body.decode(), content_type
