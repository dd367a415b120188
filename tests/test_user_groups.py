"""User groups: who decides is who is in the group at the moment of the click; nobody does while Slack is mute."""

from dataclasses import replace

import pytest

from bot.sandbox.simulator import Fault, Person
from bot.sandbox.simulator.slack.records import UserGroup
from tests.harness.office import Office, Transport

MEMBERS = "usergroups.users.list"


@pytest.fixture
def finance(office: Office) -> UserGroup:
    """The user group that decides: Abe alone."""
    return office.slack.add_group("Finance", [office.abe])


def decided_by(group: UserGroup, office: Office) -> str:
    """The path of a policy with one step, which a user group decides."""
    return office.policy(f"""
        [pools]
        finance = ["{group.id}"]

        [[rules]]
        name = "every gift"
        steps = [{{ pool = "finance" }}]
    """)


async def told(person: Person, words: str) -> None:
    """Somebody is told something in a modal of their own."""
    assert words in (await person.sees_modal("Giftbot")).text
    await person.closes()


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_who_left_the_group_may_not_decide_any_more(
    office: Office, finance: UserGroup, transport: Transport
) -> None:
    """Abe has the card, and leaves the group; his click is refused at once, and Ana, who came, decides."""
    async with office.open(transport, giftbot_config=decided_by(finance, office)):
        await office.asks()
        await office.abe.sees_message("would like to thank")
        await office.slack.change_group(finance, [office.ana])
        await office.approves(office.abe)
        await told(office.abe, "You are not on the list of approvers.")
        await office.ana.opens_home()
        await office.approves(office.ana)
        await office.delivered()


async def test_without_events_a_change_counts_after_a_minute(office: Office, finance: UserGroup) -> None:
    """A workspace that sends none is asked again a minute later, and the click is refused."""
    office.slack.workspace.manifest = replace(office.slack.workspace.manifest, bot_events=())
    async with office.open(giftbot_config=decided_by(finance, office)):
        await office.asks()
        await office.abe.sees_message("would like to thank")
        await office.slack.change_group(finance, [office.ana])
        office.clock.turn(seconds=61)
        await office.approves(office.abe)
        await told(office.abe, "You are not on the list of approvers.")
        assert office.states() == ["waiting"]


async def test_a_group_is_asked_for_once_a_minute(office: Office, finance: UserGroup) -> None:
    """Asking and approving within a minute cost one call."""
    async with office.open(giftbot_config=decided_by(finance, office)):
        await office.asks()
        await office.approves()
        await office.delivered()
    assert [call.name for call in office.slack.calls].count(MEMBERS) == 1


async def test_nobody_decides_while_slack_does_not_say_who_is_in_the_group(office: Office, finance: UserGroup) -> None:
    """Abe's click is refused with the reason; once Slack answers again, it counts."""
    async with office.open(giftbot_config=decided_by(finance, office)):
        await office.asks()
        await office.abe.sees_message("would like to thank")
        office.clock.turn(seconds=61)
        office.slack.faults.arm(MEMBERS, Fault.ERROR_BEFORE)
        await office.approves()
        await told(office.abe, "Slack does not say who these people are just now.")
        assert office.states() == ["waiting"]
        await office.approves()
        await office.delivered()


async def test_an_approver_who_left_the_company_is_refused_at_once(office: Office, finance: UserGroup) -> None:
    """Slack still lists Abe in the group, and says that he is deactivated; that counts without waiting."""
    async with office.open(giftbot_config=decided_by(finance, office)):
        await office.asks()
        await office.abe.sees_message("would like to thank")
        await office.abe.types("/gift status")  # the bot knows him as a colleague
        await office.slack.deactivate(office.abe)
        await office.approves()
        await told(office.abe, "Only colleagues can decide, and your account is deactivated.")
        assert office.states() == ["waiting"]
