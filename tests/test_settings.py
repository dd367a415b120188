"""Settings: all that is missing or wrong is named at once, before anything is opened, and no secret is quoted."""

import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from pydantic import SecretStr
from svix.webhooks import Webhook

from bot.giftcards.runa.account import RunaAccount
from bot.giftcards.wegift.account import WeGiftAccount
from bot.gifts.model.money import Money
from bot.gifts.model.people import Roster
from bot.settings import (
    HttpSettings,
    Settings,
    SettingsWrong,
    SocketSettings,
    read_settings,
)

ROOT = Path(__file__).parents[1]
GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-canary-bot",
    "SLACK_APP_TOKEN": "xapp-canary-app",
    "SLACK_SIGNING_SECRET": "canary-signing",
    "WEGIFT_API_KEY": "canary-key",
    "WEGIFT_CARD_ID": "canary-card",
    "GIFTBOT_LINK_HOSTS": "gifts.example.com",
    "GIFTBOT_APPROVERS": "U012AB3CD",
}
KINDS = (SocketSettings, HttpSettings, WeGiftAccount, RunaAccount)
EVERY_NAME = {"GIFTBOT_PROVIDER", *(name.upper() for kind in KINDS for name in kind.model_fields)}


class Environment:
    """The environment of the process, with nothing of the bot's in it but what is set here."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def set(self, **values: str | None) -> None:
        """Set variables; None takes one away."""
        for name, value in values.items():
            if value is None:
                self._patch.delenv(name)
            else:
                self._patch.setenv(name, value)

    def complaints(self, kind: type[Settings] = SocketSettings) -> list[str]:
        """What is wrong, one line for each variable."""
        with pytest.raises(SettingsWrong) as wrong:
            read_settings(kind)
        first, *lines = str(wrong.value).splitlines()
        assert first == "giftbot cannot start. Please set or mend:"
        assert "canary" not in str(wrong.value)
        return [line.strip() for line in lines]


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """An environment with what is needed and nothing else, in a folder without `.env`."""
    monkeypatch.chdir(tmp_path)
    for name in EVERY_NAME:
        monkeypatch.delenv(name, raising=False)
    environment = Environment(monkeypatch)
    environment.set(GIFTBOT_PROVIDER="wegift", **GOOD)
    return environment


def test_what_is_not_set_is_as_the_readme_says(environment: Environment) -> None:
    """A company has to settle seven things; the rest has a default."""
    environment.set()
    settings, account = read_settings(SocketSettings)
    assert settings.slack_api_url == "https://slack.com/api/"
    assert isinstance(account, WeGiftAccount)
    assert account.wegift_api_url == "https://api.wegift.io/v2/"
    assert settings.giftbot_database == Path("giftbot.db")
    assert settings.giftbot_approvals_channel is None
    assert (settings.giftbot_log_level, settings.giftbot_log_format) == ("INFO", "auto")
    policy = settings.policy(whole_amounts=False)
    assert policy.rules.approvers(Roster()) == {"U012AB3CD"}
    assert policy.countries == ("GB", "US")
    assert policy.largest == {"GBP": Money(10000, "GBP", 2), "USD": Money(10000, "USD", 2)}


def test_lists_are_separated_by_commas(environment: Environment) -> None:
    """Blanks around the parts, and a comma too many, do no harm."""
    environment.set(
        GIFTBOT_APPROVERS=" U012AB3CD , W0ANA,",
        GIFTBOT_COUNTRIES="GB, DE,JP",
        GIFTBOT_MAX_AMOUNT="250.50, 30000 JPY, 100 GBP",
        GIFTBOT_LINK_HOSTS="Gifts.Example.com, spend.example.org",
        GIFTBOT_APPROVALS_CHANNEL="G012AB3CD",
    )
    settings, account = read_settings(SocketSettings)
    assert account.link_hosts == {"gifts.example.com", "spend.example.org"}
    assert settings.giftbot_approvals_channel == "G012AB3CD"
    policy = settings.policy(whole_amounts=False)
    assert policy.rules.approvers(Roster()) == {"U012AB3CD", "W0ANA"}
    assert policy.countries == ("GB", "DE", "JP")
    assert policy.largest == {
        "GBP": Money(10000, "GBP", 2),
        "EUR": Money(25050, "EUR", 2),
        "JPY": Money(30000, "JPY", 0),
    }


@pytest.mark.parametrize(("kind", "own"), [(SocketSettings, "SLACK_APP_TOKEN"), (HttpSettings, "SLACK_SIGNING_SECRET")])
def test_everything_that_is_missing_is_named_at_once(environment: Environment, kind: type[Settings], own: str) -> None:
    """One message with all of it, and nothing that only the other way of running needs."""
    environment.set(**dict.fromkeys(GOOD))
    needed = set(GOOD) - {"SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"} | {own}
    assert environment.complaints(kind) == [f"{name} is missing" for name in sorted(needed)]


@pytest.mark.parametrize(
    ("kind", "other"), [(SocketSettings, "SLACK_SIGNING_SECRET"), (HttpSettings, "SLACK_APP_TOKEN")]
)
def test_what_only_the_other_way_needs_may_be_missing(
    environment: Environment, kind: type[Settings], other: str
) -> None:
    """Socket Mode has no signatures, HTTP has no app-level token."""
    environment.set(**{other: None})
    read_settings(kind)


URL = "has to start with https:// (http:// is for this machine only)"
AMOUNTS = "has to be amounts, such as 250 or 250 GBP, 300 USD"
PLAIN_URL = "has to be a plain address, such as https://api.example.com/v2"
COPIED = "has a space, a line break or another sign that is in none of them: please copy it again"
HOSTS = "has to list plain host names, such as gifts.example.com"
USER = "has to be in Slack's ids, such as U012AB3CD"
CHANNEL = "has to be in Slack's ids, such as C012AB3CD"

WRONG = [
    ("SLACK_BOT_TOKEN", "canary", "has to start with xoxb-"),
    ("SLACK_BOT_TOKEN", "xoxp-canary", "has to start with xoxb-"),
    ("SLACK_APP_TOKEN", "xoxb-canary", "has to start with xapp-"),
    ("SLACK_API_URL", "http://slack.com/api/", URL),
    ("SLACK_API_URL", "slack.com/api/", URL),
    ("WEGIFT_API_URL", "http://api.wegift.io/v2", URL),
    ("WEGIFT_API_URL", "http://127.0.0.1.evil.test/v2", URL),
    ("WEGIFT_API_URL", "http://localhost.evil.test", URL),
    ("WEGIFT_API_URL", "http://localhost@evil.test/v2", URL),
    ("WEGIFT_API_URL", "http://localhost:80@evil.test/v2", URL),
    ("WEGIFT_API_URL", "http://evil.test#localhost", URL),
    ("WEGIFT_API_URL", "ftp://localhost/v2", URL),
    ("SLACK_BOT_TOKEN", "xoxb-canary\n", COPIED),
    ("SLACK_APP_TOKEN", "xapp-canarü", COPIED),
    ("WEGIFT_API_KEY", "canary canary", COPIED),
    ("WEGIFT_API_KEY", "canary\u200b", COPIED),
    ("WEGIFT_API_URL", "https://api.example.com:99999/v2", URL),
    ("WEGIFT_API_URL", "https://api.example.com:port/v2", URL),
    ("WEGIFT_API_URL", "https://[::1", URL),
    ("WEGIFT_API_URL", "https://999.1.1.1/v2", URL),
    ("WEGIFT_API_URL", "https://äpi.example.com/v2", URL),
    ("WEGIFT_API_URL", f"https://{'a' * 64}.example.com/v2", URL),
    ("WEGIFT_API_URL", "https://api..example.com/v2", URL),
    ("WEGIFT_API_URL", "https://api example.com/v2", URL),
    ("WEGIFT_API_URL", "https://api.example.com/a b", PLAIN_URL),
    ("WEGIFT_API_URL", "https://api.exa\tmple.com/v2", PLAIN_URL),
    ("WEGIFT_API_URL", "https://api.example.com/v2?key=canary", PLAIN_URL),
    ("GIFTBOT_LINK_HOSTS", "https://gifts.example.com", HOSTS),
    ("GIFTBOT_LINK_HOSTS", "gifts example.com", HOSTS),
    ("GIFTBOT_LINK_HOSTS", "gifts.example.com:443", HOSTS),
    ("GIFTBOT_LINK_HOSTS", "localhost", HOSTS),
    ("GIFTBOT_APPROVERS", "abe", USER),
    ("GIFTBOT_APPROVERS", "U012AB3CD, @abe", USER),
    ("GIFTBOT_APPROVERS", "C012AB3CD", USER),
    ("GIFTBOT_APPROVALS_CHANNEL", "#approvals", CHANNEL),
    ("GIFTBOT_APPROVALS_CHANNEL", "U012AB3CD", CHANNEL),
    ("GIFTBOT_COUNTRIES", "GB, UK, Atlantis", "has unknown countries, please use ISO codes such as GB: UK, Atlantis"),
    ("GIFTBOT_COUNTRIES", "gb", "has unknown countries, please use ISO codes such as GB: gb"),
    ("GIFTBOT_COUNTRIES", "EU", "has unknown countries, please use ISO codes such as GB: EU"),
    ("GIFTBOT_MAX_AMOUNT", "a lot", AMOUNTS),
    ("GIFTBOT_MAX_AMOUNT", "-5", AMOUNTS),
    ("GIFTBOT_MAX_AMOUNT", "1e3", AMOUNTS),
    ("GIFTBOT_MAX_AMOUNT", "٢٥٠", AMOUNTS),
    ("GIFTBOT_MAX_AMOUNT", "0", "The amount has to be more than zero."),
    ("GIFTBOT_MAX_AMOUNT", "5, 0.001 GBP", "GBP has 2 decimal places: please write fewer digits."),
    ("GIFTBOT_MAX_AMOUNT", "100 GBP", "has no limit for USD"),
    ("GIFTBOT_MAX_AMOUNT", "100, 200 EUR", "has a limit in EUR, which no offered country uses"),
    ("GIFTBOT_LOG_LEVEL", "LOUD", "has to be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
    ("GIFTBOT_LOG_FORMAT", "xml", "has to be 'auto', 'text' or 'json'"),
    ("GIFTBOT_PROVIDER", "acme", "has to be 'runa' or 'wegift'"),
    ("GIFTBOT_SETTLE_SECONDS", "0", "has to be greater than 0"),
    ("GIFTBOT_SETTLE_SECONDS", "inf", "has to be less than or equal to 600"),
    ("GIFTBOT_SETTLE_SECONDS", "nan", "has to be less than or equal to 600"),
    ("GIFTBOT_SETTLE_SECONDS", "half a minute", "has to be a number, such as 30"),
]


@pytest.mark.parametrize(("name", "value", "words"), WRONG)
def test_what_is_wrong_is_named_with_how_it_has_to_be(
    environment: Environment, name: str, value: str, words: str
) -> None:
    """The variable and what it has to be; never what it is."""
    environment.set(**{name: value})
    assert environment.complaints() == [f"{name}: {words}"]


@pytest.mark.parametrize(
    ("name", "value"),
    [*((name, "") for name in sorted(GOOD.keys() - {"SLACK_SIGNING_SECRET"})), ("GIFTBOT_APPROVERS", " , ")],
)
def test_what_is_empty_is_not_enough(environment: Environment, name: str, value: str) -> None:
    """A line of `.env` that was not filled in is named, in words for people."""
    environment.set(**{name: value})
    (complaint,) = environment.complaints()
    assert complaint.startswith(name)
    for word in ("validation", "item", "String", "Value"):
        assert word not in complaint


def test_an_empty_path_is_not_a_folder(environment: Environment) -> None:
    """A database that was not filled in is named, or the usual one."""
    environment.set(GIFTBOT_DATABASE="")
    with suppress(SettingsWrong):
        assert read_settings(SocketSettings)[0].giftbot_database == Path("giftbot.db")


def test_several_mistakes_are_named_together(environment: Environment) -> None:
    """Nobody starts the bot five times to learn of five mistakes."""
    environment.set(
        SLACK_BOT_TOKEN="canary",
        WEGIFT_API_KEY=None,
        GIFTBOT_APPROVERS="abe",
        GIFTBOT_LINK_HOSTS="x",
        SLACK_API_URL="x",
    )
    assert [complaint.split()[0].rstrip(":") for complaint in environment.complaints()] == [
        "GIFTBOT_APPROVERS",
        "GIFTBOT_LINK_HOSTS",
        "SLACK_API_URL",
        "SLACK_BOT_TOKEN",
        "WEGIFT_API_KEY",
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com/v2",
        "https://api.example.com/v2/",
        "http://127.0.0.1:8080/v2",
        "http://localhost/v2/",
        "http://localhost",
        "http://[::1]:8080/v2",
        "http://[::1]/v2",
    ],
)
def test_a_service_is_reached_over_https_or_on_this_machine(environment: Environment, url: str) -> None:
    """Plain http is for the simulator; paths are added to what is set."""
    environment.set(WEGIFT_API_URL=url)
    _, account = read_settings(SocketSettings)
    assert isinstance(account, WeGiftAccount)
    assert account.wegift_api_url == url.rstrip("/") + "/"


def test_a_dot_env_file_is_read_and_the_environment_wins(environment: Environment, tmp_path: Path) -> None:
    """What is in the process's environment is the latest word."""
    environment.set(WEGIFT_CARD_ID=None)
    lines = ["WEGIFT_CARD_ID=from-the-file", "WEGIFT_API_KEY=from-the-file", "SOMETHING_ELSE=1"]
    (tmp_path / ".env").write_text("\n".join(lines), encoding="utf-8")
    _, account = read_settings(SocketSettings)
    assert isinstance(account, WeGiftAccount)
    assert account.wegift_card_id == "from-the-file"
    assert account.wegift_api_key == SecretStr("canary-key")


