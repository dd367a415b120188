"""OUT: how a text gives way where Slack would refuse it: whole lines first, and how many there were more.

Source: docs.slack.dev, Block Kit, the limits of each block and element. A text counts after escaping; what is ours
stays well below, as a translation may be longer.
"""

import unicodedata
from collections.abc import Sequence
from typing import Final

from handlers.localization import Language

LONGEST_TEXT: Final = 2400  # characters in a text object, of which Slack takes 3,000
LONGEST_TITLE: Final = 24  # of a modal, and on its two buttons
LONGEST_LABEL: Final = 75  # on a button, of an option, and for screen readers
_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)


def fitting(lines: Sequence[str], language: Language, most: int | None = None) -> str:
    """As many of these lines as fit into one text, at most `most` of them; then how many there are more."""
    kept = [shortened(line) for line in lines[:most]]
    while True:
        left_out = len(lines) - len(kept)
        more = [language.say_many("and {count} more", "and {count} more", left_out)] if left_out else []
        text = "\n".join([*kept, *more])
        if len(text) <= LONGEST_TEXT or not kept:
            return text
        kept.pop()


def shortened(text: str) -> str:
    """A line of ours, cut at a space, which is inside no mention and no link."""
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 2].rpartition(' ')[0]} …"


def cut(text: str, most: int) -> str:
    """At most so many characters of what somebody wrote, not escaped yet, ending with a whole grapheme."""
    if len(text) <= most:
        return text
    return f"{text[: _boundary(text, most - 1)].rstrip()}…"


def in_pieces(text: str, size_of: Sequence[int], most: int = LONGEST_TEXT) -> list[str]:
    """All of a text, in as few pieces as fit; `size_of` has what each character counts."""
    pieces, begin, size = [], 0, 0
    for end, counts in enumerate(size_of):
        if size + counts > most:
            end_of_piece = _boundary(text, end, begin)
            pieces.append(text[begin:end_of_piece])
            size, begin = sum(size_of[end_of_piece:end]), end_of_piece
        size += counts
    return [*pieces, text[begin:]]


def _boundary(text: str, at: int, not_before: int = 0) -> int:
    """The last place up to `at` where one grapheme ends; `at` itself where one is too long to be kept whole."""
    for place in range(at, not_before, -1):
        if not _continues(text, place):
            return place
    return at


def _continues(text: str, at: int) -> bool:
    """Whether a character belongs to the grapheme of the one before it."""
    sign = text[at]
    is_mark = unicodedata.category(sign) in {"Mn", "Me", "Mc"} or ord(sign) in _SKIN_TONES
    return is_mark or sign == _JOINER or text[at - 1] == _JOINER
