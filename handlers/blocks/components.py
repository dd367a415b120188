"""Small pieces of text and blocks that all of Slack's surfaces share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import SecretStr
from slack_sdk.models.blocks import (
    Block,
)

from bot.gifts.model.approval_route import Route
from bot.gifts.model.gift import MACHINE, Gift, Request, RequestState
from bot.gifts.model.text import ListOf, Part, Words, say, say_many
from handlers.blocks.block_kit import Json, RawBlock, button, confirmation, plain
from handlers.blocks.bounds import cut, in_pieces
from handlers.ids import ActionId
from handlers.localization import Language, mention

_MOST_NAMED = 10
_LONGEST_IN_A_LIST = 300  # characters
_OUTCOMES = {
    RequestState.APPROVED: say(":white_check_mark: Approved by {person}, {when}"),
    RequestState.DECLINED: say(":no_entry_sign: Declined by {person}, {when}"),
    RequestState.CANCELLED: say(":leftwards_arrow_with_hook: Cancelled by {person}, {when}"),
    RequestState.EXPIRED: say(":alarm_clock: Expired, as nobody decided in time, {when}"),
}
_BY_RULE = say(":white_check_mark: Approved by the rule “{rule}”, {when}")


@dataclass(frozen=True, slots=True)
class Card:
    """A message as Slack takes it; `text` is what notifications and screen readers show."""

    text: str
    blocks: Sequence[Block]


def mentions(slack_ids: Iterable[str]) -> ListOf:
    """Several people or channels."""
    return ListOf(tuple(map(mention, slack_ids)))


def deciders(slack_ids: Sequence[str]) -> ListOf:
    """Who decides: a channel or some people, the first ten of them by name."""
    return some([mention(slack_id) for slack_id in slack_ids], with_or=True)


def some(things: Sequence[Part], *, with_or: bool = False) -> ListOf:
    """As many things as fit, the first ten of them one by one."""
    named = things[:_MOST_NAMED]
    if others := len(things) - len(named):
        return ListOf((*named, say_many("{count} other", "{count} others", others)), with_or)
    return ListOf(tuple(named), with_or)


def whose_turn(route: Route) -> Words | None:
    """Under which rule of several, which step it is, and how many have agreed to it."""
    if not (route.rule.name and route.step and route.position is not None):
        return None
    return say(
        "Rule “{rule}”, step {step} of {steps}: {given} of {needed} approvals from {pool}.",
        rule=escaped(route.rule.name),
        step=route.position + 1,
        steps=len(route.rule.steps),
        given=len(route.given_in(route.position)),
        needed=route.step.count,
        pool=escaped(route.step.pool),
    )


def outcome(request: Request) -> Words:
    """Who decided, and when."""
    decision = request.decision
    assert decision is not None, "it is told once it is decided"
    if request.state is RequestState.APPROVED and decision.by == MACHINE:
        return _BY_RULE.fill(rule=escaped(decision.note), when=decision.at)
    return _OUTCOMES[request.state].fill(person=mention(decision.by), when=decision.at)


def value_of(request: Request) -> Part:
    """The value of one gift, with what was chosen for it."""
    if request.product is None:
        return request.value
    return say("{value} ({product})", value=request.value, product=escaped(request.product.name))


def amount(request: Request, count: int) -> Part:
    """The value of so many of a request's gifts."""
    value = value_of(request)
    return value if count == 1 else say("{value} each", value=value)


def amount_in_total(request: Request) -> Part:
    """The value of each gift, with the total where there are several."""
    value = value_of(request)
    if len(request.gifts) == 1:
        return value
    return say("{value} each, {total} in total", value=value, total=request.total)


def escaped(text: str) -> str:
    """Somebody else's text in the middle of ours: it can mention nobody and be no link.

    Source: docs.slack.dev, Formatting message text, "Escaping text".
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def section(text: str, accessory: Json | None = None) -> RawBlock:
    """A paragraph in mrkdwn."""
    beside = {"accessory": accessory} if accessory else {}
    return RawBlock("section", text={"type": "mrkdwn", "text": text}, **beside)


def quote(text: str, language: Language) -> list[RawBlock]:
    """What a person wrote, as plain text, which can mention nobody and disguise no link; nothing for nothing.

    All of it, in several paragraphs where one would be too long for Slack.
    """
    if not text:
        return []
    said = language.say("“{text}”", text=text)
    return [RawBlock("section", text=plain(piece)) for piece in in_pieces(said, [len(escaped(sign)) for sign in said])]


def short_quote(text: str, language: Language) -> list[RawBlock]:
    """The beginning of it, for lists; the card and the gift have all of it."""
    return quote(cut(text, _LONGEST_IN_A_LIST), language)


def context(text: str) -> RawBlock:
    """A line in small print."""
    return RawBlock("context", elements=[{"type": "mrkdwn", "text": text}])


def approve_button(request: Request, language: Language) -> Json:
    """Approve, after a look at what it costs."""
    count = len(request.gifts)
    title = language.say_many("Send this gift?", "Send these gifts?", count)
    cost = language.say_many(
        "This orders {count} gift for {total} right away.",
        "This orders {count} gifts for {total} right away.",
        count,
        total=request.total,
    )
    approve = language.say("Approve")
    sure = confirmation(title, cost, approve, language.say("Not yet"))
    return button(approve, ActionId.APPROVE, carried(request), style="primary", confirm=sure)


def approve_with_button(request: Request, language: Language) -> Json:
    """Approve with a note, or a lower amount; a form then asks for them."""
    return button(language.say("Note or lower amount"), ActionId.APPROVE_WITH, carried(request))


def decline_button(request: Request, language: Language) -> Json:
    """Decline; a form then asks for the reason."""
    return button(language.say("Decline"), ActionId.DECLINE, carried(request), style="danger")


def carried(request: Request) -> str:
    """What a button that decides carries: the request, and the version of it that was looked at."""
    return f"{request.id}.{request.version}"


def edit_button(request: Request, language: Language) -> Json:
    """Change a request that is pending; its form then opens as it was filled in."""
    return button(language.say("Change"), ActionId.EDIT, carried(request))


def open_gift_button(link: SecretStr, language: Language) -> Json:
    """Opens the gift; only ever on its recipient's screen."""
    return button(language.say("Open your gift"), ActionId.OPEN_GIFT, style="primary", url=link.get_secret_value())


def show_again_button(gift: Gift, text: str) -> Json:
    """Lets a gift's recipient see it once more."""
    return button(text, ActionId.SHOW_AGAIN, gift.id)
