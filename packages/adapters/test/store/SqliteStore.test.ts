import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import * as NodeSqlite from "@image-skill/adapters/store/NodeSqlite"
import { migrations } from "@image-skill/adapters/store/SqliteMigrations"
import * as SqliteStore from "@image-skill/adapters/store/SqliteStore"
import { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import { DailySlots } from "@image-skill/core/credits/DailySlots"
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import { Agents } from "@image-skill/core/identity/Agents"
import { JobStore } from "@image-skill/core/jobs/JobStore"
import { Store } from "@image-skill/core/store/Store"
import { event } from "@image-skill/testing/activity/EventSample"
import { grantPostings, journal } from "@image-skill/testing/credits/LedgerSample"
import { provedBalances, provedDump } from "@image-skill/testing/credits/ProvedLedger"
import { job } from "@image-skill/testing/jobs/JobSample"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as SqlClient from "effect/sql/SqlClient"
import { canMount, start, startOnDisk } from "../Child.ts"
import { temporaryFolder } from "../Folder.ts"
import { inFolder } from "./Repositories.ts"

const take = (jobId: string) => Effect.flatMap(DailySlots, (slots) => slots.take("allowance", "2026-01-02", jobId))
const used = Effect.flatMap(DailySlots, (slots) => slots.used("allowance", "2026-01-02"))
const check = Effect.flatMap(Store, (store) => store.check)

/** Opens a data folder for as long as the effect runs. */
const within = (folder: string) => Effect.provide(Layer.orDie(inFolder(folder)), { local: true })

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

const databaseOf = (folder: string): string => join(folder, SqliteStore.fileName)

describe("a data folder", () => {
  it.effect("is not made by looking at it", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* check.pipe(within(join(folder, "share", "image-skill")))
      assert.deepStrictEqual(readdirSync(folder), [])
    })
  )

  it.effect("is made by the first call, for its owner alone", () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "share", "image-skill")
      yield* Effect.acquireRelease(
        Effect.sync(() => process.umask(0)),
        (mask) => Effect.sync(() => process.umask(mask))
      )
      const modes = yield* take("job_1").pipe(
        Effect.map(() =>
          [dirname(folder), folder, ...readdirSync(folder).map((name) => join(folder, name))].map(modeOf)
        ),
        within(folder)
      )
      // The folders, then the database, its write-ahead log and the index of that.
      assert.deepStrictEqual(modes, ["700", "700", "600", "600", "600"])
    })
  )

  it.effect("keeps what was written when it is opened again", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* within(folder)(take("job_1"))
      assert.strictEqual(yield* within(folder)(used), 1)
      assert.deepStrictEqual(readdirSync(folder), [SqliteStore.fileName])
    })
  )

  it.effect("keeps its pepper when it is opened again", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const pepper = within(folder)(Effect.flatMap(Agents, (agents) => agents.pepper))
      const first = yield* pepper
      assert.strictEqual(yield* pepper, first)
    })
  )

  it.effect("has durable commits, foreign keys, and a log that readers need not wait for", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const names = ["journal_mode", "synchronous", "foreign_keys", "busy_timeout", "user_version"]
      const values = yield* Effect.flatMap(SqlClient.SqlClient, (sql) =>
        Effect.forEach(names, (name) => sql.unsafe(`PRAGMA ${name}`).values)
      ).pipe(within(folder))
      assert.deepStrictEqual(values.flat(2), ["wal", 2, 1, 5000, migrations.length])
    })
  )

  it.effect("that was closed says so", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const services = yield* Layer.buildWithScope(inFolder(yield* temporaryFolder), scope)
      const slots = Context.get(services, DailySlots)
      yield* slots.used("allowance", "2026-01-02")
      yield* Scope.close(scope, Exit.void)
      const failure = yield* Effect.flip(slots.used("allowance", "2026-01-02"))
      assert.deepStrictEqual([failure.reason, failure.message], ["closed", "the database is closed"])
    })
  )
})

