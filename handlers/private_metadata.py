"""What the bot's own buttons, forms and Home tab carry through Slack, written and read again."""

import re
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from bot.gifts.dashboard import DashboardView
from bot.gifts.model.errors import Unreadable
from bot.gifts.model.text import Words, say
from handlers.field_types import P, Payload, Text

PERMALINK = (
    r"^https://[a-z0-9-]+(\.enterprise)?\.slack\.com/archives/[A-Z0-9]+/p[0-9]+(\?thread_ts=[0-9.]+&cid=[A-Z0-9]+)?$"
)

_LOOKS = TypeAdapter(DashboardView)


def _id_and_version(text: str) -> str:
    subject, _, version = text.partition(".")
    UUID(subject)
    if version and not re.fullmatch("[0-9]{1,9}", version):
        raise ValueError("has to be a number")
    return text


Carried = Annotated[Text, AfterValidator(_id_and_version)]


class FormMemory(Payload):
    """What the request form carries through Slack: the id that makes its request one, and what it is about.

    With a `version`, it changes a request that was asked for as it was then; `look` is what of the Home tab the button
    was on.
    """

    draft_id: UUID
    version: int | None = None
    source: Text | None = Field(None, pattern=PERMALINK)
    look: DashboardView | None = None


class DecisionMemory(Payload):
    """What the forms of a decision carry: what their buttons did, and what of the Home tab these were on."""

    carried: Carried
    look: DashboardView | None = None

    @property
    def subject(self) -> str:
        """The id of the request, or of the gift that is mended."""
        return seen(self.carried)[0]

    @property
    def version(self) -> int | None:
        """The version of the request that was looked at."""
        return seen(self.carried)[1]


def seen(carried: str) -> tuple[str, int | None]:
    """The request that a button or a form is about, and the version of it that somebody saw."""
    subject, _, version = carried.partition(".")
    return subject, int(version) if re.fullmatch("[0-9]{1,9}", version) else None


def read_memory(text: str) -> FormMemory:
    """What the request form carried.

    Raises:
        Unreadable: it is not what the bot put there.
    """
    return _carried_by_a_form(FormMemory, text, say("This form cannot be read. Please open a new one with /gift."))


def read_decision(text: str) -> DecisionMemory:
    """What the form of a decision carried.

    Raises:
        Unreadable: it is not what the bot put there.
    """
    return _carried_by_a_form(DecisionMemory, text, say("This form cannot be read. Please click again."))


def _carried_by_a_form(kind: type[P], text: str, problem: Words) -> P:
    try:
        return kind.model_validate_json(text)
    except ValidationError:
        raise Unreadable(problem) from None


def look_as_text(look: DashboardView) -> str:
    """What the Home tab and its buttons carry."""
    return _LOOKS.dump_json(look, exclude_defaults=True).decode()


def read_look(text: str) -> DashboardView:
    """What the Home tab carried; what another version of the bot put there is the beginning of everything."""
    try:
        return _LOOKS.validate_json(text)
    except ValidationError:
        return DashboardView()
