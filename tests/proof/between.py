"""What is done to the database's files between two starts of the real process, and what has to come of it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from tests.proof.files import Files
from tests.proof.operating import Operator, operating


class Outcome(Enum):
    """What the next start has to come to."""

    GOES_ON = auto()  # with everything
    GOES_BACK = auto()  # to what was kept
    REFUSES = auto()  # and changes nothing; without the -wal, it goes back to what was kept
    ONLY_REFUSES = auto()  # and changes nothing


@dataclass(frozen=True, slots=True)
class Deed:
    """What is kept of the files before the last gift, what is done after it, and what has to come of it."""

    name: str
    does: Callable[[Files], None]
    outcome: Outcome
    words: str = ""
    keeps: Callable[[Files], None] | None = None
    keeps_while_stopped: bool = False
    is_killed: bool = True


def _first_without_wal(does: Callable[[Files], None]) -> Callable[[Files], None]:
    def both(files: Files) -> None:
        files.remove_wal()
        does(files)

    return both


_CHANGED = "was changed or replaced after giftbot last wrote to it"
_NOT_WHOLE = "-wal is missing, and with it what giftbot kept last"
_ALL = ("giftbot.db", "giftbot.db-wal", "giftbot.db-run")
DEEDS = (
    Deed("nothing", lambda _: None, Outcome.GOES_ON),
    Deed("the -shm removed", lambda files: files.shm.unlink(), Outcome.GOES_ON),
    Deed("the note of the run removed", lambda files: files.note.unlink(missing_ok=True), Outcome.GOES_ON),
    Deed("all copied to another place", lambda files: files.move_elsewhere(*_ALL), Outcome.GOES_ON),
    Deed("file and -wal copied to another place", lambda files: files.move_elsewhere(*_ALL[:2]), Outcome.GOES_ON),
    Deed(
        "the file alone copied to another place",
        lambda files: files.move_elsewhere(*_ALL[:1]),
        Outcome.ONLY_REFUSES,
        _NOT_WHOLE,
    ),
    Deed("known by another name", lambda files: files.know_as(files.hard_link()), Outcome.ONLY_REFUSES, _NOT_WHOLE),
    Deed("the -wal removed", Files.remove_wal, Outcome.ONLY_REFUSES, _NOT_WHOLE),
    Deed("the file removed", lambda files: files.database.unlink(), Outcome.ONLY_REFUSES, "is missing or empty"),
    Deed("a backup, copied over", Files.copy_over, Outcome.REFUSES, _CHANGED, Files.back_up),
    Deed("a backup, moved over", Files.move_over, Outcome.REFUSES, _CHANGED, Files.back_up),
    Deed("a backup by VACUUM INTO, copied over", Files.copy_over, Outcome.REFUSES, _CHANGED, Files.vacuum),
    Deed(
        "a stopped bot's file, copied over",
        Files.copy_over,
        Outcome.REFUSES,
        _CHANGED,
        Files.copy,
        keeps_while_stopped=True,
    ),
    Deed(
        "a stopped bot's file, copied over with its times",
        Files.copy_over_with_times,
        Outcome.REFUSES,
        _CHANGED,
        Files.copy,
        keeps_while_stopped=True,
    ),
    Deed("a running bot's file alone, copied over", Files.copy_over, Outcome.ONLY_REFUSES, _CHANGED, Files.copy),
    Deed(
        "the same, once the -wal was removed",
        _first_without_wal(Files.copy_over),
        Outcome.ONLY_REFUSES,
        _NOT_WHOLE,
        Files.copy,
    ),
    Deed(
        "a backup, copied over once the -wal was removed",
        _first_without_wal(Files.copy_over),
        Outcome.GOES_BACK,
        keeps=Files.back_up,
    ),
    Deed("a backup, restored by SQLite", Files.restore, Outcome.GOES_BACK, keeps=Files.back_up),
    Deed(
        "a backup, copied over after a stop", Files.copy_over, Outcome.GOES_BACK, keeps=Files.back_up, is_killed=False
    ),
)


async def done(deed: Deed, folder: Path, **settings: str) -> list[str]:
    """Give Rob a gift, keep the files, give Eve one, do it, start again, and say what is wrong then."""
    async with operating(folder, **settings) as operator:
        await operator.starts()
        await operator.gives(operator.office.rob)
        await _keep(deed, operator)
        await operator.gives(operator.office.eve)
        await (operator.kills if deed.is_killed else operator.stops)()
        deed.does(operator.files)
        await _judge(deed, operator)
    return operator.wrong


async def _keep(deed: Deed, operator: Operator) -> None:
    if deed.keeps_while_stopped:
        await operator.stops()
    if deed.keeps:
        deed.keeps(operator.files)
    if deed.keeps_while_stopped:
        await operator.starts()


async def _judge(deed: Deed, operator: Operator) -> None:
    if deed.outcome in {Outcome.REFUSES, Outcome.ONLY_REFUSES}:
        before = operator.files.content()
        await operator.is_refused(deed.words)
        if operator.files.content() != before:
            operator.wrong.append("a refused start has changed the files")
    if deed.outcome is Outcome.REFUSES:
        operator.files.remove_wal()
    if deed.outcome is not Outcome.ONLY_REFUSES and not operator.wrong:
        await operator.starts()
        await operator.gives(operator.office.ana)
        await operator.stops()
        office = operator.office
        operator.has_gifts(3 if deed.outcome is Outcome.GOES_ON else 2, office.rob, office.eve, office.ana)
