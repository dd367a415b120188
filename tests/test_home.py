"""The Home tab: everything that concerns one person on one screen, a page at a time, and always up to date."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from bot.gifts.model.budget import Balance, Budget, Per, Period
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import Gift, GiftState, GiftStep, Request, RequestStep
from bot.gifts.model.money import Money
from bot.sandbox.simulator import Kind, Person
from bot.sandbox.simulator.people.rendered_views import Home
from handlers.blocks.budget_bars import bar
from handlers.localization import language_of
from storage import Database, SqliteStore
from tests.harness.office import Office, eventually

FULL_PAGE = 5


def company(office: Office, more: str = "") -> dict[str, Any]:
    """A company in which Abe and then Ana have to agree, with a budget for each requester."""
    file = office.folder / "company.toml"
    file.write_text(
        f"""
        [pools]
        managers = ["{office.abe.id}"]
        finance = ["{office.ana.id}"]
        [[rules]]
        name = "large"
        steps = [{{ pool = "managers" }}, {{ pool = "finance" }}]
        [[budgets]]
        name = "Own"
        per = "requester"
        every = "year"
        amount = "500"
        {more}
        """
    )
    return {"giftbot_config": str(file), "giftbot_countries": "GB", "giftbot_max_amount": "250"}


async def shows(person: Person, words: str) -> Home:
    """Wait until somebody's Home tab, which is open, says this."""
    await eventually(lambda: bool(person.home and words in person.home.text_shown), 5)
    assert person.home
    return person.home


async def turns(person: Person, button: str, words: str) -> Home:
    """Somebody turns a page, on which they then read this."""
    assert person.home
    await person.clicks(button, on=person.home)
    return await shows(person, words)


async def picks(person: Person, which: str) -> Home:
    """Somebody chooses which of their requests they see, and sees them."""
    assert person.home
    seen = len(person.home.versions)
    await person.chooses("Which requests", which, person.home)
    await eventually(lambda: bool(person.home and len(person.home.versions) > seen), 5)
    return person.home


def asked(office: Office, count: int) -> list[Request]:
    """So many requests that wait, the first of £1 long ago, the last of so many pounds a while ago."""
    began = office.clock.now() - timedelta(hours=count)
    return [
        Request(
            id=(request_id := f"00000000-0000-4000-8000-{number:012}"),
            requester=office.mia.id,
            gifts=(Gift(f"00000000-0000-4000-9000-{number:012}", request_id, office.rob.id, GiftState.WAITING),),
            value=Money(100 * number, "GBP", 2),
            country="GB",
            note="",
            created_at=began + timedelta(hours=number - 1),
            month=f"{began:%Y-%m}",
        )
        for number in range(1, count + 1)
    ]


def keep(office: Office, requests: Sequence[Request], *steps: RequestStep, gift_steps: Sequence[GiftStep] = ()) -> None:
    """Let requests be in the database, after Ana took these steps with them, before the bot is started."""
    with closing(Database(office.database)) as database:
        store = SqliteStore(database, lambda: None)
        with store.write():
            for request in requests:
                store.requests.add(request)
                store.requests.wait_for(request, "approvers")
                for step in steps:
                    store.requests.move(request, step, office.ana.id, request.created_at, "a word")
                gift = request.gifts[0]
                for gift_step in gift_steps:
                    why = Reason.NO_ANSWER if gift_step in {GiftStep.PARK, GiftStep.FAIL} else None
                    assert store.gifts.move(gift, gift_step, "giftbot", request.created_at, why)
                    moved = store.gifts.get(gift.id)
                    assert moved
                    gift = moved


def amounts(home: Home) -> list[int]:
    """The pounds of the requests that are listed, from top to bottom."""
    lines = [line for line in home.text_shown.splitlines() if line.startswith(("@Rob: £", "@Mia for @Rob: £"))]
    return [int(line.partition("£")[2].partition(".")[0]) for line in lines]


# ---------------------------------------------------------------- one's own requests


