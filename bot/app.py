"""Where everything is put together, started and stopped."""

import asyncio
import gc
import logging
import os
import pwd
import signal
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from secrets import randbits
from uuid import UUID

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot import __version__
from bot.clock import SystemClock
from bot.giftcards.account import Account
from bot.gifts.approvers import ApproverDirectory
from bot.gifts.checked_clock import CheckedClock
from bot.gifts.health import Health
from bot.gifts.jobs.recurring import RecurringJobs
from bot.gifts.jobs.worker import LONGEST_NAP, Worker
from bot.gifts.model.errors import Refused
from bot.gifts.model.outcomes import OutcomeUnknown, Rejected, Unavailable
from bot.gifts.model.people import Roster
from bot.gifts.model.policy_digest import digest_of
from bot.gifts.model.refusal import RefusalCode
from bot.gifts.model.text import say
from bot.gifts.outages import Outages
from bot.gifts.ports import Clock
from bot.gifts.services import FlowSettings, build_services
from bot.settings import HttpSettings, Settings, SocketSettings
from bot.signed_endpoint import Endpoint
from handlers import register
from handlers.background_tasks import BackgroundTasks
from handlers.inbound.bolt_app import PromptApp
from handlers.inbound.http import HttpReceiver
from handlers.inbound.socket_mode import SocketModeReceiver
from handlers.inbound.startup import insist
from handlers.localization import language_of
from handlers.slack_access import SlackAccess
from handlers.slack_api.directory import SlackDirectory, SlackIsSilent, Workspace
from handlers.slack_api.messenger import SlackMessenger
from handlers.slack_api.remedies import BOT_TOKEN
from handlers.slack_api.response_dates import dates_heard_by
from handlers.slack_api.responses import WatchedClient, classify
from handlers.slack_api.session import slack_session
from handlers.slack_api.views import SlackViews
from storage import Database, DatabaseLost, SqliteStore

log = structlog.get_logger(__name__)

SLACK_DEADLINE = 20.0  # seconds for one call
GIFTCARDS_TIMEOUT = 15.0  # seconds of silence
LOOK_AROUND = 10.0  # seconds between two looks at what is lost or set from outside
FINISH = 2.5  # seconds for each of: what Slack sent, errands, work in hand; together under ten
DEFAULT_ADDRESS = ("127.0.0.1", 3000)


def time_ordered_id() -> str:
    """A new id, a UUID of version 7: what is made together lies together, in however large a database.

    Never a counter, whose numbers come again after a backup is restored. Source: RFC 9562, section 5.7.
    """
    milliseconds = time.time_ns() // 1_000_000
    version, variant = 7, 0b10
    return str(UUID(int=milliseconds << 80 | version << 76 | randbits(12) << 64 | variant << 62 | randbits(62)))


class Giftbot:
    """The bot, put together and started; `stop` lets the work in hand finish."""

    def __init__(
        self,
        intake: SocketModeReceiver | HttpReceiver,
        background: BackgroundTasks,
        worker: Worker,
        database: Database,
        clock: CheckedClock,
    ) -> None:
        self.intake = intake
        self._background = background
        self._worker = worker
        self._database = database
        self.working = asyncio.create_task(worker.run())
        self.looking = asyncio.create_task(self._look_around(clock))

    @property
    def lost(self) -> DatabaseLost | None:
        """Why nothing can be kept any more."""
        return self._database.lost

    async def stop(self) -> None:
        """Stop intake first, then let errands and work in hand finish; what does not, goes on at the next start."""
        await self.intake.stop(FINISH)
        await self._background.finish(FINISH)
        await self._worker.stop(FINISH)
        self.looking.cancel()
        await asyncio.gather(self.working, self.looking, return_exceptions=True)

    async def _look_around(self, clock: CheckedClock) -> None:
        """Notice, also while nobody asks for anything, that the database's file is lost or that the clock was set."""
        while True:
            await asyncio.sleep(LOOK_AROUND)
            self._database.look()
            await clock.look()


