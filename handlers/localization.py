"""OUT: a reader's language: Words become text, with the numbers, amounts and lists as that reader writes them."""

from datetime import datetime
from decimal import Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.dates import format_datetime
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from bot.gifts.model.locales import babel_locale
from bot.gifts.model.text import ListOf, Mention, Part, Words, say, say_many

_CATALOGUES = Path(__file__).parent / "locales"
_PLAIN = Locale("en")


class Language:
    """How to say things to a reader of one of Slack's locales ("en-GB", "de-DE"); English where there is no other."""

    def __init__(self, locale: str) -> None:
        self.locale = locale
        self._writes = babel_locale(locale)
        self._catalogue = _catalogue(self._writes)
        is_theirs = self._writes.language == "en" or isinstance(self._catalogue, GNUTranslations)
        self._reads = self._writes if is_theirs else _PLAIN

    def say(self, text: str, /, **parts: Part) -> str:
        """A text with its parts, as `bot.gifts.model.text.say` takes them."""
        return self.render(say(text, **parts))

    def say_many(self, one: str, many: str, count: int, /, **parts: Part) -> str:
        """A text that depends on a number, as `bot.gifts.model.text.say_many` takes it."""
        return self.render(say_many(one, many, count, **parts))

    def render(self, part: Part) -> str:
        """Anything that can be a part of a text, and texts themselves."""
        match part:
            case str():
                return part
            case Words():
                return self._chosen(part).format(**{name: self.render(inner) for name, inner in part.parts.items()})
            case ListOf(items, with_or):
                every = [self.render(item) for item in items]
                return format_list(every, "or" if with_or else "standard", self._reads)
            case int():
                return format_decimal(part, locale=self._writes)
            case datetime():
                return self._moment(part)
            case Mention(slack_id):
                return mention(slack_id)
        return part.format(self.locale)

    def number(self, number: Decimal) -> str:
        """A number as this reader would type it: without a currency, and without signs between thousands."""
        return format_decimal(number, locale=self._writes, group_separator=False, decimal_quantization=False)

    def country(self, code: str) -> str:
        """The name of an ISO 3166 country."""
        name: str = (self._writes.territories or _PLAIN.territories).get(code, code)
        return name

    def _chosen(self, words: Words) -> str:
        if words.many is None or words.count is None:
            return self._catalogue.gettext(words.text)
        return self._catalogue.ngettext(words.text, words.many, words.count)

    def _moment(self, time: datetime) -> str:
        """A time that every reader sees in their own time zone.

        Source: docs.slack.dev, Formatting message text, "Date formatting".
        """
        fallback = f"{format_datetime(time, locale=self._writes)} UTC"
        return f"<!date^{int(time.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


def mention(slack_id: str) -> str:
    """A person, a user group or a channel, as Slack shows it."""
    if slack_id.startswith("S"):
        return f"<!subteam^{slack_id}>"
    return f"<#{slack_id}>" if slack_id.startswith(("C", "G")) else f"<@{slack_id}>"


def _catalogue(locale: Locale) -> NullTranslations:
    for name in (f"{locale.language}_{locale.territory}", locale.language):
        file = _CATALOGUES / f"{name}.po"
        if file.is_file():
            compiled = BytesIO()
            with file.open("rb") as source:
                write_mo(compiled, read_po(source))
            compiled.seek(0)
            return GNUTranslations(compiled)
    return NullTranslations()


@cache
def language_of(locale: str) -> Language:
    """The language of one of Slack's locales, of which there are few."""
    return Language(locale)


ENGLISH = language_of("en")
