"""Block Kit's limits: what just fits passes, what is one too long, unknown or missing is refused with its place."""

from typing import Any

import pytest

from bot.sandbox.simulator.slack.blockkit import check_message, check_metadata, check_view
from bot.sandbox.simulator.slack.records import SlackError

Json = dict[str, Any]


def plain(length: int) -> Json:
    """Write a plain_text object of a length."""
    return {"type": "plain_text", "text": "x" * length}


def mrkdwn(length: int) -> Json:
    """Write a mrkdwn object of a length."""
    return {"type": "mrkdwn", "text": "x" * length}


def option(text: int = 1, value: int = 1, **more: Any) -> Json:
    """Write an option."""
    return {"text": plain(text), "value": "x" * value, **more}


def button(**more: Any) -> Json:
    """Write a button."""
    return {"type": "button", "text": plain(1), **more}


def actions(*elements: Json) -> Json:
    """Write an actions block."""
    return {"type": "actions", "elements": list(elements)}


def section(**parts: Any) -> Json:
    """Write a section."""
    return {"type": "section", **parts}


def confirm(**parts: Any) -> Json:
    """Write a button with a question."""
    question = {"title": plain(1), "text": plain(1), "confirm": plain(1), "deny": plain(1)}
    return actions(button(confirm={**question, **parts}))


def field(element: Json, **more: Any) -> Json:
    """Write an input block."""
    return {"type": "input", "label": plain(1), "element": element, **more}


def select(**parts: Any) -> Json:
    """Write a static_select in an input block."""
    return field({"type": "static_select", **parts})


def checkboxes(count: int, **more: Any) -> Json:
    """Write checkboxes in an input block."""
    return field({"type": "checkboxes", "options": [option()] * count, **more})


def overflow(count: int) -> Json:
    """Write an overflow menu beside a section."""
    return section(text=plain(1), accessory={"type": "overflow", "options": [option()] * count})


def context(count: int) -> Json:
    """Write a context block."""
    return {"type": "context", "elements": [plain(1)] * count}


def picture(alt_text: int) -> Json:
    """Write an image block."""
    return {"type": "image", "image_url": "https://a.test/1.png", "alt_text": "x" * alt_text}


def link(length: int) -> str:
    """Write a URL of a length."""
    return "https://a.test/".ljust(length, "x")


def modal(*blocks: Json, **parts: Any) -> Json:
    """Write a modal."""
    return {"type": "modal", "title": plain(1), "submit": plain(1), "blocks": list(blocks), **parts}


FITS_AND_EXCEEDS = [
    (section(text=mrkdwn(3000)), section(text=mrkdwn(3001)), "/text/text"),
    (section(fields=[plain(2000)] * 10), section(fields=[plain(2001)]), "/fields/0/text"),
    (section(fields=[plain(1)] * 10), section(fields=[plain(1)] * 11), "/fields"),
    ({"type": "header", "text": plain(150)}, {"type": "header", "text": plain(151)}, "/text/text"),
    (context(10), context(11), "/elements"),
    (picture(2000), picture(2001), "/alt_text"),
    (actions(*[button()] * 25), actions(*[button()] * 26), "/elements"),
    (actions(button(text=plain(75))), actions(button(text=plain(76))), "/elements/0/text/text"),
    (actions(button(value="x" * 2000)), actions(button(value="x" * 2001)), "/elements/0/value"),
    (actions(button(url=link(3000))), actions(button(url=link(3001))), "/elements/0/url"),
    (actions(button(action_id="x" * 255)), actions(button(action_id="x" * 256)), "/elements/0/action_id"),
    ({"type": "divider", "block_id": "x" * 255}, {"type": "divider", "block_id": "x" * 256}, "/block_id"),
    (confirm(title=plain(100)), confirm(title=plain(101)), "/confirm/title/text"),
    (confirm(text=mrkdwn(300)), confirm(text=mrkdwn(301)), "/confirm/text/text"),
    (confirm(confirm=plain(30)), confirm(confirm=plain(31)), "/confirm/confirm/text"),
    (confirm(deny=plain(30)), confirm(deny=plain(31)), "/confirm/deny/text"),
    (select(options=[option(75)]), select(options=[option(76)]), "/options/0/text/text"),
    (select(options=[option(1, 150)]), select(options=[option(1, 151)]), "/options/0/value"),
    (select(options=[option()] * 100), select(options=[option()] * 101), "/options"),
    (select(options=[option()], placeholder=plain(150)), select(options=[option()], placeholder=plain(151)), "text"),
    (checkboxes(10), checkboxes(11), "/options"),
    (overflow(5), overflow(6), "/options"),
    (
        field({"type": "plain_text_input", "max_length": 3000}),
        field({"type": "plain_text_input", "max_length": 3001}),
        "/max_length",
    ),
    (
        field({"type": "datepicker"}, label=plain(2000)),
        field({"type": "datepicker"}, label=plain(2001)),
        "/label/text",
    ),
    (
        field({"type": "users_select"}, hint=plain(2000)),
        field({"type": "users_select"}, hint=plain(2001)),
        "/hint/text",
    ),
]


