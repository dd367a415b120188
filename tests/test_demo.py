"""`giftbot demo` as somebody meets it who has never seen the project, and what it would not let pass."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.sandbox.demo.verification import Ledger, Reader
from bot.sandbox.simulator import Order, Slack
from bot.sandbox.simulator.giftcards.service import Item

CHECKOUT = Path(__file__).parents[1]
LAST_ADDRESS = "export GIFTBOT_LOG_LEVEL="
OF_THE_USER = {"SLACK_BOT_TOKEN": "xoxb-of-the-user", "GIFTBOT_APPROVALS_CHANNEL": "nonsense", "WEGIFT_API_URL": "x"}


@contextmanager
def demo(folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """The real command, started by somebody with settings of their own; afterwards no file may be left."""
    temporary = folder / "temporary"
    temporary.mkdir()
    (folder / ".env").write_text("GIFTBOT_APPROVERS=nonsense\n")
    ours = {"PYTHONPATH": str(CHECKOUT), "TMPDIR": str(temporary), "COLUMNS": "120", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "bot", "demo", *options]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    environment = {**os.environ, **OF_THE_USER, **ours}
    with subprocess.Popen(command, cwd=folder, env=environment, text=True, **pipes) as process:
        try:
            yield process
        finally:
            process.terminate()
    assert not list(temporary.iterdir())


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """What the demo prints up to these words."""
    assert process.stdout
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            break
    return "".join(lines)


def addresses_in(shown: str) -> dict[str, str]:
    """The environment variables that were printed."""
    exports = (line.removeprefix("export ") for line in shown.splitlines() if line.startswith("export "))
    return {name: value.strip("'") for name, _, value in (export.partition("=") for export in exports)}


def bot_in(shown: str) -> int:
    """The process id of the bot that was printed."""
    return int(shown.partition("Bot            process ")[2].partition(",")[0])


def assert_ended(process_id: int) -> None:
    """Nobody has this process id any more."""
    with pytest.raises(ProcessLookupError):
        os.kill(process_id, 0)


def test_the_demo_tells_the_whole_story(tmp_path: Path) -> None:
    """Asked, approved, delivered, declined, a lost reply, and the books in the end, in a few seconds."""
    began = time.monotonic()
    with demo(tmp_path) as process:
        shown, complaints = process.communicate(timeout=60)
    assert (process.returncode, complaints) == (0, "")
    assert time.monotonic() - began < 20
    for words in [
        "Mia types /gift @Rob 25 GBP thank you for the launch",
        "Gift card The recipient chooses",
        "Your gift for @Rob is asked for.",
        "[ Approve ] [ Decline ]",
        "This orders 1 gift for £25.00 right away.",
        "This has been decided already. ✅ Approved by @Abe",
        "@Mia thanks you with a gift of £25.00.",
        "[ Open your gift ]",
        "@Mia thanked @Rob with a gift.",
        "delivered to @Rob",
        "Declined by @Abe",
        "the bot asks again with the same key and is given the same order",
        "2 orders 2 keys 3",
        "2 delivered, 1 cancelled",
        "As promised: 2 gifts approved, 2 orders made, 2 links delivered",
    ]:
        assert words in " ".join(shown.split()), words
    assert "https://" not in shown
    assert shown.splitlines()[-1] == "Now play it yourself, in your browser: giftbot playground"


def test_the_policy_story_shows_every_rule(tmp_path: Path) -> None:
    """The file and what it means, and then rule by rule what people see of it, in a few seconds."""
    began = time.monotonic()
    with demo(tmp_path, "--story", "policy") as process:
        shown, complaints = process.communicate(timeout=60)
    assert (process.returncode, complaints) == (0, "")
    assert time.monotonic() - began < 20
    for words in [
        'name = "a large gift"',
        "giftbot policy explain @Mia @Rob 120 GBP --cost-centre Sales",
        "£0.00 → £120.00 of £300.00",
        "Approved by the rule “a small thank-you”",
        "#teamwork",
        "Rule “a gift”, step 1 of 1",
        "Budget “each manager”: £235.00 of £300.00 left",
        "“40 is what we give for slides.”",
        "Lowered from £45.00 to £40.00 each.",
        "Rule “a large gift”, step 1 of 2",
        "You have approved this already; it also needs",
        "This is more than the budget “each",
        "You are not among those who may",
        "@Eve: its recipient has left, so nothing was ordered.",
        "is away until",
        "Welcome back!",
        "newer card shows it",
        "Nobody has decided about this",
        "⏰ Expired",
        "4 delivered, 1 needs review, 1 cancelled",
        "As promised: 4 gifts approved, 4 orders made, 4 links delivered",
        "gift waits for a person, and nothing was bought for it.",
    ]:
        assert words in " ".join(shown.split()), words
    assert "https://" not in shown


def test_a_demo_that_is_kept_can_be_talked_to_until_ctrl_c(tmp_path: Path) -> None:
    """--keep prints addresses that answer; Ctrl-C then ends the demo and the bot, as if nothing had been."""
    with demo(tmp_path, "--keep") as process:
        shown = read_until(process, LAST_ADDRESS)
        addresses = addresses_in(shown)
        token = {"Authorization": f"Bearer {addresses['SLACK_BOT_TOKEN']}"}
        assert httpx.post(f"{addresses['SLACK_API_URL']}auth.test", headers=token).json()["ok"]
        assert f"Gift card API  {addresses['RUNA_API_URL']}" in shown
        assert addresses["GIFTBOT_MAX_AMOUNT"] == "250"
        process.send_signal(signal.SIGINT)
        closing, complaints = process.communicate(timeout=20)
    assert (process.returncode, complaints) == (0, "")
    assert "As promised" in closing
    assert_ended(bot_in(shown))


def test_a_demo_whose_bot_dies_says_so(tmp_path: Path) -> None:
    """The demo ends with an error and without a traceback when its bot is gone."""
    with demo(tmp_path, "--keep") as process:
        os.kill(bot_in(read_until(process, LAST_ADDRESS)), signal.SIGKILL)
        _, complaints = process.communicate(timeout=20)
    assert process.returncode == 1
    assert complaints.strip() == "The demo failed. The bot ended early, with exit code -9."


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_demo_can_be_left_at_any_time(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C, being told to end, or a closed terminal in the middle of the story: no traceback, and nothing is left."""
    with demo(tmp_path) as process:
        read_until(process, "2  Abe approves")
        process.send_signal(number)
        _, complaints = process.communicate(timeout=20)
    assert (process.returncode, complaints) == (130, "")


