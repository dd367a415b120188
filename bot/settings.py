"""The only reader of the environment (and of `.env`): every problem is named at once, and no value is ever quoted."""

import re
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

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
from pydantic_settings import NoDecode

from bot.config_file import Company, read_company
from bot.config_file.amounts import amounts, every
from bot.config_file.complaints import plain
from bot.config_file.policy import USUAL_FILE, Defaults, policy_of
from bot.environment import FromEnvironment, ListOf, Secret, Url, listed, starting
from bot.giftcards.account import Account
from bot.giftcards.registry import PROVIDERS, tables, usual_provider
from bot.gifts.model.currencies import currency_of
from bot.gifts.model.policy import Policy

_LONG_ENOUGH = 32


class SettingsWrong(Exception):
    """The environment does not describe a bot that can run; the message names everything that is wrong."""


def _hard_to_guess(key: SecretStr) -> SecretStr:
    if len(key) < _LONG_ENOUGH:
        raise ValueError(f"has to have at least {_LONG_ENOUGH} characters, such as openssl rand -hex 32 prints")
    return key


def _slack_id(letters: str, example: str) -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(f"[{letters}][A-Z0-9]{{2,}}", text):
            raise ValueError(f"has to be in Slack's ids, such as {example}")
        return text

    return AfterValidator(check)


def _company(given: object) -> object:
    """What the file says; one that somebody named, which comes as text, has to be there."""
    if isinstance(given, Company):
        return given
    return read_company(Path(str(given)), tables(), may_be_missing=given == USUAL_FILE)


def _registered(name: str) -> str:
    if name not in PROVIDERS:
        raise ValueError(f"has to be {' or '.join(map(repr, PROVIDERS))}")
    return name


Ids = Annotated[tuple[Annotated[str, _slack_id("UW", "U012AB3CD")], ...], NoDecode, BeforeValidator(listed)]
Channel = Annotated[str, _slack_id("CG", "C012AB3CD")] | None
CompanyFile = Annotated[Company, NoDecode, BeforeValidator(_company), Field(validate_default=True)]
BotToken = Annotated[SecretStr, starting("xoxb-")]
AuditKey = Annotated[SecretStr, AfterValidator(_hard_to_guess)]


class DatabaseSettings(FromEnvironment):
    """For `giftbot audit show`, which needs no key at all."""

    giftbot_database: Path = Path("giftbot.db")


class AuditSettings(DatabaseSettings):
    """For `giftbot audit verify`, which needs neither Slack's tokens nor the gift card service's key."""

    giftbot_audit_key: AuditKey


class CompanySettings(FromEnvironment):
    """What a company decides about gifts, in the environment and in giftbot.toml."""

    giftbot_config: CompanyFile = USUAL_FILE  # type: ignore[assignment] # it is read, as a path that is given
    giftbot_database: Path = Path("giftbot.db")
    giftbot_approvers: Annotated[Ids, Field(validate_default=True)] = ()
    giftbot_approvals_channel: Channel = None
    giftbot_countries: Annotated[ListOf, Field(max_length=100)] = ("GB", "US")
    giftbot_max_amount: ListOf = ("100",)

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
        usual = Defaults(self.giftbot_approvers, self.giftbot_countries, amounts(self.giftbot_max_amount))
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

    slack_app_token: Annotated[SecretStr, starting("xapp-")]


class HttpSettings(Settings):
    """For `giftbot run --http`."""

    slack_signing_secret: Secret


class _Choice(FromEnvironment):
    giftbot_provider: Annotated[str, AfterValidator(_registered)] = Field(default_factory=usual_provider)

    @property
    def provider(self) -> type[Account]:
        """What is known of the gift card service, whoever has an account there."""
        return PROVIDERS[self.giftbot_provider]


class PolicySettings(CompanySettings, _Choice):
    """For `giftbot policy`, which needs no key of the gift card service; Slack is asked who is who if it can be."""

    slack_bot_token: BotToken | None = None
    slack_api_url: Url = "https://slack.com/api/"


S = TypeVar("S", bound=Settings)
F = TypeVar("F", bound=FromEnvironment)


def read_settings(transport: type[S]) -> tuple[S, Account]:
    """The settings of this process, and the account at the gift card service that they name.

    Raises:
        SettingsWrong: with every missing or wrong variable, one to a line.
    """
    problems: set[str] = set()
    choice = _attempt(_Choice, problems)
    settings = _attempt(transport, problems)
    company = settings.giftbot_config if settings else Company()
    account = _attempt(choice.provider, problems, giftbot_config=company) if choice else None
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


def _attempt(kind: type[F], problems: set[str], **given: Any) -> F | None:
    try:
        return kind(**given)
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
