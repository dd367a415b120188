"""IN: Slack's payloads, read into what the handlers need. The only file that knows how Slack's dictionaries look."""

import re
from dataclasses import replace
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)

from bot.gifts.dashboard import Look
from bot.gifts.model.errors import Unreadable
from bot.gifts.model.listing import Which
from bot.gifts.model.outcomes import Posted
from bot.gifts.model.pagination import BEGINNING
from bot.gifts.model.text import Words, say
from handlers.ids import ANY_PRODUCT, PRODUCT_IN

PERMALINK = r"^https://[a-z0-9-]+(\.enterprise)?\.slack\.com/archives/[A-Z0-9]+/p[0-9]+$"

SlackId = Annotated[str, Field(pattern="^[A-Z0-9]{2,30}$")]


def _whole(text: str) -> str:
    """Half a character, which is left where an emoji was cut in two, can neither be kept nor shown."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


Text = Annotated[str, AfterValidator(_whole)]


def _id_and_version(text: str) -> str:
    subject, _, version = text.partition(".")
    UUID(subject)
    if version and not re.fullmatch("[0-9]{1,9}", version):
        raise ValueError("has to be a number")
    return text


def _if_somebody(user: object) -> object:
    """An event that is about somebody has all of them where others have the id of who did it."""
    return None if isinstance(user, dict) else user


_LOOKS = TypeAdapter(Look)

Carried = Annotated[Text, AfterValidator(_id_and_version)]


class _Payload(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class Act(_Payload):
    """Whatever somebody did; an event that nobody caused has no person."""

    person: Annotated[SlackId | None, BeforeValidator(_if_somebody)] = Field(
        None, validation_alias=AliasChoices("user_id", AliasPath("user", "id"), AliasPath("event", "user"))
    )
    command: Text | None = None
    type: Text = ""

    @property
    def has_answer(self) -> bool:
        """Whether words fit into the acknowledgement: of a command and of a form."""
        return self.command is not None or self.type == "view_submission"


class SlashCommand(_Payload):
    """Somebody typed /gift."""

    user: SlackId = Field(validation_alias="user_id")
    text: Text = ""
    trigger: Text = Field(validation_alias="trigger_id")


class Shortcut(_Payload):
    """Somebody chose a shortcut; on a message there is its author, unless that is an app, and its place."""

    user: SlackId = Field(validation_alias=AliasPath("user", "id"))
    trigger: Text = Field(validation_alias="trigger_id")
    workspace: Text = Field("", validation_alias=AliasPath("team", "domain"))
    channel: SlackId | None = Field(None, validation_alias=AliasPath("channel", "id"))
    author: SlackId | None = Field(None, validation_alias=AliasPath("message", "user"))
    message_ts: Text | None = Field(None, validation_alias=AliasPath("message", "ts"))

    @property
    def permalink(self) -> str | None:
        """The address of the message."""
        if not (self.workspace and self.channel and self.message_ts):
            return None
        return f"https://{self.workspace}.slack.com/archives/{self.channel}/p{self.message_ts.replace('.', '')}"


class FormMemory(_Payload):
    """What the request form carries through Slack: the id that makes its request one, and what it is about.

    With a `version`, it changes a request that was asked for as it was then; `look` is what of the Home tab the button
    was on.
    """

    draft_id: UUID
    version: int | None = None
    source: Text | None = Field(None, pattern=PERMALINK)
    look: Look | None = None


class DecisionMemory(_Payload):
    """What the forms of a decision carry: what their buttons did, and what of the Home tab these were on."""

    carried: Carried
    look: Look | None = None

    @property
    def subject(self) -> str:
        """The id of the request, or of the gift that is mended."""
        return seen(self.carried)[0]

    @property
    def version(self) -> int | None:
        """The version of the request that was looked at."""
        return seen(self.carried)[1]


class _Option(_Payload):
    value: Text
    label: Text = Field("", validation_alias=AliasPath("text", "text"))


class _Input(_Payload):
    value: Text | None = None
    selected_users: tuple[SlackId, ...] = ()
    selected_option: _Option | None = None
    selected_options: tuple[_Option, ...] = ()
    selected_conversation: SlackId | None = None


class Submission(_Payload):
    """Somebody submitted a form."""

    user: SlackId = Field(validation_alias=AliasPath("user", "id"))
    memory: Text = Field(validation_alias=AliasPath("view", "private_metadata"))
    values: dict[str, dict[str, _Input]] = Field(validation_alias=AliasPath("view", "state", "values"))

    def field(self, name: str) -> _Input:
        """What was filled in.

        Raises:
            Unreadable: the form has no such field.
        """
        if found := self.field_if_any(name):
            return found
        raise Unreadable(say("Slack sent a form without one of its fields. Please open it again."))

    def field_if_any(self, name: str) -> _Input | None:
        """What was filled in, or None where the form has no such field."""
        return next(iter(self.values.get(name, {}).values()), None)


class FormChange(Submission):
    """Somebody changed a field on which others depend; the form is still open."""

    view_id: Text = Field(validation_alias=AliasPath("view", "id"))
    view_hash: Text = Field(validation_alias=AliasPath("view", "hash"))

    def product_in(self, country: str) -> _Option | None:
        """The product that was chosen for this country; one that was chosen for another does not go along."""
        wanted = PRODUCT_IN + country
        return next((fields[wanted].selected_option for fields in self.values.values() if wanted in fields), None)


class ProductSearch(_Payload):
    """Somebody looks for a product of a country by its name."""

    user: SlackId = Field(validation_alias=AliasPath("user", "id"))
    field: Text = Field(validation_alias="action_id", pattern=ANY_PRODUCT)
    words: Text = Field("", validation_alias="value")

    @property
    def country(self) -> str:
        """The country of the field in which is searched."""
        return self.field.removeprefix(PRODUCT_IN)


class Click(_Payload):
    """Somebody clicked a button, which carries an id, and of a request the version that they saw."""

    user: SlackId = Field(validation_alias=AliasPath("user", "id"))
    trigger: Text = Field(validation_alias="trigger_id")
    carried: Carried = Field(validation_alias=AliasPath("actions", 0, "value"))
    place: Text = Field(validation_alias=AliasPath("container", "type"))
    is_private_reply: bool = Field(default=False, validation_alias=AliasPath("container", "is_ephemeral"))
    channel: SlackId | None = Field(None, validation_alias=AliasPath("container", "channel_id"))
    ts: Text | None = Field(None, validation_alias=AliasPath("container", "message_ts"))
    response_url: Text | None = None
    memory: Text = Field("", validation_alias=AliasPath("view", "private_metadata"))

    @property
    def subject(self) -> str:
        """The id of what the button is about."""
        return seen(self.carried)[0]

    @property
    def version(self) -> int | None:
        """The version of the request that the button shows."""
        return seen(self.carried)[1]

    @property
    def card(self) -> Posted | None:
        """Where the card is that was clicked, unless the button was in a list on one person's screen."""
        if self.channel and self.ts and not self.is_private_reply:
            return Posted(self.channel, self.ts)
        return None

    @property
    def is_on_home(self) -> bool:
        """Whether the button is on the Home tab."""
        return self.place == "view"

    @property
    def look(self) -> Look | None:
        """What of the Home tab somebody looked at; None when the button was elsewhere."""
        return read_look(self.memory) if self.is_on_home else None


