"""After delivery: what became of a gift, a reminder while nobody has claimed it, and its link once more."""

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bot.sandbox.simulator import Fault, Kind, Modal, Order
from bot.sandbox.simulator.giftcards.runa.api import RunaApi
from tests.harness.office import Office, eventually

LOOK = "GET /order/{id}"
REMINDER = "Your gift from @Mia is still waiting for you"
ANEW = "Get the link anew"


def runa(office: Office) -> RunaApi:
    """The gift card service, where it says what became of a gift."""
    assert isinstance(office.giftcards, RunaApi)
    return office.giftcards


def looks(office: Office) -> int:
    """How often somebody looked at an order."""
    return sum(call.name in {LOOK, "GET /order/{id}/links"} for call in office.giftcards.calls)


async def given(office: Office) -> Order:
    """Rob has a gift."""
    await office.asks()
    await office.approves()
    await office.delivered()
    await office.until("delivered")
    await office.rests()
    return office.giftcards.orders[-1]


async def lives(office: Office, days: float) -> list[timedelta]:
    """Let days pass, and everything be done on its time; gives the times between two looks."""
    start = last = office.clock.now()
    waits = []
    while (due := next_look(office)) and due - start <= timedelta(days=days):
        waits.append(due - last)
        last = due
        office.clock.turn(seconds=(due - office.clock.now()).total_seconds() + 0.001)
        await office.rests()
    office.clock.turn(seconds=(start + timedelta(days=days) - office.clock.now()).total_seconds())
    await office.rests()
    return waits


def next_look(office: Office) -> datetime | None:
    """When the next look at a gift is due."""
    due = office.ledger.jobs("due_at", task="check")
    return datetime.fromisoformat(min(due)) if due else None


def reminders(office: Office) -> int:
    """How often Rob was reminded."""
    return sum(REMINDER in message.text_shown for message in office.rob.messages())


def settled(office: Office, text: str) -> str:
    """A file in which the company settles this; gives its path."""
    file = office.folder / "settled.toml"
    file.write_text(f"[after_delivery]\n{text}\n")
    return str(file)


async def shown(office: Office) -> Modal:
    """What Rob sees once the gift card service has answered; he then closes it."""
    await eventually(lambda: bool(office.rob.modal and "One moment" not in office.rob.modal.text))
    modal = office.rob.modal
    assert modal
    await office.rob.closes()
    return modal


