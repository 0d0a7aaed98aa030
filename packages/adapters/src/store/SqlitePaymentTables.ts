/** What no writer may do to the rows of a table; `columns` narrows an update to those it names. */
const refuses = (table: string, change: "UPDATE" | "DELETE", columns = ""): string =>
  `CREATE TRIGGER ${table}_refuses_${change.toLowerCase()} BEFORE ${change} ${columns} ON ${table}
   BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END`

/** What a receipt says once. What was reversed of it is counted on. */
const provenOnce = `seq, id, attempt_id, quote_id, organization_id, method_id, provider, credits, amount_cents, paid_cents,
  live_money, chain_network, chain_transaction, chain_payer, credit_event_id, balance_after, event_type,
  event_received_at, issued_at`

/** The step that adds payments, and the debts that their reversals leave. */
export const paymentTables: ReadonlyArray<string> = [
  // credits: what an organization owes; a debt that was repaid has no row
  `CREATE TABLE debt (
    seq INTEGER NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    owed INTEGER NOT NULL CHECK (owed > 0),
    UNIQUE (organization_id, payment_id)
  ) STRICT`,

  // payments: what there may be only one of is unique here, whatever the services above think
  `CREATE TABLE credit_quote (
    seq INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    key TEXT NOT NULL,
    credits INTEGER NOT NULL CHECK (credits > 0),
    pack_id TEXT,
    method_id TEXT NOT NULL,
    live_money INTEGER NOT NULL,
    state TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    UNIQUE (agent_id, key)
  ) STRICT`,
  "CREATE INDEX lapsed_quote ON credit_quote (expires_at) WHERE state IN ('created', 'purchase_started')",
  `CREATE TABLE payment_attempt (
    seq INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    quote_id TEXT NOT NULL REFERENCES credit_quote (id),
    organization_id TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    key TEXT NOT NULL,
    method_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    credits INTEGER NOT NULL CHECK (credits > 0),
    amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
    live_money INTEGER NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    checkout_session_id TEXT,
    checkout_url TEXT,
    deposit TEXT,
    exception TEXT,
    trace_id TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    check_at TEXT,
    checks INTEGER NOT NULL CHECK (checks >= 0),
    CHECK ((checkout_session_id IS NULL) = (checkout_url IS NULL))
  ) STRICT`,
  "CREATE INDEX attempt_of_quote ON payment_attempt (quote_id, seq)",
  `CREATE UNIQUE INDEX open_attempt_of_quote ON payment_attempt (quote_id)
   WHERE status IN ('opening', 'requires_action', 'processing')`,
  `CREATE INDEX attempt_of_session ON payment_attempt (checkout_session_id)
   WHERE checkout_session_id IS NOT NULL`,
  "CREATE INDEX due_attempt ON payment_attempt (check_at) WHERE check_at IS NOT NULL",
  `CREATE TABLE payment_key (
    agent_id TEXT NOT NULL,
    key TEXT NOT NULL,
    attempt_id TEXT NOT NULL REFERENCES payment_attempt (id),
    PRIMARY KEY (agent_id, key)
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE provider_object (
    seq INTEGER NOT NULL PRIMARY KEY,
    handle TEXT NOT NULL UNIQUE,
    attempt_id TEXT NOT NULL REFERENCES payment_attempt (id)
  ) STRICT`,
  "CREATE INDEX provider_object_of_attempt ON provider_object (attempt_id, seq)",
  `CREATE TABLE receipt (
    seq INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    attempt_id TEXT NOT NULL UNIQUE REFERENCES payment_attempt (id),
    quote_id TEXT NOT NULL UNIQUE REFERENCES credit_quote (id),
    organization_id TEXT NOT NULL,
    method_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    credits INTEGER NOT NULL CHECK (credits > 0),
    amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
    paid_cents INTEGER NOT NULL CHECK (paid_cents >= 0),
    live_money INTEGER NOT NULL,
    chain_network TEXT,
    chain_transaction TEXT,
    chain_payer TEXT,
    credit_event_id TEXT NOT NULL,
    balance_after INTEGER NOT NULL CHECK (balance_after >= 0),
    event_type TEXT,
    event_received_at TEXT,
    issued_at TEXT NOT NULL,
    refunded_cents INTEGER NOT NULL CHECK (refunded_cents >= 0),
    disputed_cents INTEGER NOT NULL CHECK (disputed_cents >= 0),
    reversed_credits INTEGER NOT NULL CHECK (reversed_credits BETWEEN 0 AND credits),
    rejected_cents INTEGER NOT NULL CHECK (rejected_cents >= 0),
    reversal_state TEXT NOT NULL,
    CHECK (refunded_cents + disputed_cents <= paid_cents),
    CHECK ((chain_network IS NULL) = (chain_transaction IS NULL)),
    CHECK ((event_type IS NULL) = (event_received_at IS NULL))
  ) STRICT`,
  `CREATE UNIQUE INDEX receipt_of_transaction ON receipt (chain_network, chain_transaction)
   WHERE chain_transaction IS NOT NULL`,
  `CREATE TABLE payment_reversal (
    seq INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    receipt_id TEXT NOT NULL REFERENCES receipt (id),
    organization_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    cents INTEGER NOT NULL CHECK (cents >= 0),
    credits INTEGER NOT NULL CHECK (credits >= 0),
    owed INTEGER NOT NULL CHECK (owed BETWEEN 0 AND credits),
    credit_event_id TEXT,
    at TEXT NOT NULL
  ) STRICT`,
  // An event may name an attempt that is not, or not yet, here.
  `CREATE TABLE provider_event (
    seq INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    attempt_id TEXT,
    handles TEXT NOT NULL,
    payload TEXT NOT NULL,
    received_at TEXT NOT NULL,
    processed_at TEXT,
    due_at TEXT NOT NULL,
    tries INTEGER NOT NULL CHECK (tries >= 0),
    problem TEXT
  ) STRICT`,
  "CREATE INDEX due_event ON provider_event (due_at) WHERE processed_at IS NULL",
  `CREATE TABLE payment_note (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT`,

  ...["payment_reversal", "payment_key", "provider_object"].map((table) => refuses(table, "UPDATE")),
  refuses("receipt", "UPDATE", `OF ${provenOnce}`),
  ...[
    "payment_reversal",
    "payment_key",
    "provider_object",
    "receipt",
    "credit_quote",
    "payment_attempt",
    "provider_event"
  ].map((table) => refuses(table, "DELETE"))
]
