"""Everybody reads in their own language: catalogues are complete, German fits into Slack, and a story in German."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from pydantic import SecretStr

from bot.gifts.dashboard import Dashboard, DashboardView
from bot.gifts.model.audit_head import Head
from bot.gifts.model.business_hours import EscalationDelays
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import GiftState, RequestState
from bot.gifts.model.listing import RequestFilter
from bot.gifts.model.money import Money
from bot.gifts.model.notification import (
    AbsenceNotice,
    HeadNotice,
    Kind,
    Message,
    Notification,
    OrderHoldNotice,
    RestorationNotice,
)
from bot.gifts.model.order import Funds
from bot.gifts.model.order_hold import OrderHold
from bot.gifts.model.out_of_office import Absence
from bot.gifts.model.pagination import ON_A_PAGE, Page
from bot.gifts.model.people import Roster
from bot.gifts.model.restoration import Restoration
from bot.gifts.model.text import ListOf, say_many
from bot.sandbox.simulator import Fault
from bot.sandbox.simulator.slack.blockkit import check_message, check_view
from handlers.blocks.home_tab import home_view
from handlers.blocks.messages import render
from handlers.blocks.modals import asked_view, decline_form, gift_view, notice_view, waiting_view
from handlers.blocks.policy_summary import settings_view
from handlers.blocks.request_modal import product_options, request_form
from handlers.blocks.status import help_text, status_blocks, status_title
from handlers.localization import Language, language_of
from tests.harness.office import Office
from tests.test_cards import (
    ABE,
    ABOUT_GIFTS,
    ANA,
    CHANNEL,
    EVERYBODY,
    LINK,
    MEMORY,
    MIA,
    NOON,
    PREFILLS,
    STANDINGS,
    a_request,
    an_offer,
    desk,
    letter,
    mending_forms,
    overview,
)
from tests.test_policy_summary import LONG_POLICY, PATIENCE, SHORT_POLICY
from tests.tools.update_translations import CATALOGUES, up_to_date

GERMAN, BRITISH = language_of("de-DE"), language_of("en-GB")


# ---------------------------------------------------------------- catalogues


def catalogue(path: Path) -> Catalog:
    """A catalogue, read."""
    with path.open("rb") as source:
        return read_po(source)


def gaps(text: str) -> set[str]:
    """The names of a text's gaps, but for the number of things, which "one" need not name."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None} - {"count"}


def forms(text: str | list[str] | tuple[str, ...] | None) -> list[str]:
    """A text in all its forms: one, or as many as there are plurals."""
    return [text or ""] if isinstance(text, str | None) else list(text)


def faults(of: Catalog) -> Iterator[str]:
    """Texts that are not translated, or not with the same gaps in as many plural forms as the language has."""
    for message in of:
        if not message.id:
            continue
        english, theirs = forms(message.id), forms(message.string)
        if message.fuzzy:
            yield f"fuzzy: {english[0]}"
        elif not all(theirs):
            yield f"not translated: {english[0]}"
        elif len(theirs) != (of.num_plurals if message.pluralizable else 1):
            yield f"plural forms: {english[0]}"
        elif any(gaps(text) != gaps(english[-1]) for text in theirs):
            yield f"gaps: {english[0]}"


def test_there_is_a_catalogue() -> None:
    """German proves that it works; English is in the source."""
    assert "de" in [path.stem for path in CATALOGUES]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_catalogue_has_the_texts_of_the_source(path: Path) -> None:
    """Neither one too few nor one that nobody says any more."""
    assert path.read_bytes() == up_to_date(path), (
        "Run `.venv/bin/python -m tests.tools.update_translations` and translate what is new."
    )


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_every_text_is_translated(path: Path) -> None:
    """In full, with all its gaps, and in every plural form."""
    assert [*faults(catalogue(path))] == []


def test_what_is_wrong_in_a_catalogue_is_found() -> None:
    """A missing text, a doubtful one, another gap, and a plural form too few."""
    broken = Catalog(locale="de")
    broken.add("Retry")
    broken.add("Close", "Zu?", flags=["fuzzy"])
    broken.add("{value} each", "je {wert}")
    broken.add(("{count} other", "{count} others"), ("{count} weitere Person",))
    assert [*faults(broken)] == [
        "not translated: Retry",
        "fuzzy: Close",
        "gaps: {value} each",
        "plural forms: {count} other",
    ]


