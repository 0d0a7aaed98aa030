import { feedbackTables } from "./SqliteFeedbackTables.ts"
import { mediaTables } from "./SqliteMediaTables.ts"
import { ownerTables } from "./SqliteOwnerTables.ts"
import { paymentTables } from "./SqlitePaymentTables.ts"

/**
 * The tables, as the steps that lead to them. Step n brings a database from version n - 1 to version n, and what was
 * released is never edited: a change is a new step.
 *
 * Dates are ISO 8601 in UTC with milliseconds, so that they sort as text; booleans are 0 and 1; JSON is text, decoded
 * by the repository that wrote it. Nothing refers across concepts, so that each could move to a database of its own.
 */
export const migrations: ReadonlyArray<ReadonlyArray<string>> = [
  [
    // identity
    `CREATE TABLE organization (
      id TEXT NOT NULL PRIMARY KEY,
      created_at TEXT NOT NULL
    ) STRICT`,
    `CREATE TABLE agent (
      id TEXT NOT NULL PRIMARY KEY,
      organization_id TEXT NOT NULL REFERENCES organization (id),
      name TEXT NOT NULL,
      runtime TEXT NOT NULL,
      masked_contact TEXT,
      allowance_key TEXT NOT NULL,
      claim_state TEXT NOT NULL,
      grants TEXT NOT NULL,
      created_at TEXT NOT NULL
    ) STRICT`,
    `CREATE TABLE token (
      hash TEXT NOT NULL PRIMARY KEY,
      agent_id TEXT NOT NULL REFERENCES agent (id),
      fingerprint TEXT NOT NULL,
      status TEXT NOT NULL,
      created_at TEXT NOT NULL
    ) STRICT`,
    `CREATE TABLE deployment_secret (
      name TEXT NOT NULL PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT`,

    // credits: the floors and bounds of the ledger are checked here too, below everything that could be wrong above
    `CREATE TABLE account (
      organization_id TEXT NOT NULL,
      kind TEXT NOT NULL,
      balance INTEGER NOT NULL CHECK (balance >= 0 OR kind LIKE '%:issued'),
      seq INTEGER NOT NULL,
      PRIMARY KEY (organization_id, kind)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE journal (
      id TEXT NOT NULL PRIMARY KEY,
      organization_id TEXT NOT NULL,
      key TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL,
      reference TEXT NOT NULL,
      trace_id TEXT NOT NULL,
      at TEXT NOT NULL
    ) STRICT`,
    `CREATE TABLE posting (
      organization_id TEXT NOT NULL,
      kind TEXT NOT NULL,
      seq INTEGER NOT NULL,
      journal_id TEXT NOT NULL REFERENCES journal (id),
      amount INTEGER NOT NULL CHECK (amount <> 0),
      balance_after INTEGER NOT NULL,
      PRIMARY KEY (organization_id, kind, seq)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE hold (
      id TEXT NOT NULL PRIMARY KEY,
      organization_id TEXT NOT NULL,
      job_id TEXT NOT NULL,
      held_preview INTEGER NOT NULL,
      held_paid INTEGER NOT NULL,
      captured_preview INTEGER NOT NULL CHECK (captured_preview BETWEEN 0 AND held_preview),
      captured_paid INTEGER NOT NULL CHECK (captured_paid BETWEEN 0 AND held_paid),
      state TEXT NOT NULL,
      expires_at TEXT NOT NULL
    ) STRICT`,
    "CREATE INDEX open_hold ON hold (expires_at) WHERE state = 'open'",
    `CREATE TABLE daily_slot (
      job_id TEXT NOT NULL PRIMARY KEY,
      allowance_key TEXT NOT NULL,
      day TEXT NOT NULL
    ) STRICT`,
    "CREATE INDEX daily_slot_of_allowance ON daily_slot (allowance_key, day)",

    // activity: an event is found by its organization, or by anything it refers to
    `CREATE TABLE activity_event (
      seq INTEGER NOT NULL PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      organization_id TEXT NOT NULL,
      type TEXT NOT NULL,
      occurred_at TEXT NOT NULL,
      summary TEXT NOT NULL,
      operation TEXT NOT NULL,
      trace_id TEXT NOT NULL,
      subject TEXT NOT NULL,
      links TEXT NOT NULL,
      status TEXT NOT NULL,
      cost TEXT,
      details TEXT NOT NULL
    ) STRICT`,
    "CREATE INDEX activity_event_of_organization ON activity_event (organization_id, seq)",
    `CREATE TABLE activity_reference (
      organization_id TEXT NOT NULL,
      reference TEXT NOT NULL,
      seq INTEGER NOT NULL REFERENCES activity_event (seq),
      PRIMARY KEY (organization_id, reference, seq)
    ) STRICT, WITHOUT ROWID`,

    // media: the order of the outputs of a job is the order in which they were written
    `CREATE TABLE asset (
      seq INTEGER NOT NULL PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      organization_id TEXT NOT NULL,
      job_id TEXT NOT NULL,
      kind TEXT NOT NULL,
      modality TEXT NOT NULL,
      mime_type TEXT NOT NULL,
      content_length INTEGER NOT NULL,
      width INTEGER,
      height INTEGER,
      sha256 TEXT NOT NULL,
      created_at TEXT NOT NULL
    ) STRICT`,
    "CREATE INDEX asset_of_job ON asset (job_id, seq)",

    // jobs: a key is taken only while it is active
    `CREATE TABLE job (
      id TEXT NOT NULL PRIMARY KEY,
      organization_id TEXT NOT NULL,
      agent_id TEXT NOT NULL,
      allowance_key TEXT NOT NULL,
      operation TEXT NOT NULL,
      status TEXT NOT NULL,
      step TEXT NOT NULL,
      trace_id TEXT NOT NULL,
      model_id TEXT NOT NULL,
      capability_id TEXT NOT NULL,
      request TEXT NOT NULL,
      price TEXT NOT NULL,
      hold_id TEXT,
      idempotency_key TEXT,
      key_active INTEGER NOT NULL,
      fingerprint TEXT NOT NULL,
      input TEXT,
      produced TEXT,
      safety_checks TEXT NOT NULL,
      error TEXT,
      outcome TEXT,
      usage_event_id TEXT,
      receipt TEXT,
      created_at TEXT NOT NULL,
      started_at TEXT,
      ended_at TEXT,
      reserved_until TEXT NOT NULL,
      owner TEXT,
      due_at TEXT NOT NULL
    ) STRICT`,
    "CREATE UNIQUE INDEX job_of_active_key ON job (agent_id, operation, idempotency_key) WHERE key_active = 1",
    "CREATE INDEX due_job ON job (due_at) WHERE step <> 'ended'",

    ...["journal", "posting", "activity_event", "activity_reference"].flatMap((table) =>
      ["UPDATE", "DELETE"].map(
        (change) =>
          `CREATE TRIGGER ${table}_refuses_${change.toLowerCase()} BEFORE ${change} ON ${table}
           BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END`
      )
    )
  ],
  paymentTables,
  mediaTables,
  feedbackTables,
  ownerTables
]
