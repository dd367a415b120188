"""What each error code of Slack's Web API says something about; a code that is not listed says nothing for good.

Source: the tables "Errors" of docs.slack.dev/reference/methods, for the methods that giftbot calls.
"""

from enum import StrEnum
from typing import Final

from handlers.slack_api.remedies import ABOUT_THE_TOKEN


class CodeClass(StrEnum):
    """What has to change before the same call can succeed."""

    FINAL = "final"  # whom or what the call is about: this person, channel, message, view or trigger
    OURS = "our_fault"  # the call itself, which giftbot has made wrongly
    INSTALLATION = "installation"  # the app's token, scopes or settings, which an admin can mend
    UNSURE = "unsure"  # unknown: part of the work may have been done
    PASSING = "passing"  # nothing but time


_FINAL: Final = {
    # chat.postMessage, chat.postEphemeral, conversations.history: the channel
    "channel_not_found",
    "is_archived",
    "is_inactive",
    "messages_tab_disabled",
    "method_not_supported_for_channel_type",
    "not_in_channel",
    "restricted_action",
    "restricted_action_non_threadable_channel",
    "restricted_action_read_only_channel",
    "restricted_action_thread_locked",
    "restricted_action_thread_only_channel",
    "user_not_in_channel",
    # conversations.open, users.info: the person
    "cannot_dm_bot",
    "user_disabled",
    "user_not_found",
    "user_not_visible",
    "users_not_found",
    # usergroups.users.list: the group
    "no_such_subteam",
    # chat.update, chat.getPermalink: the message
    "cant_update_message",
    "edit_window_closed",
    "message_not_found",
    # views.open, views.update, views.publish: the trigger, the view
    "exchanged_trigger_id",
    "expired_trigger_id",
    "hash_conflict",
    "invalid_trigger_id",
    "not_found",
    "push_limit_reached",
    "trigger_exchanged",
    "trigger_expired",
}
_OURS: Final = {
    "as_user_not_supported",
    "block_mismatch",
    "cannot_reply_to_message",
    "deprecated_endpoint",
    "duplicate_external_id",
    "invalid_arg_name",
    "invalid_arguments",
    "invalid_array_arg",
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_charset",
    "invalid_cursor",
    "invalid_form_data",
    "invalid_limit",
    "invalid_metadata_format",
    "invalid_metadata_schema",
    "invalid_post_type",
    "invalid_ts_latest",
    "invalid_ts_oldest",
    "markdown_text_conflict",
    "metadata_too_large",
    "method_deprecated",
    "missing_post_type",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "too_many_attachments",
    "too_many_contact_cards",
    "unknown_method",
    "view_too_large",
}
_INSTALLATION: Final = ABOUT_THE_TOKEN | {
    "access_denied",
    "accesslimited",
    "ekm_access_denied",
    "enterprise_is_restricted",
    "missing_scope",
    "no_permission",
    "not_enabled",
    "team_access_not_granted",
    "two_factor_setup_required",
}
_UNSURE: Final = {"fatal_error", "internal_error", "request_timeout", "service_unavailable"}

_CLASSES: Final = {
    **dict.fromkeys(_FINAL, CodeClass.FINAL),
    **dict.fromkeys(_OURS, CodeClass.OURS),
    **dict.fromkeys(_INSTALLATION, CodeClass.INSTALLATION),
    **dict.fromkeys(_UNSURE, CodeClass.UNSURE),
}


def class_of(code: str) -> CodeClass:
    """The class of an error code: passing, unless Slack's documentation says otherwise."""
    return _CLASSES.get(code, CodeClass.PASSING)
