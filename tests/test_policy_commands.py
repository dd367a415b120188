"""`giftbot policy check` and `explain`, as an operator runs them: beside a running bot, and without any token."""

import asyncio
import os
import re
import sys
from pathlib import Path

from bot.sandbox.simulator import Person
from tests.harness.office import Office

ROOT = Path(__file__).parents[1]


def policy(office: Office) -> str:
    """Small gifts need nobody, others Abe or Ana, and large ones Eve as well; each manager has £150 a month."""
    return f"""
        [requests]
        countries = ["GB", "DE"]
        largest = "100"
        count_together_days = 7
        [pools]
        leads = ["{office.abe.id}", "{office.ana.id}"]
        finance = ["{office.eve.id}"]
        [[rules]]
        name = "thanks"
        up_to = "20"
        automatic = true
        notify = ["{office.general.id}"]
        [[rules]]
        name = "small"
        up_to = "50"
        steps = [{{ pool = "leads" }}]
        [[rules]]
        name = "large"
        up_to = "200 GBP"
        steps = [{{ pool = "leads" }}, {{ pool = "finance" }}]
        [[budgets]]
        name = "each manager"
        per = "requester"
        every = "month"
        amount = "150"
    """


async def asked(office: Office, *words: str, **settings: str) -> tuple[int, str]:
    """`giftbot policy ...` in the office's folder, with these settings alone: its exit code and all that it says."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "COLUMNS": "110", **settings}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "policy", *words),
        cwd=office.folder,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, re.sub(r"\s+", " ", said.decode())


def named(*people: Person) -> str:
    """People as they are named."""
    return ", ".join(f"{person.name} ({person.id})" for person in people)


async def test_check_shows_the_policy_without_any_token_or_key(office: Office) -> None:
    """Pools, rules in their order, budgets, and what is worth knowing; exit code 0, and nothing is made."""
    path = office.policy(policy(office))
    code, said = await asked(office, "check", GIFTBOT_CONFIG=path)
    assert code == 0
    for words in (
        "asked for by everybody largest gift €100.00, £100.00 countries GB, DE",
        f"leads {office.abe.id}, {office.ana.id} finance {office.eve.id}",
        f"thanks up to €20.00, £20.00 approved at once, {office.general.id} told",
        "small up to €50.00, £50.00 1 of leads large up to £200.00 1 of leads, then 1 of finance",
        "each manager per requester and month €150.00, £150.00",
        "No rule for everybody goes above £200.00 in GB: more is refused.",
        "No rule for everybody goes above €50.00 in DE: more is refused.",
        f"Rule “large” cannot be finished when {office.eve.id} asks or receives: refused.",
        f"{path}: no mistakes.",
    ):
        assert words in said
    assert [file.name for file in office.folder.iterdir()] == ["policy.toml"]
    assert office.slack.calls == []


async def test_check_knows_what_a_policy_leaves_open(office: Office) -> None:
    """A rule that is never reached, user groups, a pool for nothing, a step that nobody hears of."""
    text = """
        [pools]
        leads = ["S0LEADS"]
        spare = ["UABE"]
        [[rules]]
        name = "all"
        steps = [{ pool = "leads", notify = [] }]
        [[rules]]
        name = "small"
        up_to = "10"
        automatic = true
    """
    code, said = await asked(office, "check", GIFTBOT_CONFIG=office.policy(text))
    assert code == 0
    for words in (
        "Rule “small” is never reached: “all” comes first and fits all of it.",
        "Pool “leads” has S0LEADS: who is in it is looked up whenever somebody decides.",
        "Pool “spare” is asked by no rule.",
        "Nobody is told when step 1 of “all” waits; it stands on their Home tab.",
    ):
        assert words in said


async def test_check_shows_what_one_figure_is_in_each_currency(office: Office) -> None:
    """250 pounds are a large gift and 250 yen are none; each is a budget of its own."""
    text = """
        [requests]
        countries = ["GB", "US", "DE", "JP"]
        largest = "250"
        [[rules]]
        name = "small"
        up_to = "20, 2000 JPY"
        automatic = true
        [[budgets]]
        name = "each manager"
        per = "requester"
        every = "month"
        amount = "500"
        [[budgets]]
        name = "all of us"
        per = "company"
        every = "year"
        amount = "9000 GBP, 9500 USD, 9800 EUR, 900000 JPY"
    """
    settings = {"GIFTBOT_CONFIG": office.policy(text), "GIFTBOT_APPROVERS": "UABE,UANA"}
    code, said = await asked(office, "check", **settings)
    assert code == 0
    name = "each for itself. Name currencies: “250 GBP, 45000 JPY”."
    assert f"The largest gift: 250 is €250.00, £250.00, ¥250, $250.00, {name}" in said
    assert f"Rule “small”: 20 is €20.00, £20.00, $20.00, {name}" in said
    assert f"Budget “each manager”: 500 is €500.00, £500.00, ¥500, $500.00, {name}" in said
    assert "“all of us”:" not in said
    _, said = await asked(office, "check", GIFTBOT_APPROVERS="UABE,UANA", GIFTBOT_COUNTRIES="GB")
    assert "Name currencies" not in said


async def test_check_without_a_file(office: Office) -> None:
    """The approvers of the environment are the policy; without any, that is the mistake."""
    code, said = await asked(office, "check", GIFTBOT_APPROVERS="UABE,UANA")
    assert code == 0
    assert "approvers UABE, UANA" in said
    assert "every gift any amount 1 of approvers" in said
    assert "There is no giftbot.toml, so that GIFTBOT_APPROVERS decide: no mistakes." in said
    assert await asked(office, "check") == (
        2,
        "giftbot cannot work by this policy. Please set or mend: GIFTBOT_APPROVERS is missing ",
    )


async def test_check_names_every_mistake(office: Office) -> None:
    """Those of the environment and of the file, each with its key; exit code 2."""
    text = '[pools]\nleads = ["bob"]\n[[rules]]\nname = "all"\nstep = 1\n'
    code, said = await asked(office, "check", GIFTBOT_CONFIG=office.policy(text), GIFTBOT_COUNTRIES="XX")
    assert code == 2
    assert "GIFTBOT_COUNTRIES: has unknown countries" in said
    assert "pools.leads.0: has to be one of Slack's ids" in said
    assert "rules.0.step (“all”): is not a key that giftbot knows" in said


async def test_explain_beside_a_running_bot(office: Office) -> None:
    """Names come from Slack, budgets and what was split from the database; nothing is asked for."""
    path = office.policy(policy(office))
    slack = {"SLACK_BOT_TOKEN": office.slack.bot_token, "SLACK_API_URL": office.slack.base_url}
    settings = {"GIFTBOT_CONFIG": path, "GIFTBOT_DATABASE": str(office.database), **slack}
    async with office.open(giftbot_config=path):
        await office.asks("@Rob 30 GBP thank you")
        await office.rests()
        before = office.ledger.audit_events()
        code, said = await asked(office, "explain", "@Mia", "@rob", "40", "GBP", **settings)
        assert code == 0
        for words in (
            f"asked for by {named(office.mia)} for {named(office.rob)} amount £40.00, in GB",
            "“large” chosen by £70.00, with what was asked for these people lately",
            f"step 1 1 of leads: {named(*sorted((office.abe, office.ana), key=lambda one: one.id))} told:",
            f"step 2 1 of finance: {named(office.eve)} told: {named(office.eve)}",
            f"each manager £30.00 → £70.00 of £150.00 {named(office.mia)}",
            "It would be accepted.",
        ):
            assert words in said
        _, said = await asked(office, "explain", office.mia.id, office.ana.id, "100", "GBP", **settings)
        assert "It would be accepted." in said
        _, said = await asked(office, "explain", "@Mia", "@Ana", "@Abe", "70", "GBP", **settings)
        assert "each manager £30.00 → £170.00 of £150.00" in said
        assert "It would be refused. Step 1 needs 1 person of leads, and nobody is left for it" in said
        assert office.ledger.audit_events() == before
        assert len(office.abe.messages()) == 1


async def test_explain_without_slack_and_database(office: Office) -> None:
    """Member ids are enough; names and user groups are not, and it is said what is missing."""
    settings = {"GIFTBOT_CONFIG": office.policy(policy(office))}
    code, said = await asked(office, "explain", "UMIA", "UROB", "20", "GBP", "--country", "GB", **settings)
    assert code == 0
    assert f"“thanks” approved at once told: {office.general.id}" in said
    assert "each manager £0.00 → £20.00 of £150.00 UMIA It would be accepted." in said
    code, said = await asked(office, "explain", "@Mia", "UROB", "20", "GBP", **settings)
    assert code == 1
    assert said.startswith("Only Slack knows who @Mia is: set SLACK_BOT_TOKEN, or use the member id")
    code, said = await asked(office, "explain", "UMIA", "UROB", "20", "USD", **settings)
    assert (code, said) == (1, "No offered country pays in USD, but in EUR, GBP. ")
    code, said = await asked(office, "explain", "UMIA", "UROB", "20", "EUR", "--country", "GB", **settings)
    assert (code, said) == (1, "Gifts in GB are in GBP, not in EUR. ")
    code, said = await asked(office, "explain", "UMIA", "UROB", "201", "GBP", **settings)
    assert "It would be refused. The largest gift is £100.00 for each person." in said
    assert not office.database.exists()


async def test_explain_names_that_are_nobody_s_or_two_people_s(office: Office) -> None:
    """It is said how many have that name, and what to use instead."""
    office.slack.add_person("Rob")
    slack = {"SLACK_BOT_TOKEN": office.slack.bot_token, "SLACK_API_URL": office.slack.base_url}
    settings = {"GIFTBOT_CONFIG": office.policy(policy(office)), **slack}
    code, said = await asked(office, "explain", "@Mia", "@Rob", "20", "GBP", **settings)
    assert code == 1
    assert said.startswith("In Slack 2 people are called @Rob: ")
    code, said = await asked(office, "explain", "@Mia", "@Nobody", "20", "GBP", **settings)
    assert (code, said) == (1, "In Slack nobody is called @Nobody. Use a member id, U012AB3CD. ")


async def test_explain_with_a_user_group_that_slack_does_not_know(office: Office) -> None:
    """Nobody is in it, so that nobody could decide, as the bot would have it."""
    text = policy(office).replace(office.eve.id, "S0GONE")
    slack = {"SLACK_BOT_TOKEN": office.slack.bot_token, "SLACK_API_URL": office.slack.base_url}
    settings = {"GIFTBOT_CONFIG": office.policy(text), **slack}
    code, said = await asked(office, "explain", office.mia.id, office.rob.id, "60", "GBP", **settings)
    assert code == 0
    assert "It would be refused. Step 2 needs 1 person of finance, and nobody is left for it" in said


async def test_explain_reads_a_database_that_nobody_has_open(office: Office) -> None:
    """After the bot has stopped, with its audit key in a safe; and nothing is left beside the file."""
    path = office.policy(policy(office))
    async with office.open(giftbot_config=path):
        await office.asks("@Rob 30 GBP thank you")
    files = {file.name for file in office.folder.iterdir()}
    settings = {"GIFTBOT_CONFIG": path, "GIFTBOT_DATABASE": str(office.database)}
    _, said = await asked(office, "explain", office.mia.id, office.eve.id, "10", "GBP", **settings)
    assert "each manager £30.00 → £40.00 of £150.00" in said
    assert {file.name for file in office.folder.iterdir()} == files


async def test_explain_refuses_a_file_that_is_no_database_of_ours(office: Office) -> None:
    """It says so, without a traceback."""
    office.database.write_text("nothing of the kind, and long enough to be looked at" * 20)
    settings = {"GIFTBOT_CONFIG": office.policy(policy(office)), "GIFTBOT_DATABASE": str(office.database)}
    code, said = await asked(office, "explain", "UMIA", "UROB", "20", "GBP", **settings)
    assert code == 1
    assert "cannot be read as a database" in said
    assert "Traceback" not in said
