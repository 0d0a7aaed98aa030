import { assert, it } from "@effect/vitest"
import { AgentId, OrganizationId } from "@image-skill/core/identity/Actor"
import { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import type { Quote } from "@image-skill/core/payments/Quote"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { idsOf, minute, quote } from "./PaymentSample.ts"

/** The part of the `PaymentStore` contract that is about quotes. */
export const suite = <E>(name: string, layer: Layer.Layer<PaymentStore, E>): void =>
  it.layer(layer)(`PaymentStore quotes (${name})`, (it) => {
    it.effect("a quote is found by its organization, as it was written", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const pack = quote("pack")
        const custom = quote("custom", { packId: null, liveMoney: true, state: "canceled", credits: 7 })
        for (const written of [pack, custom]) {
          yield* payments.insertQuote(written)
          assert.deepStrictEqual(yield* payments.quote(written.organizationId, written.id), Option.some(written))
        }
      })
    )

    it.effect("a quote of another organization is as unknown as one that never was", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const owned = quote("owned")
        yield* payments.insertQuote(owned)
        assert.deepStrictEqual(yield* payments.quote(stranger, owned.id), Option.none())
        assert.deepStrictEqual(yield* payments.quote(owned.organizationId, "quote_never_was"), Option.none())
      })
    )

    it.effect("a quote is found by its key, for its agent only", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const keyed = quote("keyed")
        yield* payments.insertQuote(keyed)
        assert.deepStrictEqual(yield* payments.quoteByKey(keyed.agentId, keyed.key), Option.some(keyed))
        assert.deepStrictEqual(yield* payments.quoteByKey(otherAgent, keyed.key), Option.none())
        assert.deepStrictEqual(yield* payments.quoteByKey(keyed.agentId, "key_unknown"), Option.none())
      })
    )

    it.effect("a key of a quote is used once by an agent, and may be used by another agent", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const first = quote("key_holder", { key: "key_common" })
        const second = quote("key_rival", { key: "key_common" })
        const elsewhere = quote("key_elsewhere", { key: "key_common", agentId: otherAgent })
        yield* payments.insertQuote(first)
        assert.strictEqual((yield* Effect.flip(payments.insertQuote(second))).reason, "conflict")
        assert.deepStrictEqual(yield* payments.quote(second.organizationId, second.id), Option.none())
        yield* payments.insertQuote(elsewhere)
        assert.deepStrictEqual(yield* payments.quoteByKey(first.agentId, "key_common"), Option.some(first))
        assert.deepStrictEqual(yield* payments.quoteByKey(otherAgent, "key_common"), Option.some(elsewhere))
      })
    )

    it.effect("an id of a quote is given once", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        yield* payments.insertQuote(quote("once"))
        const failure = yield* Effect.flip(payments.insertQuote(quote("once", { key: "another_key" })))
        assert.strictEqual(failure.reason, "conflict")
      })
    )

    it.effect("a quote moves on only from the state that it is in, and nothing but its state changes", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const offered = quote("moving")
        yield* payments.insertQuote(offered)
        const started: Quote = { ...offered, state: "purchase_started", credits: 9, expiresAt: minute(9) }
        assert.isFalse(yield* payments.updateQuote({ ...offered, state: "fulfilled" }, "purchase_started"))
        assert.isTrue(yield* payments.updateQuote(started, "created"))
        assert.isFalse(yield* payments.updateQuote({ ...offered, state: "expired" }, "created"))
        assert.deepStrictEqual(
          yield* payments.quote(offered.organizationId, offered.id),
          Option.some({ ...offered, state: "purchase_started" as const })
        )
        assert.isFalse(yield* payments.updateQuote(quote("never_offered", { state: "expired" }), "created"))
      })
    )

    it.effect(
      "lapsed are the quotes that may still be paid and are past their time, oldest first, up to the limit",
      () =>
        Effect.gen(function* () {
          const payments = yield* PaymentStore
          yield* payments.insertQuote(quote("lapsed_3", { expiresAt: minute(3) }))
          yield* payments.insertQuote(quote("lapsed_1", { expiresAt: minute(1), state: "purchase_started" }))
          yield* payments.insertQuote(quote("lapsed_2", { expiresAt: minute(2) }))
          yield* payments.insertQuote(quote("lapsed_2_too", { expiresAt: minute(2) }))
          for (const state of ["fulfilled", "expired", "canceled"] as const)
            yield* payments.insertQuote(quote(`over_${state}`, { expiresAt: minute(1), state }))
          yield* payments.insertQuote(quote("lapses_later", { expiresAt: minute(5) }))
          const lapsed = (at: number, limit: number) => Effect.map(payments.lapsedQuotes(minute(at), limit), idsOf)
          const all = ["quote_lapsed_1", "quote_lapsed_2", "quote_lapsed_2_too", "quote_lapsed_3"]
          assert.deepStrictEqual(yield* lapsed(3, 10), all)
          assert.deepStrictEqual(yield* lapsed(4, 2), all.slice(0, 2))
          assert.deepStrictEqual(yield* lapsed(0, 10), [])
        })
    )
  })

const stranger = OrganizationId.make("org_stranger")
const otherAgent = AgentId.make("agt_other")
