"""kill -9 of the real process at every step from the submission to the last notice, and a restart after it.

The judge reads only what the gift card service sold and what people see in Slack, never the bot's own word.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.simulator import AppDidNotRespond, Moment, RequestLost, Simulator
from tests.office import Office, TurnableClock

AT_ONCE = 3  # processes, on the two cores that the suite is made for


class Fate:
    """Kills the bot at its n-th contact with the outside world, and starts it again."""

    def __init__(self, office: Office, strikes_at: int | None) -> None:
        self._office = office
        self._strikes_at = strikes_at
        self._restart: asyncio.Task[None] | None = None
        self.contacts: list[str] = []

    async def starts(self) -> None:
        """Start the bot and wait until Slack reaches it."""
        channel = self._office.approvals.id
        self._process = await self._office.process(giftbot_approvals_channel=channel, giftbot_settle_seconds="1")
        await self._office.slack.socket_mode.connected(timeout=30)

    async def sees(self, name: str, moment: Moment | str) -> None:
        """A call to Slack or to the gift card service, or something that a person did."""
        self.contacts.append(f"{moment} {name}")
        if len(self.contacts) - 1 == self._strikes_at:
            self._process.kill()
            await self._process.wait()
            self._restart = asyncio.create_task(self.starts())
            if moment is Moment.BEFORE:
                raise RequestLost

    def watches(self) -> None:
        """From now on every call counts."""
        for service in (self._office.slack, self._office.giftcards):
            service.faults.watcher = self.sees

    async def insists(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do what a person does when Slack shows an error: wait a moment and do it again."""
        try:
            await act()
        except AppDidNotRespond:
            assert self._restart, "the bot only fails to answer when it was killed"
            await self._restart
            await act()

    async def ends(self) -> None:
        """Stop the bot as an operator does."""
        if self._restart:
            await self._restart
        self._process.terminate()
        assert await asyncio.wait_for(self._process.wait(), 10) == 0

    async def cleans_up(self) -> None:
        """Leave no process behind, however the story ended."""
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


async def _story(folder: Path, strikes_at: int | None) -> list[str]:
    """The whole story with one kill in it; gives the contacts that there were."""
    async with Simulator(provider="runa") as simulator:
        office = Office(simulator, folder, TurnableClock())
        office.slack.socket_mode.ack_seconds = 1.0
        fate = Fate(office, strikes_at)
        try:
            await _play(office, fate)
            await fate.ends()
        finally:
            await fate.cleans_up()
        _judge(office)
    return fate.contacts


async def _play(office: Office, fate: Fate) -> None:
    await fate.starts()
    await office.mia.types("/gift @Rob 25 GBP thank you")
    await office.mia.sees_modal("Send a gift")
    await office.rests()  # the catalogue is read beside the story: it would shift each contact by chance
    fate.watches()

    await fate.insists(office.mia.submits)
    await fate.sees("submission", "acknowledged")
    card = await office.abe.sees("would like to thank", timeout=20)
    await fate.insists(lambda: office.abe.clicks("Approve", on=card, confirm=True))
    await fate.sees("approval", "acknowledged")
    await office.mia.sees_message("has your gift", timeout=20)
    await office.finishes()


def _judge(office: Office) -> None:
    (order,) = office.giftcards.orders
    (gift,) = office.rob.messages()
    assert gift.links == [order.items[0].link]
    told = [message.text_shown for message in office.mia.messages()]
    assert len(told) == 2, told  # in either order: the kill may hold up one of them
    assert any("Approved by @Abe" in words for words in told)
    assert any("has your gift" in words for words in told)
    assert any("Approved by @Abe" in card.text_shown for card in office.slack.messages(office.approvals))


async def test_killed_anywhere_there_is_one_order_and_one_message(tmp_path: Path) -> None:
    """Wherever the process dies, after its restart Rob has one gift, paid once, and nobody is told anything twice."""
    contacts = await _story(_folder(tmp_path, "undisturbed"), strikes_at=None)
    assert {"before POST /order", "after POST /order", "after chat.postMessage"} <= set(contacts)
    free_hands = asyncio.Semaphore(AT_ONCE)

    async def strike(number: int) -> None:
        async with free_hands:
            try:
                await _story(_folder(tmp_path, str(number)), strikes_at=number)
            except (AssertionError, TimeoutError) as error:
                error.add_note(f"killed {contacts[number]} (contact {number})\n{_log(tmp_path / str(number))}")
                raise

    async with asyncio.TaskGroup() as strikes:
        for number in range(len(contacts)):
            strikes.create_task(strike(number))


def _folder(parent: Path, name: str) -> Path:
    (parent / name).mkdir()
    return parent / name


def _log(folder: Path) -> str:
    return (folder / "giftbot.log").read_text()[-4000:]
