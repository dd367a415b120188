"""Every threat that the design knows of, and the tests that prove its defence, wherever they stand.

One threat waits for what it threatens: formulas in exported tables (nothing is exported yet).
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

THREATS = {
    "a forged request": [
        "test_http.py::test_an_unsigned_or_forged_request_is_refused",
        "test_http.py::test_a_stale_request_is_refused",
        "test_settings.py::test_everything_that_is_missing_is_named_at_once",  # no secret, no start
        "proof/test_threats_junk.py::test_no_bytes_are_an_accident",
        "proof/test_threats_junk.py::test_a_spoiled_payload_is_no_accident",
    ],
    "a replayed request": [
        "test_http.py::test_a_replayed_approval_orders_nothing_more",
        "test_http.py::test_a_replayed_submission_asks_for_nothing_more",
        "proof/test_threats_people.py::test_a_replayed_command_opens_nothing_more",
        "proof/test_threats_people.py::test_a_replayed_refusal_refuses_nothing_more",
        "proof/test_threats_people.py::test_a_replayed_cancel_cancels_nothing_more",
        "proof/test_threats_people.py::test_a_replayed_retry_orders_nothing_more",
        "test_service_faults.py::test_an_envelope_delivered_twice_counts_once",
    ],
    "self-approval": [
        "test_decide.py::test_whoever_may_not_decide_is_refused_privately",
        "proof/test_threats_people.py::test_no_road_leads_to_a_decision_of_ones_own",
        "test_failed_gifts.py::test_requester_and_recipient_cannot_retry",
        "test_policy.py::test_nobody_else_may_decide",
        "test_storage.py::test_a_request_is_never_approved_by_who_asked",
    ],
    "somebody who passes for an approver": [
        "proof/test_threats_people.py::test_names_in_a_payload_lend_no_right",
        "proof/test_threats_people.py::test_another_workspace_is_not_served",
        "test_decide.py::test_an_approver_who_lost_the_right_meanwhile_is_refused",
        "test_doctor.py::test_approvers",  # guests and the deactivated, on a list that the company writes itself
    ],
    "a payload that carries something else than it was given": [
        "test_request_modal.py::test_foreign_ids_in_a_button",
        "test_request_modal.py::test_a_form_that_belongs_to_somebody_else",
        "test_request_modal.py::test_a_link_that_is_no_message_is_not_carried",
        "test_decide.py::test_somebody_else_cannot_cancel",
        "proof/test_threats_people.py::test_a_form_of_decline_for_another_request",
        "proof/test_threats_people.py::test_what_is_ordered_is_what_is_stored",
    ],
    "two decisions at once": [
        "test_decide.py::test_a_double_click_approves_once",
        "test_decide.py::test_of_two_approvers_at_once_one_wins",
        "test_storage.py::test_the_second_decision_is_too_late",
        "test_failed_gifts.py::test_a_retry_clicked_twice_counts_once",
    ],
    "an approval of something that was edited since": [
        "proof/test_threats_people.py::test_nothing_that_was_approved_can_be_edited",
    ],
    "amounts split under a threshold": [
        "test_approval_steps.py::test_small_gifts_one_after_the_other_count_together",
        "test_policy_concurrency.py::test_of_two_that_only_together_pass_the_cap_one_is_accepted",
    ],
    "a budget overrun": [
        "test_policy_concurrency.py::test_of_many_requests_at_the_cap_as_many_are_accepted_as_fit",
        "test_policy_concurrency.py::test_approve_decline_cancel_edit_and_expire_have_one_outcome",
        "test_approval_steps.py::test_a_budget_is_never_exceeded",
    ],
    "mrkdwn in what people write": [
        "test_cards.py::test_slack_takes_every_message_and_nobody_is_fooled",
        "test_cards.py::test_what_people_wrote_is_read_as_they_wrote_it",
        "test_request_modal.py::test_a_note_is_shown_as_it_was_written",
        "test_decide.py::test_a_decline_needs_a_reason_and_gives_it_to_the_requester",
    ],
    "secrets in logs and errors": [
        "test_secrets.py::test_no_link_and_no_secret_is_left_anywhere",
        "test_secrets.py::test_people_see_no_traceback",
        "test_logs.py::test_no_line_has_a_secret",
        "proof/test_threats_leaks.py::test_an_exception_with_the_link_in_its_hands_tells_no_secret",
        "test_settings.py::test_settings_print_no_secret",
    ],
    "somebody who writes to the database": [
        "proof/test_history_tampering.py::test_tampering_is_found",
        "proof/test_history_tampering.py::test_lines_cut_off_at_the_end_are_found_with_a_noted_head",
        "proof/test_history_tampering.py::test_a_history_that_was_sealed_anew_is_found_with_a_noted_head",
        "proof/test_history_tampering.py::test_a_forged_line_is_not_sealed_by_the_lines_after_it",
    ],
    "keys of the wrong environment": [
        "test_settings.py::test_a_key_and_an_address_of_different_environments",
        "test_settings.py::test_a_key_of_neither_environment",
        "test_settings.py::test_the_command_line_names_everything_and_opens_nothing",
    ],
    "nonsense from the gift card service": [
        "runa/test_runa_spoiled.py::test_no_spoiled_reply_is_taken_for_more_than_it_says",
        "test_wegift.py::test_nonsense_means_that_nobody_knows",
        "test_failed_gifts.py::test_an_unreadable_order_reply_is_asked_again_and_then_looked_up_or_reviewed",
        "test_failed_gifts.py::test_a_reply_with_somebody_elses_order_parks_the_gift",
        "test_failed_gifts.py::test_a_link_to_a_foreign_place_is_not_handed_on",
        "test_redemption_link.py::test_no_text_is_trusted_but_https_to_a_host_on_the_list",
    ],
    "a flood": [
        "proof/test_threats_flood.py::test_a_thousand_commands",
        "proof/test_threats_flood.py::test_hundreds_of_submissions",
        "proof/test_threats_flood.py::test_a_thousand_clicks",
        "proof/test_threats_flood.py::test_a_thousand_looks_at_the_home_tab",
        "test_http.py::test_health_and_unknown_addresses",  # the largest request
        "test_request_modal.py::test_what_slacks_client_would_not_send",
        "test_linear.py::test_time_grows_with_the_text",
        "test_linear.py::test_time_grows_with_any_text",
    ],
    "strangers at the port": [
        "proof/test_threats_strangers.py::test_a_crowd_that_says_nothing",
        "proof/test_threats_strangers.py::test_no_file_is_left",
        "proof/test_threats_strangers.py::test_half_requests_end",
        "proof/test_threats_strangers.py::test_junk",
        "proof/test_threats_strangers.py::test_bodies_that_fill_the_memory",
        "test_http_server.py::test_a_request_in_hand_does_not_give_way",
        "test_http_server.py::test_a_crowd_pushes_out_its_own",
        "test_http_server.py::test_what_is_refused_is_counted",
        "test_webhooks.py::test_too_large",
    ],
    "replies that fill the memory": [
        "test_reply_limits.py::test_nobody_knows_what_too_large_a_reply_says",
        "test_reply_limits.py::test_a_reply_that_is_a_bomb_makes_no_second_order",
        "test_reply_limits.py::test_an_envelope_that_is_too_large",
    ],
    "somebody else's code": [
        "proof/test_threats_covered.py::test_everything_that_is_installed_is_pinned_by_its_hash",
        "proof/test_threats_covered.py::test_no_plugin_runs_on_our_connection",
    ],
}


@cache
def _tests_in(file: str) -> set[str]:
    """The tests that a file really has."""
    read = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(read) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {function.name for function in functions if function.name.startswith("test_")}


@pytest.mark.parametrize("threat", THREATS)
def test_every_threat_has_its_tests(threat: str) -> None:
    """None of them was renamed or taken away."""
    named = [name.split("::") for name in THREATS[threat]]
    assert named
    assert [f"{file}::{test}" for file, test in named if test not in _tests_in(file)] == []


def test_every_proof_against_a_threat_is_in_the_table() -> None:
    """What stands here for a threat is named above."""
    named = {name.removeprefix("proof/") for names in THREATS.values() for name in names}
    beside = {"test_every_threat_has_its_tests", "test_every_proof_against_a_threat_is_in_the_table"}
    beside |= {"test_forms_submitted_too_fast_keep_their_content", "test_after_a_pause_everything_is_allowed_again"}
    ours = {
        f"{path.name}::{test}"
        for path in Path(__file__).parent.glob("test_threats_*.py")
        for test in _tests_in(f"proof/{path.name}") - beside
    }
    assert ours - named == set()


def test_everything_that_is_installed_is_pinned_by_its_hash() -> None:
    """What was not seen when the lock was made is not installed."""
    for name in ("requirements.lock", "requirements-dev.lock"):
        lock = (ROOT / name).read_text(encoding="utf-8")
        entries = re.split(r"\n(?=[a-z0-9])", lock.strip())
        assert len(entries) > 30
        for entry in entries:
            assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+", entry), entry
            assert "--hash=sha256:" in entry, entry
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    installs = re.findall(r"pip install --quiet[^&\n]*", readme)
    assert installs
    assert all("--require-hashes" in install for install in installs)


def test_no_plugin_runs_on_our_connection() -> None:
    """sqlite-utils runs whatever plugins somebody has installed, unless it is told not to."""
    calls = [
        ast.unparse(node)
        for folder in ("bot", "handlers", "storage")
        for path in (ROOT / folder).rglob("*.py")
        if "sqlite_utils" in path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"SqliteUtils", "sqlite_utils.Database"}
    ]
    assert calls
    assert all("execute_plugins=False" in call for call in calls)
