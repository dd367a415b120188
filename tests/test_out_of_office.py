"""Being away: a deputy has an approver's right to decide for a while, and nothing else."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gifts.model.out_of_office import makes_a_loop, stand_ins
from bot.sandbox.simulator import Person
from tests.harness.office import Office

MONDAY = datetime(2030, 8, 5, 9, 30, tzinfo=UTC)
ASKS = "would like to thank"
ALL = ["Approve", "Decline", "Note or lower amount"]
AWAY = "You are away until 14 Aug 2030, 22:59:00 UTC, and @Eve decides for you."  # in London it is summer
TWO_OF_A_POOL = """
pools.board = ["{abe}", "{ana}", "{eve}"]
[[rules]]
name = "two of the board"
steps = [{{ pool = "board", count = 2 }}]
"""
TWO_STEPS = """
pools.managers = ["{abe}"]
pools.finance = ["{ana}"]
[[rules]]
name = "large"
steps = [{{ pool = "managers" }}, {{ pool = "finance" }}]
"""


@pytest.fixture(autouse=True)
def on_a_monday(office: Office) -> None:
    """Each story begins on a Monday in summer."""
    office.clock.turn_to(MONDAY)


async def says(person: Person, command: str) -> str:
    """What somebody is answered in private."""
    before = len(person.private_replies)
    await person.types(f"/gift {command}")
    (reply,) = person.private_replies[before:]
    return reply.text_shown


def buttons(person: Person) -> list[list[str]]:
    """The buttons of each card that somebody has."""
    return [message.buttons for message in person.messages() if ASKS in message.text_shown]


def config(office: Office, policy: str) -> str:
    """The file of a policy in which people stand by their names."""
    names = {name: getattr(office, name).id for name in ("abe", "ana", "eve")}
    return office.policy(policy.format(**names))


async def test_the_deputy_decides_for_the_approver(office: Office) -> None:
    """Eve, who approves nothing herself, has Abe's cards from now on, and the record says for whom she decided."""
    async with office.open(giftbot_approvers=office.abe.id):
        await office.asks()
        await office.abe.sees_message(ASKS)
        assert AWAY in await says(office.abe, "away until 14 Aug @Eve")
        notice = await office.eve.sees_message("is away until")
        assert "@Abe is away until 14 Aug 2030, 22:59:00 UTC, and you decide for them." in notice.text_shown
        card = await office.eve.sees_message(ASKS)
        await office.rests()
        assert buttons(office.abe) == [[]]
        late = await office.approval(office.eve)
        await office.eve.clicks("Approve", on=card, confirm=True)
        await office.delivered()
        assert "Approved by @Eve" in await office.sends(late, office.eve)
        await office.rests()
        for person in (office.abe, office.eve):
            assert "@Eve, for @Abe, " in (await person.sees_message(ASKS)).text_shown
        record = office.ledger.audit_events("actor", "event", "detail", event=("agree", "approve"))
        assert record[:2] == [
            (office.eve.id, "agree", f"step 1, approvers, for {office.abe.id}"),
            (office.eve.id, "approve", ""),
        ]
        assert len(office.giftcards.orders) == 1


async def test_a_deputy_s_no_is_on_the_record_as_well(office: Office) -> None:
    """Eve declines for Abe."""
    async with office.open(giftbot_approvers=office.abe.id):
        await says(office.abe, "away until 14 Aug @Eve")
        await office.asks()
        await office.eve.clicks("Decline")
        await office.eve.fills({"Reason": "not this month"})
        await office.eve.submits()
        await office.mia.sees_message("Declined by @Eve")
        detail = f"step 1, approvers, for {office.abe.id}"
        assert office.ledger.audit_events("actor", "event", "detail")[1:3] == [
            (office.eve.id, "disagree", detail),
            (office.eve.id, "decline", "not this month"),
        ]


