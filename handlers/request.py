"""Asking for a gift: /gift, the shortcuts, the form and its submission."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from slack_bolt.async_app import AsyncAck

from bot.gifts.errors import Field
from bot.gifts.flow import Flow
from bot.gifts.policy import Draft
from handlers.command_text import Prefill, read_text
from handlers.directory import SlackDirectory
from handlers.errands import Errands
from handlers.forms import asked_view, request_form
from handlers.lists import HELP, status_blocks
from handlers.payloads import FormMemory, Shortcut, SlashCommand, Submission, read, read_memory
from handlers.screens import Screens


class Asking:
    """The ways in which somebody asks for a gift."""

    def __init__(
        self,
        flow: Flow,
        directory: SlackDirectory,
        screens: Screens,
        errands: Errands,
        new_id: Callable[[], str],
    ) -> None:
        self._flow = flow
        self._directory = directory
        self._screens = screens
        self._errands = errands
        self._new_id = new_id

    async def on_command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """/gift, /gift help, /gift status, or /gift with the parts of a request."""
        command = read(SlashCommand, body)
        match command.text.strip().lower():
            case "help":
                await ack(text=HELP)
            case "status":
                overview = await self._flow.overview(command.user)
                blocks = status_blocks(overview, await self._directory.locale(command.user))
                await ack(text="Where your gifts stand", blocks=blocks)
            case _:
                prefill = read_text(command.text, self._flow.policy.countries)
                self._errands.run(self._open_form(command.user, command.trigger, prefill))
                await ack()

    async def on_shortcut(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The form from anywhere; from a message, with its author and a link to it."""
        shortcut = read(Shortcut, body)
        prefill = Prefill(recipients=(shortcut.author,) if shortcut.author else (), source=shortcut.permalink)
        self._errands.run(self._open_form(shortcut.user, shortcut.trigger, prefill))
        await ack()

    async def on_submission(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The form, filled in: kept, or shown again with what is wrong under its fields."""
        submission = read(Submission, body)
        request = await self._flow.request(_draft(submission))
        locale = await self._directory.locale(request.requester)
        view = asked_view(request, self._flow.deciders(request), locale)
        await ack(response_action="update", view=view)

    async def _open_form(self, person: str, trigger: str, prefill: Prefill) -> None:
        memory = FormMemory(draft_id=UUID(self._new_id()), source=prefill.source)
        locale = await self._directory.locale(person)
        await self._screens.open(trigger, request_form(memory, prefill, self._flow.policy, locale))


def _draft(submission: Submission) -> Draft:
    memory = read_memory(submission.memory)
    return Draft(
        id=str(memory.draft_id),
        requester=submission.user,
        recipients=tuple(dict.fromkeys(submission.field(Field.RECIPIENTS).selected_users)),
        amount=submission.field(Field.AMOUNT).value or "",
        country=submission.field(Field.COUNTRY).selected_option or "",
        note=submission.field(Field.NOTE).value or "",
        announce_in=submission.field(Field.ANNOUNCE_IN).selected_conversation,
        source=memory.source,
    )
