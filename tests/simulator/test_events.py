"""Events about people and groups, as a real Bolt app hears them: only what the manifest subscribes to."""

from dataclasses import replace
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.simulator import Slack

Json = dict[str, Any]


@pytest.fixture
def heard(bot: AsyncApp) -> list[Json]:
    """What the app hears."""
    events: list[Json] = []
    for kind in ("user_change", "subteam_members_changed", "subteam_updated", "app_uninstalled", "tokens_revoked"):

        @bot.event(kind)
        async def _(event: Json) -> None:
            events.append(event)

    return events


async def test_a_change_of_a_group_is_told_with_who_came_and_who_left(slack: Slack, heard: list[Json]) -> None:
    """First the difference, then the group as it is."""
    ann, bob, cat = [slack.add_person(name) for name in ("Ann", "Bob", "Cat")]
    group = slack.add_group("The Crew", [ann, bob])
    await slack.change_group(group, [bob, cat])
    changed, updated = heard
    assert (changed["type"], changed["subteam_id"]) == ("subteam_members_changed", group.id)
    assert (changed["added_users"], changed["removed_users"]) == ([cat.id], [ann.id])
    assert (updated["type"], updated["subteam"]["id"]) == ("subteam_updated", group.id)
    assert (updated["subteam"]["users"], updated["subteam"]["handle"]) == ([bob.id, cat.id], "the-crew")


async def test_a_deactivation_is_told_with_the_person(slack: Slack, heard: list[Json]) -> None:
    """The event has all of the user, not just the id."""
    ann = slack.add_person("Ann")
    await slack.deactivate(ann)
    (event,) = heard
    assert (event["type"], event["user"]["id"], event["user"]["deleted"]) == ("user_change", ann.id, True)


async def test_an_app_that_is_uninstalled_hears_it_and_is_refused(slack: Slack, heard: list[Json]) -> None:
    """Its own token is no good any more, until it is installed again; the app-level token stays good."""
    client = AsyncWebClient(slack.bot_token, base_url=slack.base_url)
    await slack.uninstall()
    assert [event["type"] for event in heard] == ["app_uninstalled", "tokens_revoked"]
    assert heard[1]["tokens"] == {"oauth": [], "bot": [slack.workspace.bot.id]}
    with pytest.raises(SlackApiError, match="account_inactive"):
        await client.auth_test()
    assert (await client.apps_connections_open(app_token=slack.app_token))["ok"]
    slack.reinstall()
    assert (await client.auth_test())["ok"]


async def test_what_the_manifest_does_not_subscribe_to_is_not_told(slack: Slack, heard: list[Json]) -> None:
    """Nothing comes without being asked for."""
    slack.workspace.manifest = replace(slack.workspace.manifest, bot_events=("subteam_updated",))
    await slack.deactivate(slack.add_person("Ann"))
    await slack.change_group(slack.add_group("The Crew", []), [])
    assert [event["type"] for event in heard] == ["subteam_updated"]


async def test_an_app_that_is_not_there_misses_it(slack: Slack) -> None:
    """Whoever changes something in Slack does not notice."""
    await slack.deactivate(slack.add_person("Ann"))
