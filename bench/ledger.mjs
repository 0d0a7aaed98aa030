// What reads cost after ten entries and after a million, and what a grant costs beside the bare inserts of its rows.
// By itself: node bench/ledger.mjs
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"
import * as SqliteActivityLog from "@image-skill/adapters/activity/SqliteActivityLog"
import * as SqliteDailySlots from "@image-skill/adapters/credits/SqliteDailySlots"
import * as SqliteLedgerStore from "@image-skill/adapters/credits/SqliteLedgerStore"
import * as NodeSecretBytes from "@image-skill/adapters/envelope/NodeSecretBytes"
import * as SqliteJobStore from "@image-skill/adapters/jobs/SqliteJobStore"
import * as SqliteStore from "@image-skill/adapters/store/SqliteStore"
import { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import { CreditLedger } from "@image-skill/core/credits/CreditLedger"
import { DailySlots } from "@image-skill/core/credits/DailySlots"
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { Ids } from "@image-skill/core/envelope/Ids"
import { AgentId, OrganizationId } from "@image-skill/core/identity/Actor"
import { JobStore } from "@image-skill/core/jobs/JobStore"
import { job } from "@image-skill/testing/jobs/JobSample"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { atLeast, atMost, median } from "./row.mjs"

/** @import { Row } from "./row.mjs" */

const few = 10
const many = 1_000_000
const entriesPerJob = 5

/** The history is that of one organization: the worst case for whoever reads its own. */
const organizationId = OrganizationId.make("org_bench")

/** It has a few events, older than the whole history: the worst case for whoever reads past that of others. */
const quiet = OrganizationId.make("org_quiet")

/** @param {string} folder */
const open = (folder) =>
  ManagedRuntime.make(
    CreditLedger.layer.pipe(
      Layer.provideMerge(
        Layer.mergeAll(
          SqliteLedgerStore.layer(SqliteStore.unavailable),
          SqliteDailySlots.layer(SqliteStore.unavailable),
          SqliteActivityLog.layer(SqliteStore.unavailable),
          SqliteJobStore.layer(SqliteStore.unavailable),
          Ids.layer.pipe(Layer.provide(NodeSecretBytes.layer))
        )
      ),
      Layer.provideMerge(SqliteStore.layer(folder))
    )
  )

/** @returns {Promise<ReadonlyArray<Row>>} */
export const run = async () => {
  const folder = mkdtempSync(join(tmpdir(), "image-skill-bench-"))
  try {
    return [...(await flatness(folder)), await grants(folder)]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {string} folder */
const flatness = async (folder) => {
  const short = await history(join(folder, "few"), few)
  const long = await history(join(folder, "many"), many)
  /** @type {Array<Row>} */
  const rows = []
  for (const { read, what } of reads) {
    const [reference, value] = await compare(
      (turn) => short.runPromise(read(few, turn)),
      (turn) => long.runPromise(read(many, turn))
    )
    rows.push(atMost(`${what}, ${many.toLocaleString("en")} entries beside ${few}`, value, reference, "µs", 1.5))
  }
  await Promise.all([short.dispose(), long.dispose()])
  return rows
}

const reads = [
  {
    what: "quota",
    read: () =>
      Effect.gen(function* () {
        const ledger = yield* LedgerStore
        const slots = yield* DailySlots
        yield* ledger.accounts(organizationId)
        yield* slots.used("allowance_sample", "2026-01-01")
      })
  },
  {
    what: "activity list (newest)",
    read: () =>
      Effect.flatMap(ActivityLog, (log) => log.list({ organizationId, reference: null, limit: few, after: null }))
  },
  {
    what: "activity list (newest of a quiet organization)",
    read: () =>
      Effect.flatMap(ActivityLog, (log) =>
        log.list({ organizationId: quiet, reference: null, limit: few, after: null })
      )
  },
  {
    what: "activity list (one job)",
    /** @param {number} count @param {number} turn */
    read: (count, turn) =>
      Effect.flatMap(ActivityLog, (log) =>
        log.list({ organizationId, reference: someJob(count, turn), limit: few, after: null })
      )
  },
  {
    what: "jobs show",
    /** @param {number} count @param {number} turn */
    read: (count, turn) => Effect.flatMap(JobStore, (jobs) => jobs.find(organizationId, someJob(count, turn)))
  }
]

/** Another job each turn, from all over the history. @param {number} count @param {number} turn */
const someJob = (count, turn) => `job_${`${1 + ((turn * 7919) % (count / entriesPerJob))}`.padStart(20, "0")}`

/**
 * Opens a folder with a history of `count` postings and as many events.
 *
 * @param {string} folder
 * @param {number} count
 */
const history = async (folder, count) => {
  const runtime = open(folder)
  await runtime.runPromise(Effect.flatMap(JobStore, (jobs) => jobs.insert(template)))
  fill(join(folder, SqliteStore.fileName), count)
  return runtime
}

const template = job("template", {
  organizationId,
  agentId: AgentId.make("agt_bench"),
  step: "ended",
  status: "completed"
})

/** Rows from 1 to `upTo`, as SQL. @param {number} upTo */
const numbers = (upTo) => `WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ${upTo})`

/** An id with a number, as SQL. @param {string} prefix @param {string} [number] */
const id = (prefix, number = "i") => `printf('${prefix}_%020d', ${number})`

/**
 * Writes past the repositories, in one statement a table: a million calls would take minutes.
 *
 * @param {string} file
 * @param {number} count
 */
export const fill = (file, count) => {
  const database = new DatabaseSync(file)
  const at = "'2026-01-01T00:00:00.000Z'"
  const own = `'${organizationId}'`
  const jobOfEvent = id("job", `1 + (i - 1 - ${few}) / ${entriesPerJob}`)
  const columns = database
    .prepare("SELECT name FROM pragma_table_info('job') WHERE name <> 'id'")
    .all()
    .map(({ name }) => `job.${String(name)}`)
    .join()
  database.exec(`
    PRAGMA synchronous = OFF;
    BEGIN;
    ${numbers(count / 2)} INSERT INTO journal SELECT ${id("journal")}, ${own}, ${id("key")}, 'preview_grant', 'x', 'x', ${at} FROM n;
    ${numbers(count / 2)} INSERT INTO posting SELECT ${own}, 'preview:issued', i, ${id("journal")}, -1, -i FROM n;
    ${numbers(count / 2)} INSERT INTO posting SELECT ${own}, 'preview:available', i, ${id("journal")}, 1, i FROM n;
    INSERT INTO account VALUES
      (${own}, 'preview:issued', -${count / 2}, ${count / 2}), (${own}, 'preview:available', ${count / 2}, ${count / 2});
    ${numbers(few + count)} INSERT INTO activity_event
      SELECT i, ${id("evt")}, iif(i <= ${few}, '${quiet}', ${own}), 'job.completed', ${at}, 'A create job ended: completed', 'create', ${id("trace")},
        json_object('type', 'job', 'id', ${jobOfEvent}),
        json_object('job_id', ${jobOfEvent}, 'asset_ids', json_array(), 'usage_event_id', NULL), 'completed', NULL, '{}' FROM n;
    ${numbers(few + count)} INSERT INTO activity_reference SELECT ${own}, ${id("evt")}, i FROM n WHERE i > ${few};
    ${numbers(few + count)} INSERT INTO activity_reference SELECT ${own}, ${jobOfEvent}, i FROM n WHERE i > ${few};
    ${numbers(count / entriesPerJob)} INSERT INTO job SELECT ${id("job")}, ${columns} FROM n, job WHERE job.id = '${template.id}';
    COMMIT;
    PRAGMA wal_checkpoint(TRUNCATE);
  `)
  database.close()
}

/**
 * Grants through the ledger, with its proof of the key and its postings, beside bare inserts of the same rows by the
 * same SQLite with the same pragmas.
 *
 * @param {string} folder
 * @returns {Promise<Row>}
 */
const grants = async (folder) => {
  const runtime = open(join(folder, "grants"))
  /** @param {number} turn */
  const grant = (turn) =>
    runtime.runPromise(
      Effect.flatMap(CreditLedger, (ledger) =>
        ledger.grantPreview({ organizationId, key: `key_${turn}`, credits: 1, traceId: "trace_bench" })
      )
    )
  await grant(-1)
  const database = new DatabaseSync(join(folder, "bare.sqlite"), { enableForeignKeyConstraints: true })
  const source = new DatabaseSync(join(folder, "grants", SqliteStore.fileName))
  const schema = source.prepare(
    "SELECT sql FROM sqlite_schema WHERE tbl_name IN ('journal', 'posting', 'account') AND sql IS NOT NULL"
  )
  database.exec(
    `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${schema
      .all()
      .map(({ sql }) => sql)
      .join(";")}`
  )
  source.close()
  const journal = database.prepare(
    "INSERT INTO journal VALUES (?, 'org_bench', ?, 'preview_grant', 'org_bench', 'trace_bench', ?)"
  )
  const posting = database.prepare("INSERT INTO posting VALUES ('org_bench', ?, ?, ?, ?, ?)")
  const account = database.prepare(
    "INSERT INTO account VALUES ('org_bench', ?, ?, ?) ON CONFLICT DO UPDATE SET balance = excluded.balance, seq = excluded.seq"
  )
  /** @param {number} turn */
  const insert = (turn) => {
    const seq = turn + 1
    database.exec("BEGIN IMMEDIATE")
    journal.run(`journal_${turn}`, `key_${turn}`, "2026-01-01T00:00:00.000Z")
    posting.run("preview:issued", seq, `journal_${turn}`, -1, -seq)
    posting.run("preview:available", seq, `journal_${turn}`, 1, seq)
    account.run("preview:issued", -seq, seq)
    account.run("preview:available", seq, seq)
    database.exec("COMMIT")
  }
  const [bare, ours] = await compare(insert, grant)
  database.close()
  await runtime.dispose()
  return atLeast("grants beside bare inserts of their rows", perSecond(ours), perSecond(bare), "1/s", 0.4)
}

/** @param {number} micros */
const perSecond = (micros) => 1_000_000 / micros

/**
 * The median time of each, in microseconds, measured in turns so that what else the machine does meets both.
 *
 * @param {(turn: number) => unknown} left
 * @param {(turn: number) => unknown} right
 */
const compare = async (left, right) => {
  const sides = /** @type {const} */ ([side(left), side(right)])
  const deadline = performance.now() + patience
  for (let turn = 0; turn < turns && performance.now() < deadline; turn += 1) {
    for (const { call, times } of sides) {
      const began = performance.now()
      await call(turn)
      times.push((performance.now() - began) * 1000)
    }
  }
  // The first half warms up.
  const [ours, theirs] = sides
  return /** @type {const} */ ([warm(ours.times), warm(theirs.times)])
}

const turns = 2000

/** Milliseconds after which a comparison has to do with fewer turns: what is not flat may take very long. */
const patience = 20_000

/** @param {ReadonlyArray<number>} times */
const warm = (times) => median(times.slice(Math.floor(times.length / 2)))

/** @param {(turn: number) => unknown} call */
const side = (call) => ({ call, times: /** @type {Array<number>} */ ([]) })

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(await run())
