"""The command line."""

import asyncio
import logging
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.log_writer import tell

if TYPE_CHECKING:
    from bot.settings import PolicySettings

app = typer.Typer(help="Gift cards as a thank-you from Slack.", no_args_is_help=True, pretty_exceptions_enable=False)
_audit = typer.Typer(help="Read the history, and show that nobody has changed it.", no_args_is_help=True)
app.add_typer(_audit, name="audit")
_policy = typer.Typer(help="See what the policy says, before anybody asks.", no_args_is_help=True)
app.add_typer(_policy, name="policy")

_Provider = Annotated[
    str | None, typer.Option(metavar="NAME", help="The gift card service's contract, as in GIFTBOT_PROVIDER.")
]

WRONG_SETTINGS = 2
CANNOT_RUN = 1


@app.callback()
def giftbot() -> None:
    """Gift cards as a thank-you from Slack: asked for, approved, ordered once and delivered."""
    from bot.time_zones import use_newest

    use_newest()
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # where there are no pound signs, a question mark will do


@app.command()
def run(
    *,
    http: Annotated[bool, typer.Option("--http", help="Signed HTTP requests instead of Socket Mode.")] = False,
    host: Annotated[str, typer.Option(help="Where to listen, with --http.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to listen, with --http; any if 0.")] = 3000,
) -> None:
    """Run the bot, until it is told to stop."""
    from bot.app import run as run_bot
    from bot.hardening import keep_memory_private, write_for_owner_only
    from bot.logs import set_up_logs
    from bot.settings import HttpSettings, SettingsWrong, SocketSettings, read_settings
    from handlers.inbound.http import StartupError
    from storage import DatabaseLost, DatabaseRefused

    try:
        settings, account = read_settings(HttpSettings) if http else read_settings(SocketSettings)
    except SettingsWrong as error:
        _complain(str(error))
        raise typer.Exit(WRONG_SETTINGS) from None
    write_for_owner_only()
    if not settings.giftbot_debuggable:
        keep_memory_private()
    set_up_logs(settings, account)
    try:
        asyncio.run(run_bot(settings, account, (host, port)))
    except (StartupError, DatabaseRefused) as error:
        _complain(f"giftbot cannot start. {error}")
        raise typer.Exit(CANNOT_RUN) from None
    except DatabaseLost as error:
        _complain(f"giftbot has to stop. {error}")
        raise typer.Exit(CANNOT_RUN) from None
    except Exception:  # nobody sees a traceback on the screen; it is in the log
        logging.getLogger("giftbot").exception("giftbot has to stop")
        raise typer.Exit(CANNOT_RUN) from None


@app.command()
def doctor(
    *,
    http: Annotated[bool, typer.Option("--http", help="For a bot that runs with --http.")] = False,
    live: Annotated[
        str | None, typer.Option(metavar="MEMBER_ID", help="Also send test messages: to this member, U012AB3CD.")
    ] = None,
) -> None:
    """Check everything that would stop a gift, and say what to do about it; exit with 1 if something would."""
    from bot.logs import set_up_logs
    from bot.settings import HttpSettings, SettingsWrong, SocketSettings, read_settings
    from bot.tools.doctor import visit

    try:
        settings, account = read_settings(HttpSettings) if http else read_settings(SocketSettings)
    except SettingsWrong as error:
        _complain(str(error))
        raise typer.Exit(WRONG_SETTINGS) from None
    set_up_logs(settings.model_copy(update={"giftbot_log_level": "ERROR"}), account)  # the table says the rest
    raise typer.Exit(0 if asyncio.run(visit(settings, account, live)) else CANNOT_RUN)


@_audit.command()
def verify(
    *,
    head: Annotated[str | None, typer.Option(help="A head that was noted earlier, with its count.")] = None,
    count: Annotated[int | None, typer.Option(min=1, help="The count that was noted with it.")] = None,
) -> None:
    """Check every line of the history against its seal, also beside a running bot; exit with 1 if one does not fit."""
    from bot.gifts.model.audit_head import Head
    from bot.settings import SettingsWrong, read_audit_settings
    from bot.tools.audit import verify as verify_history
    from storage import DatabaseRefused

    if (head is None) != (count is None):
        raise typer.BadParameter("--head and --count belong together")
    noted = Head(count, head) if head is not None and count is not None else None
    try:
        settings = read_audit_settings()
        fits, words = verify_history(settings.giftbot_database, settings.giftbot_audit_key, noted)
    except SettingsWrong as error:
        _complain(str(error))
        raise typer.Exit(WRONG_SETTINGS) from None
    except DatabaseRefused as error:
        _complain(str(error))
        raise typer.Exit(CANNOT_RUN) from None
    typer.echo(words)
    raise typer.Exit(0 if fits else CANNOT_RUN)