@asynccontextmanager
async def giftbot(
    settings: SocketSettings | HttpSettings,
    account: Account,
    address: tuple[str, int] = DEFAULT_ADDRESS,
    clock: Clock | None = None,
    new_id: Callable[[], str] = time_ordered_id,
) -> AsyncGenerator[Giftbot]:
    """The running bot; `address` is for HTTP only.

    Raises:
        DatabaseRefused: the database cannot be used.
        StartupError: Slack does not accept us, or the address cannot be used.
    """
    checked = CheckedClock(clock or SystemClock())
    async with AsyncExitStack() as stack:
        database = Database(settings.giftbot_database)
        stack.callback(database.close)
        outages = Outages(checked)
        session = await stack.enter_async_context(slack_session(SLACK_DEADLINE, dates_heard_by(checked)))
        patient, once = _slack_clients(settings, session, outages)
        checked.when_in_doubt(lambda: classify(patient.auth_test()))
        identity = await insist("auth.test", lambda: classify(patient.auth_test()), BOT_TOKEN, checked)

        bell = asyncio.Event()
        store = SqliteStore(database, bell.set, settings.giftbot_audit_key)
        giftcards = await stack.enter_async_context(account.connected(checked, outages, GIFTCARDS_TIMEOUT))
        workspace = Workspace(identity["team_id"], identity.get("enterprise_id"))
        directory = SlackDirectory(patient, workspace, checked)
        common = language_of(settings.giftbot_config.company.language)
        messenger = SlackMessenger(patient, once, directory, checked, common)
        arrangement = _arrangement(settings, account)
        services = build_services(store, giftcards, messenger, directory, checked, arrangement, new_id)
        upkeep = RecurringJobs(store, giftcards, checked)
        upkeep.begin(digest_of(arrangement), _started_by())
        await insist("usergroups.users.list", lambda: _groups(services.approvers), BOT_TOKEN, checked)
        access = SlackAccess(patient, workspace, outages)
        worker = Worker(store, checked, bell, services.steps, services.flow.give_up, access)
        background = BackgroundTasks()
        app = _bolt_app(settings, patient, identity, workspace)
        screens = SlackViews(patient, directory, services, checked)
        register(app, services, directory, screens, access, background, checked, new_id)
        illness = partial(_illness, checked, worker, Health(store, checked, outages))
        intake = _intake(settings, app, session, address, checked, illness, outages, account.webhooks(upkeep))
        bot = Giftbot(intake, background, worker, database, checked)
        stack.push_async_callback(bot.stop)
        await intake.start()
        log.info("started", team=identity["team"], database=str(settings.giftbot_database))
        yield bot


