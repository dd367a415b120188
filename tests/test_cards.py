"""Everything the bot shows, with the worst that people can write into it: Slack takes it, and nobody is fooled."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any, TypeVar
from uuid import UUID

import pytest
from pydantic import SecretStr

from bot.gifts.approvals.resolve import StoppedGift
from bot.gifts.dashboard import Dashboard, DashboardView, Overview
from bot.gifts.model.approval_route import Route
from bot.gifts.model.approval_rules import Rule, Step, one_of
from bot.gifts.model.audit_head import Head
from bot.gifts.model.budget import Balance, Budget, Per, Period
from bot.gifts.model.currencies import PLACES, currency_in, currency_of
from bot.gifts.model.failure_reasons import Reason, Scope
from bot.gifts.model.gift import Approval, Closing, Decision, Gift, GiftState, Request, RequestState
from bot.gifts.model.listing import DecisionRow, DecisionTotal, GiftLine
from bot.gifts.model.money import Money
from bot.gifts.model.notification import (
    AbsenceNotice,
    CardContext,
    HeadNotice,
    Kind,
    Message,
    Notification,
    OrderHoldNotice,
    RequestNotification,
    RestorationNotice,
)
from bot.gifts.model.order import Made
from bot.gifts.model.order_hold import OrderHold
from bot.gifts.model.out_of_office import Absence
from bot.gifts.model.pagination import ON_A_PAGE, Mark, Page, Place
from bot.gifts.model.people import Roster
from bot.gifts.model.policy import LONGEST_NOTE, LONGEST_REASON, MOST_RECIPIENTS, Policy
from bot.gifts.model.product import ChosenProduct, CountryCatalogue, Product
from bot.gifts.model.restoration import Restoration
from bot.sandbox.simulator.slack.blockkit import BLOCKS_IN_A_MESSAGE, check_message, check_view
from handlers.blocks.home_tab import home_view
from handlers.blocks.messages import render
from handlers.blocks.modals import asked_view, decline_form, gift_view, notice_view, waiting_view
from handlers.blocks.request_modal import Offer, product_options, request_form
from handlers.blocks.resolve_modals import close_form, order_anew_form
from handlers.blocks.status import help_text, status_blocks
from handlers.localization import Language, language_of
from handlers.prefill import Prefill
from handlers.private_metadata import FormMemory

T = TypeVar("T")
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
REQUEST_ID = "7f1c2c1e-4f57-4c0e-8a55-9b54a3f2f1d0"
LINK = "https://gifts.example.com/r/canary?token=1&next=2"
SOURCE = "https://acme.slack.com/archives/C0GENERAL/p1893499200000000"
VALUE = Money(13337, "GBP", 2)
MIA, ABE, ANA, CHANNEL = "U0MIA", "U0ABE", "U0ANA", "C0GENERAL"
EVERYBODY = [f"W{number:029}" for number in range(MOST_RECIPIENTS)]  # as long as an id may be
BRITISH = language_of("en-GB")
LOCALES = ["en-GB", "de-DE", "fr-FR", "ja-JP", "ar-EG", "no such locale"]

HOSTILE = {
    "nothing": "",
    "mentions of everybody": "<!channel> <!here|here> <!everyone>",
    "a mention": "<@U0EVE> <#C0SECRET|general> <!subteam^S0ALL>",
    "a disguised link": "<http://evil.test|your bank>",
    "escaped already": "&lt;!channel&gt; &amp;lt;!channel&amp;gt;",
    "a date that is a link": "<!date^0^today^http://evil.test|today>",
    "emphasis": "*bold* _italics_ ~gone~ `code` ```fence``` > quote",
    "a forged outcome": "no\n:white_check_mark: Approved by <@U0ABE>",
    "backwards": "\u202eevil\u202c \u200b \ufeff",
    "only ampersands": "&" * LONGEST_NOTE,
    "only brackets": "<" * LONGEST_NOTE,
    "as long as it may be": "x" * LONGEST_NOTE,
    "emoji": "\U0001f469\u200d\U0001f680" * (LONGEST_NOTE // 3),
    "lines": "a" + "\n" * (LONGEST_NOTE - 2) + "b",
}

# what may stand between angle brackets: people, channels, moments, and the link to the message that is thanked for
OURS = re.compile(
    r"<@[UW][A-Z0-9]+>|<#[CG][A-Z0-9]+>|<!date\^\d+\^[^|<>]+\|[^<>]+>"
    rf"|<{re.escape(SOURCE)}\|(this message|diese Nachricht)>"
)


def gifts(state: GiftState, reasons: Sequence[Reason] = tuple(Reason)) -> tuple[Gift, ...]:
    """Twenty-five gifts in a state, with every reason in turn where there is one."""
    stopped = state in {GiftState.FAILED, GiftState.NEEDS_REVIEW, GiftState.EXPIRED}
    return tuple(
        Gift(f"{number:08}-0000-4000-8000-000000000000", REQUEST_ID, person, state, 1, reason if stopped else None)
        for number, (person, reason) in enumerate(zip(EVERYBODY, cycle(reasons), strict=False))
    )


def a_request(
    note: str = "", state: RequestState = RequestState.PENDING, gift_state: GiftState = GiftState.WAITING
) -> Request:
    """A request for twenty-five people, with everything that a request can have."""
    reason = note[:LONGEST_REASON] if state is RequestState.DECLINED else ""
    decision = None if state is RequestState.PENDING else Decision(ABE, NOON, reason)
    return Request(
        REQUEST_ID, MIA, gifts(gift_state), VALUE, "GB", note, NOON, CHANNEL, SOURCE, state=state, decision=decision
    )


def standings() -> Iterator[tuple[RequestState, GiftState]]:
    """Where requests and their gifts can stand together."""
    yield RequestState.PENDING, GiftState.WAITING
    yield RequestState.DECLINED, GiftState.CANCELLED
    yield RequestState.CANCELLED, GiftState.CANCELLED
    for state in GiftState:
        if state is not GiftState.WAITING:
            yield RequestState.APPROVED, state


STANDINGS = list(standings())
ABOUT_THE_COMPANY = {Kind.HOLD, Kind.RESTORED, Kind.HEAD, Kind.STAND_IN, Kind.STAND_DOWN}
ABOUT_GIFTS = [kind for kind in Kind if kind not in ABOUT_THE_COMPANY]
TROUBLED = [GiftState.FAILED, GiftState.NEEDS_REVIEW]


def letter(kind: Kind, request: Request, to: str = ABE) -> RequestNotification:
    """What a message of this kind is made from."""
    about = request.gifts[:1] if kind in {Kind.GIFT, Kind.REMINDER, Kind.LAPSED, Kind.CLOSED} else request.gifts
    if kind is Kind.LAPSED:
        request = replace(request, gifts=gifts(GiftState.EXPIRED))
    if kind is Kind.CLOSED:
        closing = Closing(ABE, request.note or "they have left")
        request = replace(request, gifts=tuple(replace(gift, closing=closing) for gift in gifts(GiftState.CANCELLED)))
    link = SecretStr(LINK) if kind is Kind.GIFT else None
    message = Message("m", kind, request.id, tuple(gift.id for gift in about), to)
    route = POLICY.route(request, Roster())
    assert route
    brief = CardContext(route, is_open=request.state is RequestState.PENDING) if kind is Kind.CARD else None
    return RequestNotification(message, request, link, brief=brief)


def shown(letter: Notification, locale: str = "en-GB") -> dict[str, Any]:
    """The message as Slack gets it, after Slack has taken it."""
    card = render(letter, language_of(locale))
    message = {"text": card.text, "blocks": [block.to_dict() for block in card.blocks]}
    check_message(message)
    assert 0 < len(card.text) <= 4000, "Slack wants at most 4,000 characters for notifications"
    return message


def texts(thing: Any) -> Iterator[str]:
    """Every text that Slack would read as mrkdwn, wherever it stands."""
    if isinstance(thing, list):
        for item in thing:
            yield from texts(item)
    elif isinstance(thing, dict):
        is_message = "blocks" in thing and isinstance(thing.get("text"), str)
        if is_message or thing.get("type") == "mrkdwn":
            yield thing["text"]
        for item in thing.values():
            yield from texts(item)


def assert_harmless(thing: Any) -> None:
    """No mention and no link that the bot itself did not make, and none of its own cut in two."""
    for text in texts(thing):
        rest = OURS.sub("", text)
        assert "<" not in rest, rest
        assert ">" not in rest, rest


# ---------------------------------------------------------------- messages


@pytest.mark.parametrize("kind", ABOUT_GIFTS)
@pytest.mark.parametrize("note", HOSTILE.values(), ids=HOSTILE.keys())
def test_slack_takes_every_message_and_nobody_is_fooled(kind: Kind, note: str) -> None:
    """Whatever the note and the reason of a refusal say: within Slack's limits, and nothing of it is live."""
    assert_harmless(shown(letter(kind, a_request(note, RequestState.DECLINED, GiftState.CANCELLED), MIA)))
    if kind is not Kind.DECISION:
        assert_harmless(shown(letter(kind, a_request(note))))


