"""The page draws any app, not only ours: another one opens a modal with every kind of field, and changes it."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.playground.environment import Stage
from bot.sandbox.playground.server import serve
from tests.playground.browser.hands import Page

pytestmark = pytest.mark.asyncio(loop_scope="session")

Json = dict[str, Any]


def plain(text: str) -> Json:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def option(text: str, **more: Any) -> Json:
    """An option whose value is its text in lower case."""
    return {"text": plain(text), "value": text.lower(), **more}


def field(label: str, kind: str, **element: Any) -> Json:
    """An input block; its label in lower case is its id."""
    more: Json = {name: element.pop(name) for name in ("optional", "hint", "dispatch_action") if name in element}
    parts = {"type": kind, "action_id": "it", **element}
    return {"type": "input", "block_id": label.lower(), "label": plain(label), "element": parts, **more}


def modal(title: str, *blocks: Json) -> Json:
    """A modal that can be submitted."""
    name = title.lower().replace(" ", "_")
    return {"type": "modal", "callback_id": name, "title": plain(title), "submit": plain("Go"), "blocks": blocks}


COUNT = field("Count", "number_input", is_decimal_allowed=False, min_value="1", max_value="9")
COLOUR = field("Colour", "static_select", options=[option("Red"), option("Blue")], dispatch_action=True)
FIELDS = [
    COUNT,
    COLOUR,
    field("Shop", "external_select", min_query_length=2),
    field("Colleague", "users_select"),
    field("Day", "datepicker", initial_date="2026-01-31"),
    field("Extras", "checkboxes", options=[option("Ribbon", description=plain("in gold")), option("Card")]),
    field("Channel", "conversations_select", optional=True, hint=plain("if any")),
]
MENU = {"type": "overflow", "action_id": "menu", "options": [option("Start again"), option("Give up")]}
TOP = {"type": "section", "block_id": "top", "text": plain("Everything"), "accessory": MENU}


class AnotherApp:
    """An app with one modal; it remembers what reached it."""

    def __init__(self, client: AsyncWebClient) -> None:
        self.app = AsyncApp(client=client, request_verification_enabled=False)
        self.heard: list[Any] = []
        self.app.shortcut("gift_from_anywhere")(self.opens)
        self.app.options("it")(self.searches)
        self.app.action("it")(self.repaints)
        self.app.action("menu")(self.starts_again)
        self.app.view("all_fields")(self.takes)
        self.app.view("one_more")(self.finishes)

    async def opens(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        """Everything in one modal."""
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal("All fields", TOP, *FIELDS))

    async def searches(self, ack: AsyncAck, payload: Json) -> None:
        """Two shops in two groups that begin with whatever is typed."""
        typed = payload["value"].capitalize()
        groups = [{"label": plain(f"Group {n}"), "options": [option(f"{typed} {n}")]} for n in (1, 2)]
        await ack(option_groups=groups)

    async def repaints(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        """The colour that was chosen, said on top; all else stays."""
        await ack()
        chosen = body["actions"][0]["selected_option"]["text"]["text"]
        said = {"type": "section", "block_id": "said", "text": plain(f"{chosen} it is")}
        await client.views_update(view_id=body["view"]["id"], view=modal("All fields", said, TOP, *FIELDS))

    async def starts_again(self, ack: AsyncAck, body: Json) -> None:
        """What was chosen in the menu."""
        await ack()
        self.heard.append(body["actions"][0]["selected_option"]["value"])

    async def takes(self, ack: AsyncAck, view: Json) -> None:
        """Three are wrong; everything else is asked about once more."""
        values = {block: held["it"] for block, held in view["state"]["values"].items()}
        self.heard.append(values)
        if values["count"]["value"] == "3":
            await ack(response_action="errors", errors={"count": "Three are too many."})
        else:
            await ack(response_action="push", view=modal("One more", field("Why", "plain_text_input")))

    async def finishes(self, ack: AsyncAck) -> None:
        """All modals go."""
        await ack(response_action="clear")


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def other(stage: Stage) -> AsyncGenerator[AnotherApp]:
    """The other app, connected in place of the bot."""
    slack = stage.simulator.slack
    other = AnotherApp(AsyncWebClient(slack.bot_token, base_url=slack.base_url))
    handler = AsyncSocketModeHandler(other.app, slack.app_token, web_client=other.app.client)
    await handler.connect_async()  # type: ignore[no-untyped-call] # slack_bolt has no types here
    await slack.socket_mode.connected()
    yield other
    await handler.close_async()  # type: ignore[no-untyped-call] # nor here


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def address(stage: Stage, other: AnotherApp) -> AsyncGenerator[str]:  # noqa: ARG001 - only to be there
    """The playground's address; our bot is not started."""
    async with serve(stage, 0) as address:
        yield address