def test_settings_print_no_secret(environment: Environment) -> None:
    """Whoever prints or dumps them prints stars, and the logs know what to leave out."""
    environment.set(WEGIFT_CARD_ID="card")
    for kind, own in ((SocketSettings, "xapp-canary-app"), (HttpSettings, "canary-signing")):
        settings, account = read_settings(kind)
        for part in (settings, account):
            assert "canary" not in f"{part} {part!r} {part.model_dump()} {part.model_dump_json()}"
        assert sorted([*settings.secrets(), *account.secrets()]) == sorted(["xoxb-canary-bot", "canary-key", own])


@pytest.mark.parametrize(
    ("key", "url", "links"),
    [
        ("XX-canary", "https://playground.runa.io/v2", "spend.playground.runa.io"),
        ("wg-canary", "https://api.runa.io/v2", "spend.runa.io"),
    ],
)
def test_runas_key_says_which_environment_it_is_for(environment: Environment, key: str, url: str, links: str) -> None:
    """A key of the playground orders in the playground, one of production with real money; the links are theirs."""
    environment.set(GIFTBOT_PROVIDER=None, GIFTBOT_LINK_HOSTS=None, RUNA_API_KEY=key)
    _, account = read_settings(SocketSettings)
    assert isinstance(account, RunaAccount)
    assert account.api_url == url
    assert account.link_hosts == {links}
    assert bool(account.templates) == key.startswith("XX")