async def test_a_requester_sees_who_holds_it_now(office: Office) -> None:
    """First Abe, then Ana: under which rule, which step, and who has agreed; then where the gift is."""
    async with office.open(**company(office)):
        await office.asks("@Rob 120 GBP thank you")
        home = await office.mia.opens_home()
        assert "waiting for @Abe since" in home.text_shown
        assert "Rule “large”, step 1 of 2: 0 of 1 approvals from managers." in home.text_shown
        assert "Approved so far" not in home.text_shown
        await office.approves()
        await office.ana.sees_message("would like to thank")
        home = await office.mia.opens_home()
        assert "waiting for @Ana since" in home.text_shown
        assert "Rule “large”, step 2 of 2: 0 of 1 approvals from finance.\nApproved so far by @Abe." in home.text_shown
        await office.approves(office.ana)
        await office.delivered()
        home = await office.mia.opens_home()
        assert "Approved by @Ana" in home.text_shown
        assert "delivered to @Rob" in home.text_shown
        assert "Change" not in home.buttons


@pytest.mark.usefixtures("bot")
async def test_whoever_has_nothing_reads_what_to_do(office: Office) -> None:
    """Eve, on her first day: how to ask, and nothing to filter or to turn."""
    home = await office.eve.opens_home()
    assert home.text_shown.splitlines() == [
        "Your requests",
        "You have not asked for a gift yet. /gift opens the form.",
        "Show the rules",
    ]


async def test_requests_are_leafed_through_to_the_end_and_back(office: Office) -> None:
    """Twelve of them, newest first, five a page; each page once, and the first one is the first one again."""
    keep(office, asked(office, 12))
    async with office.open():
        home = await office.mia.opens_home()
        assert amounts(home) == [12, 11, 10, 9, 8]
        assert "Newer" not in home.buttons
        assert amounts(await turns(office.mia, "Older", "£7.00")) == [7, 6, 5, 4, 3]
        home = await turns(office.mia, "Older", "£2.00")
        assert amounts(home) == [2, 1]
        assert "Older" not in home.buttons
        assert amounts(await turns(office.mia, "Newer", "£7.00")) == [7, 6, 5, 4, 3]
        home = await turns(office.mia, "Newer", "£12.00")
        assert amounts(home) == [12, 11, 10, 9, 8]
        assert "Newer" not in home.buttons


async def test_a_filter_shows_only_what_is_chosen(office: Office) -> None:
    """Of each state what there is, page by page; a state without any says so; all of them are one choice away."""
    every = asked(office, 30)
    approved: list[RequestStep] = [RequestStep.APPROVE]
    keep(office, every[:7])
    keep(office, every[7:14], RequestStep.DECLINE, gift_steps=[GiftStep.DROP])
    keep(office, every[14:21], *approved, gift_steps=[GiftStep.APPROVE, GiftStep.PLACE, GiftStep.DELIVER])
    keep(office, every[21:23], *approved, gift_steps=[GiftStep.APPROVE, GiftStep.PARK])
    keep(office, every[23:24], RequestStep.EXPIRE, gift_steps=[GiftStep.DROP])
    async with office.open():
        await office.mia.opens_home()
        for chosen, shown in (
            ("Waiting for a decision", [7, 6, 5, 4, 3]),
            ("Declined", [14, 13, 12, 11, 10]),
            ("In trouble", [23, 22]),
            ("Approved", [23, 22, 21, 20, 19]),
            ("Expired", [24]),
        ):
            assert amounts(await picks(office.mia, chosen)) == shown
        await picks(office.mia, "Declined")
        home = await turns(office.mia, "Older", "£9.00")
        assert amounts(home) == [9, 8]
        assert "There is none like that." in (await picks(office.mia, "Cancelled")).text_shown
        assert amounts(await picks(office.mia, "All")) == [24, 23, 22, 21, 20]


async def test_cancelling_keeps_the_page_and_the_filter(office: Office) -> None:
    """Mia, on her second page of what waits, takes one back: it is gone, and she still looks at that page."""
    keep(office, asked(office, 8))
    async with office.open():
        await office.mia.opens_home()
        await picks(office.mia, "Waiting for a decision")
        home = await turns(office.mia, "Older", "£3.00")
        assert home.buttons.count("Change") == 3
        await office.mia.clicks("Cancel request", on=home, confirm=True)
        await eventually(lambda: bool(office.mia.home and amounts(office.mia.home) == [2, 1]))
        await office.mia.clicks("Cancel request", on=office.mia.home, confirm=True)
        await eventually(lambda: bool(office.mia.home and amounts(office.mia.home) == [1]))
        await office.mia.clicks("Cancel request", on=office.mia.home, confirm=True)
        await shows(office.mia, "£8.00")
        assert Counter(office.ledger.requests("state")) == {"cancelled": 3, "pending": 5}


