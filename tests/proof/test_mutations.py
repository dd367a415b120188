"""Deliberate mistakes: each is made in a copy of the product, and the proof has to find it there."""

import os
import subprocess
import sys
from itertools import count
from pathlib import Path
from random import Random

import pytest

from tests.proof.kill_at_syscall import calls_of_a_story, struck
from tests.proof.mutations import MUTATIONS, Mutation, mistaken, planted
from tests.proof.on_files import STORIES
from tests.proof.power_cut import cuts, recorded_story
from tests.proof.report_plugin import SIZES, Size, Tell
from tests.proof.simulation.seed_runner import failing
from tests.proof.source_patterns import NotOnce, changed
from tests.proof.strace import Call, needs_strace
from tests.proof.tmpfs import folder

SEEDS = 4000  # each mistake is found within a small part of them
_STORIES = {  # of files, and the mistake that each of them has to find
    "any -wal is taken for the file's own": "a backup, copied over",
    "a copy without its -wal is taken for a backup": "the file alone copied to another place",
    "the lock is a file's of its own": "the same name, every lock file removed",
    "what an open file holds is not saved": "the file deleted",
}
WHAT = "deliberate mistakes in a copy of the product: found by the tests below"
OUTDATED = "deliberate mistakes that another seed finds now: pytest -rP prints it for mutations.py"


def _found_by(part: str) -> pytest.MarkDecorator:
    mutations = [mutation for mutation in MUTATIONS if mutation.found_by == part]
    return pytest.mark.parametrize("mutation", mutations, ids=lambda mutation: mutation.name)


def test_every_mistake_has_its_place(tmp_path: Path) -> None:
    """Each one fits the source as it is now, and uses no name that is unknown where it stands."""
    for number, mutation in enumerate(MUTATIONS):
        for path, text in mistaken(mutation).items():
            file = tmp_path / str(number) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select=F821,F823", str(tmp_path)]
    checked = subprocess.run(ruff, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


_SOURCE = """
class Desk:
    def place(self, order):  # as somebody else might lay it out
        answer = self.service.send(
            order, again=True
        )
        return answer if answer else None
"""


@pytest.mark.parametrize(
    ("pattern", "wrong", "found"),
    [
        (
            "$SERVICE.send($ORDER, ...)",
            "$SERVICE.send(copy($ORDER), ...)",
            "self.service.send(copy(order), again=True)",
        ),
        ("$SERVICE.send(...)", "$SERVICE.post(...)", "self.service.post(order, again=True)"),
        ("$ANSWER if $ANSWER else None", "$ANSWER or 0", "return answer or 0"),
        ("$ANSWER = $CALL\nreturn $REST", "return $CALL", "return self.service.send(order, again=True)"),
    ],
)
def test_a_place_is_found_by_its_shape(pattern: str, wrong: str, found: str) -> None:
    """However it is laid out, and whatever its variables are called."""
    assert found in changed(_SOURCE, "Desk.place", pattern, wrong)


@pytest.mark.parametrize(
    ("function", "pattern", "times"),
    [
        ("Desk.place", "$SERVICE.post(...)", "has 0 times"),
        ("Desk.place", "$SAME if $OTHER else $SAME", "has 0 times"),
        ("Desk.place", "$SERVICE.send($ORDER)", "has 0 times"),
        ("Desk.place", "answer", "has 3 times"),
        ("Desk.send", "answer", "is there 0 times"),
    ],
)
def test_a_place_that_is_not_there_once_is_told(function: str, pattern: str, times: str) -> None:
    """Nobody plants a mistake in the wrong place, or nowhere."""
    with pytest.raises(NotOnce, match=times):
        changed(_SOURCE, function, pattern, "None")


@_found_by("simulation")
def test_the_simulation_finds(mutation: Mutation, tmp_path: Path, tell: Tell) -> None:
    """Some seed breaks a promise when it is played with the mistaken product; the one that did last is tried first."""
    copy = planted(mutation, tmp_path)
    found, played = _plays(copy, mutation.seed, 1)
    if not found:
        found, played = _plays(copy, 1, SEEDS)
        tell(OUTDATED, 1, "mistakes", [])
    tell(WHAT, 1, "mistakes", [] if found else [f"missed: {mutation.name}\n{played}"])


def test_the_product_itself_keeps_its_promises_in_these_seeds() -> None:
    """What breaks them is the mistake."""
    assert list(failing(sorted({mutation.seed for mutation in MUTATIONS}))) == []


def _plays(copy: Path, first: int, count: int) -> tuple[bool, str]:
    """Whether a promise was broken in one of so many seeds, and what was printed."""
    play = [sys.executable, "-m", "tests.proof.simulation", str(first), str(count)]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(copy)}
    played = subprocess.run(play, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    print(played.stdout)  # the seed, for mutations.py
    return played.returncode == 1 and played.stdout.startswith("seed "), played.stdout + played.stderr


@needs_strace
@_found_by("kill")
async def test_a_kill_finds(mutation: Mutation, tmp_path: Path, size: Size, tell: Tell) -> None:
    """The mistaken product tells something twice when it dies just before Slack's answer to one of its messages."""
    if size is SIZES["short"]:
        pytest.skip("not in the short form")
    copy = planted(mutation, folder(tmp_path, "copy"))
    for number in count(_after_the_card(await calls_of_a_story(folder(tmp_path, "undisturbed")))):
        killed, wrong = await struck("recvfrom", number, folder(tmp_path, str(number)), pythonpath=str(copy))
        found = any("was told 2 times" in words for words in wrong)
        if found or not killed:
            break
    tell(WHAT, 1, "mistakes", [] if found else [f"missed: {mutation.name}"])


@_found_by("files")
async def test_what_happens_to_files_finds(mutation: Mutation, tmp_path: Path, size: Size, tell: Tell) -> None:
    """The mistaken product starts where it must not, keeps nobody out, or saves nothing."""
    if size is SIZES["short"]:
        pytest.skip("not in the short form")
    copy, place = planted(mutation, folder(tmp_path, "copy")), folder(tmp_path, "story")
    wrong = await STORIES[_STORIES[mutation.name]](place, pythonpath=str(copy))
    tell(WHAT, 1, "mistakes", [] if wrong else [f"missed: {mutation.name}"])


def _after_the_card(story: list[Call]) -> int:
    """How often the story receives until its first message has gone out; the later ones are for one person each."""
    posted = next(number for number, call in enumerate(story) if b"/chat.postMessage" in call.data)
    return sum(call.name == "recvfrom" for call in story[:posted]) + 1


@needs_strace
@_found_by("power cut")
async def test_the_power_cut_finds(mutation: Mutation, tmp_path: Path, tell: Tell) -> None:
    """Some image of the disk lacks what the mistaken product has said."""
    copy, place = planted(mutation, folder(tmp_path, "copy")), folder(tmp_path, "story")
    story = await recorded_story(place, pythonpath=str(copy))
    found = any(cuts(story, place, Random(0), with_luck=0))
    tell(WHAT, 1, "mistakes", [] if found else [f"missed: {mutation.name}"])