async def test_who_is_away_does_not_decide(office: Office) -> None:
    """Abe's card of before refuses him in words that say who decides, and how to be back."""
    async with office.open(giftbot_approvers=office.abe.id):
        await office.asks()
        stale = await office.approval(office.abe)
        await says(office.abe, "away until 14 Aug @Eve")
        words = "You are away, and @Eve decides for you. /gift back takes it back."
        assert words in await office.sends(stale, office.abe)
        assert office.states() == ["waiting"]


async def test_an_approver_who_is_back_has_the_cards_again(office: Office) -> None:
    """Abe is back before the time: Eve is told, her card loses its buttons, and his has them again."""
    async with office.open(giftbot_approvers=office.abe.id):
        await office.asks()
        await says(office.abe, "away until 14 Aug @Eve")
        await office.eve.sees_message(ASKS)
        await office.rests()
        assert AWAY in await says(office.abe, "away")
        assert "Welcome back! @Eve no longer decides for you" in await says(office.abe, "back")
        await office.eve.sees_message("You no longer decide for @Abe")
        await office.rests()
        assert buttons(office.eve) == [[]]
        assert buttons(office.abe) == [ALL]
        assert "You are not away." in await says(office.abe, "back")
        await office.approves()
        await office.delivered()
        assert not office.ledger.audit_events(event="agree")


async def test_it_ends_by_itself_with_the_day(office: Office) -> None:
    """Until the last minute of the day where Abe is, and through a restart: then the cards turn back."""
    office.slack.workspace.user(office.abe.id).time_zone = "America/New_York"
    async with office.open(giftbot_approvers=office.abe.id):
        await office.asks()
        assert "away until 7 Aug 2030, 03:59:00 UTC" in await says(office.abe, "away until 6 Aug @Eve")
        await office.eve.sees_message(ASKS)
        await office.rests()
        office.clock.turn_to(datetime(2030, 8, 7, 3, 59, tzinfo=UTC))
        await office.rests()
        assert "and @Eve decides for you" in await says(office.abe, "away")
        assert buttons(office.abe) == [[]]
    async with office.open(giftbot_approvers=office.abe.id):
        await office.rests()
        office.clock.turn_to(datetime(2030, 8, 7, 4, 0, 1, tzinfo=UTC))
        await office.rests()
        assert "You are not away." in await says(office.abe, "away")
        assert buttons(office.eve) == [[]]
        assert buttons(office.abe) == [ALL]
        assert not any("no longer" in message.text_shown for message in office.eve.messages())
        await office.approves()
        await office.delivered()


async def test_a_new_absence_replaces_the_old_one(office: Office) -> None:
    """Rob decides instead of Eve, who is told; with the same deputy, only the day is another one."""
    async with office.open(giftbot_approvers=office.abe.id):
        await says(office.abe, "away until 14 Aug @Eve")
        assert "until 9 Aug 2030" in await says(office.abe, "away until Friday @Eve")
        await office.rests()
        assert not any("no longer" in message.text_shown for message in office.eve.messages())
        assert "and @Rob decides for you." in await says(office.abe, "away @Rob until 14 Aug")
        await office.eve.sees_message("You no longer decide for @Abe")
        await office.rob.sees_message("and you decide for them")
        await office.asks("@Ana 25 GBP thank you")
        await office.rob.sees_message(ASKS)
        await office.rests()
        assert buttons(office.eve) == []
        assert buttons(office.abe) == []


async def test_nobody_counts_twice_among_several_of_a_pool(office: Office) -> None:
    """Ana stands in for Abe: together they are one of the two whom a gift needs, and Eve is the other."""
    async with office.open(giftbot_config=config(office, TWO_OF_A_POOL)):
        await says(office.abe, "away until 14 Aug @Ana")
        await office.asks()
        await office.approves(office.ana)
        await office.rests()
        card = await office.ana.sees_message(ASKS)
        assert card.buttons == []
        assert office.states() == ["waiting"]
        await office.approves(office.eve)
        await office.delivered()
        assert office.ledger.approvals("given_by", "on_behalf_of") == [
            (office.ana.id, office.ana.id),
            (office.eve.id, office.eve.id),
        ]


