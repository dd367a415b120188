"""OUT: a budget as a bar, in words first: a phone breaks no line of it, and a screen reader begins with what counts."""

from bot.gifts.model.budget import Balance, Per, Span
from bot.gifts.model.text import Part, Words, say
from handlers.blocks.components import escaped
from handlers.localization import Language

_CELLS = 10


def bar(balance: Balance, month: str, language: Language) -> str:
    """How far a budget is used in the period of a month."""
    words = say(
        "*{budget}*, {period}: {used} of {cap} used",
        budget=_name(balance),
        period=Span(balance.budget.every, month),
        used=balance.used,
        cap=balance.cap,
    )
    return f"{language.render(words)}\n{_cells(balance)} {language.render(_rest(balance))}"


def _name(balance: Balance) -> Part:
    name = escaped(balance.budget.name)
    if balance.budget.per is Per.COST_CENTRE:
        return say("{budget} ({cost_centre})", budget=name, cost_centre=escaped(balance.subject))
    return name


def _cells(balance: Balance) -> str:
    """The last one is full only when all is used, and the first one as soon as anything is."""
    used, cap = balance.used.major, balance.cap.major
    full = min(_CELLS, max(int(_CELLS * used / cap), bool(used)))
    return "▓" * full + "░" * (_CELLS - full)


def _rest(balance: Balance) -> Words:
    if balance.used > balance.cap:
        return say("{over} too much", over=balance.used.less(balance.cap))
    return say("{left} left", left=balance.left) if balance.left.minor else say("nothing left")
