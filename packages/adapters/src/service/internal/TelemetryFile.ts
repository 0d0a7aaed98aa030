import { closeSync, openSync } from "node:fs"
import type { SQLInputValue } from "node:sqlite"

/** A file of records. Every call is short: whoever waits for the file longer than this goes on without. */
export interface TelemetryFile {
  readonly write: (rows: ReadonlyArray<ReadonlyArray<SQLInputValue>>) => void
  readonly close: () => void
}

const patienceMillis = 50

/** So many of the newest records are kept. */
const keptRecords = 100_000

/**
 * Opens a database of its own beside the one with the money, so that no request ever waits for a record and no record
 * for the disk: what a power cut takes are counts, not credits. Throws what SQLite and the file system throw.
 */
export const openTelemetryFile = (filename: string, columns: ReadonlyArray<string>): TelemetryFile => {
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite")
  closeSync(openSync(filename, "a", 0o600))
  const database = new DatabaseSync(filename, { timeout: patienceMillis })
  try {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF")
    database.exec(`CREATE TABLE IF NOT EXISTS request (seq INTEGER PRIMARY KEY, ${columns.join(", ")})`)
    const insert = database.prepare(
      `INSERT INTO request (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`
    )
    const forget = database.prepare("DELETE FROM request WHERE seq <= (SELECT max(seq) FROM request) - ?")
    return {
      write: (rows) => {
        database.exec("BEGIN IMMEDIATE")
        try {
          for (const row of rows) insert.run(...row)
          forget.run(keptRecords)
          database.exec("COMMIT")
        } catch (error) {
          database.exec("ROLLBACK")
          throw error
        }
      },
      close: () => database.close()
    }
  } catch (error) {
    database.close()
    throw error
  }
}
