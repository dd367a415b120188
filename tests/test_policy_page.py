"""docs/policy.md: its files are run as they stand, what it shows is what is printed, and Slack agrees."""

import re
from pathlib import Path

import pytest

from bot.gifts.model.gift import MACHINE
from bot.sandbox.simulator import Person
from tests.harness.office import Office
from tests.test_policy_commands import asked

PAGE = (Path(__file__).parents[1] / "docs" / "policy.md").read_text(encoding="utf-8")


def block(title: str) -> str:
    """A block of the page's, by the comment above it."""
    found = re.search(rf"<!-- policy: {title} -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert found, title
    return found[1]


@pytest.fixture
def fay(office: Office) -> Person:
    """Finance's other person."""
    return office.slack.add_person("Fay")


def at_work(title: str, office: Office, fay: Person) -> str:
    """The path of one of the page's files, with the ids of the people of this office."""
    text = block(title)
    for person in (office.mia, office.abe, office.ana, office.rob, office.eve, fay):
        text = text.replace(f"U0{person.name.upper()}", person.id)
    return office.policy(text.replace("C0PEOPLE", office.general.id))


@pytest.mark.parametrize("title", ["one of two", "two steps"])
async def test_a_file_can_be_copied_as_it_stands(office: Office, title: str) -> None:
    """`giftbot policy check` finds no mistake in it."""
    code, said = await asked(office, "check", GIFTBOT_CONFIG=office.policy(block(title)))
    assert (code, "no mistakes." in said) == (0, True)


async def test_what_explain_prints_is_what_readme_shows(office: Office) -> None:
    """Word for word, but for the space at the ends of lines."""
    command, *shown = block("explained").splitlines()
    words = command.removeprefix("$ giftbot policy ").split()
    code, said = await asked(office, *words, GIFTBOT_CONFIG=office.policy(block("two steps")))
    assert (code, said.strip()) == (0, " ".join("\n".join(shown).split()))


async def test_one_of_two_approves(office: Office, fay: Person) -> None:
    """The first file: Ana's click is enough."""
    async with office.open(giftbot_config=at_work("one of two", office, fay)):
        await office.asks("@Rob 120 GBP thank you")
        await office.approves(office.ana)
        await office.delivered()


async def test_the_more_it_costs_the_more_people(office: Office, fay: Person) -> None:
    """The second file: 20 at once, 45 with a lead, 55 with a lead and finance; and 185 more are beyond the budget."""
    async with office.open(giftbot_config=at_work("two steps", office, fay), giftbot_max_amount="250"):
        await office.asks("@Rob 20 GBP for coffee")
        await office.delivered()
        assert office.ledger.requests("decided_by") == [MACHINE]
        await office.asks("@Eve 45 GBP for the plan")
        await office.approves()
        await office.delivered(office.eve)
        await office.asks("@Ana 55 GBP for the launch")
        await office.approves()
        await fay.sees_message("would like to thank")
        assert len(office.giftcards.orders) == 2
        await office.approves(fay)
        await office.delivered(office.ana)
        await office.mia.types("/gift @Rob 185 GBP for everything")
        await office.mia.submits()
        assert office.mia.modal
        words = "This is more than the budget “each manager” allows: £180.00 of £300.00 are left."
        assert words in office.mia.modal.errors.values()
