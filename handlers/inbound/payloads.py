"""IN: Slack's payloads, read into what the handlers need. The only file that knows how Slack's dictionaries look."""

from dataclasses import replace
from typing import Annotated, Any

from pydantic import (
    AliasChoices,
    AliasPath,
    BeforeValidator,
    Field,
    ValidationError,
)

from bot.gifts.dashboard import DashboardView
from bot.gifts.model.errors import Field as FormField
from bot.gifts.model.errors import Unreadable
from bot.gifts.model.listing import RequestFilter
from bot.gifts.model.outcomes import Posted
from bot.gifts.model.pagination import BEGINNING
from bot.gifts.model.text import say
from handlers.field_types import P, Payload, SlackId, Text
from handlers.ids import ANY_PRODUCT, PRODUCT_IN, ActionId
from handlers.private_metadata import Carried, read_look, seen
from handlers.slack_api.private_replies import Caller


def _if_somebody(user: object) -> object:
    """An event that is about somebody has all of them where others have the id of who did it."""
    return None if isinstance(user, dict) else user


class Act(Payload):
    """Whatever somebody did; an event that nobody caused has no person."""

    person: Annotated[SlackId | None, BeforeValidator(_if_somebody)] = Field(
        None, validation_alias=AliasChoices("user_id", AliasPath("user", "id"), AliasPath("event", "user"))
    )
    command: Text | None = None
    type: Text = ""
    action: Text = Field("", validation_alias=AliasPath("actions", 0, "action_id"))

    @property
    def is_typing(self) -> bool:
        """Whether it only happens on the way to a form: a keystroke of a search, a field on which others depend."""
        is_a_field = self.action == ActionId.COUNTRY or ANY_PRODUCT.match(self.action) is not None
        return self.type == "block_suggestion" or is_a_field

    @property
    def is_event(self) -> bool:
        """Whether Slack tells of it by itself, such as a look at the Home tab."""
        return self.type == "event_callback"

    @property
    def has_answer(self) -> bool:
        """Whether words fit into the acknowledgement: of a command and of a form."""
        return self.command is not None or self.type == "view_submission"


class Deed(Payload):
    """Something that Slack lets the bot answer with a modal."""

    user: SlackId = Field(validation_alias=AliasChoices("user_id", AliasPath("user", "id")))
    trigger: Text = Field(validation_alias="trigger_id")
    response_url: Text | None = None
    channel: SlackId | None = Field(
        None,
        validation_alias=AliasChoices("channel_id", AliasPath("channel", "id"), AliasPath("container", "channel_id")),
    )

    @property
    def caller(self) -> Caller:
        """Whom to answer, and how."""
        return Caller(self.user, self.trigger, self.response_url, self.channel)


class SlashCommand(Deed):
    """Somebody typed /gift."""

    text: Text = ""


class Shortcut(Deed):
    """Somebody chose a shortcut; on a message there is its author, unless that is an app, and its place."""

    workspace: Text = Field("", validation_alias=AliasPath("team", "domain"))
    author: SlackId | None = Field(None, validation_alias=AliasPath("message", "user"))
    message_ts: Text | None = Field(None, validation_alias=AliasPath("message", "ts"))
    thread_ts: Text | None = Field(None, validation_alias=AliasPath("message", "thread_ts"))

    @property
    def permalink(self) -> str | None:
        """The address of the message, which for a reply names its thread: else Slack shows the channel beside it."""
        if not (self.workspace and self.channel and self.message_ts):
            return None
        address = f"https://{self.workspace}.slack.com/archives/{self.channel}/p{self.message_ts.replace('.', '')}"
        is_reply = self.thread_ts is not None and self.thread_ts != self.message_ts
        return f"{address}?thread_ts={self.thread_ts}&cid={self.channel}" if is_reply else address


class _Option(Payload):
    value: Text
    label: Text = Field("", validation_alias=AliasPath("text", "text"))


class _Input(Payload):
    value: Text | None = None
    selected_users: tuple[SlackId, ...] = ()
    selected_option: _Option | None = None
    selected_options: tuple[_Option, ...] = ()
    selected_conversation: SlackId | None = None


class Submission(Payload):
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

    def product_in(self, country: str) -> _Option | None:
        """The product that was chosen for this country; Slack may still have what was chosen for another, and first."""
        fields = self.values.get(FormField.PRODUCT, {})
        chosen = fields.get(PRODUCT_IN + country)
        return chosen.selected_option if chosen else None


