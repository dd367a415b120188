"""The life of a gift: what may follow what, what is said when it stops, and the table of it in docs/architecture.md."""

import itertools
import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from bot.gifts import flow
from bot.gifts.model.approval_rules import one_of
from bot.gifts.model.errors import IllegalMove
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import (
    GIFT_LIFE,
    REQUEST_LIFE,
    Gift,
    GiftState,
    GiftStep,
    Request,
    RequestState,
    RequestStep,
    after,
)
from bot.gifts.model.money import Money
from bot.gifts.model.order import SPARE, key_is_old, key_of
from bot.gifts.model.policy import Policy
from tests.harness.fast_world import CalmCompany

ARCHITECTURE = Path(__file__).parents[1] / "docs" / "architecture.md"
ENDS = {GiftState.CLAIMED, GiftState.EXPIRED, GiftState.CANCELLED}
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def table_of_life() -> str:
    """The table of docs/architecture.md, as the code says it."""
    lines = [f"| {move.before} | {move.step} | {move.after} | {move.cause} |" for move in GIFT_LIFE]
    return "\n".join(["| from | step | to | because |", "|---|---|---|---|", *lines])


@pytest.mark.parametrize(("state", "step"), list(itertools.product(GiftState, GiftStep)))
def test_a_gift_takes_only_the_steps_of_its_life(state: GiftState, step: GiftStep) -> None:
    """Every step from every state either leads where the table says, or is a mistake in our own code."""
    written = [move.after for move in GIFT_LIFE if (move.before, move.step) == (state, step)]
    if written:
        assert [after(state, step)] == written
    else:
        with pytest.raises(IllegalMove, match=f"{state} cannot {step}"):
            after(state, step)


def test_every_state_is_reached() -> None:
    """From waiting, every state lies on some way."""
    reached = {GiftState.WAITING}
    while more := {move.after for move in GIFT_LIFE if move.before in reached} - reached:
        reached |= more
    assert reached == set(GiftState)


def test_every_state_has_a_way_on_or_is_an_end() -> None:
    """Nothing is stuck: only a gift that is claimed, expired or cancelled has nothing left to do."""
    assert set(GiftState) - {move.before for move in GIFT_LIFE} == ENDS


@pytest.mark.parametrize("start", [state for state in GiftState if state not in ENDS])
def test_a_gift_that_has_not_ended_can_still_arrive(start: GiftState) -> None:
    """From wherever it stands, there is a way to its recipient."""
    reached = {start}
    while more := {move.after for move in GIFT_LIFE if move.before in reached} - reached:
        reached |= more
    assert GiftState.DELIVERED in reached


def test_nothing_is_ordered_without_an_approval() -> None:
    """The only way out of waiting, other than being dropped, is an approval."""
    assert [(move.step, move.after) for move in GIFT_LIFE if move.before is GiftState.WAITING] == [
        (GiftStep.APPROVE, GiftState.APPROVED),
        (GiftStep.DROP, GiftState.CANCELLED),
    ]
    assert [move.before for move in GIFT_LIFE if move.step is GiftStep.PLACE] == [GiftState.APPROVED]


@pytest.mark.parametrize("state", GiftState)
def test_a_gift_moves_or_waits_for_a_person_or_neither(state: GiftState) -> None:
    """What the machine works on, it can finish or stop; what waits for a person, a person can set going."""
    gift = Gift("g", "r", "U", state)
    assert not (gift.in_progress and gift.needs_attention)
    steps = {move.step for move in GIFT_LIFE if move.before is state}
    assert gift.in_progress == (GiftStep.PARK in steps)
    again = {GiftStep.ORDER_ANEW, GiftStep.ASK_AGAIN, GiftStep.DELIVER_AGAIN}
    assert gift.needs_attention == bool(steps & again)


def test_a_request_is_decided_once() -> None:
    """A pending request can be approved, declined or cancelled, and each of these is an end."""
    assert {state for state, _ in REQUEST_LIFE} == {RequestState.PENDING}
    assert {step for _, step in REQUEST_LIFE} == set(RequestStep)
    assert {RequestState.PENDING, *REQUEST_LIFE.values()} == set(RequestState)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_says_what_happened_and_what_to_do(reason: Reason) -> None:
    """Words fit into a sentence, remedies are sentences; both are plain, and only some troubles cannot be retried."""
    for words in map(str, (reason.words, reason.for_requester)):
        assert words[0].islower()
        assert not words.endswith((".", " "))
        assert not any(code in words for code in ("_", "{", "http", "Error"))
    assert str(reason.remedy).endswith(".")
    assert str(reason.remedy)[0].isupper()
    assert timedelta(0) < reason.patience <= timedelta(days=4)