@pytest.mark.parametrize("kind", ABOUT_GIFTS)
@pytest.mark.parametrize(("state", "gift_state"), STANDINGS[1:])
def test_slack_takes_every_message_wherever_things_stand(
    kind: Kind, state: RequestState, gift_state: GiftState
) -> None:
    """Messages are brought up to date later: each can be shown in every state, to every reader."""
    for reader in (ABE, MIA):
        assert_harmless(shown(letter(kind, a_request("thank you", state, gift_state), reader)))


@pytest.mark.parametrize("kind", ABOUT_GIFTS)
@pytest.mark.parametrize("locale", LOCALES)
def test_every_message_can_be_read_in_every_locale(kind: Kind, locale: str) -> None:
    """Amounts and lists are the reader's; no locale is too strange."""
    assert_harmless(shown(letter(kind, a_request("danke", RequestState.APPROVED, GiftState.NEEDS_REVIEW)), locale))


def test_what_people_wrote_is_read_as_they_wrote_it() -> None:
    """The note stands in its card, its gift and its announcement, letter for letter, as plain text."""
    for note in HOSTILE.values():
        for kind in (Kind.CARD, Kind.GIFT, Kind.ANNOUNCEMENT):
            message = shown(letter(kind, a_request(note)))
            quoted = [
                block["text"]["text"]
                for block in message["blocks"]
                if block.get("text", {}).get("type") == "plain_text"
            ]
            assert "".join(quoted) == (f"“{note}”" if note else "")


