"""What was given by whom, to whom and from what, month by month: budgets are judged by these sums."""

from bot.gifts.budgets import Account, accounts_of
from bot.gifts.gift import Gift, Request
from bot.gifts.money import Money
from storage.db import Database

_COUNT_IN = (
    "INSERT INTO spending (per, subject, currency, month, minor, gifts) VALUES (?, ?, ?, ?, ?, 1)"
    " ON CONFLICT DO UPDATE SET minor = minor + excluded.minor, gifts = gifts + 1"
)
_TAKE_OUT = (
    "UPDATE spending SET minor = minor - ?, gifts = gifts - 1"
    " WHERE per = ? AND subject = ? AND currency = ? AND month = ?"
)
_SUMS = (
    "SELECT coalesce(sum(minor), 0) AS minor, coalesce(sum(gifts), 0) AS gifts FROM spending"
    " WHERE per = ? AND subject = ? AND currency = ? AND month BETWEEN ? AND ?"
)


class SpendingTable:
    """Sums of what is reserved for gifts, kept with every change of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reserve(self, request: Request, gift: Gift) -> bool:
        """Count a gift in; False, and nothing changed, when it is already."""
        minor = request.value.minor
        reserved = "UPDATE gifts SET reserved_minor = ? WHERE id = ? AND reserved_minor = 0"
        if not self._database.change(reserved, (minor, gift.id)):
            return False
        for account in accounts_of(request, gift.recipient):
            self._database.change(_COUNT_IN, (*_key(account), request.month, minor))
        return True

    def release(self, request: Request, gift: Gift) -> None:
        """Take out what is reserved for a gift, if anything is."""
        row = self._database.row("SELECT reserved_minor FROM gifts WHERE id = ?", (gift.id,))
        if row and row["reserved_minor"]:
            self._database.change("UPDATE gifts SET reserved_minor = 0 WHERE id = ?", (gift.id,))
            for account in accounts_of(request, gift.recipient):
                self._database.change(_TAKE_OUT, (row["reserved_minor"], *_key(account), request.month))

    def used(self, account: Account, first_month: str, last_month: str) -> Money:
        """What an account has given in these months."""
        row = self._database.row(_SUMS, (*_key(account), first_month, last_month))
        return Money(row["minor"] if row else 0, account.currency)

    def gifts(self, account: Account, first_month: str, last_month: str) -> int:
        """How many gifts an account has given in these months."""
        row = self._database.row(_SUMS, (*_key(account), first_month, last_month))
        return row["gifts"] if row else 0


def _key(account: Account) -> tuple[str, str, str]:
    return account.per, account.subject, account.currency
