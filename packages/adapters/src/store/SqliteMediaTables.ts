/**
 * What media and jobs need beyond their first tables: who may see an asset, what it came from and until when it stays;
 * where a provider keeps what it accepted, and since when somebody wants it stopped; which bytes may be nobody's any more.
 */
export const mediaTables: ReadonlyArray<string> = [
  "ALTER TABLE asset ADD COLUMN visibility TEXT NOT NULL DEFAULT 'public'",
  "ALTER TABLE asset ADD COLUMN parent_id TEXT",
  "ALTER TABLE asset ADD COLUMN evidence TEXT",
  "ALTER TABLE asset ADD COLUMN expires_at TEXT",
  "ALTER TABLE asset ADD COLUMN deleted_at TEXT",
  `CREATE INDEX listed_asset ON asset (organization_id, seq)
   WHERE deleted_at IS NULL AND kind <> 'derived'`,
  "CREATE INDEX asset_in_use ON asset (sha256) WHERE deleted_at IS NULL",
  `CREATE INDEX asset_that_expires ON asset (expires_at, seq)
   WHERE expires_at IS NOT NULL AND deleted_at IS NULL`,
  "ALTER TABLE job ADD COLUMN handle TEXT",
  "ALTER TABLE job ADD COLUMN cancel_requested_at TEXT",
  "CREATE INDEX job_of_organization ON job (organization_id, created_at, id)",
  "CREATE INDEX ended_job_like ON job (agent_id, fingerprint, ended_at) WHERE step = 'ended'",
  "CREATE INDEX asset_of_parent ON asset (parent_id, seq) WHERE parent_id IS NOT NULL AND deleted_at IS NULL",
  "ALTER TABLE asset ADD COLUMN thumbnail_edge INTEGER",
  `CREATE UNIQUE INDEX thumbnail_of_parent ON asset (parent_id, thumbnail_edge)
   WHERE parent_id IS NOT NULL AND deleted_at IS NULL`,
  "CREATE TABLE unused_bytes (sha256 TEXT NOT NULL PRIMARY KEY, due_at TEXT NOT NULL) STRICT, WITHOUT ROWID",
  "CREATE INDEX unused_bytes_due ON unused_bytes (due_at, sha256)"
]