@pytest.mark.parametrize("kind", [Kind.CARD, Kind.DECISION])
def test_the_reason_of_a_refusal_is_read_in_full(kind: Kind) -> None:
    """Approvers and the requester read every word of it, though none of it is live."""
    reason = "<!channel> & <http://evil.test|bank>"
    message = shown(letter(kind, a_request(reason, RequestState.DECLINED, GiftState.CANCELLED), MIA))
    assert {"type": "plain_text", "text": f"“{reason}”", "emoji": True} in [
        block["text"] for block in message["blocks"] if "text" in block
    ]


@pytest.mark.parametrize("kind", ABOUT_GIFTS)
def test_the_link_is_in_the_gift_s_button_and_nowhere_else(kind: Kind) -> None:
    """Not in a text, not in what notifications show, and in no other message."""
    message = shown(letter(kind, a_request("thank you", RequestState.APPROVED, GiftState.ORDERED)))
    buttons = [element for block in message["blocks"] if block["type"] == "actions" for element in block["elements"]]
    links = [button.pop("url") for button in buttons if "url" in button]
    assert links == ([LINK] if kind is Kind.GIFT else [])
    assert "gifts.example.com" not in json.dumps(message)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_announcement_has_no_amount(locale: str) -> None:
    """Neither each, nor in total, in nobody's way of writing it."""
    for count in (1, 2, 25):
        request = a_request("thank you", RequestState.APPROVED, GiftState.DELIVERED)
        request = replace(request, gifts=request.gifts[:count])
        announcement = json.dumps(shown(letter(Kind.ANNOUNCEMENT, request, CHANNEL), locale), ensure_ascii=False)
        for amount in ("133", "337", "3334", "£", "GBP", VALUE.format(locale), request.total.format(locale)):
            assert amount not in announcement


def test_the_card_says_what_it_costs() -> None:
    """Each and in total, on the card and again before the click counts."""
    message = json.dumps(shown(letter(Kind.CARD, a_request("thank you"))), ensure_ascii=False)
    assert "£133.37 each, £3,334.25 in total" in message
    assert "This orders 25 gifts for £3,334.25 right away." in message


