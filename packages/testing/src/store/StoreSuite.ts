import { assert, it } from "@effect/vitest"
import { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import { DailySlots } from "@image-skill/core/credits/DailySlots"
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import type { SpendPolicies } from "@image-skill/core/credits/SpendPolicies"
import { FeedbackStore } from "@image-skill/core/feedback/FeedbackStore"
import type { AgentRegister } from "@image-skill/core/identity/AgentRegister"
import { Agents } from "@image-skill/core/identity/Agents"
import type { ClaimRequests } from "@image-skill/core/identity/ClaimRequests"
import { JobStore } from "@image-skill/core/jobs/JobStore"
import { Assets } from "@image-skill/core/media/Assets"
import type { PaymentResolutions } from "@image-skill/core/payments/PaymentResolutions"
import { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import { Store, type StoreUnavailable } from "@image-skill/core/store/Store"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { event } from "../activity/EventSample.ts"
import { grantPostings, journal } from "../credits/LedgerSample.ts"
import { feedback } from "../feedback/FeedbackSample.ts"
import { agent, token } from "../identity/AgentSample.ts"
import { job } from "../jobs/JobSample.ts"
import { asset } from "../media/AssetSample.ts"
import { quote } from "../payments/PaymentSample.ts"

/** Everything that a transaction covers. */
export type Repositories =
  | Store
  | Agents
  | AgentRegister
  | LedgerStore
  | SpendPolicies
  | DailySlots
  | ActivityLog
  | JobStore
  | Assets
  | PaymentStore
  | PaymentResolutions
  | FeedbackStore
  | ClaimRequests

/** The contract every `Store` meets, together with the repositories that work on it. */
export const suite = <E>(name: string, layer: Layer.Layer<Repositories, E>): void =>
  it.layer(layer)(`Store (${name})`, (it) => {
    it.effect.each(traces)("a success keeps what $repository wrote", ({ isThere, repository, write }) =>
      Effect.gen(function* () {
        const store = yield* Store
        yield* store.transaction(write(`kept_${repository}`))
        assert.isTrue(yield* isThere(`kept_${repository}`))
      })
    )

    it.effect.each(traces)("a failure undoes what $repository wrote", ({ isThere, repository, write }) =>
      Effect.gen(function* () {
        const store = yield* Store
        const mark = `failed_${repository}`
        const exit = yield* Effect.exit(store.transaction(Effect.andThen(write(mark), Effect.fail("no"))))
        assert.deepStrictEqual(exit, Exit.fail("no"))
        assert.isFalse(yield* isThere(mark))
      })
    )

    it.effect.each(traces)("a defect undoes what $repository wrote", ({ isThere, repository, write }) =>
      Effect.gen(function* () {
        const store = yield* Store
        const mark = `died_${repository}`
        const exit = yield* Effect.exit(store.transaction(Effect.andThen(write(mark), Effect.die("a bug"))))
        assert.isTrue(Exit.hasDies(exit))
        assert.isFalse(yield* isThere(mark))
      })
    )

    it.effect.each(traces)("an interruption undoes what $repository wrote", ({ isThere, repository, write }) =>
      Effect.gen(function* () {
        const store = yield* Store
        const mark = `interrupted_${repository}`
        const wrote = yield* Deferred.make<void>()
        const fiber = yield* write(mark).pipe(
          Effect.andThen(Deferred.succeed(wrote, undefined)),
          Effect.andThen(Effect.never),
          store.transaction,
          Effect.forkChild
        )
        yield* Deferred.await(wrote)
        yield* Fiber.interrupt(fiber)
        assert.isFalse(yield* isThere(mark))
      })
    )

    it.effect("a failure undoes what every repository wrote", () =>
      Effect.gen(function* () {
        const store = yield* Store
        const writeAll = Effect.forEach(traces, ({ write }) => write("all_of_it"), { discard: true })
        yield* Effect.flip(store.transaction(Effect.andThen(writeAll, Effect.fail("no"))))
        const left = yield* Effect.filter(traces, ({ isThere }) => isThere("all_of_it"))
        assert.deepStrictEqual(left, [])
      })
    )

    it.effect.each(traces)("a transaction reads what $repository wrote in it", ({ isThere, repository, write }) =>
      Effect.gen(function* () {
        const store = yield* Store
        const mark = `read_${repository}`
        assert.isTrue(yield* store.transaction(Effect.andThen(write(mark), isThere(mark))))
      })
    )

    it.effect("a failure within undoes only what was written within", () =>
      Effect.gen(function* () {
        const store = yield* Store
        yield* store.transaction(
          Effect.gen(function* () {
            yield* slots.write("outer_before")
            yield* Effect.flip(store.transaction(Effect.andThen(slots.write("inner_failed"), Effect.fail("no"))))
            yield* store.transaction(slots.write("inner_kept"))
            yield* slots.write("outer_after")
          })
        )
        const marks = ["outer_before", "inner_failed", "inner_kept", "outer_after"]
        assert.deepStrictEqual(yield* Effect.filter(marks, slots.isThere), [
          "outer_before",
          "inner_kept",
          "outer_after"
        ])
      })
    )

    it.effect("a failure around undoes what was kept within", () =>
      Effect.gen(function* () {
        const store = yield* Store
        const inner = store.transaction(slots.write("kept_within"))
        yield* Effect.flip(store.transaction(Effect.andThen(inner, Effect.fail("no"))))
        assert.isFalse(yield* slots.isThere("kept_within"))
      })
    )

    it.effect("transactions that one transaction forks take turns", () =>
      Effect.gen(function* () {
        const store = yield* Store
        const branch = (index: number) =>
          slots
            .write(`branch_${index}`)
            .pipe(
              Effect.andThen(Effect.yieldNow),
              Effect.andThen(index % 2 === 0 ? Effect.void : Effect.fail("no")),
              store.transaction,
              Effect.ignore
            )
        const indices = [0, 1, 2, 3, 4, 5]
        yield* store.transaction(Effect.forEach(indices, branch, { concurrency: "unbounded", discard: true }))
        const kept = yield* Effect.filter(indices, (index) => slots.isThere(`branch_${index}`))
        assert.deepStrictEqual(kept, [0, 2, 4])
      })
    )

    it.effect.each(traces)(
      "nobody else sees what $repository wrote before it is kept",
      ({ isThere, repository, write }) =>
        Effect.gen(function* () {
          const store = yield* Store
          const mark = `unseen_${repository}`
          const wrote = yield* Deferred.make<void>()
          const goOn = yield* Deferred.make<void>()
          const writer = yield* write(mark).pipe(
            Effect.andThen(Deferred.succeed(wrote, undefined)),
            Effect.andThen(Deferred.await(goOn)),
            Effect.andThen(Effect.fail("no")),
            store.transaction,
            Effect.flip,
            Effect.forkChild
          )
          yield* Deferred.await(wrote)
          const reader = yield* Effect.forkChild(isThere(mark))
          yield* everybodyElse
          yield* Deferred.succeed(goOn, undefined)
          yield* Fiber.join(writer)
          assert.isFalse(yield* Fiber.join(reader))
        })
    )

    it.effect("transactions of many fibers lose no update", () =>
      Effect.gen(function* () {
        const store = yield* Store
        const daily = yield* DailySlots
        const takeNext = store.transaction(
          Effect.gen(function* () {
            const used = yield* daily.used("many", "2026-01-02")
            yield* Effect.yieldNow
            yield* daily.take("many", "2026-01-02", `many_${used}`)
          })
        )
        yield* Effect.forEach(Array.from({ length: 40 }), () => takeNext, { concurrency: "unbounded", discard: true })
        assert.strictEqual(yield* daily.used("many", "2026-01-02"), 40)
      })
    )

    it.effect("a transaction that waits for its turn can be interrupted", () =>
      Effect.gen(function* () {
        const store = yield* Store
        const began = yield* Deferred.make<void>()
        const goOn = yield* Deferred.make<void>()
        const first = yield* Deferred.succeed(began, undefined).pipe(
          Effect.andThen(Deferred.await(goOn)),
          store.transaction,
          Effect.forkChild
        )
        yield* Deferred.await(began)
        const second = yield* Effect.forkChild(store.transaction(slots.write("impatient")))
        yield* everybodyElse
        yield* Fiber.interrupt(second)
        yield* Deferred.succeed(goOn, undefined)
        yield* Fiber.join(first)
        assert.isFalse(yield* slots.isThere("impatient"))
      })
    )

    it.effect("the database answers", () =>
      Effect.gen(function* () {
        const store = yield* Store
        yield* store.check
        yield* store.transaction(store.check)
      })
    )
  })

/** Lets the other fibers go on until they wait for something. */
const everybodyElse = Effect.replicateEffect(Effect.yieldNow, 20, { discard: true })

/** One thing that a repository writes, and whether it can be found. */
interface Trace<R> {
  readonly repository: string
  readonly write: (mark: string) => Effect.Effect<void, StoreUnavailable, R>
  readonly isThere: (mark: string) => Effect.Effect<boolean, StoreUnavailable, R>
}

const slots: Trace<DailySlots> = {
  repository: "DailySlots",
  write: (mark) => Effect.flatMap(DailySlots, (daily) => daily.take(mark, "2026-01-02", `job_${mark}`)),
  isThere: (mark) =>
    Effect.map(
      Effect.flatMap(DailySlots, (daily) => daily.used(mark, "2026-01-02")),
      (used) => used > 0
    )
}

const traces: ReadonlyArray<Trace<Repositories>> = [
  {
    repository: "Agents",
    write: (mark) => Effect.flatMap(Agents, (agents) => agents.insert(agent(mark), token(mark))),
    isThere: (mark) =>
      Effect.map(
        Effect.flatMap(Agents, (agents) => agents.findByTokenHash(token(mark).hash)),
        Option.isSome
      )
  },
  {
    repository: "LedgerStore",
    write: (mark) => {
      const written = journal(mark, { organizationId: agent(mark).organizationId })
      return Effect.flatMap(LedgerStore, (ledger) => ledger.append(written, grantPostings(written, 5)))
    },
    isThere: (mark) =>
      Effect.map(
        Effect.flatMap(LedgerStore, (ledger) => ledger.accounts(agent(mark).organizationId)),
        (accounts) => accounts.length > 0
      )
  },
  slots,
  {
    repository: "ActivityLog",
    write: (mark) => Effect.flatMap(ActivityLog, (log) => log.append(event(mark))),
    isThere: (mark) =>
      Effect.map(
        Effect.flatMap(ActivityLog, (log) =>
          log.list({ organizationId: event(mark).organizationId, reference: event(mark).id, limit: 1, after: null })
        ),
        (events) => events.length > 0
      )
  },
  {
    repository: "JobStore",
    write: (mark) => Effect.flatMap(JobStore, (jobs) => jobs.insert(job(mark))),
    isThere: (mark) =>
      Effect.map(
        Effect.flatMap(JobStore, (jobs) => jobs.find(job(mark).organizationId, job(mark).id)),
        Option.isSome
      )
  },
  {
    repository: "Assets",
    write: (mark) => Effect.flatMap(Assets, (assets) => assets.insert(asset(mark))),
    isThere: (mark) =>
      Effect.map(
        Effect.flatMap(Assets, (assets) => assets.findPublic(asset(mark).id)),
        Option.isSome
      )
  },
  {
    repository: "PaymentStore",
    write: (mark) => Effect.flatMap(PaymentStore, (payments) => payments.insertQuote(quote(mark))),
    isThere: (mark) =>
      Effect.map(
        Effect.flatMap(PaymentStore, (payments) => payments.quote(quote(mark).organizationId, quote(mark).id)),
        Option.isSome
      )
  },
  {
    repository: "FeedbackStore",
    write: (mark) => Effect.flatMap(FeedbackStore, (rows) => rows.insert(feedback(mark))),
    isThere: (mark) =>
      Effect.map(
        Effect.flatMap(FeedbackStore, (rows) => rows.find(feedback(mark).organizationId, feedback(mark).id)),
        Option.isSome
      )
  }
]