describe("a database file", () => {
  it.effect.each([
    {
      what: "that is no database",
      spoil: (path: string) => writeFileSync(path, "not a database, but as long as one".repeat(99))
    },
    { what: "that was cut short", spoil: (path: string) => truncateSync(path, 8192) },
    {
      what: "whose pages were overwritten",
      spoil: (path: string) => writeFileSync(path, readFileSync(path).fill(0xff, 4096))
    }
  ])("$what is corrupt, and stays as it is", ({ spoil }) =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* within(folder)(take("job_1"))
      spoil(databaseOf(folder))
      const spoilt = readFileSync(databaseOf(folder))
      const failures = yield* Effect.all([Effect.flip(take("job_2")), Effect.flip(check)]).pipe(within(folder))
      assert.deepStrictEqual(
        failures.map(({ reason }) => reason),
        ["corrupt", "corrupt"]
      )
      assert.isTrue(readFileSync(databaseOf(folder)).equals(spoilt))
    })
  )

  it.effect("of a newer version is left alone, and the message says what to do", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* within(folder)(take("job_1"))
      withDatabase(folder, (database) => database.exec("PRAGMA user_version = 99"))
      const failure = yield* Effect.flip(within(folder)(take("job_2")))
      assert.strictEqual(failure.reason, "newer")
      assert.match(failure.message, /newer version of Image Skill .*version 99.*update image-skill/u)
      const rows = withDatabase(folder, (database) => database.prepare("SELECT job_id FROM daily_slot").all())
      assert.deepStrictEqual(
        rows.map((row) => row["job_id"]),
        ["job_1"]
      )
    })
  )

  it.effect("with a row that nobody here wrote is corrupt, and the row is not repeated", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const jobs = Effect.flatMap(JobStore, (store) => store.find(job("odd").organizationId, "job_odd"))
      yield* within(folder)(Effect.flatMap(JobStore, (store) => store.insert(job("odd"))))
      for (const input of ["no json", JSON.stringify({ prompt: 7, parameters: "a secret" })]) {
        withDatabase(folder, (database) => database.prepare("UPDATE job SET input = ?").run(input))
        const failure = yield* Effect.flip(within(folder)(jobs))
        assert.strictEqual(failure.reason, "corrupt")
        assert.notMatch(failure.message, /json|secret/u)
      }
    })
  )

  it.effect.each(["journal", "posting", "activity_event", "activity_reference"])(
    "takes back nothing from %s",
    (table) =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const sql = yield* SqlClient.SqlClient
        const ledger = yield* LedgerStore
        const log = yield* ActivityLog
        yield* ledger.append(journal("kept"), grantPostings(journal("kept"), 5))
        yield* log.append(event("kept"))
        const before = yield* sql`SELECT * FROM ${sql(table)}`
        assert.isAbove(before.length, 0, folder)
        for (const change of [
          sql`UPDATE ${sql(table)} SET organization_id = 'org_thief'`,
          sql`DELETE FROM ${sql(table)}`
        ]) {
          const failure = yield* Effect.flip(change)
          assert.strictEqual(failure.message, `${table} is append-only`)
        }
        assert.deepStrictEqual(yield* sql`SELECT * FROM ${sql(table)}`, before)
      }).pipe(Effect.provide(Layer.unwrap(Effect.map(temporaryFolder, inFolder))))
  )
})

const withDatabase = <A>(folder: string, use: (database: DatabaseSync) => A): A => {
  const database = new DatabaseSync(databaseOf(folder))
  try {
    return use(database)
  } finally {
    database.close()
  }
}

/** What SQLite really throws when `statement` is run, prepared by `before`. */
const thrownBy = (statement: string, before = "", options = {}): unknown => {
  const database = new DatabaseSync(":memory:", options)
  try {
    database.exec(before)
    database.exec(statement)
    return "nothing"
  } catch (error) {
    return error
  } finally {
    database.close()
  }
}

/** What SQLite really throws to a second connection while a first one writes. */
const thrownWhileLocked = (path: string): unknown => {
  const first = new DatabaseSync(path)
  const second = new DatabaseSync(path, { timeout: 0 })
  try {
    first.exec("BEGIN IMMEDIATE")
    second.exec("BEGIN IMMEDIATE")
    return "nothing"
  } catch (error) {
    return error
  } finally {
    first.close()
    second.close()
  }
}