@_audit.command()
def show(
    *, last: Annotated[int, typer.Option(min=1, max=100_000, help="How many lines, the latest ones.")] = 50
) -> None:
    """Show the latest lines of the history in words, also beside a running bot."""
    from bot.settings import SettingsWrong, read_database_settings
    from bot.tools.audit import show as show_history
    from storage import DatabaseRefused

    try:
        words = show_history(read_database_settings().giftbot_database, last)
    except SettingsWrong as error:
        _complain(str(error))
        raise typer.Exit(WRONG_SETTINGS) from None
    except DatabaseRefused as error:
        _complain(str(error))
        raise typer.Exit(CANNOT_RUN) from None
    typer.echo(words)


@_policy.command()
def check() -> None:
    """Name every mistake in the environment and giftbot.toml, or show pools, rules and budgets; starts nothing."""
    from bot.tools.policy.check import check as show

    show(_policy_settings())


@_policy.command()
def explain(
    words: Annotated[
        list[str],
        typer.Argument(metavar="@REQUESTER @RECIPIENT... AMOUNT CURRENCY", help="@Mia, or a member id; 120 GBP."),
    ],
    *,
    country: Annotated[str | None, typer.Option(help="Where it is spent; else the first with that currency.")] = None,
    cost_centre: Annotated[str | None, typer.Option(help="Which one pays.")] = None,
) -> None:
    """Show what would become of a request: rule, steps, people, budgets; asks for nothing."""
    from bot.tools.policy.explain import Wish
    from bot.tools.policy.explain import explain as show
    from bot.tools.policy.resolve_people import CannotTell
    from storage import DatabaseLost, DatabaseRefused

    if len(words) < 4:  # noqa: PLR2004 - who, for whom, and an amount with its currency
        raise typer.BadParameter("give who asks, for whom, and an amount with its currency: @Mia @Rob 120 GBP")
    requester, *recipients, amount, currency = words
    wish = Wish(requester, recipients, amount, currency, country, cost_centre)
    try:
        asyncio.run(show(_policy_settings(), wish))
    except (CannotTell, DatabaseLost, DatabaseRefused) as error:
        _complain(str(error))
        raise typer.Exit(CANNOT_RUN) from None


def _policy_settings() -> "PolicySettings":
    from bot.logs import log_nothing
    from bot.settings import SettingsWrong, read_policy_settings

    log_nothing()
    try:
        return read_policy_settings()
    except SettingsWrong as error:
        _complain(str(error))
        raise typer.Exit(WRONG_SETTINGS) from None


@app.command()
def demo(
    *,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running, until Ctrl-C.")] = False,
    story: Annotated[Literal["gift", "policy"], typer.Option(help="A gift's way, or a company's policy.")] = "gift",
    provider: _Provider = None,
) -> None:
    """Watch a gift travel from Slack to its recipient, all on this machine and without any credentials."""
    from bot.sandbox.demo import play

    raise typer.Exit(play(story, _simulated(provider), keep=keep))


@app.command()
def playground(
    *,
    no_open: Annotated[bool, typer.Option("--no-open", help="Print the address, and open no browser.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to listen, on 127.0.0.1; any if 0.")] = 0,
    provider: _Provider = None,
) -> None:
    """Try the bot in your browser, in a Slack on this machine: be manager, approver and recipient yourself."""
    from bot.sandbox.playground.runner import play

    raise typer.Exit(play(_simulated(provider), port, opens=not no_open))


def _simulated(provider: str | None) -> str:
    """The gift card service that was named; the usual one where none was."""
    from bot.sandbox.simulator.giftcards.registry import SERVICES, usual_service

    if provider is not None and provider not in SERVICES:
        raise typer.BadParameter(f"--provider has to be {' or '.join(map(repr, SERVICES))}")
    return provider or usual_service()


def _complain(words: str) -> None:
    """Say why not, whoever reads it; the exit code says it, too."""
    if sys.stderr:
        tell(sys.stderr.fileno(), words, sys.stderr.encoding)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
