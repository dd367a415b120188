"""The Web API as slack_sdk meets it: tokens, scopes, channels, triggers, history and views."""

import dataclasses
from collections.abc import Awaitable
from typing import Any

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.simulator import Manifest, Slack

Json = dict[str, Any]
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "Hello"}, "blocks": []}
HOME = {"type": "home", "blocks": []}


async def error_of(call: Awaitable[Any]) -> str:
    """Give the name of the error that a call is refused with."""
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def test_every_token_is_checked(slack: Slack) -> None:
    """No token, a wrong one and the wrong kind are three different errors."""
    for token, error in [(None, "not_authed"), ("xoxb-wrong", "invalid_auth")]:
        assert await error_of(AsyncWebClient(token, base_url=slack.base_url).auth_test()) == error
    bot = AsyncWebClient(slack.bot_token, base_url=slack.base_url)
    assert await error_of(bot.apps_connections_open(app_token=slack.bot_token)) == "not_allowed_token_type"
    assert (await bot.auth_test())["user_id"] == slack.workspace.bot.id


async def test_an_unknown_method_is_refused(client: AsyncWebClient) -> None:
    """Slack answers 200 and says so in the body."""
    assert await error_of(client.api_call("chat.shout")) == "unknown_method"


async def test_forms_are_understood_as_well_as_json(slack: Slack) -> None:
    """Nested values are JSON inside a form field."""
    ann = slack.add_person("Ann")
    form = {
        "channel": ann.id,
        "text": "hello",
        "blocks": '[{"type":"divider"}]',
        "unfurl_links": "0",
        "token": slack.bot_token,
    }
    async with httpx.AsyncClient(base_url=slack.base_url) as http:
        reply = (await http.post("chat.postMessage", data=form)).json()
    assert reply["ok"] is True
    record = ann.messages()[0].record
    assert (record.blocks[0]["type"], record.unfurl_links) == ("divider", False)


async def test_what_the_manifest_does_not_grant_is_missing_scope() -> None:
    """A forgotten scope fails here and not in production."""
    manifest = dataclasses.replace(Manifest.load(), scopes=("commands",))
    slack = Slack(manifest)
    await slack.start()
    client = AsyncWebClient(slack.bot_token, base_url=slack.base_url)
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=slack.add_person("Ann").id, text="hello")
    assert refused.value.response["needed"] == "chat:write"
    assert refused.value.response["provided"] == "commands"
    await slack.stop()


async def test_direct_messages_need_the_messages_tab() -> None:
    """Slack's own template has it off."""
    slack = Slack(dataclasses.replace(Manifest.load(), messages_tab_enabled=False))
    await slack.start()
    client = AsyncWebClient(slack.bot_token, base_url=slack.base_url)
    post = client.chat_postMessage(channel=slack.add_person("Ann").id, text="hello")
    assert await error_of(post) == "messages_tab_disabled"
    await slack.stop()


async def test_the_bot_posts_where_it_may(slack: Slack, client: AsyncWebClient) -> None:
    """A public channel needs chat:write.public or membership, a private one membership."""
    ann = slack.add_person("Ann")
    public, private = slack.add_channel("general", [ann]), slack.add_channel("board", [ann], private=True)
    invited = slack.add_channel("gifts", [ann], private=True, bot_in_it=True)
    await client.chat_postMessage(channel=public.id, text="hello")
    await client.chat_postMessage(channel=invited.id, text="hello")
    assert await error_of(client.chat_postMessage(channel=private.id, text="hello")) == "channel_not_found"
    assert await error_of(client.conversations_info(channel=public.id)) == "missing_scope"
    ephemeral = client.chat_postEphemeral(channel=public.id, user=ann.id, text="hello")
    assert await error_of(ephemeral) == "not_in_channel"


async def test_nobody_gets_a_direct_message_who_cannot(slack: Slack, client: AsyncWebClient) -> None:
    """Bots, deactivated people and unknown ids are told apart."""
    robot, gone, ann = slack.add_person("R2", is_bot=True), slack.add_person("Gone"), slack.add_person("Ann")
    await slack.deactivate(gone)
    assert await error_of(client.conversations_open(users=robot.id)) == "cannot_dm_bot"
    assert await error_of(client.conversations_open(users=gone.id)) == "user_disabled"
    assert await error_of(client.conversations_open(users="U0")) == "user_not_found"
    opened = [await client.conversations_open(users=ann.id) for _ in range(2)]
    assert opened[0]["channel"]["id"] == opened[1]["channel"]["id"]
    info = await client.users_info(user=gone.id)
    assert info["user"]["deleted"] is True


async def test_users_are_described_with_their_locale_if_asked(slack: Slack, client: AsyncWebClient) -> None:
    """Guests and people of other workspaces can be told."""
    guest = slack.add_person("Zoë", locale="fr-FR", is_restricted=True, team_id="T0OTHER")
    user: Json = (await client.users_info(user=guest.id, include_locale=True))["user"]
    assert (user["locale"], user["is_restricted"], user["team_id"]) == ("fr-FR", True, "T0OTHER")
    assert "locale" not in (await client.users_info(user=guest.id))["user"]


