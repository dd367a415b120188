"""From the first line to the exit code: the story is told, its ledger is read, and everything is taken down again."""

import asyncio
import signal
import sys
import time
from collections.abc import Coroutine, Sequence
from io import TextIOWrapper
from shlex import quote
from textwrap import shorten
from typing import Any, Final, Literal

from rich.console import Console
from rich.text import Text

from bot.sandbox.bot_process import Bot
from bot.sandbox.demo import personas, result_panels, verification
from bot.sandbox.demo.environment import Stage, open_stage
from bot.sandbox.demo.personas import Roles
from bot.sandbox.demo.policy_story import PolicyStory
from bot.sandbox.demo.story import GiftStory
from bot.sandbox.demo.story_base import Scenes
from bot.sandbox.demo.terminal import ReaderLeft, Screen
from bot.sandbox.simulator import AppDidNotRespond, CannotDoThat
from bot.sandbox.simulator.slack.records import SlackError

StoryName = Literal["gift", "policy"]

STORIES: Final[dict[StoryName, tuple[Roles, type[Scenes]]]] = {
    "gift": (personas.GIFT, GiftStory),
    "policy": (personas.POLICY, PolicyStory),
}
WRONG: Final = 1
INTERRUPTED: Final = 130
LONGEST_COMPLAINT: Final = 600


class DemoFailed(Exception):
    """The demo did not show what it promises; the message says why."""


def play(name: StoryName, provider: str, *, keep: bool, bot: Sequence[str] = ("bot", "run")) -> int:
    """Play a story in this terminal and give the exit code; with `keep`, everything runs on until Ctrl-C.

    `bot` is the module that runs the bot, with its arguments: another one may know more gift card services.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # where there are no emoji, a question mark will do
    try:
        return asyncio.run(_play(Screen(), name, provider, bot, keep=keep))
    except ReaderLeft:
        return INTERRUPTED
    except DemoFailed as failed:
        Console(stderr=True, soft_wrap=True).print(Text(f"The demo failed. {failed}", "red"))
        return WRONG


async def _play(screen: Screen, name: StoryName, provider: str, bot: Sequence[str], *, keep: bool) -> int:
    enough = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, enough.set)
    began = time.monotonic()
    roles, kind = STORIES[name]
    screen.opens(roles)
    async with open_stage(provider, roles, bot) as stage:
        story = kind(stage, screen)
        if not await _watched(story.tell(), stage.bot, enough):
            return INTERRUPTED
        kept = verification.read(stage)
        seconds = time.monotonic() - began
        screen.act("What was ordered, delivered and stored")
        screen.shows(result_panels.ordered(kept))
        screen.shows(result_panels.delivered(kept), result_panels.stored(kept))
        if keep:
            _give_addresses(stage, screen)
            await _watched(asyncio.Event().wait(), stage.bot, enough)
        problems = kept.problems(story.recipients, story.in_review)
        if code := await stage.bot.stop():
            problems.append(f"The bot ended with exit code {code}.\n{stage.bot.last_words()}")
    if problems:
        raise DemoFailed("\n".join(problems))
    screen.closes(gifts=len(story.recipients), in_review=story.in_review, seconds=seconds)
    return 0


async def _watched(scene: Coroutine[Any, Any, object], bot: Bot, enough: asyncio.Event) -> bool:
    """Let a scene play to its end, and say whether it came to it or somebody had seen enough."""
    playing, ending, leaving = tasks = [asyncio.create_task(one) for one in (scene, bot.ended(), enough.wait())]
    finished, unfinished = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in unfinished:
        task.cancel()
    if leaving in finished:
        return False
    if ending in finished:
        raise DemoFailed(f"The bot ended early, with exit code {ending.result()}.\n{bot.last_words()}")
    try:
        playing.result()
    except (CannotDoThat, AppDidNotRespond, SlackError) as stuck:
        complaint = shorten(str(stuck), LONGEST_COMPLAINT, placeholder=" ...")
        raise DemoFailed(f"The story does not go on: {complaint}\n{bot.last_words()}") from stuck
    return True


def _give_addresses(stage: Stage, screen: Screen) -> None:
    """Say where everything is, and what another bot needs to run against it."""
    screen.act("Everything keeps running until Ctrl-C")
    addresses = {
        "Slack API": stage.simulator.slack.base_url,
        "Gift card API": stage.simulator.giftcards.base_url,
        "Database": stage.settings["GIFTBOT_DATABASE"],
        "Bot": f"process {stage.bot.pid}, which logs to {stage.bot.log}",
    }
    for name, address in addresses.items():
        screen.says(f"{name:15}{address}")
    screen.says("\nFor another `giftbot run`, with a database of its own (these secrets open nothing real):\n")
    for name, value in {**stage.settings, "GIFTBOT_DATABASE": str(stage.folder / "another.db")}.items():
        screen.says(f"export {name}={quote(value)}")
