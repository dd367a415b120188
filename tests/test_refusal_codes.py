"""Each refusal has a code of its own, beside a sentence that may be worded anew without changing anything."""

import ast
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.gifts.model.audit_event import AuditEvent
from bot.gifts.model.errors import Field, Invalid, Refused, TooLate
from bot.gifts.model.refusal import Refusal, RefusalCode
from bot.gifts.model.text import say
from storage import Database, SqliteStore
from tests.harness.ledger import ledger_of
from tests.test_storage import a_request

ROOT = Path(__file__).parents[1]
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
STORED = """
    other_workspace not_a_colleague not_an_approver not_yours_to_change not_yours_to_cancel not_your_form not_your_gift
    own_request own_gift unknown_request unknown_gift already_decided changed_before_decision changed_before_change
    no_rule_any_more has_approved deputy_has_approved is_away not_your_turn needed_later approver_gone recipient_count
    gift_to_oneself may_not_ask requester_barred recipient_barred note_too_long unknown_cost_centre unknown_hashtag
    unknown_country product_not_sold too_many_waiting no_rule nobody_left too_few_left amount_missing amount_unreadable
    amount_ambiguous amount_digits amount_not_positive amount_too_large amount_too_fine amount_not_whole amount_not_sold
    amount_not_of_product no_limit_in_currency over_limit over_budget more_than_asked approval_note_too_long
    decline_needs_reason nothing_to_delegate not_away delegation_loop deputy_missing deputy_is_oneself deputy_barred
    day_unreadable day_out_of_range has_gone_on retry_cannot_help retry_instead tried_just_now words_missing not_stated
    not_arrived shown_too_often
"""


def _named() -> Counter[str]:
    """How often the product names each code."""
    paths = [path for folder in ("bot", "handlers", "storage") for path in (ROOT / folder).rglob("*.py")]
    return Counter(
        node.attr
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "RefusalCode"
    )


def test_no_code_stands_twice() -> None:
    """Each is given in one place, so that it means one thing; mypy sees that nobody is refused without one."""
    assert _named() == Counter(code.name for code in RefusalCode)


def test_what_stands_on_the_record_never_changes() -> None:
    """Sealed lines cannot be written anew: a code keeps its value, and new ones join it."""
    assert {*STORED.split()} <= {*RefusalCode}


@pytest.mark.parametrize("kind", [Refused, TooLate])
def test_a_refusal_has_code_and_sentence(kind: type[Refused]) -> None:
    """People read the sentence, machines the code, and the record has both."""
    refused = kind(RefusalCode.OWN_GIFT, say("This gift is for you."))
    assert str(refused.user_message) == "This gift is for you."
    assert refused.refusal.code == "own_gift"
    assert str(refused.refusal) == "own_gift: This gift is for you."


def test_every_field_at_fault_has_a_code() -> None:
    """What was filled in can be wrong in several fields at once."""
    problems = {
        Field.AMOUNT: Refusal(RefusalCode.OVER_LIMIT, say("Too much.")),
        Field.NOTE: Refusal(RefusalCode.NOTE_TOO_LONG, say("Too long.")),
    }
    invalid = Invalid(problems)
    assert {field: problem.code for field, problem in invalid.problems.items()} == {
        "amount": "over_limit",
        "note": "note_too_long",
    }
    assert str(invalid.user_message) == "Too much. Too long."


def test_a_repeated_refusal_is_known_by_its_code(tmp_path: Path) -> None:
    """Worded anew, it is the same refusal; another code, request or person is another line."""
    path = tmp_path / "giftbot.db"
    database = Database(path)
    store = SqliteStore(database, lambda: None)
    request = a_request()
    with store.write():
        store.requests.add(request)
        for person, code, words in (
            ("UEVE", RefusalCode.OWN_GIFT, "One way."),
            ("UEVE", RefusalCode.OWN_GIFT, "Another way."),
            ("UEVE", RefusalCode.OWN_REQUEST, "One way."),
            ("UROB", RefusalCode.OWN_GIFT, "Another way."),
        ):
            store.audit_log.add_once(NOON, person, AuditEvent.REFUSED, request.id, Refusal(code, say(words)))
    database.close()
    assert ledger_of(path).audit_events("actor", "detail", event="refused") == [
        ("UEVE", "own_gift: One way."),
        ("UEVE", "own_request: One way."),
        ("UROB", "own_gift: Another way."),
    ]
