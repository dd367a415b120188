"""The workspace: whether it lets the bot in, with which scopes, and at what time."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import yaml
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.findings import Finding, Findings, failure, fine, warning
from bot.gifts.checked_clock import TOLERANCE
from bot.gifts.ports import Clock
from bot.settings import Settings
from bot.tools.doctor import approvers, live_message
from bot.tools.doctor.diagnosis import slack_failed
from bot.tools.doctor.live_message import Correspondence
from handlers.slack_api.directory import SlackDirectory, Workspace
from handlers.slack_api.remedies import BOT_TOKEN, REINSTALL
from handlers.slack_api.responses import classify

_PACKAGE = Path(__file__).parents[2]
_A_LITTLE = timedelta(seconds=60)


async def check(client: AsyncWebClient, settings: Settings, clock: Clock, live: str | None) -> Findings:
    """Everything that the bot token is for; with `live`, this member gets a test message."""
    answer = await classify(client.auth_test())
    if not isinstance(answer, AsyncSlackResponse):
        return [slack_failed("Bot token", answer, client.base_url, BOT_TOKEN)]
    directory = SlackDirectory(client, Workspace(answer["team_id"], answer.get("enterprise_id")), clock)
    about_deciders, about_letters = await asyncio.gather(
        approvers.check(client, directory, settings),
        live_message.check(Correspondence(client, directory, clock), live, settings.giftbot_approvals_channel),
    )
    return [
        fine("Bot token", f"lets {answer['user']} into {answer['team']}"),
        *scopes(answer.headers),
        time(answer.headers, clock.now()),
        *about_deciders,
        *about_letters,
    ]


def scopes(headers: Mapping[str, str]) -> Iterator[Finding]:
    """What Slack granted, against what the manifest asks for."""
    if "x-oauth-scopes" not in headers:
        yield warning("Scopes", "Slack does not say which were granted", "Compare them with manifest.yml by hand.")
        return
    granted = {scope.strip() for scope in headers["x-oauth-scopes"].split(",") if scope.strip()}
    needed = _needed_scopes()
    if missing := sorted(needed - granted):
        yield failure("Scopes", f"not granted: {', '.join(missing)}", REINSTALL)
    else:
        yield fine("Scopes", f"the {len(needed)} of manifest.yml")
    if beyond := sorted(granted - needed):
        remedy = "Remove them (api.slack.com/apps, OAuth & Permissions) and reinstall: giftbot does not use them."
        yield warning("Scopes", f"more than giftbot needs: {', '.join(beyond)}", remedy)


def time(headers: Mapping[str, str], now: datetime) -> Finding:
    """This machine's clock against Slack's."""
    try:
        apart = now - parsedate_to_datetime(headers.get("Date", ""))
    except (TypeError, ValueError):
        return warning("Clock", "Slack's reply has no time to compare with", "Check that the time is synchronised.")
    if abs(apart) <= _A_LITTLE:
        return fine("Clock", "as Slack's")
    found = f"{abs(apart).total_seconds():.0f} s {'ahead of' if apart > timedelta() else 'behind'} Slack's"
    if abs(apart) <= TOLERANCE:
        return warning("Clock", found, "Synchronise it: timedatectl set-ntp true.")
    remedy = "Synchronise it (timedatectl set-ntp true): until then nothing expires, and nothing is given up."
    return failure("Clock", found, remedy)


def _needed_scopes() -> set[str]:
    """What the manifest asks for, which is in an installed wheel or in its repository."""
    installed, source = _PACKAGE / "manifest.yml", _PACKAGE.parent / "manifest.yml"
    manifest = yaml.safe_load((installed if installed.exists() else source).read_text(encoding="utf-8"))
    return set(manifest["oauth_config"]["scopes"]["bot"])
