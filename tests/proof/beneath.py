"""What happens to the database's files under the running process, and which other bots are kept from them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.simulator import AppDidNotRespond, CannotDoThat
from tests.proof.files import Files
from tests.proof.operating import CANNOT_RUN, LONG, Operator, operating

_NOTICED = 60.0  # seconds within which it has to be noticed
_SAVED = re.compile(r"All that giftbot had kept is in (.+?)\. To go on")


@dataclass(frozen=True, slots=True)
class Accident:
    """What happens to the files; whether all is saved, and how soon it is known: at a stop, or by itself."""

    name: str
    does: Callable[[Files], None]
    is_saved: bool = True
    is_stopped: bool = False


@dataclass(frozen=True, slots=True)
class OtherName:
    """How the database comes to another name, by which a second bot is started."""

    name: str
    gives: Callable[[Files], Path]


ACCIDENTS = (
    Accident("the file deleted", lambda files: files.database.unlink()),
    Accident("all files deleted", Files.remove_all),
    Accident("the -wal deleted", lambda files: files.wal.unlink()),
    Accident("the file moved away", Files.move_file),
    Accident("the folder moved away", Files.move_folder),
    Accident("a backup moved over", Files.move_over),
    Accident("a backup moved over, and told to stop", Files.move_over, is_stopped=True),
    Accident("a backup copied over", Files.copy_over, is_saved=False),
    Accident("a backup copied over, and told to stop", Files.copy_over, is_saved=False, is_stopped=True),
)
OTHER_NAMES = (
    OtherName("the same name", lambda files: files.database),
    OtherName("the same name, every lock file removed", Files.without_others),
    OtherName("a symbolic link", Files.symbolic_link),
    OtherName("a symbolic link to the folder", Files.link_to_folder),
    OtherName("a hard link", Files.hard_link),
)


async def happened(accident: Accident, folder: Path, **settings: str) -> list[str]:
    """Let it happen after Rob's gift, and say what is wrong with what the bot says, and with what is left."""
    async with operating(folder, **settings) as operator:
        await operator.starts()
        operator.files.back_up()
        await operator.gives(operator.office.rob)
        accident.does(operator.files)
        asked = await _asks(operator)
        code = await operator.tells_to_stop() if accident.is_stopped else await operator.ends(_NOTICED)
        said = operator.says()
        if code != CANNOT_RUN or "giftbot has to stop" not in said or "Traceback" in said:
            operator.wrong.append(f"it ended with {code} and said: {said}")
        await operator.is_refused("")
        await _recovers(accident, operator, said, asked=asked)
    return operator.wrong


async def _asks(operator: Operator) -> bool:
    """Whether Slack shows a request as accepted that comes after the accident; the bot may have noticed already."""
    mia = operator.office.mia
    try:
        await mia.types("/gift @Eve 25 GBP thank you")
        await mia.submits()
    except (AppDidNotRespond, CannotDoThat):
        return False
    is_accepted = bool(mia.modal and not mia.modal.errors)
    await mia.closes()
    return is_accepted


async def _recovers(accident: Accident, operator: Operator, said: str, *, asked: bool) -> None:
    """Do what was said, and look that everything is there that people were shown."""
    office, saved = operator.office, _SAVED.search(said)
    if bool(saved) != accident.is_saved:
        operator.wrong.append(f"it said: {said}")
        return
    operator.files.put_in_place(Path(saved[1]) if saved else operator.files.kept)
    await operator.starts()
    if saved and asked:
        await office.abe.sees_message("thank @Eve", timeout=LONG)
        await office.approves()
        await office.eve.sees_message("thanks you with a gift", timeout=LONG)
    await operator.gives(office.ana)
    await operator.stops()
    people = [office.rob, office.ana, *[office.eve] * bool(saved and asked)]
    operator.has_gifts(len(people) if saved else 1, *people)


async def kept_out(other: OtherName, folder: Path, **settings: str) -> list[str]:
    """Start a second bot by another name while the first one gives three gifts, each of them once."""
    async with operating(folder, **settings) as operator:
        office = operator.office
        await operator.starts()
        await operator.gives(office.rob)
        await operator.is_refused("is in use by another giftbot", other.gives(operator.files))
        await operator.gives(office.eve)
        await operator.gives(office.ana)
        await operator.stops()
        operator.has_gifts(3, office.rob, office.eve, office.ana)
    return operator.wrong