async def test_who_was_stood_in_for_does_not_approve_again(office: Office) -> None:
    """Rob, of no pool, approves for Abe; when Abe is back, his vote is cast, and somebody else has to add theirs."""
    zoe = office.slack.add_person("Zoe")
    async with office.open(giftbot_config=config(office, TWO_OF_A_POOL)):
        await office.asks("@Zoe 25 GBP thank you")
        stale = await office.approval(office.abe)
        await says(office.abe, "away until 14 Aug @Rob")
        await office.approves(office.rob)
        await says(office.abe, "back")
        words = "@Rob has approved this for you already; it also needs somebody else."
        assert words in await office.sends(stale, office.abe)
        await office.approves(office.ana)
        await office.delivered(zoe)
        card = await office.abe.sees_message(ASKS)
        await office.rests()
        assert "@Rob, for @Abe, " in card.text_shown
        assert "@Ana, " in card.text_shown


async def test_in_two_steps_the_deputy_decides_in_one(office: Office) -> None:
    """Eve decides for Abe in the first step, and Ana for herself in the second."""
    async with office.open(giftbot_config=config(office, TWO_STEPS)):
        await says(office.abe, "away until 14 Aug @Eve")
        await office.asks()
        await office.approves(office.eve)
        await office.approves(office.ana)
        await office.delivered()
        assert office.ledger.approvals("step", "given_by", "on_behalf_of") == [
            (0, office.eve.id, office.abe.id),
            (1, office.ana.id, office.ana.id),
        ]


async def test_a_deputy_who_is_needed_later_decides_only_then(office: Office) -> None:
    """Ana is the only one for the second step: she cannot decide the first for Abe, who does so when he is back."""
    async with office.open(giftbot_config=config(office, TWO_STEPS)):
        await office.asks()
        await says(office.abe, "away until 14 Aug @Ana")
        await office.approves(office.ana)
        words = "You are needed for step 2, so somebody else has to decide this one."
        assert words in (await office.ana.sees_modal("Giftbot")).text
        await office.ana.closes()
        await office.mia.types("/gift @Rob 10 GBP once more")
        await office.mia.submits()
        assert office.mia.modal
        assert "nobody is left for it who has no other part in this" in office.mia.modal.errors["Recipients"]
        await office.mia.closes()
        await says(office.abe, "back")
        await office.rests()
        await office.approves()
        await office.approves(office.ana)
        await office.delivered()


async def test_a_right_never_comes_back_round_to_its_owner(office: Office) -> None:
    """Ana is away and Abe decides for her, so she cannot decide for him; a deputy who leaves later hands on."""
    async with office.open(giftbot_approvers=f"{office.abe.id},{office.ana.id},{office.eve.id}"):
        await says(office.ana, "away until 14 Aug @Abe")
        assert await says(office.abe, "away until 14 Aug @Ana") == (
            "@Ana is away as well, and you decide for them. Please name somebody else."
        )
        await says(office.abe, "away until 14 Aug @Eve")
        assert "@Abe is away as well, so for now it is @Eve." in await says(office.ana, "away")
        assert "@Abe is away as well, and you decide for them." in await says(office.eve, "away until 9 Aug @Abe")
        await office.asks()
        await office.eve.sees_message(ASKS)
        await office.rests()
        assert buttons(office.abe) == buttons(office.ana) == []


async def test_nobody_approves_their_own_request_through_a_deputy(office: Office) -> None:
    """Abe asks for a gift: Eve has nothing of his to decide it with."""
    async with office.open():
        await says(office.abe, "away until 14 Aug @Eve")
        await office.asks(who=office.abe)
        click = await office.approval(office.ana)
        await office.rests()
        assert buttons(office.eve) == []
        assert "You are not on the list of approvers." in await office.sends(click, office.eve)
        assert office.states() == ["waiting"]