describe("what SQLite says", () => {
  const table = "CREATE TABLE t (a TEXT PRIMARY KEY, b INTEGER UNIQUE CHECK (b > 0)); INSERT INTO t VALUES ('a', 1)"

  const cases: ReadonlyArray<{ readonly what: string; readonly reason: string; readonly thrown: () => unknown }> = [
    { what: "a primary key twice", reason: "conflict", thrown: () => thrownBy("INSERT INTO t VALUES ('a', 2)", table) },
    {
      what: "a unique value twice",
      reason: "conflict",
      thrown: () => thrownBy("INSERT INTO t VALUES ('b', 1)", table)
    },
    { what: "a broken check", reason: "unknown", thrown: () => thrownBy("INSERT INTO t VALUES ('b', -1)", table) },
    { what: "nonsense", reason: "unknown", thrown: () => thrownBy("nonsense") },
    { what: "no more pages", reason: "full", thrown: () => thrownBy(table, "PRAGMA max_page_count = 2") },
    { what: "another error", reason: "unknown", thrown: () => new Error("something else") },
    { what: "no error at all", reason: "unknown", thrown: () => "a string" }
  ]
  it.effect.each(cases)("about $what means $reason", ({ reason, thrown }) =>
    Effect.sync(() => {
      assert.strictEqual(SqliteStore.unavailable(NodeSqlite.toSqlError(thrown(), "execute")).reason, reason)
    })
  )

  it.effect("while another connection writes means busy", () =>
    Effect.gen(function* () {
      const error = thrownWhileLocked(join(yield* temporaryFolder, "locked.sqlite"))
      const { message, reason } = SqliteStore.unavailable(NodeSqlite.toSqlError(error, "execute"))
      assert.deepStrictEqual([reason, message], ["busy", "database is locked"])
    })
  )

  it.effect("of a read-only connection means read_only", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "read-only.sqlite")
      new DatabaseSync(path).close()
      const database = new DatabaseSync(path, { readOnly: true })
      const failure = yield* Effect.flip(
        Effect.try({
          try: () => database.exec("CREATE TABLE t (a)"),
          catch: (error) => SqliteStore.unavailable(NodeSqlite.toSqlError(error, "execute"))
        })
      )
      database.close()
      assert.strictEqual(failure.reason, "read_only")
    })
  )

  it.effect("about the file system means the same as its own words", () =>
    Effect.sync(() => {
      const words = { EACCES: "read_only", EROFS: "read_only", ENOSPC: "full", EDQUOT: "full", EIO: "unknown" }
      for (const [code, reason] of Object.entries(words)) {
        const error = Object.assign(new Error(code), { code })
        assert.strictEqual(SqliteStore.unavailable(NodeSqlite.toSqlError(error, "open")).reason, reason, code)
      }
    })
  )
})

describe("several processes", () => {
  it.effect("lose no update between them", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const names = ["left", "right"]
      const children = yield* Effect.forEach(names, (name) => start("store/programs/Hammer.ts", [folder, name, "300"]))
      yield* Effect.forEach(children, ({ next }) => next, { concurrency: "unbounded" })
      yield* Effect.forEach(children, ({ say }) => say("go"))
      assert.deepStrictEqual(yield* Effect.forEach(children, ({ next }) => next, { concurrency: "unbounded" }), [
        "done",
        "done"
      ])
      const balances = yield* provedBalances(OrganizationId.make("org_hammered")).pipe(within(folder))
      assert.deepStrictEqual(balances, { "preview:available": 600, "preview:issued": -600 })
    })
  )

  it.effect("may open a fresh folder at the same moment", () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "fresh")
      const names = ["1", "2", "3", "4"]
      const children = yield* Effect.forEach(names, (name) => start("store/programs/FirstOpening.ts", [folder, name]))
      yield* Effect.forEach(children, ({ next }) => next, { concurrency: "unbounded" })
      yield* Effect.forEach(children, ({ say }) => say("go"))
      yield* Effect.forEach(children, ({ next }) => next, { concurrency: "unbounded" })
      const slots = Effect.flatMap(DailySlots, (daily) => daily.used("first_opening", "2026-01-02"))
      assert.strictEqual(yield* within(folder)(slots), 4)
    })
  )

  it.effect("leave nothing half-written when one is killed inside a transaction", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const child = yield* start("store/programs/OpenTransaction.ts", [folder])
      assert.strictEqual(yield* child.next, "inside")
      yield* child.kill
      const sessions = yield* Effect.flatMap(Agents, (agents) =>
        Effect.forEach(["hash_kept", "hash_lost"], agents.findByTokenHash)
      ).pipe(within(folder))
      assert.deepStrictEqual(sessions.map(Option.isSome), [true, false])
      assert.deepStrictEqual((yield* within(folder)(provedDump)).journals, [])
    })
  )
})

describe("a disk", () => {
  const Told = Schema.Struct({ what: Schema.String, outcome: Schema.Union([Schema.String, Schema.Boolean]) })

  // Where mounts are refused, in some containers, this cannot be tried; the line in the report says so.
  it.effect.skipIf(!canMount)("that is full or read-only undoes what it could not take, and says why", () =>
    Effect.gen(function* () {
      const child = yield* startOnDisk("512k", yield* temporaryFolder, "store/programs/Disk.ts")
      const told = yield* Effect.replicateEffect(Effect.flatMap(child.next, Schema.decodeUnknownEffect(Told)), 10)
      assert.deepStrictEqual(Object.fromEntries(told.map(({ outcome, what }) => [what, outcome])), {
        "the first call on a full disk": "full",
        "the first call once there is space": "ok",
        "writing until the disk is full": "full",
        "what was written before is there": true,
        "writing once there is space again": "ok",
        "nothing was lost or added": true,
        "the check on a read-only disk": "read_only",
        "writing to a read-only disk": "read_only",
        "the check where nothing is and nothing can be": "read_only",
        "the first call there": "read_only"
      })
    })
  )
})