@pytest.mark.parametrize("reason", Reason)
def test_whoever_cannot_retry_is_not_told_to(reason: Reason) -> None:
    """The remedy speaks of retrying exactly where the button is."""
    assert ("retry" in str(reason.remedy).lower()) == reason.can_retry


def test_the_same_gift_has_the_same_key_for_ever() -> None:
    """The key is derived from request, recipient and attempt; this one was computed when the product began."""
    gift = Gift("g", "7f1c2c1e-4f57-4c0e-8a55-9b54a3f2f1d0", "U0ROB", GiftState.APPROVED)
    assert key_of(gift) == key_of(Gift("other", gift.request_id, "U0ROB", GiftState.NEEDS_REVIEW))
    assert key_of(gift) == "24c915ef-7e1e-5bea-a083-6c73867d5888"
    others = [
        Gift("g", gift.request_id, "U0EVE", GiftState.APPROVED),
        Gift("g", gift.request_id, "U0ROB", GiftState.APPROVED, attempt=2),
        Gift("g", "7f1c2c1e-4f57-4c0e-8a55-9b54a3f2f1d1", "U0ROB", GiftState.APPROVED),
    ]
    assert len({key_of(gift), *map(key_of, others)}) == 4
    assert UUID(key_of(gift)).version == 5


KEY_LIFE = timedelta(days=30)  # of some service


@pytest.mark.parametrize(
    ("age", "old"),
    [
        (timedelta(0), False),
        (KEY_LIFE - SPARE, False),
        (KEY_LIFE - SPARE + timedelta(seconds=1), True),
        (KEY_LIFE, True),
        (timedelta(days=-1), False),
    ],
)
def test_a_key_is_not_sent_past_its_life(age: timedelta, old: bool) -> None:  # noqa: FBT001 - a table's column
    """A service that forgets a key would then order again: a day before, it is old. Each attempt has its own key."""
    gift = Gift("g", "r", "U0ROB", GiftState.APPROVED)
    request = Request("r", "U0MIA", (gift,), Money(2500, "GBP", 2), "GB", "thanks", NOON)
    assert key_is_old(request, gift, NOON + age, KEY_LIFE) is old
    another = replace(gift, attempt=2, attempt_at=NOON + timedelta(days=50))
    assert key_is_old(request, another, NOON + timedelta(days=50) + age, KEY_LIFE) is old
    assert not key_is_old(request, gift, NOON + age, None), "it is never forgotten"


def test_the_table_of_the_flow_is_what_its_code_does(tmp_path: Path) -> None:
    """Each row of flow.py: the job's step is that method, and what may become of the gift is what a machine may do."""
    with closing(CalmCompany(tmp_path, Policy(one_of(["UABE"]), ("GB",), {"GBP": Money(100, "GBP", 2)}), 1)) as company:
        methods = {str(task): step.__qualname__ for task, step in company.services.steps.items()}
    by_machines = [move for move in GIFT_LIFE if not move.cause.startswith(("an approver", "the request"))]
    rows = re.findall(r"^\| (\w+) \| (\w+) \| ([\w.]+) \| ([\w, ]+) \| ([\w, ]+) \|$", flow.__doc__ or "", re.MULTILINE)
    told = {state: {*f"{on}, {else_}".split(", ")} for state, _, _, on, else_ in rows[1:]}
    assert told == {
        state: {move.after for move in by_machines if move.before == state} for state in {m.before for m in by_machines}
    }
    assert [methods[job] for _, job, *_ in rows[1:]] == [method for _, _, method, *_ in rows[1:]]


def test_the_documented_table_is_the_code_s() -> None:
    """docs/architecture.md tells a gift's states; where it differs, this prints what belongs between its markers."""
    _, _, rest = ARCHITECTURE.read_text(encoding="utf-8").partition("<!-- life -->")
    written, found, _ = rest.partition("<!-- /life -->")
    words = f"docs/architecture.md should have, between <!-- life --> and <!-- /life -->:\n\n{table_of_life()}\n"
    assert found, words
    assert written.strip() == table_of_life(), words
