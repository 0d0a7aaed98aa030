/**
 * What owners and operators decide: how much may be spent and what was approved, by which rule a hold was allowed,
 * owner's tokens, frozen organizations, and what became of payments that somebody had to look at.
 */
export const ownerTables: ReadonlyArray<string> = [
  "ALTER TABLE journal ADD COLUMN policy TEXT",
  `CREATE INDEX reserve_of_organization ON journal (organization_id, at) WHERE kind = 'operation_reserve'`,
  `CREATE INDEX reserve_at ON journal (at) WHERE kind = 'operation_reserve'`,
  "CREATE INDEX attempt_on_rail ON payment_attempt (method_id, created_at)",
  "CREATE INDEX attempt_with_exception ON payment_attempt (seq) WHERE exception IS NOT NULL",
  `CREATE TABLE spend_policy (
    holder_kind TEXT NOT NULL,
    holder_id TEXT NOT NULL,
    policy TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (holder_kind, holder_id)
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE spend_approval (
    seq INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    agent_name TEXT NOT NULL,
    operation TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    credits INTEGER NOT NULL CHECK (credits >= 0),
    subject TEXT NOT NULL,
    rule TEXT NOT NULL,
    source TEXT NOT NULL,
    limit_credits INTEGER,
    change TEXT,
    state TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    decided_at TEXT,
    used_at TEXT,
    used_by TEXT,
    CHECK ((state = 'used') = (used_at IS NOT NULL))
  ) STRICT`,
  "CREATE INDEX approval_like ON spend_approval (agent_id, operation, fingerprint, credits, expires_at)",
  "CREATE INDEX approval_of_organization ON spend_approval (organization_id, seq)",
  "CREATE INDEX pending_approval ON spend_approval (agent_id, expires_at) WHERE state = 'pending'",
  `CREATE TABLE owner_token (
    hash TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL REFERENCES organization (id),
    fingerprint TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at TEXT NOT NULL
  ) STRICT`,
  `CREATE TABLE frozen_organization (
    organization_id TEXT NOT NULL PRIMARY KEY REFERENCES organization (id),
    frozen_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID`,
  "CREATE INDEX agent_of_organization ON agent (organization_id, created_at, id)",
  "CREATE INDEX agent_by_age ON agent (created_at, id)",
  "CREATE INDEX token_of_agent ON token (agent_id, created_at)",
  `CREATE TABLE payment_resolution (
    seq INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    subject TEXT NOT NULL,
    facts TEXT NOT NULL,
    resolution TEXT NOT NULL,
    note TEXT,
    at TEXT NOT NULL,
    UNIQUE (subject, facts)
  ) STRICT`,
  ...["UPDATE", "DELETE"].map(
    (change) =>
      `CREATE TRIGGER payment_resolution_refuses_${change.toLowerCase()} BEFORE ${change} ON payment_resolution
       BEGIN SELECT RAISE(ABORT, 'payment_resolution is append-only'); END`
  )
]
