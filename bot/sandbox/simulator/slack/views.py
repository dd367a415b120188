"""The modals on everybody's screen, three deep at most, and everybody's Home tab."""

import secrets
from collections import defaultdict
from typing import Final

from bot.sandbox.simulator.slack.records import Json, SlackError, View, new_id
from bot.sandbox.simulator.slack.view_state import keep_what_still_fits, with_ids

MODALS_DEEP: Final = 3


class Views:
    """Every view that was ever shown, the stack of modals of each person, and the Home tabs."""

    def __init__(self, team_id: str, app_id: str, bot_id: str) -> None:
        self._team_id, self._app_id, self._bot_id = team_id, app_id, bot_id
        self._stacks: dict[str, list[View]] = defaultdict(list)
        self._homes: dict[str, View] = {}
        self.all: dict[str, View] = {}

    def top(self, user: str) -> View | None:
        """Give the modal that the person sees, if one is open."""
        stack = self._stacks[user]
        return stack[-1] if stack else None

    def stack(self, user: str) -> list[View]:
        """Give the person's modals, the top one last."""
        return list(self._stacks[user])

    def home(self, user: str) -> View | None:
        """Give the person's Home tab, once published."""
        return self._homes.get(user)

    def open(self, user: str, body: Json) -> View:
        """Show a modal, instead of what was open."""
        self._stacks[user].clear()
        return self._show(user, body)

    def push(self, user: str, body: Json) -> View:
        """Show a modal on top of the one that is open."""
        stack = self._stacks[user]
        if len(stack) >= MODALS_DEEP:
            raise SlackError("push_limit_reached")
        if not stack:
            raise SlackError("not_found")
        return self._show(user, body)

    def update(self, view: View, body: Json, hash_: str | None = None) -> View:
        """Show something else in a view; what was filled in stays where the same field stays."""
        if hash_ is not None and hash_ != view.hash:
            raise SlackError("hash_conflict")
        view.body = with_ids(body)
        view.filled = keep_what_still_fits(view.filled, view.blocks)
        view.errors = {}
        view.hash = _new_hash()
        view.versions.append(view.body)
        return view

    def publish(self, user: str, body: Json, hash_: str | None = None) -> View:
        """Show the person's Home tab; the view keeps its id for ever."""
        home = self._homes.get(user)
        if home is not None:
            return self.update(home, body, hash_)
        self._homes[user] = self._make(user, body, None)
        return self._homes[user]

    def find(self, view_id: str | None, external_id: str | None) -> View:
        """Find a view that is still on somebody's screen."""
        for view in self._on_screen():
            if view.id == view_id or (external_id and view.body.get("external_id") == external_id):
                return view
        raise SlackError("not_found")

    def close(self, view: View) -> None:
        """Take one modal off the screen; the one below it is seen again."""
        stack = self._stacks[view.user]
        if view in stack:
            stack.remove(view)

    def clear(self, user: str) -> list[View]:
        """Take every modal off the person's screen and give them, the top one first."""
        closed = self._stacks.pop(user, [])
        return closed[::-1]

    def _on_screen(self) -> list[View]:
        return [view for stack in self._stacks.values() for view in stack] + list(self._homes.values())

    def _show(self, user: str, body: Json) -> View:
        below = self.top(user)
        view = self._make(user, body, below)
        self._stacks[user].append(view)
        return view

    def _make(self, user: str, body: Json, below: View | None) -> View:
        external_id = body.get("external_id")
        if external_id and any(view.body.get("external_id") == external_id for view in self._on_screen()):
            raise SlackError("duplicate_external_id")
        view_id = new_id("V")
        view = View(
            id=view_id,
            user=user,
            team_id=self._team_id,
            app_id=self._app_id,
            bot_id=self._bot_id,
            body=with_ids(body),
            hash=_new_hash(),
            root_view_id=below.root_view_id if below else view_id,
            previous_view_id=below.id if below else None,
        )
        self.all[view_id] = view
        return view


def _new_hash() -> str:
    return f"{secrets.randbelow(10**10):010}.{secrets.token_hex(4)}"
