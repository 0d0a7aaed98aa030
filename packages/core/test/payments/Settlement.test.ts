import { assert, describe, it } from "@effect/vitest"
import type { Attempt, AttemptStatus } from "@image-skill/core/payments/Attempt"
import type { PaymentTruth, Settled } from "@image-skill/core/payments/PaymentRail"
import type { Receipt, ReversalState } from "@image-skill/core/payments/Receipt"
import { reversals, reversalState, settle, type Settlement } from "@image-skill/core/payments/Settlement"
import { attempt, receipt } from "@image-skill/testing/payments/PaymentSample"
import * as Schema from "effect/Schema"

const statuses: ReadonlyArray<AttemptStatus> = [
  "opening",
  "requires_action",
  "processing",
  "succeeded",
  "expired",
  "failed",
  "canceled"
]

const paid: Settled = { quotedCents: 500, paidCents: 500, currency: "usd", liveMoney: false, chain: null }

const truth = (change: Partial<PaymentTruth> = {}): PaymentTruth => ({
  status: "requires_action",
  reason: null,
  handles: [],
  settled: null,
  refundedCents: 0,
  disputedCents: 0,
  ...change
})

const of = (status: AttemptStatus, change: Partial<Attempt> = {}) => attempt("a", { status, ...change })

/** What the status of a provider makes of an attempt that nothing was paid for. */
const moves: { readonly [S in AttemptStatus]: ReadonlyArray<AttemptStatus> } = {
  opening: ["requires_action", "processing", "expired", "failed", "canceled"],
  requires_action: ["processing", "expired", "failed", "canceled"],
  processing: ["expired", "failed", "canceled"],
  succeeded: [],
  expired: [],
  failed: [],
  canceled: []
}

const told = statuses.filter((status) => status !== "opening")

/** What was paid, and why it grants nothing; null where it does. */
const payments: ReadonlyArray<readonly [what: string, change: Partial<Settled>, objection: RegExp | null]> = [
  ["the price to the cent", {}, null],
  ["the price after a discount", { paidCents: 450 }, null],
  ["nothing, for a promotion that covers it all", { paidCents: 0 }, null],
  ["more than the price", { quotedCents: 501, paidCents: 501 }, null],
  ["a cent less than the price", { quotedCents: 499, paidCents: 499 }, /less/u],
  ["another currency", { currency: "eur" }, /currency/u],
  ["live money for a test quote", { liveMoney: true }, /mode/u],
  ["more than it says was asked for", { paidCents: 501 }, /contradict/u],
  ["a negative amount", { paidCents: -1 }, /contradict/u]
]

const tagOf = (settlement: Settlement) => settlement._tag

describe("settle", () => {
  it.each(statuses.flatMap((from) => told.map((to) => [from, to] as const)))(
    "an attempt that is %s and unpaid, and %s at the provider, goes where it may and nowhere else",
    (from, to) => {
      const reason = "the provider says so"
      const settlement = settle(of(from), truth({ status: to, reason }))
      // A success that says nothing of what was paid is for a person to look at.
      const odd = to === "succeeded" && from !== "succeeded" ? { _tag: "Odd", reason } : { _tag: "Nothing" }
      assert.deepStrictEqual<unknown>(
        settlement,
        moves[from].includes(to) ? { _tag: "Moved", status: to, reason } : odd
      )
    }
  )

  it.each(
    statuses.flatMap((from) => payments.map(([what, change, objection]) => [from, what, change, objection] as const))
  )("an attempt that is %s and was paid %s is granted as quoted, or listed", (from, _, change, objection) => {
    const settled = { ...paid, ...change }
    const settlement = settle(of(from), truth({ status: "succeeded", settled }))
    if (from === "succeeded") return assert.strictEqual(tagOf(settlement), "Nothing")
    if (objection === null) {
      const remark = settled.quotedCents > 500 ? "more was paid than the price" : null
      return assert.deepStrictEqual(settlement, { _tag: "Granted", settled, remark })
    }
    assert.match(settlement._tag === "Odd" ? settlement.reason : "", objection)
  })

  it("what is odd is said once", () => {
    const odd = truth({ settled: { ...paid, currency: "eur" } })
    const first = settle(of("requires_action"), odd)
    assert.strictEqual(first._tag, "Odd")
    const exception = first._tag === "Odd" ? first.reason : null
    assert.strictEqual(tagOf(settle(of("requires_action", { exception }), odd)), "Nothing")
  })

  it("a payment that was odd and is not any more is granted", () => {
    const settlement = settle(of("failed", { exception: "less was paid than the price" }), truth({ settled: paid }))
    assert.strictEqual(tagOf(settlement), "Granted")
  })
})

const Cents = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 300 }))
const Totals = Schema.Struct({ refundedCents: Cents, disputedCents: Cents })
type Totals = typeof Totals.Type
/** What a payment was, and what the provider says of it, each time that somebody looks. */
const Life = Schema.Struct({
  credits: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 600 })),
  paidCents: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 600 })),
  looks: Schema.Array(Totals).check(Schema.isBetweenLength(1, 8))
})

const often = { arbitrary: { runs: 300 } } as const

const granted = (credits: number, paidCents: number): Receipt =>
  receipt("a", { credits, amountCents: credits, paidCents })

/** The receipt after a look, as the books keep it. */
const after = (before: Receipt, totals: Totals): Receipt => {
  const { disputedCents, refundedCents, rejectedCents, steps } = reversals(before, totals)
  const moved = steps.map(({ credits, kind }) => (kind === "reinstatement" ? -credits : credits))
  return {
    ...before,
    disputedCents,
    refundedCents,
    rejectedCents,
    reversedCredits: moved.reduce((sum, credits) => sum + credits, before.reversedCredits)
  }
}

