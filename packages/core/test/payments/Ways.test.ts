import { assert, describe, it } from "@effect/vitest"
import { type AttemptStatus, isOpen, mayBecome as attemptMayBecome } from "@image-skill/core/payments/Attempt"
import { hasSameTerms, mayBecome as quoteMayBecome, type QuoteState } from "@image-skill/core/payments/Quote"
import { quote } from "@image-skill/testing/payments/PaymentSample"
import * as Struct from "effect/Struct"

/** contract/api.md 5.3 and 5.4, decision D4: every way there is. */
const quoteWays: { readonly [S in QuoteState]: ReadonlyArray<QuoteState> } = {
  created: ["purchase_started", "expired", "canceled"],
  purchase_started: ["fulfilled", "expired", "canceled"],
  expired: ["fulfilled"],
  canceled: ["fulfilled"],
  fulfilled: []
}

const attemptWays: { readonly [S in AttemptStatus]: ReadonlyArray<AttemptStatus> } = {
  opening: ["requires_action", "processing", "succeeded", "expired", "failed", "canceled"],
  requires_action: ["processing", "succeeded", "expired", "failed", "canceled"],
  processing: ["succeeded", "expired", "failed", "canceled"],
  expired: ["succeeded"],
  failed: ["succeeded"],
  canceled: ["succeeded"],
  succeeded: []
}

const pairs = <S extends string>(ways: { readonly [K in S]: ReadonlyArray<S> }) => {
  const all = Struct.keys(ways)
  return all.flatMap((from) => all.map((to) => [from, to, ways[from].includes(to)] as const))
}

/** Whether some number of steps leads from one to the other. */
const leads = <S extends string>(mayBecome: (from: S, to: S) => boolean, all: ReadonlyArray<S>, from: S, to: S) => {
  const seen = new Set<S>([from])
  for (const state of seen) for (const next of all) if (mayBecome(state, next)) seen.add(next)
  return [...seen].some((state) => mayBecome(state, to))
}

describe("a quote", () => {
  it.each(pairs(quoteWays))("that is %s may become %s: %s", (from, to, may) => {
    assert.strictEqual(quoteMayBecome(from, to), may)
  })

  it("never comes back to where it was", () => {
    const all = Struct.keys(quoteWays)
    for (const state of all) assert.isFalse(leads(quoteMayBecome, all, state, state), state)
  })

  it("has the same terms only if credits, pack and rail are the same", () => {
    const terms = quote("a")
    assert.isTrue(hasSameTerms(terms, quote("b")))
    for (const other of [{ credits: 501 }, { packId: null }, { methodId: "other" }])
      assert.isFalse(hasSameTerms(terms, quote("b", other)))
  })
})

describe("an attempt", () => {
  it.each(pairs(attemptWays))("that is %s may become %s: %s", (from, to, may) => {
    assert.strictEqual(attemptMayBecome(from, to), may)
  })

  it("never comes back to where it was", () => {
    const all = Struct.keys(attemptWays)
    for (const status of all) assert.isFalse(leads(attemptMayBecome, all, status, status), status)
  })

  it("can be paid until it has ended", () => {
    const open = Struct.keys(attemptWays).filter((status) => isOpen({ status }))
    assert.deepStrictEqual(open, ["opening", "requires_action", "processing"])
  })
})