async def test_every_kind_of_field_reaches_the_app(page: Page, stage: Stage, other: AnotherApp) -> None:
    """Filled in with mouse and keyboard, updated, refused with an error, pushed upon, cleared."""
    tab, form = page.tab, page.mia.modal
    choose = tab.get_by_role("option")
    await page.mia.column.get_by_role("button", name="Shortcuts").click()
    await tab.get_by_role("menuitem", name="Send a gift").click()
    await form.get_by_role("spinbutton", name="Count").fill("3")
    await form.get_by_role("combobox", name="Colleague").fill("ro")
    await choose.filter(has_text="Rob").click()
    await form.get_by_role("combobox", name="Colour").click()
    await choose.filter(has_text="Blue").click()
    await expect(form).to_contain_text("Blue it is")
    await expect(form.get_by_role("spinbutton", name="Count")).to_have_value("3")
    await form.get_by_role("combobox", name="Shop").fill("book")
    await expect(tab.get_by_role("listbox", name="Shop")).to_contain_text("Group 2")
    await tab.keyboard.press("ArrowDown")
    await tab.keyboard.press("Enter")
    await expect(form.get_by_role("combobox", name="Shop")).to_have_value("Book 2")
    await form.get_by_role("checkbox", name="Ribbon").check()
    await form.get_by_role("button", name="More").click()
    await tab.get_by_role("menuitem", name="Give up").click()

    await form.get_by_role("button", name="Go").click()
    count = form.get_by_role("spinbutton", name="Count")
    await expect(form).to_contain_text("Three are too many.")
    await expect(count).to_be_focused()
    await count.fill("4")
    await form.get_by_role("button", name="Go").click()
    await expect(form.filter(visible=True)).to_have_accessible_name("One more")
    await tab.keyboard.press("Escape")
    await expect(form).to_have_accessible_name("All fields")
    await expect(count).to_have_value("4")
    await form.get_by_role("button", name="Go").click()
    await form.get_by_label("Why").fill("because")
    await form.filter(visible=True).get_by_role("button", name="Go").click()
    await expect(form).to_have_count(0)

    given_up, first, second, third = other.heard
    assert given_up == "give up"
    assert (first["count"]["value"], second["count"]["value"], third) == ("3", "4", second)
    rob = next(person for person in stage.company.people.values() if person.name == "Rob")
    assert second["colleague"]["selected_user"] == rob.id
    assert second["colour"]["selected_option"]["value"] == "blue"
    assert second["shop"]["selected_option"]["value"] == "book 2"
    assert second["day"]["selected_date"] == "2026-01-31"
    assert [one["value"] for one in second["extras"]["selected_options"]] == ["ribbon"]
    assert second["channel"]["selected_conversation"] is None


async def test_what_the_bot_has_no_use_for_yet_is_drawn_all_the_same(page: Page, stage: Stage) -> None:
    """Rich text, a choice among several, a time of day: nothing of it is missing from the screen."""
    piece = {"type": "text", "text": "bold", "style": {"bold": True}}
    blocks: list[Json] = [
        {"type": "header", "block_id": "1", "text": plain("A header")},
        {
            "type": "rich_text",
            "block_id": "2",
            "elements": [
                {"type": "rich_text_section", "elements": [piece]},
                {"type": "rich_text_list", "style": "bullet", "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "a point"}]},
                ]},
            ],
        },
        {
            "type": "actions",
            "block_id": "3",
            "elements": [
                {"type": "radio_buttons", "action_id": "1", "options": [option("One"), option("Two")]},
                {"type": "timepicker", "action_id": "2", "initial_time": "09:30", "placeholder": plain("When")},
                {"type": "multi_static_select", "action_id": "3", "options": [option("A")], "placeholder": plain("W")},
            ],
        },
    ]  # fmt: skip
    stage.simulator.slack.workspace.post(stage.company.general, "text", blocks)
    message = await page.mia.sees("A header")
    await expect(message.locator("strong", has_text="bold")).to_be_visible()
    await expect(message.get_by_role("listitem")).to_have_text("a point")
    await expect(message.get_by_role("radio", name="Two")).to_be_visible()
    await expect(message.get_by_label("When")).to_have_value("09:30")
    await expect(message.get_by_role("combobox", name="W")).to_be_visible()
