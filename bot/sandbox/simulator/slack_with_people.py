"""The simulated Slack as a whole: a workspace, its server, its way to the bot, and the people in it."""

import json
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from aiohttp import web

from bot.sandbox.simulator.faults import Answer, Armed, Call, Faults, middleware
from bot.sandbox.simulator.people.person import Person
from bot.sandbox.simulator.people.rendered_views import ShownMessage
from bot.sandbox.simulator.server import HOST, LocalServer
from bot.sandbox.simulator.slack import events
from bot.sandbox.simulator.slack.delivery import AppDidNotRespond, Delivery, Kind, SignedHttp
from bot.sandbox.simulator.slack.manifest import Manifest
from bot.sandbox.simulator.slack.records import Channel, Json, UserGroup
from bot.sandbox.simulator.slack.refusals import DOCUMENTED
from bot.sandbox.simulator.slack.socket_mode import SocketMode
from bot.sandbox.simulator.slack.triggers import Clock
from bot.sandbox.simulator.slack.web_api import RESPONSE_URL, WebApi
from bot.sandbox.simulator.slack.workspace import Workspace


class Slack:
    """A Slack workspace on this machine, with one app installed."""

    def __init__(self, manifest: Manifest | None = None, *, clock: Clock = time.time) -> None:
        self.workspace = Workspace(manifest or Manifest.load(), clock)
        self.bot_token = f"xoxb-{secrets.token_hex(12)}"
        self.app_token = f"xapp-1-{secrets.token_hex(12)}"
        self.signing_secret = secrets.token_hex(16)
        self.socket_mode = SocketMode(self.workspace)
        self.delivery: Delivery = self.socket_mode
        self._deliveries: list[Delivery] = [self.delivery]
        self._api = WebApi(self.workspace, self.bot_token, self.app_token, self.socket_mode.issue_url)
        app = web.Application(middlewares=[middleware(self._api)])
        app.add_routes([*self._api.routes(), *self.socket_mode.routes()])
        self._server = LocalServer(app, clock)

    @property
    def base_url(self) -> str:
        """Give the base URL of the Web API."""
        return f"{self.workspace.origin}/api/"

    @property
    def faults(self) -> Faults:
        """Give the switchboard of what goes wrong, by method name; response URLs are "response_url"."""
        return self._api.faults

    @property
    def calls(self) -> list[Call]:
        """Give every call that the app made."""
        return self._api.calls

    def refuses(
        self, method: str, code: str, *, times: int = 1, only: Callable[[dict[str, Any]], bool] = lambda _: True
    ) -> Armed:
        """Let the next calls of a method be refused by one of the error codes that are documented for it.

        Raises:
            KeyError: Slack never refuses this method so.
        """
        if code not in DOCUMENTED[method]:
            raise KeyError(f"{method} has no error {code}")
        body = json.dumps({"ok": False, "error": code})
        headers = {"x-slack-req-id": secrets.token_hex(16)}
        return self.faults.arm(method, Answer(200, body, headers=headers), times=times, only=only)

    async def start(self, port: int = 0) -> None:
        """Start to listen."""
        bound = await self._server.start(port)
        self.workspace.origin = f"http://{HOST}:{bound}"

    async def stop(self) -> None:
        """Close every connection and stop listening."""
        for delivery in self._deliveries:
            await delivery.close()
        await self._server.stop()

    def use_http(self, url: str) -> SignedHttp:
        """Deliver to a request URL from now on, and give the delivery for its switches."""
        self.delivery = delivery = SignedHttp(url, self.signing_secret, self.workspace.clock)
        self._deliveries.append(delivery)
        return delivery

    def add_person(
        self,
        name: str,
        *,
        locale: str = "en-GB",
        time_zone: str = "Europe/London",
        team_id: str | None = None,
        is_bot: bool = False,
        is_restricted: bool = False,
        is_ultra_restricted: bool = False,
    ) -> Person:
        """Let somebody join; another team_id makes them a stranger of a Slack Connect channel."""
        flags = {"is_bot": is_bot, "is_restricted": is_restricted, "is_ultra_restricted": is_ultra_restricted}
        user = self.workspace.add_user(name, locale=locale, time_zone=time_zone, team_id=team_id, **flags)
        return Person(self.workspace, user, self._deliver)

    async def deactivate(self, person: Person) -> None:
        """Deactivate somebody, as an admin does when a person leaves."""
        self.workspace.deactivate(person.id)
        await self._announce(events.user_change(person.user))

    async def becomes_guest(self, person: Person) -> None:
        """Turn somebody's account into a guest's, as an admin can."""
        self.workspace.becomes_guest(person.id)
        await self._announce(events.user_change(person.user))

    def add_group(self, name: str, members: Iterable[Person]) -> UserGroup:
        """Create a user group with these people."""
        return self.workspace.add_group(name, [person.id for person in members])

    async def change_group(self, group: UserGroup, members: Iterable[Person]) -> None:
        """Let these people be a group from now on, instead of those who are."""
        before, now = group.members, [person.id for person in members]
        self.workspace.change_group(group, now)
        added, removed = [one for one in now if one not in before], [one for one in before if one not in now]
        await self._announce(events.subteam_members_changed(group, added, removed))
        await self._announce(events.subteam_updated(group))

    async def uninstall(self) -> None:
        """Take the app out of the workspace, as an admin can; the app-level token is not the workspace's and stays."""
        self.revoke_token("account_inactive")
        await self._announce(events.app_uninstalled())
        await self._announce(events.tokens_revoked([self.workspace.bot.id]))

    def revoke_token(self, error: str = "token_revoked") -> None:
        """Let the bot's token be no good any more, without a word; calls are answered with this error."""
        self._api.no_good[self.bot_token] = error

    def revoke_app_token(self) -> None:
        """Let the app-level token be no good any more; connections that are open stay so."""
        self._api.no_good[self.app_token] = "invalid_auth"

    def reinstall(self) -> None:
        """Let every token be good again."""
        self._api.no_good.clear()

    def add_channel(
        self, name: str, members: Iterable[Person], *, private: bool = False, bot_in_it: bool = False
    ) -> Channel:
        """Create a channel with these people, and with the bot if said so."""
        ids = {person.id for person in members} | ({self.workspace.bot.id} if bot_in_it else set())
        return self.workspace.add_channel(name, ids, is_private=private)

    def messages(self, channel: Channel) -> list[ShownMessage]:
        """Give what is in a channel, oldest first."""
        return [ShownMessage(self.workspace, record) for record in self.workspace.history(channel.id)]

    async def _announce(self, event: Json) -> None:
        """Send the app an event, if its manifest subscribes to it; one that does not listen misses it."""
        if event["type"] in self.workspace.manifest.bot_events:
            with suppress(AppDidNotRespond):
                await self._deliver(Kind.EVENTS_API, events.envelope(self.workspace, event))

    async def _deliver(self, kind: Kind, payload: Json) -> Json:
        return await self.delivery.deliver(kind, payload)

    def everything_shown(self, except_to: Person | None = None) -> list[str]:
        """Give all that anybody was ever shown and the app ever sent, as raw JSON, except to one person."""
        ours = except_to.id if except_to else None
        return [json.dumps(thing, ensure_ascii=False) for user, thing in self._shown() if user is None or user != ours]

    def _shown(self) -> Iterator[tuple[str | None, Json]]:
        """Go through everything shown, with the only person who could see it, if it was only one."""
        for message in self.workspace.all_messages:
            only = message.ephemeral_to or self.workspace.channels[message.channel].im_of
            yield from ((only, version) for version in message.versions)
        for view in self.workspace.views.all.values():
            yield from ((view.user, version) for version in view.versions)
        for call in self.calls:
            yield self._addressee(call), {"call": call.name, **call.arguments}

    def _addressee(self, call: Call) -> str | None:
        """Find the only person whom a call reaches, if it is only one."""
        given = call.arguments
        if call.name == RESPONSE_URL:
            return self.workspace.response_urls.owner(given["key"])
        if call.name in {"views.open", "views.push"}:
            return self.workspace.triggers.owner(given.get("trigger_id", ""))
        if call.name == "views.update":
            view = self.workspace.views.all.get(given.get("view_id", ""))
            return view.user if view else None
        if call.name == "views.publish":
            return str(given.get("user_id"))
        if call.name == "chat.postEphemeral":
            return str(given.get("user"))
        channel = self.workspace.channels.get(given.get("channel", ""))
        return channel.im_of if channel else given.get("channel")