@pytest.mark.parametrize("state", [state for state in RequestState if state is not RequestState.PENDING])
def test_a_decided_card_has_no_buttons(state: RequestState) -> None:
    """Who decided and when stands in their place."""
    message = shown(letter(Kind.CARD, a_request("no", state)))
    assert "actions" not in [block["type"] for block in message["blocks"]]
    who = (
        "Expired, as nobody decided in time" if state is RequestState.EXPIRED else f"{state.value.title()} by <@{ABE}>"
    )
    assert who in json.dumps(message)


@pytest.mark.parametrize("reason", Reason)
def test_trouble_is_told_with_what_to_do(reason: Reason) -> None:
    """Approvers have the buttons that help; the requester reads it in their own words, without any."""
    request = replace(a_request(), state=RequestState.APPROVED, decision=Decision(ABE, NOON))
    request = replace(request, gifts=gifts(GiftState.NEEDS_REVIEW, [reason])[:1])
    helps = {"Retry": reason.can_retry, "Order anew": reason.can_order_anew, "Close": True}
    for reader in (ABE, MIA):
        message = json.dumps(shown(letter(Kind.TROUBLE, request, reader)), ensure_ascii=False)
        assert (f"{reason.words}. {reason.remedy}" if reader == ABE else f"{reason.for_requester}.") in message
        shown_buttons = [label for label in helps if f'"{label}"' in message]
        assert shown_buttons == [label for label, does_help in helps.items() if does_help and reader == ABE]


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason.can_order_anew])
def test_of_an_order_that_may_exist_nobody_reads_that_there_is_none(reason: Reason) -> None:
    """Neither its requester, who could ask for a second gift, nor an approver."""
    request = replace(a_request(), state=RequestState.APPROVED, decision=Decision(ABE, NOON))
    request = replace(request, gifts=gifts(GiftState.NEEDS_REVIEW, [reason])[:1])
    for reader in (ABE, MIA):
        message = json.dumps(shown(letter(Kind.TROUBLE, request, reader)))
        assert "nothing was ordered" not in message
        assert "new request" not in message


def test_a_notice_about_many_gifts_names_as_many_as_fit() -> None:
    """The others are on the Home tab, and it says how many they are."""
    message = json.dumps(shown(letter(Kind.TROUBLE, a_request("", RequestState.APPROVED, GiftState.NEEDS_REVIEW))))
    assert message.count('"Close"') == 20
    assert "And 5 others; the Home tab has all of them." in message


def test_trouble_that_is_over_has_no_button() -> None:
    """A gift that goes on says so."""
    message = json.dumps(shown(letter(Kind.TROUBLE, a_request("", RequestState.APPROVED, GiftState.DELIVERED))))
    assert "going on, it is delivered now" in message
    assert "Retry" not in message


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason.holds])
@pytest.mark.parametrize("ended_at", [None, NOON])
def test_a_hold_says_what_waits_and_why(reason: Reason, ended_at: datetime | None) -> None:
    """Which orders, for what reason, and what ends it; afterwards, that they go on."""
    hold = OrderHold("h", reason, "GBP" if reason.holds is Scope.CURRENCY else None, NOON, NOON, ended_at)
    message = shown(OrderHoldNotice(Message("m", Kind.HOLD, None, (), CHANNEL, subject="h"), hold))
    assert_harmless(message)
    what = "Orders in GBP" if hold.currency else "All orders"
    assert f"{what} {'go on' if ended_at else 'are on hold'}" in message["text"]
    assert str(reason.words) in json.dumps(message)


@pytest.mark.parametrize(
    ("kind", "words"), [(Kind.STAND_IN, "and you decide for them"), (Kind.STAND_DOWN, "no longer decide for")]
)
def test_a_deputy_reads_for_whom_and_until_when(kind: Kind, words: str) -> None:
    """As it begins and as it ends."""
    absence = Absence("a", ABE, ANA, NOON - timedelta(days=2), NOON, NOON - timedelta(days=1))
    message = shown(AbsenceNotice(Message("m", kind, None, (), ANA, subject="a"), absence))
    assert_harmless(message)
    assert f"<@{ABE}>" in message["text"]
    assert words in message["text"]


def test_a_restored_backup_is_told_with_what_follows_from_it() -> None:
    """What was lost, and that nothing is ordered unseen."""
    restoration = Restoration("r", NOON, NOON - timedelta(days=2))
    message = shown(RestorationNotice(Message("m", Kind.RESTORED, None, (), CHANNEL, subject="r"), restoration))
    assert_harmless(message)
    assert "A backup of my database was restored" in message["text"]
    assert "looked up at the gift card service before it is ordered" in json.dumps(message)


