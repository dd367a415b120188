"""The only reader of the environment (and of `.env`): every problem is named at once, and no value is ever quoted."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.giftcards import wegift
from bot.gifts.errors import Invalid
from bot.gifts.money import Money, currency_of, from_major
from bot.gifts.policy import Policy

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


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
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not safe or not parts.hostname or parts.username is not None:
        raise ValueError("has to start with https:// (http:// is for this machine only)")
    return url.rstrip("/") + "/"


def _starting(prefix: str) -> AfterValidator:
    def check(secret: SecretStr) -> SecretStr:
        if not secret.get_secret_value().startswith(prefix):
            raise ValueError(f"has to start with {prefix}")
        return secret

    return AfterValidator(check)


def _slack_id(letters: str, example: str) -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(f"[{letters}][A-Z0-9]{{2,}}", text):
            raise ValueError(f"has to be in Slack's ids, such as {example}")
        return text

    return AfterValidator(check)


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
Ids = Annotated[tuple[Annotated[str, _slack_id("UW", "U012AB3CD")], ...], NoDecode, BeforeValidator(_listed)]
Channel = Annotated[str, _slack_id("CG", "C012AB3CD")] | None
Url = Annotated[str, BeforeValidator(_safe_url)]
Secret = Annotated[SecretStr, Field(min_length=1)]


class Settings(BaseSettings):
    """Everything that a company decides; the names are those of the environment, in lower case."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True, frozen=True
    )

    slack_bot_token: Annotated[SecretStr, _starting("xoxb-")]
    slack_api_url: Url = "https://slack.com/api/"

    giftbot_provider: Literal["wegift"] = "wegift"
    wegift_api_key: Secret
    wegift_card_id: Annotated[str, Field(min_length=1)]
    wegift_api_url: Url = wegift.DEFAULT_URL
    giftbot_link_hosts: Listed

    giftbot_database: Path = Path("giftbot.db")
    giftbot_approvers: Ids
    giftbot_approvals_channel: Channel = None
    giftbot_countries: Annotated[Listed, Field(max_length=100)] = ("GB", "US")
    giftbot_max_amount: Listed = ("100",)
    giftbot_settle_seconds: Annotated[float, Field(gt=0, le=600)] = 30

    giftbot_log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    giftbot_log_format: Literal["auto", "text", "json"] = "auto"

    @field_validator("giftbot_countries")
    @classmethod
    def _with_a_currency(cls, countries: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [country for country in countries if currency_of(country) is None]
        if unknown:
            raise ValueError(f"has unknown countries, please use ISO codes such as GB: {', '.join(unknown)}")
        return countries

    @field_validator("giftbot_link_hosts")
    @classmethod
    def _bare_hosts(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        if any("/" in host or ":" in host or "." not in host for host in hosts):
            raise ValueError("has to list plain host names, such as gifts.example.com")
        return tuple(host.lower() for host in hosts)

    @field_validator("giftbot_max_amount")
    @classmethod
    def _a_limit_for_each_currency(cls, limits: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        amounts = _amounts(limits)
        if countries := info.data.get("giftbot_countries"):
            _limits(amounts, countries)
        return limits

    def policy(self) -> Policy:
        """The company's rules."""
        return Policy(
            approvers=frozenset(self.giftbot_approvers),
            countries=self.giftbot_countries,
            largest=_limits(_amounts(self.giftbot_max_amount), self.giftbot_countries),
        )

    def secrets(self) -> list[str]:
        """Every secret among the settings, for the logs to leave out."""
        return [value.get_secret_value() for _, value in self if isinstance(value, SecretStr)]


class SocketSettings(Settings):
    """For `giftbot run`: Socket Mode."""

    slack_app_token: Annotated[SecretStr, _starting("xapp-")]


class HttpSettings(Settings):
    """For `giftbot run --http`."""

    slack_signing_secret: Secret


S = TypeVar("S", bound=Settings)


def read_settings(kind: type[S]) -> S:
    """The settings of this process.

    Raises:
        SettingsWrong: with every missing or wrong variable, one to a line.
    """
    try:
        return kind()
    except ValidationError as error:
        lines = sorted({_line(fault["loc"], fault["type"], fault["msg"]) for fault in error.errors()})
        raise SettingsWrong("giftbot cannot start. Please set or mend:\n" + "\n".join(lines)) from None


def _line(location: tuple[int | str, ...], kind: str, message: str) -> str:
    name = str(location[0]).upper()
    if kind == "missing":
        return f"  {name} is missing"
    return f"  {name}: {message.removeprefix('Value error, ')}"


def _amounts(parts: tuple[str, ...]) -> dict[str, Decimal]:
    """Amounts by currency from `250, 30000 JPY`; one without a currency stands under the empty name."""
    amounts = {}
    for part in parts:
        number, _, currency = part.partition(" ")
        if not re.fullmatch(r"\d{1,9}(\.\d+)?", number, re.ASCII):
            raise ValueError("has to be amounts, such as 250 or 250 GBP, 300 USD")
        amounts[currency] = Decimal(number)
    return amounts


def _limits(amounts: dict[str, Decimal], countries: tuple[str, ...]) -> dict[str, Money]:
    """The largest gift in each offered currency; an amount without one is for all that have none of their own."""
    currencies = sorted({currency_of(country) or "" for country in countries})
    if unused := amounts.keys() - {*currencies, ""}:
        raise ValueError(f"has a limit in {', '.join(sorted(unused))}, which no offered country uses")
    limits = {currency: amounts.get(currency, amounts.get("")) for currency in currencies}
    if without := sorted(currency for currency, limit in limits.items() if limit is None):
        raise ValueError(f"has no limit for {', '.join(without)}")
    try:
        return {currency: from_major(limit, currency) for currency, limit in limits.items() if limit is not None}
    except Invalid as invalid:
        raise ValueError(invalid.user_message) from None
