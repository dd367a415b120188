"""Covers what nobody may read behind the scenes: tokens, keys, and the links that are money."""

import json
import re
from textwrap import shorten
from typing import Any, Final

from bot.sandbox.simulator import Simulator

LONGEST: Final = 2000
HIDDEN: Final = "…"


class Veil:
    """Takes the secrets of one simulator out of texts."""

    def __init__(self, simulator: Simulator) -> None:
        slack = simulator.slack
        secrets = [slack.bot_token, slack.app_token, slack.signing_secret, simulator.giftcards.api_key]
        hosts = "|".join(map(re.escape, simulator.giftcards.link_hosts))
        self._secrets = re.compile("|".join(map(re.escape, secrets)))
        self._links = re.compile(rf"(https://(?:{hosts})/)[^\s\"'<>|\\]+")

    def over(self, text: str) -> str:
        """Give the text without its secrets."""
        return self._secrets.sub(HIDDEN, self._links.sub(rf"\1{HIDDEN}", text))

    def over_json(self, content: Any) -> str:
        """Write something as JSON without its secrets, and no longer than can be read."""
        return shorten(self.over(json.dumps(content, ensure_ascii=False)), LONGEST, placeholder=f" {HIDDEN}")