@pytest.mark.usefixtures("bot")
async def test_what_waits_can_be_changed(office: Office) -> None:
    """The button opens the form as it was filled in, and the tab then shows what was changed."""
    await office.asks()
    await office.mia.clicks("Change", on=await office.mia.opens_home())
    await eventually(lambda: office.mia.modal is not None)
    await office.mia.fills({"Amount each": "20"})
    await office.mia.submits()
    await shows(office.mia, "@Rob: £20.00")


async def test_a_tab_of_another_version_begins_anew(office: Office) -> None:
    """Buttons that the bot cannot read any more lead to the first page."""
    keep(office, asked(office, 6))
    async with office.open():
        home = await office.mia.opens_home()
        button = home.button("Older")
        assert button
        click = office.mia.payloads.button_click(home, button)
        click["actions"][0]["value"] = '{"which": "something else"}'
        await turns(office.mia, "Older", "@Rob: £1.00")
        await office.mia.sends(Kind.INTERACTIVE, click)
        assert amounts(await shows(office.mia, "@Rob: £6.00")) == [6, 5, 4, 3, 2]


# ---------------------------------------------------------------- what waits for an approver


async def test_an_approver_leafs_through_what_waits_and_decides_there(office: Office) -> None:
    """Longest waiting first; after Approve and Decline on the second page, Abe still looks at that page."""
    keep(office, asked(office, 12))
    async with office.open():
        assert amounts(await office.abe.opens_home()) == [1, 2, 3, 4, 5]
        home = await turns(office.abe, "Newer", "@Mia for @Rob: £6.00")
        assert amounts(home) == [6, 7, 8, 9, 10]
        await office.abe.clicks("Approve", on=home, confirm=True)
        await eventually(lambda: bool(office.abe.home and amounts(office.abe.home) == [7, 8, 9, 10, 11]))
        await office.abe.clicks("Decline", on=office.abe.home)
        await office.abe.fills({"Reason": "not this month"})
        await office.abe.submits()
        await eventually(lambda: bool(office.abe.home and amounts(office.abe.home) == [8, 9, 10, 11, 12]))
        home = await turns(office.abe, "Older", "@Mia for @Rob: £1.00")
        assert "1 request approved: £6.00\n1 request declined: £7.00" in home.text_shown


async def test_only_what_one_can_decide_now_is_offered(office: Office) -> None:
    """Ana sees nothing until Abe has agreed, and he nothing after that; Mia, who asked, never."""
    async with office.open(**company(office)):
        await office.asks("@Rob 120 GBP thank you")
        assert "Waiting for you" not in (await office.ana.opens_home()).text_shown
        await office.abe.clicks("Approve", on=await office.abe.opens_home(), confirm=True)
        await eventually(lambda: bool(office.abe.home and "Waiting for you" not in office.abe.home.text_shown))
        home = await office.ana.opens_home()
        assert "Waiting for you\n@Mia for @Rob: £120.00\nthank you" in home.text_shown.replace("“", "").replace("”", "")
        assert "step 2 of 2" in home.text_shown
        assert "Waiting for you" not in (await office.mia.opens_home()).text_shown


async def test_gifts_in_trouble_are_leafed_through_and_mended_there(office: Office) -> None:
    """Seven gifts need review: five and two, and a retry brings the tab up to date."""
    stopped = [GiftStep.APPROVE, GiftStep.PARK]
    keep(office, asked(office, 7), RequestStep.APPROVE, gift_steps=stopped)
    async with office.open():
        home = await office.abe.opens_home()
        assert home.buttons.count("Retry") == FULL_PAGE
        home = await turns(office.abe, "Older", "@Mia for @Rob, £1.00")
        assert home.buttons.count("Retry") == 2
        await office.abe.clicks("Retry", on=home, confirm=True)
        await eventually(lambda: bool(office.abe.home and office.abe.home.buttons.count("Retry") == 1))
        assert "Retry" not in (await office.mia.opens_home()).buttons


# ---------------------------------------------------------------- what an approver decided


