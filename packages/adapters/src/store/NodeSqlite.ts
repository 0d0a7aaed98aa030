import { isBuiltin } from "node:module"
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Reactivity from "effect/reactivity/Reactivity"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as SqlClient from "effect/sql/SqlClient"
import type * as SqlConnection from "effect/sql/SqlConnection"
import * as SqlError from "effect/sql/SqlError"
import * as Statement from "effect/sql/Statement"
import * as Stream from "effect/Stream"
import * as GroupCommit from "./GroupCommit.ts"

/** The embedded service needs `node:sqlite` as it is since Node 22.19; a hosted one can be used without it. */
export class RuntimeUnsupported extends Data.TaggedError("RuntimeUnsupported")<{
  /** The version that was found, e.g. `20.20.2`. */
  readonly nodeVersion: string
  /** The oldest version that would do. */
  readonly minimumVersion: string
}> {
  override get message() {
    return `Node ${this.nodeVersion} has no usable node:sqlite; the embedded service needs Node ${this.minimumVersion} or newer`
  }
}

const minimumVersion = "22.19.0"

/** Whether a Node of this version can open databases. */
export const isSupported = (nodeVersion: string): boolean => {
  const [major = 0, minor = 0] = nodeVersion.split(".").map(Number)
  return major > 22 || (major === 22 && minor >= 19)
}

export interface Options {
  readonly filename: string
  /** Runs before the file is opened, e.g. to make its folder. */
  readonly prepare: Effect.Effect<void, SqlError.SqlError>
  /** Runs on the fresh connection before anybody else gets it, e.g. to bring the tables up to date. */
  readonly initialise: (connection: SqlConnection.Connection) => Effect.Effect<void, SqlError.SqlError>
}

/**
 * An effect/sql client over one connection to one file, opened by the first statement and closed with the scope. Fibers
 * of this process take turns; other processes are waited for, up to the busy timeout, and the event loop waits with
 * them, so transactions are to be short.
 */
export const make = Effect.fnUntraced(function* (
  options: Options
): Effect.fn.Return<SqlClient.SqlClient, RuntimeUnsupported, Scope.Scope> {
  const nodeVersion = process.versions.node
  if (!isBuiltin("node:sqlite") || !isSupported(nodeVersion)) {
    return yield* new RuntimeUnsupported({ nodeVersion, minimumVersion })
  }
  let state: "unopened" | "closed" | NodeSqliteConnection = "unopened"

  // The acquirers below ask for it one at a time, so there is never a second connection.
  const open = Effect.gen(function* () {
    if (state === "closed") return yield* closed()
    if (state !== "unopened") return state
    yield* options.prepare
    const database = yield* attempt("open", () => openDatabase(options.filename))
    const connection = makeConnection(database)
    yield* Effect.onError(options.initialise(connection), () => Effect.sync(() => database.close()))
    state = connection
    return connection
  }).pipe(Effect.uninterruptible)

  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      if (typeof state !== "string") state.database.close()
      state = "closed"
    })
  )

  const acquirers = SqlClient.makeSqliteAcquirers<NodeSqliteConnection>({
    connection: open,
    semaphore: yield* Semaphore.make(1),
    isTransaction: ({ database }) => database.isTransaction
  })
  const client = yield* SqlClient.make({
    ...acquirers,
    compiler: Statement.makeCompilerSqlite(),
    driver: "node:sqlite",
    spanAttributes: [["db.system.name", "sqlite"]]
  }).pipe(Effect.provideServiceEffect(Reactivity.Reactivity, Reactivity.make))
  const withTransaction = GroupCommit.make(client, {
    acquire: acquirers.transactionAcquirer,
    // Takes the write lock at once: a transaction that reads first and writes later could be refused in the middle.
    begin: "BEGIN IMMEDIATE",
    lost: () => (typeof state === "string" || state.database.isTransaction ? null : state.lastError()),
    abandon: acquirers.onCommitFailure
  })
  return Object.assign(client, { withTransaction })
})

interface NodeSqliteConnection extends SqlConnection.Connection {
  readonly database: DatabaseSync
  /** Why the last statement failed that did. */
  readonly lastError: () => SqlError.SqlError
}

const busyTimeoutMillis = 5000

const openDatabase = (filename: string): DatabaseSync => {
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite")
  const database = new DatabaseSync(filename, { timeout: busyTimeoutMillis, enableForeignKeyConstraints: true })
  try {
    switchToWal(database)
    database.exec("PRAGMA synchronous = FULL")
    // What is deleted, e.g. the prompt of a job that has ended, is overwritten.
    database.exec("PRAGMA secure_delete = ON")
  } catch (error) {
    database.close()
    throw error
  }
  return database
}

