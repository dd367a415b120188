"""giftbot.toml: what a company settles beyond the environment. Every mistake is named at once, by its key."""

import stat
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import Field, PrivateAttr, ValidationError, create_model

from bot.config_file.complaints import complaint, plain
from bot.config_file.error_locations import key_of
from bot.config_file.sections import (
    AfterDeliverySection,
    AnnouncementsSection,
    BudgetSection,
    CompanySection,
    Name,
    Pool,
    RequestsSection,
    RuleSection,
    Section,
    WaitingSection,
    WorkingHoursSection,
    weekdays,
)
from bot.gifts.model.business_hours import BusinessHours, EscalationDelays
from bot.gifts.model.currencies import currency_in
from bot.gifts.model.policy import Announcing
from bot.gifts.orders.redemption import RedemptionSettings
from bot.input_limits import LARGEST_CONFIG

_MOST_DOTS = 500
_NO_TABLES: Mapping[str, type[Section]] = MappingProxyType({})

S = TypeVar("S", bound=Section)


class Company(Section):
    """The whole file; without one, everything is as usual."""

    company: CompanySection = CompanySection()
    requests: RequestsSection = RequestsSection()
    pools: dict[Name, Pool] = Field(default_factory=dict)
    rules: list[RuleSection] = Field(default_factory=list)
    budgets: list[BudgetSection] = Field(default_factory=list)
    working_hours: WorkingHoursSection = WorkingHoursSection()
    waiting: WaitingSection = WaitingSection()
    announcements: AnnouncementsSection = AnnouncementsSection()
    after_delivery: AfterDeliverySection = AfterDeliverySection()

    _path: Path | None = PrivateAttr(default=None)

    def model_post_init(self, context: object) -> None:
        """Know which file it was read from."""
        self._path = context if isinstance(context, Path) else None

    @property
    def path(self) -> Path | None:
        """Where it stands, if it does."""
        return self._path

    def table(self, name: str, kind: type[S]) -> S:
        """The table of a gift card service; as usual, where the file has none."""
        found = getattr(self, name, None)
        return found if isinstance(found, kind) else kind()

    @property
    def settled(self) -> Mapping[str, object]:
        """What the file says, by its key; the rest is as usual."""
        return dict(_leaves(self.model_dump(exclude_unset=True)))

    def currencies_of(self, countries: Iterable[str]) -> set[str]:
        """The currencies in which gifts for these countries are, where no catalogue says otherwise."""
        return {currency_in(country, self.requests.currencies) for country in countries}

    @property
    def patience(self) -> EscalationDelays:
        """How long a step may wait."""
        hours, waiting = self.working_hours, self.waiting
        days, dates = weekdays(hours.days), frozenset(hours.holidays)
        office = BusinessHours(days, hours.opens, hours.closes, dates, hours.holidays_of)
        return EscalationDelays(
            office,
            timedelta(hours=waiting.remind_after_hours),
            timedelta(hours=waiting.backup_after_hours),
            waiting.expire_after_days * office.a_day,
        )

    @property
    def announcing(self) -> Announcing:
        """What a channel hears of a gift that has arrived."""
        settled = self.announcements
        return Announcing(settled.channel, tuple(settled.hashtags), settled.may_name_amount)

    @property
    def care(self) -> RedemptionSettings:
        """How a gift is looked after that its recipient has."""
        settled = self.after_delivery
        reminders = tuple(timedelta(days=days) for days in sorted({*settled.remind_after_days}))
        return RedemptionSettings(settled.checks_a_minute, reminders, settled.shows_a_day)


def read_company(
    path: Path, tables: Mapping[str, type[Section]] = _NO_TABLES, *, may_be_missing: bool = False
) -> Company:
    """The file, in which each gift card service may have a table of its own: `tables` are by its name.

    Raises:
        ValueError: it cannot be read; one line for each mistake, with the key that it is about.
    """
    try:
        text = _text(path)
    except OSError as error:
        if may_be_missing and isinstance(error, FileNotFoundError):
            return Company()
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    document = _document(path, text)
    fields: dict[str, Any] = {name: (kind, kind()) for name, kind in tables.items()}
    try:
        return create_model("Company", __base__=Company, **fields).model_validate(document, context=path)
    except ValidationError as error:
        faults = [f"{key_of(fault['loc'], document)}: {plain(fault['type'], fault['msg'])}" for fault in error.errors()]
        raise ValueError(complaint(path, faults)) from None


def _text(path: Path) -> str:
    """What a file says; nobody waits for a pipe, or reads a disk to its end."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
        raise ValueError(f"{path} cannot be read: it is a device or a pipe, and no file")
    if found.st_size > LARGEST_CONFIG:
        raise ValueError(f"{path} cannot be read: it is larger than {LARGEST_CONFIG // 1024} KiB")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is no TOML file: it has to be text in UTF-8") from None


def _document(path: Path, text: str) -> dict[str, object]:
    """What TOML makes of it; its parser takes the square of the depth of a key."""
    if any(line.count(".") > _MOST_DOTS for line in text.splitlines()):
        raise ValueError(f"{path} is no TOML file: it has a line of more than {_MOST_DOTS} dots")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path} is no TOML file: {error}") from None
    except RecursionError:
        raise ValueError(f"{path} is no TOML file: it has too many lists or tables in each other") from None
    except ValueError:
        raise ValueError(f"{path} is no TOML file: it has a number of more than 4,300 digits") from None


def _leaves(table: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value
