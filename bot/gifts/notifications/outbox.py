"""Sends every message once: the intent is kept before the call, and an unknown outcome is looked up, not repeated."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from weakref import WeakValueDictionary

from pydantic import SecretStr

from bot.gifts.approvers import ApproverDirectory
from bot.gifts.budget_ledger import BudgetLedger
from bot.gifts.model.audit_head import Head
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import Request
from bot.gifts.model.job import Retry
from bot.gifts.model.notification import (
    AbsenceNotice,
    CardContext,
    HeadNotice,
    Kind,
    Message,
    MessageState,
    Notification,
    OrderHoldNotice,
    RequestNotification,
    RestorationNotice,
)
from bot.gifts.model.order import Funds
from bot.gifts.model.outcomes import Absent, OutcomeUnknown, Posted, Rejected, Unavailable
from bot.gifts.model.policy import Policy
from bot.gifts.ports import Clock, Messenger
from bot.gifts.store import Store

# a second copy decides nothing twice, a missing one stops a gift
_HARMLESS_TWICE = {
    Kind.CARD,
    Kind.NUDGE,
    Kind.BACKUP,
    Kind.TROUBLE,
    Kind.HOLD,
    Kind.RESTORED,
    Kind.HEAD,
    Kind.STAND_IN,
    Kind.STAND_DOWN,
}


class CardContexts:
    """What a card tells those who decide: the rule, whose turn it is, what the budgets leave, and what went before."""

    def __init__(self, approver_directory: ApproverDirectory, policy: Policy, ledger: BudgetLedger) -> None:
        self._approver_directory = approver_directory
        self._policy = policy
        self._ledger = ledger

    def of(self, request: Request, message: Message) -> CardContext | None:
        """For one card; None where no rule is about its request any more."""
        route = self._policy.route(request, self._approver_directory.cached())
        if route is None:
            return None
        return CardContext(
            route,
            self._ledger.balances(request),
            self._ledger.exchanged(request),
            is_open=route.is_open_to(message.to, message.version, message.step),
            is_superseded=message.version != request.version,
        )


class Outbox:
    """The one way in which a message leaves; `settle` is how long Slack gets before a message is looked up."""

    def __init__(
        self, store: Store, messenger: Messenger, clock: Clock, briefing: CardContexts, settle: timedelta
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._clock = clock
        self._briefing = briefing
        self._settle = settle
        self._began = clock.monotonic()  # what an earlier process sent is older than that
        self._unknown_since: dict[str, float] = {}
        self._updates: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def send(
        self, message: Message, link: SecretStr | None = None, funds: Funds | None = None
    ) -> Posted | Rejected | Retry:
        """Bring a message to its reader, wherever an earlier try stopped; once it was sent, do nothing."""
        if message.channel is not None and message.ts is not None:
            return Posted(message.channel, message.ts)
        channel = message.channel or await self._messenger.open(message.to)
        if not isinstance(channel, str):
            return self._not_sent(message, channel)
        message = replace(message, channel=channel)
        if message.state is MessageState.SENDING:
            found = await self._look_up(message)
            if not isinstance(found, Absent):
                return found
        if message.sending_since is None:
            message = replace(message, sent_after=self._store.notifications.newest_in(channel))
        message = self._keep(replace(message, state=MessageState.SENDING, sending_since=self._clock.now()))
        self._unknown_since[message.id] = self._clock.monotonic()
        mail = self.mail(message)
        if isinstance(mail, RequestNotification):
            mail = replace(mail, link=link, funds=funds or mail.funds)
        return await self._post(channel, mail)

    async def update(self, message: Message) -> Posted | Rejected | Unavailable:
        """Make a message that was sent show how things stand now, one after the other: what is newer arrives later."""
        async with self._updates.setdefault(message.id, asyncio.Lock()):
            return await self._messenger.update(self.mail(message))

    async def _post(self, channel: str, mail: Notification) -> Posted | Rejected | Retry:
        message = mail.message
        answer = await self._messenger.post(channel, mail)
        match answer:
            case Posted():
                return self._sent(message, answer)
            case OutcomeUnknown(detail):
                self._unknown_since[message.id] = self._clock.monotonic()
                return Retry(Reason.MESSAGE_UNCERTAIN, detail, self._settle)
            case Rejected() | Unavailable():
                return self._not_sent(message, answer)

    async def _look_up(self, message: Message) -> Posted | Absent | Rejected | Retry:
        since = self._unknown_since.get(message.id, self._began)
        left = self._settle - timedelta(seconds=self._clock.monotonic() - since)
        if left > timedelta():
            return Retry(Reason.MESSAGE_UNCERTAIN, "waiting until Slack shows what it has", left)
        found = await self._messenger.find(message)
        match found:
            case Posted():
                return self._sent(message, found)
            case Absent():
                return found
            case Rejected() if message.kind in _HARMLESS_TWICE:
                return Absent()
            case Rejected():
                return Retry(Reason.MESSAGE_UNCERTAIN, found.detail)
            case Unavailable(detail, after):
                return Retry(Reason.MESSAGE_UNCERTAIN, detail, after)

    def mail(self, message: Message) -> Notification:
        """What the message says as things stand now; since it was read, it may have become about more gifts."""
        if message.request_id is None:
            return self._mail_about_the_company(message, message.subject or "")
        request = self._store.requests.get(message.request_id)
        kept = self._store.notifications.get(message.id)
        assert request is not None, "a message about gifts belongs to a request"
        assert kept is not None, "a message is kept before it is sent"
        brief = self._briefing.of(request, message) if message.kind is Kind.CARD else None
        return RequestNotification(replace(message, gift_ids=kept.gift_ids), request, brief=brief)

    def _mail_about_the_company(self, message: Message, subject: str) -> Notification:
        if message.kind is Kind.HEAD:
            return HeadNotice(message, Head.read(subject))
        if message.kind is Kind.RESTORED:
            restoration = self._store.restorations.get(subject)
            assert restoration is not None, "what was noticed is never deleted"
            return RestorationNotice(message, restoration)
        if message.kind in {Kind.STAND_IN, Kind.STAND_DOWN}:
            absence = self._store.out_of_office.get(subject)
            assert absence is not None, "an absence is never deleted"
            return AbsenceNotice(message, absence)
        hold = self._store.order_holds.get(subject)
        assert hold is not None, "a hold is never deleted"
        return OrderHoldNotice(message, hold)

    def _sent(self, message: Message, posted: Posted) -> Posted:
        self._keep(replace(message, state=MessageState.SENT, channel=posted.channel, ts=posted.ts))
        return posted

    def _not_sent(self, message: Message, answer: Rejected | Unavailable) -> Rejected | Retry:
        if isinstance(answer, Rejected):
            self._keep(replace(message, state=MessageState.UNDELIVERABLE))
            return answer
        self._keep(replace(message, state=MessageState.WAITING))
        return Retry(Reason.MESSAGE_NOT_TAKEN, answer.detail, answer.after)

    def _keep(self, message: Message) -> Message:
        self._unknown_since.pop(message.id, None)
        with self._store.write():
            self._store.notifications.save(message)
        return message
