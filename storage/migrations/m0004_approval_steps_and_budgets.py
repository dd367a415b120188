"""Step 4: approval in steps, edits and expiry, budgets, and absent approvers."""

from sqlite_utils.db import Database

_STATEMENTS = (
    """
    CREATE TABLE requests_anew (
        id            TEXT PRIMARY KEY,
        version       INTEGER NOT NULL DEFAULT 1,
        requester     TEXT NOT NULL,
        value_minor   INTEGER NOT NULL CHECK (value_minor > 0),
        currency      TEXT NOT NULL CHECK (length(currency) = 3),
        asked_minor   INTEGER CHECK (asked_minor > value_minor),
        weighed_minor INTEGER CHECK (weighed_minor >= value_minor),
        country       TEXT NOT NULL CHECK (length(country) = 2),
        product_code  TEXT,
        product_name  TEXT CHECK ((product_name IS NULL) = (product_code IS NULL)),
        cost_centre   TEXT,
        month         TEXT NOT NULL DEFAULT '',
        note          TEXT NOT NULL,
        hashtag       TEXT,
        announce_in   TEXT,
        names_amount  INTEGER NOT NULL DEFAULT 0 CHECK (names_amount IN (0, 1)),
        source        TEXT,
        state         TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'declined', 'cancelled', 'expired')),
        waits_for     TEXT,
        in_trouble    INTEGER NOT NULL DEFAULT 0 CHECK (in_trouble >= 0),
        created_at    TEXT NOT NULL,
        decided_by    TEXT,
        decided_at    TEXT,
        decision_note TEXT,
        CHECK ((state = 'pending') = (decided_by IS NULL)),
        CHECK (state != 'approved' OR decided_by != requester)
    ) STRICT
    """,
    """
    INSERT INTO requests_anew (id, requester, value_minor, currency, weighed_minor, country, product_code, product_name,
        month, note, announce_in, source, state, waits_for, in_trouble, created_at, decided_by, decided_at,
        decision_note)
    SELECT id, requester, value_minor, currency,
        value_minor * max(1, (SELECT count(*) FROM gifts WHERE request_id = requests.id)),
        country, product_code, product_name, substr(created_at, 1, 7), note, announce_in, source, state,
        iif(state = 'pending', 'approvers', NULL),
        (SELECT count(*) FROM gifts WHERE request_id = requests.id AND gifts.state IN ('failed', 'parked')),
        created_at, decided_by, decided_at, decision_note
    FROM requests ORDER BY rowid
    """,
    "DROP TABLE requests",
    "ALTER TABLE requests_anew RENAME TO requests",
    # each list that a person is shown comes out of one of these in order, from any line of it on
    "CREATE INDEX requests_of_requester ON requests (requester, created_at, id)",
    "CREATE INDEX requests_of_requester_in_state ON requests (requester, state, created_at, id)",
    "CREATE INDEX requests_of_requester_in_trouble ON requests (requester, created_at, id) WHERE in_trouble > 0",
    "CREATE INDEX requests_pending ON requests (waits_for, created_at, id) WHERE state = 'pending'",
    "CREATE INDEX requests_declined ON requests (decided_by, decided_at, id) WHERE state = 'declined'",
    "DROP INDEX gifts_in_trouble",
    "DROP INDEX gifts_arrived",
    "CREATE INDEX gifts_in_trouble ON gifts (changed_at, id) WHERE state IN ('failed', 'parked')",
    "CREATE INDEX gifts_arrived ON gifts (recipient, changed_at, id) WHERE state IN ('delivered', 'claimed', 'lapsed')",
    """
    CREATE TABLE approvals (
        request_id   TEXT NOT NULL REFERENCES requests,
        version      INTEGER NOT NULL,
        step         INTEGER NOT NULL CHECK (step >= 0),
        pool         TEXT NOT NULL,
        given_by     TEXT NOT NULL,
        on_behalf_of TEXT NOT NULL,
        at           TEXT NOT NULL,
        note         TEXT NOT NULL,
        PRIMARY KEY (request_id, version, given_by),
        UNIQUE (request_id, version, on_behalf_of)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX approvals_of_person ON approvals (given_by, at, request_id)",
    """
    INSERT INTO approvals
    SELECT id, version, 0, 'approvers', decided_by, decided_by, decided_at, '' FROM requests WHERE state = 'approved'
    """,
    """
    CREATE TABLE tallies (
        person         TEXT NOT NULL,
        month          TEXT NOT NULL CHECK (length(month) = 7),
        currency       TEXT NOT NULL CHECK (length(currency) = 3),
        yes            INTEGER NOT NULL,
        approved_minor INTEGER NOT NULL,
        no             INTEGER NOT NULL,
        declined_minor INTEGER NOT NULL,
        PRIMARY KEY (person, month, currency)
    ) STRICT, WITHOUT ROWID
    """,
    """
    INSERT INTO tallies
    SELECT decided_by, substr(decided_at, 1, 7), currency,
        count(*) FILTER (WHERE state = 'approved'), coalesce(sum(weighed_minor) FILTER (WHERE state = 'approved'), 0),
        count(*) FILTER (WHERE state = 'declined'), coalesce(sum(weighed_minor) FILTER (WHERE state = 'declined'), 0)
    FROM requests WHERE state IN ('approved', 'declined') GROUP BY 1, 2, 3
    """,
    # what was reserved for a gift in its request's month; released, it is 0
    "ALTER TABLE gifts ADD COLUMN reserved_minor INTEGER NOT NULL DEFAULT 0 CHECK (reserved_minor >= 0)",
    """
    UPDATE gifts SET reserved_minor = value_minor FROM requests
    WHERE requests.id = request_id AND gifts.state NOT IN ('void', 'failed')
    """,
    """
    CREATE TABLE spending (
        per      TEXT NOT NULL,
        subject  TEXT NOT NULL,
        currency TEXT NOT NULL CHECK (length(currency) = 3),
        month    TEXT NOT NULL CHECK (length(month) = 7),
        minor    INTEGER NOT NULL CHECK (minor >= 0),
        gifts    INTEGER NOT NULL CHECK (gifts >= 0),
        PRIMARY KEY (per, subject, currency, month)
    ) STRICT, WITHOUT ROWID
    """,
    """
    INSERT INTO spending
    WITH given AS (
        SELECT requester, recipient, currency, month, reserved_minor AS minor
        FROM gifts JOIN requests ON requests.id = request_id WHERE reserved_minor > 0
    )
    SELECT 'requester', requester, currency, month, sum(minor), count(*) FROM given GROUP BY 2, 3, 4
    UNION ALL
    SELECT 'recipient', recipient, currency, month, sum(minor), count(*) FROM given GROUP BY 2, 3, 4
    UNION ALL
    SELECT 'pair', requester || ' ' || recipient, currency, month, sum(minor), count(*) FROM given GROUP BY 2, 3, 4
    UNION ALL
    SELECT 'company', '', currency, month, sum(minor), count(*) FROM given GROUP BY 3, 4
    """,
    """
    CREATE TABLE absences (
        id       TEXT PRIMARY KEY,
        person   TEXT NOT NULL,
        deputy   TEXT NOT NULL CHECK (deputy != person),
        since    TEXT NOT NULL,
        until    TEXT NOT NULL,
        ended_at TEXT
    ) STRICT
    """,
    "CREATE UNIQUE INDEX absences_now ON absences (person) WHERE ended_at IS NULL",
    "CREATE INDEX absences_until ON absences (until) WHERE ended_at IS NULL",
    "ALTER TABLE messages ADD COLUMN version INTEGER",
    "ALTER TABLE messages ADD COLUMN step INTEGER CHECK ((step IS NULL) = (version IS NULL))",
    "ALTER TABLE messages ADD COLUMN is_open INTEGER NOT NULL DEFAULT 0 CHECK (is_open IN (0, 1))",
    # cards that wait for a decision, and every pending request has somebody who sees that it is decided
    "UPDATE messages SET version = 1, step = 0 WHERE kind = 'card'",
    """
    INSERT INTO work (task, subject, since, due_at)
    SELECT 'chase', id, created_at, created_at FROM requests WHERE state = 'pending'
    """,
)


def approvals_and_budgets(database: Database) -> None:
    """Requests that are decided in steps, can be edited and expire; what was given so far counts in the budgets.

    SQLite changes a CHECK only by making the table anew; foreign keys are off meanwhile, and checked afterwards.
    Source: sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes".
    """
    for statement in _STATEMENTS:
        database.execute(statement)
