"""`/gift settings`: the rules in force in plain words, for everybody, and in one message however long they are."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.gifts.model.approval_rules import Rule, Rules, Step, one_of
from bot.gifts.model.budget import Budget, Per, Period
from bot.gifts.model.business_hours import BusinessHours, EscalationDelays
from bot.gifts.model.money import Money
from bot.gifts.model.people import Roster
from bot.gifts.model.policy import Announcing, Policy
from bot.sandbox.simulator.slack.blockkit import BLOCKS_IN_A_MESSAGE, check_message, check_view
from handlers.blocks.policy_summary import settings_blocks, settings_title, settings_view
from handlers.localization import language_of
from tests.harness.office import Office

MIA, ABE, ANA, MANAGERS = "UMIA", "UABE", "UANA", "SMANAGERS"
BRITISH, GERMAN = language_of("en-GB"), language_of("de-DE")


def pounds(amount: int) -> dict[str, Money]:
    """An amount in the only currency."""
    return {"GBP": Money(amount * 100, "GBP", 2)}


SHORT_POLICY = Policy(one_of({ABE, ANA}), ("GB",), pounds(100))
LONG_POLICY = Policy(
    rules=Rules(
        {"managers": (MANAGERS, MIA), "finance": (ABE, ANA)},
        (
            Rule("small", (), pounds(25), requesters=(MANAGERS,), notify=("C0GIFTS",)),
            Rule("sales", (Step("finance", 2),), countries=("GB", "DE"), cost_centres=("Sales",)),
            Rule("large", (Step("managers", notify=(MIA,)), Step("finance", backup=(ANA,)))),
        ),
    ),
    countries=("GB", "DE"),
    largest={"GBP": Money(25000, "GBP", 2), "EUR": Money(30000, "EUR", 2)},
    may_ask=(MANAGERS, MIA),
    cost_centres=("Sales", "R&D"),
    counts_together=timedelta(days=30),
    budgets=(
        Budget("managers’ own", Per.REQUESTER, Period.MONTH, pounds(500)),
        Budget("received", Per.RECIPIENT, Period.YEAR, pounds(200), only=(MIA,)),
        Budget("pairs", Per.PAIR, Period.YEAR, pounds(100)),
        Budget("selling", Per.COST_CENTRE, Period.QUARTER, pounds(2000), only=("Sales",)),
        Budget("company", Per.COMPANY, Period.MONTH, pounds(9000)),
    ),
    announcing=Announcing("C0GIFTS", ("thanks", "teamwork"), may_name_amount=True),
    zone=ZoneInfo("Europe/London"),
)
PATIENCE = EscalationDelays(
    BusinessHours(opens=time(9), closes=time(17, 30), holidays=frozenset({date(2030, 12, 25)}), holidays_of="GB-SCT"),
    remind=timedelta(hours=4),
    call_backup=timedelta(hours=8.5),
    expire=timedelta(hours=85),
)


def told(policy: Policy, roster: Roster | None = None, locale: str = "en-GB") -> str:
    """What somebody reads, after Slack has taken it."""
    blocks = settings_blocks(policy, PATIENCE, roster or Roster(), language_of(locale))
    check_message({"text": settings_title(language_of(locale)), "blocks": blocks})
    return "\n".join(_text(block) for block in blocks)


def _text(block: dict[str, Any]) -> str:
    text: str = (block["elements"][0] if block["type"] == "context" else block["text"])["text"]
    return text


def test_a_small_company_has_few_rules() -> None:
    """One approver decides about everything, and there is no word about what there is not."""
    text = told(SHORT_POLICY)
    assert "Everybody may ask." in text
    assert "The largest gift is £100.00 for each person." in text
    assert "Gifts can be spent in United Kingdom." in text
    assert "• 1 person of “approvers” approves." in text
    assert "“approvers”: <@UABE> and <@UANA>" in text
    assert "Budgets" not in text
    assert "cost centre" not in text


@pytest.mark.parametrize(
    "line",
    [
        "<!subteam^SMANAGERS> and <@UMIA> may ask.",
        "The largest gift is €300.00 or £250.00 for each person.",
        "Each request names a cost centre: Sales or R&amp;D.",
        "What one person gives another within 30 days counts together for the rules.",
        (
            "1. *small* (up to £25.00 in total and asked for by <!subteam^SMANAGERS>): Approved at once."
            " <#C0GIFTS> hear of it."
        ),
        (
            "2. *sales* (spent in United Kingdom and Germany and paid by the cost centre Sales):"
            " 2 different people of “finance” approve."
        ),
        (
            "3. *large* (all other gifts): Step 1: 1 person of “managers” approves. Told: <@UMIA>."
            " Step 2: 1 person of “finance” approves. If nobody decides in time: <@UANA>."
        ),
        "“managers”: <!subteam^SMANAGERS> and <@UMIA>",
        "*managers’ own*: £500.00 for each person who asks, each month.",
        "*received*: £200.00 for each person who receives, each year. Only for <@UMIA>.",
        "*pairs*: £100.00 from one person to another, each year.",
        "*selling*: £2,000.00 for each cost centre, each quarter. Only for Sales.",
        "*company*: £9,000.00 for the whole company, each month.",
        "After 4 working hours those who can decide are reminded.",
        "After 1 working day the backup hears of it, where there is one.",
        "After 10 working days a request expires, and its requester is told.",
        (
            "Working time is Monday, Tuesday, Wednesday, Thursday and Friday, 09:00 to 17:30,"
            " in the time zone of whoever is waited for, or of Europe/London."
        ),
        "1 holiday does not count.",
        "Public holidays do not count either: United Kingdom (SCT).",
        "Gifts are announced in <#C0GIFTS>, unless somebody chooses otherwise.",
        "To choose from: thanks and teamwork.",
        "An announcement may name the amount, if the requester wants that.",
    ],
)
def test_a_large_company_reads_each_of_its_rules(line: str) -> None:
    """In the order in which they count, with people and groups by mention."""
    assert f"• {line}" in told(LONG_POLICY).splitlines()


def test_whoever_is_away_is_named_with_their_deputy() -> None:
    """As of now."""
    assert "<@UABE> is away, and <@UANA> decides." in told(SHORT_POLICY, Roster(stand_ins={ABE: ANA}))
    assert "is away" not in told(SHORT_POLICY)


def test_the_same_in_german() -> None:
    """With a German reader's days, times, amounts and lists."""
    text = told(LONG_POLICY, locale="de-DE")
    assert "Montag, Dienstag, Mittwoch, Donnerstag und Freitag" in text
    assert "09:00" in text
    assert "300,00\xa0€ oder 250,00\xa0£" in text
    assert "*Wer anfragen darf, und was*" in text


