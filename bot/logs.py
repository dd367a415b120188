"""Logs for people and for machines, with one place through which every line goes and where secrets end."""

import json
import logging
import re
import sys
import threading
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import TextIO

import structlog

from bot.giftcards.account import Account
from bot.log_writer import Complete, LogWriter
from bot.settings import Settings

log = structlog.get_logger(__name__)

# Below these levels the libraries log whole requests, links and tokens included.
_FLOORS = {"slack_": logging.INFO, "aiohttp": logging.INFO, "httpx": logging.WARNING, "httpcore": logging.WARNING}
_SLASHES = r"(?::\\*/\\*/|%3A%2F%2F)"  # as they are, escaped in JSON, or encoded in a form
_REST = r"(?:\\+/|[^\s\"'<>\\])*"
_TOKENS = rf"xox[a-z]-[\w-]+|xapp-[\w-]+|wss?{_SLASHES}{_REST}"
_SHORTEST_SECRET = 6


class _Redacting(structlog.stdlib.ProcessorFormatter):
    """Formats what a line says, and then takes everything secret out of all of it, tracebacks included."""

    def __init__(self, secrets: re.Pattern[str], processors: Iterable[structlog.typing.Processor]) -> None:
        super().__init__(processors=tuple(processors), foreign_pre_chain=_SHARED)
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """What it says, without secrets, and without its time: that is the writer's."""
        return self._secrets.sub("[secret]", super().format(record))


class _Handler(logging.Handler):
    """Formats lines where they are logged, so that nothing alive or secret is kept, and lets another thread write.

    One that cannot be formatted is only named, for its arguments have not been looked through.
    """

    def __init__(self, stream: TextIO, complete: Complete) -> None:
        super().__init__()
        self._writer = LogWriter(stream.fileno(), complete, _say_dropped, stream.encoding)

    def emit(self, record: logging.LogRecord) -> None:
        """Format a line and let it be written."""
        try:
            said = self.format(record)
        except Exception:  # noqa: BLE001 - as all handlers of the standard library do
            self.handleError(record)
        else:
            self._writer.write(said, record.created)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is logging's
        """Say where the line was logged."""
        place = (record.pathname, record.lineno)
        named = logging.LogRecord(record.name, logging.ERROR, *place, "a line cannot be formatted: %s:%d", place, None)
        self._writer.write(self.format(named), record.created)

    def flush(self) -> None:
        """Wait a moment until everything is written."""
        self._writer.flush()

    def close(self) -> None:
        """Write what is left, in a moment; called at the end of the process."""
        self._writer.close()
        super().close()


_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
]


def set_up_logs(settings: Settings, account: Account) -> None:
    """Log to standard error from now on, as text on a terminal and as JSON otherwise, unless the settings say.

    What Python itself would print there goes the same way: warnings, and errors that nobody has caught.
    """
    handler = _handler(settings, account) if sys.stderr else logging.NullHandler()
    handler.addFilter(_loud_enough)
    logging.basicConfig(level=settings.giftbot_log_level, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    sys.excepthook = lambda _kind, error, _traceback: _uncaught(error)
    threading.excepthook = lambda thread: _uncaught(thread.exc_value)
    sys.unraisablehook = lambda unraisable: _uncaught(unraisable.exc_value)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def log_nothing() -> None:
    """For commands whose own words say everything."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def _handler(settings: Settings, account: Account) -> logging.Handler:
    stream, form = sys.stderr, settings.giftbot_log_format
    is_text = form == "text" or (form == "auto" and stream.isatty())
    handler = _Handler(stream, _text_line if is_text else _json_line)
    secrets = _secret_pattern([*settings.secrets(), *account.secrets()], account.link_hosts)
    handler.setFormatter(_Redacting(secrets, _rendering(stream) if is_text else _RENDERING_JSON))
    return handler


def _rendering(stream: TextIO) -> list[structlog.typing.Processor]:
    renderer = structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback)
    return [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]


_RENDERING_JSON: list[structlog.typing.Processor] = [
    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
    structlog.processors.format_exc_info,
    structlog.processors.JSONRenderer(ensure_ascii=False),
]


def _text_line(said: str, at: float, repeated: int) -> str:
    times = f"repeated {repeated} times: " if repeated else ""
    return f"{_time(at)} {times}{said}"


def _json_line(said: str, at: float, repeated: int) -> str:
    """A line of JSON with its time in front of what it says, which is a JSON object itself."""
    head = {"timestamp": _time(at)} | ({"repeated": repeated} if repeated else {})
    return f"{json.dumps(head)[:-1]}, {said[1:]}"


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _say_dropped(lines: int) -> None:
    log.warning("log_lines_dropped", lines=lines)


def _uncaught(error: BaseException | None) -> None:
    logging.getLogger("giftbot").error("nobody has caught an error", exc_info=error)


def _secret_pattern(secrets: Collection[str], link_hosts: Collection[str]) -> re.Pattern[str]:
    literal = [re.escape(secret) for secret in secrets if len(secret) >= _SHORTEST_SECRET]
    links = [rf"https?{_SLASHES}{re.escape(host)}{_REST}" for host in link_hosts]
    return re.compile("|".join([_TOKENS, *literal, *links]), re.IGNORECASE)


def _loud_enough(record: logging.LogRecord) -> bool:
    return all(record.levelno >= floor for name, floor in _FLOORS.items() if record.name.startswith(name))