def test_a_reader_who_leaves_ends_the_demo(tmp_path: Path) -> None:
    """`giftbot demo | head` ends without a traceback."""
    with demo(tmp_path) as process:
        read_until(process, "1  Mia asks")
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.wait(timeout=20) == 130
        assert not process.stderr.read()


LINK = "https://gifts.wegift.test/r/secret"
ORDER = Order("O-1", "key", b"", "GB", "GBP", (Item("E-1", Decimal(25), LINK),), 0.0)
ROB = Slack().add_person("Rob")
AS_PROMISED = Ledger(
    orders=[ORDER],
    asked=Counter({"key": 2}),
    readers=[Reader("Mia", 3, []), Reader("Rob", 1, [LINK])],
    strayed=[],
    gifts=Counter(delivered=1, cancelled=1),
    history=7,
    files={"giftbot.db": b"SQLite O-1 ...", "giftbot.db-wal": b""},
)


def test_books_that_are_in_order_give_no_problem() -> None:
    """One approved gift, one order, one message with its link."""
    assert AS_PROMISED.problems([ROB]) == []


def test_a_gift_that_nobody_ordered_is_in_order_where_it_was_promised() -> None:
    """One that needs review is expected, or a problem."""
    in_review = replace(AS_PROMISED, gifts=Counter(delivered=1, needs_review=1))
    assert in_review.problems([ROB], in_review=1) == []
    assert in_review.problems([ROB]) == ["Gifts are left behind: {'delivered': 1, 'needs_review': 1}."]
    assert AS_PROMISED.problems([ROB], in_review=1) == ["Gifts are left behind: {'delivered': 1, 'cancelled': 1}."]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"orders": []}, "1 gifts were approved, but 0 orders made."),
        ({"orders": [ORDER, ORDER]}, "1 gifts were approved, but 2 orders made."),
        ({"asked": Counter()}, "There are not as many keys as orders."),
        ({"readers": [Reader("Rob", 2, [LINK, LINK])]}, "The messages with a link went astray: {'Rob': 2}."),
        ({"readers": [Reader("Mia", 1, [LINK])]}, "The messages with a link went astray: {'Mia': 1}."),
        ({"readers": [Reader("Rob", 1, ["other"])]}, "The links delivered are not those that were bought."),
        ({"strayed": ["Rob"]}, "Others were shown the link of Rob."),
        ({"gifts": Counter(needs_review=1)}, "1 gifts were approved, but 0 are stored as delivered."),
        ({"gifts": Counter(delivered=1, ordered=1)}, "Gifts are left behind: {'delivered': 1, 'ordered': 1}."),
        ({"files": {"giftbot.db-wal": b"O-1 .../r/secret"}}, "A link is at rest in giftbot.db-wal."),
        ({"files": {"giftbot.db": b""}}, "The search of the files does not even find the orders."),
    ],
)
def test_books_that_differ_from_the_promise_name_it(change: dict[str, Any], problem: str) -> None:
    """Every promise that the books do not keep is named."""
    assert problem in replace(AS_PROMISED, **change).problems([ROB])
