"""OUT: the forms about a gift that has stopped: a statement that it has no order, and why it is closed."""

from typing import Any

from slack_sdk.models.blocks import Block, CheckboxesElement, InputBlock, Option

from bot.gifts.approvals.resolve import StoppedGift
from bot.gifts.dashboard import DashboardView
from bot.gifts.model.errors import Field
from bot.gifts.model.order import Made
from bot.gifts.model.text import say
from handlers.blocks.block_kit import as_json
from handlers.blocks.bounds import LONGEST_LABEL, cut
from handlers.blocks.components import context, section, value_of
from handlers.blocks.modals import form, reason_input
from handlers.ids import INPUT, STATED, ViewId
from handlers.localization import Language, mention
from handlers.private_metadata import DecisionMemory

_CLOSED_FOR_GOOD = {
    Made.NO: say("Nothing was ordered for it. The gift ends here."),
    Made.PERHAPS: say(
        "*An order for it may exist*, and closing does not take that back. Please look at the gift card service first."
    ),
    Made.YES: say("*Its order exists and is paid*, and closing does not take that back."),
}


def order_anew_form(broken: StoppedGift, language: Language, look: DashboardView | None = None) -> dict[str, Any]:
    """The form in which somebody states that they looked; on the Home tab it remembers what they look at."""
    request, gift = broken.request, broken.gift
    warning = language.say(
        "*An order for it may exist*, and a second one is a second gift that is paid. Please look at the gift card "
        "service for an order of {value} since {when}; where orders have a description, it is `{gift}`.",
        value=request.value,
        when=request.created_at,
        gift=gift.id,
    )
    blocks: list[Block] = [
        section(_who_for_whom(broken, language)),
        section(warning),
        _statement(
            language.say("Your statement"),
            language.say("I looked at the gift card service: there is no such order."),
        ),
        reason_input(
            language.say("Where you looked, and what you saw"), language.say("It stays on the record, with your name.")
        ),
    ]
    title, submit = language.say("Order the gift anew"), language.say("Order anew")
    return form(ViewId.ORDER_ANEW, title, submit, _memory(broken, look), as_json(blocks), language)


def close_form(broken: StoppedGift, language: Language, look: DashboardView | None = None) -> dict[str, Any]:
    """The form that asks why a gift is closed, and what became of its money where that is not known."""
    blocks: list[Block] = [
        section(_who_for_whom(broken, language)),
        section(language.render(_CLOSED_FOR_GOOD[broken.made])),
        reason_input(language.say("Reason"), language.say("The requester reads it, and it stays on the record.")),
    ]
    if broken.may_be_spent:
        unspent = language.say("I looked at the gift card service: no money is spent.")
        blocks.append(_statement(language.say("Its money"), unspent, optional=True))
        blocks.append(context(language.say("Unless you tick this, its money stays counted in the budgets.")))
    title, submit = language.say("Close the gift"), language.say("Close the gift")
    return form(ViewId.CLOSE, title, submit, _memory(broken, look), as_json(blocks), language)


def _who_for_whom(broken: StoppedGift, language: Language) -> str:
    return language.say(
        "{requester} for {recipient}, {value}",
        requester=mention(broken.request.requester),
        recipient=mention(broken.gift.recipient),
        value=value_of(broken.request),
    )


def _statement(label: str, words: str, *, optional: bool = False) -> InputBlock:
    """One box to tick; unless it is `optional`, Slack lets nobody submit the form without it."""
    options = [Option(value=STATED, label=cut(words, LONGEST_LABEL))]
    element = CheckboxesElement(action_id=INPUT, options=options)
    return InputBlock(block_id=Field.STATEMENT, label=label, optional=optional, element=element)


def _memory(broken: StoppedGift, look: DashboardView | None) -> str:
    return DecisionMemory(carried=broken.gift.id, look=look).model_dump_json(exclude_defaults=True)
