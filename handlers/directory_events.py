"""What Slack says by itself when people or user groups change: what was remembered of them is asked for anew."""

from typing import Any

from handlers.inbound.payloads import GroupChanged, PersonChanged, read
from handlers.slack_api.directory import SlackDirectory


class DirectoryEvents:
    """Makes a change count at once; without these events it counts when the directory asks again."""

    def __init__(self, directory: SlackDirectory) -> None:
        self._directory = directory

    async def on_person(self, body: dict[str, Any]) -> None:
        """Somebody left, came back, became a guest or reads another language now."""
        self._directory.forget(read(PersonChanged, body).person)

    async def on_group(self, body: dict[str, Any]) -> None:
        """Somebody came into a user group or left it."""
        self._directory.forget(read(GroupChanged, body).group)
