"""What is on the screen: for the keyboard alone, on both widths, by day and by night, and whatever somebody writes."""

import re

import pytest
from playwright.async_api import expect

from bot.sandbox.playground.environment import Stage
from tests.playground.browser.hands import Page

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE = "<script>alert(1)</script> javascript:alert(2) <javascript:alert(3)|win> <b onclick=alert(4)>*so* <!channel>"
NO_OVERFLOW = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


async def test_the_story_with_the_keyboard_alone(page: Page) -> None:
    """Alt and a number go to a person; a modal keeps the focus inside, Esc closes it, and the focus comes back."""
    keys = page.tab.keyboard
    await keys.press("Alt+1")
    await expect(page.mia.composer).to_be_focused()
    await keys.type("/gift @Rob 25 GBP by hand")
    await keys.press("Enter")
    await expect(page.mia.modal.get_by_role("combobox", name="Recipients")).to_be_focused()
    for _ in range(12):
        await keys.press("Tab")
        assert await page.mia.modal.evaluate("modal => modal.contains(document.activeElement)")
    await page.mia.modal.get_by_label("Amount each").focus()
    await keys.press("Enter")
    await expect(page.mia.modal).to_have_accessible_name("Gift asked for")
    await expect(page.mia.modal.locator("footer").get_by_role("button", name="Close")).to_be_focused()
    await keys.press("Escape")
    await expect(page.mia.modal).to_have_count(0)
    await expect(page.mia.composer).to_be_focused()

    await page.abe.sees("by hand")
    await keys.press("F6")
    for name in ("More actions", "Note or lower amount", "Decline", "Approve"):
        await keys.press("Shift+Tab")
        await expect(page.abe.messages.last.get_by_role("button", name=name)).to_be_focused()
    await keys.press("Enter")
    await expect(page.abe.question.get_by_role("button", name="Approve")).to_be_focused()
    await keys.press("Escape")
    await expect(page.abe.messages.last.get_by_role("button", name="Approve")).to_be_focused()
    await keys.press("Enter")
    await keys.press("Enter")

    await page.rob.sees("by hand", "thanks you with a gift")
    await keys.press("Alt+3")
    for name in ("More actions", "Get the link anew"):
        await keys.press("Shift+Tab")
        await expect(page.rob.messages.last.get_by_role("button", name=name)).to_be_focused()
    await keys.press("Shift+Tab")
    await expect(page.rob.messages.last.get_by_role("link", name="Open your gift")).to_be_focused()


async def test_a_hostile_note_is_only_text(page: Page) -> None:
    """Whatever is written shows as it was written: no markup of it becomes an element, a link or a call."""
    dialogs: list[str] = []
    page.tab.on("dialog", lambda dialog: dialogs.append(dialog.message))
    await page.mia.asks(HOSTILE)
    card = await page.abe.sees("javascript:alert(2)")
    await expect(card).to_contain_text("<script>alert(1)</script>")
    await expect(card).to_contain_text("*so* @channel")  # a mention of everybody is read as people see it
    await page.mia.types(HOSTILE)
    said = await page.mia.sees("javascript:alert(2)")
    await expect(said).to_contain_text("<b onclick=alert(4)>")
    for message in (card, said):
        await expect(message.locator("a, script, b")).to_have_count(0)
    await page.abe.approves("javascript:alert(2)")
    gift = await page.rob.sees("javascript:alert(2)", "thanks you with a gift")
    await expect(gift.get_by_role("link")).to_have_count(1)
    assert dialogs == []


async def test_what_the_page_does_not_know_is_shown_as_such(page: Page, stage: Stage) -> None:
    """A block and an element of a kind that is not drawn are named, with their JSON; a link leads to https only."""
    slack = stage.simulator.slack.workspace
    links = "<https://example.org/a|fine> <javascript:alert(1)|bad> <http://127.0.0.1:1/x|plain>"
    slack.post(
        stage.company.general,
        "text",
        [
            {"type": "video", "block_id": "1", "title": "A film"},
            {"type": "actions", "block_id": "2", "elements": [{"type": "workflow_button", "action_id": "w"}]},
            {"type": "section", "block_id": "3", "text": {"type": "mrkdwn", "text": links}},
            {"type": "image", "block_id": "4", "image_url": "https://example.org/cat.png", "alt_text": "a cat"},
        ],
    )
    message = await page.mia.sees("block of type video, not drawn here", "element of type workflow_button")
    await message.get_by_text("block of type video").click()
    await expect(message.get_by_text('"title": "A film"')).to_be_visible()
    await expect(message.get_by_role("link")).to_have_count(1)
    await expect(message.get_by_role("link", name="fine")).to_have_attribute("href", "https://example.org/a")
    await expect(message.get_by_role("img", name="a cat")).to_be_visible()


async def test_a_message_shortcut_leads_back_to_its_message(page: Page) -> None:
    """Rob's words are thanked for from their menu; the card's link goes to them, not out of the page."""
    await page.mia.goes_to("launch")
    words = await page.mia.sees("The new shop is online")
    await words.hover()
    await words.get_by_role("button", name="More actions").click()
    await page.tab.get_by_role("menuitem", name="Send a gift for this").click()
    await expect(page.mia.modal.get_by_role("button", name="Remove Rob")).to_be_visible()
    await page.mia.modal.get_by_label("Amount each").fill("15")
    await page.mia.modal.get_by_label("Note").fill("for the shop")
    await page.mia.modal.get_by_role("button", name="Ask", exact=True).click()
    await expect(page.mia.modal).to_have_accessible_name("Gift asked for")
    await page.tab.keyboard.press("Escape")
    card = await page.abe.sees("for the shop", "for this message")
    await card.get_by_role("link", name="this message").click()
    await expect(page.abe.messages.filter(has_text="The new shop is online")).to_be_focused()


