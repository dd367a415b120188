"""auth.test, users.info, users.list, usergroups.users.list, conversations.info and conversations.open."""

from bot.sandbox.simulator.slack.arguments import Arguments
from bot.sandbox.simulator.slack.records import Channel, Json, SlackError
from bot.sandbox.simulator.slack.workspace import SLACKBOT, TEAM_DOMAIN, Workspace


def auth_test(workspace: Workspace, _: Arguments) -> Json:
    """Tell the app who it is."""
    return {
        "url": f"https://{TEAM_DOMAIN}.slack.com/",
        "team": TEAM_DOMAIN,
        "user": workspace.bot.name,
        "team_id": workspace.team_id,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


def users_info(workspace: Workspace, arguments: Arguments) -> Json:
    """Tell about a user."""
    user = workspace.user(arguments.required("user"))
    return {"user": user.as_json(include_locale=bool(arguments.boolean("include_locale")))}


def users_list(workspace: Workspace, arguments: Arguments) -> Json:
    """Tell about everybody, page by page."""
    users = list(workspace.users.values())
    first, limit = int(arguments.optional("cursor") or 0), int(arguments.optional("limit", len(users)))
    after = first + limit
    members = [user.as_json(include_locale=bool(arguments.boolean("include_locale"))) for user in users[first:after]]
    return {"members": members, "response_metadata": {"next_cursor": str(after) if after < len(users) else ""}}


def usergroups_users_list(workspace: Workspace, arguments: Arguments) -> Json:
    """Tell who is in a user group."""
    return {"users": workspace.group(arguments.required("usergroup")).members}


def scope_prefix(channel: Channel) -> str:
    """Give the first half of the scopes that a kind of channel needs."""
    if channel.im_of is not None:
        return "im"
    return "groups" if channel.is_private else "channels"


def conversations_info(workspace: Workspace, arguments: Arguments) -> Json:
    """Tell about a channel."""
    channel = workspace.channel_for_bot(arguments.required("channel"))
    arguments.need_scope(f"{scope_prefix(channel)}:read")
    return {"channel": channel.as_json(is_member=workspace.bot.id in channel.members)}


def conversations_open(workspace: Workspace, arguments: Arguments) -> Json:
    """Open the direct messages with one person."""
    users = str(arguments.required("users")).split(",")
    if len(users) > 1:
        arguments.need_scope("mpim:write")
    user = workspace.user(users[0])
    if user.is_bot or user.id == SLACKBOT:
        raise SlackError("cannot_dm_bot")
    if user.deleted:
        raise SlackError("user_disabled")
    channel = workspace.im(user.id)
    if arguments.boolean("return_im"):
        return {"channel": channel.as_json(is_member=True)}
    return {"channel": {"id": channel.id}}
