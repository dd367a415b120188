"""What is done again and again is noted at the start; what the gift card service says by itself is looked at now."""

from bot.gifts.model.job import Task
from bot.gifts.ports import Clock, GiftCards
from bot.gifts.store import Store


class Upkeep:
    """Notes work, and does none: a message from outside changes nothing but when something is looked at."""

    def __init__(self, store: Store, giftcards: GiftCards, clock: Clock) -> None:
        self._store = store
        self._giftcards = giftcards
        self._clock = clock

    def begin(self) -> None:
        """Note what is done again and again, at every start of the bot; the catalogue is read at once."""
        with self._store.write():
            self._store.work.begin(Task.HEAD, self._clock.now())
            self._store.work.begin(Task.RECALL, self._clock.now())
            self._store.work.hurry_all(Task.CHASE, self._clock.now())  # the policy may be another one
            if self._giftcards.has_catalogue:
                self._store.work.begin(Task.STOCK, self._clock.now())
                self.hear_of_products()

    def hear_of_order(self, order_id: str) -> None:
        """Something has become of an order: what waits for that is done now."""
        if gift_id := self._store.orders.gift_of(order_id):
            with self._store.write():
                self._store.work.hurry({Task.ORDER, Task.DELIVER, Task.CHECK}, gift_id, self._clock.now())

    def hear_of_products(self) -> None:
        """Something in the catalogue is different: it is read now."""
        with self._store.write():
            self._store.work.hurry({Task.STOCK}, "", self._clock.now())
