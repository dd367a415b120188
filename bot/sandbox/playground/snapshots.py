"""What people see in the workspace, as JSON for the page: Slack's own, with a little around it."""

from typing import Any

from bot.sandbox.playground.environment import Stage
from bot.sandbox.simulator.slack.records import Channel, Message, User, View
from bot.sandbox.simulator.slack.view_state import state_of

Json = dict[str, Any]

COMPOSER_OFF = "Sending messages to this app has been turned off."  # Slack's words for a read-only Messages tab


def place(stage: Stage) -> Json:
    """Write what stays as it is: the app, the people, their channels, and what they can call."""
    workspace = stage.simulator.slack.workspace
    manifest = workspace.manifest
    giftcards = stage.simulator.giftcards
    return {
        "app": {"name": manifest.app_name, "user": workspace.bot.id, "composer": COMPOSER_OFF},
        "provider": stage.simulator.provider,
        "redeemable": giftcards.tells_of_claims,
        "reward_hosts": list(giftcards.link_hosts),
        "users": [_user(user) for user in workspace.users.values()],
        "players": [{"id": person, "role": role} for person, role in stage.company.roles.items()],
        "channels": [_channel(stage, channel) for channel in workspace.channels.values()],
        "commands": [
            {"command": one.command, "description": one.description, "usage_hint": one.usage_hint}
            for one in manifest.commands
        ],
        "shortcuts": [
            {"name": one.name, "type": one.type, "callback_id": one.callback_id, "description": one.description}
            for one in manifest.shortcuts
        ],
    }


def message(record: Message) -> Json:
    """Write a message as everybody sees it who sees it."""
    return {
        "channel": record.channel,
        "ts": record.ts,
        "only_for": record.ephemeral_to,
        "message": record.as_json(),
    }


def view(record: View) -> Json:
    """Write a modal or a Home tab, with what is filled in and what is complained about."""
    filled: dict[str, Json] = {}
    for (block_id, action_id), state in record.filled.items():
        filled.setdefault(block_id, {})[action_id] = state
    return {
        "id": record.id,
        "version": len(record.versions),
        "view": record.as_json(state_of(record.blocks, record.filled)),
        "errors": dict(record.errors),
        "filled": filled,
    }


def _user(user: User) -> Json:
    return {"id": user.id, "name": user.name, "real_name": user.real_name, "is_bot": user.is_bot}


def _channel(stage: Stage, channel: Channel) -> Json:
    bot = stage.simulator.slack.workspace.bot.id
    shown: Json = {"id": channel.id, "members": sorted(channel.members), "can_post": True}
    if channel.im_of is None:
        return {**shown, "name": channel.name, "kind": "private" if channel.is_private else "public"}
    if bot in channel.members:
        name = stage.simulator.slack.workspace.manifest.app_name
        return {**shown, "name": name, "kind": "app", "of": channel.im_of, "can_post": False}
    return {**shown, "name": stage.company.people[channel.im_of].name, "kind": "self", "of": channel.im_of}