class TestWhatBecameOfIt:
    """Looks at gifts that have arrived."""

    @pytest.mark.usefixtures("bot")
    @pytest.mark.parametrize("where", ["/gift status", "Home"])
    async def test_a_claimed_gift_is_seen_at_the_next_look(self, office: Office, where: str) -> None:
        """An hour after Rob has claimed it, Mia and he see it wherever they look."""
        await given(office)
        runa(office).redeem(await office.delivered())
        await office.lets_pass(1, hours=1)
        await office.until("claimed")
        for person, words in ((office.mia, "claimed by @Rob"), (office.rob, ", claimed")):
            if where == "Home":
                assert words in (await person.opens_home()).text_shown
            else:
                await person.types(where)
                await person.sees(words)
        assert looks(office) == 1
        assert next_look(office) is None
        assert office.ledger.audit_events("actor", "event")[-1] == ("giftbot", "claim")

    @pytest.mark.usefixtures("bot")
    @pytest.mark.parametrize(
        ("become", "words"),
        [
            (RunaApi.expire, "@Rob never claimed your gift of £25.00: the gift was ordered, but its link has expired."),
            (RunaApi.cancel, "@Rob never claimed your gift of £25.00: the gift was ordered, but its link has been"),
        ],
    )
    async def test_a_gift_that_lapses_is_told_once(
        self, office: Office, become: Callable[[RunaApi, Order], None], words: str
    ) -> None:
        """Mia learns it, nobody looks any more, and Rob is told when he wants to see it."""
        become(runa(office), await given(office))
        await lives(office, days=30)
        await office.until("expired")
        notice = await office.mia.sees_message("never claimed")
        assert words in notice.text_shown
        assert sum("never claimed" in message.text_shown for message in office.mia.messages()) == 1
        assert (looks(office), reminders(office)) == (1, 0)
        await office.mia.types("/gift status")
        await office.mia.sees(":warning: @Rob: the gift was ordered, but its link has")
        home = await office.rob.opens_home()
        assert "Gifts for you" in home.text_shown
        assert "Show my gift" not in home.buttons
        await office.rob.clicks(ANEW)
        told = await shown(office)
        assert "This gift cannot be shown: the gift was ordered, but its link has" in told.text
        assert "Please ask @Mia." in told.text
        assert told.links == []

    @pytest.mark.usefixtures("bot")
    @pytest.mark.parametrize(
        ("become", "words"), [(RunaApi.expire, "its link has expired"), (RunaApi.cancel, "has cancelled its link")]
    )
    async def test_a_dead_link_is_not_delivered(
        self, office: Office, become: Callable[[RunaApi, Order], None], words: str
    ) -> None:
        """A link that dies before it is handed over needs review; Retry fetches it again, and never orders anew."""
        office.giftcards.links_after(seconds=60)
        await office.asks()
        await office.approves()
        await office.until("ordered")
        (order,) = office.giftcards.orders
        become(runa(office), order)
        office.clock.turn(minutes=1)
        trouble = await office.abe.sees_message("needs somebody")
        assert words in trouble.text_shown
        await office.abe.clicks("Retry", confirm=True)
        await eventually(lambda: len(office.ledger.audit_events(event="park")) == 2)
        assert office.states() == ["needs_review"]
        assert office.rob.messages() == []
        runa(office).reinstate(order)
        await office.rests()
        await office.abe.clicks("Retry", confirm=True)
        assert await office.delivered() == order.items[0].link
        assert len(office.giftcards.requests) == 1

    @pytest.mark.usefixtures("bot")
    async def test_looks_become_rare(self, office: Office) -> None:
        """From an hour to a week apart: some twenty in sixty days, without a pause for the reminder."""
        await given(office)
        waits = await lives(office, days=60)
        assert looks(office) == len(waits)
        assert len(waits) <= 24
        hour, week = timedelta(hours=1), timedelta(days=7)
        assert all(
            hour - timedelta(seconds=9) <= wait <= week + timedelta(seconds=9) for wait in waits[:5] + waits[-5:]
        )
        assert max(waits[:5]) < timedelta(hours=6)
        assert min(waits[-5:]) > timedelta(days=6.9)

    @pytest.mark.usefixtures("bot")
    async def test_looks_end_after_a_year(self, office: Office) -> None:
        """A link that is neither claimed nor expired for more than a year is left alone."""
        await given(office)
        office.clock.turn(days=401)
        await eventually(lambda: next_look(office) is None)
        assert looks(office) == 0

    async def test_no_more_looks_a_minute_than_settled(self, office: Office) -> None:
        """Six gifts are due for a look at once; at six a minute, the last one waits fifty seconds for it."""
        people = [office.rob, office.eve, *(office.slack.add_person(f"Pal{letter}") for letter in "ABCD")]
        async with office.open(giftbot_config=settled(office, "checks_a_minute = 6")):
            await office.asks(f"{' '.join(f'@{person.name}' for person in people)} 10 GBP thanks")
            await office.approves()
            await office.until("delivered")
            began = time.monotonic()
            office.clock.turn(hours=1, minutes=1)
            await eventually(lambda: looks(office) == len(people))
            assert time.monotonic() - began >= 50 / 50, "the office's clock sleeps fifty times faster"

    @pytest.mark.usefixtures("bot")
    async def test_orders_go_first(self, office: Office) -> None:
        """While an order is due nobody looks; a minute after that somebody does."""
        await given(office)
        office.giftcards.faults.arm("POST /order", Fault.SLOW, seconds=1.0)
        await office.asks("@Eve 10 GBP thanks")
        await office.approves()
        await eventually(lambda: len(office.giftcards.requests) == 2)
        office.clock.turn(hours=1)
        await eventually(lambda: (next_look(office) or office.clock.now()) > office.clock.now())
        assert looks(office) == 0
        await office.delivered(office.eve)
        await office.lets_pass(1, minutes=1)
        assert looks(office) >= 1

    @pytest.mark.usefixtures("bot")
    async def test_a_service_that_does_not_answer_is_asked_again(self, office: Office) -> None:
        """A look that fails is not a claim, no reminder, and nobody's trouble."""
        await given(office)
        office.giftcards.faults.arm(LOOK, Fault.ERROR_BEFORE, times=1000)
        await lives(office, days=15)
        assert office.states() == ["delivered"]
        assert reminders(office) == 0
        assert not [message for message in office.abe.messages() if "needs somebody" in message.text_shown]
        office.giftcards.faults.clear()
        await lives(office, days=8)
        assert reminders(office) == 1


