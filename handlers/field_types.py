"""How the fields of payloads are checked."""

from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

SlackId = Annotated[str, Field(pattern="^[A-Z0-9]{2,30}$")]


def _whole(text: str) -> str:
    """Half a character, which is left where an emoji was cut in two, can neither be kept nor shown."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


Text = Annotated[str, AfterValidator(_whole)]


class Payload(BaseModel):
    """What is read of something that came through Slack; a mistake in it is told without quoting it."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


P = TypeVar("P", bound=Payload)
