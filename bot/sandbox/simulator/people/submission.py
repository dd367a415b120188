"""What Slack does with the answer to a submitted modal: close it, clear all, update, push, or show errors."""

from bot.sandbox.simulator.slack import blockkit
from bot.sandbox.simulator.slack.delivery import AppDidNotRespond
from bot.sandbox.simulator.slack.records import Json, View
from bot.sandbox.simulator.slack.view_state import Field, fields_of, state_of
from bot.sandbox.simulator.slack.workspace import Workspace

REQUIRED_FIELD = "Please complete this required field."


def missing(view: View) -> dict[str, str]:
    """Give the complaints about required fields that are empty; Slack makes them without asking the app."""
    values = state_of(view.blocks, view.filled)["values"]
    return {
        field.block_id: REQUIRED_FIELD
        for field in fields_of(view.blocks)
        if field.required and _is_empty(field, values)
    }


def _is_empty(field: Field, values: Json) -> bool:
    block_id, action_id = field.key
    return all(not value for name, value in values[block_id][action_id].items() if name != "type")


def obey(workspace: Workspace, view: View, answer: Json) -> None:
    """Do what the app answered to the submission of a view."""
    match answer.get("response_action"):
        case None:
            workspace.views.close(view)
        case "clear":
            workspace.views.clear(view.user)
        case "update":
            blockkit.check_view(answer.get("view"), "modal")
            workspace.views.update(view, answer["view"])
        case "push":
            blockkit.check_view(answer.get("view"), "modal")
            workspace.views.push(view.user, answer["view"])
        case "errors":
            view.errors = _accepted(view, answer.get("errors"))
        case other:
            raise AppDidNotRespond(f"unknown response_action {other!r}")
    workspace.bell.ring()


def _accepted(view: View, errors: object) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
        raise AppDidNotRespond(f"errors must be for input blocks of the view {sorted(inputs)}, not {errors!r}")
    return errors
