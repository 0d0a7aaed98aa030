import { assert, describe, it } from "@effect/vitest"
import * as WorkerInspector from "@image-skill/adapters/media/inspector/WorkerInspector"
import * as FakePaymentRail from "@image-skill/adapters/payments/FakePaymentRail"
import type { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { type Answer, FailureWire, successOf } from "@image-skill/core/envelope/Envelope"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { brokenBooks } from "@image-skill/core/payments/BrokenBooks"
import { unconfigured } from "@image-skill/core/payments/PaymentRails"
import { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import { answers } from "@image-skill/core/service/Answers"
import { type Credentials, ServiceApi } from "@image-skill/core/service/ServiceApi"
import type { Store } from "@image-skill/core/store/Store"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { reportedSecret } from "./FeedbackStory.ts"
import * as MemoryService from "./MemoryService.ts"
import { askedFor, oddIds, oddTokens } from "./OddIds.ts"
import { pricedOptions } from "./PricedService.ts"
import { secret } from "./PurchaseStory.ts"
import { forbidden, story } from "./ServiceStory.ts"
import {
  badTokens,
  eventsOf,
  guarded,
  idIn,
  nobody,
  open,
  picture,
  questions,
  reads,
  type Tenant,
  tenant
} from "./Tenants.ts"
import { comparable, comparableAnswer, faults, leaks, type Line, transcribe } from "./Transcript.ts"

/** A service and its books, which the suite reads to see what an answer changed. */
export type Served = ServiceApi | LedgerStore | PaymentStore | ActivityLog | Store

export interface SuiteOptions {
  /** The priced models of the kit can run here (`pricedOptions`): the story then spends, and runs into its limits. */
  readonly priced?: boolean
  /** Who draws for the reference, where that is not the quick renderer of the kit. */
  readonly renderer?: MemoryService.TestServiceOptions["renderer"]
}

/** What the suite's service is configured with, beside what `MemoryService` has by itself. */
export const configuration = {
  contentRules: [forbidden],
  limits: { acceptTestContacts: true },
  rails: [...unconfigured, FakePaymentRail.make({ script: "succeed" })]
}

/** The story as it was told to a service, and what its books were like afterwards. */
class Told extends Context.Service<
  Told,
  { readonly lines: ReadonlyArray<Line>; readonly brokenBooks: ReadonlyArray<unknown> }
>()("testing/service/Told") {}

/** Tells the story in a world of its own, whose time starts at zero. */
const tell = <E>(layer: Layer.Layer<Served, E>, options: { readonly priced: boolean }) =>
  Effect.gen(function* () {
    const lines = yield* transcribe(story(options))
    return Told.of({ lines, brokenBooks: yield* brokenBooks })
  }).pipe(Effect.provide(Layer.provideMerge(layer, TestClock.layer())))

/** The service that all others must be like: in memory, in this process. */
const reference = ({ priced = false, renderer }: SuiteOptions) =>
  Layer.unwrap(
    Effect.map(priced ? pricedOptions : Effect.succeed({}), (options) =>
      MemoryService.layer({
        ...options,
        ...configuration,
        inspector: WorkerInspector.layer,
        ...(renderer === undefined ? {} : { renderer })
      })
    )
  )

/**
 * The contract of the public API, however it is reached. The same story must get the same answers as from the service
 * in memory, to the last field; and what no answer may do holds for every operation and every kind of id.
 *
 * `layer` makes an empty service each time that it is built, with the clock of the test.
 */
export const suite = <E>(name: string, layer: Layer.Layer<Served, E>, options: SuiteOptions = {}): void => {
  describe(`ServiceApi (${name})`, () => {
    const { priced = false } = options

    it.layer(Layer.effect(Told, tell(layer, { priced })))((it) => {
      it.effect("answers a whole story as it must", () =>
        Effect.gen(function* () {
          const { lines } = yield* Told
          assert.deepStrictEqual(lines.flatMap(faults), [])
        })
      )

      it.effect("answers a whole story as the service in memory does", () =>
        Effect.gen(function* () {
          const { lines } = yield* Told
          const expected = comparable((yield* tell(reference(options), { priced })).lines)
          for (const [index, line] of comparable(lines).entries()) assert.strictEqual(line, expected[index])
          assert.strictEqual(lines.length, expected.length)
        })
      )

      it.effect("answers what its schemas say, to the last field", () =>
        Effect.gen(function* () {
          const { lines } = yield* Told
          assert.deepStrictEqual(lines.flatMap(misshapen), [])
        })
      )

      it.effect("gives no secret away", () =>
        Effect.gen(function* () {
          const { lines } = yield* Told
          assert.deepStrictEqual(
            leaks(lines, [forbidden.phrase, "calm sea", "studio-bots", "team-bots", reportedSecret, secret]),
            []
          )
        })
      )

      it.effect("has its books in order", () =>
        Effect.gen(function* () {
          const { brokenBooks } = yield* Told
          assert.deepStrictEqual(brokenBooks, [])
        })
      )
    })

    it.layer(layer)((it) => {
      it.effect("treats every token alike that is none, whatever is asked for", () =>
        Effect.gen(function* () {
          const [mine, foreign] = [yield* tenant, yield* tenant]
          const bad = yield* badTokens(mine)
          const expected = comparableAnswer(yield* (yield* ServiceApi).whoami({}))
          for (const ids of [mine, foreign, nobody]) {
            for (const { ask, operation } of yield* questions(ids, guarded)) {
              for (const [kind, token] of bad) {
                const answer = yield* ask(token)
                assert.strictEqual(unlabelled(answer), unlabelled(expected), `${operation} with ${kind}`)
              }
            }
          }
        })
      )

      it.effect("takes no notice of a token where none is needed", () =>
        Effect.gen(function* () {
          const mine = yield* tenant
          const bad = yield* badTokens(mine)
          for (const { ask, operation } of yield* questions(mine, open)) {
            const expected = comparableAnswer(yield* ask(null))
            for (const [kind, token] of [...bad, ["a good token", mine.token] as const]) {
              assert.strictEqual(comparableAnswer(yield* ask(token)), expected, `${operation} with ${kind}`)
            }
          }
        })
      )

      it.effect("cannot be asked whether somebody else has something", () =>
        Effect.gen(function* () {
          const [mine, foreign] = [yield* tenant, yield* tenant]
          const unknown = yield* questions(nobody, guarded)
          for (const [index, { ask, operation }] of (yield* questions(foreign, guarded)).entries()) {
            const answer = yield* ask(mine.token)
            const other = yield* unknown[index]?.ask(mine.token) ?? Effect.die("as many questions")
            assert.strictEqual(comparableAnswer(answer), comparableAnswer(other), `${operation} ${index}`)
          }
        })
      )

      it.effect("lets two agents use the same key, each for its own job", () =>
        Effect.gen(function* () {
          const service = yield* ServiceApi
          const [one, two] = [yield* tenant, yield* tenant]
          const create = (token: Credentials) => service.create({ ...picture, idempotencyKey: "shared" }, token)
          const [mine, theirs] = [yield* create(one.token), yield* create(two.token)]
          assert.strictEqual(replayed(theirs), false)
          assert.notStrictEqual(idIn(mine, "job_id"), idIn(theirs, "job_id"))
          assert.strictEqual(replayed(yield* create(two.token)), true)
        })
      )

      it.effect("lets two agents use the same keys, each for its own quote and purchase", () =>
        Effect.gen(function* () {
          const service = yield* ServiceApi
          const [one, two] = [yield* tenant, yield* tenant]
          const buy = Effect.fnUntraced(function* ({ token }: Tenant) {
            const quoted = yield* service.creditsQuote({ ...offer, idempotencyKey: "shared" }, token)
            const paid = yield* service.creditsFakePurchase(
              { quoteId: idIn(quoted, "quote_id"), idempotencyKey: "shared" },
              token
            )
            return [quoted, paid].map(({ envelope }) => jsonField(envelope.data, "idempotent_replay"))
          })
          assert.deepStrictEqual(
            [yield* buy(one), yield* buy(two), yield* buy(one)],
            [
              [false, false],
              [false, false],
              [true, true]
            ]
          )
        })
      )

      it.effect("grants once for many purchases of a quote at once, whatever their keys are", () =>
        Effect.gen(function* () {
          const service = yield* ServiceApi
          const { token } = yield* tenant
          const paidCredits = Effect.map(service.quota({}, token), ({ envelope }) =>
            jsonField(jsonField(envelope.data, "limits"), "payment_backed_remaining_credits")
          )
          const before = yield* paidCredits
          const quote = service.creditsQuote({ ...offer, idempotencyKey: "hasty" }, token)
          const quotes = yield* Effect.replicateEffect(quote, 4, { concurrency: "unbounded" })
          const quoteIds = new Set(quotes.map((answer) => idIn(answer, "quote_id")))
          assert.strictEqual(quoteIds.size, 1)
          const [quoteId = ""] = quoteIds
          const keys = ["one", "one", "two", "two", "three", "one"]
          const all = yield* Effect.forEach(
            keys,
            (idempotencyKey) => service.creditsFakePurchase({ quoteId, idempotencyKey }, token),
            { concurrency: "unbounded" }
          )
          const other = all.filter(({ envelope }) => textField(envelope.error, "code") !== notPurchasable)
          const receipts = new Set(other.map((answer) => idIn(answer, "payment_attempt_id")))
          assert.strictEqual(receipts.size, 1)
          assert.notInclude([...receipts], "")
          assert.deepStrictEqual([before, yield* paidCredits], [25, 35])
        })
      )

      it.effect("makes one job of many requests at once with one key", () =>
        Effect.gen(function* () {
          const service = yield* ServiceApi
          const { token } = yield* tenant
          const create = service.create({ ...picture, idempotencyKey: "hasty" }, token)
          const all = yield* Effect.replicateEffect(create, 8, { concurrency: "unbounded" })
          const jobs = all.map(({ envelope }) =>
            envelope.ok
              ? textField(envelope.data, "job_id")
              : `${textField(envelope.error, "code")} ${textField(jsonField(envelope.error, "recovery"), "job_id")}`
          )
          const jobId = jobs.find((job) => job.startsWith("job_")) ?? ""
          const others = jobs.filter((job) => job !== jobId && job !== `IDEMPOTENT_REQUEST_IN_PROGRESS ${jobId}`)
          assert.deepStrictEqual([jobId === "", others], [false, []])
          assert.strictEqual(idIn(yield* create, "job_id"), jobId)
        })
      )

      it.effect(
        "says of credits and of how they are got the same where the quota is asked for and where a status is",
        () =>
          Effect.gen(function* () {
            const service = yield* ServiceApi
            const { token } = yield* tenant
            const quota = (yield* service.quota({}, token)).envelope.data
            const status = (yield* service.creditsStatus({}, token)).envelope.data
            for (const field of ["limits", "daily_jobs", "model_limits", "plan", "top_up", "token_created_at"]) {
              assert.isDefined(jsonField(quota, field), field)
              assert.deepStrictEqual(jsonField(status, field), jsonField(quota, field), field)
            }
            assert.isTrue(jsonField(jsonField(quota, "top_up"), "available"))
          })
      )

      it.effect("tells only those that they start without credits who do", () =>
        Effect.gen(function* () {
          const service = yield* ServiceApi
          const who = { agentName: "poor", runtime: "suite" }
          const rich = { ...who, agentContact: `${(yield* tenant).key}@studio.example`, returnToken: true }
          const [first, second] = [yield* service.signup(rich), yield* service.signup(rich)]
          const again = (signup: Answer, returnToken: boolean) =>
            service.signup({ ...rich, returnToken }, Redacted.make(idIn(signup, "token")))
          const told = [first, second, yield* again(first, false), yield* again(first, true)].map(({ envelope }) => ({
            credits: jsonField(jsonField(envelope.data, "quota"), "remaining_credits"),
            isWarned: envelope.warnings.some((warning) => warning.includes("starts without"))
          }))
          assert.deepStrictEqual(told, [
            { credits: 50, isWarned: false },
            { credits: 0, isWarned: true },
            { credits: 50, isWarned: false },
            { credits: 50, isWarned: false }
          ])
        })
      )

      it.effect("changes nothing when it is read, whoever reads what", () =>
        Effect.gen(function* () {
          const [mine, foreign] = [yield* tenant, yield* tenant]
          const before = yield* state([mine, foreign])
          for (const ids of [mine, foreign, nobody]) {
            for (const { ask, operation } of yield* questions(ids, reads)) {
              for (const token of [mine.token, foreign.token, null]) {
                yield* ask(token)
                assert.deepStrictEqual(yield* state([mine, foreign]), before, operation)
              }
            }
          }
        })
      )

      it.effect.each(oddIds)("answers for the odd id $id as the service in memory does", ({ id }) =>
        Effect.gen(function* () {
          const expected = yield* askedFor(id).pipe(Effect.provide(reference(options)))
          assert.deepStrictEqual(yield* askedFor(id), expected)
        })
      )

      it.effect.each(oddTokens)("answers to $kind as to any other that is none", ({ token }) =>
        Effect.gen(function* () {
          const service = yield* ServiceApi
          const answer = yield* service.whoami({}, Redacted.make(token))
          assert.strictEqual(comparableAnswer(answer), comparableAnswer(yield* service.whoami({})))
        })
      )
    })
  })
}

const strict = { onExcessProperty: "error", errors: "all" } as const

/** What an envelope has that its schema does not know, or lacks. */
const misshapen = ({ answer, operation, step }: Line): ReadonlyArray<string> => {
  const schema = answer.envelope.ok ? successOf(Schema.toEncoded(answers[operation])) : FailureWire
  return Result.match(Schema.decodeUnknownResult(schema, strict)(answer.envelope), {
    onSuccess: () => [],
    onFailure: ({ message }) => [`${step}: ${message}`]
  })
}

const offer = { credits: 10, paymentMethod: "fake" }
const notPurchasable = "CREDIT_QUOTE_NOT_PURCHASABLE"

const replayed = ({ envelope }: Answer) => jsonField(jsonField(envelope.data, "idempotency"), "replayed")

/** The ledger, the payments, and what the organizations of these tenants have done. */
const state = Effect.fnUntraced(function* (tenants: ReadonlyArray<Tenant>) {
  const ledger = yield* LedgerStore
  const payments = yield* PaymentStore
  return {
    ledger: yield* ledger.dump,
    payments: yield* payments.dump,
    events: yield* Effect.forEach(tenants, ({ organizationId }) => eventsOf(organizationId))
  }
})

/** A refused answer without what tells which operation it was. */
const unlabelled = (answer: Answer | string): string =>
  (typeof answer === "string" ? answer : comparableAnswer(answer)).replace(/"command": "image-skill [a-z -]+"/u, "")
