"""Cursor pages, as Runa's API cuts its lists into them: the end is an empty page, which has no cursors."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from bot.sandbox.simulator.giftcards.service import RefusedOrder

Json = dict[str, Any]
R = TypeVar("R")

LARGEST_PAGE: Final = 500


def page(
    rows: Sequence[R], query: Mapping[str, str], *, name_of: Callable[[R], str], limit: int
) -> tuple[list[R], Json]:
    """Cut a page out of rows by its cursors, and write where it stands; an empty page is the end."""
    limit = _limit(query.get("limit", str(limit)))
    names = [name_of(row) for row in rows]
    before, after = query.get("before"), query.get("after")
    if (before and after) or not {before, after} - {None} <= set(names):
        raise RefusedOrder("pagination_error", 400, "There was an issue with the pagination parameters")
    end = names.index(before) if before else len(rows)
    start = names.index(after) + 1 if after else max(0, end - limit) if before else 0
    shown = list(rows[start:end])[:limit]
    cursors = {"before": name_of(shown[0]), "after": name_of(shown[-1])} if shown else {}
    return shown, {"cursors": cursors, "page": {"limit": limit}}


def _limit(asked: str) -> int:
    if not asked.isdecimal() or not 1 <= int(asked) <= LARGEST_PAGE:
        raise RefusedOrder("pagination_error", 400, f"limit must be from 1 to {LARGEST_PAGE}")
    return int(asked)
