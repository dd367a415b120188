"""What operators and accidents do to the database's files, each as a story with the real process, by its name.

python -m tests.proof.on_files "a backup, copied over"      tells that one, and judges
"""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Mapping
from functools import partial
from pathlib import Path
from typing import Protocol

from tests.proof.beneath import ACCIDENTS, OTHER_NAMES, happened, kept_out
from tests.proof.between import DEEDS, done


class Story(Protocol):
    """Told in a folder, with changes to the settings of the bot; gives what is wrong in the end."""

    def __call__(self, folder: Path, /, **settings: str) -> Awaitable[list[str]]:
        """Tell it."""


BETWEEN = "done to the database's files between two starts: nothing lost, nothing mixed"
BENEATH = "files taken away or overwritten under the bot: noticed, said, saved"
BESIDE = "a second bot on the same database, by whatever name: kept out"
TABLES: Mapping[str, Mapping[str, Story]] = {
    BETWEEN: {deed.name: partial(done, deed) for deed in DEEDS},
    BENEATH: {accident.name: partial(happened, accident) for accident in ACCIDENTS},
    BESIDE: {other.name: partial(kept_out, other) for other in OTHER_NAMES},
}
STORIES: Mapping[str, Story] = {name: story for table in TABLES.values() for name, story in table.items()}


async def _by_hand(name: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        wrong = await STORIES[name](Path(folder))
    print(*wrong or ["as it should be"], sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(asyncio.run(_by_hand(sys.argv[1])))
