"""manifest.yml is what Slack takes, and asks for exactly what the code uses: commands, shortcuts, events, scopes."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from handlers import ids

ROOT = Path(__file__).parents[1]
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
SCHEMA = ROOT.parent / "shared" / "facts" / "slack-manifest.schema.2.0.0.json"

# Source: each method's page on docs.slack.dev, "Required scopes", for a bot token.
SCOPES_OF: dict[str, set[str]] = {
    "auth_test": set(),
    "apps_connections_open": set(),  # with the app-level token
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write", "chat:write.public"},  # public: to announce without being invited first
    "chat_update": {"chat:write"},
    "conversations_open": {"im:write"},
    "conversations_history": {"im:history"},  # only direct messages are looked through
    "usergroups_users_list": {"usergroups:read"},
    "users_info": {"users:read"},
    "users_list": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_update": set(),
}
FOR_COMMANDS_AND_SHORTCUTS = {"commands"}
EVERY_METHOD = "api_call"  # what each of the others calls
WEB_API = {name for name in dir(AsyncWebClient) if "_" in name.strip("_") and not name.startswith("_")} - {EVERY_METHOD}
SPEAKING_TO_SLACK = [
    *sorted((ROOT / "handlers").rglob("*.py")),
    *sorted((ROOT / "bot" / "tools" / "doctor").glob("*.py")),
    ROOT / "bot" / "app.py",
]


def calls(path: Path) -> list[ast.Call]:
    """Every call in a file of something's method."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]


def methods_used() -> set[str]:
    """The Web API methods that the product calls."""
    names = {
        call.func.attr for path in SPEAKING_TO_SLACK for call in calls(path) if isinstance(call.func, ast.Attribute)
    }
    return names & WEB_API - set(dir(AsyncApp))


def registered(kind: str) -> set[str]:
    """What `register` tells Bolt to listen to, of one kind: the words, or the names in handlers/ids.py."""
    found = set()
    for call in calls(ROOT / "handlers" / "__init__.py"):
        if isinstance(call.func, ast.Attribute) and call.func.attr == kind:
            (listened,) = call.args
            found.add(_value(listened))
    return found


def _value(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    value: Any = ids
    for name in ast.unparse(node).split("."):
        value = getattr(value, name)
    return value.pattern if isinstance(value, re.Pattern) else str(value)


def test_slack_s_own_schema_takes_it() -> None:
    """The manifest is valid for the schema that Slack publishes."""
    if not SCHEMA.exists():
        pytest.skip("Slack's manifest schema (2.0.0) is not beside this repository")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    assert [error.message for error in validator(schema).iter_errors(MANIFEST)] == []


def test_every_command_is_listened_to() -> None:
    """What people can type is what the bot listens to, with names and mentions escaped."""
    commands = MANIFEST["features"]["slash_commands"]
    assert {command["command"] for command in commands} == registered("command") == {ids.GIFT_COMMAND}
    assert all(command["should_escape"] for command in commands)


def test_every_shortcut_is_listened_to() -> None:
    """One shortcut for anywhere, one for messages."""
    shortcuts = {shortcut["callback_id"]: shortcut["type"] for shortcut in MANIFEST["features"]["shortcuts"]}
    assert shortcuts == {ids.ANYWHERE_SHORTCUT: "global", ids.MESSAGE_SHORTCUT: "message"}
    assert registered("shortcut") == {*shortcuts, ids.ANYTHING_ELSE.pattern}


def test_every_event_is_listened_to() -> None:
    """Slack sends what is listened to, and nothing else."""
    assert set(MANIFEST["settings"]["event_subscriptions"]["bot_events"]) == registered("event")


def test_every_form_and_button_is_listened_to() -> None:
    """Nothing that this or another version of the bot shows can be clicked or submitted in vain."""
    others = ids.ANYTHING_ELSE.pattern
    assert registered("view") == {*ids.ViewId, others}
    assert registered("action") == {*ids.ActionId, ids.ANY_PRODUCT.pattern, others}
    assert registered("options") == {ids.ANY_PRODUCT.pattern, others}


def test_every_method_that_the_code_calls_is_known() -> None:
    """A new Web API method needs a line in the table above, and perhaps a scope."""
    assert methods_used() >= {"auth_test", "chat_postMessage", "users_info"}, "the methods are found at all"
    assert methods_used() <= SCOPES_OF.keys()
    assert methods_used() | {"apps_connections_open"} == SCOPES_OF.keys(), "the table has nothing that nobody calls"


def test_the_scopes_are_exactly_those_that_are_needed() -> None:
    """Neither one too few nor one too many."""
    needed = set().union(*(SCOPES_OF[method] for method in methods_used()))
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == needed | FOR_COMMANDS_AND_SHORTCUTS
    assert "user" not in MANIFEST["oauth_config"]["scopes"]


def test_people_can_read_what_the_bot_writes_to_them() -> None:
    """The Messages tab is on, and so are buttons, Home and Socket Mode."""
    home = MANIFEST["features"]["app_home"]
    assert home["messages_tab_enabled"] is True
    assert home["home_tab_enabled"] is True
    settings = MANIFEST["settings"]
    assert settings["interactivity"]["is_enabled"] is True
    assert settings["socket_mode_enabled"] is True
    assert settings["org_deploy_enabled"] is False
    assert settings["token_rotation_enabled"] is False


def test_texts_fit_where_slack_shows_them() -> None:
    """Slack's own limits for names and descriptions."""
    shown = MANIFEST["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    for shortcut in MANIFEST["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
