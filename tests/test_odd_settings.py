"""giftbot.toml and the environment, filled in as nobody should: a sentence for each mistake, never a traceback."""

import json
import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.input_limits import LARGEST_CONFIG
from bot.settings import PolicySettings, SettingsWrong, read_policy_settings
from bot.tools.policy.check import check
from tests.harness.office import Office
from tests.test_policy_commands import asked

GOOD: dict[str, Any] = {  # each value as TOML has it
    "company": {"time_zone": '"UTC"', "language": '"en"'},
    "requests": {
        "from": '["U0MIA", "S012AB"]',
        "largest": '"100 GBP, 120 USD"',
        "countries": '["GB", "US"]',
        "cost_centres": '["Sales"]',
        "count_together_days": "3",
    },
    "pools": {"leads": '["U012AB3CD", "U045EF6GH"]'},
    "rules": [
        {
            "name": '"small"',
            "up_to": '"20"',
            "requesters": '["U0MIA"]',
            "countries": '["GB"]',
            "cost_centres": '["Sales"]',
            "automatic": "true",
            "notify": '["C034MN5PQ"]',
        },
        {
            "name": '"other"',
            "automatic": "false",
            "steps": [{"pool": '"leads"', "count": "1", "notify": '["C034MN5PQ"]', "backup": '["U0MIA"]'}],
        },
    ],
    "budgets": [
        {"name": '"each"', "per": '"requester"', "every": '"month"', "amount": '"1000"', "only": '["U0MIA"]'},
    ],
    "working_hours": {
        "days": '["mon"]',
        "from": '"09:00"',
        "to": '"17:00"',
        "holidays": "[2030-12-25]",
        "holidays_of": '"GB"',
    },
    "waiting": {"remind_after_hours": "8", "backup_after_hours": "16", "expire_after_days": "10"},
    "announcements": {"channel": '"C034MN5PQ"', "hashtags": '["yay"]', "may_name_amount": "false"},
    "runa": {"templates": {"GBP": '"PT-01HPP"'}},
    "after_delivery": {"remind_after_days": "[14]", "checks_a_minute": "30", "shows_a_day": "3"},
}
ODD = [
    *('""', '" "', '"x"', '"ü٢٥"', '"\\u0000"', f'"{"x" * 9000}"', '"🎁"', '"""a\nb"""', '"{x}"', '"%s"', '"[/]"'),
    *('"-5"', '"0"', '"1e5"', '"1E-400"', '"1e999999"', '"NaN"', '"٢٥"', '"25,,30"', '","', '"9999999999"', '"0.001"'),
    *('"25 GBP, 25 gbp"', '"25 XXX"', '"250 JPY"', '"' + "9" * 5000 + '"', '"' + "9," * 5000 + '"'),
    *("0", "-1", "1", "9223372036854775808", "1" + "0" * 4000, "1" + "0" * 5000, "0x" + "f" * 5000, "1_000"),
    *("1.5", "-0.0", "nan", "inf", "-inf", "1e308", "1e999999", "1E-400", "true", "false"),
    *("1979-05-27", "0001-01-01", "9999-12-31", "1979-05-27T07:32:00Z", "0001-01-01T00:00:00+14:00"),
    *("9999-12-31T23:59:59-12:00", "07:32:00", "00:00:00", "23:59:59.999999", "1979-05-27 07:32:00"),
    *(
        "[]",
        "[[]]",
        '[[[["x"]]]]',
        "[" * 200 + "]" * 200,
        "[" * 3000 + "]" * 3000,
        "[1]",
        '[""]',
        '["x", "x"]',
        "[nan]",
    ),
    *("[1979-05-27]", "[true]", '["U012AB3CD", "U012AB3CD"]', '["U012AB3CD",' + '"U1",' * 3000 + "]"),
    *("{}", "{ x = 1 }", "{ a = { b = { c = {} } } }", '{ "[key]" = 1 }', "{ GBP = 1 }", '{ "" = [] }'),
    *('"Europe/London/../.."', '"../../etc/passwd"', '"/etc/passwd"', '"localtime"', '"Europe"', '"de-DE-x"'),
    *('"09:00Z"', '"09:00+02:00"', '"24:00"', '"9"', "86400", "-86400", "1e10", '["mon", "tue"]', '["ZZ"]', '["gb"]'),
]
LINE = re.compile(r"[\w.]+( \(“.*”\))?: |and \d+ more")


def inline(value: Any) -> str:
    """A value of the whole file, in one line."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {inline(part)}" for name, part in value.items()) + "}"
    return "[" + ", ".join(map(inline, value)) + "]"


def keys(value: Any, *above: str | int) -> Iterator[tuple[str | int, ...]]:
    """The ways to everything in the file."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in inside:
        yield (*above, step)
        yield from keys(part, *above, step)


