"""Deliberately wrong variants of the product. Each is a small edit of its source, in a copy of it.

An edit names a function and the shape of what is wrong there, not its lines. One whose place is no longer in the
source, or is there twice, fails loudly: write it anew for the source as it is now.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.proof.source_patterns import NotOnce, changed

_ROOT = Path(__file__).parents[2]
_COPIED = ("bot", "handlers", "storage", "tests", "manifest.yml", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Edit:
    """One place in the source, as `source_patterns` reads it, and what a mistake makes of it or puts before it."""

    module: str
    function: str
    pattern: str
    wrong: str
    where: Literal["instead", "before"] = "instead"


@dataclass(frozen=True, slots=True)
class Mutation:
    """A mistake that the proof has to find, and the part of the proof that finds it.

    `seed` is where the simulation found it last. Another product plays other stories: then it is searched for again.
    """

    name: str
    found_by: Literal["simulation", "power cut", "kill", "files"]
    edits: tuple[Edit, ...]
    seed: int = 1


class SourceHasChanged(Exception):
    """The place that a mutation is about is not in the source, or is there more than once."""


_THE_MODULE = ""
_PLACE = "$ANSWER = await $SERVICE.place($ORDER)"
_IS_FOUND_SENDING = "$MESSAGE.state is MessageState.SENDING"
_SEND = "await $OUTBOX.send($MESSAGE, $LINK)"

MUTATIONS = (
    Mutation(
        "a fresh key on each try",
        "simulation",
        (
            Edit(
                "bot.gifts.orders.place",
                "OrderPlacement.place",
                _PLACE,
                "import dataclasses, uuid\n"
                "$ANSWER = await $SERVICE.place(dataclasses.replace($ORDER, key=str(uuid.uuid4())))",
            ),
        ),
        seed=32,
    ),
    Mutation(
        "a new key after a timeout",
        "simulation",
        (
            Edit(
                "bot.gifts.orders.place",
                "OrderPlacement.place",
                _PLACE,
                f"{_PLACE}\n"
                "if isinstance($ANSWER, OutcomeUnknown):\n"
                "    import dataclasses\n"
                '    $ANSWER = await $SERVICE.place(dataclasses.replace($ORDER, key=f"{$ORDER.key} again"))',
            ),
        ),
        seed=32,
    ),
    Mutation(
        "the body is rebuilt on a retry",
        "simulation",
        (
            Edit(
                "bot.gifts.orders.place",
                "OrderPlacement.place",
                _PLACE,
                "import dataclasses\n"
                "anew = await $SERVICE.products(request.country)\n"
                "if isinstance(anew, dict):\n"
                "    choice = anew[request.value.currency]\n"
                "    body = $SERVICE.body(request, gift, $ORDER.key, choice)\n"
                "    $ORDER = dataclasses.replace($ORDER, body=body)\n"
                f"{_PLACE}",
            ),
        ),
        seed=32,
    ),
    Mutation(
        "a timeout is taken for a no",
        "simulation",
        (
            Edit(
                "bot.gifts.orders.place",
                "OrderPlacement._settled",
                "case OutcomeUnknown($DETAIL, $REASON):\n    ...",
                "case OutcomeUnknown($DETAIL, $REASON):\n    return Stopped(GiftStep.FAIL, $REASON, $DETAIL)",
            ),
        ),
        seed=32,
    ),
    Mutation(
        "a refusal after an unknown outcome is taken as final",
        "simulation",
        (
            Edit(
                "bot.gifts.orders.place",
                "OrderPlacement._is_undone",
                "if $IS_UNKNOWN_STILL:\n    return False",
                "if False:\n    return False",
            ),
        ),
        seed=8098,
    ),
    Mutation(
        "an answer that is not about the order is taken as final",
        "simulation",
        (
            Edit(
                "bot.giftcards.api",
                "_refusal",
                "OutcomeUnknown($DETAIL, $NO_WORD or $AT_THE_DOOR)",
                "Rejected($NO_WORD, $DETAIL) if $NO_WORD else OutcomeUnknown($DETAIL, $AT_THE_DOOR)",
            ),
        ),
        seed=342,
    ),
    Mutation(
        "a list that lacks the order counts before it has settled",
        "simulation",
        (
            Edit(
                "bot.gifts.orders.find",
                "OrderFinder._not_listed",
                "$LEFT > timedelta()",
                "$LEFT > timedelta(days=10**5)",
            ),
        ),
        seed=543,
    ),
    Mutation(
        "an unknown outcome is looked up by nobody, and kept from everybody for a day",
        "simulation",
        (
            Edit("bot.gifts.orders.find", "OrderFinder._why_look", "_Look.UNKNOWN if $IS_TIME else None", "None"),
            Edit(
                "bot.gifts.model.failure_reasons", _THE_MODULE, "_UNCERTAIN = $TIME", "_UNCERTAIN = timedelta(days=1)"
            ),
        ),
        seed=98,
    ),
    Mutation(
        "money is given back while an order may exist",
        "simulation",
        (
            Edit(
                "bot.gifts.flow",
                "Flow._stop",
                "$WHY.step is GiftStep.FAIL or $WHY.reason is Reason.RECIPIENT_GONE",
                "$WHY.step in {GiftStep.FAIL, GiftStep.PARK}",
            ),
        ),
        seed=32,
    ),
    Mutation(
        "a new key is taken although the order may exist",
        "simulation",
        (
            Edit(
                "bot.gifts.approvals.resolve",
                "_way_on",
                "return GiftStep.ASK_AGAIN",
                "return GiftStep.ORDER_ANEW if broken.gift.state is GiftState.NEEDS_REVIEW else GiftStep.ASK_AGAIN",
            ),
        ),
        seed=98,
    ),
    Mutation(
        "no guard after 29 days",
        "simulation",
        (Edit("bot.gifts.orders.find", "OrderFinder._why_look", "$FINDER._key_is_old(...)", "False"),),
        seed=15,
    ),
    Mutation(
        "a key's age is counted from when this database first sent it",
        "simulation",
        (
            Edit(
                "bot.gifts.orders.find",
                "OrderFinder._why_look",
                "$FINDER._key_is_old($REQUEST, $GIFT)",
                "order and $FINDER._clock.now() - order.first_sent_at > timedelta(days=29)",
            ),
        ),
        seed=675,
    ),
    Mutation(
        "a gift is marked as delivered before it is sent",
        "simulation",
        (Edit("bot.gifts.flow", "Flow.deliver", _SEND, "self._delivered(gift)", "before"),),
        seed=32,
    ),
    Mutation(
        "a message is sent again blindly after a lost reply",
        "simulation",
        (Edit("bot.gifts.notifications.outbox", "Outbox.send", _IS_FOUND_SENDING, "False"),),
        seed=33,
    ),
    Mutation(
        "a message is looked up before Slack has settled",
        "simulation",
        (Edit("bot.gifts.notifications.outbox", "Outbox._look_up", "$LEFT > timedelta()", "False"),),
        seed=159,
    ),
    Mutation(
        "an approval is read, then written without comparing",
        "simulation",
        (
            Edit(
                "bot.gifts.approvals.decide",
                "Decisions.approve",
                "with $STORE.write():\n    ...",
                "await self._approver_directory.people({person, 'a moment later'})\nwith $STORE.write():\n    ...",
            ),
            Edit(
                "storage.requests",
                "RequestTable.move",
                "$DATABASE.change($SQL, (..., $ID, $STATE, $VERSION))",
                "$DATABASE.change($SQL.rsplit(' AND ', 2)[0], (..., $ID))",
            ),
        ),
        seed=51,
    ),
    Mutation(
        "a recipient can approve",
        "simulation",
        (
            Edit("bot.gifts.model.approval_route", "check_no_part_in", "$PERSON in $REQUEST.recipients", "False"),
            Edit(
                "bot.gifts.model.approval_route",
                "Route.eligible_approvers_of",
                "$POOL - $INVOLVED - $HAVE_AGREED",
                "$POOL - {self.request.requester} - $HAVE_AGREED",
            ),
        ),
        seed=146,
    ),
    Mutation(
        "a request and what follows from it are kept in two transactions",
        "simulation",
        (
            Edit(
                "bot.gifts.approvals.submit",
                "Submissions.ask",
                "with $STORE.write():\n"
                "    ...\n"
                "    if $IS_ADDED:\n"
                "        ...\n"
                "        $STORE.jobs.add(JobKind.CHASE, $ID, $NOW)\n"
                "        return $REQUEST",
                "with $STORE.write():\n"
                "    ...\n"
                "    if is_new := $IS_ADDED:\n"
                "        ...\n"
                "if is_new:\n"
                "    await self._approver_directory.people({$REQUEST.requester, 'a moment later'})\n"
                "    with $STORE.write():\n"
                "        $STORE.jobs.add(JobKind.CHASE, $ID, $NOW)\n"
                "    return $REQUEST",
            ),
        ),
        seed=1,
    ),
    Mutation(
        "the link is written into the history",
        "simulation",
        (
            Edit(
                "bot.gifts.flow",
                "Flow.deliver",
                _SEND,
                "with self._store.write():\n"
                "    words = $LINK.get_secret_value() if $LINK else ''\n"
                "    self._store.audit_log.add(self._clock.now(), MACHINE, 'link', gift.request_id, detail=words)",
                "before",
            ),
        ),
        seed=1,
    ),
    Mutation(
        "the link is sent to the requester",
        "simulation",
        (
            Edit(
                "bot.gifts.notifications.plan",
                "NotificationPlan.prepare_gift",
                "$ADD(Kind.GIFT, $REQUEST, $GIFT.recipient, ...)",
                "$ADD(Kind.GIFT, $REQUEST, $REQUEST.requester, ...)",
            ),
        ),
        seed=1,
    ),
    Mutation(
        "a click is acknowledged before it is committed",
        "power cut",
        (
            Edit(
                "handlers.approval",
                "ApprovalListeners.on_approve",
                "await $FLOW.approve(...)\n",
                "import asyncio\n"
                "asyncio.get_running_loop().call_later(0.01, asyncio.ensure_future, $FLOW.approve(...))",
            ),
        ),
    ),
    Mutation(
        "commits do not wait for the disk",
        "power cut",
        (Edit("storage.database", _THE_MODULE, "'synchronous = FULL'", "'synchronous = NORMAL'"),),
    ),
    Mutation(
        "an order is sent before it is kept",
        "power cut",
        (
            Edit(
                "bot.gifts.orders.place",
                "OrderPlacement._about_to_be_sent",
                "with $STORE.write():\n    $STORE.orders.add($ORDER)",
                "await self._giftcards.place($ORDER)\nwith $STORE.write():\n    $STORE.orders.add($ORDER)",
            ),
        ),
    ),
    Mutation(
        "a message is sent again blindly after a crash",
        "kill",
        (Edit("bot.gifts.notifications.outbox", "Outbox.send", _IS_FOUND_SENDING, "False"),),
    ),
    Mutation(
        "any -wal is taken for the file's own",
        "files",
        (Edit("storage.start_check", "_wal_fits", "if not $MAY_FIT:\n    ...", "if False:\n    ..."),),
    ),
    Mutation(
        "a copy without its -wal is taken for a backup",
        "files",
        (Edit("storage.start_check", "check_ours", "$APPLICATION_ID == _WITHOUT_WAL", "False"),),
    ),
    Mutation(
        "the lock is a file's of its own",
        "files",
        (
            Edit(
                "storage.held_file",
                "HeldFile._take",
                "file_lock.hold($DESCRIPTOR)",
                "self._lock = open(f'{self._name}.lock', 'w')\nfile_lock.hold(self._lock.fileno())",
            ),
        ),
    ),
    Mutation(
        "what an open file holds is not saved",
        "files",
        (Edit("storage.database", "Database._saved", "rescue(...)", "None"),),
    ),
    Mutation(
        "wall clock in a pace",
        "simulation",
        (
            Edit(
                "bot.gifts.rate_limiter", "RateLimiter.turn", "$CLOCK.monotonic()", "$CLOCK._machine.now().timestamp()"
            ),
        ),
        seed=7,
    ),
    Mutation(
        "look-up from our clock",
        "simulation",
        (
            Edit(
                "bot.gifts.notifications.outbox",
                "Outbox.send",
                "$STORE.notifications.newest_in($CHANNEL)",
                "str(self._clock._machine.now().timestamp() - 3600)",
            ),
        ),
        seed=279,
    ),
    Mutation(
        "requests expire by the machine's clock",
        "simulation",
        (
            Edit("bot.gifts.approvals.escalate", "Escalation._may_expire", "$CLOCK.now()", "$CLOCK._machine.now()"),
            Edit(
                "bot.gifts.approvals.escalate",
                "Escalation._may_expire",
                "$IS_OVER and await $CLOCK.is_sure()",
                "$IS_OVER",
            ),
            Edit(
                "bot.gifts.approvals.escalate", "Escalation._put_before", "$MAY_EXPIRE and $NOW >= $END", "$MAY_EXPIRE"
            ),
        ),
        seed=1,
    ),
    Mutation(
        "gifts are given up by the machine's clock",
        "simulation",
        (
            Edit(
                "bot.gifts.jobs.worker",
                "Worker._is_over",
                "$CLOCK.now() - $SINCE > $PATIENCE and await $CLOCK.is_sure()",
                "$CLOCK._machine.now() - $SINCE > $PATIENCE",
            ),
        ),
        seed=98,
    ),
    Mutation(
        "each look-up has a time of its own",
        "simulation",
        (
            Edit(
                "bot.gifts.time_limit",
                "seconds_left",
                "$LONGEST if $ENDS_AT is None else $LEFT",
                "$LONGEST if $LONGEST or $ENDS_AT is None else $LEFT",
            ),
            Edit(
                "bot.gifts.approvers",
                "ApproverDirectory.acting_for",
                "$ROSTER, $PEOPLE = await $ROLL.now_with($IDS)",
                "$PEOPLE = await $ROLL.people({person, *(await $ROLL.now()).acting_for(person)})",
            ),
        ),
        seed=7,
    ),
    Mutation(
        "work that fails is struck off",
        "simulation",
        (
            Edit(
                "bot.gifts.jobs.worker",
                "Worker._write",
                "case Completed():\n    ...",
                "outcome = Completed() if work.tries else outcome",
                "before",
            ),
        ),
        seed=5,
    ),
)


def mistaken(mutation: Mutation) -> Mapping[str, str]:
    """The files with the mistake in them, by their paths in the product.

    Raises:
        SourceHasChanged: the mistake fits nowhere in the source as it is now.
    """
    files: dict[str, str] = {}
    for edit in mutation.edits:
        path = f"{edit.module.replace('.', '/')}.py"
        source = files.get(path) or (_ROOT / path).read_text(encoding="utf-8")
        try:
            files[path] = changed(source, edit.function, edit.pattern, edit.wrong, where=edit.where)
        except NotOnce as error:
            raise SourceHasChanged(f"{mutation.name}: in {edit.module}, {error}") from error
    return files


def planted(mutation: Mutation, folder: Path) -> Path:
    """A copy of the product with the mistake in it. Raises SourceHasChanged as `mistaken` does."""
    for name in _COPIED:
        source, target = _ROOT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target)
    for path, text in mistaken(mutation).items():
        (folder / path).write_text(text, encoding="utf-8")
    return folder