class TestReminders:
    """A gift that nobody has claimed."""

    @pytest.mark.usefixtures("bot")
    async def test_a_reminder_after_two_weeks(self, office: Office) -> None:
        """Rob is reminded once, with a button and without a link, which he then sees in a window of his own."""
        order = await given(office)
        await lives(office, days=13.9)
        assert reminders(office) == 0
        await lives(office, days=0.2)
        reminder = await office.rob.sees_message(REMINDER)
        assert "£25.00" in reminder.text_shown
        assert reminder.buttons == ["Show my gift"]
        assert reminder.links == []
        assert order.items[0].link not in json.dumps(reminder.versions)
        await lives(office, days=60)
        assert reminders(office) == 1
        await office.rob.clicks("Show my gift", on=reminder)
        assert (await shown(office)).links == [order.items[0].link]

    @pytest.mark.parametrize(
        ("days", "after"), [("[]", {22: 0}), ("[21, 7]", {6: 0, 8: 1, 20: 1, 22: 2, 30: 2}), ("[7, 7]", {8: 1, 22: 1})]
    )
    async def test_reminders_as_settled(self, office: Office, days: str, after: dict[int, int]) -> None:
        """None, two in whatever order they are written, or twice the same day, which is once."""
        async with office.open(giftbot_config=settled(office, f"remind_after_days = {days}")):
            await given(office)
            passed = 0
            for day, times in after.items():
                await lives(office, days=day - passed)
                passed = day
                assert reminders(office) == times, f"after {day} days"

    @pytest.mark.usefixtures("bot")
    async def test_nobody_is_reminded_of_a_gift_that_was_claimed(self, office: Office) -> None:
        """Rob claims it right before he would be reminded."""
        order = await given(office)
        await lives(office, days=13.9)
        runa(office).claim(order)
        await lives(office, days=9)
        assert office.states() == ["claimed"]
        assert reminders(office) == 0

    @pytest.mark.usefixtures("bot")
    async def test_nobody_is_reminded_who_has_left(self, office: Office) -> None:
        """Slack would deliver the reminder to an inbox that nobody reads; once Rob is back, he is reminded."""
        await given(office)
        await lives(office, days=13.9)
        office.slack.workspace.deactivate(office.rob.id)
        await lives(office, days=9)
        assert reminders(office) == 0
        office.slack.workspace.users[office.rob.id].deleted = False
        await lives(office, days=9)
        assert reminders(office) == 1

    async def test_a_long_stop_makes_no_flood(self, office: Office) -> None:
        """A bot that was away while two reminders were due sends one, and the other one with the next look."""
        file = settled(office, "remind_after_days = [7, 14]")
        async with office.open(giftbot_config=file):
            await given(office)
        office.clock.turn(days=30)
        async with office.open(giftbot_config=file):
            await office.rob.sees_message(REMINDER)
            await office.rests()
            assert reminders(office) == 1


