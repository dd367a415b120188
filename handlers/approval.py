"""Deciding: Approve, Decline with its reason, Cancel by the requester, and Retry when a gift waits for a person."""

from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.gifts.errors import Field
from bot.gifts.flow import Flow
from handlers.directory import SlackDirectory
from handlers.errands import Errands
from handlers.forms import approve_form, decline_form
from handlers.payloads import Click, Submission, read, seen
from handlers.screens import Screens


class Deciding:
    """The buttons of cards and lists. Who clicked is Slack's word; what the button carries is only what they saw."""

    def __init__(self, flow: Flow, directory: SlackDirectory, screens: Screens, errands: Errands) -> None:
        self._flow = flow
        self._directory = directory
        self._screens = screens
        self._errands = errands

    async def on_approve(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Approve."""
        click = read(Click, body)
        await self._flow.approve(click.subject, click.user, click.card, click.version)
        self._errands.run(self._screens.show_again(click))
        await ack()

    async def on_approve_with(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Ask for a note or a lower amount, if this person may decide."""
        click = read(Click, body)
        request = await self._flow.check_decider(click.subject, click.user, click.card, click.version)
        view = approve_form(request, await self._directory.language(click.user))
        self._errands.run(self._screens.open(click.trigger, view))
        await ack()

    async def on_approve_submission(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Approve, with what was filled in."""
        submission = read(Submission, body)
        request_id, version = seen(submission.memory)
        note = (submission.field(Field.REASON).value or "").strip()
        amount = submission.field(Field.AMOUNT).value or ""
        await self._flow.approve(request_id, submission.user, version=version, note=note, amount=amount)
        await ack()

    async def on_decline(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Ask for the reason, if this person may decide."""
        click = read(Click, body)
        request = await self._flow.check_decider(click.subject, click.user, click.card, click.version)
        view = decline_form(request, await self._directory.language(click.user))
        self._errands.run(self._screens.open(click.trigger, view))
        await ack()

    async def on_decline_submission(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Decline, with the reason."""
        submission = read(Submission, body)
        request_id, version = seen(submission.memory)
        reason = (submission.field(Field.REASON).value or "").strip()
        await self._flow.decline(request_id, submission.user, reason, version)
        await ack()

    async def on_cancel(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Take one's own request back."""
        click = read(Click, body)
        await self._flow.cancel(click.subject, click.user)
        self._errands.run(self._screens.show_again(click))
        await ack()

    async def on_retry(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Set a gift going again."""
        click = read(Click, body)
        await self._flow.retry(click.subject, click.user)
        self._errands.run(self._screens.show_again(click))
        await ack()
