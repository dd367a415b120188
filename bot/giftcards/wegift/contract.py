"""What WeGift documents about errors, limits and idempotency keys: it is Runa by its former name, and says the same."""

from bot.giftcards.runa.contract import CONTRACT

__all__ = ["CONTRACT"]
