"""The only reader of the environment (and of `.env`): every problem is named at once, and no value is ever quoted."""

import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.config_file import Company, read_company
from bot.config_file.amounts import amounts, every
from bot.config_file.complaints import plain
from bot.config_file.policy import USUAL_FILE, Usual, policy_of
from bot.giftcards import runa, wegift
from bot.gifts.model.currencies import currency_of
from bot.gifts.model.policy import Policy

_LONG_ENOUGH = 32
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PRINTABLE = re.compile("[!-~]+")
_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}", re.IGNORECASE | re.ASCII)
_LONGEST_HOST = 253  # RFC 1035, section 2.3.4


class SettingsWrong(Exception):
    """The environment does not describe a bot that can run; the message names everything that is wrong."""


def _listed(text: object) -> object:
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


def _starting(*prefixes: str) -> AfterValidator:
    def check(secret: SecretStr) -> SecretStr:
        if not secret.get_secret_value().startswith(prefixes):
            raise ValueError(f"has to start with {' or '.join(prefixes)}")
        return _printable(secret)

    return AfterValidator(check)


def _webhook_secret(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"whsec_(?:[A-Za-z0-9+/]{4}){8,}(?:[A-Za-z0-9+/]{2,3}={0,2})?", secret.get_secret_value()):
        raise ValueError("has to start with whsec_, followed by the signing secret of the webhook's endpoint")
    return secret


def _hard_to_guess(key: SecretStr) -> SecretStr:
    if len(key) < _LONG_ENOUGH:
        raise ValueError(f"has to have at least {_LONG_ENOUGH} characters, such as openssl rand -hex 32 prints")
    return key


def _is_text(value: str) -> bool:
    """Whether it came as UTF-8: Python reads other bytes of the environment as halves of characters."""
    return not any("\ud800" <= sign <= "\udfff" for sign in value)


def _slack_id(letters: str, example: str) -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(f"[{letters}][A-Z0-9]{{2,}}", text):
            raise ValueError(f"has to be in Slack's ids, such as {example}")
        return text

    return AfterValidator(check)


def _bare_hosts(hosts: tuple[str, ...]) -> tuple[str, ...]:
    if not all(_is_host(host) and "." in host for host in hosts):
        raise ValueError("has to list plain host names, such as gifts.example.com")
    return tuple(host.lower() for host in hosts)


def _company(given: object) -> object:
    """What the file says; one that somebody named, which comes as text, has to be there."""
    if isinstance(given, Company):
        return given
    return read_company(Path(str(given)), may_be_missing=given == USUAL_FILE)


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
Ids = Annotated[tuple[Annotated[str, _slack_id("UW", "U012AB3CD")], ...], NoDecode, BeforeValidator(_listed)]
Channel = Annotated[str, _slack_id("CG", "C012AB3CD")] | None
Hosts = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed), AfterValidator(_bare_hosts)]
CompanyFile = Annotated[Company, NoDecode, BeforeValidator(_company), Field(validate_default=True)]
Url = Annotated[str, BeforeValidator(_safe_url)]
Secret = Annotated[SecretStr, Field(min_length=1), AfterValidator(_printable)]
BotToken = Annotated[SecretStr, _starting("xoxb-")]
AuditKey = Annotated[SecretStr, AfterValidator(_hard_to_guess)]


class _FromEnvironment(BaseSettings):
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


class DatabaseSettings(_FromEnvironment):
    """For `giftbot audit show`, which needs no key at all."""

    giftbot_database: Path = Path("giftbot.db")


class AuditSettings(DatabaseSettings):
    """For `giftbot audit verify`, which needs neither Slack's tokens nor the gift card service's key."""

    giftbot_audit_key: AuditKey


