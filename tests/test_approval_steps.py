"""Approval by a company's rules, as its people see it: step by step, with notes, for less, changed, or by itself."""

import asyncio

import pytest

from bot.sandbox.simulator import Kind, Person
from tests.harness.office import Office, eventually

POLICY = """
[requests]
largest = "250, 30000 JPY"
cost_centres = ["Sales", "Support"]
count_together_days = 7

[pools]
managers = ["{abe}", "{ana}"]
finance = ["{ana}", "{eve}"]

[[rules]]
name = "small"
up_to = "20"
automatic = true
notify = ["{approvals}"]

[[rules]]
name = "medium"
up_to = "80, 10000 JPY"
steps = [{{ pool = "managers" }}]

[[rules]]
name = "large"
steps = [{{ pool = "managers" }}, {{ pool = "finance" }}]

[[budgets]]
name = "each of us"
per = "requester"
every = "month"
amount = "200, 30000 JPY"

[announcements]
channel = "{general}"
hashtags = ["#teamwork", "#courage"]
may_name_amount = true
"""


@pytest.fixture
def policy(office: Office) -> str:
    """A company with three rules and a budget."""
    ids = {name: getattr(office, name).id for name in ("abe", "ana", "eve", "approvals", "general")}
    return office.policy(POLICY.format(**ids))


async def asks(office: Office, command: str, **filled_in: object) -> None:
    """Mia asks, out of the budget of Sales."""
    await office.mia.types(f"/gift {command}")
    await office.mia.sees_modal("Send a gift")
    await office.mia.fills({"Cost centre": "Sales", "Announce in": None, **filled_in})
    await office.mia.submits()
    await office.mia.sees_modal("Gift asked for")
    await office.mia.closes()


async def told(person: Person, words: str) -> None:
    """Somebody is told something in a modal of their own."""
    assert words in (await person.sees_modal("Giftbot")).text
    await person.closes()


def events(office: Office) -> list[tuple[str, str]]:
    """Who did what about requests, by the record."""
    lines = office.ledger.audit_events("actor", "event", gift_id=None)
    return [(actor, event) for actor, event in lines if event != "refused"]


async def test_a_large_gift_takes_two_steps(office: Office, policy: str) -> None:
    """Each step's people have a card in their turn, with the rule, who has agreed and what the budget leaves."""
    async with office.open(giftbot_config=policy):
        await asks(office, "@Rob 150 GBP for the year")
        card = await office.abe.sees_message("would like to thank")
        assert "Rule “large”, step 1 of 2: 0 of 1 approvals from managers." in card.text_shown
        assert "Budget “each of us”: £50.00 of £200.00 left after this." in card.text_shown
        assert "Cost centre: Sales." in card.text_shown
        assert office.eve.messages() == []
        await office.approves(office.abe)
        final = await office.eve.sees_message("step 2 of 2")
        assert ":white_check_mark: @Abe" in final.text_shown
        await eventually(lambda: not office.abe.messages()[-1].buttons)
        assert office.giftcards.requests == []
        await office.approves(office.eve)
        await office.delivered()
        assert [event for event in events(office) if event[1] in {"agree", "approve"}] == [
            (office.abe.id, "agree"),
            (office.eve.id, "approve"),
        ]
        await office.mia.sees_message("Approved by @Eve")


async def test_nobody_approves_twice(office: Office, policy: str) -> None:
    """Ana is in both pools: she is needed for neither twice, and after her yes somebody else has to agree."""
    async with office.open(giftbot_config=policy):
        await asks(office, "@Rob 150 GBP for the year")
        await office.approves(office.ana)
        card = await office.eve.sees_message("step 2 of 2")
        assert card.buttons
        assert len([message for message in office.ana.messages() if message.buttons]) == 0
        await office.ana.opens_home()
        assert office.ana.home
        assert "Approve" not in office.ana.home.buttons
        await office.approves(office.eve)
        await office.delivered()