@pytest.mark.parametrize(
    ("key", "url"), [("XX-canary", "https://api.runa.io/v2"), ("wg-canary", "https://playground.runa.io/v2")]
)
def test_a_key_and_an_address_of_different_environments(environment: Environment, key: str, url: str) -> None:
    """Play money is not taken for real money, nor the other way round."""
    environment.set(GIFTBOT_PROVIDER=None, RUNA_API_KEY=key, RUNA_API_URL=url)
    (complaint,) = environment.complaints()
    assert complaint.startswith("RUNA_API_URL: is for the other environment than RUNA_API_KEY")


def test_a_key_of_neither_environment(environment: Environment) -> None:
    """Runa's keys say what they are for; another key is none of them."""
    environment.set(GIFTBOT_PROVIDER="runa", RUNA_API_KEY="canary")
    assert environment.complaints() == ["RUNA_API_KEY: has to start with XX or wg"]


@pytest.mark.parametrize(
    "secret",
    ["", "canary", "whsec_", "whsec_canary", "whsec_" + "A" * 33, "whsec_" + "canary*" * 8, "whsec_" + "A" * 36 + "\n"],
)
def test_a_webhook_secret_is_one(environment: Environment, secret: str) -> None:
    """What the library could not read is named; none is none."""
    environment.set(GIFTBOT_PROVIDER="runa", RUNA_API_KEY="XXcanary", RUNA_WEBHOOK_SECRET=secret)
    if not secret:
        read_settings(HttpSettings)
        return
    words = "has to start with whsec_, followed by the signing secret of the webhook's endpoint"
    assert environment.complaints(HttpSettings) == [f"RUNA_WEBHOOK_SECRET: {words}"]


