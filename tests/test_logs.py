"""Logs: at every level, in both forms and from every library, without a link, a token or a key."""

import json
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]

CANARY = "canary"  # stands in every secret, and in nothing else
STRANGE = {
    "a link in upper case": 'log.warning("odd", url="HTTPS://GIFTS.Example.COM/r/canary")',
    "a line that cannot be formatted": 'logging.getLogger("some.library").warning("%d gifts", LINK)',
    "a link with its slashes escaped": r"""log.warning("odd", answer='"https:\\/\\/gifts.example.com\\/r\\/canary"')""",
    "a link in a form": 'log.warning("odd", body="url=https%3A%2F%2Fgifts.example.com%2Fr%2Fcanary&text=1")',
}

# One process logs everything that the tests look at; a line of its own begins each part.
SCRIPT = """
    import asyncio, logging, sys, threading, warnings
    import structlog
    from bot.logs import set_up_logs
    from bot.giftcards.wegift.account import WeGiftAccount
    from bot.settings import SocketSettings

    LINK = "https://gifts.example.com/r/canary?token=canary"
    SECRETS = ["xoxb-1-canary", "xapp-1-canary", "canary-api-key", "xoxe.xoxb-2-canary", LINK]
    settings = SocketSettings(
        _env_file=None,
        slack_bot_token=SECRETS[0],
        slack_app_token=SECRETS[1],
        giftbot_approvers="U012AB3CD",
        giftbot_log_level="DEBUG",
        giftbot_log_format="json",
    )
    account = WeGiftAccount(
        _env_file=None,
        wegift_api_key=SECRETS[2],
        wegift_card_id="wgcard",
        giftbot_link_hosts="gifts.example.com, spend.example.org",
    )
    log = structlog.get_logger("bot.something")

    def part(name, **changes):
        for handler in logging.getLogger().handlers:
            handler.close()
        print("#", name, file=sys.stderr)
        changed = settings.model_copy(update={f"giftbot_log_{key}": value for key, value in changes.items()})
        set_up_logs(changed, account)

    def fails(secrets):
        link, everything = LINK, {"all": secrets, "url": LINK}
        raise RuntimeError(f"cannot send {everything} to {link}")

    class Grave:
        def __del__(self):
            fails(SECRETS)

    async def forgotten():
        asyncio.create_task(asyncio.to_thread(fails, SECRETS))
        await asyncio.sleep(0.05)

    def everything():
        for secret in SECRETS:
            log.debug("debug", secret=secret)
            log.info(f"words with {secret} inside", nested={"list": [secret], "bytes": secret.encode()})
            for name in ("slack_sdk.web.async_client", "slack_bolt.AsyncApp", "httpx", "httpcore.http11",
                         "aiohttp.client", "asyncio", "bot.gifts.flow", "root.of.something"):
                logger = logging.getLogger(name)
                logger.debug("Sending a request - body: %s", {"text": secret})
                logger.info('HTTP Request: GET %s "HTTP/1.1 200 OK"', secret)
                logger.warning("A warning about %(what)s", {"what": secret})
                logger.error(secret)
        try:
            try:
                fails(SECRETS)
            except RuntimeError as error:
                raise ValueError("while sending", *SECRETS) from error
        except ValueError as error:
            log.exception("step_failed", reference="12345678")
            log.error("handler_failed", exc_info=error)
            logging.getLogger("giftbot").exception("giftbot has to stop")
            log.error("together", exc_info=ExceptionGroup("two", [error, RuntimeError(LINK)]))
        log.warning("socket", url="wss://wss-primary.slack.com/link/?ticket=canary&app_id=1")
        log.warning("another host", url="http://spend.example.org/canary")
        log.warning("a port", url="https://gifts.example.com:443/r/canary")
        log.warning("in quotes", answer='{"token_url": "https://gifts.example.com/r/canary", "id": 1}')
        log.warning("in mrkdwn", text="<https://gifts.example.com/r/canary|Open your gift>")
        asyncio.run(forgotten())
        log.warning("the end")

    for form in ("text", "json"):
        part(f"everything {form}", format=form)
        everything()
        for name, line in STRANGE.items():
            part(f"{name} {form}", format=form)
            exec(line)
    for level in ("DEBUG", "INFO", "WARNING", "ERROR"):
        part(level, level=level)
        for word in ("debug", "info", "warning", "error"):
            getattr(log, word)(f"{word} ours")
            getattr(logging.getLogger("some.library"), word)(f"{word} theirs")
    for form in ("auto", "json", "text"):
        part(f"format {form}", format=form)
        log.info("hällo", who="Zoë 🎁")
    part("twice")
    set_up_logs(settings, account)
    log.info("once")
    part("surrogate")
    log.info("odd", text="\\ud800")
    for form in ("text", "json"):
        part(f"the same {form}", format=form)
        for number in range(5):
            log.info("same", who=[1, SECRETS[number % 2]])
            logging.getLogger("some.library").warning("same")
        log.info("same", who=[2])
        log.warning("same", who=[1, SECRETS[0]])
    part("uncaught")
    warnings.warn(f"careful with {LINK}")
    thread = threading.Thread(target=fails, args=[SECRETS])
    thread.start()
    thread.join()
    Grave()
    sys.excepthook(RuntimeError, RuntimeError(LINK), None)
"""


