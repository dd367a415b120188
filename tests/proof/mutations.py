"""Deliberately wrong variants of the product. Each is a small edit of its source, in a copy of it.

An edit whose line is no longer in the source fails loudly: write it anew for the source as it is now.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_ROOT = Path(__file__).parents[2]
_COPIED = ("bot", "handlers", "storage", "tests", "manifest.yml", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Edit:
    """One place in the source, and what a mistake makes of it."""

    file: str
    right: str
    wrong: str


@dataclass(frozen=True, slots=True)
class Mutation:
    """A mistake that the proof has to find, and the part of the proof that finds it."""

    name: str
    found_by: Literal["simulation", "power cut", "kill", "files"]
    edits: tuple[Edit, ...]


class SourceHasChanged(Exception):
    """The line that a mutation is about is not in the source, or is there more than once."""


API = "bot/giftcards/api.py"
FLOW = "bot/gifts/flow.py"
MENDING = "bot/gifts/approvals/resolve.py"
DESK = "bot/gifts/orders/place.py"
FINDER = "bot/gifts/orders/find.py"
NOTICES = "bot/gifts/notifications/plan.py"
OUTBOX = "bot/gifts/notifications/outbox.py"
ROUTE = "bot/gifts/model/approval_route.py"
DECIDING = "bot/gifts/approvals/decide.py"
REASONS = "bot/gifts/model/failure_reasons.py"
ASKING = "bot/gifts/approvals/submit.py"
WORKER = "bot/gifts/jobs/worker.py"
PACE = "bot/gifts/rate_limiter.py"
CHASE = "bot/gifts/approvals/escalate.py"
ROLL = "bot/gifts/approvers.py"
TIME_LIMIT = "bot/gifts/time_limit.py"
REQUESTS = "storage/requests.py"
DB = "storage/database.py"
HELD_FILE = "storage/held_file.py"
START_CHECK = "storage/start_check.py"
APPROVAL = "handlers/approval.py"

_MACHINES = "self._clock._machine.now()"
_PLACE = "answer = await self._giftcards.place(order)"

MUTATIONS = (
    Mutation(
        "a fresh key on each try",
        "simulation",
        (
            Edit(DESK, _PLACE, "answer = await self._giftcards.place(replace(order, key=str(uuid4())))"),
            Edit(DESK, "from datetime import datetime", "from datetime import datetime\nfrom uuid import uuid4"),
        ),
    ),
    Mutation(
        "a new key after a timeout",
        "simulation",
        (
            Edit(
                DESK,
                _PLACE,
                f"{_PLACE}\n"
                "            if isinstance(answer, OutcomeUnknown):\n"
                '                again = replace(order, key=f"{order.key} again")\n'
                "                answer = await self._giftcards.place(again)",
            ),
        ),
    ),
    Mutation(
        "the body is rebuilt on a retry",
        "simulation",
        (
            Edit(
                DESK,
                _PLACE,
                "anew = await self._giftcards.products(request.country)\n"
                "            if isinstance(anew, dict):\n"
                "                choice = anew[request.value.currency]\n"
                "                order = replace(order, body=self._giftcards.body(request, gift, order.key, choice))\n"
                f"            {_PLACE}",
            ),
        ),
    ),
    Mutation(
        "a timeout is taken for a no",
        "simulation",
        (
            Edit(
                DESK,
                "return not_known(order, reason, detail, BEHIND_THE_OTHERS if reason.holds else timedelta())",
                "return Stopped(GiftStep.FAIL, reason, detail)",
            ),
        ),
    ),
    Mutation(
        "a refusal after an unknown outcome is taken as final",
        "simulation",
        (Edit(DESK, "if order.is_unknown_before and not isinstance(answer, OrderFailed):", "if order is None:"),),
    ),
    Mutation(
        "an answer that is not about the order is taken as final",
        "simulation",
        (
            Edit(
                API,
                "    return OutcomeUnknown(detail, no_word or",
                "    return Rejected(no_word, detail) if no_word else OutcomeUnknown(detail,",
            ),
        ),
    ),
    Mutation(
        "a list that lacks the order counts before it has settled",
        "simulation",
        (
            Edit(
                FINDER,
                "        if left > timedelta():\n            return not_known",
                "        if left > timedelta(days=10**5):\n            return not_known",
            ),
        ),
    ),
    Mutation(
        "an unknown outcome is looked up by nobody, and kept from everybody for a day",
        "simulation",
        (
            Edit(FINDER, "return _Look.UNKNOWN if now - order.unknown_since >= LOOK_AFTER else None", "return None"),
            Edit(REASONS, "_UNCERTAIN = timedelta(hours=1)", "_UNCERTAIN = timedelta(days=1)"),
        ),
    ),
    Mutation(
        "money is given back while an order may exist",
        "simulation",
        (
            Edit(
                FLOW,
                "if why.step is GiftStep.FAIL or why.reason is Reason.RECIPIENT_GONE:",
                "if why.step in {GiftStep.FAIL, GiftStep.PARK}:",
            ),
        ),
    ),
    Mutation(
        "a new key is taken although the order may exist",
        "simulation",
        (
            Edit(
                MENDING,
                "    return GiftStep.ASK_AGAIN\n",
                "    return GiftStep.ORDER_ANEW if broken.gift.state is GiftState.PARKED else GiftStep.ASK_AGAIN\n",
            ),
        ),
    ),
    Mutation(
        "no guard after 29 days",
        "simulation",
        (Edit(FINDER, "        if key_is_old(request, gift, now):\n", "        if request is None:\n"),),
    ),
    Mutation(
        "a key's age is counted from when this database first sent it",
        "simulation",
        (
            Edit(
                FINDER,
                "        if key_is_old(request, gift, now):\n",
                "        if order and now - order.first_sent_at > timedelta(days=29):\n",
            ),
        ),
    ),
    Mutation(
        "a gift is marked as delivered before it is sent",
        "simulation",
        (
            Edit(
                FLOW,
                "        match await self._outbox.send(message, link):",
                "        self._delivered(gift)\n        match await self._outbox.send(message, link):",
            ),
        ),
    ),
    Mutation(
        "a message is sent again blindly after a lost reply",
        "simulation",
        (Edit(OUTBOX, "if message.state is MessageState.SENDING:", "if False:"),),
    ),
    Mutation(
        "a message is looked up before Slack has settled",
        "simulation",
        (Edit(OUTBOX, "if left > timedelta():", "if False:"),),
    ),
    Mutation(
        "an approval is read, then written without comparing",
        "simulation",
        (
            Edit(
                DECIDING,
                "        with self._store.write():  # nothing was awaited since, so that what was checked holds\n",
                "        await self._roll.people({person, 'a moment later'})\n        with self._store.write():\n",
            ),
            Edit(
                REQUESTS,
                '            " WHERE id = ? AND state = ? AND version = ?",\n'
                "            (state, by, to_text(at), note, request.id, request.state, request.version),",
                '            " WHERE id = ?",\n            (state, by, to_text(at), note, request.id),',
            ),
        ),
    ),
    Mutation(
        "a recipient can approve",
        "simulation",
        (
            Edit(ROUTE, "if person in request.recipients:", "if False:"),
            Edit(
                ROUTE,
                "pool] - involved - have_agreed",
                "pool] - {self.request.requester} - have_agreed",
            ),
        ),
    ),
    Mutation(
        "a request and what follows from it are kept in two transactions",
        "simulation",
        (
            Edit(
                ASKING, "            if self._store.requests.add(", "            if is_new := self._store.requests.add("
            ),
            Edit(
                ASKING,
                "                self._store.work.add(Task.CHASE, request.id, self._clock.now())\n"
                "                return request\n",
                "        if is_new:\n"
                "            await self._roll.people({draft.requester, 'a moment later'})\n"
                "            with self._store.write():\n"
                "                self._store.work.add(Task.CHASE, request.id, self._clock.now())\n"
                "            return request\n",
            ),
        ),
    ),
    Mutation(
        "the link is written into the history",
        "simulation",
        (
            Edit(
                FLOW,
                "        match await self._outbox.send(message, link):",
                "        with self._store.write():\n"
                "            now, words = self._clock.now(), link.get_secret_value() if link else ''\n"
                "            self._store.history.add(now, MACHINE, AuditEvent.DELIVER, gift.request_id, detail=words)\n"
                "        match await self._outbox.send(message, link):",
            ),
        ),
    ),
    Mutation(
        "the link is sent to the requester",
        "simulation",
        (
            Edit(
                NOTICES,
                "self._add(Kind.GIFT, request, gift.recipient",
                "self._add(Kind.GIFT, request, request.requester",
            ),
        ),
    ),
    Mutation(
        "a click is acknowledged before it is committed",
        "power cut",
        (
            Edit(
                APPROVAL,
                "        await self._flow.approve(click.subject, click.user, click.card, click.version)\n",
                "        approval = self._flow.approve(click.subject, click.user, click.card, click.version)\n"
                "        asyncio.get_running_loop().call_later(0.01, asyncio.ensure_future, approval)\n",
            ),
            Edit(APPROVAL, "from typing import Any", "import asyncio\nfrom typing import Any"),
        ),
    ),
    Mutation(
        "commits do not wait for the disk", "power cut", (Edit(DB, '"synchronous = FULL"', '"synchronous = NORMAL"'),)
    ),
    Mutation(
        "an order is sent before it is kept",
        "power cut",
        (
            Edit(
                DESK,
                "        with self._store.write():\n            self._store.orders.add(order)\n        return order",
                "        await self._giftcards.place(order)\n"
                "        with self._store.write():\n            self._store.orders.add(order)\n        return order",
            ),
        ),
    ),
    Mutation(
        "a message is sent again blindly after a crash",
        "kill",
        (Edit(OUTBOX, "if message.state is MessageState.SENDING:", "if False:"),),
    ),
    Mutation("any -wal is taken for the file's own", "files", (Edit(START_CHECK, "if not may_fit:", "if False:"),)),
    Mutation(
        "a copy without its -wal is taken for a backup",
        "files",
        (Edit(START_CHECK, "if application_id == _WITHOUT_WAL:", "if False:"),),
    ),
    Mutation(
        "the lock is a file's of its own",
        "files",
        (
            Edit(
                HELD_FILE,
                "            file_lock.hold(self._descriptor)\n",
                '            self._lock = open(f"{self._name}.lock", "w")\n'
                "            file_lock.hold(self._lock.fileno())\n",
            ),
        ),
    ),
    Mutation(
        "what an open file holds is not saved",
        "files",
        (Edit(DB, "saved = rescue(self._connection, self._path)", "saved = None"),),
    ),
    Mutation(
        "wall clock in a pace",
        "simulation",
        (
            Edit(
                PACE,
                "        now = self._clock.monotonic()\n        mine",
                f"        now = {_MACHINES}.timestamp()\n        mine",
            ),
        ),
    ),
    Mutation(
        "look-up from our clock",
        "simulation",
        (
            Edit(
                OUTBOX,
                "sent_after=self._store.messages.newest_in(channel)",
                f"sent_after=str({_MACHINES}.timestamp() - 3600)",
            ),
        ),
    ),
    Mutation(
        "requests expire by the machine's clock",
        "simulation",
        (
            Edit(
                CHASE,
                "is_over = request is not None and not request.decision and self._clock.now()",
                f"is_over = request is not None and not request.decision and {_MACHINES}",
            ),
            Edit(CHASE, "return is_over and await self._clock.is_sure()", "return is_over"),
            Edit(CHASE, "if may_expire and self._clock.now() >= self._expires(request):", "if may_expire:"),
        ),
    ),
    Mutation(
        "gifts are given up by the machine's clock",
        "simulation",
        (
            Edit(
                WORKER,
                "return self._clock.now() - since > outcome.reason.patience and await self._clock.is_sure()",
                f"return {_MACHINES} - since > outcome.reason.patience",
            ),
        ),
    ),
    Mutation(
        "each look-up has a time of its own",
        "simulation",
        (
            Edit(
                TIME_LIMIT,
                "return longest if ends_at is None else",
                "return longest if longest or ends_at is None else",
            ),
            Edit(
                ROLL,
                "_, people = await self.now_with({person, *self.last.rights_of(person)})",
                "people = await self.people({person, *(await self.now()).rights_of(person)})",
            ),
        ),
    ),
    Mutation(
        "work that fails is struck off",
        "simulation",
        (Edit(WORKER, "            match outcome:", "            match Done() if work.tries else outcome:"),),
    ),
)


def planted(mutation: Mutation, folder: Path) -> Path:
    """A copy of the product with the mistake in it.

    Raises:
        SourceHasChanged: the mistake fits nowhere in the source as it is now.
    """
    for name in _COPIED:
        source, target = _ROOT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target)
    for edit in mutation.edits:
        file = folder / edit.file
        text = file.read_text(encoding="utf-8")
        if text.count(edit.right) != 1:
            raise SourceHasChanged(f"{edit.file} has {text.count(edit.right)} times: {edit.right}")
        file.write_text(text.replace(edit.right, edit.wrong), encoding="utf-8")
    return folder