@pytest.mark.parametrize(("fits", "exceeds", "place"), FITS_AND_EXCEEDS)
def test_what_just_fits_passes_and_one_more_is_refused(fits: Json, exceeds: Json, place: str) -> None:
    """Every limit of a block, with the place of what exceeds it."""
    check_message({"blocks": [fits]})
    with pytest.raises(SlackError) as refused:
        check_message({"blocks": [exceeds]})
    assert refused.value.error == "invalid_blocks"
    message = refused.value.details["response_metadata"]["messages"][0]
    assert message.startswith("[ERROR] ")
    assert f"[json-pointer:/blocks/0{place}]" in message or place in message


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        ({}, "missing required field: type"),
        ({"type": "confetti"}, "unsupported type: confetti [json-pointer:/blocks/0/type]"),
        (section(), "missing required field: text or fields"),
        (section(text="words"), "missing required field: type [json-pointer:/blocks/0/text]"),
        (section(text=plain(0)), "must be more than 0 characters"),
        (section(text=plain(1), colour="red"), "invalid additional property: colour [json-pointer:/blocks/0]"),
        ({"type": "header", "text": mrkdwn(1)}, "unsupported type: mrkdwn"),
        (actions(), "no fewer than 1 items allowed"),
        (actions(button(url="javascript:alert(1)")), "failed to match pattern"),
        (actions(button(style="loud")), "must be a valid enum value"),
        (actions({"type": "plain_text_input"}), "unsupported type: plain_text_input"),
        (actions({"type": "multi_users_select"}), "unsupported type: multi_users_select"),
        (actions(button(action_id="a"), button(action_id="a")), "action_id already exists: a"),
        (field(button()), "unsupported type: button"),
        (field({"type": "number_input"}), "missing required field: is_decimal_allowed"),
        (field({"type": "number_input", "is_decimal_allowed": True, "min_value": 1}), "must be a string"),
        (field({"type": "datepicker", "initial_date": "31.1.2030"}), "failed to match pattern"),
        (field({"type": "conversations_select", "filter": {"include": ["all"]}}), "must be a valid enum value"),
        (select(), "must have exactly one of: options, option_groups"),
        (select(options=[option()], initial_option=option(2)), "initial option must be one of the options"),
        (checkboxes(1, initial_options=[option(2)]), "initial option must be one of the options"),
        ({"type": "rich_text", "elements": ["words"]}, "must be an object with a type"),
    ],
)
def test_what_slack_does_not_know_is_refused(block: Json, complaint: str) -> None:
    """Unknown types and fields, missing ones, and elements in the wrong block."""
    with pytest.raises(SlackError) as refused:
        check_message({"blocks": [block]})
    assert complaint in str(refused.value.details["errors"])


@pytest.mark.parametrize(
    ("view", "complaint"),
    [
        (modal(title=plain(25)), "/view/title/text"),
        (modal(submit=plain(25)), "/view/submit/text"),
        (modal(close=plain(25)), "/view/close/text"),
        (modal(private_metadata="x" * 3001), "/view/private_metadata"),
        (modal(callback_id="x" * 256), "/view/callback_id"),
        (modal(*[{"type": "divider"}] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (modal(*[{"type": "divider", "block_id": "a"}] * 2), "block_id already exists: a"),
        ({"type": "modal", "blocks": []}, "missing required field: title [json-pointer:/view]"),
        ({"type": "home", "blocks": []}, "unsupported type: home"),
        ("{", "missing required field: type"),
        (
            {"type": "modal", "title": plain(1), "blocks": [field({"type": "datepicker"})]},
            "missing required field: submit",
        ),
    ],
)
def test_a_modal_that_slack_refuses_is_refused(view: Any, complaint: str) -> None:
    """A view's problems are invalid_arguments."""
    with pytest.raises(SlackError) as refused:
        check_view(view, "modal")
    assert refused.value.error == "invalid_arguments"
    assert complaint in str(refused.value.details["response_metadata"]["messages"])


def test_the_largest_views_pass() -> None:
    """All limits of a view at once."""
    words = {"title": plain(24), "submit": plain(24), "close": plain(24)}
    check_view(modal(*[{"type": "divider"}] * 100, **words, private_metadata="x" * 3000), "modal")
    check_view({"type": "home", "blocks": [{"type": "divider"}] * 100}, "home")


def test_a_home_tab_has_no_title_and_a_huge_view_is_too_large() -> None:
    """Home allows few keys, and 250 kB are enough for any view."""
    with pytest.raises(SlackError, match="invalid_arguments"):
        check_view({"type": "home", "blocks": [], "title": plain(1)}, "home")
    with pytest.raises(SlackError, match="view_too_large"):
        check_view({"type": "home", "blocks": [section(text=plain(3000))] * 90}, "home")


def test_a_message_has_fifty_blocks_at_most() -> None:
    """One more is refused."""
    check_message({"blocks": [{"type": "divider"}] * 50})
    with pytest.raises(SlackError, match="invalid_blocks"):
        check_message({"blocks": [{"type": "divider"}] * 51})
    with pytest.raises(SlackError, match="invalid_blocks_format"):
        check_message({"blocks": "[not json"})


def test_metadata_is_an_event_type_and_a_flat_payload() -> None:
    """Slack promises nothing for nested values."""
    check_metadata({"event_type": "gift", "event_payload": {"id": "1", "count": 2, "last": True}})
    for metadata in ({}, {"event_type": "gift"}, {"event_type": "gift", "event_payload": {"Id": "1"}}):
        with pytest.raises(SlackError, match="invalid_metadata_format"):
            check_metadata(metadata)
