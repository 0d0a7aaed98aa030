// What selling credits costs: quotes and verified payments beside bare inserts of the same rows, the proof of the books
// from a few entries to a million, and what the payment SDKs add to commands that do not need them.
// By itself: node bench/payments.mjs
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"
import * as SqliteActivityLog from "@image-skill/adapters/activity/SqliteActivityLog"
import * as FilePolicy from "@image-skill/adapters/credits/FilePolicy"
import * as SqliteLedgerStore from "@image-skill/adapters/credits/SqliteLedgerStore"
import * as SqliteSpendPolicies from "@image-skill/adapters/credits/SqliteSpendPolicies"
import * as NodeSecretBytes from "@image-skill/adapters/envelope/NodeSecretBytes"
import * as FakePaymentRail from "@image-skill/adapters/payments/FakePaymentRail"
import * as SqlitePaymentStore from "@image-skill/adapters/payments/SqlitePaymentStore"
import * as SqliteStore from "@image-skill/adapters/store/SqliteStore"
import { CreditLedger } from "@image-skill/core/credits/CreditLedger"
import { SpendGuard } from "@image-skill/core/credits/SpendGuard"
import { OwnerPolicyFile } from "@image-skill/core/credits/SpendPolicies"
import { Ids } from "@image-skill/core/envelope/Ids"
import { brokenBooks } from "@image-skill/core/payments/BrokenBooks"
import { CreditQuotes } from "@image-skill/core/payments/CreditQuotes"
import { Fulfilment } from "@image-skill/core/payments/Fulfilment"
import { PaymentBooks } from "@image-skill/core/payments/PaymentBooks"
import { PaymentEvents } from "@image-skill/core/payments/PaymentEvents"
import { PaymentRails } from "@image-skill/core/payments/PaymentRails"
import { Purchases } from "@image-skill/core/payments/Purchases"
import { ReturnPage } from "@image-skill/core/payments/ReturnPage"
import { Store } from "@image-skill/core/store/Store"
import { agent } from "@image-skill/testing/identity/AgentSample"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { fill } from "./ledger.mjs"
import { compare, executable } from "./process.mjs"
import { atLeast, atMost, median, note } from "./row.mjs"

/** @import { SQLInputValue } from "node:sqlite" */
/** @import { Row } from "./row.mjs" */

const payments = 600
const batch = 50
const few = 1000
const many = 1_000_000

