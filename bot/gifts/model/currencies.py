"""PURE: the world's currencies: how many decimal places each has, and which one a country pays in.

The places are a table of our own, so that no upgrade of a library changes what an amount is worth: CLDR's, which Babel
has, are those that people see, and change (those of HUF, IDR, COP and RSD did with Babel 2.19).
Source: ISO 4217, List One, as published on 2026-01-01, and List Three for what was withdrawn since 2020, which old
requests and catalogues may still name. Codes without minor units (metals, tests) are no gift's currency.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from babel.numbers import get_territory_currencies

_IN_USE: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    2: "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP"
    " CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES"
    " KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK"
    " NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB"
    " TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG",
    3: "BHD IQD JOD KWD LYD OMR TND",
}
_FUNDS: Final = {0: "UYI", 2: "BOV CHE CHW COU MXV USN XAD", 4: "CLF UYW"}  # units of account
_WITHDRAWN: Final = {2: "ANG BGN CUC HRK SLL ZWL"}


def _by_code(*tables: Mapping[int, str]) -> Mapping[str, int]:
    return MappingProxyType(
        {code: places for table in tables for places, codes in table.items() for code in codes.split()}
    )


PLACES: Final = _by_code(_IN_USE, _FUNDS, _WITHDRAWN)
IN_USE: Final = frozenset(_by_code(_IN_USE))
_NO_COUNTRIES: Final = {"EU", "EZ", "UN"}  # they have codes and currencies, and nobody lives there
_NEWER_THAN_BABEL: Final = {"BG": "EUR"}  # since 2026-01-01; Babel 2.18 does not know it yet


def currency_of(country: str) -> str | None:
    """The currency in use today in an ISO 3166 country, or None for no country that is known."""
    if not re.fullmatch("[A-Z]{2}", country) or country in _NO_COUNTRIES:
        return None
    return _NEWER_THAN_BABEL.get(country) or next(filter(IN_USE.__contains__, get_territory_currencies(country)), None)


def currency_in(country: str, settled: Mapping[str, str]) -> str:
    """In which currency gifts for an offered country are: as the company has settled it, else as people pay there."""
    currency = settled.get(country) or currency_of(country)
    assert currency is not None, "settings offer only countries with a currency"
    return currency