class CompanySettings(_FromEnvironment):
    """What a company decides about gifts, in the environment and in giftbot.toml."""

    giftbot_config: CompanyFile = USUAL_FILE  # type: ignore[assignment] # it is read, as a path that is given
    giftbot_database: Path = Path("giftbot.db")
    giftbot_approvers: Annotated[Ids, Field(validate_default=True)] = ()
    giftbot_approvals_channel: Channel = None
    giftbot_countries: Annotated[Listed, Field(max_length=100)] = ("GB", "US")
    giftbot_max_amount: Listed = ("100",)

    @field_validator("giftbot_countries")
    @classmethod
    def _with_a_currency(cls, countries: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [country for country in countries if currency_of(country) is None]
        if unknown:
            raise ValueError(f"has unknown countries, please use ISO codes such as GB: {', '.join(unknown)}")
        return countries

    @field_validator("giftbot_approvers")
    @classmethod
    def _unless_the_file_has_pools(cls, approvers: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        company = info.data.get("giftbot_config")
        if not approvers and isinstance(company, Company) and not company.pools:
            raise PydanticCustomError("missing", "is missing")
        return approvers

    @field_validator("giftbot_max_amount")
    @classmethod
    def _a_limit_for_each_currency(cls, limits: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        given = amounts(limits)
        company, countries = info.data.get("giftbot_config"), info.data.get("giftbot_countries")
        if countries and isinstance(company, Company) and company.requests.largest is None:
            every(given, company.currencies_of(company.requests.countries or countries))
        return limits

    @model_validator(mode="after")
    def _policy_makes_sense(self) -> Self:
        self.policy(whole_amounts=False)
        return self

    def policy(self, *, whole_amounts: bool, templates: Collection[str] = ()) -> Policy:
        """The company's rules, with what the gift card service can do; `templates` are the currencies that have one.

        Raises:
            ValueError: they make no sense together; one line for each mistake, with what it is about.
        """
        usual = Usual(self.giftbot_approvers, self.giftbot_countries, amounts(self.giftbot_max_amount))
        return policy_of(self.giftbot_config, usual, whole_amounts=whole_amounts, templates=templates)


class Settings(CompanySettings):
    """Everything that the bot needs; the names are those of the environment, in lower case."""

    slack_bot_token: BotToken
    slack_api_url: Url = "https://slack.com/api/"

    giftbot_audit_key: AuditKey | None = None
    giftbot_settle_seconds: Annotated[float, Field(gt=0, le=600)] = 30

    giftbot_debuggable: bool = False
    giftbot_log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    giftbot_log_format: Literal["auto", "text", "json"] = "auto"


class SocketSettings(Settings):
    """For `giftbot run`: Socket Mode."""

    slack_app_token: Annotated[SecretStr, _starting("xapp-")]


class HttpSettings(Settings):
    """For `giftbot run --http`."""

    slack_signing_secret: Secret


class _Choice(_FromEnvironment):
    giftbot_provider: Literal["runa", "wegift"] = "runa"


class PolicySettings(CompanySettings, _Choice):
    """For `giftbot policy`, which needs no key of the gift card service; Slack is asked who is who if it can be."""

    slack_bot_token: BotToken | None = None
    slack_api_url: Url = "https://slack.com/api/"


class WeGiftAccount(_FromEnvironment):
    """For the contract of 2022."""

    whole_amounts: ClassVar = False
    templates: ClassVar[Mapping[str, str]] = {}

    wegift_api_key: Secret
    wegift_card_id: str
    wegift_api_url: Url = wegift.DEFAULT_URL
    giftbot_link_hosts: Hosts

    @property
    def link_hosts(self) -> frozenset[str]:
        """The hosts that a redemption link may have."""
        return frozenset(self.giftbot_link_hosts)


class RunaAccount(_FromEnvironment):
    """For the live contract; the key says whether it is for the playground or for real money."""

    whole_amounts: ClassVar = True

    runa_api_key: Annotated[SecretStr, _starting("XX", "wg")]
    runa_api_url: Url | None = None
    runa_webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] | None = None
    giftbot_link_hosts: Hosts | None = None
    giftbot_config: CompanyFile = USUAL_FILE  # type: ignore[assignment] # it is read, as a path that is given

    @field_validator("runa_api_url")
    @classmethod
    def _of_the_keys_environment(cls, url: str | None, info: ValidationInfo) -> str | None:
        key = info.data.get("runa_api_key")
        if url and key:
            other = runa.PRODUCTION_URL if runa.is_for_playground(key) else runa.PLAYGROUND_URL
            if urlsplit(url).hostname == urlsplit(other).hostname:
                raise ValueError("is for the other environment than RUNA_API_KEY, whose first letters say which")
        return url

    @property
    def api_url(self) -> str:
        """The base URL: as set, or that of the key's environment."""
        of_key = runa.PLAYGROUND_URL if runa.is_for_playground(self.runa_api_key) else runa.PRODUCTION_URL
        return self.runa_api_url or of_key

    @property
    def templates(self) -> Mapping[str, str]:
        """What recipients choose from, by currency; without one they choose among all that can be ordered."""
        own = self.giftbot_config.runa.templates
        return {**runa.PLAYGROUND_TEMPLATES, **own} if runa.is_for_playground(self.runa_api_key) else own

    @property
    def link_hosts(self) -> frozenset[str]:
        """The hosts that a redemption link may have: as set, or those of the key's environment."""
        of_key = runa.PLAYGROUND_LINKS if runa.is_for_playground(self.runa_api_key) else runa.PRODUCTION_LINKS
        return frozenset(self.giftbot_link_hosts or [of_key])


Account = WeGiftAccount | RunaAccount
_ACCOUNTS: Mapping[str, type[Account]] = {"runa": RunaAccount, "wegift": WeGiftAccount}
S = TypeVar("S", bound=Settings)
F = TypeVar("F", bound=_FromEnvironment)


def read_settings(transport: type[S]) -> tuple[S, Account]:
    """The settings of this process, and the account at the gift card service that they name.

    Raises:
        SettingsWrong: with every missing or wrong variable, one to a line.
    """
    problems: set[str] = set()
    choice = _attempt(_Choice, problems)
    settings = _attempt(transport, problems)
    account: Account | None = _attempt(_ACCOUNTS[choice.giftbot_provider], problems) if choice else None
    if settings is None or account is None:
        raise SettingsWrong("giftbot cannot start. Please set or mend:\n" + "\n".join(sorted(problems)))
    return settings, account


def read_database_settings() -> DatabaseSettings:
    """The settings of `giftbot audit show`.

    Raises:
        SettingsWrong: with every missing or wrong variable, one to a line.
    """
    return _read_alone(DatabaseSettings, "The history cannot be shown. Please set or mend:")


def read_audit_settings() -> AuditSettings:
    """The settings of `giftbot audit verify`.

    Raises:
        SettingsWrong: with every missing or wrong variable, one to a line.
    """
    return _read_alone(AuditSettings, "The history cannot be checked. Please set or mend:")


def read_policy_settings() -> PolicySettings:
    """The settings of `giftbot policy`.

    Raises:
        SettingsWrong: with everything that is wrong in the environment and in giftbot.toml, one to a line.
    """
    return _read_alone(PolicySettings, "giftbot cannot work by this policy. Please set or mend:")


def _read_alone(kind: type[F], complaint: str) -> F:
    problems: set[str] = set()
    settings = _attempt(kind, problems)
    if settings is None:
        raise SettingsWrong("\n".join([complaint, *sorted(problems)]))
    return settings


def _attempt(kind: type[F], problems: set[str]) -> F | None:
    try:
        return kind()
    except ValidationError as error:
        problems |= {_line(fault["loc"], fault["type"], fault["msg"]) for fault in error.errors()}
    except UnicodeDecodeError:
        problems.add("  .env: has to be text in UTF-8")
    return None


def _line(location: tuple[int | str, ...], kind: str, message: str) -> str:
    words = plain(kind, message)
    if not location:  # the settings are right one by one, and do not fit together
        return f"  {words}"
    name = str(location[0]).upper()
    return f"  {name} {words}" if kind == "missing" else f"  {name}: {words}"