async def test_only_the_person_who_asked_sees_a_private_reply_and_the_home_tab(page: Page) -> None:
    """/gift status answers Mia alone; her Home tab offers to cancel, asks whether she is sure, and shows it."""
    await page.mia.asks("for the museum")
    await page.mia.types("/gift status")
    await page.mia.sees("Only visible to you", "Your requests")
    await expect(page.abe.column.get_by_text("Your requests")).to_have_count(0)
    await page.mia.goes_to("Giftbot")
    await page.mia.column.get_by_role("tab", name="Home").click()
    home = page.mia.column.get_by_role("tabpanel", name="Home")
    await home.get_by_role("button", name="Cancel request").first.click()
    await page.mia.confirms("Cancel request")
    await expect(home).to_contain_text(re.compile("Cancelled by @Mia"))


async def test_the_home_tab_is_filtered_and_shows_the_rules(page: Page) -> None:
    """Mia looks at what waits, at what expired, and at all of it again; the rules open in a modal."""
    await page.mia.asks("to be filtered")
    await page.mia.goes_to("Giftbot")
    await page.mia.column.get_by_role("tab", name="Home").click()
    home = page.mia.column.get_by_role("tabpanel", name="Home")
    await expect(home.get_by_role("heading", name="Your requests")).to_be_visible()
    for chosen, shown in (
        ("Expired", "There is none like that."),
        ("Waiting for a decision", "waiting for"),
        ("Expired", "There is none like that."),
        ("All", "waiting for"),
    ):
        await home.get_by_role("combobox", name="Which requests").click()
        await page.tab.get_by_role("option", name=chosen).click()
        await expect(home).to_contain_text(shown)
        await expect(home.get_by_role("combobox", name="Which requests")).to_have_value(chosen)
    await expect(home.get_by_role("button", name="Change").first).to_be_visible()
    await home.get_by_role("button", name="Show the rules").click()
    await expect(page.mia.modal).to_have_accessible_name("The rules for gifts")
    await expect(page.mia.modal).to_contain_text("Everybody may ask.")
    await page.tab.keyboard.press("Escape")
    await expect(page.mia.modal).to_have_count(0)


@pytest.mark.parametrize("width", [390])
async def test_on_a_phone_one_person_is_seen_at_a_time(page: Page, stage: Stage) -> None:
    """The switch below shows who has news; everything fits, and a modal and the drawer fill the screen."""
    people = page.tab.get_by_role("navigation", name="Whose screen")
    await expect(page.mia.column).to_be_visible()
    await expect(page.abe.column).to_be_hidden()
    await page.mia.asks("from a phone")
    await expect(people.get_by_role("button", name=re.compile(r"Abe \d+ unread"))).to_be_visible()
    await people.get_by_role("button", name="Abe").click()
    await page.abe.approves("from a phone")
    await people.get_by_role("button", name="Rob").click()
    await page.rob.sees("from a phone", "thanks you with a gift")
    await expect(page.abe.column).to_be_hidden()
    assert await page.tab.evaluate(NO_OVERFLOW)
    for behind in ("See the promises kept", "Behind the scenes"):
        panel = await page.looks(behind)
        box = await panel.bounding_box()
        assert box
        assert box["width"] == 390
        assert await page.tab.evaluate(NO_OVERFLOW)
    assert stage.keeper.state == "connected"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_three_people_are_seen_side_by_side_by_day_and_by_night(page: Page, scheme: str) -> None:
    """The colours are the system's until somebody turns them, and everything fits."""
    await page.tab.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for seat in (page.mia, page.abe, page.rob):
        await expect(seat.column).to_be_visible()
    assert await page.tab.evaluate(NO_OVERFLOW)
    ground = "getComputedStyle(document.body).backgroundColor"
    before = await page.tab.evaluate(ground)
    await page.tab.get_by_role("button", name="Light colours" if scheme == "dark" else "Dark colours").click()
    assert await page.tab.evaluate(ground) != before


async def test_the_drawer_tells_what_happens_behind_the_scenes(page: Page, stage: Stage) -> None:
    """A gift's life is a line with its times; work, orders, history and calls stand in tables, without any link."""
    await page.mia.asks("for the record")
    await page.abe.approves("for the record")
    await page.rob.sees("for the record", "thanks you with a gift")
    backstage = await page.looks("Behind the scenes")
    life = backstage.get_by_role("article").filter(has_text="for the record")
    await expect(life).to_contain_text("Mia → Rob £25.00")
    await expect(life.get_by_role("listitem")).to_have_text([re.compile(word) for word in LIFE])
    for sheet, words in {
        "Work waiting": "the catalogue",
        "Orders": "25 GBP",
        "History": "deliver",
        "Calls": "chat.postMessage",
    }.items():
        await backstage.get_by_role("tab", name=sheet).click()
        await expect(backstage.get_by_role("tabpanel", name=sheet)).to_contain_text(words)
        shown = await backstage.inner_text()
        assert not any(link in shown for link in stage.simulator.giftcards.links)


LIFE = ["asked.*Mia", "approved.*Abe", "ordered.*giftbot", "delivered.*giftbot", "claimed.*still to come"]
