"""What is left when the story is over: what the services and the files hold, and whether it is what was promised."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from bot.sandbox.demo.environment import Stage
from bot.sandbox.simulator import Order, Person, ShownMessage

SETTLED: Final = {"delivered", "cancelled"}  # the states in which a gift needs nothing more


@dataclass(frozen=True)
class Reader:
    """What one person or channel got from the bot."""

    name: str
    messages: int
    links: list[str]


@dataclass(frozen=True)
class Ledger:
    """Three books: what was ordered, what was delivered, what is stored."""

    orders: Sequence[Order]
    asked: Counter[str]  # requests for an order, by key
    readers: Sequence[Reader]
    strayed: Sequence[str]  # the recipients whose links others were shown
    gifts: Counter[str]  # by state
    history: int
    files: dict[str, bytes]

    @property
    def links_at_rest_in(self) -> list[str]:
        """The files in which any link is found, by the part of it that is secret."""
        secrets = [item.link.rpartition("/")[2].encode() for order in self.orders for item in order.items]
        return [name for name, content in self.files.items() if any(secret in content for secret in secrets)]

    @property
    def finds_orders(self) -> bool:
        """Whether the same search finds what has to be there: without it, to find no link would mean nothing."""
        return all(any(order.id.encode() in content for content in self.files.values()) for order in self.orders)

    def problems(self, recipients: Sequence[Person], in_review: int = 0) -> list[str]:
        """Everything in which the books differ from what was promised to these recipients, a gift each.

        So many `in_review` gifts wait for a person, and nothing was bought for them.
        """
        promised = len(recipients)
        waiting = {"needs_review"} if in_review else set[str]()
        opened = [link for reader in self.readers for link in reader.links]
        got = Counter({reader.name: len(reader.links) for reader in self.readers if reader.links})
        checks = {
            f"{promised} gifts were approved, but {len(self.orders)} orders made.": len(self.orders) == promised,
            "There are not as many keys as orders.": len(self.asked) == len(self.orders),
            f"{promised} gifts were approved, but {self.gifts['delivered']} are stored as delivered.": (
                self.gifts["delivered"] == promised
            ),
            f"Gifts are left behind: {dict(self.gifts)}.": (
                self.gifts.keys() <= SETTLED | waiting and self.gifts["needs_review"] == in_review
            ),
            f"The messages with a link went astray: {dict(got)}.": got == Counter(person.name for person in recipients),
            "The links delivered are not those that were bought.": (
                sorted(opened) == sorted(item.link for order in self.orders for item in order.items)
            ),
            f"Others were shown the link of {', '.join(self.strayed)}.": not self.strayed,
            f"A link is at rest in {', '.join(self.links_at_rest_in)}.": not self.links_at_rest_in,
            "The search of the files does not even find the orders.": self.finds_orders,
        }
        return [problem for problem, is_kept in checks.items() if not is_kept]


def read(stage: Stage) -> Ledger:
    """Look everything up where it is, while the bot is still running."""
    slack, giftcards, cast = stage.simulator.slack, stage.simulator.giftcards, stage.cast
    people = {person: _reader(person.name, person.messages()) for person in cast.everybody}
    gifts, history = _stored(Path(stage.settings["GIFTBOT_DATABASE"]))
    return Ledger(
        orders=giftcards.orders,
        asked=Counter(
            call.arguments["idempotency_key"] for call in giftcards.calls if call.name == giftcards.order_call
        ),
        readers=[*people.values(), _reader("#general", slack.messages(cast.general))],
        strayed=[
            person.name
            for person, reader in people.items()
            if any(link in shown for link in reader.links for shown in slack.everything_shown(except_to=person))
        ],
        gifts=gifts,
        history=history,
        files={path.name: path.read_bytes() for path in sorted(stage.folder.iterdir())},
    )


def _reader(name: str, messages: Sequence[ShownMessage]) -> Reader:
    return Reader(name, len(messages), [link for message in messages for link in message.links])


def _stored(path: Path) -> tuple[Counter[str], int]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        database = Database(connection, execute_plugins=False)
        rows: list[dict[str, Any]] = list(database["gifts"].rows)
        return Counter(row["state"] for row in rows), database["history"].count