def test_the_head_of_the_history_comes_with_the_command_that_uses_it() -> None:
    """Whoever keeps the message can check later whether any line is missing."""
    message = shown(HeadNotice(Message("m", Kind.HEAD, None, (), CHANNEL, subject="h"), Head(1234, "ab" * 32)))
    assert "1,234 lines" in message["text"]
    assert f"giftbot audit verify --count 1234 --head {'ab' * 32}" in json.dumps(message)


# ---------------------------------------------------------------- forms

POLICY = Policy(
    rules=one_of({ABE, ANA}),
    countries=("GB", "US", "DE", "JP"),
    largest={currency: Money(25000, currency, PLACES[currency]) for currency in ("GBP", "USD", "EUR", "JPY")},
)
SHELF = CountryCatalogue(
    "GB",
    "GBP",
    (
        Product("BOOKS", "Books & <!channel>", Money(100, "GBP", 2), Money(10000, "GBP", 2)),
        Product("TEA", "Tea " + "x" * 200, values=(Money(1000, "GBP", 2), Money(2500, "GBP", 2))),
        *(Product(f"P{number}", f"Product {number}") for number in range(300)),
    ),
    NOON,
)
MEMORY = FormMemory(draft_id=UUID(REQUEST_ID), source=SOURCE)
PREFILLS = [
    Prefill(),
    Prefill(tuple(EVERYBODY), "25", "JP", "thank you", SOURCE),
    Prefill(tuple(f"U{number:029}" for number in range(60)), "9" * 1000, "GB", "x" * 4000),
    *(Prefill((EVERYBODY[0],), "£" * 30, "US", note) for note in HOSTILE.values()),
    *(
        Prefill(product=ChosenProduct(product.code, product.name), announce_in=CHANNEL)
        for product in SHELF.products[:3]
    ),
]


def an_offer(countries: Sequence[str] = POLICY.countries) -> Offer:
    """What a form offers, with all that can be bought in the first country."""
    currencies = {country: currency_in(country, {}) for country in countries}
    return Offer(POLICY, currencies, countries[0], SHELF, has_products=True)