async def test_no_deputy_approves_their_own_request(office: Office) -> None:
    """Eve asks for a gift: the right stays with Abe, though he is away, rather than with nobody."""
    async with office.open(giftbot_approvers=office.abe.id):
        await says(office.abe, "away until 14 Aug @Eve")
        await office.asks(who=office.eve)
        click = await office.approval(office.abe)
        await office.rests()
        assert buttons(office.eve) == []
        assert "You asked for this gift, so somebody else has to decide" in await office.sends(click, office.eve)
        await office.approves()
        await office.delivered()


async def test_a_right_ends_with_its_owner_s_account(office: Office) -> None:
    """Abe leaves the company while he is away: what Eve had of him is gone with his account."""
    async with office.open():
        await says(office.abe, "away until 14 Aug @Eve")
        await office.asks()
        await office.eve.sees_message(ASKS)
        await office.slack.deactivate(office.abe)
        office.clock.turn(minutes=6)  # who is who is remembered for five minutes
        await office.approves(office.eve)
        assert "You can no longer decide for @Abe: Abe is deactivated." in (await office.eve.sees_modal("Giftbot")).text
        assert office.states() == ["waiting"]
        await office.approves(office.ana)
        await office.delivered()


async def test_only_the_right_to_approve_moves(office: Office) -> None:
    """What fails is still told to Abe, who is away, and not to Eve; only he can mend it."""
    async with office.open(giftbot_approvers=office.abe.id):
        await says(office.abe, "away until 14 Aug @Eve")
        await office.asks()
        await office.eve.sees_message(ASKS)
        await office.slack.deactivate(office.rob)
        office.clock.turn(minutes=6)  # who is who is remembered for five minutes
        await office.approves(office.eve)
        notice = await office.abe.sees_message("needs somebody")
        assert notice.button("Retry")
        await office.rests()
        assert not any("needs somebody" in message.text_shown for message in office.eve.messages())


@pytest.mark.parametrize(
    ("notify", "eve_has"),
    [
        ('["{abe}"]', [ALL]),
        ('["{approvals}"]', [ALL]),
        ("[]", []),
    ],
)
async def test_a_deputy_reads_where_the_approver_would(office: Office, notify: str, eve_has: list[list[str]]) -> None:
    """Eve has a card where Abe has one or a channel that she may not be in; where nobody is told, she looks."""
    names = {"abe": office.abe.id, "approvals": office.approvals.id}
    policy = f"""
        pools.one = ["{office.abe.id}"]
        [[rules]]
        name = "one"
        steps = [{{ pool = "one", notify = {notify.format(**names)} }}]
    """
    async with office.open(giftbot_config=office.policy(policy)):
        await says(office.abe, "away until 14 Aug @Eve")
        await office.asks()
        await office.rests()
        assert buttons(office.eve) == eve_has
        await office.eve.types("/gift status")
        await office.approves(office.eve)
        await office.delivered()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("away", "You are not away. /gift away until 19 Aug @colleague lets a colleague decide for you until then."),
        ("back", "You are not away. /gift away until 19 Aug @colleague lets a colleague decide for you until then."),
        ("away until 14 Aug", "Please name the one colleague who decides for you: /gift away until 19 Aug @colleague."),
        ("away until 14 Aug @Eve @Rob", "Please name the one colleague who decides for you: "),
        ("away until 14 Aug @Abe", "You cannot decide for yourself while you are away. Please name somebody else."),
        ("away until 14 Aug @Gus", "Only a colleague can decide for you, and Gus is a guest."),
        ("away until 14 Aug @Giftbot", "Only a colleague can decide for you, and Giftbot is an app, not a person."),
        (
            "away for two weeks @Eve",
            "I do not know which day you mean. Please write it like this: /gift away until 19 Aug @colleague.",
        ),
        (
            "away @Eve",
            "I do not know which day you mean. Please write it like this: /gift away until 19 Aug @colleague.",
        ),
        ("away until 2 Aug @Eve", "That day has passed, or is more than a year away. Please name another one."),
        ("away until 14 Aug 2032 @Eve", "That day has passed, or is more than a year away. Please name another one."),
    ],
)
@pytest.mark.usefixtures("bot")
async def test_what_cannot_be_is_said_with_an_example(office: Office, command: str, words: str) -> None:
    """Nothing is kept, and the words say what would be understood."""
    office.slack.add_person("Gus", is_restricted=True)
    assert (await says(office.abe, command)).startswith(words)
    assert not office.ledger.absences()


