"""Slack's composition objects and interactive elements: what each may hold, and how much of it."""

from typing import Any, Final

from bot.sandbox.simulator.slack.schema import (
    Check,
    Problems,
    all_of,
    boolean,
    complain,
    integer,
    kinds,
    many,
    one_of,
    only_one_of,
    shape,
    string,
)
from bot.sandbox.simulator.slack.view_state import options_of

IDENTIFIER: Final = string(255)
ANY_ID: Final = string(64)
URL: Final = string(3000, pattern=r"https?://[^\s<>]+")
DATE: Final = string(10, pattern=r"\d{4}-\d{2}-\d{2}")
NUMBER: Final = string(64, pattern=r"-?\d+(\.\d+)?")


def plain_text(most: int) -> Check:
    """Want a plain_text object."""
    return kinds({"plain_text": shape({"text": string(most)}, {"emoji": boolean})})


def any_text(most: int) -> Check:
    """Want a plain_text or a mrkdwn object."""
    return kinds(
        {
            "plain_text": shape({"text": string(most)}, {"emoji": boolean}),
            "mrkdwn": shape({"text": string(most)}, {"verbatim": boolean}),
        }
    )


def choosing(parts: Check) -> Check:
    """Want these parts, and what is chosen at first among the options."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        found: Problems = []
        parts(value, pointer, found)
        problems += found
        if found:
            return
        options = options_of(value)
        for option in [value.get("initial_option"), *value.get("initial_options", [])]:
            if option is not None and option not in options:
                complain(problems, "initial option must be one of the options", pointer)

    return check


STYLE: Final = one_of("primary", "danger")
CONFIRM: Final = shape(
    {"title": plain_text(100), "text": any_text(300), "confirm": plain_text(30), "deny": plain_text(30)},
    {"style": STYLE},
)
OPTION: Final = shape({"text": plain_text(75), "value": string(150)}, {"description": plain_text(75)})
RICH_OPTION: Final = shape({"text": any_text(75), "value": string(150)}, {"description": any_text(75)})
OVERFLOW_OPTION: Final = shape(
    {"text": plain_text(75), "value": string(150)}, {"description": plain_text(75), "url": URL}
)
OPTION_GROUP: Final = shape({"label": plain_text(75), "options": many(OPTION, 100)})
FILTER: Final = shape(
    {},
    {
        "include": many(one_of("im", "mpim", "private", "public"), 4),
        "exclude_bot_users": boolean,
        "exclude_external_shared_channels": boolean,
    },
)
DISPATCH: Final = shape({}, {"trigger_actions_on": many(one_of("on_enter_pressed", "on_character_entered"), 2)})
ACTION_ID: Final = {"action_id": IDENTIFIER}
PLACEHOLDER: Final = {"placeholder": plain_text(150), "focus_on_load": boolean}
SELECT: Final = {**ACTION_ID, **PLACEHOLDER, "confirm": CONFIRM}
AT_MOST: Final = {"max_selected_items": integer(1, 1000)}
CONVERSATION: Final = {
    "initial_conversation": ANY_ID,
    "default_to_current_conversation": boolean,
    "response_url_enabled": boolean,
    "filter": FILTER,
}

IMAGE: Final = shape({"image_url": URL, "alt_text": string(2000)})
BUTTON: Final = shape(
    {"text": plain_text(75)},
    {
        **ACTION_ID,
        "url": URL,
        "value": string(2000),
        "style": STYLE,
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
OVERFLOW: Final = shape({"options": many(OVERFLOW_OPTION, 5)}, {**ACTION_ID, "confirm": CONFIRM})
STATIC_SELECT: Final = all_of(
    only_one_of("options", "option_groups"),
    choosing(
        shape(
            {},
            {
                **SELECT,
                "options": many(OPTION, 100),
                "option_groups": many(OPTION_GROUP, 100),
                "initial_option": OPTION,
            },
        )
    ),
)
EXTERNAL_SELECT: Final = shape({}, {**SELECT, "initial_option": OPTION, "min_query_length": integer(0, 255)})
USERS_SELECT: Final = shape({}, {**SELECT, "initial_user": ANY_ID})
MULTI_USERS_SELECT: Final = shape({}, {**SELECT, **AT_MOST, "initial_users": many(ANY_ID, 1000, least=0)})
CONVERSATIONS_SELECT: Final = shape({}, {**SELECT, **CONVERSATION})
DATEPICKER: Final = shape({}, {**SELECT, "initial_date": DATE})
CHECKBOXES: Final = choosing(
    shape(
        {"options": many(RICH_OPTION, 10)},
        {**ACTION_ID, "initial_options": many(RICH_OPTION, 10), "confirm": CONFIRM, "focus_on_load": boolean},
    )
)
PLAIN_TEXT_INPUT: Final = shape(
    {},
    {
        **ACTION_ID,
        **PLACEHOLDER,
        "initial_value": string(3000, least=0),
        "multiline": boolean,
        "min_length": integer(0, 3000),
        "max_length": integer(1, 3000),
        "dispatch_action_config": DISPATCH,
    },
)
NUMBER_INPUT: Final = shape(
    {"is_decimal_allowed": boolean},
    {
        **ACTION_ID,
        **PLACEHOLDER,
        "initial_value": NUMBER,
        "min_value": NUMBER,
        "max_value": NUMBER,
        "dispatch_action_config": DISPATCH,
    },
)

SINGLE_CHOICE: Final = {
    "static_select": STATIC_SELECT,
    "external_select": EXTERNAL_SELECT,
    "users_select": USERS_SELECT,
    "conversations_select": CONVERSATIONS_SELECT,
    "datepicker": DATEPICKER,
    "checkboxes": CHECKBOXES,
}
IN_ACTIONS: Final = {**SINGLE_CHOICE, "button": BUTTON, "overflow": OVERFLOW}
IN_SECTION: Final = {**IN_ACTIONS, "multi_users_select": MULTI_USERS_SELECT, "image": IMAGE}
IN_INPUT: Final = {
    **SINGLE_CHOICE,
    "multi_users_select": MULTI_USERS_SELECT,
    "plain_text_input": PLAIN_TEXT_INPUT,
    "number_input": NUMBER_INPUT,
}
