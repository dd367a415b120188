"""How the tables came to be, step by step. A step that has been released is never edited: a new one follows it."""

from sqlite_utils import Migrations

from storage.migrations.m0001_initial import first_tables
from storage.migrations.m0002_redemption_and_catalogue import after_delivery
from storage.migrations.m0003_audit_hash_chain import seals_of_the_history
from storage.migrations.m0004_approval_steps_and_budgets import approvals_and_budgets
from storage.migrations.m0005_drop_history_of_gift_index import lighter_history
from storage.migrations.m0006_unknown_orders import unknown_orders
from storage.migrations.m0007_exponents import exponents
from storage.migrations.m0008_look_up_by_slacks_clock import look_up_by_slacks_clock
from storage.migrations.m0009_company_history import company_history
from storage.migrations.m0010_state_names import state_names

STEPS = (
    first_tables,
    after_delivery,
    seals_of_the_history,
    approvals_and_budgets,
    lighter_history,
    unknown_orders,
    exponents,
    look_up_by_slacks_clock,
    company_history,
    state_names,
)

migrations = Migrations("giftbot")
for step in STEPS:
    migrations()(step)