@pytest.fixture(scope="module")
def logged() -> Mapping[str, list[str]]:
    """What the process wrote to standard error, part by part, line by line."""
    run = subprocess.run(
        [sys.executable, "-c", f"STRANGE = {STRANGE!r}\n{textwrap.dedent(SCRIPT)}"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout == ""
    parts: dict[str, list[str]] = {}
    for line in run.stderr.splitlines():
        if line.startswith("# "):
            lines = parts.setdefault(line.removeprefix("# "), [])
        else:
            lines.append(line)
    return parts


def as_json(lines: list[str]) -> list[dict[str, Any]]:
    """Lines, as a machine reads them."""
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_line_has_a_secret(logged: Mapping[str, list[str]], form: str) -> None:
    """Whoever logs, and however a secret got into it: message, argument, traceback or nested exception."""
    lines = logged[f"everything {form}"]
    assert any("the end" in line for line in lines)
    assert any("Traceback" in line for line in lines)
    assert sum("[secret]" in line for line in lines) > 40
    assert [line for line in lines if CANARY in line] == []


def test_every_json_line_is_json(logged: Mapping[str, list[str]]) -> None:
    """A machine reads when, who, how bad and what, tracebacks included."""
    lines = as_json(logged["everything json"])
    assert all(line.keys() >= {"timestamp", "logger", "level", "event"} for line in lines)
    assert {line["level"] for line in lines} == {"debug", "info", "warning", "error"}
    (failed,) = [line for line in lines if line["event"] == "step_failed"]
    assert failed["reference"] == "12345678"
    assert "ValueError: ('while sending'" in failed["exception"]
    assert "in fails" in failed["exception"]


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("name", STRANGE)
def test_no_strange_line_has_a_secret(logged: Mapping[str, list[str]], name: str, form: str) -> None:
    """A link is money, however it is written."""
    written = logged[f"{name} {form}"]
    assert written
    assert [line for line in written if CANARY in line] == []


def test_libraries_do_not_tell_what_they_send(logged: Mapping[str, list[str]]) -> None:
    """Below their floors they log whole requests; our own lines are there at every level."""
    lines = [line for line in logged["everything json"] if '"logger": "' in line]
    loggers = {
        (line.split('"logger": "')[1].split('"')[0], line.split('"level": "')[1].split('"')[0]) for line in lines
    }
    quiet = {
        ("slack_sdk.web.async_client", "debug"),
        ("slack_bolt.AsyncApp", "debug"),
        ("aiohttp.client", "debug"),
        ("httpx", "debug"),
        ("httpx", "info"),
        ("httpcore.http11", "debug"),
        ("httpcore.http11", "info"),
    }
    assert quiet.isdisjoint(loggers)
    assert loggers >= {("bot.something", "debug"), ("bot.gifts.flow", "debug"), ("slack_sdk.web.async_client", "info")}


@pytest.mark.parametrize(
    ("level", "seen"),
    [
        ("DEBUG", ["debug", "info", "warning", "error"]),
        ("INFO", ["info", "warning", "error"]),
        ("WARNING", ["warning", "error"]),
        ("ERROR", ["error"]),
    ],
)
def test_the_level_is_the_one_that_was_set(logged: Mapping[str, list[str]], level: str, seen: list[str]) -> None:
    """Ours and everybody else's."""
    events = [line["event"] for line in as_json(logged[level])]
    assert events == [f"{word} {whose}" for word in seen for whose in ("ours", "theirs")]


@pytest.mark.parametrize(("form", "is_json"), [("auto", True), ("json", True), ("text", False)])
def test_a_pipe_gets_json_and_a_person_text(
    logged: Mapping[str, list[str]],
    form: str,
    is_json: bool,  # noqa: FBT001 - a table's column
) -> None:
    """Unless the settings say otherwise; text has no colours where nobody sees them."""
    (line,) = logged[f"format {form}"]
    assert line.startswith("{") == is_json
    assert "hällo" in line
    assert "Zoë 🎁" in line
    assert "\x1b" not in line


def test_setting_up_twice_is_setting_up_once(logged: Mapping[str, list[str]]) -> None:
    """No line comes twice."""
    assert [line["event"] for line in as_json(logged["twice"])] == ["once"]


def test_lines_that_say_the_same_are_one_line_and_a_count(logged: Mapping[str, list[str]]) -> None:
    """Only those that are the same in every part; secrets are no part of a line."""
    lines = [
        (line["logger"], line["level"], line.get("who"), line.get("repeated"))
        for line in as_json(logged["the same json"])
    ]
    ours, theirs = ("bot.something", "info", [1, "[secret]"]), ("some.library", "warning", None)
    others = [("bot.something", "info", [2], None), ("bot.something", "warning", [1, "[secret]"], None)]
    assert lines == [(*ours, None), (*theirs, None), *others, (*ours, 4), (*theirs, 4)]
    counted = [line for line in logged["the same text"] if "repeated 4 times: " in line]
    assert len(counted) == 2
    assert len(logged["the same text"]) == 6


def test_what_nobody_has_caught_is_in_the_log(logged: Mapping[str, list[str]]) -> None:
    """Python would print it past the log: warnings, and errors of threads, of finalizers and of the main program."""
    warning, *errors = as_json(logged["uncaught"])
    assert (warning["logger"], warning["level"]) == ("py.warnings", "warning")
    assert [error["level"] for error in errors] == ["error"] * 3
    assert all("RuntimeError: " in error["exception"] for error in errors)
    assert [line for line in logged["uncaught"] if CANARY in line] == []


def test_a_lone_surrogate_does_no_harm(logged: Mapping[str, list[str]]) -> None:
    """Text that no encoding can write is written somehow."""
    assert [line["event"] for line in as_json(logged["surrogate"])] == ["odd"]
