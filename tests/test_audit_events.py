"""What the sealed history can say: an event for machines, and a sentence beside it for people."""

import asyncio
import sys

import pytest

from bot.gifts.model.audit_event import AuditEvent, sentence_of
from bot.gifts.model.gift import GiftStep, RequestStep
from tests.harness.office import ROOT, Office

STORED = """
    request, edit, lower, agree, disagree, approve, decline, cancel, expire, refused, drop, place, fail, park, deliver,
    claim, lapse, order anew, ask again, deliver again, close, show again, could not post
"""


def test_what_stands_in_databases_never_changes() -> None:
    """Sealed lines cannot be written anew: an event keeps its value, and new ones come behind."""
    before = [event.strip() for event in STORED.split(",")]
    assert [*AuditEvent][: len(before)] == before


@pytest.mark.parametrize("step", [*RequestStep, *GiftStep])
def test_every_step_of_a_life_is_an_event(step: str) -> None:
    """No step can be taken that the history has no word for."""
    assert AuditEvent(step) == step


def test_every_event_has_a_sentence_of_its_own() -> None:
    """No two read the same; what an older giftbot wrote in words of its own has none, and is shown as it is."""
    sentences = [event.sentence for event in AuditEvent]
    assert len({*sentences}) == len(AuditEvent)
    assert all(sentence.endswith(".") for sentence in sentences)
    assert sentence_of("could not post card") == ""


async def _shown(office: Office, *options: str) -> tuple[int | None, str]:
    """`giftbot audit show`, as an operator runs it, without the key that seals the history."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "audit", "show", *options,
        cwd=office.folder,
        env={"PYTHONPATH": str(ROOT), "GIFTBOT_DATABASE": str(office.database)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode, output.decode()


async def test_an_operator_reads_the_record(office: Office) -> None:
    """Beside the running bot: who did what, event and sentence; the latest lines last, and no link among them."""
    code, said = await _shown(office)
    assert (code, said) == (1, f"{office.database} cannot be read as a database: unable to open database file.\n")
    async with office.open():
        await office.asks()
        await office.approves()
        link = await office.delivered()
        await office.rests()
        code, said = await _shown(office)
    assert code == 0
    assert f"{office.mia.id}  [request]  A gift was asked for.  25.00 GBP to each of {office.rob.id}  request " in said
    assert f"{office.abe.id}  [approve]  Approved: the gift may be ordered." in said
    assert "giftbot  [deliver]  The recipient got the link." in said.splitlines()[-1]
    assert link not in said
    assert (await _shown(office, "--last", "1")) == (0, said.splitlines(keepends=True)[-1])
