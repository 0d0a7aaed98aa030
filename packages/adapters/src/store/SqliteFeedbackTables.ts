/** The step that adds feedback with its way to an issue queue, requests of agents to be claimed, and what brought them. */
export const feedbackTables: ReadonlyArray<string> = [
  // identity
  "ALTER TABLE agent ADD COLUMN discovery_source TEXT",
  `CREATE TABLE claim_request (
    agent_id TEXT NOT NULL PRIMARY KEY REFERENCES agent (id),
    organization_id TEXT NOT NULL,
    masked_contact TEXT NOT NULL,
    contact_hash TEXT NOT NULL,
    state TEXT NOT NULL,
    requested_at TEXT NOT NULL,
    closed_at TEXT
  ) STRICT`,
  "CREATE INDEX waiting_claim_request ON claim_request (requested_at) WHERE state = 'requested'",

  // feedback: what was written, and beside it how far it has come
  `CREATE TABLE feedback (
    seq INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    type TEXT NOT NULL,
    severity TEXT NOT NULL,
    confidence TEXT NOT NULL,
    next_state TEXT NOT NULL,
    texts TEXT NOT NULL,
    surface TEXT NOT NULL,
    evidence TEXT NOT NULL,
    dedupe_key TEXT NOT NULL,
    duplicate_of TEXT,
    weaknesses INTEGER NOT NULL,
    allows_weak_signal INTEGER NOT NULL,
    cuts TEXT NOT NULL,
    request_trace_id TEXT NOT NULL,
    created_at TEXT NOT NULL
  ) STRICT`,
  "CREATE INDEX feedback_of_key ON feedback (organization_id, dedupe_key, seq)",
  ...["UPDATE", "DELETE"].map(
    (change) =>
      `CREATE TRIGGER feedback_refuses_${change.toLowerCase()} BEFORE ${change} ON feedback
       BEGIN SELECT RAISE(ABORT, 'feedback is append-only'); END`
  ),
  `CREATE TABLE feedback_hand_over (
    seq INTEGER NOT NULL PRIMARY KEY,
    feedback_id TEXT NOT NULL UNIQUE REFERENCES feedback (id),
    attempts INTEGER NOT NULL,
    held_until TEXT,
    ended_at TEXT,
    outcome TEXT
  ) STRICT`,
  "CREATE INDEX waiting_feedback ON feedback_hand_over (seq) WHERE ended_at IS NULL"
]
