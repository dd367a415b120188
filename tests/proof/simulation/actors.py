"""Who ask, decide, meddle and mend; each of their clicks can be lost, doubled or left without an answer."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from functools import partial

from bot.gifts.model.draft import Draft
from bot.gifts.model.errors import Refused
from bot.gifts.model.gift import Gift, Request
from bot.gifts.model.notification import Kind, RequestNotification
from bot.gifts.model.outcomes import Posted
from bot.gifts.services import Services
from tests.proof.invariants import Deed, Verb, Wish
from tests.proof.simulation.bot_lifecycle import Act, Bot
from tests.proof.simulation.fake_provider import Shop
from tests.proof.simulation.fake_slack import GENERAL, Chat, Post
from tests.proof.simulation.fault_schedule import Delivery, Fate
from tests.proof.simulation.network import Journal
from tests.proof.simulation.virtual_time import WorldClock

DECIDERS = "SDeciders"  # the user group of those who approve
APPROVERS = ["UAbe", "UAna", "UAmy"]
STAFF = ["UMia", "URob", "UEve", "UTom"]
_PATIENCE = 6  # tries of a person whom Slack shows errors


class People:
    """Everybody, and what they did, as they would tell it."""

    def __init__(self, bot: Bot, shop: Shop, chat: Chat, clock: WorldClock, fate: Fate, journal: Journal) -> None:
        self._bot = bot
        self._shop = shop
        self._chat = chat
        self._clock = clock
        self._fate = fate
        self._journal = journal
        self.wishes: list[Wish] = []
        self.deeds: list[Deed] = []
        self.tried_at: dict[tuple[str, Verb], datetime] = {}  # for the first time, by anybody

    async def live(self) -> None:
        """One or two requests from beginning to end, each with everybody who has to do with it."""
        async with asyncio.TaskGroup() as everybody:
            for _ in range(self._fate.count(1, 2)):
                everybody.create_task(self._request())

    async def mend(self) -> None:
        """Approvers do something about every gift that they see in trouble."""
        for approver in self._fate.some(APPROVERS, 1, 2):
            for gift in self._in_trouble(approver):
                await self._mends(approver, gift)

    async def decide_again(self) -> None:
        """Approvers click Approve wherever they can, also where they did before."""
        for request, decider in {wish.request: min(wish.deciders) for wish in self.wishes}.items():
            if cards := self._chat.seen_by(decider, Kind.CARD, request):
                card = self._place(cards)
                await self._acts(decider, Verb.APPROVE, request, partial(_approve, request, decider, card))

    async def _mends(self, approver: str, gift: Gift) -> None:
        """Retry mostly; where somebody has to look at the service, they do, and say what they saw."""
        assert gift.reason is not None, "a gift stops for a reason"
        there_is_one = self._shop.has_order_of(gift.id)
        if self._fate.happens(0.05):
            await self._clicks(
                approver, f"close {gift.recipient}", partial(_close, gift.id, approver, not there_is_one)
            )
        elif gift.reason.can_order_anew and not there_is_one and self._fate.happens(0.5):
            await self._clicks(approver, f"order {gift.recipient} anew", partial(_order_anew, gift.id, approver))
        elif gift.reason.can_retry:
            await self._clicks(approver, f"retry {gift.recipient}", lambda bot: bot.resolve.retry(gift.id, approver))

    async def _request(self) -> None:
        draft = self._draft()
        deciders = frozenset(APPROVERS) - {draft.requester, *draft.recipients}
        self.wishes += [Wish(draft.id, draft.requester, recipient, deciders) for recipient in draft.recipients]
        await self._clock.sleep(self._fate.between(0, 60))
        await self._insists(draft.requester, Verb.ASK, draft.id, lambda bot: bot.submit.ask(draft))
        async with asyncio.TaskGroup() as everybody:
            for approver in sorted(deciders):
                everybody.create_task(self._decides(approver, draft.id))
            if self._fate.happens(0.5):
                everybody.create_task(self._meddles(draft))
            if self._fate.happens(0.1):
                everybody.create_task(self._cancels(draft))

    def _draft(self) -> Draft:
        requester, *recipients = self._fate.some([*STAFF, *APPROVERS[:2]], 2, 4)
        return Draft(
            id=self._fate.id(),
            requester=requester,
            recipients=tuple(recipients),
            amount="25",
            country="GB",
            announce_in=GENERAL if self._fate.happens(0.3) else None,
        )

    async def _decides(self, approver: str, request: str) -> None:
        await self._clock.sleep(self._fate.between(1, 90) if self._fate.happens(0.5) else 10)
        for _ in range(_PATIENCE):
            cards = self._chat.seen_by(approver, Kind.CARD, request)
            if cards:
                break
            await self._clock.sleep(60)
        else:
            return
        if self._fate.happens(0.75):
            card = self._place(cards)
            await self._insists(
                approver, Verb.APPROVE, request, lambda bot: bot.decide.approve(request, approver, card)
            )
        elif self._fate.happens(0.6):
            await self._insists(
                approver, Verb.DECLINE, request, lambda bot: bot.decide.decline(request, approver, "no")
            )

    async def _meddles(self, draft: Draft) -> None:
        """Somebody approves who may not."""
        meddler = self._fate.some([draft.requester, *draft.recipients, "USly"], 1, 1)[0]
        await self._clock.sleep(self._fate.between(1, 90))
        await self._acts(meddler, Verb.APPROVE, draft.id, lambda bot: bot.decide.approve(draft.id, meddler))

    async def _cancels(self, draft: Draft) -> None:
        await self._clock.sleep(self._fate.between(1, 90))
        await self._acts(
            draft.requester, Verb.CANCEL, draft.id, lambda bot: bot.decide.cancel(draft.id, draft.requester)
        )

    async def _insists(self, person: str, verb: Verb, request: str, act: Act) -> None:
        for _ in range(_PATIENCE):
            if await self._acts(person, verb, request, act):
                return
            await self._clock.sleep(self._fate.between(2, 60))

    async def _acts(self, person: str, verb: Verb, request: str, act: Act) -> bool:
        """Do something about a request; False where Slack shows an error."""
        self.tried_at.setdefault((request, verb), self._clock.now())
        answer = await self._clicks(person, f"{verb} {request[:6]}", act)
        self.deeds.append(Deed(person, verb, request, accepted=isinstance(answer, Request)))
        return answer is not None

    async def _clicks(self, person: str, what: str, act: Act) -> Request | Refused | None:
        delivery = self._fate.click()
        self._journal(f"{person} clicks {what}, which {delivery}")
        if delivery is Delivery.LOST:
            return None
        copies = 2 if delivery is Delivery.TWICE else 1
        answers = await asyncio.gather(*(self._bot.handles(f"{person}: {what}", act) for _ in range(copies)))
        answer = None if delivery is Delivery.UNANSWERED else _best(answers)
        self._journal(f"{person} sees {_words(answer)}")
        return answer

    def _place(self, cards: list[Post]) -> Posted:
        """Where somebody clicks: on any copy of the card."""
        card = self._fate.some(cards, 1, 1)[0]
        return Posted(card.channel, card.ts)

    def _in_trouble(self, person: str) -> list[Gift]:
        """The gifts beside which somebody sees the buttons."""
        requests = dict.fromkeys(wish.request for wish in self.wishes if person in wish.deciders)
        notices = [post for request in requests for post in self._chat.seen_by(person, Kind.TROUBLE, request)]
        gifts = [
            gift for notice in notices if isinstance(notice.mail, RequestNotification) for gift in notice.mail.gifts
        ]
        return [gift for gift in gifts if gift.needs_attention]


async def _approve(request: str, person: str, card: Posted, services: Services) -> Request:
    return await services.decide.approve(request, person, card)


async def _order_anew(gift: str, person: str, services: Services) -> Request:
    return await services.resolve.order_anew(gift, person, "I looked through the list, and it is not there.")


async def _close(gift: str, person: str, is_unspent: bool, services: Services) -> Request:  # noqa: FBT001 - for partial
    return await services.resolve.close(gift, person, "Nobody needs it any more.", is_unspent=is_unspent)


def _best(answers: Iterable[Request | Refused | None]) -> Request | Refused | None:
    """Of two copies of a click one may be told that it is decided: the other one did it."""
    return max(answers, key=lambda answer: (isinstance(answer, Request), answer is not None))


def _words(answer: Request | Refused | None) -> str:
    match answer:
        case Request():
            return f"that it is {answer.state}"
        case Refused():
            return str(answer)
        case None:
            return "an error of Slack"
