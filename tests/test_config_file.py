"""giftbot.toml: every mistake is named at once, by its key, before anything is opened; and what it settles counts."""

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config_file import Company, read_company
from bot.config_file.amounts import amounts
from bot.config_file.policy import Defaults, policy_of
from bot.config_file.sections import BudgetSection, RuleSection, StepSection
from bot.giftcards.registry import tables
from bot.giftcards.runa.account import RunaAccount
from bot.giftcards.runa.settings import PLAYGROUND_TEMPLATES, RunaTable
from bot.settings import SocketSettings
from tests.harness.office import Office

ROOT = Path(__file__).parents[1]
OURS = "PT-01HPPT8ME05693EG77RCGKMX99"


def written(folder: Path, text: str) -> Path:
    """A file that says this."""
    file = folder / "company.toml"
    file.write_text(text, encoding="utf-8")
    return file


def complaints(file: Path) -> list[str]:
    """What is wrong with a file, line by line."""
    with pytest.raises(ValueError, match=re.escape(str(file))) as wrong:
        read_company(file, tables())
    return [line.strip().replace(str(file), "<file>") for line in str(wrong.value).splitlines()]


def test_everything_wrong_is_named_at_once(tmp_path: Path) -> None:
    """Each mistake has a line with its key, and what was written is not repeated."""
    file = written(
        tmp_path,
        """
        colour = "canary"
        [runa]
        template = "canary"
        [runa.templates]
        GBP = "canary"
        QQQ = "PT-1"
        EUR = 5
        [after_delivery]
        remind_after_days = [0, 366, 1.5, "14"]
        checks_a_minute = 0
        shows_a_day = true
        """,
    )
    first, *lines = complaints(file)
    assert first == "<file> has mistakes"
    assert sorted(lines) == [
        "after_delivery.checks_a_minute: has to be greater than or equal to 1",
        "after_delivery.remind_after_days.0: has to be greater than or equal to 1",
        "after_delivery.remind_after_days.1: has to be less than or equal to 365",
        "after_delivery.remind_after_days.2: has to be a whole number, without quotation marks",
        "after_delivery.remind_after_days.3: has to be a whole number, without quotation marks",
        "after_delivery.shows_a_day: has to be a whole number, without quotation marks",
        "colour: is not a key that giftbot knows",
        "runa.template: is not a key that giftbot knows",
        "runa.templates.EUR: has to be text in quotation marks",
        "runa.templates.GBP: has to match pattern '^PT-[A-Z0-9]+$'",
        "runa.templates.QQQ: is no currency, please use ISO codes such as GBP",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[runa", "<file> is no TOML file: Expected ']' at the end of a table declaration (at end of document)"),
        ("[runa]\n[runa]\n", "<file> is no TOML file: Cannot declare ('runa',) twice (at line 2, column 6)"),
        ("runa = 5", "runa: has to be a table"),
        (
            "after_delivery.checks_a_minute = 241",
            "after_delivery.checks_a_minute: has to be less than or equal to",
        ),
        ('runa.templates.GBP = "PT-ABC\\n"', "runa.templates.GBP: has to match pattern"),
        ('runa.templates.gbp = "PT-ABC"', "runa.templates.gbp: is no currency"),
    ],
)
def test_a_mistake(tmp_path: Path, text: str, line: str) -> None:
    """What is no TOML is said with its line; what is of the wrong kind, with its key."""
    assert complaints(written(tmp_path, text))[-1].startswith(line)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """One that is not there, a folder, and one that is no text."""
    assert complaints(tmp_path / "gone.toml") == ["<file> cannot be read: No such file or directory"]
    assert complaints(tmp_path)[0] == "<file> cannot be read: Is a directory"
    junk = tmp_path / "junk.toml"
    junk.write_bytes(b"\xff\xfe\x00")
    assert complaints(junk)[0].startswith("<file> is no TOML file: it has to be text in UTF-8")


def test_an_empty_file_settles_nothing(tmp_path: Path) -> None:
    """It is as good as none, but it is known where it stands."""
    company = read_company(file := written(tmp_path, "# nothing yet\n"))
    assert company.path == file
    assert company.settled == {}
    assert company.care.reminders == (timedelta(days=14),)


