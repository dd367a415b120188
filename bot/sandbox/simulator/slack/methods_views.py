"""views.open, views.push, views.update and views.publish."""

from bot.sandbox.simulator.slack import blockkit
from bot.sandbox.simulator.slack.arguments import Arguments
from bot.sandbox.simulator.slack.records import Json, SlackError, View
from bot.sandbox.simulator.slack.workspace import Workspace


def open_(workspace: Workspace, arguments: Arguments) -> Json:
    """Open a modal for whoever has just acted."""
    body = _modal(arguments)
    user = workspace.triggers.exchange(arguments.required("trigger_id"))
    return _shown(workspace, workspace.views.open(user, body))


def push(workspace: Workspace, arguments: Arguments) -> Json:
    """Put a modal on top of the one that is open."""
    body = _modal(arguments)
    user = workspace.triggers.exchange(arguments.required("trigger_id"))
    return _shown(workspace, workspace.views.push(user, body))


def update(workspace: Workspace, arguments: Arguments) -> Json:
    """Show something else in an open modal."""
    body = _modal(arguments)
    view = workspace.views.find(arguments.optional("view_id"), arguments.optional("external_id"))
    return _shown(workspace, workspace.views.update(view, body, arguments.optional("hash")))


def publish(workspace: Workspace, arguments: Arguments) -> Json:
    """Show a person's Home tab."""
    body = arguments.required("view")
    blockkit.check_view(body, "home")
    if not workspace.manifest.home_tab_enabled:
        raise SlackError("not_enabled")
    user = workspace.user(arguments.required("user_id"))
    return _shown(workspace, workspace.views.publish(user.id, body, arguments.optional("hash")))


def _modal(arguments: Arguments) -> Json:
    body: Json = arguments.required("view")
    blockkit.check_view(body, "modal")
    return body


def _shown(workspace: Workspace, view: View) -> Json:
    workspace.bell.ring()
    return {"view": view.as_json()}
