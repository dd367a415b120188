"""A switch of the playground: what it is called, how it stands, and what came of it."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Literal

Json = dict[str, Any]
State = Literal["off", "on", "happened"]


class Switch(ABC):
    """One switch: a fault waits for its moment, a toggle stays as it is put, an act happens at once."""

    kind: ClassVar[Literal["fault", "toggle", "act"]]

    def __init__(self, name: str, label: str, about: str) -> None:
        self.name, self.label, self.about = name, label, about

    @property
    @abstractmethod
    def state(self) -> State:
        """Whether it is off, waits, or has had its moment."""

    @property
    @abstractmethod
    def said(self) -> str:
        """What came of it, in a sentence or two."""

    @abstractmethod
    async def flip(self, *, on: bool) -> None:
        """Put it on or off."""

    def shown(self) -> Json:
        """Give the switch as the page draws it."""
        words = {"name": self.name, "kind": self.kind, "label": self.label, "about": self.about}
        return {**words, "state": self.state, "said": self.said}