def test_the_documented_example_is_taken(tmp_path: Path) -> None:
    """It can be copied as it stands, knows every key, and its values are the usual ones but for what has none."""
    page = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    found = re.search(r"<!-- giftbot.toml -->\n```toml\n(.*?)```", page, re.DOTALL)
    assert found
    company, usual = read_company(written(tmp_path, found[1]), tables()), Company()
    policy_of(company, Defaults(("UABE",), ("GB", "US"), amounts(["100"])), whole_amounts=True, templates=())
    for name in ("company", "working_hours", "waiting", "announcements", "after_delivery", "requests"):
        section, as_usual = getattr(company, name), getattr(usual, name)
        assert section.model_fields_set == type(section).model_fields.keys(), name
        own = {
            "requests": {"largest", "countries"},
            "working_hours": {"holidays_of"},
            "announcements": {"channel"},
        }.get(name, set())
        assert section.model_dump(exclude=own) == as_usual.model_dump(exclude=own)
    keys = {key for rule in company.rules for key in rule.model_fields_set}
    assert keys == RuleSection.model_fields.keys()
    assert company.rules[1].steps[0].model_fields_set == StepSection.model_fields.keys()
    assert company.budgets[0].model_fields_set == BudgetSection.model_fields.keys()
    assert company.model_fields_set == {*Company.model_fields, *tables()}
    assert company.table("runa", RunaTable).templates == {"GBP": PLAYGROUND_TEMPLATES["GBP"]}


def account(office: Office, **changes: str) -> RunaAccount:
    """The account as the settings describe it."""
    _, found = office.settings(SocketSettings, **changes)
    assert isinstance(found, RunaAccount)
    return found


def test_the_company_s_templates_stand_over_the_playground_s(office: Office, tmp_path: Path) -> None:
    """One for pounds takes the place of the playground's, one for yen is added, and the others stay."""
    file = written(tmp_path, f'[runa.templates]\nGBP = "{OURS}"\nJPY = "PT-YEN"\n')
    settled = account(office, giftbot_config=str(file))
    assert settled.templates == {**PLAYGROUND_TEMPLATES, "GBP": OURS, "JPY": "PT-YEN"}
    assert account(office).templates == PLAYGROUND_TEMPLATES


@pytest.mark.parametrize("real_money", [False, True])
async def test_an_order_names_the_company_s_template(office: Office, tmp_path: Path) -> None:
    """In the playground and in production Rob chooses from what the company has settled."""
    file = written(tmp_path, f'[runa.templates]\nGBP = "{OURS}"\n')
    office.giftcards.catalogue.templates = {OURS: "GBP"}  # type: ignore[attr-defined] # Runa has one
    async with office.open(giftbot_config=str(file)):
        await office.asks()
        await office.approves()
        await office.delivered()
    (item,) = json.loads(office.giftcards.requests[0])["items"]
    assert item["products"] == {"type": "TEMPLATE", "template_id": OURS}


async def test_a_channel_reads_the_company_s_language(office: Office, tmp_path: Path) -> None:
    """The card in the channel is in German, and Mia, who reads English, is told in English."""
    file = written(tmp_path, '[company]\nlanguage = "de"\n')
    async with office.open(giftbot_config=str(file), giftbot_approvals_channel=office.approvals.id):
        await office.asks()
        await office.abe.sees("möchte")
        await office.abe.clicks("Genehmigen", confirm=True)
        await office.mia.sees_message("Approved by")
        await office.delivered()


class TestCommandLine:
    """`giftbot run` and `giftbot doctor`, as an operator starts them."""

    @pytest.mark.parametrize("command", ["run", "doctor"])
    def test_mistakes_end_it_with_a_list(self, office: Office, command: str) -> None:
        """Exit code 2, what is wrong in the file among all else that is, no traceback, and nothing is opened."""
        (office.folder / "giftbot.toml").write_text("[after_delivery]\nshows_a_day = 0\ncolour = 'red'\n")
        code, said = started(office, command, GIFTBOT_APPROVERS="bob")
        assert code == 2
        assert said == [
            "giftbot cannot start. Please set or mend:",
            "  GIFTBOT_APPROVERS: has to be in Slack's ids, such as U012AB3CD",
            "  GIFTBOT_CONFIG: giftbot.toml has mistakes",
            "    after_delivery.shows_a_day: has to be greater than or equal to 1",
            "    after_delivery.colour: is not a key that giftbot knows",
        ]
        assert [path.name for path in office.folder.iterdir()] == ["giftbot.toml"]
        assert office.slack.calls == []

    @pytest.mark.parametrize("name", ["elsewhere.toml", "giftbot.toml"])
    def test_a_file_that_was_named_has_to_be_there(self, office: Office, name: str) -> None:
        """A wrong path is no silent return to the usual; not even of the usual name."""
        code, said = started(office, "run", GIFTBOT_CONFIG=name)
        assert code == 2
        assert said[1:] == [f"  GIFTBOT_CONFIG: {name} cannot be read: No such file or directory"]


def started(office: Office, command: str, **changes: str) -> tuple[int, list[str]]:
    """A command in the office's folder: its exit code, and what it complains of."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **office.environment(), **changes}
    ended = subprocess.run(
        [sys.executable, "-m", "bot", command],
        cwd=office.folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.stdout == ""
    return ended.returncode, ended.stderr.splitlines()
