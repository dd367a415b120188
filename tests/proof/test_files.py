"""What operators and accidents do to the database's files; judged by what was sold and seen, and by a whole file."""

import asyncio
from pathlib import Path
from random import Random

import pytest

from tests.proof.on_files import TABLES
from tests.proof.report_plugin import Size, Tell
from tests.proof.tmpfs import folder

AT_ONCE = 2  # stories, each with its own processes


@pytest.mark.parametrize("what", TABLES)
async def test_what_is_done_to_the_files(what: str, tmp_path: Path, size: Size, proof_seed: int, tell: Tell) -> None:
    """The bot goes on with everything, or stays away, changes nothing and says the way; nobody gets two gifts."""
    stories = TABLES[what]
    names = [*stories] if size.stories is None else Random(proof_seed).sample([*stories], size.stories)
    free_hands = asyncio.Semaphore(AT_ONCE)

    async def told(name: str) -> list[str]:
        async with free_hands:
            wrong = await stories[name](folder(tmp_path, name.replace("/", " ")))
        return [f'python -m tests.proof.on_files "{name}"\n{words}' for words in wrong]

    wrong = [words for found in await asyncio.gather(*map(told, names)) for words in found]
    tell(what, len(names), "stories", wrong)