class TestShowAgain:
    """The link once more, for its recipient."""

    @pytest.mark.usefixtures("bot")
    async def test_the_link_is_fetched_anew(self, office: Office) -> None:
        """From the message and from Home, before and after it was claimed; nobody else and no file gets it."""
        order = await given(office)
        link = order.items[0].link
        await office.rob.clicks(ANEW)
        modal = await shown(office)
        assert "@Mia thanks you with a gift of £25.00." in modal.text
        assert modal.buttons == ["Open your gift"]
        assert modal.links == [link]
        runa(office).claim(order)
        await office.lets_pass(1, hours=1)
        await office.until("claimed")
        home = await office.rob.opens_home()
        await office.rob.clicks("Show my gift", on=home)
        assert (await shown(office)).links == [link]
        assert looks(office) == 3
        assert link not in "\n".join(office.slack.everything_shown(except_to=office.rob))
        assert not [path.name for path in office.folder.iterdir() if link.encode() in path.read_bytes()]
        assert office.ledger.audit_events("actor", event="show again") == [office.rob.id] * 2

    @pytest.mark.usefixtures("bot")
    async def test_only_its_recipient_sees_it(self, office: Office) -> None:
        """Whoever else sends Rob's click, Mia and an approver as well, is refused, and that is on the record."""
        await given(office)
        message = await office.rob.sees_message("thanks you with a gift")
        button = message.button(ANEW)
        assert button
        others = [office.mia, office.abe, office.eve]
        for person in others:
            await person.sends(Kind.INTERACTIVE, person.payloads.button_click(message, button))
            assert "This gift is for somebody else." in (await person.sees_modal("Giftbot")).text
        assert office.refusals() == [(person.id, "This gift is for somebody else.") for person in others]
        assert looks(office) == 0

    @pytest.mark.usefixtures("bot")
    async def test_a_gift_on_its_way_cannot_be_shown(self, office: Office) -> None:
        """Before it has arrived there is nothing to show, also to its recipient."""
        await given(office)
        message = await office.rob.sees_message("thanks you with a gift")
        button = message.button(ANEW)
        assert button
        office.giftcards.links_after(seconds=60)
        await office.asks("@Rob 10 GBP thanks")
        await office.approves()
        await eventually(lambda: sorted(office.states()) == ["delivered", "ordered"])
        (gift_id,) = office.ledger.gifts("id", state="ordered")
        click = office.rob.payloads.button_click(message, button)
        click["actions"][0]["value"] = gift_id
        await office.rob.sends(Kind.INTERACTIVE, click)
        assert "has not arrived yet" in (await office.rob.sees_modal("Giftbot")).text

    @pytest.mark.usefixtures("bot")
    async def test_a_few_times_a_day(self, office: Office) -> None:
        """Three times in a day; the fourth click is refused, and a day later it works again."""
        await given(office)
        for _ in range(3):
            await office.rob.clicks(ANEW)
            assert len((await shown(office)).links) == 1
        await office.rob.clicks(ANEW)
        told = await shown(office)
        assert "A gift is shown 3 times a day at most. Please come back tomorrow." in told.text
        assert looks(office) == 3
        await office.lets_pass(1, days=1, seconds=1)
        await office.rob.clicks(ANEW)
        assert len((await shown(office)).links) == 1

    async def test_as_often_as_settled(self, office: Office) -> None:
        """The company decides how often."""
        async with office.open(giftbot_config=settled(office, "shows_a_day = 1")):
            await given(office)
            await office.rob.clicks(ANEW)
            await shown(office)
            await office.rob.clicks(ANEW)
            assert "shown once a day at most" in (await shown(office)).text

    @pytest.mark.usefixtures("bot")
    async def test_a_service_that_is_silent_or_refuses(self, office: Office) -> None:
        """Rob reads what to do, and nobody else is bothered: he has his gift."""
        await given(office)
        office.giftcards.faults.arm(LOOK, Fault.ERROR_BEFORE)
        await office.rob.clicks(ANEW)
        assert "The gift card service does not answer. Please try again later." in (await shown(office)).text
        office.giftcards.api_key = "XXanother"
        await office.rob.clicks(ANEW)
        told = (await shown(office)).text
        assert "The gift card service does not hand it over just now. Please try again later, or ask @Mia." in told
        assert office.states() == ["delivered"]


@pytest.mark.parametrize("provider", ["wegift"])
@pytest.mark.usefixtures("bot", "provider")
async def test_where_nobody_says_what_became_of_a_gift(office: Office) -> None:
    """WeGift's contract has no word for it: nobody looks, nobody is reminded, and the link is shown again."""
    order = await given(office)
    before = looks(office)
    await lives(office, days=30)
    assert (looks(office), reminders(office)) == (before, 0)
    await office.rob.clicks(ANEW)
    assert (await shown(office)).links == [order.items[0].link]
    assert looks(office) == before + 1
