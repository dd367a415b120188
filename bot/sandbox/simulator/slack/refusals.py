"""By which error codes Slack's documentation says that a method can refuse, and what each speaks of.

Source: docs.slack.dev/reference/methods, the table "Errors" of each method.
"""

from enum import StrEnum
from typing import Final


class About(StrEnum):
    """What a refusal speaks of."""

    TARGET = "target"  # the person, channel, message, view or trigger that the call names
    CALL = "call"  # how the call was made
    APP = "app"  # the app's token, scopes or settings
    UNSURE = "unsure"  # nobody knows how much was done
    NOTHING = "nothing"  # it passes


_ANYWHERE: Final = {
    About.CALL: (
        "deprecated_endpoint",
        "invalid_arg_name",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_charset",
        "invalid_form_data",
        "invalid_post_type",
        "method_deprecated",
        "missing_post_type",
    ),
    About.APP: (
        "access_denied",
        "accesslimited",
        "account_inactive",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "invalid_auth",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    ),
    About.UNSURE: ("fatal_error", "internal_error", "request_timeout", "service_unavailable"),
    About.NOTHING: ("org_login_required", "ratelimited", "team_added_to_org"),
}
_CONTENT: Final = (
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_metadata_format",
    "invalid_metadata_schema",
    "markdown_text_conflict",
    "metadata_too_large",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "too_many_attachments",
)
_OF_METHODS: Final[dict[str, dict[About, tuple[str, ...]]]] = {
    "auth.test": {},
    "users.info": {About.TARGET: ("user_not_found", "user_not_visible")},
    "usergroups.users.list": {About.TARGET: ("no_such_subteam",)},
    "conversations.open": {
        About.TARGET: (
            "cannot_dm_bot",
            "channel_not_found",
            "user_disabled",
            "user_not_found",
            "user_not_visible",
            "users_not_found",
        )
    },
    "conversations.history": {
        About.TARGET: ("channel_not_found", "not_in_channel"),
        About.CALL: ("invalid_cursor", "invalid_limit", "invalid_ts_latest", "invalid_ts_oldest"),
    },
    "chat.postMessage": {
        About.TARGET: (
            "channel_not_found",
            "is_archived",
            "messages_tab_disabled",
            "not_in_channel",
            "restricted_action",
            "restricted_action_non_threadable_channel",
            "restricted_action_read_only_channel",
            "restricted_action_thread_locked",
            "restricted_action_thread_only_channel",
        ),
        About.CALL: ("as_user_not_supported", "cannot_reply_to_message", "too_many_contact_cards", *_CONTENT),
        About.NOTHING: (
            "external_channel_migrating",
            "message_limit_exceeded",
            "rate_limited",
            "slack_connect_clip_sharing_blocked",
            "team_not_found",
        ),
    },
    "chat.postEphemeral": {
        About.TARGET: ("channel_not_found", "is_archived", "restricted_action", "user_not_in_channel"),
        About.CALL: _CONTENT,
    },
    "chat.update": {
        About.TARGET: (
            "cant_update_message",
            "channel_not_found",
            "edit_window_closed",
            "is_inactive",
            "message_not_found",
        ),
        About.CALL: ("block_mismatch", *_CONTENT),
        About.NOTHING: ("external_channel_migrating", "message_limit_exceeded", "rate_limited", "update_failed"),
    },
    "views.open": {
        About.TARGET: ("exchanged_trigger_id", "expired_trigger_id", "invalid_trigger_id", "push_limit_reached"),
        About.CALL: ("duplicate_external_id", "view_too_large"),
    },
    "views.update": {
        About.TARGET: ("hash_conflict", "not_found"),
        About.CALL: ("duplicate_external_id", "view_too_large"),
    },
    "views.publish": {
        About.TARGET: ("hash_conflict", "not_found"),
        About.CALL: ("duplicate_external_id", "view_too_large"),
        About.APP: ("not_enabled",),
    },
}


def _codes_of(method: str) -> dict[str, About]:
    tables = (_ANYWHERE, _OF_METHODS[method])
    return {code: about for table in tables for about, codes in table.items() for code in codes}


DOCUMENTED: Final[dict[str, dict[str, About]]] = {method: _codes_of(method) for method in _OF_METHODS}
