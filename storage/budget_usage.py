"""What was given by whom, to whom and from what, month by month: budgets are judged by these sums."""

from functools import reduce

from bot.gifts.model.budget import Account, accounts_of
from bot.gifts.model.gift import Gift, Request
from bot.gifts.model.money import Money, nothing
from storage.database import Database

_COUNT_IN = (
    "INSERT INTO spending (per, subject, currency, month, exponent, minor, gifts) VALUES (?, ?, ?, ?, ?, ?, 1)"
    " ON CONFLICT DO UPDATE SET minor = minor + excluded.minor, gifts = gifts + 1"
)
_TAKE_OUT = (
    "UPDATE spending SET minor = minor - ?, gifts = gifts - 1"
    " WHERE per = ? AND subject = ? AND currency = ? AND month = ? AND exponent = ?"
)
_IN_MONTHS = (
    "SELECT minor, exponent, gifts FROM spending"
    " WHERE per = ? AND subject = ? AND currency = ? AND month BETWEEN ? AND ?"
)


class BudgetUsageTable:
    """Sums of what is reserved for gifts, kept with every change of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reserve(self, request: Request, gift: Gift) -> bool:
        """Count a gift in; False, and nothing changed, when it is already."""
        minor, exponent = request.value.minor, request.value.exponent
        reserved = "UPDATE gifts SET reserved_minor = ?, reserved_exponent = ? WHERE id = ? AND reserved_minor = 0"
        if not self._database.change(reserved, (minor, exponent, gift.id)):
            return False
        for account in accounts_of(request, gift.recipient):
            self._database.change(_COUNT_IN, (*_key(account), request.month, exponent, minor))
        return True

    def release(self, request: Request, gift: Gift) -> None:
        """Take out what is reserved for a gift, if anything is."""
        row = self._database.row("SELECT reserved_minor, reserved_exponent FROM gifts WHERE id = ?", (gift.id,))
        if row and row["reserved_minor"]:
            minor, exponent = row
            self._database.change("UPDATE gifts SET reserved_minor = 0 WHERE id = ?", (gift.id,))
            for account in accounts_of(request, gift.recipient):
                self._database.change(_TAKE_OUT, (minor, *_key(account), request.month, exponent))

    def used(self, account: Account, first_month: str, last_month: str) -> Money:
        """What an account has given in these months."""
        rows = self._database.rows(_IN_MONTHS, (*_key(account), first_month, last_month))
        amounts = (Money(row["minor"], account.currency, row["exponent"]) for row in rows)
        return reduce(Money.plus, amounts, nothing(account.currency))

    def gifts(self, account: Account, first_month: str, last_month: str) -> int:
        """How many gifts an account has given in these months."""
        rows = self._database.rows(_IN_MONTHS, (*_key(account), first_month, last_month))
        return sum(row["gifts"] for row in rows)


def _key(account: Account) -> tuple[str, str, str]:
    return account.per, account.subject, account.currency