async def test_a_step_can_say_no(office: Office, policy: str) -> None:
    """Eve, of finance, declines what Abe approved: nothing is ordered, and the budget has its money back."""
    async with office.open(giftbot_config=policy):
        await asks(office, "@Rob 150 GBP for the year")
        await office.approves(office.abe)
        await office.eve.sees_message("step 2 of 2")
        await office.eve.clicks("Decline")
        await office.eve.sees_modal("Decline the gift")
        await office.eve.fills({"Reason": "The year is not over."})
        await office.eve.submits()
        assert "The year is not over." in (await office.mia.sees_message("Declined by @Eve")).text_shown
        await office.rests()
        assert office.giftcards.requests == []
        assert sum(office.ledger.spending("minor")) == 0


async def test_an_approver_can_give_less_and_say_why(office: Office, policy: str) -> None:
    """Abe lowers 60 to 45 with a note: that is ordered and counted, and Mia is told of both."""
    async with office.open(giftbot_config=policy):
        await asks(office, "@Rob 60 GBP for the launch")
        await office.abe.sees_message("would like to thank")
        await office.abe.clicks("Note or lower amount")
        form = await office.abe.sees_modal("Approve the gift")
        assert form.value("Amount each") == "60"
        await office.abe.fills({"Amount each": "61", "Note": "a little less"})
        await office.abe.submits()
        assert office.abe.modal
        assert office.abe.modal.errors == {"Amount each": "At most £60.00: that is what was asked for."}
        await office.abe.fills({"Amount each": "45"})
        await office.abe.submits()
        await office.delivered()
        (order,) = office.giftcards.orders
        assert order.face_value == 45
        decision = await office.mia.sees_message("Approved by @Abe")
        assert "a little less" in decision.text_shown
        assert "Lowered from £60.00 to £45.00 each." in decision.text_shown
        assert office.ledger.spending("minor", per="company") == [4500]
        assert (office.abe.id, "lower") in events(office)


async def test_a_small_gift_needs_nobody(office: Office, policy: str) -> None:
    """It is ordered at once, whom the rule names is told, and nobody has a button."""
    async with office.open(giftbot_config=policy):
        await asks(office, "@Rob 20 GBP for the cake")
        await office.delivered()
        await eventually(lambda: len(office.slack.messages(office.approvals)) == 1)
        (notice,) = office.abe.channel_messages(office.approvals)
        assert "Approved by the rule “small”" in notice.text_shown
        assert not notice.buttons
        assert "Approved by the rule “small”" in (await office.mia.sees_message("Your gift for @Rob")).text_shown
        assert office.ledger.requests("decided_by") == ["giftbot"]


async def test_small_gifts_one_after_the_other_count_together(office: Office, policy: str) -> None:
    """A second gift of 20 pounds to the same colleague within a week is one of 40 for the rules: a manager decides."""
    async with office.open(giftbot_config=policy):
        await asks(office, "@Rob 20 GBP for the cake")
        await office.delivered()
        await asks(office, "@Rob 20 GBP for the coffee")
        card = await office.abe.sees_message("for the coffee")
        assert "Rule “medium”" in card.text_shown
        assert "These people have given each other 1 other gift this year." in card.text_shown
        await asks(office, "@Eve 20 GBP for the tea")
        await office.delivered(office.eve)
        office.clock.turn(days=8)
        await asks(office, "@Rob 20 GBP for the apples")
        await eventually(lambda: len(office.giftcards.orders) == 3)


async def test_a_budget_is_never_exceeded(office: Office, policy: str) -> None:
    """What is too much is refused under its field with what is left; what was filled in stays."""
    async with office.open(giftbot_config=policy):
        await asks(office, "@Rob 150 GBP for the year")
        await office.mia.types("/gift @Eve 51 GBP for the month")
        await office.mia.sees_modal("Send a gift")
        await office.mia.fills({"Cost centre": "Sales"})
        await office.mia.submits()
        assert office.mia.modal
        words = "This is more than the budget “each of us” allows: £50.00 of £200.00 are left."
        assert office.mia.modal.errors == {"Amount each": words}
        await office.mia.fills({"Amount each": "50"})
        await office.mia.submits()
        await office.mia.sees_modal("Gift asked for")