async def test_an_approver_s_month(office: Office) -> None:
    """Abe's yes and no with what became of them, newest first, and in sum; next month there is nothing yet."""
    async with office.open(**company(office)):
        await office.asks("@Rob 120 GBP thank you")
        await office.approves()
        await office.ana.sees_message("would like to thank")
        await office.asks("@Eve 30 GBP thanks")
        await office.abe.sees_message("to thank @Eve")
        await office.abe.clicks("Decline")
        await office.abe.fills({"Reason": "not this month"})
        await office.abe.submits()
        month = (await office.abe.opens_home()).text_shown.partition("What you decided this month\n")[2]
        sums, no, yes = month.partition("\nShow the rules")[0].split("\n:", 2)
        assert sums == "1 request approved: £120.00\n1 request declined: £30.00"
        assert no.startswith("no_entry_sign: @Mia for @Eve, £30.00: declined")
        assert yes.startswith("white_check_mark: @Mia for @Rob, £120.00: approved")
        assert "waiting for @Ana since" in month
        await office.approves(office.ana)
        await office.delivered()
        await office.rests()
        assert "Now delivered." in (await office.abe.opens_home()).text_shown
        assert "What you decided" not in (await office.mia.opens_home()).text_shown
        office.clock.turn(days=32)
        assert "What you decided this month\nNothing yet." in (await office.abe.opens_home()).text_shown


async def test_a_yes_to_what_was_changed_since_says_so(office: Office) -> None:
    """Mia changes what Abe has approved: it waits for him anew, and his month says why."""
    async with office.open(**company(office)):
        await office.asks("@Rob 120 GBP thank you")
        await office.approves()
        await office.ana.sees_message("would like to thank")
        await office.mia.clicks("Change", on=await office.mia.opens_home())
        await eventually(lambda: office.mia.modal is not None)
        await office.mia.fills({"Amount each": "90"})
        await office.mia.submits()
        home = await office.abe.opens_home()
        assert "The request was changed since, so this does not count any more." in home.text_shown
        assert "@Mia for @Rob: £90.00" in home.text_shown


# ---------------------------------------------------------------- budgets


@pytest.mark.parametrize(
    ("used", "shown"),
    [
        (0, "*Team*, November: £0.00 of £500.00 used\n░░░░░░░░░░ £500.00 left"),
        (1, "*Team*, November: £0.01 of £500.00 used\n▓░░░░░░░░░ £499.99 left"),
        (25000, "*Team*, November: £250.00 of £500.00 used\n▓▓▓▓▓░░░░░ £250.00 left"),
        (49999, "*Team*, November: £499.99 of £500.00 used\n▓▓▓▓▓▓▓▓▓░ £0.01 left"),
        (50000, "*Team*, November: £500.00 of £500.00 used\n▓▓▓▓▓▓▓▓▓▓ nothing left"),
        (60000, "*Team*, November: £600.00 of £500.00 used\n▓▓▓▓▓▓▓▓▓▓ £100.00 too much"),
    ],
)
def test_a_bar_shows_how_far_a_budget_is_used(used: int, shown: str) -> None:
    """Words first; full only when all is used, and one cell as soon as anything is."""
    cap = Money(50000, "GBP", 2)
    balance = Balance(Budget("Team", Per.REQUESTER, Period.MONTH, {"GBP": cap}), "UMIA", Money(used, "GBP", 2), cap)
    assert bar(balance, "2030-11", language_of("en-GB")) == shown


@pytest.mark.parametrize(
    ("period", "english", "german"),
    [
        (Period.MONTH, "November", "November"),
        (Period.QUARTER, "4th quarter 2030", "4. Quartal 2030"),
        (Period.YEAR, "2030", "2030"),
    ],
)
def test_a_bar_names_its_period(period: Period, english: str, german: str) -> None:
    """As its reader does."""
    cap = Money(50000, "GBP", 2)
    balance = Balance(Budget("A & B", Per.COST_CENTRE, period, {"GBP": cap}), "R&D", Money(1, "GBP", 2), cap)
    assert f"*A &amp; B (R&amp;D)*, {english}:" in bar(balance, "2030-11", language_of("en-GB"))
    assert f", {german}: 0,01\xa0£ von 500,00\xa0£ verbraucht" in bar(balance, "2030-11", language_of("de-DE"))


