"""One open page: a snapshot of everything, and then each change as it happens."""

import asyncio
import json
from contextlib import closing, suppress
from typing import Any, Final

from aiohttp import WSMsgType, web

from bot.sandbox.playground import snapshots
from bot.sandbox.playground.command_dispatcher import Doer
from bot.sandbox.playground.environment import Stage
from bot.sandbox.playground.inspector import Backstage
from bot.sandbox.playground.switchboard import Switchboard

Json = dict[str, Any]

TICK: Final = 0.2  # seconds between two looks at what rings no bell: the bot's database and process
HEARTBEAT: Final = 20.0
LONGEST_COMMAND: Final = 1 << 20


class Feed:
    """What one page has been told, and what it has to be told next."""

    def __init__(self, stage: Stage, switches: Switchboard) -> None:
        self._stage = stage
        self._switches = switches
        self._workspace = stage.simulator.slack.workspace
        self._backstage = Backstage(stage)
        self._messages: dict[tuple[str, str], tuple[int, bool]] = {}
        self._known: dict[str, Any] = {}

    def close(self) -> None:
        """Let go of what is looked at."""
        self._backstage.close()

    def snapshot(self) -> Json:
        """Give everything, for a page that knows nothing."""
        self._messages, self._known = {}, {}
        changes = self.changes()
        return {
            "is": "snapshot",
            **snapshots.place(self._stage),
            "clock": self._clock(),
            "messages": [change["message"] for change in changes if change["is"] == "message"],
            "views": {change["user"]: change["views"] for change in changes if change["is"] == "views"},
            "homes": {change["user"]: change["view"] for change in changes if change["is"] == "home"},
            "read": {person: dict(read) for person, read in self._stage.company.read.items()},
            "bot": self._bot(),
            "switches": self._switches.shown(),
            "backstage": self._backstage.everything(),
        }

    def changes(self) -> list[Json]:
        """Give what people see that this page does not know yet."""
        return [*self._message_changes(), *self._view_changes(), *self._read_changes()]

    def quiet_changes(self) -> list[Json]:
        """Give what else this page does not know yet: nobody rings a bell for it."""
        changes: list[Json] = []
        for name, now in (("bot", self._bot()), ("switches", self._switches.shown())):
            if self._is_new(name, now):
                changes.append({"is": name, name: now})
        if self._is_new("ahead", self._stage.clock.ahead):
            changes.append({"is": "clock", "clock": self._clock()})
        if backstage := self._backstage.changes():
            changes.append({"is": "backstage", **backstage})
        return changes

    def _is_new(self, name: str, now: Any) -> bool:
        if self._known.get(name) == now:
            return False
        self._known[name] = now
        return True

    def _message_changes(self) -> list[Json]:
        changes: list[Json] = []
        for record in self._workspace.all_messages:
            key, now = (record.channel, record.ts), (len(record.versions), record.deleted)
            before = self._messages.get(key)
            if before == now:
                continue
            self._messages[key] = now
            if not record.deleted:
                changes.append({"is": "message", "message": snapshots.message(record)})
            elif before is not None:
                changes.append({"is": "message_gone", "channel": record.channel, "ts": record.ts})
        return changes

    def _view_changes(self) -> list[Json]:
        changes: list[Json] = []
        for person in self._stage.company.people:
            stack = self._workspace.views.stack(person)
            if self._is_new(f"views {person}", [(view.id, len(view.versions), dict(view.errors)) for view in stack]):
                changes.append({"is": "views", "user": person, "views": [snapshots.view(view) for view in stack]})
            home = self._workspace.views.home(person)
            if home is not None and self._is_new(f"home {person}", len(home.versions)):
                changes.append({"is": "home", "user": person, "view": snapshots.view(home)})
        return changes

    def _read_changes(self) -> list[Json]:
        return [
            {"is": "read", "user": person, "channel": channel, "ts": ts}
            for person, read in self._stage.company.read.items()
            for channel, ts in read.items()
            if self._is_new(f"read {person} {channel}", ts)
        ]

    def _bot(self) -> Json:
        keeper = self._stage.keeper
        return {"state": keeper.state, "pid": keeper.process_id, "say": keeper.words}

    def _clock(self) -> Json:
        return {"now": self._stage.clock.time(), "ahead": self._stage.clock.ahead}


class Live:
    """The sockets of all open pages."""

    def __init__(self, stage: Stage, switches: Switchboard) -> None:
        self._stage = stage
        self._switches = switches
        self._doer = Doer(stage, switches)
        self._sockets: set[web.WebSocketResponse] = set()
        self._doing: set[asyncio.Task[None]] = set()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one page until it is closed; what it has asked for is finished all the same."""
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=LONGEST_COMMAND)
        await socket.prepare(request)
        self._sockets.add(socket)
        telling = asyncio.create_task(self._tell(socket))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    task = asyncio.create_task(self._do(socket, message.data))
                    self._doing.add(task)
                    task.add_done_callback(self._doing.discard)
        finally:
            self._sockets.discard(socket)
            telling.cancel()
        return socket

    async def close(self) -> None:
        """Say goodbye to every page, and let nobody act any more."""
        for task in self._doing:
            task.cancel()
        for socket in list(self._sockets):
            await socket.close()

    async def _tell(self, socket: web.WebSocketResponse) -> None:
        bell = self._stage.simulator.slack.workspace.bell
        with suppress(ConnectionError), closing(Feed(self._stage, self._switches)) as feed:
            await _send(socket, feed.snapshot())
            while not socket.closed:
                with suppress(TimeoutError):
                    for change in await bell.until(feed.changes, TICK):
                        await _send(socket, change)
                for change in feed.quiet_changes():
                    await _send(socket, change)

    async def _do(self, socket: web.WebSocketResponse, text: str) -> None:
        answer = await self._doer.answer(text)
        with suppress(ConnectionError):
            await _send(socket, answer)


async def _send(socket: web.WebSocketResponse, content: Json) -> None:
    if not socket.closed:
        await socket.send_str(json.dumps(content, ensure_ascii=False))
