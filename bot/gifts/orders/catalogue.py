"""What can be bought in each country: kept in memory and in the database, read anew every hour in the background."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType

from cachetools import TTLCache

from bot.gifts.model.currencies import currency_in
from bot.gifts.model.job import Completed, Job, Reschedule
from bot.gifts.model.outcomes import Rejected, Unavailable
from bot.gifts.model.product import CountryCatalogue, Product
from bot.gifts.ports import Clock, GiftCards
from bot.gifts.store import Store

FRESH = timedelta(hours=1)
ANEW = timedelta(minutes=50)  # before the hour is over, so that no order waits for the catalogue
SOON = timedelta(minutes=5)  # until another try where something could not be read


class Catalogue:
    """A shelf a country, in the currency that the company has set for it in `currencies`, or in which things are sold.

    Forms show what is known and never wait; an order is made from what is fresh.
    """

    def __init__(
        self,
        store: Store,
        giftcards: GiftCards,
        clock: Clock,
        countries: Sequence[str],
        currencies: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._store = store
        self._giftcards = giftcards
        self._clock = clock
        self._countries = countries
        self._currencies = currencies
        self._shelves: dict[
            str, CountryCatalogue
        ] = {}  # as this process has read them; what the database has may be of another account
        self._fresh = TTLCache[str, CountryCatalogue](max(len(countries), 1), FRESH.total_seconds(), clock.monotonic)
        self._reading: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @property
    def is_there(self) -> bool:
        """Whether the gift card service has one at all."""
        return self._giftcards.has_catalogue

    def known(self, country: str) -> CountryCatalogue | None:
        """The shelf as it was last read, however long ago; what another service had before counts for nothing."""
        if not self.is_there or country not in self._countries:
            return None
        return self._shelves.get(country) or self._store.catalogues.get(country)

    def sold_in(self) -> Sequence[str]:
        """The offered countries that something can be bought for, as far as is known; all while nothing is."""
        stocked = [country for country in self._countries if (shelf := self.known(country)) is None or shelf.products]
        return stocked or self._countries

    def currency_in(self, country: str) -> str:
        """In which currency gifts for an offered country are."""
        shelf = self.known(country)
        return shelf.currency if shelf else self._currency_of(country, {})

    async def fresh(self, country: str) -> CountryCatalogue | Rejected | Unavailable:
        """The shelf as it was within the last hour; read now where it is older, once for all who ask meanwhile."""
        if shelf := self._fresh.get(country):  # nobody waits while it is read anew before it is old
            return shelf
        async with self._reading[country]:
            return self._fresh.get(country) or await self._read(country)

    async def stock(self, _work: Job) -> Completed | Reschedule:
        """Keep it fresh, again and again, for forms and orders."""
        if not self.is_there:  # it was another service's
            return Completed()
        return Reschedule(ANEW if await self.refresh() else SOON)

    async def refresh(self) -> bool:
        """Read everything anew; False when something could not be read, which then stays as it is known."""
        sold = await self._giftcards.countries()
        if not isinstance(sold, frozenset):
            return False
        complete = True
        for country in self._countries:
            if country not in sold:
                self._keep(CountryCatalogue(country, self._currency_of(country, {}), (), self._clock.now()))
                continue
            async with self._reading[country]:
                complete &= isinstance(await self._read(country), CountryCatalogue)
        return complete

    async def _read(self, country: str) -> CountryCatalogue | Rejected | Unavailable:
        products = await self._giftcards.products(country)
        if isinstance(products, Rejected | Unavailable):
            return products
        currency = self._currency_of(country, products)
        return self._keep(CountryCatalogue(country, currency, products.get(currency, ()), self._clock.now()))

    def _currency_of(self, country: str, sold: Mapping[str, Sequence[Product]]) -> str:
        """The currency that is set; else the country's own, unless things are sold in another one only."""
        own = currency_in(country, self._currencies)
        if country in self._currencies or own in sold or not sold:
            return own
        return max(sold, key=lambda currency: len(sold[currency]))

    def _keep(self, shelf: CountryCatalogue) -> CountryCatalogue:
        with self._store.write():
            self._store.catalogues.save(shelf)
        self._shelves[shelf.country] = self._fresh[shelf.country] = shelf
        return shelf