async def run(
    settings: SocketSettings | HttpSettings,
    account: Account,
    address: tuple[str, int] = DEFAULT_ADDRESS,
    clock: Clock | None = None,
) -> None:
    """Run until a signal asks to stop; ends with an error only when the work cannot go on.

    Raises:
        DatabaseRefused, StartupError: as `giftbot` does.
        DatabaseLost: what is done cannot be kept any more.
    """
    starting, asked_to_stop, is_started = asyncio.current_task(), asyncio.Event(), False

    def stop() -> None:
        asked_to_stop.set()
        if starting and not is_started:
            starting.cancel()  # Slack may be away for minutes, and nothing is in hand yet that could finish

    _on_signals(stop)
    try:
        async with giftbot(settings, account, address, clock) as bot:
            is_started = True
            gc.freeze()  # what was made for the start stays: no click waits for it to be looked through
            waiting = asyncio.create_task(asked_to_stop.wait())
            await asyncio.wait([waiting, bot.working, bot.looking], return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            if bot.lost:
                log.error("database_lost", reason=str(bot.lost))
            log.info("stopping")
    except asyncio.CancelledError:
        if is_started or not asked_to_stop.is_set():
            raise
        log.info("stopped_before_the_start")
        return
    if bot.lost:
        raise bot.lost
    for task in (bot.working, bot.looking):
        if not task.cancelled():
            task.result()


def _on_signals(stop: Callable[[], None]) -> None:
    stopping = [signal.SIGTERM, signal.SIGINT]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # under nohup the bot outlives its terminal
        stopping.append(signal.SIGHUP)
    for number in stopping:
        asyncio.get_running_loop().add_signal_handler(number, stop)


def _started_by() -> str:
    """Who runs this process, and of which version it is, for the record; the environment could say anything."""
    try:
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user need not have a name
        user = f"user {os.getuid()}"
    return f"giftbot {__version__}, started by {user}"


async def _groups(approvers: ApproverDirectory) -> Roster | Rejected | Unavailable | OutcomeUnknown:
    """Who is in the user groups of giftbot.toml."""
    try:
        return await approvers.now()
    except SlackIsSilent as silent:
        return silent.answer


def _arrangement(settings: Settings, account: Account) -> FlowSettings:
    return FlowSettings(
        policy=settings.policy(whole_amounts=account.whole_amounts, templates=account.templates),
        approvals_channel=settings.giftbot_approvals_channel,
        link_hosts=account.link_hosts,
        settle=timedelta(seconds=settings.giftbot_settle_seconds),
        care=settings.giftbot_config.care,
        patience=settings.giftbot_config.patience,
    )


def _slack_clients(
    settings: Settings, session: aiohttp.ClientSession, outages: Outages
) -> tuple[AsyncWebClient, AsyncWebClient]:
    """One client that repeats a call after a lost connection, and one that never does."""
    token = settings.slack_bot_token.get_secret_value()
    after_lost_connections: list[AsyncRetryHandler] = [AsyncConnectionErrorRetryHandler()]
    return (
        WatchedClient(token, settings.slack_api_url, session, after_lost_connections, outages),
        WatchedClient(token, settings.slack_api_url, session, [], outages),
    )


def _bolt_app(
    settings: Settings, client: AsyncWebClient, identity: AsyncSlackResponse, workspace: Workspace
) -> AsyncApp:
    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        if not workspace.has(team_id, enterprise_id):
            raise Refused(RefusalCode.OTHER_WORKSPACE, say("This giftbot works for another workspace."))
        return AuthorizeResult(
            enterprise_id=identity.get("enterprise_id"),
            team_id=identity["team_id"],
            bot_user_id=identity["user_id"],
            bot_id=identity.get("bot_id"),
            bot_token=settings.slack_bot_token.get_secret_value(),
        )

    logger = logging.getLogger("slack_bolt")
    logger.setLevel(logging.ERROR)  # Bolt would warn that `authorize` replaces the token, which is what we want
    app = PromptApp(
        name="giftbot",
        logger=logger,
        client=client,
        authorize=authorize,
        request_verification_enabled=False,  # HttpIntake looks who signed a request before it reads it
        process_before_response=True,  # otherwise Bolt polls for the acknowledgement every 10 ms
    )
    logger.setLevel(logging.NOTSET)
    return app


def _intake(
    settings: SocketSettings | HttpSettings,
    app: AsyncApp,
    session: aiohttp.ClientSession,
    address: tuple[str, int],
    clock: CheckedClock,
    illness: Callable[[], str | None],
    outages: Outages,
    webhooks: Sequence[Endpoint],
) -> SocketModeReceiver | HttpReceiver:
    if isinstance(settings, SocketSettings):
        return SocketModeReceiver(app, settings.slack_app_token.get_secret_value(), session, clock, outages)
    return HttpReceiver(app, settings.slack_signing_secret, address, illness, clock, outages.refusals, webhooks)


def _is_healthy(clock: Clock, worker: Worker) -> bool:
    return clock.monotonic() - worker.looked_at < 3 * LONGEST_NAP.total_seconds()


def _illness(clock: Clock, worker: Worker, health: Health) -> str | None:
    return health.illness() if _is_healthy(clock, worker) else "the worker has not looked at its list for a while"
