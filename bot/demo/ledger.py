"""What is left when the story is over: what the services and the files hold, and whether it is what was promised."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table
from sqlite_utils import Database

from bot.demo.stage import Stage
from bot.simulator import Order, Person, Slack
from bot.simulator.giftcard_api import ORDER


@dataclass(frozen=True)
class Received:
    """What one reader got from the bot."""

    name: str
    messages: int
    links: list[str]


@dataclass(frozen=True)
class Ledger:
    """Three books: what was ordered, what was delivered, what is stored."""

    orders: list[Order]
    requests: Counter[str]  # for orders, by their keys
    received: list[Received]
    strayed: list[str]  # links that somebody else than their recipient was shown
    gifts: Counter[str]  # by their states
    history: int
    files: dict[str, bytes]

    @classmethod
    def of(cls, stage: Stage) -> "Ledger":
        """Look everything up, where it is and as it is."""
        slack, giftcards, cast = stage.simulator.slack, stage.simulator.giftcards, stage.cast
        general = Received("#general", *_counted(slack.messages(cast.general), giftcards.links))
        ...