# ---------------------------------------------------------------- texts, numbers and lists


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en-GB", "1,234 others: £2,500.00 each"),
        ("de-DE", "1.234 weitere Personen: je 2.500,00\xa0£"),
        ("de-AT", "1.234 weitere Personen: je £\xa02.500,00"),
        ("de-CH", "1'234 weitere Personen: je £\xa02'500.00"),
        ("fr-FR", "1\u202f234 others: 2\u202f500,00\xa0£GB each"),
        ("no such locale", "1,234 others: £2,500.00 each"),
    ],
)
def test_a_reader_has_a_language_and_a_way_to_write_numbers(locale: str, text: str) -> None:
    """Where nobody has translated it, it is English with the reader's own numbers."""
    language = language_of(locale)
    others = say_many("{count} other", "{count} others", 1234)
    each = language.say("{value} each", value=Money(250000, "GBP", 2))
    assert language.say("{others}: {each}", others=others, each=each) == text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 weitere Personen"), (1, "1 weitere Person"), (2, "2 weitere Personen")]
)
def test_plurals_are_the_language_s_own(count: int, text: str) -> None:
    """As its catalogue says."""
    assert GERMAN.say_many("{count} other", "{count} others", count) == text


def test_a_list_is_in_the_language_of_its_text() -> None:
    """No "et" in an English sentence."""
    three = ListOf(("Abe", "Ana", "Rob"), with_or=True)
    assert [language_of(locale).render(three) for locale in ("en-GB", "de-DE", "fr-FR")] == [
        "Abe, Ana or Rob",
        "Abe, Ana oder Rob",
        "Abe, Ana, or Rob",
    ]


def test_a_moment_is_shown_in_its_reader_s_time_and_language() -> None:
    """By Slack itself; where it cannot, as the reader writes it."""
    assert GERMAN.render(NOON) == "<!date^1893499200^{date_short_pretty} {time}|01.01.2030, 12:00:00 UTC>"


def test_what_people_wrote_is_not_looked_into() -> None:
    """A note with braces in it stays what it is."""
    assert GERMAN.say("“{text}”", text="{text} {0} {") == "„{text} {0} {“"


# ---------------------------------------------------------------- every surface


def mails() -> Iterator[Notification]:
    """Every message, wherever things stand, for whoever reads it."""
    for kind in ABOUT_GIFTS:
        for state, gift_state in STANDINGS if kind is not Kind.DECISION else STANDINGS[1:]:
            for reader in (ABE, MIA):
                yield letter(kind, a_request("danke", state, gift_state), reader)
        one = a_request("", RequestState.APPROVED, GiftState.NEEDS_REVIEW)
        yield letter(kind, replace(one, gifts=one.gifts[:1], source=None))
    for balance in (100, 10**9):
        funds = Funds(Money(balance, "GBP", 2), Money(12345, "GBP", 2))
        yield replace(letter(Kind.CARD, a_request("danke")), funds=funds)
    for reason in (reason for reason in Reason if reason.holds):
        for currency in ("GBP", None):
            for ended_at in (None, NOON):
                about = Message("m", Kind.HOLD, None, (), CHANNEL, subject="h")
                yield OrderHoldNotice(about, OrderHold("h", reason, currency, NOON, NOON, ended_at))
    about = Message("m", Kind.RESTORED, None, (), CHANNEL, subject="r")
    yield RestorationNotice(about, Restoration("r", NOON, NOON))
    for count in (1, 1234):
        yield HeadNotice(Message("m", Kind.HEAD, None, (), CHANNEL, subject="h"), Head(count, "ab" * 32))
    for deputed in (Kind.STAND_IN, Kind.STAND_DOWN):
        yield AbsenceNotice(Message("m", deputed, None, (), MIA, subject="a"), Absence("a", ABE, MIA, NOON, NOON))


def views(language: Language) -> Iterator[dict[str, Any]]:
    """Every form, notice and list."""
    for prefill in (PREFILLS[0], PREFILLS[1], *PREFILLS[-3:]):
        offer = an_offer()
        yield request_form(MEMORY, prefill, offer, language)
        yield request_form(MEMORY, prefill, replace(offer, policy=replace(offer.policy, whole_amounts=True)), language)
    yield asked_view(a_request("danke"), EVERYBODY, language)
    yield decline_form(a_request("danke"), language)
    yield from mending_forms(a_request("danke"), language)
    yield gift_view(a_request("danke"), SecretStr(LINK), language)
    yield waiting_view(language)
    for reason in Reason:
        yield notice_view(reason.remedy, language)
    for standing in STANDINGS:
        full = desk([standing] * ON_A_PAGE)
        yield home_view(full, language)
        yield home_view(replace(full, holds=(), routes={}, to_decide=Page()), language)
    yield home_view(Dashboard(look=DashboardView(which=RequestFilter.EXPIRED), is_approver=True), language)
    yield home_view(Dashboard(), language)
    for roster in (Roster(), Roster(stand_ins={ABE: ANA})):
        yield settings_view(LONG_POLICY, PATIENCE, roster, language)
    yield settings_view(SHORT_POLICY, EscalationDelays(), Roster(), language)