def spoiled(value: Any, way: tuple[str | int, ...], odd: str) -> Any:
    """The file, in which something odd stands there."""
    if not way:
        return odd
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[way[0]] = spoiled(copy[way[0]], way[1:], odd)
    return copy


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the bot is started, with an environment of its own."""
    folder = tmp_path_factory.mktemp("odd")
    with pytest.MonkeyPatch.context() as environment:
        environment.chdir(folder)
        for name in [name for name in os.environ if name.startswith(("GIFTBOT", "SLACK", "RUNA", "WEGIFT"))]:
            environment.delenv(name)
        environment.setenv("GIFTBOT_APPROVERS", "U0ABE,U0ANA")
        environment.setenv("GIFTBOT_COUNTRIES", "GB,US")
        environment.setenv("GIFTBOT_MAX_AMOUNT", "250")
        yield folder


def uses(company: PolicySettings) -> None:
    """Everything that is worked out of a file when the bot starts."""
    check(company)
    assert company.giftbot_config.patience.expire
    assert company.giftbot_config.care.checks_a_minute
    assert company.giftbot_config.settled


def test_the_good_file_is_good(folder: Path) -> None:
    """Otherwise nothing below would say anything."""
    (folder / "giftbot.toml").write_text("\n".join(f"{name} = {inline(part)}" for name, part in GOOD.items()))
    uses(read_policy_settings())


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.sampled_from([*keys(GOOD)]), st.sampled_from(ODD)), min_size=1, max_size=2))
def test_an_odd_value_has_a_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], changes: list[tuple[tuple[str | int, ...], str]]
) -> None:
    """It is used, or each mistake has a line that begins with its key."""
    file = dict(GOOD)
    for way, odd in changes:
        if way in {*keys(file)}:  # the other change may have taken it away
            file = spoiled(file, way, odd)
    (folder / "giftbot.toml").write_text("\n".join(f"{name} = {inline(part)}" for name, part in file.items()))
    try:
        uses(read_policy_settings())
    except SettingsWrong as wrong:
        first, second, *mistakes = str(wrong).splitlines()
        assert first == "giftbot cannot work by this policy. Please set or mend:"
        assert "giftbot.toml" in second
        assert "has mistakes" not in second or all(LINE.match(line.strip()) for line in mistakes), mistakes
    capsys.readouterr()


def pipe(file: Path) -> None:
    """Nobody writes into it."""
    os.mkfifo(file)


def device(file: Path) -> None:
    """It has no end."""
    file.symlink_to("/dev/zero")


def deep(unit: str, times: int, file: Path) -> None:
    """Something in itself, again and again."""
    file.write_text(f"x = {unit * times}")


FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a pipe": (pipe, "cannot be read: it is a device or a pipe, and no file"),
    "a device": (device, "cannot be read: it is a device or a pipe, and no file"),
    "a folder": (Path.mkdir, "cannot be read: Is a directory"),
    "too large": (partial(deep, "#" * 1024, LARGEST_CONFIG // 1024), "cannot be read: it is larger than 256 KiB"),
    "lists in lists": (partial(deep, "[", 50_000), "is no TOML file: it has too many lists or tables in each other"),
    "a deep key": (lambda file: file.write_text("x." * 50_000 + "x = 1"), "a line of more than 500 dots"),
    "a huge number": (partial(deep, "9", 50_000), "is no TOML file: it has a number of more than 4,300 digits"),
    "UTF-16": (lambda file: file.write_text("[pools]", encoding="utf-16"), "it has to be text in UTF-8"),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_none(folder: Path, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for it, and it is not read for ever."""
    make, words = FILES[kind]
    file = tmp_path / "giftbot.toml"
    make(file)
    monkeypatch.setenv("GIFTBOT_CONFIG", str(file))
    with pytest.raises(SettingsWrong) as wrong:
        read_policy_settings()
    assert str(file) in str(wrong.value)
    assert words in str(wrong.value)
    assert folder.is_dir()


async def test_the_command_line_says_it(office: Office) -> None:
    """`giftbot policy check`, with a file for each way of writing, and bytes that are no text at all."""
    people = {"GIFTBOT_APPROVERS": f"{office.abe.id},{office.ana.id}"}
    file = office.folder / "giftbot.toml"
    file.write_text("\ufeff[company]\nlanguage = 'en'\n", encoding="utf-8")  # as Windows begins its files
    code, said = await asked(office, "check", **people, PYTHONIOENCODING="ascii")
    assert (code, said.rpartition(": ")[2].strip()) == (0, "no mistakes.")
    code, said = await asked(office, "check", **people, GIFTBOT_COUNTRIES="G\udcff")
    assert (code, said.rpartition("mend: ")[2].strip()) == (2, "GIFTBOT_COUNTRIES: has to be text in UTF-8")
    (office.folder / ".env").write_bytes(b"GIFTBOT_APPROVERS=U0\xff\n")
    code, said = await asked(office, "check", **people)
    assert (code, said.rpartition("mend: ")[2].strip()) == (2, ".env: has to be text in UTF-8")
    many = json.dumps([f"bob {number}" for number in range(1000)])
    (office.folder / ".env").unlink()
    file.write_text(f"[pools]\nleads = {many}\n{'x' * 1000} = 1", encoding="utf-8")
    code, said = await asked(office, "check", **people)
    assert (code, len(said) < 10_000, said.strip().endswith("and 952 more")) == (2, True, True)
