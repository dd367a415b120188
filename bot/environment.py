"""What a variable of the environment may look like, and the base of all settings that are read from there.

Every problem is named by its variable, and no value is ever quoted.
"""

import re
from contextlib import suppress
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PRINTABLE = re.compile("[!-~]+")
_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}", re.IGNORECASE | re.ASCII)
_LONGEST_HOST = 253  # RFC 1035, section 2.3.4


def listed(text: object) -> object:
    """The parts of a text with commas; anything else as it is."""
    if not isinstance(text, str):
        return text
    parts = tuple(part.strip() for part in text.split(",") if part.strip())
    if not parts:
        raise ValueError("has to name at least one")
    return parts


def _safe_url(url: str) -> str:
    if not _is_safe(url):
        raise ValueError("has to start with https:// (http:// is for this machine only)")
    if not _PRINTABLE.fullmatch(url) or any(sign in url for sign in "?#"):
        raise ValueError("has to be a plain address, such as https://api.example.com/v2")
    return url.rstrip("/") + "/"


def _is_safe(url: str) -> bool:
    """Whether only the service that it names can read what is sent there, however an HTTP library reads it."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # ValueError where it is none
    except ValueError:
        return False
    host = parts.hostname or ""
    secure = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    return secure and parts.username is None and _is_host(host)


def _is_host(name: str) -> bool:
    """Whether it is an IP address, or a name as DNS has them; with letters beyond ASCII those begin with xn--."""
    with suppress(ValueError):
        return bool(ip_address(name))
    return bool(_HOST.fullmatch(name)) and len(name) <= _LONGEST_HOST and not name.rpartition(".")[2].isdecimal()


def _printable(secret: SecretStr) -> SecretStr:
    if not _PRINTABLE.fullmatch(secret.get_secret_value()):
        raise ValueError("has a space, a line break or another sign that is in none of them: please copy it again")
    return secret


def starting(*prefixes: str) -> AfterValidator:
    """A secret that begins with one of these."""

    def check(secret: SecretStr) -> SecretStr:
        if not secret.get_secret_value().startswith(prefixes):
            raise ValueError(f"has to start with {' or '.join(prefixes)}")
        return _printable(secret)

    return AfterValidator(check)


def _is_text(value: str) -> bool:
    """Whether it came as UTF-8: Python reads other bytes of the environment as halves of characters."""
    return not any("\ud800" <= sign <= "\udfff" for sign in value)


def _bare_hosts(hosts: tuple[str, ...]) -> tuple[str, ...]:
    if not all(_is_host(host) and "." in host for host in hosts):
        raise ValueError("has to list plain host names, such as gifts.example.com")
    return tuple(host.lower() for host in hosts)


ListOf = Annotated[tuple[str, ...], NoDecode, BeforeValidator(listed)]
Hosts = Annotated[tuple[str, ...], NoDecode, BeforeValidator(listed), AfterValidator(_bare_hosts)]
Url = Annotated[str, BeforeValidator(_safe_url)]
Secret = Annotated[SecretStr, Field(min_length=1), AfterValidator(_printable)]


class FromEnvironment(BaseSettings):
    """Settings by the names of the environment, in lower case; `.env` says what the environment does not."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    @model_validator(mode="before")
    @classmethod
    def _as_text(cls, values: dict[str, object]) -> dict[str, object]:
        if strange := [
            name.upper() for name, value in values.items() if isinstance(value, str) and not _is_text(value)
        ]:
            raise ValueError(f"{', '.join(sorted(strange))}: has to be text in UTF-8")
        return values

    def secrets(self) -> list[str]:
        """Every secret among these, for the logs to leave out."""
        return [value.get_secret_value() for _, value in self if isinstance(value, SecretStr)]
