"""What a Slack workspace is made of: users, channels, messages and views, and how Slack writes each as JSON."""

import secrets
import string
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

_ID_LETTERS = string.ascii_uppercase + string.digits


class SlackError(Exception):
    """A call that Slack refuses, under Slack's name for the refusal."""

    def __init__(self, error: str, **details: Any) -> None:
        super().__init__(error)
        self.error = error
        self.details = details

    def reply(self) -> Json:
        """Give the body that Slack answers."""
        return {"ok": False, "error": self.error, **self.details}


def new_id(prefix: str) -> str:
    """Make an id as Slack's look: a letter for the kind, then ten letters and digits."""
    return prefix + "".join(secrets.choice(_ID_LETTERS) for _ in range(10))


@dataclass
class User:
    """A member of the workspace, a guest, a bot, or somebody of another workspace."""

    id: str
    name: str
    real_name: str
    team_id: str
    locale: str = "en-GB"
    time_zone: str = "Europe/London"
    is_bot: bool = False
    deleted: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False

    def as_json(self, *, include_locale: bool) -> Json:
        """Write the user as users.info does; of a deactivated one Slack tells less."""
        profile = {"real_name": self.real_name, "display_name": self.real_name, "team": self.team_id}
        user: Json = {"id": self.id, "team_id": self.team_id, "name": self.name, "deleted": self.deleted}
        user |= {"profile": profile, "is_bot": self.is_bot, "is_app_user": False}
        if self.deleted:
            return user
        user |= {
            "real_name": self.real_name,
            "tz": self.time_zone,
            "is_admin": False,
            "is_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
        }
        return user | ({"locale": self.locale} if include_locale else {})


@dataclass
class UserGroup:
    """Some people under a name of their own, as @handle."""

    id: str
    team_id: str
    name: str
    members: list[str]
    updated: int
    updated_before: int = 0

    @property
    def handle(self) -> str:
        """Give what people read behind the @."""
        return self.name.lower().replace(" ", "-")

    def as_json(self) -> Json:
        """Write the group as the events do."""
        return {
            "id": self.id,
            "team_id": self.team_id,
            "is_usergroup": True,
            "is_subteam": True,
            "name": self.name,
            "handle": self.handle,
            "description": "",
            "is_external": False,
            "date_create": self.updated_before or self.updated,
            "date_update": self.updated,
            "date_delete": 0,
            "auto_provision": False,
            "users": self.members,
            "user_count": len(self.members),
        }


@dataclass
class Channel:
    """A public or private channel, or direct messages: of one person with the bot, or with themselves."""

    id: str
    name: str
    members: set[str]
    is_private: bool = False
    im_of: str | None = None

    def as_json(self, *, is_member: bool) -> Json:
        """Write the channel as conversations.info does."""
        if self.im_of is not None:
            return {"id": self.id, "is_im": True, "user": self.im_of, "is_org_shared": False}
        kind = {"is_channel": not self.is_private, "is_group": self.is_private, "is_im": False}
        return {
            "id": self.id,
            "name": self.name,
            **kind,
            "is_private": self.is_private,
            "is_archived": False,
            "is_member": is_member,
        }


@dataclass
class Message:
    """A message with everything it ever showed; an ephemeral one is seen by a single person."""

    channel: str
    ts: str
    user: str
    team_id: str
    text: str
    blocks: list[Json]
    bot_id: str | None = None
    app_id: str | None = None
    metadata: Json | None = None
    unfurl_links: bool | None = None
    unfurl_media: bool | None = None
    ephemeral_to: str | None = None
    deleted: bool = False
    edited_ts: str | None = None
    versions: list[Json] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._remember()

    def change(self, *, text: str, blocks: list[Json], ts: str) -> None:
        """Show something else from now on, and keep what was shown."""
        self.text, self.blocks, self.edited_ts = text, blocks, ts
        self._remember()

    def _remember(self) -> None:
        self.versions.append({"text": self.text, "blocks": self.blocks, "metadata": self.metadata})

    def as_json(self, *, with_metadata: bool = False) -> Json:
        """Write the message as conversations.history and the payloads do."""
        message: Json = {"type": "message", "user": self.user, "ts": self.ts, "team": self.team_id, "text": self.text}
        if self.bot_id is not None:
            message |= {"bot_id": self.bot_id, "app_id": self.app_id}
        if self.blocks:
            message["blocks"] = self.blocks
        if self.edited_ts is not None:
            message["edited"] = {"user": self.user, "ts": self.edited_ts}
        if with_metadata and self.metadata is not None:
            message["metadata"] = self.metadata
        return message


@dataclass
class View:
    """A modal or a Home tab of one person, with what that person has filled in."""

    id: str
    user: str
    team_id: str
    app_id: str
    bot_id: str
    body: Json
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    filled: dict[tuple[str, str], Json] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    versions: list[Json] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.versions.append(self.body)

    @property
    def blocks(self) -> list[Json]:
        """Give the blocks that it shows now."""
        blocks: list[Json] = self.body["blocks"]
        return blocks

    def as_json(self, state: Json | None = None) -> Json:
        """Write the view as the views methods and the payloads do."""
        defaults: Json = {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "close": None,
            "submit": None,
            "title": {"type": "plain_text", "text": "View Title", "emoji": True},
        }
        return {
            **defaults,
            **self.body,
            "id": self.id,
            "team_id": self.team_id,
            "app_id": self.app_id,
            "app_installed_team_id": self.team_id,
            "bot_id": self.bot_id,
            "hash": self.hash,
            "root_view_id": self.root_view_id,
            "previous_view_id": self.previous_view_id,
            "state": state or {"values": {}},
        }
