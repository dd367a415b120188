"""Step 7: each amount with the decimal places that it was written with, and each shelf with its currency."""

from sqlite_utils.db import Database

# Frozen: all amounts of the steps before were written with the places that Babel 2.18 gives their currencies. What a
# later Babel or ISO 4217 says is about later amounts.
_EXPONENT = """
    CASE
        WHEN currency IN ('ADP', 'AFN', 'ALL', 'BIF', 'BYR', 'CLP', 'DJF', 'ESP', 'GNF', 'IQD', 'IRR', 'ISK', 'ITL',
            'JPY', 'KMF', 'KPW', 'KRW', 'LAK', 'LBP', 'LUF', 'MGA', 'MGF', 'MMK', 'MRO', 'PYG', 'RSD', 'RWF', 'SLL',
            'SOS', 'STD', 'SYP', 'TMM', 'TRL', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF', 'YER', 'ZMK', 'ZWD')
            THEN 0
        WHEN currency IN ('BHD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 3
        WHEN currency IN ('CLF', 'UYW') THEN 4
        ELSE 2
    END
"""

# SQLite wants a default for a column that is added; nothing is ever written without naming the exponent.
_STATEMENTS = (
    "ALTER TABLE requests ADD COLUMN exponent INTEGER NOT NULL DEFAULT 2 CHECK (exponent BETWEEN 0 AND 4)",
    f"UPDATE requests SET exponent = {_EXPONENT}",  # noqa: S608 - constants
    "ALTER TABLE orders ADD COLUMN exponent INTEGER NOT NULL DEFAULT 2 CHECK (exponent BETWEEN 0 AND 4)",
    f"UPDATE orders SET exponent = {_EXPONENT}",  # noqa: S608 - likewise
    """
    ALTER TABLE gifts
    ADD COLUMN reserved_exponent INTEGER NOT NULL DEFAULT 2 CHECK (reserved_exponent BETWEEN 0 AND 4)
    """,
    "UPDATE gifts SET reserved_exponent = exponent FROM requests WHERE requests.id = request_id",
    """
    CREATE TABLE tallies_anew (
        person         TEXT NOT NULL,
        month          TEXT NOT NULL CHECK (length(month) = 7),
        currency       TEXT NOT NULL CHECK (length(currency) = 3),
        exponent       INTEGER NOT NULL CHECK (exponent BETWEEN 0 AND 4),
        yes            INTEGER NOT NULL,
        approved_minor INTEGER NOT NULL,
        no             INTEGER NOT NULL,
        declined_minor INTEGER NOT NULL,
        PRIMARY KEY (person, month, currency, exponent)
    ) STRICT, WITHOUT ROWID
    """,
    f"""
    INSERT INTO tallies_anew
    SELECT person, month, currency, {_EXPONENT}, yes, approved_minor, no, declined_minor FROM tallies
    """,  # noqa: S608 - likewise
    "DROP TABLE tallies",
    "ALTER TABLE tallies_anew RENAME TO tallies",
    """
    CREATE TABLE spending_anew (
        per      TEXT NOT NULL,
        subject  TEXT NOT NULL,
        currency TEXT NOT NULL CHECK (length(currency) = 3),
        month    TEXT NOT NULL CHECK (length(month) = 7),
        exponent INTEGER NOT NULL CHECK (exponent BETWEEN 0 AND 4),
        minor    INTEGER NOT NULL CHECK (minor >= 0),
        gifts    INTEGER NOT NULL CHECK (gifts >= 0),
        PRIMARY KEY (per, subject, currency, month, exponent)
    ) STRICT, WITHOUT ROWID
    """,
    f"""
    INSERT INTO spending_anew SELECT per, subject, currency, month, {_EXPONENT}, minor, gifts FROM spending
    """,  # noqa: S608 - likewise
    "DROP TABLE spending",
    "ALTER TABLE spending_anew RENAME TO spending",
    # the catalogue is read anew within a minute of the start, with its exponents
    "DROP TABLE shelves",
    """
    CREATE TABLE shelves (
        country  TEXT PRIMARY KEY CHECK (length(country) = 2),
        currency TEXT NOT NULL CHECK (length(currency) = 3),
        products TEXT NOT NULL,
        read_at  TEXT NOT NULL
    ) STRICT
    """,
)


def exponents(database: Database) -> None:
    """Amounts keep what they are worth, whatever a library says later about their currency."""
    for statement in _STATEMENTS:
        database.execute(statement)
