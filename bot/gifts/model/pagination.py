"""PURE: long lists, a page at a time: a page begins beside a line that is known, so that none is ever counted off."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Generic, Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

ON_A_PAGE: Final = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """A line of a list, by the time that the list is sorted by, and its id among those of the same time."""

    at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page lies: right behind a line, or right before it (`back`); without a line, at the beginning."""

    mark: Mark | None = None
    back: bool = False


BEGINNING: Final = Place()


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some lines of a list, and where the pages before and behind them lie; None where there is none."""

    lines: Sequence[T] = ()
    before: Place | None = None
    behind: Place | None = None


class Read(Protocol[T_co]):
    """Reads at most `limit` lines that are nearest to a place, in the order of the list."""

    def __call__(self, *, limit: int, place: Place) -> Sequence[T_co]:
        """Read them."""


def page_of(read: Read[T], mark_of: Callable[[T], Mark], place: Place) -> Page[T]:
    """The page at a place; a near one where that has become empty meanwhile."""
    lines = read(limit=ON_A_PAGE + 1, place=place)
    if place.back and len(lines) <= ON_A_PAGE:
        return page_of(read, mark_of, BEGINNING)
    if place.mark and not lines:
        return page_of(read, mark_of, replace(place, back=True))
    has_more = len(lines) > ON_A_PAGE
    shown = lines[-ON_A_PAGE:] if place.back else lines[:ON_A_PAGE]
    return Page(
        shown,
        before=Place(mark_of(shown[0]), back=True) if place.mark else None,
        behind=Place(mark_of(shown[-1])) if place.back or has_more else None,
    )
