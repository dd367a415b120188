"""Deciding: Approve, Decline with its reason, and Cancel by the requester."""

from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.gifts.approvals.decide import Decisions as Decide
from bot.gifts.dashboard import DashboardView
from bot.gifts.model.errors import Field
from handlers.background_tasks import BackgroundTasks
from handlers.blocks.modals import approve_form, decline_form
from handlers.inbound.payloads import Click, Submission, read
from handlers.private_metadata import read_decision
from handlers.slack_api.directory import SlackDirectory
from handlers.slack_api.views import SlackViews


class ApprovalListeners:
    """The buttons of cards and lists. Who clicked is Slack's word; what the button carries is only what they saw."""

    def __init__(
        self, decide: Decide, directory: SlackDirectory, screens: SlackViews, background: BackgroundTasks
    ) -> None:
        self._decide = decide
        self._directory = directory
        self._views = screens
        self._background = background

    async def on_approve(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Approve."""
        click = read(Click, body)
        await self._decide.approve(click.subject, click.user, click.card, click.version)
        self._show_list_again(click)
        await ack()

    async def on_approve_with(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Ask for a note or a lower amount, if this person may decide."""
        click = read(Click, body)
        route = await self._decide.check(click.subject, click.user, click.card, click.version)
        view = approve_form(route.request, await self._directory.language(click.user), click.look)
        self._background.run(self._views.open(click.caller, view))
        await ack()

    async def on_approve_submission(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Approve, with what was filled in."""
        submission = read(Submission, body)
        memory = read_decision(submission.memory)
        note = (submission.field(Field.REASON).value or "").strip()
        amount = submission.field(Field.AMOUNT).value or ""
        await self._decide.approve(memory.subject, submission.user, version=memory.version, note=note, amount=amount)
        self._show_home_again(submission.user, memory.look)
        await ack()

    async def on_decline(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Ask for the reason, if this person may decide."""
        click = read(Click, body)
        route = await self._decide.check(click.subject, click.user, click.card, click.version)
        view = decline_form(route.request, await self._directory.language(click.user), click.look)
        self._background.run(self._views.open(click.caller, view))
        await ack()

    async def on_decline_submission(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Decline, with the reason."""
        submission = read(Submission, body)
        memory = read_decision(submission.memory)
        reason = (submission.field(Field.REASON).value or "").strip()
        await self._decide.decline(memory.subject, submission.user, reason, memory.version)
        self._show_home_again(submission.user, memory.look)
        await ack()

    async def on_cancel(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Take one's own request back."""
        click = read(Click, body)
        await self._decide.cancel(click.subject, click.user)
        self._show_list_again(click)
        await ack()

    def _show_list_again(self, click: Click) -> None:
        if not click.card:  # which is the worker's
            self._background.run(self._views.show_again(click.user, click.look, click.reply_url))

    def _show_home_again(self, person: str, look: DashboardView | None) -> None:
        if look:
            self._background.run(self._views.show_home(person, look))
