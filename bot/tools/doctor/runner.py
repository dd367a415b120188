"""Everybody is asked at once, and nobody longer than a deadline, so that the doctor is done even when services hang."""

import asyncio
from collections.abc import Awaitable, Mapping
from pathlib import Path
from typing import Final

from slack_sdk.web.async_client import AsyncWebClient

from bot.findings import Findings, failure
from bot.giftcards.account import Account
from bot.gifts.ports import Clock
from bot.settings import HttpSettings, SocketSettings
from bot.tools.doctor import audit_log, config, database, inbound, machine, slack
from handlers.slack_api.session import slack_session
from storage.file_lock import is_held

CALL: Final = 5.0  # seconds for one call
ROUND: Final = 12.0  # seconds for all calls about one thing


async def examine(
    settings: SocketSettings | HttpSettings, account: Account, clock: Clock, live: str | None = None
) -> Mapping[str, Findings]:
    """What was found, by what it is about; with `live`, this member gets a test message."""
    token, file = settings.slack_bot_token.get_secret_value(), settings.giftbot_database
    policy = settings.policy(whole_amounts=account.whole_amounts)
    in_use = is_held(file)
    async with slack_session(CALL) as session:
        client = AsyncWebClient(token, settings.slack_api_url, session=session, retry_handlers=[])
        about_slack, about_clicks, about_gift_cards, about_database, about_history = await asyncio.gather(
            _in_time("Slack", slack.check(client, settings, clock, live)),
            _in_time("Socket Mode", inbound.check(client, session, settings, account, CALL, in_use=in_use)),
            _in_time("Gift cards", account.check(policy, clock, CALL)),
            asyncio.to_thread(lambda: [*database.check(file, clock.now(), in_use=in_use)]),
            asyncio.to_thread(lambda: audit_log.check(file, settings.giftbot_audit_key)),
        )
    return {
        "Settings": [*config.check(settings, account)],
        "Slack": [*about_slack, *about_clicks],
        "Gift cards": about_gift_cards,
        "Database": [*about_database, about_history],
        "This machine": [*machine.check(Path(".env"))],
    }


async def _in_time(what: str, findings: Awaitable[Findings]) -> Findings:
    try:
        async with asyncio.timeout(ROUND):
            return await findings
    except TimeoutError:
        return [failure(what, f"not done after {ROUND:.0f} s", "Try again; check network, proxy and firewall.")]
