import { cpSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { books, brokenBooks } from "@image-skill/core/payments/BrokenBooks"
import { Fulfilment } from "@image-skill/core/payments/Fulfilment"
import { ReturnPage } from "@image-skill/core/payments/ReturnPage"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import { start as startEmulator } from "@image-skill/testing/payments/StripeEmulator"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { rolldown } from "rolldown"
import { start } from "../Child.ts"
import { temporaryFolder } from "../Folder.ts"
import { stores } from "../jobs/Composition.ts"
import {
  configuredRails,
  credits,
  type Life,
  live,
  madeIn,
  operatorOf,
  refundedCents,
  serviceOver
} from "./PaymentLife.ts"

const Killed = Schema.Struct({ killedAt: Schema.String })
const Ended = Schema.Struct({ ended: Schema.String, steps: Schema.Number })
const Told = Schema.Union([Killed, Ended])

/** Where the program stands as one file: some forty processes are started, and each reads it in half the time. */
const bundled = mkdtempSync(join(tmpdir(), "image-skill-life-"))

beforeAll(async () => {
  const bundle = await rolldown({
    input: fileURLToPath(new URL("programs/PurchaseLife.ts", import.meta.url)),
    platform: "node",
    external: [/^node:/u, "sharp", "undici", "redis", "bufferutil", "utf-8-validate"],
    resolve: { conditionNames: ["@image-skill/source", "node", "import", "default"] },
    checks: { ineffectiveDynamicImport: false }
  })
  await bundle.write({ dir: bundled, format: "esm", entryFileNames: "life.mjs", chunkFileNames: "[name].mjs" })
  await bundle.close()
})

afterAll(() => rmSync(bundled, { recursive: true, force: true }))

const serviceOf = (life: Life) =>
  serviceOver(stores(life.folder), {
    ...configuredRails(life.stripe),
    returnPage: ReturnPage.at("https://service.example")
  })

/** A data folder with an agent that has no credits. */
const poorAgent = Effect.fnUntraced(function* (methodId: Life["methodId"]) {
  const folder = yield* temporaryFolder
  const blank: Life = { folder, token: "", methodId, stripe: null, fatal: 0 }
  const signup = yield* Effect.flatMap(ServiceApi, (service) =>
    service.signup({ agentName: "buyer", runtime: "test", returnToken: true })
  ).pipe(Effect.provide(serviceOf(blank)))
  return { ...blank, token: textField(signup.envelope.data, "token") }
})

/** A life in a copy of the folder and in an account of its own, in a process that dies at its step. */
const died = Effect.fnUntraced(function* (poor: Life, fatal: number) {
  const folder = yield* temporaryFolder
  cpSync(poor.folder, folder, { recursive: true })
  const stripe = poor.methodId === "fake" ? null : yield* startEmulator()
  const { baseUrl = "", controlUrl = "", secretKey = "", webhookSecret = "" } = stripe ?? {}
  const account = stripe === null ? null : { baseUrl, controlUrl, secretKey, webhookSecret }
  const life: Life = { ...poor, folder, stripe: account, fatal }
  const child = yield* start("payments/programs/KilledPayment.ts", [
    JSON.stringify(life),
    join(bundled, "cache"),
    join(bundled, "life.mjs")
  ])
  const told = yield* Effect.flatMap(child.next, Schema.decodeUnknownEffect(Told))
  yield* child.ended
  return { life, told }
})

/** What the next process finds and does: it starts as a server starts, and runs what was printed once more. */
const aftermath = (life: Life) =>
  Effect.gen(function* () {
    const service = yield* ServiceApi
    const { catchUp, sweep } = yield* Fulfilment
    yield* catchUp
    yield* sweep(10)
    const rerun = yield* live(life)
    const quota = yield* service.quota({}, Redacted.make(life.token))
    return {
      rerun,
      remaining: jsonField(jsonField(quota.envelope.data, "limits"), "payment_backed_remaining_credits"),
      all: yield* books,
      broken: yield* brokenBooks
    }
  }).pipe(Effect.provide(serviceOf(life)))

const provedAt = Effect.fnUntraced(function* (poor: Life, fatal: number) {
  const { life, told } = yield* died(poor, fatal)
  const where = `${fatal}: before ${"killedAt" in told ? told.killedAt : "it lived"}`
  const { all, broken, remaining, rerun } = yield* aftermath(life)
  const refunded = life.stripe === null ? 0 : refundedCents
  assert.deepStrictEqual(broken, [], where)
  assert.strictEqual(rerun.state, "succeeded", where)
  const { attempts, events, quotes, receipts, reversals } = all.payments
  assert.deepStrictEqual(
    quotes.map(({ id, state }) => [id, state]),
    [[rerun.quoteId, "fulfilled"]],
    where
  )
  assert.deepStrictEqual(
    attempts.map(({ exception, id, status }) => [id, status, exception]),
    [[rerun.paymentAttemptId, "succeeded", null]],
    where
  )
  assert.deepStrictEqual(
    receipts.map((receipt) => [receipt.credits, receipt.refundedCents, receipt.reversedCredits]),
    [[credits, refunded, refunded]],
    where
  )
  assert.lengthOf(reversals, refunded === 0 ? 0 : 1, where)
  assert.deepStrictEqual(
    events.filter(({ processedAt }) => processedAt === null),
    [],
    where
  )
  assert.strictEqual(remaining, credits - refunded, where)
  const granted = all.events.filter(({ type }) => type === "credits.payment_backed_granted")
  assert.lengthOf(granted, 1, where)
  if (life.stripe !== null) {
    const made = yield* madeIn(operatorOf(life.stripe))
    assert.lengthOf(made.sessions, life.methodId === "stripe_checkout" ? 1 : 0, where)
    assert.deepStrictEqual(
      made.intents.map(({ amount_received: received }) => received),
      [credits],
      where
    )
    assert.deepStrictEqual(
      made.charges.map(({ amount, amount_refunded: back, status }) => [amount, back, status]),
      [[credits, refundedCents, "succeeded"]],
      where
    )
    assert.lengthOf(made.refunds, 1, where)
  }
  return "killedAt" in told ? told.killedAt : "it lived"
})

/** Every step of a whole life, each in a life that ends there. */
const provedEverywhere = Effect.fnUntraced(function* (methodId: Life["methodId"]) {
  const poor = yield* poorAgent(methodId)
  const { told } = yield* Effect.scoped(died(poor, 0))
  assert.isTrue("ended" in told && told.ended === "succeeded", JSON.stringify(told))
  const steps = Array.from({ length: "steps" in told ? told.steps : 0 }, (_, index) => index + 1)
  return yield* Effect.forEach(steps, (step) => Effect.scoped(provedAt(poor, step)), { concurrency: 2 })
})

/** What every life has to go through, whatever else: none of it can silently stop being a step. */
const sale = ["insertQuote", "insertAttempt", "the rail's open", "the rail's read", "insertReceipt", "the end"]
const reversal = ["the payment", "the refund", "insertEvent", "insertReversal"]

const lives = [
  ["fake", sale],
  ["stripe_x402.exact.usdc", [...sale, ...reversal]],
  ["stripe_checkout", [...sale, ...reversal]]
] as const

describe("a service that is killed", () => {
  for (const [methodId, needed] of lives) {
    it.live(
      `sells once on ${methodId}, wherever it dies: one quote, one thing to pay, one receipt, one grant`,
      () =>
        Effect.gen(function* () {
          const steps = yield* provedEverywhere(methodId)
          for (const step of needed)
            assert.isTrue(
              steps.some((name) => name.includes(step)),
              `${step} is no step of ${steps.join("; ")}`
            )
        }),
      120_000
    )
  }
})
