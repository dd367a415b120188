"""The payloads that Slack sends to the app, built as Slack documents them; tests may alter them before sending."""

from bot.sandbox.simulator.people.rendered_views import Button, ShownMessage, ShownView, Surface
from bot.sandbox.simulator.slack.events import VERIFICATION_TOKEN, envelope
from bot.sandbox.simulator.slack.records import Channel, Json, Message, User, View
from bot.sandbox.simulator.slack.view_state import Field, state_of
from bot.sandbox.simulator.slack.workspace import TEAM_DOMAIN, Workspace


class Payloads:
    """Builds what one person's actions look like to the app."""

    def __init__(self, workspace: Workspace, user: User) -> None:
        self._workspace = workspace
        self._user = user

    def slash_command(self, command: str, text: str, channel: Channel) -> Json:
        """Write a slash command that was typed in a channel."""
        return {
            "token": VERIFICATION_TOKEN,
            "team_id": self._workspace.team_id,
            "team_domain": TEAM_DOMAIN,
            "channel_id": channel.id,
            "channel_name": channel.name,
            "user_id": self._user.id,
            "user_name": self._user.name,
            "command": command,
            "text": text,
            "api_app_id": self._workspace.app_id,
            "is_enterprise_install": "false",
            "response_url": self._response_url(channel.id),
            "trigger_id": self._workspace.triggers.issue(self._user.id),
        }

    def shortcut(self, callback_id: str) -> Json:
        """Write a global shortcut."""
        return {
            **self._action("shortcut"),
            "action_ts": self._workspace.next_ts(),
            "callback_id": callback_id,
            **self._trigger(),
        }

    def message_action(self, callback_id: str, message: ShownMessage) -> Json:
        """Write a shortcut on a message."""
        return {
            **self._action("message_action"),
            "action_ts": self._workspace.next_ts(),
            "callback_id": callback_id,
            "channel": self._channel(message.record.channel),
            "message_ts": message.ts,
            "message": message.record.as_json(),
            "response_url": self._response_url(message.record.channel),
            **self._trigger(),
        }

    def button_click(self, surface: Surface, button: Button) -> Json:
        """Write a click on a button, or on an option of an overflow menu."""
        kept = ("type", "action_id", "text", "value", "style", "url", "confirm")
        action = {name: button.element[name] for name in kept if name in button.element}
        if button.option is not None:
            action["selected_option"] = button.option
        return self.block_actions(surface, {**action, "block_id": button.block_id})

    def choice(self, surface: Surface, field: Field, state: Json) -> Json:
        """Write a choice in a field that tells the app at once."""
        block_id, action_id = field.key
        return self.block_actions(surface, {**state, "block_id": block_id, "action_id": action_id})

    def block_actions(self, surface: Surface, action: Json) -> Json:
        """Write an action on a message or a view."""
        return {
            **self._action("block_actions"),
            **self._place(surface),
            "actions": [{**action, "action_ts": self._workspace.next_ts()}],
            **self._trigger(),
        }

    def block_suggestion(self, modal: ShownView, field: Field, typed: str) -> Json:
        """Write the question for the options of an external_select."""
        block_id, action_id = field.key
        return {
            **self._action("block_suggestion"),
            "action_id": action_id,
            "block_id": block_id,
            "value": typed,
            **self._place(modal),
        }

    def view_submission(self, modal: ShownView) -> Json:
        """Write the submission of a modal as it is filled in now."""
        submission = {**self._action("view_submission"), "view": self._view(modal.record), "response_urls": []}
        return submission | self._trigger()

    def view_closed(self, modal: ShownView, *, is_cleared: bool = False) -> Json:
        """Write that a modal was closed without submission."""
        return {**self._action("view_closed"), "view": self._view(modal.record), "is_cleared": is_cleared}

    def app_home_opened(self, home: ShownView | None) -> Json:
        """Write the event that the person opened the Home tab."""
        event: Json = {
            "type": "app_home_opened",
            "user": self._user.id,
            "channel": self._workspace.im(self._user.id).id,
            "tab": "home",
        }
        if home is not None:
            event["view"] = home.record.as_json()
        return envelope(self._workspace, event)

    def _action(self, kind: str) -> Json:
        user = {
            "id": self._user.id,
            "username": self._user.name,
            "name": self._user.name,
            "team_id": self._user.team_id,
        }
        return {
            "type": kind,
            "user": user,
            "api_app_id": self._workspace.app_id,
            "token": VERIFICATION_TOKEN,
            "team": {"id": self._workspace.team_id, "domain": TEAM_DOMAIN},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _trigger(self) -> Json:
        return {"trigger_id": self._workspace.triggers.issue(self._user.id)}

    def _channel(self, channel_id: str) -> Json:
        return {"id": channel_id, "name": self._workspace.channels[channel_id].name}

    def _place(self, surface: Surface) -> Json:
        if isinstance(surface, ShownMessage):
            return self._message_place(surface.record)
        if isinstance(surface, ShownView):
            view = surface.record
            return {"container": {"type": "view", "view_id": view.id}, "view": self._view(view)}
        raise TypeError(surface)

    def _message_place(self, message: Message) -> Json:
        is_ephemeral = message.ephemeral_to is not None
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": is_ephemeral,
        }
        place: Json = {
            "container": container,
            "channel": self._channel(message.channel),
            "state": state_of(message.blocks, {}),
            "response_url": self._response_url(message.channel, message),
        }
        return place if is_ephemeral else {**place, "message": message.as_json()}

    def _view(self, view: View) -> Json:
        return view.as_json(state_of(view.blocks, view.filled))

    def _response_url(self, channel_id: str, source: Message | None = None) -> str:
        key = self._workspace.response_urls.issue(channel_id, self._user.id, source)
        return f"{self._workspace.origin}/respond/{key}"