def test_a_policy_that_is_too_long_is_cut_and_says_so() -> None:
    """A thousand rules with hostile names: Slack takes them, and the last line says that there are more."""
    rules = tuple(
        Rule("<!channel> " + "&" * 60 + str(number), tuple(Step("&" * 75, 25, backup=(ANA,)) for _ in range(10)))
        for number in range(1000)
    )
    people = tuple(f"U{number:010}" for number in range(1000))
    names = tuple("&" * 70 + f"{number:05}" for number in range(100))
    policy = replace(LONG_POLICY, rules=Rules({"&" * 75: people}, rules), may_ask=people, cost_centres=names)
    blocks = settings_blocks(policy, PATIENCE, Roster(), BRITISH)
    assert len(blocks) == BLOCKS_IN_A_MESSAGE
    check_message({"text": "The rules for gifts", "blocks": blocks})
    assert "There is more than Slack shows here." in _text(blocks[-1])
    assert "<!channel>" not in str(blocks)
    assert "and 990 others may ask." in _text(blocks[0])
    check_view(settings_view(policy, PATIENCE, Roster(), GERMAN), "modal")


@pytest.mark.usefixtures("bot")
async def test_everybody_can_read_them_in_private(office: Office) -> None:
    """Eve asks for them with a command, and finds them behind a button on her Home tab."""
    await office.eve.types("/gift settings")
    (reply,) = office.eve.private_replies
    assert "Everybody may ask." in reply.text_shown
    assert "“approvers”: @A" in reply.text_shown
    await office.eve.clicks("Show the rules", on=await office.eve.opens_home())
    modal = await office.eve.sees_modal("The rules for gifts")
    assert "The largest gift is €250.00, £250.00, JP¥30,000 or US$250.00 for each person." in modal.text
    assert office.mia.private_replies == []


async def test_a_user_group_is_named_as_slack_names_it(office: Office) -> None:
    """Only the group: who is in it, Slack says."""
    managers = office.slack.add_group("Team Leads", [office.abe, office.ana])
    file = office.folder / "company.toml"
    file.write_text(f'[pools]\napprovers = ["{managers.id}"]\n')
    async with office.open(giftbot_config=str(file)):
        await office.eve.types("/gift settings")
        assert "“approvers”: @team-leads" in office.eve.private_replies[0].text_shown


@pytest.mark.usefixtures("bot")
async def test_help_says_that_there_are_rules(office: Office) -> None:
    """Whoever looks for them finds them."""
    await office.eve.types("/gift help")
    assert "/gift settings" in office.eve.private_replies[0].text_shown