def surfaces(language: Language) -> Iterator[dict[str, Any]]:
    """Everything that Slack shows, after Slack has taken it."""
    for mail in mails():
        card = render(mail, language)
        message = {"text": card.text, "blocks": [block.to_dict() for block in card.blocks]}
        check_message(message)
        yield message
    for view in views(language):
        check_view(view, view["type"])
        yield view
    yield {"text": help_text(language)}
    yield {"text": status_title(language), "blocks": status_blocks(overview(STANDINGS[:ON_A_PAGE]), language)}
    yield {"offered": product_options(None, "", language)}


def texts(thing: Any) -> Iterator[str]:
    """Every text that a person reads."""
    if isinstance(thing, list):
        for item in thing:
            yield from texts(item)
    elif isinstance(thing, dict):
        if isinstance(thing.get("text"), str):
            yield thing["text"]
        for name, item in thing.items():
            if name not in {"options", "initial_option"}:  # countries and products have names of their own
                yield from texts(item)


ENGLISH_WORDS = re.compile(
    r"\b(the|and|is|are|of|for|to|you|your|it|this|that|has|have|with|not|by|from|who|can|each|be|nothing)\b",
    re.IGNORECASE,
)
NOT_OURS = re.compile(r"<[^>]*>|`[^`]*`|^[“„].*[”“]$", re.DOTALL)  # markup, commands, and what people wrote
THE_SAME = {"Giftbot", "25"}


def test_slack_takes_everything_in_german_and_no_english_is_left() -> None:
    """Titles, buttons and texts are within Slack's limits, though German is longer, and nobody forgot one."""
    in_english = {text for surface in surfaces(BRITISH) for text in texts(surface)}
    in_german = {text for surface in surfaces(GERMAN) for text in texts(surface)}
    assert len(in_german) > 200
    assert in_english & in_german == THE_SAME
    assert [text for text in in_german if ENGLISH_WORDS.search(NOT_OURS.sub("", text))] == []


# ---------------------------------------------------------------- a story


@pytest.mark.usefixtures("bot")
async def test_each_reads_the_same_gift_in_their_own_language(office: Office) -> None:
    """Hans asks in German, Abe approves in English, and Greta receives in German."""
    hans, greta = (office.slack.add_person(name, locale="de-DE") for name in ("Hans", "Greta"))
    await hans.types("/gift @Greta 999 GBP danke für den Launch")
    form = await hans.sees_modal("Geschenk senden")
    await hans.submits()
    assert form.errors == {"Betrag pro Person": "Das größte Geschenk ist 250,00\xa0£ pro Person."}
    await hans.fills({"Betrag pro Person": "25"})
    await hans.submits()
    assert "25,00\xa0£. Jetzt entscheidet @" in (await hans.sees_modal("Geschenk angefragt")).text
    await hans.closes()

    assert "with a gift of £25.00" in (await office.abe.sees_message("would like to thank @Greta")).text_shown
    await office.approves()

    gift = await greta.sees_message("@Hans dankt dir mit einem Geschenk im Wert von 25,00\xa0£.")
    assert "„danke für den Launch“" in gift.text_shown
    assert "25,00\xa0£, per Direktnachricht" in (await hans.sees_message("@Greta hat dein Geschenk.")).text_shown
    await hans.types("/gift status")
    await hans.sees("zugestellt an @Greta")


async def test_whoever_the_bot_has_never_met_is_refused_in_their_language(office: Office) -> None:
    """Greta, who is no approver, clicks a card: she reads why not in German, the history has it in English."""
    greta = office.slack.add_person("Greta", locale="de-DE")
    approvals = office.slack.add_channel("open-approvals", [office.abe, greta], bot_in_it=True)
    async with office.open(giftbot_approvals_channel=approvals.id):
        await office.asks()
        await greta.sees("would like to thank")
        await greta.clicks("Approve", confirm=True)
        notice = await greta.sees_modal("Giftbot")
        assert "Über Geschenke entscheidet nur, wer sie genehmigen darf." in notice.text
        assert notice.text.endswith("Schließen")
        words = "Only an approver can decide about gifts. You are not on the list of approvers."
        assert office.refusals() == [(greta.id, words)]


@pytest.mark.usefixtures("bot")
async def test_a_person_is_not_kept_waiting_for_their_language(office: Office) -> None:
    """While Slack does not say who reads what, German readers read English."""
    greta = office.slack.add_person("Greta", locale="de-DE")
    office.slack.faults.arm("users.info", Fault.ERROR_BEFORE, times=10)
    await greta.types("/gift help")
    await greta.sees("An approver decides")
    office.slack.faults.clear()
    await greta.types("/gift help")
    await greta.sees("Wer Geschenke genehmigen darf, entscheidet")