@pytest.mark.usefixtures("bot")
async def test_only_approvers_can_be_away(office: Office) -> None:
    """Mia decides nothing, so she has nothing to hand on."""
    words = "Only approvers can be away: nobody else has anything to decide."
    assert await says(office.mia, "away until 14 Aug @Eve") == words


@pytest.mark.usefixtures("bot")
async def test_each_writes_the_day_in_their_own_way(office: Office) -> None:
    """A German approver reads and writes German, an American one has the month first."""
    user = office.slack.workspace.user
    user(office.abe.id).locale, user(office.ana.id).locale = "de-DE", "en-US"
    user(office.ana.id).time_zone = "America/Los_Angeles"
    assert "19. Aug. @kollegin" in await says(office.abe, "away bis dann @Eve")
    assert "Du bist bis 14.08.2030, 22:59:00 UTC abwesend" in await says(office.abe, "away bis zum 14. August @Eve")
    assert "until Aug 19 @colleague" in await says(office.ana, "away until 14/8 @Eve")
    assert "until Aug 15, 2030, 6:59:00" in await says(office.ana, "away until 8/14 @Eve")


@pytest.mark.usefixtures("bot")
async def test_a_month_is_never_taken_for_a_day(office: Office) -> None:
    """In Latin America 03/09 is in September; where Slack does not say how somebody writes dates, they are asked."""
    user = office.slack.workspace.user
    user(office.abe.id).locale, user(office.ana.id).locale = "es-LA", "en-XX"
    assert "until 3 sep 2030" in await says(office.abe, "away until 03/09 @Eve")
    assert "I do not know which day you mean" in await says(office.ana, "away until 03/09 @Eve")


async def test_a_day_begins_where_the_approver_is(office: Office) -> None:
    """On Monday morning in London it is still Sunday in Honolulu, and Monday is tomorrow."""
    office.slack.workspace.user(office.abe.id).time_zone = "Pacific/Honolulu"
    async with office.open():
        assert "until 6 Aug 2030, 09:59:00 UTC" in await says(office.abe, "away until tomorrow @Eve")


@given(st.lists(st.tuples(st.sampled_from("ABCDE"), st.sampled_from("ABCDE"), st.booleans())))
def test_whoever_goes_and_comes_back_somebody_decides(days: list[tuple[str, str, bool]]) -> None:
    """As long as loops are refused, each right lies with somebody who is there."""
    absences: dict[str, str] = {}
    for person, deputy, is_back in days:
        if is_back:
            absences.pop(person, None)
        elif not makes_a_loop(person, deputy, absences):
            absences[person] = deputy
        assert not set(stand_ins(absences).values()) & absences.keys()


def test_a_deputy_who_is_away_has_handed_the_right_on() -> None:
    """The last one in a row decides, and a row never closes."""
    absences = {"A": "B", "B": "C"}
    assert stand_ins(absences) == {"A": "C", "B": "C"}
    assert makes_a_loop("C", "A", absences)
    assert makes_a_loop("C", "B", absences)
    assert makes_a_loop("A", "A", {})
    assert not makes_a_loop("C", "D", absences)
    assert not makes_a_loop("A", "C", absences)  # instead of B
    assert not makes_a_loop("B", "D", absences)