async def test_budgets_show_what_was_asked_for_and_given_back(office: Office) -> None:
    """£120 of £500 while it waits and after it, and all of it again once it is cancelled."""
    async with office.open(**company(office)):
        assert "Own, " in (await office.mia.opens_home()).text_shown
        await office.asks("@Rob 120 GBP thank you")
        home = await office.mia.opens_home()
        assert "£120.00 of £500.00 used\n▓▓░░░░░░░░ £380.00 left" in home.text_shown
        assert "£0.00 of £500.00 used" in (await office.eve.opens_home()).text_shown
        await office.mia.clicks("Cancel request", on=home, confirm=True)
        await shows(office.mia, "£0.00 of £500.00 used")


async def test_whoever_may_not_ask_has_no_budgets(office: Office) -> None:
    """Eve may not ask: neither her own budget, nor that of a cost centre or of the company concerns her."""
    more = f"""
        [requests]
        from = ["{office.mia.id}"]
        cost_centres = ["Sales", "Research", "Support", "Legal", "People"]
        [[budgets]]
        name = "Centres"
        per = "cost_centre"
        every = "month"
        amount = "1000"
        [[budgets]]
        name = "Everything"
        per = "company"
        every = "quarter"
        amount = "9000"
        """
    async with office.open(**company(office, more)):
        home = await office.mia.opens_home()
        assert "Centres (Sales), " in home.text_shown
        assert "Everything, " not in home.text_shown
        home = await turns(office.mia, "More", "Everything, ")
        assert "More" not in home.buttons
        await turns(office.mia, "Back", "Centres (Sales), ")
        assert "budget" not in (await office.eve.opens_home()).text_shown


# ---------------------------------------------------------------- gifts for oneself


async def test_gifts_are_leafed_through_and_shown_again(office: Office) -> None:
    """Seven have arrived, the latest first, on two pages."""
    steps = [GiftStep.APPROVE, GiftStep.PLACE, GiftStep.DELIVER]
    keep(office, asked(office, 6), RequestStep.APPROVE, gift_steps=steps)
    async with office.open():
        await office.asks()
        await office.approves()
        await office.delivered()
        await office.rests()
        home = await office.rob.opens_home()
        assert home.buttons.count("Show my gift") == FULL_PAGE
        assert "£25.00 from @Mia" in home.text_shown
        await office.rob.clicks("Show my gift", on=home)
        await eventually(lambda: bool(office.rob.modal and office.rob.modal.links))
        await office.rob.closes()
        home = await turns(office.rob, "Older", "£1.00 from @Mia")
        assert home.buttons.count("Show my gift") == 2
        assert home.links == []


# ---------------------------------------------------------------- everybody, at any time


async def test_the_tab_is_in_its_reader_s_language(office: Office) -> None:
    """Greta asks and decides in German."""
    greta = office.slack.add_person("Greta", locale="de-DE")
    async with office.open(giftbot_approvers=f"{greta.id},{office.ana.id}"):
        await office.asks()
        home = await greta.opens_home()
        assert "Wartet auf dich\n@Mia für @Rob: 25,00\xa0£" in home.text_shown
        await greta.clicks("Genehmigen", on=home, confirm=True)
        home = await shows(greta, "1 Anfrage genehmigt: 25,00\xa0£")
        assert "Regeln anzeigen" in home.buttons


@pytest.mark.usefixtures("bot")
async def test_status_says_where_to_find_the_rest(office: Office) -> None:
    """The short form stays short."""
    await office.mia.types("/gift status")
    assert office.mia.private_replies[0].text_shown.endswith("The Home tab has all of it, and your budgets.")


async def test_two_pages_at_once_are_both_the_bot_s(office: Office) -> None:
    """A double click on Older shows one page further, not two: the button says where it leads."""
    keep(office, asked(office, 12))
    async with office.open():
        home = await office.mia.opens_home()
        button = home.button("Older")
        assert button
        clicks = [office.mia.payloads.button_click(home, button) for _ in range(2)]
        await asyncio.gather(*(office.mia.sends(Kind.INTERACTIVE, click) for click in clicks))
        await eventually(lambda: bool(office.mia.home and len(office.mia.home.versions) == 3))
        assert office.mia.home
        assert amounts(office.mia.home) == [7, 6, 5, 4, 3]