async def test_a_changed_request_begins_anew(office: Office, policy: str) -> None:
    """Mia changes what Abe has approved: both steps begin again, on new cards, and the old ones decide nothing."""
    async with office.open(giftbot_config=policy):
        await asks(office, "@Rob 150 GBP for the year")
        old = await office.abe.sees_message("would like to thank")
        button = old.button("Approve")
        assert button
        stale = office.abe.payloads.button_click(old, button)
        await office.approves(office.abe)
        await office.eve.sees_message("step 2 of 2")
        await office.mia.opens_home()
        await office.mia.clicks("Change")
        form = await office.mia.sees_modal("Change your request")
        assert (form.value("Amount each"), form.value("Note")) == ("150", "for the year")
        await office.mia.fills({"Recipients": [office.rob, office.eve], "Amount each": "90"})
        await office.mia.submits()
        await office.mia.sees_modal("Gift asked for")
        await office.mia.closes()
        card = await office.abe.sees_message("£90.00 each, £180.00 in total")
        assert "0 of 1 approvals from managers" in card.text_shown
        await office.abe.sends(Kind.INTERACTIVE, stale)
        await told(office.abe, "This request was changed meanwhile. A newer card shows it as it is now.")
        await eventually(lambda: "A newer card" in office.eve.messages()[0].text_shown)
        assert office.ledger.spending("minor", per="company") == [18000]
        assert office.ledger.requests("version") == [2]


async def test_an_announcement_says_what_the_requester_wants(office: Office, policy: str) -> None:
    """The usual channel is filled in, a hashtag is chosen, and the amount is named because Mia says so."""
    async with office.open(giftbot_config=policy):
        await office.mia.types("/gift @Rob 20 GBP for the cake")
        form = await office.mia.sees_modal("Send a gift")
        assert form.value("Announce in") == "#general"
        await office.mia.fills(
            {"Cost centre": "Sales", "What for": "#courage", "In the announcement": ["Name the amount"]}
        )
        await office.mia.submits()
        await office.delivered()
        announced = await office.eve.sees("thanked @Rob")
        assert "#courage" in announced.text_shown
        assert "£20.00" in announced.text_shown


async def test_nothing_is_bought_for_who_has_left(office: Office, policy: str) -> None:
    """Rob is deactivated between request and approval: the gift needs review, and nothing is ordered or reserved."""
    async with office.open(giftbot_config=policy):
        await asks(office, "@Rob 60 GBP for the launch")
        await office.abe.sees_message("would like to thank")
        await office.slack.deactivate(office.rob)
        await office.approves(office.abe)
        assert (
            "its recipient has left, so nothing was ordered"
            in (await office.mia.sees_message("needs somebody")).text_shown
        )
        assert office.states() == ["needs_review"]
        assert office.giftcards.requests == []
        assert sum(office.ledger.spending("minor")) == 0


async def test_a_guest_decides_nothing(office: Office, policy: str) -> None:
    """An approver whose account became a guest's is refused at the click."""
    async with office.open(giftbot_config=policy):
        await asks(office, "@Rob 60 GBP for the launch")
        await office.abe.sees_message("would like to thank")
        await office.slack.becomes_guest(office.abe)
        await office.approves(office.abe)
        await told(office.abe, "Only colleagues can decide, and your account is a guest.")
        assert office.states() == ["waiting"]


async def test_two_at_once_in_one_step(office: Office, policy: str) -> None:
    """Abe and Ana approve in the same moment what needs one of them: one yes counts, and there is one order."""
    async with office.open(giftbot_config=policy):
        await asks(office, "@Rob 60 GBP for the launch")
        for approver in (office.abe, office.ana):
            await approver.sees_message("would like to thank")
        await asyncio.gather(office.approves(office.abe), office.approves(office.ana))
        await office.delivered()
        assert len(office.giftcards.orders) == 1
        assert len(office.ledger.approvals()) == 1
