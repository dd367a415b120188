"""PURE: a reader's locale, as Slack names it, in Babel's data."""

from contextlib import suppress
from functools import lru_cache

from babel import Locale, UnknownLocaleError

_SLACK_S_OWN = {"es-LA": "es-419"}  # Latin American Spanish; LA is Laos in everybody else's locales


@lru_cache
def babel_locale(locale: str) -> Locale:
    """Babel's locale for Slack's ("en-GB"): without the country where only the language is known, else English."""
    name = locale.replace("_", "-")
    for known in (_SLACK_S_OWN.get(name, name), name.partition("-")[0]):
        with suppress(UnknownLocaleError, ValueError):
            return Locale.parse(known, sep="-")
    return Locale("en")


def orders_dates(locale: Locale) -> bool:
    """Whether it says in which order its readers write day and month: English does so only with a country."""
    return locale.language != "en" or locale.territory is not None
