"""Waiting for a decision: those who are asked are reminded, then the backup hears of it, then the request expires."""

from datetime import UTC, datetime

import pytest

from bot.sandbox.simulator import Person
from tests.harness.office import Office

MONDAY = datetime(2030, 3, 4, 10, 0, tzinfo=UTC)  # in London it is winter, and as late as in UTC
FRIDAY = datetime(2030, 3, 8, 16, 0, tzinfo=UTC)
ASKS = "would like to thank"
NUDGE = "Please decide: this is still waiting for you."
BACKUP = "Nobody has decided about this yet."
BUDGETS = """
[[budgets]]
name = "Thanks"
per = "requester"
every = "month"
amount = "30"
"""


def rule(office: Office, *, notify: str = "", backup: bool = True, more: str = "") -> str:
    """Abe or Ana decides, and Eve is the backup."""
    told = f", notify = {notify}" if notify else ""
    eve = f', backup = ["{office.eve.id}"]' if backup else ""
    return office.policy(f"""
        pools.bosses = ["{office.abe.id}", "{office.ana.id}"]
        [[rules]]
        name = "usual"
        steps = [{{ pool = "bosses"{told}{eve} }}]
        {more}
    """)


def told(person: Person, words: str) -> int:
    """How often somebody was told that."""
    return sum(words in message.text_shown for message in person.messages())


async def at(office: Office, moment: datetime) -> None:
    """Go on to a moment, and let everything be done that is due then."""
    office.clock.turn_to(moment)
    await office.rests()


