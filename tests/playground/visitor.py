"""A visitor of the playground without a browser: holds what the page would hold, and asks for what it would ask."""

import asyncio
import itertools
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self, TypeVar

import aiohttp

Json = dict[str, Any]
Found = TypeVar("Found")

PATIENCE = 20.0


class Visitor:
    """One open page: the snapshot, kept current by the increments."""

    def __init__(
        self, session: aiohttp.ClientSession, origin: str, socket: aiohttp.ClientWebSocketResponse, snapshot: Json
    ) -> None:
        self.session = session
        self.snapshot = snapshot
        self.origin = origin
        self.heard: list[Json] = []
        self.messages: dict[tuple[str, str], Json] = {}
        self.views: dict[str, list[Json]] = {}
        self.homes: dict[str, Json] = {}
        self.switches: dict[str, Json] = {}
        self.gifts: dict[str, Json] = {}
        self.orders: dict[str, Json] = {}
        self.history: list[Json] = []
        self.calls: list[Json] = []
        self.work: list[Json] = []
        self.state = ""
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, Json] = {}
        self._news = asyncio.Condition()
        self._begin(snapshot)

    @classmethod
    @asynccontextmanager
    async def at(cls, address: str, again: aiohttp.ClientSession | None = None) -> AsyncGenerator[Self]:
        """Open the page at an address with its token, or once more in a session that has been let in."""
        origin = address.partition("/?")[0]
        async with again or aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            assert (await session.get(address)).status == 200
            async with session.ws_connect(f"{origin}/live", headers={"Origin": origin}) as socket:
                visitor = cls(session, origin, socket, await socket.receive_json())
                listening = asyncio.create_task(visitor.listen())
                yield visitor
                listening.cancel()

    def person(self, name: str) -> str:
        """The id of somebody by name."""
        return next(str(user["id"]) for user in self.snapshot["users"] if user["real_name"] == name)

    def channel(self, name: str, of: str = "") -> str:
        """The id of a channel by name; direct messages are somebody's."""
        owner = self.person(of) if of else None
        channels = self.snapshot["channels"]
        return next(str(one["id"]) for one in channels if (one["name"], one.get("of")) == (name, owner))

    def seen_by(self, name: str) -> list[Json]:
        """The messages that somebody sees, oldest first."""
        who = self.person(name)
        mine = {channel["id"] for channel in self.snapshot["channels"] if who in channel["members"]}
        return [
            self.messages[key]
            for key in sorted(self.messages, key=lambda key: float(key[1]))
            if key[0] in mine and self.messages[key]["only_for"] in {None, who}
        ]

    async def asks(self, do: str, who: str = "", **fields: Any) -> Json:
        """Ask for something, as somebody, and give the answer."""
        number = next(self._numbers)
        person = {"as": self.person(who)} if who else {}
        await self._socket.send_json({"id": number, "do": do, **person, **fields})
        return await self.until(lambda: self._answers.get(number))

    async def does(self, do: str, who: str = "", **fields: Any) -> Json:
        """Ask for something that has to be done."""
        answer = await self.asks(do, who, **fields)
        assert answer["ok"], answer
        return answer

    async def says(self, text: str) -> None:
        """Send a text over the socket as it is."""
        await self._socket.send_str(text)

    async def until(self, look: Callable[[], Found | None], seconds: float = PATIENCE) -> Found:
        """Wait until there is something to see, and give it."""
        async with asyncio.timeout(seconds), self._news:
            while not (found := look()):
                await self._news.wait()
            return found

    @property
    def left(self) -> list[Json]:
        """The work that is left, but for what is done for ever."""
        return [work for work in self.work if work["task"] not in {"check", "stock", "head"}]

    async def sees(self, who: str, words: str) -> Json:
        """Wait until somebody sees a message with these words, and give the newest."""
        return await self.until(
            lambda: next((one for one in reversed(self.seen_by(who)) if words in json.dumps(one["message"])), None)
        )

    async def sees_modal(self, who: str, title: str) -> Json:
        """Wait until somebody has a modal with this title, and give it."""

        def look() -> Json | None:
            top = self.views.get(self.person(who), [])[-1:]
            return next((view for view in top if view["view"]["title"]["text"] == title), None)

        return await self.until(look)

    async def clicks(self, who: str, message: Json, action_id: str) -> Json:
        """Click a button of a message, and give the answer."""
        block = next(
            block
            for block in message["message"]["blocks"]
            if any(element["action_id"] == action_id for element in block.get("elements", []) if "action_id" in element)
        )
        on = {"channel": message["channel"], "ts": message["ts"]}
        return await self.asks("clicks", who, on=on, block_id=block["block_id"], action_id=action_id)

    async def asks_for_a_gift(self, words: str = "@Rob 25 GBP thank you", who: str = "Mia") -> Json:
        """Let somebody ask for a gift, and give the card that Abe sees."""
        await self.does("types", who, channel=self.channel("general"), text=f"/gift {words}")
        form = await self.sees_modal(who, "Send a gift")
        await self.does("submits", who, view=form["id"], values={})
        thanks = await self.sees_modal(who, "Gift asked for")
        await self.does("closes", who, view=thanks["id"])
        return await self.sees("Abe", '"action_id": "approve"')

    async def link_of(self, who: str) -> str:
        """Wait for somebody's gift, and give its link."""
        message = await self.sees(who, '"action_id": "open_gift"')
        return next(
            str(element["url"])
            for block in message["message"]["blocks"]
            for element in block.get("elements", [])
            if "url" in element
        )

    async def listen(self) -> None:
        """Take in everything that comes, until the playground says goodbye."""
        async for message in self._socket:
            content = json.loads(message.data)
            async with self._news:
                self.heard.append(content)
                self._take(content)
                self._news.notify_all()

    def _begin(self, snapshot: Json) -> None:
        for message in snapshot["messages"]:
            self._take({"is": "message", "message": message})
        self.views, self.homes = snapshot["views"], snapshot["homes"]
        self._take({"is": "switches", "switches": snapshot["switches"]})
        self._take({"is": "bot", "bot": snapshot["bot"]})
        self._take({"is": "backstage", **snapshot["backstage"]})

    def _take(self, content: Json) -> None:
        match content:
            case {"is": "answer", "id": number}:
                self._answers[number] = content
            case {"is": "message", "message": message}:
                self.messages[message["channel"], message["ts"]] = message
            case {"is": "message_gone", "channel": channel, "ts": ts}:
                del self.messages[channel, ts]
            case {"is": "views", "user": user, "views": views}:
                self.views[user] = views
            case {"is": "home", "user": user, "view": view}:
                self.homes[user] = view
            case {"is": "switches", "switches": switches}:
                self.switches = {switch["name"]: switch for switch in switches}
            case {"is": "bot", "bot": bot}:
                self.state = bot["state"]
            case {"is": "backstage"}:
                self._look_behind(content)

    def _look_behind(self, content: Json) -> None:
        self.gifts |= {gift["id"]: gift for gift in content.get("gifts", [])}
        self.orders |= {order["id"]: order for order in content.get("orders", [])}
        self.history += content.get("history", [])
        self.calls += content.get("calls", [])
        self.work = content.get("work", self.work)
