"""Small pieces of text and blocks that all of Slack's surfaces share."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from babel.lists import format_list
from pydantic import SecretStr
from slack_sdk.models.blocks import (
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from bot.gifts.gift import Gift, Request, RequestState
from bot.gifts.money import Money, babel_locale
from handlers.ids import ActionId

_MOST_NAMED = 10
_OUTCOMES = {
    RequestState.APPROVED: ":white_check_mark: Approved",
    RequestState.DECLINED: ":no_entry_sign: Declined",
    RequestState.CANCELLED: ":leftwards_arrow_with_hook: Cancelled",
}


def mention(slack_id: str) -> str:
    """A person or a channel, as Slack shows it."""
    return f"<#{slack_id}>" if slack_id.startswith(("C", "G")) else f"<@{slack_id}>"


def mentions(slack_ids: Iterable[str], locale: str) -> str:
    """Several people or channels as a list in the reader's language."""
    return format_list([mention(slack_id) for slack_id in slack_ids], locale=babel_locale(locale))


def deciders(slack_ids: Sequence[str], locale: str) -> str:
    """Who decides: a channel or some people, the first ten of them by name."""
    named = [mention(slack_id) for slack_id in slack_ids[:_MOST_NAMED]]
    others = len(slack_ids) - len(named)
    return format_list([*named, f"{others} others"] if others else named, "or", babel_locale(locale))


def moment(time: datetime) -> str:
    """A time that every reader sees in their own time zone.

    Source: docs.slack.dev, Formatting message text, "Date formatting".
    """
    fallback = time.strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(time.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


def outcome(request: Request) -> str:
    """Who decided, and when; nothing while nobody has."""
    decision = request.decision
    return f"{_OUTCOMES[request.state]} by {mention(decision.by)}, {moment(decision.at)}" if decision else ""


def value_of(request: Request, locale: str) -> str:
    """The value of one gift, with what was chosen for it."""
    value = request.value.format(locale)
    return f"{value} ({escaped(request.product.name)})" if request.product else value


def amount(request: Request, locale: str, count: int) -> str:
    """The value of so many of a request's gifts."""
    value = value_of(request, locale)
    return value if count == 1 else f"{value} each"


def amount_in_total(request: Request, locale: str) -> str:
    """The value of each gift, with the total where there are several."""
    count = len(request.gifts)
    total = "" if count == 1 else f", {request.total.format(locale)} in total"
    return amount(request, locale, count) + total


def escaped(text: str) -> str:
    """Somebody else's text in the middle of ours: it can mention nobody and be no link.

    Source: docs.slack.dev, Formatting message text, "Escaping text".
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def section(text: str, accessory: ButtonElement | None = None) -> SectionBlock:
    """A paragraph in mrkdwn."""
    return SectionBlock(text=MarkdownTextObject(text=text), accessory=accessory)


def quote(text: str) -> list[SectionBlock]:
    """What a person wrote, as plain text, which can mention nobody and disguise no link; nothing for nothing."""
    return [SectionBlock(text=PlainTextObject(text=f"“{text}”", emoji=True))] if text else []


def context(text: str) -> ContextBlock:
    """A line in small print."""
    return ContextBlock(elements=[MarkdownTextObject(text=text)])


def approve_button(request: Request, locale: str) -> ButtonElement:
    """Approve, after a look at what it costs."""
    total: Money = request.total
    count = len(request.gifts)
    gifts = "1 gift" if count == 1 else f"{count} gifts"
    return ButtonElement(
        text="Approve",
        style="primary",
        action_id=ActionId.APPROVE,
        value=request.id,
        confirm=ConfirmObject(
            title="Send this gift?" if count == 1 else "Send these gifts?",
            text=PlainTextObject(text=f"This orders {gifts} for {total.format(locale)} right away."),
            confirm="Approve",
            deny="Not yet",
        ),
    )


def open_gift_button(link: SecretStr) -> ButtonElement:
    """Opens the gift; only ever on its recipient's screen."""
    return ButtonElement(
        text="Open your gift", style="primary", action_id=ActionId.OPEN_GIFT, url=link.get_secret_value()
    )


def show_again_button(gift: Gift, text: str) -> ButtonElement:
    """Lets a gift's recipient see it once more."""
    return ButtonElement(text=text, action_id=ActionId.SHOW_AGAIN, value=gift.id)


def decline_button(request: Request) -> ButtonElement:
    """Decline; a form then asks for the reason."""
    return ButtonElement(text="Decline", style="danger", action_id=ActionId.DECLINE, value=request.id)
