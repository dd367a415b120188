"""The app's manifest as Slack would have read it: commands, shortcuts, scopes and switches.

What the manifest does not grant, the simulated workspace refuses: a scope forgotten there fails here first.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml

_PACKAGE = Path(__file__).parents[3]


@dataclass(frozen=True)
class Command:
    """A slash command that the app has claimed."""

    command: str
    should_escape: bool
    description: str = ""
    usage_hint: str = ""


@dataclass(frozen=True)
class Shortcut:
    """A shortcut that the app offers, everywhere or on a message."""

    name: str
    type: str
    callback_id: str
    description: str = ""


@dataclass(frozen=True)
class Manifest:
    """The parts of a Slack app manifest that change how Slack behaves."""

    app_name: str
    commands: tuple[Command, ...]
    shortcuts: tuple[Shortcut, ...]
    scopes: tuple[str, ...]
    bot_events: tuple[str, ...]
    home_tab_enabled: bool
    messages_tab_enabled: bool

    @classmethod
    def load(cls) -> Self:
        """Read the manifest that ships with the product: in an installed wheel, or in its repository."""
        installed, source = _PACKAGE / "manifest.yml", _PACKAGE.parent / "manifest.yml"
        path = installed if installed.exists() else source
        return cls.read(yaml.safe_load(path.read_text(encoding="utf-8")))

    @classmethod
    def read(cls, document: dict[str, Any]) -> Self:
        """Read a manifest that is already parsed."""
        features, settings = document["features"], document.get("settings", {})
        home = features.get("app_home", {})
        return cls(
            app_name=document["display_information"]["name"],
            commands=tuple(
                Command(
                    command["command"],
                    bool(command.get("should_escape", False)),
                    command.get("description", ""),
                    command.get("usage_hint", ""),
                )
                for command in features.get("slash_commands", [])
            ),
            shortcuts=tuple(
                Shortcut(shortcut["name"], shortcut["type"], shortcut["callback_id"], shortcut.get("description", ""))
                for shortcut in features.get("shortcuts", [])
            ),
            scopes=tuple(document["oauth_config"]["scopes"]["bot"]),
            bot_events=tuple(settings.get("event_subscriptions", {}).get("bot_events", [])),
            home_tab_enabled=bool(home.get("home_tab_enabled", False)),
            messages_tab_enabled=bool(home.get("messages_tab_enabled", False)),
        )
