"""Logs: at every level, in both forms and from every library, without a link, a token or a key."""

import json
import subprocess
import sys
import textwrap
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

CANARY = "canary"  # stands in every secret, and in nothing else
BEGINNING = f"""
    import asyncio, logging, sys
    import structlog
    from bot.logs import set_up_logs
    from bot.settings import SocketSettings

    LINK = "https://gifts.example.com/r/{CANARY}?token={CANARY}"
    SECRETS = ["xoxb-1-{CANARY}", "xapp-1-{CANARY}", "{CANARY}-api-key", "xoxe.xoxb-2-{CANARY}", LINK]
    settings = SocketSettings(
        _env_file=None,
        slack_bot_token=SECRETS[0],
        slack_app_token=SECRETS[1],
        wegift_api_key=SECRETS[2],
        wegift_card_id="wgcard",
        giftbot_link_hosts="gifts.example.com, spend.example.org",
        giftbot_approvers="U012AB3CD",
        giftbot_log_level=sys.argv[1],
        giftbot_log_format=sys.argv[2],
    )
    set_up_logs(settings)
    log = structlog.get_logger("bot.something")

    def fails(secrets):
        link, everything = LINK, {{"all": secrets, "url": LINK}}
        raise RuntimeError(f"cannot send {{everything}} to {{link}}")
"""

EVERYTHING = """
    for secret in SECRETS:
        log.debug("debug", secret=secret)
        log.info(f"words with {secret} inside", nested={"list": [secret], "bytes": secret.encode()})
        for name in ("slack_sdk.web.async_client", "slack_bolt.AsyncApp", "httpx", "httpcore.http11", "aiohttp.client",
                     "asyncio", "bot.gifts.flow", "root.of.something"):
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

    async def forgotten():
        asyncio.create_task(asyncio.to_thread(fails, SECRETS))
        await asyncio.sleep(0.05)

    asyncio.run(forgotten())
    log.warning("the end")
"""


@cache
def logged(script: str, level: str = "DEBUG", form: str = "json") -> list[str]:
    """What a process that runs this script writes to standard error, line by line."""
    code = textwrap.dedent(BEGINNING) + textwrap.dedent(script)
    run = subprocess.run(
        [sys.executable, "-c", code, level, form],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout == ""
    return run.stderr.splitlines()


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_line_has_a_secret(form: str) -> None:
    """Whoever logs, and however a secret got into it: message, argument, traceback or nested exception."""
    lines = logged(EVERYTHING, "DEBUG", form)
    assert any("the end" in line for line in lines)
    assert any("Traceback" in line for line in lines)
    assert sum("[secret]" in line for line in lines) > 40
    assert [line for line in lines if CANARY in line] == []


def test_every_json_line_is_json() -> None:
    """A machine reads when, who, how bad and what, tracebacks included."""
    lines = [json.loads(line) for line in logged(EVERYTHING)]
    assert all(line.keys() >= {"timestamp", "logger", "level", "event"} for line in lines)
    assert {line["level"] for line in lines} == {"debug", "info", "warning", "error"}
    (failed,) = [line for line in lines if line["event"] == "step_failed"]
    assert failed["reference"] == "12345678"
    assert "ValueError: ('while sending'" in failed["exception"]
    assert "in fails" in failed["exception"]


STRANGE = {
    "a link in upper case": 'log.warning("odd", url="HTTPS://GIFTS.Example.COM/r/canary")',
    "a line that cannot be formatted": 'logging.getLogger("some.library").warning("%d gifts", LINK)',
    "a link with its slashes escaped": r"""log.warning("odd", answer='"https:\\/\\/gifts.example.com\\/r\\/canary"')""",
    "a link in a form": 'log.warning("odd", body="url=https%3A%2F%2Fgifts.example.com%2Fr%2Fcanary&text=1")',
}


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("name", STRANGE)
def test_no_strange_line_has_a_secret(name: str, form: str) -> None:
    """A link is money, however it is written."""
    script = "".join(f"print('# {title}', file=sys.stderr)\n{line}\n" for title, line in STRANGE.items())
    _, _, rest = "\n".join(logged(script, "DEBUG", form)).partition(f"# {name}\n")
    written = rest.split("\n# ")[0]
    assert written
    assert CANARY not in written


def test_libraries_do_not_tell_what_they_send() -> None:
    """Below their floors they log whole requests; our own lines are there at every level."""
    loggers = [(line["logger"], line["level"]) for line in map(json.loads, logged(EVERYTHING))]
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
    assert {("bot.something", "debug"), ("bot.gifts.flow", "debug"), ("slack_sdk.web.async_client", "info")} <= {
        *loggers
    }


IN_TURN = """
    for level in ("DEBUG", "INFO", "WARNING", "ERROR"):
        set_up_logs(settings.model_copy(update={"giftbot_log_level": level}))
        for word in ("debug", "info", "warning", "error"):
            getattr(log, word)(f"{level} {word} ours")
            getattr(logging.getLogger("some.library"), word)(f"{level} {word} theirs")
    for form in ("auto", "json", "text"):
        set_up_logs(settings.model_copy(update={"giftbot_log_format": form}))
        log.info(f"hällo {form}", who="Zoë 🎁")
    set_up_logs(settings)
    set_up_logs(settings)
    log.info("once")
    log.info("odd", text="\\ud800")
"""


@pytest.mark.parametrize(
    ("level", "seen"),
    [
        ("DEBUG", ["debug", "info", "warning", "error"]),
        ("INFO", ["info", "warning", "error"]),
        ("WARNING", ["warning", "error"]),
        ("ERROR", ["error"]),
    ],
)
def test_the_level_is_the_one_that_was_set(level: str, seen: list[str]) -> None:
    """Ours and everybody else's."""
    events = [json.loads(line)["event"] for line in logged(IN_TURN) if f'"{level} ' in line]
    assert events == [f"{level} {word} {whose}" for word in seen for whose in ("ours", "theirs")]


@pytest.mark.parametrize(("form", "is_json"), [("auto", True), ("json", True), ("text", False)])
def test_a_pipe_gets_json_and_a_person_text(form: str, is_json: bool) -> None:  # noqa: FBT001 - a table's column
    """Unless the settings say otherwise; text has no colours where nobody sees them."""
    (line,) = [line for line in logged(IN_TURN) if f"hällo {form}" in line]
    assert line.startswith("{") == is_json
    assert "Zoë 🎁" in line
    assert "\x1b" not in line


def test_setting_up_twice_is_setting_up_once() -> None:
    """No line comes twice."""
    assert sum("once" in line for line in logged(IN_TURN)) == 1


def test_a_lone_surrogate_does_no_harm() -> None:
    """Text that no encoding can write is written somehow."""
    assert json.loads(logged(IN_TURN)[-1])["event"] == "odd"
