"""Who is told what. Every message is planned in the transaction of the change that it tells about."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime

from bot.gifts.approvers import ApproverDirectory
from bot.gifts.model.approval_route import Route
from bot.gifts.model.audit_head import Head
from bot.gifts.model.gift import Gift, Request
from bot.gifts.model.job import JobKind
from bot.gifts.model.notification import Kind, Message, MessageState
from bot.gifts.model.order_hold import OrderHold
from bot.gifts.model.out_of_office import Absence
from bot.gifts.model.outcomes import Posted
from bot.gifts.model.people import is_person
from bot.gifts.model.policy import Policy
from bot.gifts.model.restoration import Restoration
from bot.gifts.ports import Clock
from bot.gifts.store import Store


class NotificationPlan:
    """Plans messages; `approvals_channel` is where those who decide read, None means each of them directly."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        policy: Policy,
        approver_directory: ApproverDirectory,
        approvals_channel: str | None,
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._clock = clock
        self._policy = policy
        self._approver_directory = approver_directory
        self._approvals_channel = approvals_channel
        self._channels = [approvals_channel] if approvals_channel else []
        self._new_id = new_id

    def ask(self, route: Route) -> None:
        """A card with Approve and Decline for the step whose turn it is, to everybody who has none yet."""
        self.notify_once(Kind.CARD, route, self.readers(route))

    def notify_once(self, kind: Kind, route: Route, readers: Collection[str]) -> None:
        """A message about the step whose turn it is, to those who were not told yet."""
        told = {message.to for message in self._told(kind, route)}
        new = [reader for reader in readers if reader not in told]
        self._say(kind, route.request, new, route.request.gifts, route.position)

    def asked_at(self, route: Route, reader: str) -> datetime | None:
        """When the card of a step was last sent to a reader; None while it is not."""
        sent = [card.sending_since for card in self._told(Kind.CARD, route) if card.to == reader]
        return max(filter(None, sent), default=None)

    def inform(self, route: Route) -> None:
        """Whom a rule names learns of what it approves by itself."""
        told = route.without_involved(route.rule.notify)
        self._say(Kind.APPROVED_ALONE, route.request, told, route.request.gifts)

    def adopt_card(self, request: Request, place: Posted) -> None:
        """A card that somebody clicked was sent, whatever was known of it; a copy nobody knew of is kept as well."""
        if not self._store.notifications.is_at(place.channel, place.ts):
            with self._store.write():
                self._adopt(request, place)

    def _adopt(self, request: Request, place: Posted) -> None:
        cards = self._store.notifications.about(request.id, Kind.CARD)
        unsure = (card for card in cards if card.state is MessageState.SENDING and card.channel == place.channel)
        route = self._policy.route(request, self._approver_directory.cached())
        step = (route and route.position) or 0
        card = next(unsure, None) or self._add(Kind.CARD, request, place.channel, request.gifts, step, route)
        self._store.notifications.save(replace(card, state=MessageState.SENT, channel=place.channel, ts=place.ts))
        if request.decision:
            self._store.jobs.add(JobKind.REFRESH, card.id, self._clock.now())

    def refresh_cards(self, request: Request) -> None:
        """All cards show how far a request has come; those whose turn is over lose their buttons."""
        route = self._open_route(request)
        for card in self._store.notifications.about(request.id, Kind.CARD):
            self._show(card, is_open=_is_open(card, route))

    def sync_buttons(self, request: Request) -> None:
        """Cards have buttons where their readers may decide now, and nowhere else."""
        route = self._open_route(request)
        for card in self._store.notifications.about(request.id, Kind.CARD):
            if card.is_open != (is_open := _is_open(card, route)):
                self._show(card, is_open=is_open)

    def tell_decision(self, request: Request) -> None:
        """All cards show the outcome and lose their buttons; the requester is told, once."""
        self.refresh_cards(request)
        is_news = request.decision is not None and request.decision.by != request.requester
        if is_news and not self._store.notifications.about(request.id, Kind.DECISION):
            self._say(Kind.DECISION, request, [request.requester], request.gifts)

    def prepare_gift(self, request: Request, gift: Gift) -> None:
        """The recipient's only message, ready to leave with its link; one that Slack refused may be tried again."""
        message = self._gift_message(gift)
        if message is None:
            self._add(Kind.GIFT, request, gift.recipient, [gift])
        elif message.state is MessageState.UNDELIVERABLE:
            self._store.notifications.save(replace(message, state=MessageState.WAITING))

    def forget_sending(self, gift: Gift) -> None:
        """Somebody says that the message of a gift never arrived: it is not looked for, its channel is opened anew."""
        message = self.gift_message(gift)
        if message.state is MessageState.SENDING:
            anew = replace(message, state=MessageState.WAITING, channel=None, sending_since=None, sent_after=None)
            self._store.notifications.save(anew)

    def gift_message(self, gift: Gift) -> Message:
        """The recipient's message of an ordered gift."""
        message = self._gift_message(gift)
        assert message is not None, "it is prepared when the gift is ordered"
        return message

    def tell_trouble(self, request: Request, gift: Gift) -> None:
        """Those who decide and the requester; a notice that has not left yet takes one more gift along."""
        waiting = {
            message.to: message
            for message in self._store.notifications.about(request.id, Kind.TROUBLE)
            if message.state is MessageState.WAITING
        }
        for reader in [*self.deciders(request), request.requester]:
            if reader in waiting:
                self._store.notifications.add_gift(waiting[reader], gift.id)
            else:
                self._say(Kind.TROUBLE, request, [reader], [gift])

    def tell_closing(self, request: Request, gift: Gift) -> None:
        """The requester learns that nothing more comes of a gift; what was said of its trouble shows it too."""
        self._say(Kind.CLOSED, request, [request.requester], [gift])
        self.refresh(Kind.TROUBLE, request.id)

    def tell_arrivals(self, request: Request) -> None:
        """Once no gift of a request is moving, say which arrived since that was last said: requester, then channel."""
        if any(gift.in_progress for gift in request.gifts):
            return
        told = {
            gift_id
            for message in self._store.notifications.about(request.id, Kind.ARRIVED)
            for gift_id in message.gift_ids
        }
        arrived = [gift for gift in request.gifts if gift.has_arrived and gift.id not in told]
        if arrived:
            self._say(Kind.ARRIVED, request, [request.requester], arrived)
            if request.announce_in:
                self._say(Kind.ANNOUNCEMENT, request, [request.announce_in], arrived)

    def remind(self, request: Request, gift: Gift) -> None:
        """Tell the recipient of a gift that nobody has claimed; the message has a button instead of the link."""
        self._say(Kind.REMINDER, request, [gift.recipient], [gift])

    def reminders(self, gift: Gift) -> int:
        """How often the recipient of a gift was reminded."""
        messages = self._store.notifications.about(gift.request_id, Kind.REMINDER)
        return sum(gift.id in message.gift_ids for message in messages)

    def tell_lapse(self, request: Request, gift: Gift) -> None:
        """The requester learns that a gift's link is no good any more."""
        self._say(Kind.LAPSED, request, [request.requester], [gift])

    def tell_hold(self, hold: OrderHold) -> None:
        """Those who decide learn that no order is sent for a while, once for all orders that wait."""
        self._say_about(Kind.HOLD, hold.id, self._those_who_decide())

    def refresh_hold(self, hold: OrderHold) -> None:
        """The notice shows that orders go on."""
        for message in self._store.notifications.on(hold.id):
            self._store.jobs.add(JobKind.REFRESH, message.id, self._clock.now())

    def tell_restoration(self, restoration: Restoration) -> None:
        """Those who decide learn that a backup was put in the database's place."""
        self._say_about(Kind.RESTORED, restoration.id, self._those_who_decide())

    def tell_head(self, head: Head) -> None:
        """Those who decide have the head of the history where nobody can change it together with the database."""
        self._say_about(Kind.HEAD, str(head), self._those_who_decide())

    def tell_deputy(self, kind: Kind, absence: Absence) -> None:
        """A deputy learns that they decide for somebody, or that they no longer do."""
        self._say_about(kind, absence.id, [absence.deputy])

    def reroute(self, message: Message) -> bool:
        """Another way to who must know: each approver instead of the channel, the requester about an announcement.

        False when there is no other way.
        """
        request = self._store.requests.get(message.request_id) if message.request_id else None
        if is_person(message.to):
            return False
        if request:
            self._tell_otherwise(request, message)
        else:
            self._say_about(message.kind, message.subject or "", self._everybody_who_decides())
        self._store.notifications.save(
            replace(message, state=MessageState.UNDELIVERABLE)
        )  # so that nothing waits with it
        return True

    def _tell_otherwise(self, request: Request, message: Message) -> None:
        gifts = [gift for gift in request.gifts if gift.id in message.gift_ids]
        if message.kind is Kind.ANNOUNCEMENT:
            self._say(Kind.UNANNOUNCED, request, [request.requester], gifts)
        else:
            self._say(message.kind, request, self._approvers(request), gifts, message.step)

    def refresh(self, kind: Kind, request_id: str) -> None:
        """Messages that were sent show how things stand now."""
        for message in self._store.notifications.about(request_id, kind):
            self._store.jobs.add(JobKind.REFRESH, message.id, self._clock.now())

    def readers(self, route: Route) -> list[str]:
        """Who is told that a step waits."""
        if route.position is None:
            return self._channels
        return route.readers(route.position, self._approvals_channel)

    def backup(self, route: Route) -> list[str]:
        """Who hears of it when nobody decides in time."""
        return route.without_involved(route.step.backup) if route.step else []

    def deciders(self, request: Request) -> list[str]:
        """Where those who decide read: the approvals channel, or each of them."""
        route = self._policy.route(request, self._approver_directory.cached())
        return (self.readers(route) if route else self._channels) or self._approvers(request)

    def _gift_message(self, gift: Gift) -> Message | None:
        messages = self._store.notifications.about(gift.request_id, Kind.GIFT)
        return next((message for message in messages if gift.id in message.gift_ids), None)

    def _approvers(self, request: Request) -> list[str]:
        route = self._policy.route(request, self._approver_directory.cached())
        if route and route.eligible_approvers:
            return sorted(route.eligible_approvers)
        return sorted(self._everybody_who_decides() - request.involved)

    def _everybody_who_decides(self) -> frozenset[str]:
        return self._policy.rules.approvers(self._approver_directory.cached())

    def _told(self, kind: Kind, route: Route) -> list[Message]:
        step = (route.request.version, route.position)
        messages = self._store.notifications.about(route.request.id, kind)
        return [message for message in messages if (message.version, message.step) == step]

    def _open_route(self, request: Request) -> Route | None:
        """The way of a request while it waits."""
        return None if request.decision else self._policy.route(request, self._approver_directory.cached())

    def _show(self, card: Message, *, is_open: bool) -> None:
        self._store.notifications.show(card, is_open=is_open)
        self._store.jobs.add(JobKind.REFRESH, card.id, self._clock.now())

    def _say(
        self, kind: Kind, request: Request, readers: Iterable[str], gifts: Collection[Gift], step: int | None = None
    ) -> None:
        route = self._open_route(request) if kind is Kind.CARD else None
        for reader in readers:
            message = self._add(kind, request, reader, gifts, step, route)
            self._store.jobs.add(JobKind.POST, message.id, self._clock.now())

    def _those_who_decide(self) -> Collection[str]:
        return self._channels or self._everybody_who_decides()

    def _say_about(self, kind: Kind, subject: str, readers: Iterable[str]) -> None:
        for reader in sorted(readers):
            message = Message(self._new_id(), kind, None, (), reader, subject=subject)
            self._store.notifications.add(message)
            self._store.jobs.add(JobKind.POST, message.id, self._clock.now())

    def _add(
        self,
        kind: Kind,
        request: Request,
        reader: str,
        gifts: Collection[Gift],
        step: int | None = None,
        route: Route | None = None,
    ) -> Message:
        gift_ids = tuple(gift.id for gift in gifts)
        version = None if step is None else request.version
        message = Message(self._new_id(), kind, request.id, gift_ids, reader, version=version, step=step)
        message = replace(message, is_open=_is_open(message, route))
        self._store.notifications.add(message)
        return message


def _is_open(card: Message, route: Route | None) -> bool:
    return route is not None and route.is_open_to(card.to, card.version, card.step)
