"""PURE: the public holidays of a country or region, by its ISO code, as the library `holidays` works them out."""

from collections.abc import Container
from datetime import date
from functools import lru_cache


@lru_cache
def public_holidays(code: str) -> Container[date]:
    """The public holidays of a country ("GB") or region ("GB-SCT", "DE-BY"), in every year that is asked about.

    Source of the codes: ISO 3166-1 and -2, as holidays.readthedocs.io lists them.

    Raises:
        LookupError: the library knows no such country, or no such region of it; the words say which it knows.
    """
    import holidays  # takes as long as a tenth of a start, and most companies name no country

    country, dash, region = code.partition("-")
    regions = holidays.list_supported_countries(include_aliases=False).get(country)
    if regions is None:
        raise LookupError("is no country with known holidays, please use a code such as GB, GB-SCT or DE-BY")
    if dash and region not in regions:
        known = f"please use one of {', '.join(regions)}" if regions else "please use the country alone"
        raise LookupError(f"names a region of {country} whose holidays are not known: {known}")
    return holidays.country_holidays(country, subdiv=region or None)