@pytest.mark.parametrize("length", [32, 34, 35, 36, 44])
def test_webhook_secrets_of_every_length(environment: Environment, length: int) -> None:
    """With and without what fills base64 up."""
    for filling in ("", "=" * (-length % 4)):
        secret = f"whsec_{'c' * length}{filling}"
        environment.set(GIFTBOT_PROVIDER="runa", RUNA_API_KEY="XXcanary", RUNA_WEBHOOK_SECRET=secret)
        _, account = read_settings(HttpSettings)
        assert isinstance(account, RunaAccount)
        assert account.runa_webhook_secret
        Webhook(account.runa_webhook_secret.get_secret_value())


def test_the_command_line_names_everything_and_opens_nothing(tmp_path: Path) -> None:
    """`giftbot run` without settings: exit code 2, every variable, no traceback, no file."""
    clean = {name: value for name, value in os.environ.items() if name not in EVERY_NAME} | {"PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-m", "bot", "run", "--http"],
        cwd=tmp_path,
        env=clean | {"SLACK_BOT_TOKEN": "canary"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr.splitlines() == [
        "giftbot cannot start. Please set or mend:",
        "  GIFTBOT_APPROVERS is missing",
        "  RUNA_API_KEY is missing",
        "  SLACK_BOT_TOKEN: has to start with xoxb-",
        "  SLACK_SIGNING_SECRET is missing",
    ]
    assert list(tmp_path.iterdir()) == []


def test_the_docs_name_every_setting() -> None:
    """The table of docs/configuration.md and `.env.example` know the same names as the code."""
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE)
    assert sorted(table) == sorted(EVERY_NAME)
    example = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(example) <= EVERY_NAME
