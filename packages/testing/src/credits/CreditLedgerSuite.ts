import { assert, it } from "@effect/vitest"
import { CreditLedger } from "@image-skill/core/credits/CreditLedger"
import type { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import type { Ids } from "@image-skill/core/envelope/Ids"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import { Store } from "@image-skill/core/store/Store"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import { laws } from "./CreditLedgerLaws.ts"
import { contendedLedger, grantPaid, provedBalances } from "./ProvedLedger.ts"

const trace = "trace_suite"

/** An organization that was given preview credits. */
const organizationWith = Effect.fnUntraced(function* (name: string, preview: number) {
  const ledger = yield* CreditLedger
  const organizationId = OrganizationId.make(`org_${name}`)
  yield* ledger.grantPreview({ organizationId, key: `grant:${name}`, credits: preview, traceId: trace })
  return organizationId
})

const request = (organizationId: OrganizationId, credits: number, jobId = `job_of_${organizationId}`) => ({
  organizationId,
  jobId,
  credits,
  traceId: trace
})

/**
 * The rules of credits over any `Store` and `LedgerStore`. Each step is followed by a proof of the whole ledger, and the
 * laws let many organizations spend at once. `layer` makes an empty database each time that it is built.
 */
export const suite = <E>(name: string, layer: Layer.Layer<Store | LedgerStore | Ids, E>): void => {
  it.layer(contendedLedger(layer))(`CreditLedger (${name})`, (it) => {
    it.effect("a repeated key grants once", () =>
      Effect.gen(function* () {
        const ledger = yield* CreditLedger
        const organizationId = OrganizationId.make("org_repeated")
        const grant = ledger.grantPreview({ organizationId, key: "grant:once", credits: 50, traceId: trace })
        assert.isTrue(yield* grant)
        assert.isFalse(yield* grant)
        assert.deepStrictEqual(yield* provedBalances(organizationId), {
          "preview:available": 50,
          "preview:issued": -50
        })
      })
    )

    it.effect("a key that is repeated by many at once grants once", () =>
      Effect.gen(function* () {
        const ledger = yield* CreditLedger
        const organizationId = OrganizationId.make("org_hasty")
        const grant = ledger.grantPreview({ organizationId, key: "grant:hasty", credits: 50, traceId: trace })
        const given = yield* Effect.replicateEffect(grant, 10, { concurrency: "unbounded" })
        assert.strictEqual(given.filter(Boolean).length, 1)
        assert.strictEqual((yield* provedBalances(organizationId))["preview:available"], 50)
      })
    )

    it.effect("a key belongs to the organization that used it first", () =>
      Effect.gen(function* () {
        const ledger = yield* CreditLedger
        yield* organizationWith("key_owner", 50)
        const thief = OrganizationId.make("org_thief")
        const given = yield* ledger.grantPreview({
          organizationId: thief,
          key: "grant:key_owner",
          credits: 50,
          traceId: trace
        })
        assert.isFalse(given)
        assert.deepStrictEqual(yield* provedBalances(thief), {})
      })
    )

    it.effect("a hold reserves, and a capture takes what was used and gives the rest back", () =>
      Effect.gen(function* () {
        const ledger = yield* CreditLedger
        const organizationId = yield* organizationWith("capture", 50)
        const hold = yield* ledger.hold(request(organizationId, 20))
        assert.deepStrictEqual(yield* provedBalances(organizationId), {
          "preview:available": 30,
          "preview:held": 20,
          "preview:issued": -50
        })
        const closed = yield* ledger.capture(hold.id, 12, trace)
        assert.deepStrictEqual([closed.state, closed.captured], ["captured", { preview: 12, paid: 0 }])
        assert.deepStrictEqual(yield* provedBalances(organizationId), {
          "preview:available": 38,
          "preview:spent": 12,
          "preview:issued": -50
        })
      })
    )

    it.effect.each(["released", "expired"] as const)("a hold that is %s gives everything back", (as) =>
      Effect.gen(function* () {
        const ledger = yield* CreditLedger
        const organizationId = yield* organizationWith(as, 50)
        const hold = yield* ledger.hold(request(organizationId, 20))
        const closed = yield* ledger.release(hold.id, trace, as)
        assert.strictEqual(closed.state, as)
        assert.deepStrictEqual(yield* provedBalances(organizationId), {
          "preview:available": 50,
          "preview:issued": -50
        })
      })
    )

    it.effect("preview credits are held before paid ones, and captured before them", () =>
      Effect.gen(function* () {
        const ledger = yield* CreditLedger
        const organizationId = yield* organizationWith("mixed", 10)
        yield* grantPaid(organizationId, 30)
        const hold = yield* ledger.hold(request(organizationId, 25))
        assert.deepStrictEqual(hold.held, { preview: 10, paid: 15 })
        const closed = yield* ledger.capture(hold.id, 12, trace)
        assert.deepStrictEqual(closed.captured, { preview: 10, paid: 2 })
        assert.deepStrictEqual(yield* provedBalances(organizationId), {
          "preview:issued": -10,
          "preview:spent": 10,
          "paid:issued": -30,
          "paid:spent": 2,
          "paid:available": 28
        })
      })
    )

    it.effect("a capture takes no more than was held", () =>
      Effect.gen(function* () {
        const ledger = yield* CreditLedger
        const organizationId = yield* organizationWith("greedy", 50)
        const hold = yield* ledger.hold(request(organizationId, 20))
        const closed = yield* ledger.capture(hold.id, 1000, trace)
        assert.deepStrictEqual(closed.captured, { preview: 20, paid: 0 })
        assert.strictEqual((yield* provedBalances(organizationId))["preview:available"], 30)
      })
    )

    it.effect("what is not there cannot be held, and the refusal says how much is", () =>
      Effect.gen(function* () {
        const ledger = yield* CreditLedger
        const organizationId = yield* organizationWith("poor", 7)
        const refusal = yield* ledger.hold(request(organizationId, 8)).pipe(
          Effect.flip,
          Effect.map((error) => (error._tag === "InsufficientCredits" ? [error.required, error.remaining] : error))
        )
        assert.deepStrictEqual(refusal, [8, 7])
        assert.deepStrictEqual(yield* provedBalances(organizationId), { "preview:available": 7, "preview:issued": -7 })
      })
    )

    it.effect("many that spend at once never overdraw", () =>
      Effect.gen(function* () {
        const ledger = yield* CreditLedger
        const organizationId = yield* organizationWith("crowd", 50)
        const exits = yield* Effect.forEach(
          Array.from({ length: 20 }, (_, index) => `job_crowd_${index}`),
          (jobId) => Effect.exit(ledger.hold(request(organizationId, 9, jobId))),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(exits.filter(Exit.isSuccess).length, 5)
        assert.deepStrictEqual(yield* provedBalances(organizationId), {
          "preview:available": 5,
          "preview:held": 45,
          "preview:issued": -50
        })
      })
    )

    it.effect("a hold ends once, whoever else would end it", () =>
      Effect.gen(function* () {
        const ledger = yield* CreditLedger
        const organizationId = yield* organizationWith("ending", 50)
        const { id } = yield* ledger.hold(request(organizationId, 20))
        const ends = yield* Effect.all(
          [ledger.release(id, trace), ledger.capture(id, 20, trace), ledger.release(id, trace, "expired")],
          { concurrency: "unbounded" }
        )
        assert.strictEqual(new Set(ends.map(({ state }) => state)).size, 1)
        yield* provedBalances(organizationId)
      })
    )

    it.effect("what a failed transaction held was never held", () =>
      Effect.gen(function* () {
        const ledger = yield* CreditLedger
        const store = yield* Store
        const organizationId = yield* organizationWith("undone", 50)
        const held = ledger.hold(request(organizationId, 20))
        yield* Effect.flip(store.transaction(Effect.andThen(held, Effect.fail("no"))))
        assert.deepStrictEqual(yield* provedBalances(organizationId), {
          "preview:available": 50,
          "preview:issued": -50
        })
      })
    )

    it.effect("a hold that never was is a bug of ours", () =>
      Effect.gen(function* () {
        const ledger = yield* CreditLedger
        assert.isTrue(Exit.hasDies(yield* Effect.exit(ledger.capture("hold_never_was", 1, trace))))
        assert.isTrue(Exit.hasDies(yield* Effect.exit(ledger.release("hold_never_was", trace))))
      })
    )
  })
  laws(name, layer)
}
