import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import { migrations } from "@image-skill/adapters/store/SqliteMigrations"
import * as SqliteStore from "@image-skill/adapters/store/SqliteStore"
import { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import { DailySlots } from "@image-skill/core/credits/DailySlots"
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { Agents } from "@image-skill/core/identity/Agents"
import { JobStore } from "@image-skill/core/jobs/JobStore"
import { Assets } from "@image-skill/core/media/Assets"
import { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import { event } from "@image-skill/testing/activity/EventSample"
import { grantPostings, hold, journal } from "@image-skill/testing/credits/LedgerSample"
import { agent, token } from "@image-skill/testing/identity/AgentSample"
import { fullJob } from "@image-skill/testing/jobs/JobSample"
import { asset } from "@image-skill/testing/media/AssetSample"
import { quote } from "@image-skill/testing/payments/PaymentSample"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { temporaryFolder } from "../Folder.ts"
import { inFolder } from "./Repositories.ts"

describe("a database of the first step", () => {
  it.effect("is brought to the last, and keeps its data", () =>
    Effect.gen(function* () {
      const [current, old] = [yield* temporaryFolder, yield* temporaryFolder]
      yield* within(current)(write)
      const tables = makeOld(old, current)
      const before = rowsOf(old, tables)
      for (const table of tables.keys()) assert.isAbove(before[table]?.length ?? 0, 0, table)

      const read = yield* within(old)(readAll)
      assert.deepStrictEqual(read, yield* within(current)(readAll))
      assert.strictEqual(read.events.length, 1)

      assert.deepStrictEqual({ ...rows(old, "PRAGMA user_version")[0] }, { user_version: migrations.length })
      assert.deepStrictEqual(rowsOf(old, tables), before)
    })
  )

  it.effect("takes payments, debts and their events once it is brought to the last", () =>
    Effect.gen(function* () {
      const [current, old] = [yield* temporaryFolder, yield* temporaryFolder]
      yield* within(current)(write)
      makeOld(old, current)
      yield* Effect.gen(function* () {
        const payments = yield* PaymentStore
        const ledger = yield* LedgerStore
        const log = yield* ActivityLog
        const { organizationId } = quote("new")
        yield* payments.insertQuote(quote("new"))
        yield* ledger.setDebt({ organizationId, paymentId: "payatt_new", owed: 5 })
        const paid = event("new", { organizationId, links: { ...event("new").links, receiptId: "receipt_new" } })
        yield* log.append(paid)
        assert.deepStrictEqual(yield* payments.quote(organizationId, quote("new").id), Option.some(quote("new")))
        assert.strictEqual((yield* ledger.debts(organizationId)).length, 1)
        const found = yield* log.list({ organizationId, reference: "receipt_new", limit: 9, after: null })
        assert.deepStrictEqual(found, [paid])
      }).pipe(within(old))
    })
  )
})

/** Of a job the first step knew neither what a provider calls it nor that somebody wants it canceled. */
const oldJob = { ...fullJob("old"), handle: null, cancelRequestedAt: null }

/** Opens a data folder for as long as the effect runs. */
const within = (folder: string) => Effect.provide(Layer.orDie(inFolder(folder)), { local: true })

/** At least one row for every table of the first step. */
const write = Effect.gen(function* () {
  const agents = yield* Agents
  const ledger = yield* LedgerStore
  yield* agents.insert(agent("old"), token("old"))
  yield* agents.pepper
  yield* ledger.append(journal("old"), grantPostings(journal("old"), 50))
  yield* ledger.insertHold(hold("old"))
  yield* Effect.flatMap(DailySlots, (slots) => slots.take("allowance", "2026-01-02", "job_old"))
  yield* Effect.flatMap(ActivityLog, (log) => log.append(event("old")))
  yield* Effect.flatMap(Assets, (assets) => assets.insert(asset("old")))
  yield* Effect.flatMap(JobStore, (jobs) => jobs.insert(oldJob))
})

/** The same rows as the repositories tell them. */
const readAll = Effect.gen(function* () {
  const { organizationId } = event("old")
  return {
    session: yield* Effect.flatMap(Agents, (agents) => agents.findByTokenHash(token("old").hash)),
    pepper: yield* Effect.flatMap(Agents, (agents) => agents.pepper),
    books: yield* Effect.flatMap(LedgerStore, (ledger) => ledger.dump),
    slots: yield* Effect.flatMap(DailySlots, (slots) => slots.used("allowance", "2026-01-02")),
    events: yield* Effect.flatMap(ActivityLog, (log) =>
      log.list({ organizationId, reference: event("old").traceId, limit: 9, after: null })
    ),
    asset: yield* Effect.flatMap(Assets, (assets) => assets.findPublic(asset("old").id)),
    job: yield* Effect.flatMap(JobStore, (jobs) => jobs.find(fullJob("old").organizationId, fullJob("old").id))
  }
})

/** A database that only the first step was ever applied to, with the rows of another; says which columns of which tables it has. */
const makeOld = (folder: string, from: string): ReadonlyMap<string, string> => {
  const database = new DatabaseSync(join(folder, SqliteStore.fileName))
  for (const statement of migrations[0] ?? []) database.exec(statement)
  database.exec("PRAGMA user_version = 1")
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .all()
    .map(({ name }) => String(name))
  database.prepare("ATTACH ? AS later").run(join(from, SqliteStore.fileName))
  const columnsOf = (table: string) =>
    database
      .prepare(`PRAGMA main.table_info(${table})`)
      .all()
      .map(({ name }) => String(name))
  const columns = new Map(tables.map((table) => [table, columnsOf(table).join(", ")]))
  for (const [table, names] of columns) {
    database.exec(`INSERT INTO main.${table} (${names}) SELECT ${names} FROM later.${table}`)
  }
  database.close()
  return columns
}

/** What the columns of the first step hold; later steps add others. */
const rowsOf = (folder: string, tables: ReadonlyMap<string, string>) =>
  Object.fromEntries(Array.from(tables, ([table, columns]) => [table, rows(folder, `SELECT ${columns} FROM ${table}`)]))

const rows = (folder: string, statement: string): ReadonlyArray<Record<string, unknown>> => {
  const database = new DatabaseSync(join(folder, SqliteStore.fileName), { readOnly: true })
  try {
    return database.prepare(statement).all()
  } finally {
    database.close()
  }
}
