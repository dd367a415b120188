"""What a person reads when something is not possible: a known error's own words, or else a reference number."""

from typing import Any
from uuid import uuid4

import structlog
from slack_bolt.response import BoltResponse

from bot.gifts.model.approval_route import AlreadyDecided
from bot.gifts.model.errors import GiftbotError, Invalid, NotNow, RateLimited, StoreLost
from bot.gifts.model.text import Words, say
from handlers.background_tasks import BackgroundTasks
from handlers.blocks.components import outcome
from handlers.blocks.modals import notice_view
from handlers.inbound.payloads import actor, caller_in, first_field
from handlers.localization import ENGLISH
from handlers.slack_api.directory import SlackDirectory
from handlers.slack_api.views import SlackViews

log = structlog.get_logger(__name__)


class Errors:
    """The one place where an error becomes words; each way of asking has its own way of answering."""

    def __init__(self, directory: SlackDirectory, screens: SlackViews, background: BackgroundTasks) -> None:
        self._directory = directory
        self._views = screens
        self._background = background

    async def on_error(self, error: Exception, body: dict[str, Any]) -> BoltResponse:
        """Answer whoever acted. Nothing was changed: an error leaves a transaction undone."""
        person = actor(body)
        language = self._directory.language_at_once(person) if person else ENGLISH
        is_form = body.get("type") == "view_submission"
        if isinstance(error, Invalid) and is_form:
            # the blocks of a form have the names of its fields
            problems = {field: language.render(problem.words) for field, problem in error.problems.items()}
            return _answer({"response_action": "errors", "errors": problems})
        words = _words(error)
        text = language.render(words)
        is_passing = isinstance(error, NotNow | StoreLost | RateLimited)
        can_be_submitted_again = is_passing or not isinstance(error, GiftbotError)
        if can_be_submitted_again and (field := first_field(body)):
            return _answer({"response_action": "errors", "errors": {field: text}})  # the form keeps its content
        if "command" in body:
            return _answer({"response_type": "ephemeral", "text": text})
        if is_form:
            return _answer({"response_action": "update", "view": notice_view(words, language)})
        if caller := caller_in(body):
            self._background.run(self._views.tell(caller, words))
        return BoltResponse(status=200, body="")


def _words(error: Exception) -> Words:
    if isinstance(error, AlreadyDecided):
        return say("This has been decided already. {outcome}.", outcome=outcome(error.request))
    if isinstance(error, GiftbotError):
        return error.user_message
    reference = uuid4().hex[:8]
    log.error("handler_failed", reference=reference, exc_info=error)
    return say(
        "Something went wrong on our side, and nothing was done. Please tell whoever runs giftbot: {reference}.",
        reference=reference,
    )


def _answer(body: dict[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=body)