async def test_history_is_read_page_by_page_and_metadata_only_on_request(slack: Slack, client: AsyncWebClient) -> None:
    """The newest message comes first, and oldest is left out itself."""
    ann = slack.add_person("Ann")
    metadata = {"event_type": "gift", "event_payload": {"id": "1"}}
    for number in range(5):
        await client.chat_postMessage(channel=ann.id, text=str(number), metadata=metadata)
    channel, oldest = ann.messages()[0].record.channel, ann.messages()[0].ts
    first = await client.conversations_history(channel=channel, oldest=oldest, limit=3)
    assert [message["text"] for message in first["messages"]] == ["4", "3", "2"]
    assert first["has_more"] is True
    assert "metadata" not in first["messages"][0]
    second = await client.conversations_history(
        channel=channel,
        oldest=oldest,
        limit=3,
        cursor=first["response_metadata"]["next_cursor"],
        include_all_metadata=True,
    )
    assert [message["text"] for message in second["messages"]] == ["1"]
    assert second["messages"][0]["metadata"] == metadata
    assert second["has_more"] is False
    assert await error_of(client.conversations_history(channel=channel, oldest="x")) == "invalid_ts_oldest"


async def test_an_update_keeps_what_it_does_not_mention(slack: Slack, client: AsyncWebClient) -> None:
    """Blocks stay without new blocks, and every version is remembered."""
    ann = slack.add_person("Ann")
    blocks = [{"type": "divider"}]
    posted = await client.chat_postMessage(channel=ann.id, text="one", blocks=blocks)
    await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="two")
    message = ann.messages()[0]
    assert message.record.blocks[0]["type"] == "divider"
    await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="three", blocks=[])
    assert message.text_shown == "three"
    assert [version["text"] for version in message.versions] == ["one", "two", "three"]
    update = client.chat_update(channel=posted["channel"], ts="1.000000", text="?")
    assert await error_of(update) == "message_not_found"


async def test_a_message_of_somebody_else_cannot_be_updated(slack: Slack, client: AsyncWebClient) -> None:
    """The bot only edits its own."""
    ann = slack.add_person("Ann")
    channel = slack.add_channel("general", [ann], bot_in_it=True)
    said = await ann.says("mine", channel)
    update = client.chat_update(channel=channel.id, ts=said.ts, text="yours")
    assert await error_of(update) == "cant_update_message"


async def test_a_trigger_opens_one_modal_within_three_seconds() -> None:
    """Late, used and invented triggers are three different errors."""
    now = [1000.0]
    slack = Slack(clock=lambda: now[0])
    await slack.start()
    client = AsyncWebClient(slack.bot_token, base_url=slack.base_url)
    ann = slack.add_person("Ann")

    def open_with(trigger_id: str) -> Awaitable[Any]:
        return client.views_open(trigger_id=trigger_id, view=MODAL)

    first, second = (slack.workspace.triggers.issue(ann.id) for _ in range(2))
    await open_with(first)
    assert ann.modal is not None
    assert await error_of(open_with(first)) == "exchanged_trigger_id"
    assert await error_of(open_with("1.2.x")) == "invalid_trigger_id"
    now[0] += 3.1
    assert await error_of(open_with(second)) == "expired_trigger_id"
    await slack.stop()


async def test_modals_are_three_deep_at_most(slack: Slack, client: AsyncWebClient) -> None:
    """The fourth is refused, and a modal that was closed cannot be updated."""
    ann = slack.add_person("Ann")

    def trigger() -> str:
        return slack.workspace.triggers.issue(ann.id)

    await client.views_open(trigger_id=trigger(), view=MODAL)
    for _ in range(2):
        await client.views_push(trigger_id=trigger(), view=MODAL)
    assert await error_of(client.views_push(trigger_id=trigger(), view=MODAL)) == "push_limit_reached"
    assert ann.modal is not None
    closed = ann.modal.record.id
    await ann.closes()
    assert await error_of(client.views_update(view_id=closed, view=MODAL)) == "not_found"


async def test_a_stale_hash_is_a_conflict(slack: Slack, client: AsyncWebClient) -> None:
    """The Home tab is not overwritten by who has not seen it."""
    ann = slack.add_person("Ann")
    first = await client.views_publish(user_id=ann.id, view=HOME)
    await client.views_publish(user_id=ann.id, view=HOME, hash=first["view"]["hash"])
    stale = client.views_publish(user_id=ann.id, view=HOME, hash=first["view"]["hash"])
    assert await error_of(stale) == "hash_conflict"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": [{"type": "confetti"}]}, "invalid_blocks"),
        ({"text": "x", "metadata": {"event_type": "gift", "event_payload": {"a": {}}}}, "invalid_metadata_format"),
    ],
)
async def test_a_message_that_slack_refuses_is_refused(
    slack: Slack, client: AsyncWebClient, arguments: Json, error: str
) -> None:
    """Nothing is posted."""
    ann = slack.add_person("Ann")
    call = client.api_call("chat.postMessage", json={"channel": ann.id, **arguments})
    assert await error_of(call) == error
    assert not ann.messages()


async def test_groups_and_lists_of_people_are_told(slack: Slack, client: AsyncWebClient) -> None:
    """A group's members, everybody page by page, and a name for a group that is none."""
    ann, bob = slack.add_person("Ann"), slack.add_person("Bob")
    group = slack.add_group("The Crew", [ann])
    assert (await client.usergroups_users_list(usergroup=group.id))["users"] == [ann.id]
    await slack.change_group(group, [ann, bob])
    assert (await client.usergroups_users_list(usergroup=group.id))["users"] == [ann.id, bob.id]
    assert await error_of(client.usergroups_users_list(usergroup="S0")) == "no_such_subteam"
    first = await client.users_list(limit=2)
    rest = await client.users_list(cursor=first["response_metadata"]["next_cursor"])
    assert [user["id"] for user in [*first["members"], *rest["members"]]] == list(slack.workspace.users)
    assert rest["response_metadata"]["next_cursor"] == ""