class HomeOpened(_Payload):
    """Somebody looks at one of the app's tabs."""

    user: SlackId = Field(validation_alias=AliasPath("event", "user"))
    tab: Text = Field("home", validation_alias=AliasPath("event", "tab"))


class PersonChanged(_Payload):
    """Something about a person is different."""

    person: SlackId = Field(validation_alias=AliasPath("event", "user", "id"))


class GroupChanged(_Payload):
    """Something about a user group is different, or who is in it."""

    group: SlackId = Field(
        validation_alias=AliasChoices(AliasPath("event", "subteam_id"), AliasPath("event", "subteam", "id"))
    )


class TokensLost(_Payload):
    """The app was uninstalled from a workspace, or tokens of it were revoked: those of people, or of `bots`."""

    team: Text | None = Field(None, validation_alias="team_id")
    enterprise: Text | None = Field(None, validation_alias="enterprise_id")
    kind: Text = Field(validation_alias=AliasPath("event", "type"))
    bots: tuple[Text, ...] = Field((), validation_alias=AliasPath("event", "tokens", "bot"))


class PageTurned(_Payload):
    """Somebody turns a page of the Home tab."""

    user: SlackId = Field(validation_alias=AliasPath("user", "id"))
    to: Text = Field(validation_alias=AliasPath("actions", 0, "value"))


class WhichChosen(_Payload):
    """Somebody chooses which of their requests the Home tab shows."""

    user: SlackId = Field(validation_alias=AliasPath("user", "id"))
    memory: Text = Field("", validation_alias=AliasPath("view", "private_metadata"))
    which: Which = Field(validation_alias=AliasPath("actions", 0, "selected_option", "value"))

    @property
    def look(self) -> Look:
        """What they look at now."""
        return replace(read_look(self.memory), which=self.which, mine=BEGINNING)


class SettingsAsked(_Payload):
    """Somebody wants to see the rules."""

    user: SlackId = Field(validation_alias=AliasPath("user", "id"))
    trigger: Text = Field(validation_alias="trigger_id")


class _Block(_Payload):
    type: Text = ""
    block_id: Text = ""


class _Form(_Payload):
    blocks: tuple[_Block, ...] = Field((), validation_alias=AliasPath("view", "blocks"))


def first_field(payload: dict[str, Any]) -> str | None:
    """The first field of a form that was submitted: where to say what is wrong with none of them."""
    try:
        form = _Form.model_validate(payload)
    except ValidationError:
        return None
    return next((block.block_id for block in form.blocks if block.type == "input"), None)


def actor(payload: dict[str, Any]) -> str | None:
    """Who did what could not be done, as far as that can be read."""
    try:
        return Act.model_validate(payload).person
    except ValidationError:
        return None


P = TypeVar("P", bound=_Payload)


def read(kind: type[P], payload: dict[str, Any]) -> P:
    """A payload as one of the classes here.

    Raises:
        Unreadable: it lacks something that Slack always sends.
    """
    try:
        return kind.model_validate(payload)
    except ValidationError:
        raise Unreadable(say("Slack sent something that I cannot read. Nothing was done; please try again.")) from None


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


def look_as_text(look: Look) -> str:
    """What the Home tab and its buttons carry."""
    return _LOOKS.dump_json(look, exclude_defaults=True).decode()


def read_look(text: str) -> Look:
    """What the Home tab carried; what another version of the bot put there is the beginning of everything."""
    try:
        return _LOOKS.validate_json(text)
    except ValidationError:
        return Look()
