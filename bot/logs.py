"""Logs for people and for machines, with one place through which every line goes and where secrets end."""

import logging
import re
import sys
from collections.abc import Collection, Iterable
from typing import TextIO

import structlog

from bot.settings import Account, Settings

# Below these levels the libraries log whole requests, links and tokens included.
_FLOORS = {"slack_": logging.INFO, "aiohttp": logging.INFO, "httpx": logging.WARNING, "httpcore": logging.WARNING}
_SLASHES = r"(?::\\*/\\*/|%3A%2F%2F)"  # as they are, escaped in JSON, or encoded in a form
_REST = r"(?:\\+/|[^\s\"'<>\\])*"
_TOKENS = rf"xox[a-z]-[\w-]+|xapp-[\w-]+|wss?{_SLASHES}{_REST}"
_SHORTEST_SECRET = 6


class _Redacting(structlog.stdlib.ProcessorFormatter):
    """Formats a line, and then takes everything secret out of all of it, tracebacks included."""

    def __init__(self, secrets: re.Pattern[str], processors: Iterable[structlog.typing.Processor]) -> None:
        super().__init__(processors=tuple(processors), foreign_pre_chain=_SHARED)
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """The line, without secrets."""
        return self._secrets.sub("[secret]", super().format(record))


class _Handler(logging.StreamHandler[TextIO]):
    """Writes lines; one that cannot be formatted is only named, for its arguments have not been looked through."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is logging's
        """Say where the line was written."""
        self.stream.write(f"A line of {record.name} could not be formatted ({record.pathname}:{record.lineno}).\n")


_SHARED: list[structlog.typing.Processor] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def set_up_logs(settings: Settings, account: Account) -> None:
    """Log to standard error from now on, as text on a terminal and as JSON otherwise, unless the settings say."""
    stream = sys.stderr
    handler = _Handler(stream)
    handler.addFilter(_loud_enough)
    secrets = _secret_pattern([*settings.secrets(), *account.secrets()], account.link_hosts)
    handler.setFormatter(_Redacting(secrets, _rendering(settings.giftbot_log_format, stream)))
    logging.basicConfig(level=settings.giftbot_log_level, handlers=[handler], force=True)
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


def _rendering(form: str, stream: TextIO) -> list[structlog.typing.Processor]:
    if form == "text" or (form == "auto" and stream.isatty()):
        renderer: structlog.typing.Processor = structlog.dev.ConsoleRenderer(
            colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        return [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    return [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]


def _secret_pattern(secrets: Collection[str], link_hosts: Collection[str]) -> re.Pattern[str]:
    literal = [re.escape(secret) for secret in secrets if len(secret) >= _SHORTEST_SECRET]
    links = [rf"https?{_SLASHES}{re.escape(host)}{_REST}" for host in link_hosts]
    return re.compile("|".join([_TOKENS, *literal, *links]), re.IGNORECASE)


def _loud_enough(record: logging.LogRecord) -> bool:
    return all(record.levelno >= floor for name, floor in _FLOORS.items() if record.name.startswith(name))
