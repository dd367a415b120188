"""Events that Slack sends by itself when people, user groups or the app change, and the envelope around every event.

Source: docs.slack.dev, the events user_change, subteam_members_changed, subteam_updated, app_uninstalled and
tokens_revoked.
"""

import secrets
from collections.abc import Collection
from typing import Final

from bot.sandbox.simulator.slack.records import Json, User, UserGroup, new_id
from bot.sandbox.simulator.slack.workspace import Workspace

VERIFICATION_TOKEN: Final = "verification-token"  # noqa: S105 - deprecated by Slack, sent all the same


def user_change(user: User) -> Json:
    """Write that something about a person is different."""
    return {"type": "user_change", "user": user.as_json(include_locale=True)}


def subteam_updated(group: UserGroup) -> Json:
    """Write how a group is now."""
    return {"type": "subteam_updated", "subteam": group.as_json()}


def subteam_members_changed(group: UserGroup, added: Collection[str], removed: Collection[str]) -> Json:
    """Write who came into a group and who left it."""
    return {
        "type": "subteam_members_changed",
        "subteam_id": group.id,
        "team_id": group.team_id,
        "date_previous_update": group.updated_before,
        "date_update": group.updated,
        "added_users": list(added),
        "added_users_count": str(len(added)),
        "removed_users": list(removed),
        "removed_users_count": str(len(removed)),
    }


def app_uninstalled() -> Json:
    """Write that the app is not in the workspace any more."""
    return {"type": "app_uninstalled"}


def tokens_revoked(bots: Collection[str] = (), people: Collection[str] = ()) -> Json:
    """Write whose tokens are no good any more; these are ids of users, not tokens."""
    return {"type": "tokens_revoked", "tokens": {"oauth": list(people), "bot": list(bots)}}


def envelope(workspace: Workspace, event: Json) -> Json:
    """Wrap an event as the Events API does."""
    authorization = {
        "enterprise_id": None,
        "team_id": workspace.team_id,
        "user_id": workspace.bot.id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.team_id,
        "api_app_id": workspace.app_id,
        "event": {**event, "event_ts": workspace.next_ts()},
        "type": "event_callback",
        "event_id": new_id("Ev"),
        "event_time": int(workspace.clock()),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
        "event_context": secrets.token_hex(8),
    }
