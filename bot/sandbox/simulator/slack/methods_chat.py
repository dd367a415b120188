"""Messages: posting, updating, showing to one person only, reading back, and answers to response URLs."""

import math
from typing import Final

from bot.sandbox.simulator.slack import blockkit
from bot.sandbox.simulator.slack.arguments import Arguments
from bot.sandbox.simulator.slack.methods_people import scope_prefix
from bot.sandbox.simulator.slack.records import Channel, Json, SlackError
from bot.sandbox.simulator.slack.triggers import Reply
from bot.sandbox.simulator.slack.view_state import with_ids
from bot.sandbox.simulator.slack.workspace import SLACKBOT, Workspace

TEXT_LIMIT: Final = 40_000
PAGE: Final = 100
LONGEST_PAGE: Final = 999


def post_message(workspace: Workspace, arguments: Arguments) -> Json:
    """Post a message to a channel, or to a person's direct messages."""
    channel = _open_channel(workspace, arguments)
    text, blocks = _content(arguments)
    metadata = arguments.optional("metadata")
    if metadata is not None:
        blockkit.check_metadata(metadata)
    unfurl = arguments.boolean("unfurl_links"), arguments.boolean("unfurl_media")
    message = workspace.post(channel, text, blocks, metadata=metadata, unfurl=unfurl)
    return {"channel": channel.id, "ts": message.ts, "message": message.as_json(with_metadata=True)}


def post_ephemeral(workspace: Workspace, arguments: Arguments) -> Json:
    """Show a message in a channel to one of its members only."""
    channel = _open_channel(workspace, arguments)
    user = workspace.user(arguments.required("user"))
    if workspace.bot.id not in channel.members:
        raise SlackError("not_in_channel")  # chat:write.public does not help here
    if user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    text, blocks = _content(arguments)
    return {"message_ts": workspace.post(channel, text, blocks, ephemeral_to=user.id).ts}


def update(workspace: Workspace, arguments: Arguments) -> Json:
    """Change one of the bot's messages; what is not mentioned stays."""
    channel = workspace.channel_for_bot(arguments.required("channel"))
    message = workspace.find_message(channel.id, str(arguments.required("ts")))
    if message.user != workspace.bot.id:
        raise SlackError("cant_update_message")
    if "blocks" not in arguments.given:
        text, blocks = _content(arguments)[0], message.blocks
    else:
        text, blocks = _content(arguments)
    metadata = arguments.optional("metadata")
    if metadata is not None:
        blockkit.check_metadata(metadata)
        message.metadata = metadata
    message.change(text=text, blocks=blocks, ts=workspace.next_ts())
    workspace.bell.ring()
    return {"channel": channel.id, "ts": message.ts, "text": text, "message": message.as_json()}


def conversations_history(workspace: Workspace, arguments: Arguments) -> Json:
    """Read a channel back, the newest message first."""
    channel = workspace.channel_for_bot(arguments.required("channel"))
    arguments.need_scope(f"{scope_prefix(channel)}:history")
    if workspace.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    oldest, latest = _moment(arguments, "oldest", 0.0), _moment(arguments, "latest", math.inf)
    inclusive, with_metadata = arguments.boolean("inclusive"), bool(arguments.boolean("include_all_metadata"))
    found = [
        message
        for message in reversed(workspace.history(channel.id))
        if oldest < float(message.ts) < latest or (inclusive and float(message.ts) in {oldest, latest})
    ]
    limit = min(int(arguments.optional("limit", PAGE)), LONGEST_PAGE)
    start = int(arguments.optional("cursor") or 0)
    page, rest = found[start : start + limit], found[start + limit :]
    return {
        "messages": [message.as_json(with_metadata=with_metadata) for message in page],
        "has_more": bool(rest),
        "response_metadata": {"next_cursor": str(start + limit) if rest else ""},
    }


def respond(workspace: Workspace, reply: Reply, body: Json) -> None:
    """Do what was posted to a response URL, or answered to a slash command."""
    source = reply.source
    if source is not None and body.get("delete_original"):
        source.deleted = True
        workspace.bell.ring()
        return
    text, blocks = body.get("text") or "", with_ids({"blocks": body.get("blocks") or []})["blocks"]
    if not text and not blocks:
        raise SlackError("no_text")
    if source is not None and body.get("replace_original"):
        source.change(text=text, blocks=blocks, ts=workspace.next_ts())
        workspace.bell.ring()
        return
    seen_by_all = body.get("response_type") == "in_channel"
    channel = workspace.channels[reply.channel]
    workspace.post(channel, text, blocks, ephemeral_to=None if seen_by_all else reply.user)


def _open_channel(workspace: Workspace, arguments: Arguments) -> Channel:
    """Find where to post, and refuse what the bot may not post to."""
    wanted = arguments.required("channel")
    channel = workspace.im(wanted) if wanted in workspace.users else workspace.channel_for_bot(wanted)
    if channel.im_of is not None:
        _check_im(workspace, channel.im_of)
    elif workspace.bot.id not in channel.members and not arguments.has_scope("chat:write.public"):
        raise SlackError("not_in_channel")
    return channel


def _check_im(workspace: Workspace, user_id: str) -> None:
    user = workspace.user(user_id)
    if user.is_bot or user.id == SLACKBOT:  # whoever has left still gets messages, which nobody reads
        raise SlackError("channel_not_found")
    if not workspace.manifest.messages_tab_enabled:
        raise SlackError("messages_tab_disabled")


def _moment(arguments: Arguments, name: str, default: float) -> float:
    try:
        return float(arguments.optional(name, default))
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


def _content(arguments: Arguments) -> tuple[str, list[Json]]:
    text, blocks = arguments.optional("text", ""), arguments.optional("blocks", [])
    blockkit.check_message({"blocks": blocks})
    if not text and not blocks:
        raise SlackError("no_text")
    if len(text) > TEXT_LIMIT:
        raise SlackError("msg_too_long")
    return text, with_ids({"blocks": blocks})["blocks"]