/**
 * The only statement that SQLite refuses as busy without waiting: two processes that open a new file at the same moment
 * both want to change its journal mode. So the wait is here; once the file is in WAL mode it does nothing.
 */
const switchToWal = (database: DatabaseSync): void => {
  const pause = 10
  for (let waited = 0; ; waited += pause) {
    try {
      database.exec("PRAGMA journal_mode = WAL")
      return
    } catch (error) {
      if (!isBusy(error) || waited >= busyTimeoutMillis) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause)
    }
  }
}

const isBusy = (error: unknown): boolean => (codeOf(error) ?? 0) % 256 === 5

/** Statements are parsed once; the bound is for texts that vary, such as inserts of many rows. */
const maxPrepared = 256

const makeConnection = (database: DatabaseSync): NodeSqliteConnection => {
  const prepared = new Map<string, StatementSync>()
  const prepare = (sql: string): StatementSync => {
    const known = prepared.get(sql)
    if (known !== undefined) return known
    const statement = database.prepare(sql)
    if (prepared.size >= maxPrepared) prepared.clear()
    prepared.set(sql, statement)
    return statement
  }
  const prepareAnew = (sql: string): StatementSync => database.prepare(sql)
  let lastError = toSqlError(new Error("the transaction was ended inside"), "execute")

  /**
   * Runs a statement, also one that gives no rows: on Node 26 `run()` throws when the last row id is above 2^53, even
   * when another statement made it, and a BEGIN then fails after it began.
   */
  const all = (
    statementOf: (sql: string) => StatementSync,
    sql: string,
    params: ReadonlyArray<unknown>,
    asArrays = false
  ): Effect.Effect<ReadonlyArray<Row>, SqlError.SqlError> =>
    Effect.withFiber((fiber) =>
      Effect.try({
        try: () => {
          const statement = statementOf(sql)
          statement.setReadBigInts(fiber.getRef(SqlClient.SafeIntegers))
          statement.setReturnArrays(asArrays)
          return statement.all(...params.map(toInput))
        },
        catch: (error) => (lastError = toSqlError(error, "execute"))
      })
    )

  /** Rows as arrays, which keep columns of the same name apart. The type of `all` does not know that they are arrays. */
  const allValues = (
    statementOf: (sql: string) => StatementSync,
    sql: string,
    params: ReadonlyArray<unknown>
  ): Effect.Effect<ReadonlyArray<ReadonlyArray<unknown>>, SqlError.SqlError> =>
    Effect.map(all(statementOf, sql, params, true), (rows) => rows.map((row) => Object.values(row)))

  return {
    database,
    lastError: () => lastError,
    execute: (sql, params, transform) => transformed(all(prepare, sql, params), transform),
    executeRaw: (sql, params) => all(prepare, sql, params),
    executeStream: (sql, params, transform) =>
      Stream.unwrap(Effect.map(transformed(all(prepare, sql, params), transform), Stream.fromIterable)),
    executeValues: (sql, params) => allValues(prepare, sql, params),
    executeValuesUnprepared: (sql, params) => allValues(prepareAnew, sql, params),
    executeUnprepared: (sql, params, transform) => transformed(all(prepareAnew, sql, params), transform)
  }
}

type Row = Record<string, unknown>

const transformed = (
  effect: Effect.Effect<ReadonlyArray<Row>, SqlError.SqlError>,
  transform: (<A extends object>(rows: ReadonlyArray<A>) => ReadonlyArray<A>) | undefined
): Effect.Effect<ReadonlyArray<Row>, SqlError.SqlError> =>
  transform === undefined ? effect : Effect.map(effect, transform)

const toInput = (value: unknown): SQLInputValue => {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "bigint")
    return value
  if (value instanceof Uint8Array) return value
  throw new TypeError(`SQLite has no place for a ${typeof value}`)
}

const attempt = <A>(operation: string, act: () => A): Effect.Effect<A, SqlError.SqlError> =>
  Effect.try({ try: act, catch: (error) => toSqlError(error, operation) })

/**
 * The extended result code of SQLite stands in `errcode` of Node's error; effect/sql and whoever reads the cause look
 * for it under `code`. Errors of Node itself keep their word.
 */
export const toSqlError = (error: unknown, operation: string): SqlError.SqlError => {
  const message = error instanceof Error ? error.message : "an unknown error"
  const cause = { code: codeOf(error) ?? nodeCodeOf(error), message }
  return new SqlError.SqlError({ reason: SqlError.classifySqliteError(cause, { message, operation }) })
}

const codeOf = (error: unknown): number | undefined =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode : undefined

const nodeCodeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined

const closed = (): SqlError.SqlError => {
  const message = "the database is closed"
  return new SqlError.SqlError({
    reason: new SqlError.ConnectionError({ cause: { code: "closed", message }, message, operation: "open" })
  })
}