class FormChange(Submission):
    """Somebody changed a field on which others depend; the form is still open."""

    view_id: Text = Field(validation_alias=AliasPath("view", "id"))
    view_hash: Text = Field(validation_alias=AliasPath("view", "hash"))


class ProductSearch(Payload):
    """Somebody looks for a product of a country by its name."""

    user: SlackId = Field(validation_alias=AliasPath("user", "id"))
    field: Text = Field(validation_alias="action_id", pattern=ANY_PRODUCT)
    words: Text = Field("", validation_alias="value")

    @property
    def country(self) -> str:
        """The country of the field in which is searched."""
        return self.field.removeprefix(PRODUCT_IN)


class Click(Deed):
    """Somebody clicked a button, which carries an id, and of a request the version that they saw."""

    carried: Carried = Field(validation_alias=AliasPath("actions", 0, "value"))
    place: Text = Field(validation_alias=AliasPath("container", "type"))
    is_private_reply: bool = Field(default=False, validation_alias=AliasPath("container", "is_ephemeral"))
    ts: Text | None = Field(None, validation_alias=AliasPath("container", "message_ts"))
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
    def look(self) -> DashboardView | None:
        """What of the Home tab somebody looked at; None when the button was elsewhere."""
        return read_look(self.memory) if self.is_on_home else None

    @property
    def reply_url(self) -> str | None:
        """Where the private reply can be replaced that the button is in; None when it was elsewhere."""
        return self.response_url if self.is_private_reply else None


class HomeOpened(Payload):
    """Somebody looks at one of the app's tabs."""

    user: SlackId = Field(validation_alias=AliasPath("event", "user"))
    tab: Text = Field("home", validation_alias=AliasPath("event", "tab"))


class PersonChanged(Payload):
    """Something about a person is different."""

    person: SlackId = Field(validation_alias=AliasPath("event", "user", "id"))


class GroupChanged(Payload):
    """Something about a user group is different, or who is in it."""

    group: SlackId = Field(
        validation_alias=AliasChoices(AliasPath("event", "subteam_id"), AliasPath("event", "subteam", "id"))
    )


class TokensLost(Payload):
    """The app was uninstalled from a workspace, or tokens of it were revoked: those of people, or of `bots`."""

    team: Text | None = Field(None, validation_alias="team_id")
    enterprise: Text | None = Field(None, validation_alias="enterprise_id")
    kind: Text = Field(validation_alias=AliasPath("event", "type"))
    bots: tuple[Text, ...] = Field((), validation_alias=AliasPath("event", "tokens", "bot"))


class PageTurned(Payload):
    """Somebody turns a page of the Home tab."""

    user: SlackId = Field(validation_alias=AliasPath("user", "id"))
    to: Text = Field(validation_alias=AliasPath("actions", 0, "value"))


class WhichChosen(Payload):
    """Somebody chooses which of their requests the Home tab shows."""

    user: SlackId = Field(validation_alias=AliasPath("user", "id"))
    memory: Text = Field("", validation_alias=AliasPath("view", "private_metadata"))
    which: RequestFilter = Field(validation_alias=AliasPath("actions", 0, "selected_option", "value"))

    @property
    def look(self) -> DashboardView:
        """What they look at now."""
        return replace(read_look(self.memory), which=self.which, mine=BEGINNING)


class SettingsAsked(Deed):
    """Somebody wants to see the rules."""


class _Block(Payload):
    type: Text = ""
    block_id: Text = ""


class _Form(Payload):
    blocks: tuple[_Block, ...] = Field((), validation_alias=AliasPath("view", "blocks"))


def first_field(payload: dict[str, Any]) -> str | None:
    """The first field of a form that was submitted: where to say what is wrong with none of them."""
    try:
        form = _Form.model_validate(payload)
    except ValidationError:
        return None
    return next((block.block_id for block in form.blocks if block.type == "input"), None)


def caller_in(payload: dict[str, Any]) -> Caller | None:
    """Whom to answer that something could not be done, as far as that can be read."""
    try:
        return Deed.model_validate(payload).caller
    except ValidationError:
        return None


def actor(payload: dict[str, Any]) -> str | None:
    """Who did what could not be done, as far as that can be read."""
    try:
        return Act.model_validate(payload).person
    except ValidationError:
        return None


def read(kind: type[P], payload: dict[str, Any]) -> P:
    """A payload as one of the classes here.

    Raises:
        Unreadable: it lacks something that Slack always sends.
    """
    try:
        return kind.model_validate(payload)
    except ValidationError:
        raise Unreadable(say("Slack sent something that I cannot read. Nothing was done; please try again.")) from None
