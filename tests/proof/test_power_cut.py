"""Power cuts: whatever the bot has said to anybody, a disk that lost everything unsynced still holds it.

The real process tells a story under strace, which records every byte that it writes and sends, and every sync. From
that record the disk is rebuilt as a power cut may leave it, after each of these calls.
"""

from pathlib import Path
from random import Random

from tests.proof.power_cut import cuts, recorded_story
from tests.proof.report_plugin import Size, Tell
from tests.proof.strace import needs_strace


@needs_strace
async def test_a_power_cut_loses_nothing_that_was_said(tmp_path: Path, size: Size, proof_seed: int, tell: Tell) -> None:
    """The file always opens and is whole, and has everything that people and services were told."""
    story = await recorded_story(tmp_path)
    images = list(cuts(story, tmp_path, Random(proof_seed), size.images - 1))
    wrong = sorted({f"lost: {words}" for lost in images for words in lost})
    tell("power cut after any write, sync or send: what was said is on the disk", len(images), "disk images", wrong)