/** @returns {Promise<ReadonlyArray<Row>>} */
export const run = async () => {
  const folder = mkdtempSync(join(tmpdir(), "image-skill-bench-"))
  try {
    return [...(await sales(folder)), await proofs(folder), ...starts(folder)]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {string} folder */
const open = (folder) =>
  ManagedRuntime.make(
    Purchases.layer.pipe(
      Layer.provideMerge(CreditQuotes.layer),
      Layer.provideMerge(Fulfilment.layer),
      Layer.provideMerge(PaymentBooks.layer),
      Layer.provideMerge(Layer.merge(CreditLedger.layer, SpendGuard.layer)),
      Layer.provideMerge(
        Layer.mergeAll(
          // It is paid before anybody is told, so that an event is what brings the credits.
          PaymentRails.layerOf([FakePaymentRail.make({ script: "duplicate" })]),
          PaymentEvents.none,
          ReturnPage.none,
          SqliteLedgerStore.layer(SqliteStore.unavailable),
          SqlitePaymentStore.layer(SqliteStore.unavailable),
          SqliteSpendPolicies.layer(SqliteStore.unavailable),
          Layer.succeed(OwnerPolicyFile, FilePolicy.inFolder(folder)),
          SqliteActivityLog.layer(SqliteStore.unavailable),
          Ids.layer.pipe(Layer.provide(NodeSecretBytes.layer))
        )
      ),
      Layer.provideMerge(SqliteStore.layer(folder))
    )
  )

/**
 * Quotes and grants through the service's own programs, in turns with bare inserts of the very rows they left, by the
 * same SQLite with the same pragmas and one transaction for each.
 *
 * @param {string} folder
 */
const sales = async (folder) => {
  const ours = open(join(folder, "ours"))
  const buyer = agent("bench")
  /** @param {number} turn */
  const quote = (turn) =>
    Effect.flatMap(CreditQuotes, (quotes) =>
      quotes.quote(buyer, { credits: 100, packId: null, methodId: "fake", key: `quote-${turn}` })
    )
  /** @param {number} turn */
  const grant = (turn) =>
    Effect.gen(function* () {
      const { take, workOff } = yield* Fulfilment
      const attemptId = attempts[turn] ?? ""
      yield* take({ id: `evt_${turn}`, type: "payment", attemptId, handles: [], payload: "{}" })
      yield* workOff(1)
    })
  /** @type {Array<string>} */
  const attempts = []
  await ours.runPromise(Effect.flatMap(Store, ({ transaction }) => transaction(Effect.void)))
  await ours.runPromise(quote(-1))
  const source = new DatabaseSync(join(folder, "ours", SqliteStore.fileName), { readOnly: true })
  const bare = { quote: emptyCopy(source, join(folder, "quotes")), grant: emptyCopy(source, join(folder, "grants")) }
  const times = { quote: none(), grant: none(), bareQuote: none(), bareGrant: none() }
  for (let first = 0; first < payments; first += batch) {
    const turns = Array.from({ length: batch }, (_, index) => first + index)
    const beforeQuotes = marks(source, quoteTables)
    /** @type {Array<string>} */
    const quoteIds = []
    for (const turn of turns) {
      const quoted = await timed(times.quote, () => ours.runPromise(quote(turn)))
      quoteIds.push(quoted.quote.id)
    }
    const quoteRows = newRows(source, quoteTables, beforeQuotes)
    for (const [index, turn] of turns.entries()) {
      const request = { methodId: "fake", quoteId: quoteIds[index] ?? "", key: `buy-${turn}` }
      const bought = await ours.runPromise(Effect.flatMap(Purchases, ({ buy }) => buy(buyer, request, "trace_bench")))
      attempts.push(bought.attempt.id)
    }
    const beforeGrants = marks(source, grantTables)
    for (const turn of turns) await timed(times.grant, () => ours.runPromise(grant(turn)))
    await insertAll(bare.quote, quoteRows, times.bareQuote)
    await insertAll(bare.grant, newRows(source, grantTables, beforeGrants), times.bareGrant)
  }
  const broken = await ours.runPromise(brokenBooks)
  if (broken.length > 0) throw new Error(`the books are broken: ${JSON.stringify(broken.slice(0, 3))}`)
  const receipts = source.prepare("SELECT count(*) AS granted FROM receipt").get()
  if (receipts?.["granted"] !== payments) throw new Error(`${String(receipts?.["granted"])} payments were granted`)
  await ours.dispose()
  for (const database of [source, bare.quote, bare.grant]) database.close()
  return [
    atLeast("quotes beside bare inserts of their rows", perSecond(times.quote), perSecond(times.bareQuote), "1/s", 0.4),
    // An event is kept before anything is done about it, and marked when all is done: two commits, and the truth is read again between them.
    atLeast(
      "payments granted by an event beside bare inserts of their rows",
      perSecond(times.grant),
      perSecond(times.bareGrant),
      "1/s",
      0.1
    )
  ]
}

const quoteTables = ["credit_quote"]
const grantTables = ["provider_event", "receipt", "journal", "posting", "activity_event", "activity_reference"]

/** Tables whose rows have no rowid are numbered by themselves. */
const numbered = new Set(["posting", "activity_reference"])

/** @param {string} table */
const order = (table) => (numbered.has(table) ? "seq" : "rowid")

/** How far each table goes. @param {DatabaseSync} source @param {ReadonlyArray<string>} tables */
const marks = (source, tables) =>
  new Map(
    tables.map((table) => [
      table,
      Number(source.prepare(`SELECT max(${order(table)}) AS last FROM ${table}`).get()?.["last"] ?? 0)
    ])
  )

/** @typedef {{ readonly table: string, readonly rows: ReadonlyArray<ReadonlyArray<SQLInputValue>> }} NewRows */

/**
 * @param {DatabaseSync} source
 * @param {ReadonlyArray<string>} tables
 * @param {ReadonlyMap<string, number>} since
 * @returns {ReadonlyArray<NewRows>}
 */
const newRows = (source, tables, since) =>
  tables.map((table) => ({
    table,
    rows: source
      .prepare(`SELECT * FROM ${table} WHERE ${order(table)} > ? ORDER BY ${order(table)}`)
      .all(since.get(table) ?? 0)
      .map((row) => Object.values(row))
  }))

/** The same tables, indexes and pragmas, without rows. @param {DatabaseSync} source @param {string} file */
const emptyCopy = (source, file) => {
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false })
  const schema = source
    .prepare(
      "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND type IN ('table', 'index') AND name NOT LIKE 'sqlite_%'"
    )
    .all()
    .map(({ sql }) => String(sql))
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${schema.join(";")}`)
  return database
}

/**
 * Every new row again, in as many transactions as there were payments.
 *
 * @param {DatabaseSync} database
 * @param {ReadonlyArray<NewRows>} tables
 * @param {Array<number>} times
 */
const insertAll = async (database, tables, times) => {
  const statements = tables.map(({ rows, table }) => ({
    rows,
    statement: database.prepare(`INSERT INTO ${table} VALUES (${(rows[0] ?? []).map(() => "?").join(",")})`)
  }))
  for (let turn = 0; turn < batch; turn += 1)
    await timed(times, () => {
      database.exec("BEGIN IMMEDIATE")
      for (const { rows, statement } of statements) {
        const each = rows.length / batch
        for (const row of rows.slice(Math.floor(turn * each), Math.floor((turn + 1) * each))) statement.run(...row)
      }
      database.exec("COMMIT")
    })
}

/** The proof of the books, by its cost for each entry. @param {string} folder */
const proofs = async (folder) => {
  /** @param {number} count */
  const perEntry = async (count) => {
    const home = join(folder, `books-${count}`)
    const runtime = open(home)
    await runtime.runPromise(Effect.flatMap(Store, ({ transaction }) => transaction(Effect.void)))
    fill(join(home, SqliteStore.fileName), count)
    /** @type {Array<number>} */
    const times = []
    for (let turn = 0; turn < (count > few ? 1 : 20); turn += 1)
      await timed(times, () => runtime.runPromise(brokenBooks))
    await runtime.dispose()
    return median(times) / count
  }
  const reference = await perEntry(few)
  return atMost(
    `proof of the books, for each of ${many.toLocaleString("en")} entries beside each of ${few.toLocaleString("en")}`,
    await perEntry(many),
    reference,
    "µs",
    3
  )
}

/**
 * What a configured payment provider adds to commands that have nothing to do with it: its package is loaded by the
 * first call and never before.
 *
 * @param {string} folder
 */
const starts = (folder) => {
  const words = [executable, "credits", "methods"]
  const settle = [executable, "credits", "settle", "--payment-attempt-id", "payatt_bench", "--print"]
  const { bare, stripe, wallet, without } = compare({
    bare: { words: ["-e", "0"] },
    without: { words, home: folder },
    stripe: { words, home: folder, env: configured },
    wallet: { words: settle, home: folder, mayFail: true }
  })
  return [
    atMost("credits methods with a Stripe key and a wallet beside one without", stripe, without, "ms", 1.1),
    note("credits settle, cold, beside bare node", wallet, bare, "ms")
  ]
}

const configured = { STRIPE_SECRET_KEY: "sk_test_benchbenchbench", IMAGE_SKILL_WALLET_KEY: `0x${"1".repeat(64)}` }

const none = () => /** @type {Array<number>} */ ([])

/** @param {ReadonlyArray<number>} times */
const perSecond = (times) => 1_000_000 / median(times)

/**
 * @template A
 * @param {Array<number>} times in microseconds
 * @param {() => A | Promise<A>} work
 */
const timed = async (times, work) => {
  const began = performance.now()
  const result = await work()
  times.push((performance.now() - began) * 1000)
  return result
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(await run())
