"""What an open page may ask to be done, each with the doing of it: somebody of the company acts."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bot.sandbox.playground.environment import Stage
from bot.sandbox.simulator import CannotDoThat, Pointer, ShownMessage
from bot.sandbox.simulator.people.rendered_views import ShownView

Json = dict[str, Any]
Value = str | list[str] | Json | None
NOTHING_MORE: Final[Json] = {}

NOT_UNDERSTOOD: Final = "The playground does not know what that means. Please load the page anew."


class Command(BaseModel):
    """Something a page asks for under a number of its own; `trouble` is what Slack says if the app does not respond."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: int

    @property
    def trouble(self) -> str:
        """What Slack shows when the app is not there or too slow."""
        return "The app did not respond. Try again?"


class Flips(Command):
    """A switch is flipped."""

    do: Literal["switch"]
    name: str
    on: bool


class Deed(Command):
    """Something that one of the company does."""

    person: Annotated[str, Field(alias="as")]

    @abstractmethod
    async def done(self, stage: Stage, hand: Pointer) -> Json:
        """Do it with this person's hand, and give what the answer has besides that it is done.

        Raises:
            CannotDoThat, AppDidNotRespond, SlackError: as the simulator's people do.
        """


class InMessage(BaseModel):
    """A place: a message."""

    channel: str
    ts: str


class InView(BaseModel):
    """A place: the modal on top, or the Home tab."""

    view: str


class _AtElement(Deed):
    on: InMessage | InView
    block_id: str
    action_id: str

    @property
    def key(self) -> tuple[str, str]:
        """Where it is in the state."""
        return self.block_id, self.action_id

    def surface(self, hand: Pointer) -> ShownMessage | ShownView:
        """Where it is on the screen."""
        match self.on:
            case InMessage(channel=channel, ts=ts):
                return hand.message(channel, ts)
            case InView(view=view):
                return hand.view(view)


class Types(Deed):
    """A line is typed: a slash command, or a message."""

    do: Literal["types"]
    channel: str
    text: Annotated[str, Field(min_length=1, max_length=4000)]

    @property
    def trouble(self) -> str:
        """What Slack shows when the app is not there or too slow."""
        return f"{self.text.split()[0]} failed because the app did not respond."

    async def done(self, stage: Stage, hand: Pointer) -> Json:
        """Type it; one's own messages are read."""
        channel = stage.simulator.slack.workspace.channels.get(self.channel)
        if channel is None:
            raise CannotDoThat(NOT_UNDERSTOOD)
        if self.text.startswith("/"):
            await hand.person.types(self.text, channel)
        else:
            stage.company.reads(self.person, channel.id, (await hand.person.writes(self.text, channel)).ts)
        return NOTHING_MORE


class Clicks(_AtElement):
    """A button is clicked, or an option of an overflow menu."""

    do: Literal["clicks"]
    option: str | None = None

    async def done(self, _stage: Stage, hand: Pointer) -> Json:
        """Click it."""
        await hand.clicks(self.surface(hand), self.key, self.option)
        return NOTHING_MORE


class Fills(_AtElement):
    """A field is filled in."""

    do: Literal["fills"]
    value: Value

    async def done(self, _stage: Stage, hand: Pointer) -> Json:
        """Fill it in."""
        await hand.fills(self.surface(hand), self.key, self.value)
        return NOTHING_MORE


class Searches(_AtElement):
    """The options of an external select are looked for."""

    do: Literal["searches"]
    on: InView
    text: str

    @property
    def trouble(self) -> str:
        """What Slack shows when the app is not there or too slow."""
        return "No results: the app did not respond."

    async def done(self, _stage: Stage, hand: Pointer) -> Json:
        """Ask the app for them."""
        return await hand.searches(hand.view(self.on.view), self.key, self.text)


class Submits(Deed):
    """A modal is submitted."""

    do: Literal["submits"]
    view: str
    values: Mapping[str, Mapping[str, Value]]

    @property
    def trouble(self) -> str:
        """What Slack shows when the app is not there or too slow."""
        return "We had some trouble connecting. Try again?"

    async def done(self, _stage: Stage, hand: Pointer) -> Json:
        """Submit it."""
        values = {(block, action): value for block, held in self.values.items() for action, value in held.items()}
        await hand.submits(self.view, values)
        return NOTHING_MORE


class Closes(Deed):
    """A modal is closed."""

    do: Literal["closes"]
    view: str

    async def done(self, _stage: Stage, hand: Pointer) -> Json:
        """Close it."""
        await hand.closes(self.view)
        return NOTHING_MORE


class Shortcut(Deed):
    """A shortcut is chosen: from the list, or with a channel and a ts from the menu of a message."""

    do: Literal["shortcut"]
    callback_id: str
    channel: str | None = None
    ts: str | None = None

    async def done(self, _stage: Stage, hand: Pointer) -> Json:
        """Choose it."""
        await hand.uses_shortcut(self.callback_id, self._message(hand))
        return NOTHING_MORE

    def _message(self, hand: Pointer) -> ShownMessage | None:
        if self.channel is None or self.ts is None:
            return None
        return hand.message(self.channel, self.ts)


class OpensHome(Deed):
    """The Home tab is opened."""

    do: Literal["opens_home"]

    async def done(self, _stage: Stage, hand: Pointer) -> Json:
        """Open it, and wait until the app has filled it."""
        await hand.person.opens_home()
        return NOTHING_MORE


class Reads(Deed):
    """A channel is read, up to a message."""

    do: Literal["reads"]
    channel: str
    ts: str

    async def done(self, stage: Stage, _hand: Pointer) -> Json:
        """Remember it."""
        stage.company.reads(self.person, self.channel, self.ts)
        return NOTHING_MORE


Known = Types | Clicks | Fills | Searches | Submits | Closes | Shortcut | OpensHome | Reads | Flips
COMMAND: Final[TypeAdapter[Known]] = TypeAdapter(Annotated[Known, Field(discriminator="do")])
