"""Mending a gift that has stopped: Retry, Order anew with a statement, Close with a reason."""

from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.gifts.approvals.resolve import Resolution as Resolve
from bot.gifts.model.errors import Field, Invalid
from bot.gifts.model.refusal import Refusal, RefusalCode
from bot.gifts.model.text import say
from handlers.background_tasks import BackgroundTasks
from handlers.blocks.resolve_modals import close_form, order_anew_form
from handlers.inbound.payloads import Click, Submission, read
from handlers.private_metadata import DecisionMemory, read_decision
from handlers.slack_api.directory import SlackDirectory
from handlers.slack_api.views import SlackViews


class ResolveListeners:
    """The buttons of notices and lists about gifts in trouble, and the forms behind them."""

    def __init__(
        self, resolve: Resolve, directory: SlackDirectory, screens: SlackViews, background: BackgroundTasks
    ) -> None:
        self._resolve = resolve
        self._directory = directory
        self._views = screens
        self._background = background

    async def on_retry(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Set a gift going again."""
        click = read(Click, body)
        await self._resolve.retry(click.subject, click.user)
        self._show_list_again(click)
        await ack()

    async def on_send_again(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Send a gift's message again, on the word of whoever clicked that it never arrived."""
        click = read(Click, body)
        await self._resolve.retry(click.subject, click.user, never_arrived=True)
        self._show_list_again(click)
        await ack()

    async def on_order_anew(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Ask for a statement that there is no order, if this person may make it."""
        click = read(Click, body)
        broken = await self._resolve.check(click.subject, click.user)
        view = order_anew_form(broken, await self._directory.language(click.user), click.look)
        self._background.run(self._views.open(click.caller, view))
        await ack()

    async def on_order_anew_submission(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Order anew, on the word of whoever submitted it."""
        submission = read(Submission, body)
        memory = read_decision(submission.memory)
        if not _is_stated(submission):
            words = say("Please look at the gift card service first.")
            raise Invalid({Field.STATEMENT: Refusal(RefusalCode.NOT_STATED, words)})
        await self._resolve.order_anew(memory.subject, submission.user, _words(submission))
        self._show_home_again(submission, memory)
        await ack()

    async def on_close(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Ask why, if this person may close the gift."""
        click = read(Click, body)
        broken = await self._resolve.check(click.subject, click.user)
        view = close_form(broken, await self._directory.language(click.user), click.look)
        self._background.run(self._views.open(click.caller, view))
        await ack()

    async def on_close_submission(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Close it, with the reason."""
        submission = read(Submission, body)
        memory = read_decision(submission.memory)
        is_unspent = _is_stated(submission)
        await self._resolve.close(memory.subject, submission.user, _words(submission), is_unspent=is_unspent)
        self._show_home_again(submission, memory)
        await ack()

    def _show_list_again(self, click: Click) -> None:
        if not click.card:  # which is the worker's
            self._background.run(self._views.show_again(click.user, click.look, click.reply_url))

    def _show_home_again(self, submission: Submission, memory: DecisionMemory) -> None:
        if memory.look:
            self._background.run(self._views.show_home(submission.user, memory.look))


def _is_stated(submission: Submission) -> bool:
    statement = submission.field_if_any(Field.STATEMENT)
    return bool(statement and statement.selected_options)


def _words(submission: Submission) -> str:
    return (submission.field(Field.REASON).value or "").strip()