def on(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    """A time in spring."""
    return datetime(2030, month, day, hour, minute, tzinfo=UTC)


async def test_who_is_asked_is_reminded_after_a_working_day_where_they_are(office: Office) -> None:
    """Abe in London on Tuesday at ten, Ana in New York when she has been at work for eight hours; each once."""
    office.slack.workspace.user(office.ana.id).time_zone = "America/New_York"
    office.clock.turn_to(MONDAY)  # at five in the morning for Ana
    async with office.open(giftbot_config=rule(office)):
        await office.asks()
        await office.rests()
        await at(office, on(5, 9, 59))
        assert told(office.abe, NUDGE) == 0
        await at(office, on(5, 10, 1))
        assert (told(office.abe, NUDGE), told(office.ana, NUDGE)) == (1, 0)
        await at(office, on(5, 13, 59))
        assert told(office.ana, NUDGE) == 0
        await at(office, on(5, 14, 1))  # what ends with her Monday is said as her Tuesday begins
        assert (told(office.abe, NUDGE), told(office.ana, NUDGE)) == (1, 1)
        await office.approves()
        await office.delivered()


async def test_then_the_backup_hears_of_it(office: Office) -> None:
    """After two working days Eve reads who is waiting, and for whom; she is asked nothing that she may not do."""
    office.clock.turn_to(MONDAY)
    async with office.open(giftbot_config=rule(office)):
        await office.asks()
        await office.rests()
        await at(office, on(6, 9, 59))
        assert told(office.eve, BACKUP) == 0
        await at(office, on(6, 10, 1))
        await at(office, on(7, 10, 1))
        assert told(office.eve, BACKUP) == 1
        notice = await office.eve.sees_message(BACKUP)
        assert "@Mia would like to thank @Rob with a gift of £25.00." in notice.text_shown
        assert notice.buttons == []


async def test_after_ten_working_days_it_expires(office: Office) -> None:
    """Nobody has declined it: it expires, cards lose their buttons, Mia is told, and the budget has its money back."""
    office.clock.turn_to(MONDAY)
    async with office.open(giftbot_config=rule(office, more=BUDGETS)):
        await office.asks()
        stale = await office.approval(office.abe)
        assert await refused(office, "@Rob 10 GBP once more") == {
            "Amount each": "This is more than the budget “Thanks” allows: £5.00 of £30.00 are left."
        }
        await at(office, on(18, 9, 59))
        assert office.states() == ["waiting"]
        await at(office, on(18, 10, 1))
        notice = await office.mia.sees_message("Expired, as nobody decided in time")
        assert "Nothing was ordered." in notice.text_shown
        await office.rests()
        for approver in (office.abe, office.ana):
            card = next(message for message in approver.messages() if ASKS in message.text_shown)
            assert "Expired, as nobody decided in time" in card.text_shown
            assert card.buttons == []
        assert "This has been decided already. :alarm_clock: Expired" in await office.sends(stale, office.abe)
        assert office.ledger.requests("state", "decided_by") == [("expired", "giftbot")]
        assert office.states() == ["cancelled"]
        assert not office.ledger.audit_events(event="decline")
        assert "eclined" not in "".join(office.slack.everything_shown())
        assert office.giftcards.requests == []
        await office.asks("@Rob 30 GBP once more")


async def test_all_of_it_is_said_once_through_restarts(office: Office) -> None:
    """The bot is off between these days, and started twice on each."""
    office.clock.turn_to(MONDAY)
    async with office.open(giftbot_config=rule(office)):
        await office.asks()
        await office.rests()
    for day in (5, 6, 7, 11, 18):
        office.clock.turn_to(on(day, 10, 1))
        for _ in range(2):
            async with office.open(giftbot_config=rule(office)):
                await office.rests()
    for approver in (office.abe, office.ana):
        assert (told(approver, ASKS), told(approver, NUDGE)) == (2, 1)  # the card, and the reminder repeats its words
    assert told(office.eve, BACKUP) == 1
    assert told(office.mia, "Expired") == 1


async def test_nobody_is_reminded_on_a_weekend(office: Office) -> None:
    """Asked on Friday afternoon, due on Monday; not even when the bot was off and is started on Saturday."""
    office.clock.turn_to(FRIDAY)
    async with office.open(giftbot_config=rule(office)):
        await office.asks()
        await office.rests()
        for day, hour in ((8, 18), (9, 12), (10, 12), (11, 9)):
            await at(office, on(day, hour, 1))
            assert told(office.abe, NUDGE) == 0
    office.clock.turn_to(on(15, 18))  # a Friday evening: the bot was off all week
    async with office.open(giftbot_config=rule(office)):
        await office.rests()
        await at(office, on(17, 23, 59))
        assert (told(office.abe, NUDGE), told(office.eve, BACKUP)) == (0, 0)
        await at(office, on(18, 9, 1))
        assert (told(office.abe, NUDGE), told(office.eve, BACKUP)) == (1, 1)


async def test_holidays_and_hours_are_the_company_s(office: Office) -> None:
    """Where Monday is a holiday and people begin at eleven, a Friday's request is due on Tuesday."""
    office.clock.turn_to(FRIDAY)
    hours = """
        [working_hours]
        from = "11:00"
        to = "19:00"
        holidays = [2030-03-11]
        [waiting]
        remind_after_hours = 4
    """
    async with office.open(giftbot_config=rule(office, more=hours)):
        await office.asks()
        await office.rests()
        await at(office, on(12, 11, 59))
        assert told(office.abe, NUDGE) == 0
        await at(office, on(12, 12, 1))
        assert told(office.abe, NUDGE) == 1


async def test_nobody_is_reminded_on_a_public_holiday(office: Office) -> None:
    """In Northern Ireland, Monday the 18th of March 2030 is one, for Saint Patrick: a Friday's is due on Tuesday."""
    office.clock.turn_to(datetime(2030, 3, 15, 15, tzinfo=UTC))
    hours = """
        [working_hours]
        holidays_of = "GB-NIR"
        [waiting]
        remind_after_hours = 4
    """
    async with office.open(giftbot_config=rule(office, more=hours)):
        await office.asks()
        await office.rests()
        await at(office, on(19, 10, 59))
        assert told(office.abe, NUDGE) == 0
        await at(office, on(19, 11, 1))
        assert told(office.abe, NUDGE) == 1


@pytest.mark.parametrize(("notify", "of_abe", "of_ana"), [("[]", 0, 0), ('["{ana}"]', 0, 1)])
async def test_only_those_who_are_told_are_reminded(office: Office, notify: str, of_abe: int, of_ana: int) -> None:
    """The right to decide is another thing: Abe has it, and hears nothing."""
    office.clock.turn_to(MONDAY)
    async with office.open(giftbot_config=rule(office, notify=notify.format(ana=office.ana.id))):
        await office.asks()
        await office.rests()
        await at(office, on(5, 10, 1))
        assert (told(office.abe, ASKS), told(office.abe, NUDGE)) == (of_abe, of_abe)
        assert (told(office.ana, ASKS), told(office.ana, NUDGE)) == (2 * of_ana, of_ana)


async def test_what_is_decided_is_not_chased(office: Office) -> None:
    """Nobody hears of it any more, and no work is left."""
    office.clock.turn_to(MONDAY)
    async with office.open(giftbot_config=rule(office)):
        await office.asks()
        await office.approves()
        await office.delivered()
        await office.rests()
        assert not office.ledger.jobs(task="chase")
        await at(office, on(20, 10, 1))
        assert told(office.abe, NUDGE) == told(office.eve, BACKUP) == told(office.mia, "Expired") == 0


async def test_a_decision_is_told_even_when_nothing_on_the_list_waits_for_it(office: Office) -> None:
    """Without its line on the work list, of an older version or lost, a request that is decided gets a new one."""
    async with office.open():
        await office.asks()
        await office.rests()
        office.intruder.loses_jobs("chase")
        await office.approves()
        await office.abe.sees_message("Approved by @Abe")
        await office.mia.sees_message("Approved by @Abe")


async def test_each_step_waits_its_own_time(office: Office) -> None:
    """Ana, whose turn comes on Wednesday, is reminded on Thursday and not with Abe on Tuesday."""
    policy = f"""
        pools.first = ["{office.abe.id}"]
        pools.second = ["{office.ana.id}"]
        [[rules]]
        name = "two steps"
        steps = [{{ pool = "first" }}, {{ pool = "second" }}]
    """
    office.clock.turn_to(MONDAY)
    async with office.open(giftbot_config=office.policy(policy)):
        await office.asks()
        await office.rests()
        await at(office, on(6, 10))
        await office.approves()
        await office.ana.sees_message(ASKS)
        await at(office, on(7, 9, 59))
        assert (told(office.abe, NUDGE), told(office.ana, NUDGE)) == (1, 0)
        await at(office, on(7, 10, 1))
        assert (told(office.abe, NUDGE), told(office.ana, NUDGE)) == (1, 1)
        await at(office, on(20, 9, 59))
        assert office.states() == ["waiting"]
        await at(office, on(20, 10, 1))
        assert told(office.mia, "Expired") == 1


async def test_a_deputy_is_reminded_a_working_day_after_they_were_asked(office: Office) -> None:
    """Abe goes away when his time is nearly over: Eve has her own, and Abe is left in peace."""
    office.clock.turn_to(MONDAY)
    async with office.open(giftbot_approvers=office.abe.id):
        await office.asks()
        await office.rests()
        await at(office, on(5, 9, 30))
        await office.abe.types("/gift away until 15 March @Eve")
        await office.eve.sees_message(ASKS)
        await at(office, on(6, 9, 29))
        assert (told(office.abe, NUDGE), told(office.eve, NUDGE)) == (0, 0)
        await at(office, on(6, 9, 31))
        assert (told(office.abe, NUDGE), told(office.eve, NUDGE)) == (0, 1)


async def test_another_policy_at_the_next_start_counts_for_what_waits(office: Office) -> None:
    """Now Eve decides: she has the card, those of Abe and Ana lose their buttons, and their clicks are refused."""
    office.clock.turn_to(MONDAY)
    async with office.open(giftbot_config=rule(office)):
        await office.asks()
        stale = await office.approval(office.abe)
        await office.rests()
    policy = f"""
        pools.board = ["{office.eve.id}"]
        [[rules]]
        name = "the board"
        steps = [{{ pool = "board" }}]
    """
    async with office.open(giftbot_config=office.policy(policy)):
        await office.eve.sees_message(ASKS)
        await office.rests()
        for approver in (office.abe, office.ana):
            (card,) = approver.messages()
            assert card.buttons == []
        assert "You are not on the list of approvers." in await office.sends(stale, office.abe)
        await office.approves(office.eve)
        await office.delivered()


async def test_what_needs_nobody_s_yes_any_more_goes_on_by_itself(office: Office) -> None:
    """A policy that approves such gifts by itself does so for what waits as well."""
    office.clock.turn_to(MONDAY)
    async with office.open(giftbot_config=rule(office)):
        await office.asks()
        await office.rests()
    async with office.open(giftbot_config=office.policy('[[rules]]\nname = "small"\nautomatic = true')):
        await office.delivered()
        await office.mia.sees_message("Approved by the rule “small”")


async def test_what_no_rule_is_about_any_more_still_expires(office: Office) -> None:
    """The next policy knows only larger gifts of another country: nobody can decide, and Mia is told in the end."""
    office.clock.turn_to(MONDAY)
    async with office.open(giftbot_config=rule(office)):
        await office.asks()
        await office.rests()
    policy = rule(office, more='countries = ["DE"]', backup=False)
    async with office.open(giftbot_config=policy):
        await office.rests()
        (card,) = office.abe.messages()
        assert card.buttons == []
        await at(office, on(18, 10, 1))
        assert told(office.mia, "Expired") == 1
        assert office.states() == ["cancelled"]


async def refused(office: Office, command: str) -> dict[str, str]:
    """What the form says when Mia asks for what cannot be."""
    await office.mia.types(f"/gift {command}")
    await office.mia.submits()
    assert office.mia.modal
    errors = office.mia.modal.errors
    await office.mia.closes()
    return errors
