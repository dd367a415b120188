"""How the tables came to be, step by step. A step that has been released is never edited: a new one follows it."""

from sqlite_utils import Migrations

from storage.migrations.after_delivery import after_delivery
from storage.migrations.approvals_and_budgets import approvals_and_budgets
from storage.migrations.exponents import exponents
from storage.migrations.first_tables import first_tables
from storage.migrations.lighter_history import lighter_history
from storage.migrations.look_up_by_slacks_clock import look_up_by_slacks_clock
from storage.migrations.seals_of_the_history import seals_of_the_history
from storage.migrations.unknown_orders import unknown_orders

STEPS = (
    first_tables,
    after_delivery,
    seals_of_the_history,
    approvals_and_budgets,
    lighter_history,
    unknown_orders,
    exponents,
    look_up_by_slacks_clock,
)

migrations = Migrations("giftbot")
for step in STEPS:
    migrations()(step)