@pytest.mark.parametrize("prefill", PREFILLS)
def test_slack_takes_every_form(prefill: Prefill) -> None:
    """Too many people, an endless amount or note: the form opens with what fits."""
    view = request_form(MEMORY, prefill, an_offer(), BRITISH)
    check_view(view, "modal")
    assert_harmless(view)
    people, _, _, amount, note, _ = (block["element"] for block in view["blocks"] if block["type"] == "input")
    assert people.get("initial_users", []) == list(prefill.recipients[:MOST_RECIPIENTS])
    assert amount.get("initial_value", "") == prefill.amount[:20]
    assert note.get("initial_value", "") == prefill.note[:LONGEST_NOTE]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_form_with_a_hundred_countries_is_taken(locale: str) -> None:
    """Each is named in the reader's language, with its currency."""
    pairs = [first + second for first in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for second in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    countries = tuple(country for country in pairs if currency_of(country))
    assert len(countries) > 200
    for start in (0, len(countries) - 100):
        view = request_form(MEMORY, Prefill(), an_offer(countries[start : start + 100]), language_of(locale))
        check_view(view, "modal")


def mending_forms(request: Request, language: Language) -> Iterator[dict[str, Any]]:
    """The forms about a gift that has stopped, whatever is known of its order."""
    for made in Made:
        broken = StoppedGift(request, replace(request.gifts[0], state=GiftState.NEEDS_REVIEW), made)
        yield close_form(broken, language)
        yield order_anew_form(broken, language)


@pytest.mark.parametrize("made", Made)
def test_the_form_that_closes_a_gift_says_whether_an_order_exists(made: Made) -> None:
    """Where it does, or may, its money stays counted unless somebody states that none is spent."""
    (gift, *_) = gifts(GiftState.NEEDS_REVIEW)
    view = json.dumps(close_form(StoppedGift(a_request(), gift, made), BRITISH))
    words = {
        Made.NO: "Nothing was ordered",
        Made.PERHAPS: "An order for it may exist",
        Made.YES: "Its order exists and is paid",
    }
    assert [known for known in Made if words[known] in view] == [made]
    assert ("no money is spent" in view) == (made is not Made.NO)


@pytest.mark.parametrize("note", HOSTILE.values(), ids=HOSTILE.keys())
def test_slack_takes_what_a_form_turns_into(note: str) -> None:
    """The request as it was kept, and the form that asks for a reason."""
    for view in (
        asked_view(a_request(note), EVERYBODY, BRITISH),
        decline_form(a_request(note), BRITISH),
        *mending_forms(a_request(note), BRITISH),
        gift_view(a_request(note), SecretStr(LINK), BRITISH),
        waiting_view(BRITISH),
    ):
        check_view(view, "modal")
        assert_harmless(view)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_form_can_be_read_in_every_locale(locale: str) -> None:
    """Countries, amounts and lists are the reader's."""
    for view in (
        request_form(MEMORY, PREFILLS[1], an_offer(), language_of(locale)),
        asked_view(a_request("danke"), [ABE, ANA], language_of(locale)),
        decline_form(a_request("danke"), language_of(locale)),
        *mending_forms(a_request("danke"), language_of(locale)),
    ):
        check_view(view, "modal")
        assert_harmless(view)


@pytest.mark.parametrize("reason", Reason)
def test_slack_takes_a_notice(reason: Reason) -> None:
    """What somebody is told who clicked in vain."""
    check_view(notice_view(reason.remedy, BRITISH), "modal")


def test_a_product_is_found_by_its_name() -> None:
    """Any of its words in any order, the recipient's choice first, and never more than Slack shows."""
    labels = [option["text"]["text"] for option in product_options(SHELF, "channel BOOKS", BRITISH)]
    assert labels == ["The recipient chooses", "Books & <!channel>"]
    assert len(product_options(SHELF, "", BRITISH)) == 100
    assert [len(option["text"]["text"]) for option in product_options(SHELF, "tea", BRITISH)] == [21, 75]
    assert [option["value"] for option in product_options(None, "tea", BRITISH)] == ["any"]


def test_the_amount_says_what_is_possible() -> None:
    """The chosen product's values, or those of everything that can be bought."""
    views = [
        request_form(MEMORY, prefill, an_offer(), BRITISH) for prefill in (PREFILLS[-3], PREFILLS[-2], PREFILLS[0])
    ]
    hints = [view["blocks"][4].get("hint", {}).get("text") for view in views]
    assert hints == ["£1.00 to £100.00", "£10.00 or £25.00", None]


# ---------------------------------------------------------------- lists


def overview(mine: Sequence[tuple[RequestState, GiftState]]) -> Overview:
    """As much as somebody can have: eight of their own, eight to decide, eight in trouble, of 25 gifts each."""
    notes = cycle(HOSTILE.values())
    own = [
        replace(a_request(note, *standing), id=f"own-{number}")
        for number, (standing, note) in enumerate(zip(mine, notes, strict=False))
    ]
    return Overview(
        mine=own,
        to_decide=[a_request(next(notes)) for _ in range(ON_A_PAGE)],
        in_trouble=[a_request(next(notes), RequestState.APPROVED, state) for state in (4 * TROUBLED)[:ON_A_PAGE]],
        received=[
            (a_request(next(notes), RequestState.APPROVED, GiftState.DELIVERED), gift)
            for gift in gifts(GiftState.DELIVERED)[:ON_A_PAGE]
        ],
        deciders={request.id: [ABE, ANA] for request in own},
        holds=[OrderHold("h", Reason.INSUFFICIENT_FUNDS, "GBP", NOON, NOON)],
    )


def desk(mine: Sequence[tuple[RequestState, GiftState]]) -> Dashboard:
    """As much as a Home tab can hold: each page is full, and has others before and behind."""
    short = overview(mine)
    ways = {request.id: way(request) for request in (*short.mine, *short.to_decide)}
    stopped = [GiftLine(request, gift, NOON) for request in short.in_trouble for gift in request.gifts]
    standings = cycle(STANDINGS)
    verdicts = [
        DecisionRow(a_request("", *next(standings)), version, NOON, is_yes)
        for version in (1, 2)
        for is_yes in (True, False)
    ]
    budgets = [Budget("&" * 75, per, every, {"GBP": VALUE}) for per, every in zip(Per, cycle(Period), strict=False)]
    return Dashboard(
        look=DashboardView(to_decide=Place(Mark(NOON, REQUEST_ID)), budgets=0),
        is_approver=True,
        mine=_middle(short.mine),
        to_decide=_middle(short.to_decide),
        in_trouble=_middle(stopped[:ON_A_PAGE]),
        routes=ways,
        menders=short.deciders,
        holds=short.holds,
        budgets=[Balance(budget, "&" * 75, Money(used, "GBP", 2), VALUE) for budget in budgets for used in (0, 20000)],
        month="2030-01",
        received=_middle([GiftLine(request, gift, NOON) for request, gift in short.received]),
        verdicts=_middle(verdicts),
        tallies=[DecisionTotal(1, VALUE, 1, VALUE), DecisionTotal(1234, VALUE, 1234, VALUE)],
    )


def _middle(lines: Sequence[T]) -> Page[T]:
    mark = Mark(NOON, REQUEST_ID)
    return Page(lines, Place(mark, back=True), Place(mark))


def way(request: Request, approvers: Sequence[str] = (ABE, ANA)) -> Route:
    """The second of two steps, with somebody's yes to the first."""
    rule = Rule("<!channel> & co", (Step("first & foremost"), Step("all", 2)))
    given = Approval(0, "first & foremost", MIA, "U0BOB", NOON, "fine")
    pools = {"first & foremost": frozenset({MIA}), "all": frozenset(approvers)}
    return Route(replace(request, approvals=(given,)), rule, pools, Roster())


@pytest.mark.parametrize("mine", [*([standing] * ON_A_PAGE for standing in STANDINGS), STANDINGS[:ON_A_PAGE], []])
def test_slack_takes_the_longest_list(mine: list[tuple[RequestState, GiftState]]) -> None:
    """`/gift status` stays within fifty blocks and the Home tab within a hundred, and nothing of it is live."""
    blocks = status_blocks(overview(mine), BRITISH)
    assert len(blocks) <= BLOCKS_IN_A_MESSAGE
    check_message({"text": "Where your gifts stand", "blocks": blocks})
    assert_harmless(blocks)
    view = home_view(desk(mine), BRITISH)
    check_view(view, "home")
    assert_harmless(view)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_list_can_be_read_in_every_locale(locale: str) -> None:
    """Also one of nothing."""
    check_view(home_view(desk(STANDINGS[:ON_A_PAGE]), language_of(locale)), "home")
    check_view(home_view(Dashboard(), language_of(locale)), "home")


@pytest.mark.parametrize("state", [state for request, state in STANDINGS if request is RequestState.APPROVED])
def test_a_requester_sees_where_each_gift_stands(state: GiftState) -> None:
    """Of all twenty-five: once in the title, and once with where the gift stands."""
    stopped = gifts(state, [Reason.INSUFFICIENT_FUNDS, Reason.NO_ANSWER])
    people = [f"U{number:010}" for number in range(MOST_RECIPIENTS)]  # as Slack's ids are
    named = tuple(replace(gift, recipient=person) for gift, person in zip(stopped, people, strict=True))
    request = replace(a_request("", RequestState.APPROVED), gifts=named)
    text = json.dumps(status_blocks(Overview([request], deciders={request.id: [ABE, ANA]}), BRITISH))
    assert [person for person in people if text.count(f"<@{person}>") < 2] == []


def test_a_company_may_have_many_approvers() -> None:
    """Where two hundred can decide, the form and the list still open."""
    many = [f"U{number:010}" for number in range(200)]
    check_view(asked_view(a_request("thank you"), many, BRITISH), "modal")
    for state in (RequestState.PENDING, RequestState.APPROVED):
        request = a_request("thank you", state, GiftState.NEEDS_REVIEW)
        blocks = status_blocks(Overview([request], deciders={request.id: many}), BRITISH)
        check_message({"text": "Where your gifts stand", "blocks": blocks})
        full = desk([])
        crowded = replace(
            full, mine=Page([request]), menders={request.id: many}, routes={request.id: way(request, many)}
        )
        check_view(home_view(crowded, BRITISH), "home")


def test_the_help_is_taken() -> None:
    """`/gift help` is one text."""
    text = help_text(BRITISH)
    check_message({"text": text, "blocks": []})
    assert_harmless({"blocks": [], "text": text})
