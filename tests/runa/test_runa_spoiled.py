"""Good replies of Runa, spoiled in every way: never taken for more than they say."""

import asyncio
import copy
import json
import re
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.gifts.model.outcomes import LinkReady, NotYet, OrderFailed, OutcomeUnknown, Placed
from tests.harness.runa_server import reply, says, stranger

SPOILS: list[Any] = [
    None,
    True,
    0,
    -1,
    25,
    26,
    10**30,
    1e300,
    float("nan"),
    float("inf"),
    "",
    "x",
    "NaN",
    "-25.00",
    "25.001",
    "1E999999",
    "1E-999999",
    "26.00",
    "GBP",
    "JPY",
    "USD",
    "O-2",
    "../x",
    "COMPLETED",
    "PROCESSING",
    "FAILED",
    "x" * 5000,
    "\u0000",
    "https://elsewhere.test/another-secret-link",
    [],
    {},
    [[]],
    {"url": "https://elsewhere.test/another-secret-link"},
]


def _steps(value: Any) -> Iterator[tuple[Any, ...]]:
    """The ways to everything in a reply."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in inside:
        yield (step,)
        yield from ((step, *more) for more in _steps(part))


@st.composite
def spoiled(draw: st.DrawFn) -> Any:
    """A good reply in which one to four things are wrong."""
    spoils: Any = copy.deepcopy(reply())
    for _ in range(draw(st.integers(1, 4))):
        ways = [*_steps(spoils)]
        if not ways:
            return spoils
        *way, last = draw(st.sampled_from(ways))
        inside = spoils
        for step in way:
            inside = inside[step]
        match draw(st.sampled_from(["other", "gone", "again", "new"])):
            case "other":
                inside[last] = copy.deepcopy(draw(st.sampled_from(SPOILS)))
            case "gone":
                del inside[last]
            case "again" if isinstance(inside, list):
                inside.append(copy.deepcopy(inside[last]))
            case "again" | "new" if isinstance(inside, dict):
                inside[f"new_{last}"] = copy.deepcopy(inside[last])
    return spoils


Kiosk = Callable[[Any], tuple[Any, Any]]


@pytest.fixture
def kiosk() -> Iterator[Kiosk]:
    """One stranger for many replies: what an order and its link are taken to be."""
    shown: list[Any] = [None]

    def page(request: web.Request) -> Any:
        return says(shown[0])(request)

    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        here = runner.run(stack.enter_async_context(stranger(page)))

        async def answers(content: Any) -> tuple[Any, Any]:
            shown[0] = content
            here.asked.clear()
            return await here.places(), await here.fetches()

        yield lambda content: runner.run(answers(content))
        runner.run(stack.aclose())


def _is_of(link: LinkReady, shown: Any) -> bool:
    """Whether a link with its value is that of the only item of what was shown."""
    (item,) = shown["items"]
    return (
        link.link.get_secret_value() == item["payout"]["url"]
        and link.value.major == Decimal(str(item["face_value"]))
        and link.value.currency == shown.get("currency", "")
    )


def test_no_spoiled_reply_is_taken_for_more_than_it_says(kiosk: Kiosk) -> None:
    """Nothing raises; no order without its id, no link but the order's own, no refusal but of what failed."""

    @settings(max_examples=200, deadline=None)
    @given(spoiled())
    def check(shown: Any) -> None:
        placed, link = kiosk(shown)
        assert isinstance(placed, Placed | OrderFailed | OutcomeUnknown)
        assert isinstance(link, LinkReady | NotYet | OrderFailed | OutcomeUnknown)
        if isinstance(placed, Placed):
            assert re.fullmatch(r"[A-Za-z0-9_-]{1,100}", placed.order_id)
            assert placed.order_id == shown["id"]
            assert placed.value is None or shown["status"] == "COMPLETED"
            assert placed.ready is None or (placed.ready.value == placed.value and _is_of(placed.ready, shown))
        if isinstance(link, LinkReady):
            assert shown["id"] == "O-1"
            assert _is_of(link, shown)
        if OrderFailed in {type(placed), type(link)}:
            assert shown["status"] == "FAILED"
        assert "secret-link" not in f"{placed} {link}"

    check()


WORDS = st.sampled_from(["id", "status", "items", "currency", "payout", "url", "face_value", "COMPLETED", "O-1"])


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=5)


ANYTHING = st.recursive(
    LEAVES, lambda part: st.lists(part, max_size=3) | st.dictionaries(WORDS, part, max_size=4), max_leaves=8
)


def test_no_json_at_all_is_an_accident(kiosk: Kiosk) -> None:
    """Whatever can be written, nothing raises, and nothing is an order with a link."""

    @settings(max_examples=60, deadline=None)
    @given(ANYTHING)
    def check(shown: Any) -> None:
        placed, link = kiosk(json.dumps(shown))
        assert isinstance(placed, Placed | OrderFailed | OutcomeUnknown)
        assert isinstance(link, NotYet | OrderFailed | OutcomeUnknown)

    check()