const standing = ({ disputedCents, refundedCents, reversedCredits }: Receipt) => ({
  disputedCents,
  refundedCents,
  reversedCredits
})

describe("reversals", () => {
  it.prop(
    "end alike, whatever was seen on the way and in whatever order",
    [Life],
    ([{ credits, looks, paidCents }]) => {
      const last = looks.at(-1) ?? { refundedCents: 0, disputedCents: 0 }
      const start = granted(credits, paidCents)
      const direct = standing(after(start, last))
      assert.deepStrictEqual(standing(looks.reduce(after, start)), direct)
      assert.deepStrictEqual(standing([...looks.toReversed(), last].reduce(after, start)), direct)
    },
    often
  )

  it.prop(
    "change nothing when the same is said again",
    [Life],
    ([{ credits, looks, paidCents }]) => {
      const end = looks.reduce(after, granted(credits, paidCents))
      const { disputedCents, refundedCents } = looks.at(-1) ?? end
      assert.deepStrictEqual(reversals(end, { disputedCents, refundedCents }).steps, [])
    },
    often
  )

  it.prop(
    "stay between nothing and what was granted, step by step",
    [Life],
    ([{ credits, looks, paidCents }]) => {
      let now = granted(credits, paidCents)
      for (const look of looks) {
        const { steps } = reversals(now, look)
        let reversed = now.reversedCredits
        for (const step of steps) {
          assert.isTrue(Number.isSafeInteger(step.credits) && step.credits >= 0, JSON.stringify(step))
          reversed += step.kind === "reinstatement" ? -step.credits : step.credits
          assert.isTrue(reversed >= 0 && reversed <= credits, `${reversed} of ${credits}`)
        }
        now = after(now, look)
        assert.isAtMost(now.refundedCents + now.disputedCents, paidCents)
      }
    },
    often
  )

  it.prop(
    "take every credit with the last cent, and only then",
    [Life],
    ([{ credits, looks, paidCents }]) => {
      const end = looks.reduce(after, granted(credits, paidCents))
      const back = end.refundedCents + end.disputedCents
      if (paidCents === 0) return assert.strictEqual(end.reversedCredits, 0)
      if (back === paidCents) return assert.strictEqual(end.reversedCredits, credits)
      assert.isBelow(end.reversedCredits, credits)
      // No more than its share, and not a whole credit less.
      assert.isTrue(end.reversedCredits * paidCents <= credits * back)
      assert.isTrue((end.reversedCredits + 1) * paidCents > credits * back)
    },
    often
  )

  it.prop(
    "reject what goes beyond what was paid, once",
    [Life],
    ([{ credits, looks, paidCents }]) => {
      let now = granted(credits, paidCents)
      let rejected = 0
      for (const look of looks) {
        const beyond = Math.max(0, look.refundedCents + look.disputedCents - paidCents)
        const said = reversals(now, look).steps.filter(({ kind }) => kind === "rejected")
        assert.deepStrictEqual(
          said,
          beyond > rejected ? [{ kind: "rejected", cents: beyond - rejected, credits: 0 }] : []
        )
        rejected = Math.max(rejected, beyond)
        now = after(now, look)
        assert.strictEqual(now.rejectedCents, rejected)
      }
    },
    often
  )

  it.prop(
    "are called a refund or a dispute only when more was refunded or disputed",
    [Life],
    ([{ credits, looks, paidCents }]) => {
      let now = granted(credits, paidCents)
      for (const look of looks) {
        for (const { cents, kind } of reversals(now, look).steps) assert.isAbove(cents, 0, kind)
        now = after(now, look)
      }
    },
    often
  )

  it("a refund beside a dispute is nothing but a refund, also where the shares do not divide", () => {
    const disputed = after(granted(100, 90), { refundedCents: 0, disputedCents: 5 })
    const { steps } = reversals(disputed, { refundedCents: 5, disputedCents: 5 })
    assert.deepStrictEqual(steps, [{ kind: "refund", cents: 5, credits: 6 }])
  })

  it("a refund of a disputed payment, of which nothing more is left, moves nothing and is rejected", () => {
    const disputed = after(granted(500, 500), { refundedCents: 0, disputedCents: 500 })
    const { steps } = reversals(disputed, { refundedCents: 500, disputedCents: 500 })
    assert.deepStrictEqual(steps, [{ kind: "rejected", cents: 500, credits: 0 }])
  })

  it("a refund that failed gives its credits back", () => {
    const refunded = after(granted(500, 250), { refundedCents: 125, disputedCents: 0 })
    assert.strictEqual(refunded.reversedCredits, 250)
    const { steps } = reversals(refunded, { refundedCents: 0, disputedCents: 0 })
    assert.deepStrictEqual(steps, [{ kind: "reinstatement", cents: 125, credits: 250 }])
  })
})

const states: ReadonlyArray<
  readonly [state: ReversalState, change: Partial<Receipt>, owed: number, wasReversed: boolean]
> = [
  ["none", {}, 0, false],
  ["pending", { refundedCents: 450, reversedCredits: 500 }, 1, true],
  ["refunded", { refundedCents: 450, reversedCredits: 500 }, 0, true],
  ["partially_refunded", { refundedCents: 449, reversedCredits: 498 }, 0, true],
  ["disputed", { disputedCents: 450, reversedCredits: 500 }, 0, true],
  ["disputed", { disputedCents: 1, refundedCents: 449, reversedCredits: 500 }, 0, true],
  ["reinstated", {}, 0, true],
  ["rejected", { rejectedCents: 1 }, 0, false]
]

describe("reversalState", () => {
  it.each(states)("is %s for %o with %i owed", (state, change, owed, wasReversed) => {
    assert.strictEqual(reversalState(receipt("a", { paidCents: 450, ...change }), owed, wasReversed), state)
  })
})
