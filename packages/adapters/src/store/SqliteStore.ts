import { accessSync, closeSync, constants, existsSync, openSync } from "node:fs"
import { dirname, join } from "node:path"
import { Store, StoreUnavailable } from "@image-skill/core/store/Store"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type * as SqlConnection from "effect/sql/SqlConnection"
import * as SqlError from "effect/sql/SqlError"
import { makeFolders } from "../internal/MakeFolders.ts"
import * as NodeSqlite from "./NodeSqlite.ts"
import { migrations } from "./SqliteMigrations.ts"

/** The database inside of a data folder. */
export const fileName = "image-skill.sqlite"

/**
 * The database of a data folder, and the client that the repositories work with. Nothing is created on disk before the
 * first statement: `Store.check` on a folder without a database only looks whether one could be made.
 */
export const layer = (folder: string): Layer.Layer<Store | SqlClient.SqlClient, NodeSqlite.RuntimeUnsupported> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const filename = join(folder, fileName)
      const sql = yield* NodeSqlite.make({ filename, prepare: makeFile(filename), initialise: migrate })
      const store = Store.of({
        transaction: (effect) =>
          Effect.catchIf(sql.withTransaction(effect), SqlError.isSqlError, (error) => Effect.fail(unavailable(error))),
        check: Effect.suspend(() =>
          existsSync(filename)
            ? Effect.andThen(permits(filename, constants.R_OK), sql`SELECT 1 FROM organization LIMIT 1`)
            : permits(nearestFolder(folder), constants.X_OK)
        ).pipe(Effect.asVoid, Effect.mapError(unavailable))
      })
      return Context.make(Store, store).pipe(Context.add(SqlClient.SqlClient, sql))
    })
  )

/**
 * What an error of the database, or a row that does not decode, means to us. It carries SQLite's own words and never a
 * value of a row. The repositories take this function as a parameter: an adapter imports no other concept's adapter.
 */
export const unavailable = (error: SqlError.SqlError | Schema.SchemaError): StoreUnavailable => {
  if (!SqlError.isSqlError(error)) {
    return new StoreUnavailable({ reason: "corrupt", message: "a row of the database is not as it was written" })
  }
  const { cause } = error.reason
  if (cause instanceof StoreUnavailable) return cause
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined
  return new StoreUnavailable({ reason: reasonOf(code), message: error.message })
}

/** From the extended result codes of SQLite (sqlite.org/rescode.html), and from the words of the file system. */
const reasonOf = (code: unknown): StoreUnavailable["reason"] => {
  if (typeof code === "string") return reasons[code] ?? "unknown"
  return typeof code === "number" ? (reasons[code] ?? reasons[code % 256] ?? "unknown") : "unknown"
}

const reasons: { readonly [code: string | number]: StoreUnavailable["reason"] } = {
  5: "busy", // SQLITE_BUSY
  6: "busy", // SQLITE_LOCKED
  8: "read_only", // SQLITE_READONLY
  11: "corrupt", // SQLITE_CORRUPT
  13: "full", // SQLITE_FULL
  14: "read_only", // SQLITE_CANTOPEN: the file itself could be opened before, so it is one that goes with it
  26: "corrupt", // SQLITE_NOTADB
  1555: "conflict", // SQLITE_CONSTRAINT_PRIMARYKEY
  2067: "conflict", // SQLITE_CONSTRAINT_UNIQUE
  4874: "full", // SQLITE_IOERR_SHMSIZE: the index of the write-ahead log could not grow
  8458: "corrupt", // SQLITE_IOERR_CORRUPTFS
  ENOENT: "read_only", // what Node says when a folder cannot be made on a read-only disk
  ENOTDIR: "read_only",
  EACCES: "read_only",
  EPERM: "read_only",
  EROFS: "read_only",
  ENOSPC: "full",
  EDQUOT: "full",
  ERR_INVALID_STATE: "closed",
  closed: "closed"
}

const files = <A>(run: () => A): Effect.Effect<A, SqlError.SqlError> =>
  Effect.try({ try: run, catch: (error) => NodeSqlite.toSqlError(error, "open") })

/** The folder is for its owner alone, and so is the file; SQLite gives the files beside it the same mode. */
const makeFile = (filename: string): Effect.Effect<void, SqlError.SqlError> =>
  files(() => {
    makeFolders(dirname(filename), 0o700)
    closeSync(openSync(filename, "a", 0o600))
  })

const permits = (path: string, mode: number): Effect.Effect<void, SqlError.SqlError> =>
  files(() => accessSync(path, constants.W_OK | mode))

const nearestFolder = (path: string): string => (existsSync(path) ? path : nearestFolder(dirname(path)))

/**
 * Brings the tables up to date: one read where they are, which is why this is not effect/sql's migrator. Of several
 * processes that open a fresh folder, one holds the write lock and migrates while the others wait for it.
 */
const migrate = Effect.fnUntraced(function* (connection: SqlConnection.Connection) {
  if ((yield* versionOf(connection)) === migrations.length) return
  yield* connection.executeUnprepared("BEGIN IMMEDIATE", [], undefined)
  const found = yield* versionOf(connection)
  if (found > migrations.length) return yield* newer(found)
  for (const statement of migrations.slice(found).flat()) {
    yield* connection.executeUnprepared(statement, [], undefined)
  }
  yield* connection.executeUnprepared(`PRAGMA user_version = ${migrations.length}`, [], undefined)
  yield* connection.executeUnprepared("COMMIT", [], undefined)
})

const versionOf = (connection: SqlConnection.Connection): Effect.Effect<number, SqlError.SqlError> =>
  Effect.map(connection.executeValuesUnprepared("PRAGMA user_version", []), (rows) => Number(rows[0]?.[0]))

const newer = (found: number): SqlError.SqlError => {
  const message = `the database was written by a newer version of Image Skill (its tables have version ${found}, this one knows ${migrations.length}); update image-skill`
  const cause = new StoreUnavailable({ reason: "newer", message })
  return new SqlError.SqlError({ reason: new SqlError.UnknownError({ cause, message, operation: "open" }) })
}
