"""Asking for a gift: /gift, the shortcuts, the form and its submission."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from slack_bolt.async_app import AsyncAck

from bot.gifts.model.draft import Draft
from bot.gifts.model.errors import Field
from bot.gifts.model.gift import Request
from bot.gifts.model.product import ChosenProduct
from bot.gifts.model.text import Words, say
from bot.gifts.services import Services
from handlers.background_tasks import BackgroundTasks
from handlers.blocks.bounds import shortened
from handlers.blocks.modals import asked_view
from handlers.blocks.policy_summary import settings_blocks, settings_title
from handlers.blocks.request_modal import ANYTHING, Offer, product_options, request_form
from handlers.blocks.status import help_text, status_blocks, status_title
from handlers.inbound.command_text import read_text
from handlers.inbound.payloads import Click, FormChange, ProductSearch, Shortcut, SlashCommand, Submission, read
from handlers.localization import Language
from handlers.out_of_office import OutOfOffice
from handlers.prefill import Prefill
from handlers.private_metadata import FormMemory, read_memory
from handlers.slack_api.directory import SlackDirectory
from handlers.slack_api.private_replies import Caller
from handlers.slack_api.views import SlackViews

_MOST_DRAWN = 1000  # open forms whose hashes are remembered
_NOT_OPENED = say("Slack did not open the form. Please try again.")


class RequestListeners:
    """The ways in which somebody asks for a gift."""

    def __init__(
        self,
        services: Services,
        directory: SlackDirectory,
        screens: SlackViews,
        background: BackgroundTasks,
        new_id: Callable[[], str],
    ) -> None:
        self._services = services
        self._directory = directory
        self._views = screens
        self._background = background
        self._new_id = new_id
        self._away = OutOfOffice(services, directory)
        self._changes: dict[str, FormChange] = {}  # the latest change of each form that is being drawn
        self._drawn: dict[str, str] = {}  # the hash of each form as it was drawn last

    async def on_command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """/gift, and with help, status, settings, away, back, or the parts of a request behind it."""
        command = read(SlashCommand, body)
        private = partial(ack, response_type="ephemeral")  # which is only Slack's own default
        match command.text.strip().lower():
            case "help":
                await private(text=help_text(await self._directory.language(command.user)))
            case "status":
                overview, language = await asyncio.gather(
                    self._services.dashboard.overview(command.user), self._directory.language(command.user)
                )
                await private(text=status_title(language), blocks=status_blocks(overview, language))
            case "settings":
                language = await self._directory.language(command.user)
                roster = self._services.approvers.cached()
                blocks = settings_blocks(self._services.policy, self._services.patience, roster, language)
                await private(text=settings_title(language), blocks=blocks)
            case "back":
                await private(text=await self._away.back(command.user))
            case said if said.split()[:1] == ["away"]:
                words = command.text.strip()[len("away") :]
                await private(text=await self._away.away(command.user, words))
            case _:
                self._background.run(self._open_typed(command))
                await ack()

    async def on_shortcut(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The form from anywhere; from a message, with its author and a link to it."""
        shortcut = read(Shortcut, body)
        prefill = Prefill(recipients=(shortcut.author,) if shortcut.author else (), source=shortcut.permalink)
        self._background.run(self._open_form(shortcut.caller, prefill))
        await ack()

    async def on_product_search(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """What can be chosen, by what somebody typed so far; from memory, for Slack waits three seconds."""
        search = read(ProductSearch, body)
        language = self._directory.language_at_once(search.user)
        await ack(options=product_options(self._services.catalogue.known(search.country), search.words, language))

    async def on_form_changed(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Another country or product: the form shows what can be chosen now; what was filled in stays."""
        change = read(FormChange, body)
        self._background.run(self._redraw(change))
        await ack()

    async def on_submission(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The form, filled in: kept, or shown again with what is wrong under its fields."""
        submission = read(Submission, body)
        draft, memory = _draft(submission), read_memory(submission.memory)
        request = await (
            self._services.submit.edit(draft, memory.version) if memory.version else self._services.submit.ask(draft)
        )
        language = await self._directory.language(request.requester)
        view = asked_view(request, await self._services.submit.deciders(request), language)
        if memory.look:
            self._background.run(self._views.show_home(submission.user, memory.look))
        await ack(response_action="update", view=view)

    async def on_edit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Change a request that is pending: its form opens as it was filled in."""
        click = read(Click, body)
        request = await self._services.submit.check_editor(click.subject, click.user, click.version)
        memory = FormMemory(draft_id=UUID(request.id), version=request.version, source=request.source, look=click.look)
        prefill = _as_asked(request, await self._directory.language(click.user))
        self._background.run(self._draw(click.caller, memory, prefill))
        await ack()

    async def _open_typed(self, command: SlashCommand) -> None:
        locale = (await self._directory.language(command.user)).locale
        prefill = read_text(command.text, self._offered(), locale)
        await self._open_form(command.caller, prefill, _not_opened(command.text))

    async def _open_form(self, caller: Caller, prefill: Prefill, instead: Words = _NOT_OPENED) -> None:
        memory = FormMemory(draft_id=UUID(self._new_id()), source=prefill.source)
        usual = self._services.policy.announcing.usual_channel
        await self._draw(caller, memory, replace(prefill, announce_in=usual), instead)

    async def _draw(self, caller: Caller, memory: FormMemory, prefill: Prefill, instead: Words = _NOT_OPENED) -> None:
        language = await self._directory.language(caller.user)
        form = request_form(memory, prefill, self._offer(prefill.country), language)
        await self._views.open(caller, form, instead)

    async def _redraw(self, change: FormChange) -> None:
        """Draw a form as it was changed last: what is changed while Slack draws it is drawn right after."""
        is_being_drawn = change.view_id in self._changes
        self._changes[change.view_id] = change
        if is_being_drawn:
            return
        drawn: FormChange | None = None
        as_it_was: str | None = change.view_hash
        try:
            while as_it_was and drawn is not self._changes[change.view_id]:
                drawn = self._changes[change.view_id]
                as_it_was = await self._draw_over(change.view_id, await self._changed(drawn), as_it_was)
        finally:
            del self._changes[change.view_id]

    async def _draw_over(self, view_id: str, view: dict[str, Any], as_it_was: str) -> str | None:
        """Draw a form anew; what was changed on a form that we have drawn again meanwhile is kept as well."""
        drawn = await self._views.change(view_id, view, as_it_was)
        if drawn is None:
            drawn = await self._views.change(view_id, view, self._drawn.pop(view_id, as_it_was))
        if drawn:
            self._drawn[view_id] = drawn
            if len(self._drawn) > _MOST_DRAWN:
                del self._drawn[next(iter(self._drawn))]
        return drawn

    async def _changed(self, change: FormChange) -> dict[str, Any]:
        prefill = _filled_in(change)
        language = await self._directory.language(change.user)
        return request_form(read_memory(change.memory), prefill, self._offer(prefill.country), language)

    def _offer(self, wanted: str | None) -> Offer:
        catalogue, countries = self._services.catalogue, self._offered()
        country = wanted if wanted and wanted in countries else next(iter(countries))
        return Offer(self._services.policy, countries, country, catalogue.known(country), catalogue.is_there)

    def _offered(self) -> dict[str, str]:
        """The countries that are offered now, each with the currency of its gifts."""
        catalogue = self._services.catalogue
        return {country: catalogue.currency_in(country) for country in catalogue.sold_in()}


def _not_opened(typed: str) -> Words:
    """That the form did not open, with what was typed for it: Slack has escaped that, but for mentions of everybody."""
    if not typed:
        return _NOT_OPENED
    return say("{problem} You typed: /gift {text}", problem=_NOT_OPENED, text=shortened(typed.replace("<!", "&lt;!")))


def _filled_in(change: FormChange) -> Prefill:
    country = change.field(Field.COUNTRY).selected_option
    cost_centre, hashtag, names_amount = _extras(change)
    product = change.product_in(country.value) if country else None
    return Prefill(
        recipients=change.field(Field.RECIPIENTS).selected_users,
        amount=change.field(Field.AMOUNT).value or "",
        country=country.value if country else None,
        product=ChosenProduct(product.value, product.label) if product else None,
        note=change.field(Field.NOTE).value or "",
        announce_in=change.field(Field.ANNOUNCE_IN).selected_conversation,
        cost_centre=cost_centre,
        hashtag=hashtag,
        names_amount=names_amount,
    )


def _as_asked(request: Request, language: Language) -> Prefill:
    return Prefill(
        recipients=request.recipients,
        amount=language.number(request.value.major),
        country=request.country,
        note=request.note,
        source=request.source,
        product=request.product,
        announce_in=request.announce_in,
        cost_centre=request.cost_centre,
        hashtag=request.hashtag,
        names_amount=request.names_amount,
    )


def _extras(submission: Submission) -> tuple[str | None, str | None, bool]:
    """What only some companies ask for: the cost centre, the hashtag, and whether the amount may be named."""
    cost_centre, hashtag, names_amount = (
        submission.field_if_any(name) for name in (Field.COST_CENTRE, Field.HASHTAG, Field.NAMES_AMOUNT)
    )
    return (
        cost_centre.selected_option.value if cost_centre and cost_centre.selected_option else None,
        hashtag.selected_option.value if hashtag and hashtag.selected_option else None,
        bool(names_amount and names_amount.selected_options),
    )


def _draft(submission: Submission) -> Draft:
    memory = read_memory(submission.memory)
    country = submission.field(Field.COUNTRY).selected_option
    of_another_country = submission.field_if_any(Field.PRODUCT)  # which is told, and not taken for no choice
    product = (submission.product_in(country.value) if country else None) or (
        of_another_country.selected_option if of_another_country else None
    )
    cost_centre, hashtag, names_amount = _extras(submission)
    return Draft(
        id=str(memory.draft_id),
        requester=submission.user,
        recipients=tuple(dict.fromkeys(submission.field(Field.RECIPIENTS).selected_users)),
        amount=submission.field(Field.AMOUNT).value or "",
        country=country.value if country else "",
        product=product.value if product and product.value != ANYTHING else None,
        note=submission.field(Field.NOTE).value or "",
        announce_in=submission.field(Field.ANNOUNCE_IN).selected_conversation,
        source=memory.source,
        cost_centre=cost_centre,
        hashtag=hashtag,
        names_amount=names_amount,
    )
