"""What the environment and giftbot.toml say about an account at Runa; the key says in which environment it is."""

import re
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator

from bot.config_file.sections import Currency, Section
from bot.environment import Hosts, Url, starting
from bot.giftcards.account import Account

NAME = "runa"
PRODUCTION_URL = "https://api.runa.io/v2"
PLAYGROUND_URL = "https://playground.runa.io/v2"
PRODUCTION_LINKS = "spend.runa.io"
PLAYGROUND_LINKS = "spend.playground.runa.io"
PLAYGROUND_TEMPLATES = {
    "USD": "PT-01HQ12PV4B8XMBRTK281JM54KK",
    "GBP": "PT-01HPPT8ME05693EG77RCGKMX7N",
    "EUR": "PT-01HQ130AHCKRRB45Z5XV2Y8W9K",
    "CAD": "PT-01HQ12SMX2964BVXG2N69K8HF3",
}
_PLAYGROUND_KEY, _PRODUCTION_KEY = "XX", "wg"  # what keys start with

TemplateId = Annotated[str, Field(pattern=r"^PT-[A-Z0-9]+$")]


def _webhook_secret(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"whsec_(?:[A-Za-z0-9+/]{4}){8,}(?:[A-Za-z0-9+/]{2,3}={0,2})?", secret.get_secret_value()):
        raise ValueError("has to start with whsec_, followed by the signing secret of the webhook's endpoint")
    return secret


def is_for_playground(key: SecretStr) -> bool:
    """Whether a key orders with play money."""
    return key.get_secret_value().startswith(_PLAYGROUND_KEY)


class RunaTable(Section):
    """[runa]: templates of what recipients choose from, by currency."""

    templates: dict[Currency, TemplateId] = Field(default_factory=dict)


class RunaSettings(Account):
    """The account; `api_url`, `templates` and hosts of links follow from the key, unless they are set."""

    runa_api_key: Annotated[SecretStr, starting(_PLAYGROUND_KEY, _PRODUCTION_KEY)]
    runa_api_url: Url | None = None
    runa_webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] | None = None
    giftbot_link_hosts: Hosts | None = None

    @field_validator("runa_api_url")
    @classmethod
    def _of_the_keys_environment(cls, url: str | None, info: ValidationInfo) -> str | None:
        key = info.data.get("runa_api_key")
        if url and key:
            other = PRODUCTION_URL if is_for_playground(key) else PLAYGROUND_URL
            if urlsplit(url).hostname == urlsplit(other).hostname:
                raise ValueError("is for the other environment than RUNA_API_KEY, whose first letters say which")
        return url

    @property
    def is_for_playground(self) -> bool:
        """Whether it is for play money."""
        return is_for_playground(self.runa_api_key)

    @property
    def api_url(self) -> str:
        """The base URL: as set, or that of the key's environment."""
        return self.runa_api_url or (PLAYGROUND_URL if self.is_for_playground else PRODUCTION_URL)

    @property
    def own_templates(self) -> Mapping[str, str]:
        """The company's own, by currency."""
        return self.giftbot_config.table(NAME, RunaTable).templates

    @property
    def templates(self) -> Mapping[str, str]:
        """What recipients choose from, by currency; without one they choose among all that can be ordered."""
        return {**PLAYGROUND_TEMPLATES, **self.own_templates} if self.is_for_playground else self.own_templates

    @property
    def link_hosts(self) -> frozenset[str]:
        """The hosts that a redemption link may have: as set, or those of the key's environment."""
        return frozenset(self.giftbot_link_hosts or [self._links])

    @property
    def own_link_hosts(self) -> frozenset[str]:
        """Those of the key's environment, unless orders go elsewhere."""
        return frozenset() if self.runa_api_url else frozenset([self._links])

    @property
    def _links(self) -> str:
        return PLAYGROUND_LINKS if self.is_for_playground else PRODUCTION_LINKS
