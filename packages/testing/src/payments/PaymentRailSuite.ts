import { assert, describe, it } from "@effect/vitest"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import type { Attempt } from "@image-skill/core/payments/Attempt"
import type {
  Opened,
  PaymentOrder,
  PaymentRail,
  PaymentRailError,
  PaymentTruth
} from "@image-skill/core/payments/PaymentRail"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Sample from "./PaymentSample.ts"

/** A rail, and the hands of those who pay on it. */
export interface Harness {
  readonly rail: PaymentRail
  /** Does what leads to money; dies for a rail on which nobody can. */
  readonly pay: (attempt: Attempt) => Effect.Effect<void>
  /** Does what leads to a refusal by the payer's side. */
  readonly decline: (attempt: Attempt) => Effect.Effect<void>
  /** Lets time go by, on our clock and on the provider's. */
  readonly pass: (time: Duration.Duration) => Effect.Effect<void>
  /** Gives back that many cents of a paid attempt. */
  readonly refund: (attempt: Attempt, cents: number) => Effect.Effect<void>
  /** How many payable things the provider has made for an attempt. */
  readonly made: (attemptId: string) => Effect.Effect<number>
  /** What may stand in no answer and in no error, e.g. keys. */
  readonly secrets: ReadonlyArray<string>
}

/** What differs from rail to rail. */
export interface Options<E> {
  /**
   * `awaited`: what was opened waits for a payer, who can pay or be refused. `unpaid`: it waits, and nobody will pay.
   * `settled`: `pay` is at most a matter of time. `declined`: it is refused.
   */
  readonly ending: "awaited" | "unpaid" | "settled" | "declined"
  /** Whether there is a provider that keeps what was opened, and of which an answer can be lost. */
  readonly isRemote: boolean
  /** Whether a payment can be given back. */
  readonly refunds: boolean
  /** A tag that keeps the ids of one run apart from those of another, for a provider that outlives it. */
  readonly run?: string
  /** The rail in a state in which it fails so, for each way in which it can be made to fail. */
  readonly failing?: {
    readonly [R in PaymentRailError["reason"]]?: Effect.Effect<Harness, E, Scope.Scope>
  }
}

const lifetime = Duration.minutes(60)
const price = 240

/** The contract every `PaymentRail` meets. Each test begins with `make`. */
export const suite = <E>(name: string, make: Effect.Effect<Harness, E, Scope.Scope>, options: Options<E>): void => {
  const { ending, failing = {}, isRemote, refunds, run = "suite" } = options
  const waits = ending === "awaited" || ending === "unpaid"
  const pays = ending === "awaited" || ending === "settled"

  const order = (id: string) =>
    Effect.map(DateTime.now, (now): PaymentOrder => ({
      attemptId: `payatt_${run}_${id}`,
      quoteId: `quote_${run}_${id}`,
      organizationId: OrganizationId.make("org_suite"),
      credits: price,
      amountCents: price,
      expiresAt: DateTime.formatIso(DateTime.addDuration(now, lifetime)),
      returnUrl: null
    }))

  /** An order, and the attempt as it stood before anybody was asked. */
  const begun = Effect.fnUntraced(function* (harness: Harness, id: string) {
    const ordered = yield* order(id)
    const { liveMoney } = yield* harness.rail.describe
    const createdAt = DateTime.formatIso(yield* DateTime.now)
    const attempt = Sample.attempt("suite", {
      id: ordered.attemptId,
      quoteId: ordered.quoteId,
      methodId: harness.rail.methodId,
      provider: harness.rail.provider,
      credits: price,
      amountCents: price,
      liveMoney,
      createdAt,
      expiresAt: ordered.expiresAt
    })
    return { attempt, order: ordered }
  })

  const opened = Effect.fnUntraced(function* (harness: Harness, id: string) {
    const { attempt, order: ordered } = yield* begun(harness, id)
    const answer = yield* harness.rail.open(ordered)
    return { attempt: standingAt(attempt, answer), answer, order: ordered }
  })

  const paid = Effect.fnUntraced(function* (harness: Harness, id: string) {
    const start = yield* opened(harness, id)
    yield* harness.pay(start.attempt)
    return start
  })

  describe(`PaymentRail (${name})`, () => {
    it.effect("it is the one that it describes, and it can be bought on", () =>
      Effect.gen(function* () {
        const { rail } = yield* make
        const described = yield* rail.describe
        assert.strictEqual(described.methodId, rail.methodId)
        assert.deepStrictEqual(
          [described.available, described.quoteable, described.purchasable, described.unavailableReason],
          [true, true, true, null]
        )
        assert.strictEqual(described.settlementBlocker === null, described.agentSettleable)
        assert.deepStrictEqual(yield* rail.describe, described)
      })
    )

    it.effect("the same order opens the same thing, again and at once", () =>
      Effect.gen(function* () {
        const harness = yield* make
        const { answer, order: ordered } = yield* opened(harness, "again")
        assert.deepStrictEqual(yield* harness.rail.open(ordered), answer)
        const atOnce = yield* order("at-once")
        const answers = yield* Effect.all(
          Array.from({ length: 6 }, () => harness.rail.open(atOnce)),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(new Set(answers.map((one) => JSON.stringify(one))).size, 1)
        assert.strictEqual(yield* harness.made(ordered.attemptId), 1)
        assert.strictEqual(yield* harness.made(atOnce.attemptId), 1)
      })
    )

    it.effect("two orders open two things, of which neither is named by the other", () =>
      Effect.gen(function* () {
        const harness = yield* make
        const one = yield* opened(harness, "one")
        const other = yield* opened(harness, "other")
        const handles = [...one.answer.handles, ...other.answer.handles]
        assert.isNotEmpty(handles)
        assert.strictEqual(new Set(handles).size, handles.length)
        if (one.answer.checkout !== null) assert.notStrictEqual(one.answer.checkout.url, other.answer.checkout?.url)
        if (one.answer.deposit !== null)
          assert.notStrictEqual(one.answer.deposit.address, other.answer.deposit?.address)
      })
    )

    it.effect("looking changes nothing, and nothing is settled that was not paid", () =>
      Effect.gen(function* () {
        const harness = yield* make
        const { answer, attempt } = yield* opened(harness, "look")
        const first = yield* harness.rail.read(attempt)
        assert.deepStrictEqual(yield* harness.rail.read(attempt), first)
        assert.strictEqual(first.settled !== null, first.status === "succeeded")
        assert.includeMembers([...first.handles], [...answer.handles])
        if (waits) assert.deepStrictEqual([answer.status, first.status], ["requires_action", "requires_action"])
        assert.deepStrictEqual([first.refundedCents, first.disputedCents], [0, 0])
      })
    )

    if (pays) {
      it.effect("a paid one is settled as it was quoted, whenever it is looked at", () =>
        Effect.gen(function* () {
          const harness = yield* make
          const { attempt } = yield* paid(harness, "paid")
          const truth = yield* harness.rail.read(attempt)
          assertPaid(truth, attempt)
          yield* harness.pass(Duration.hours(2))
          assert.deepStrictEqual(yield* harness.rail.read(attempt), truth)
          assert.deepStrictEqual(yield* harness.rail.read({ ...attempt, status: "expired" }), truth)
        })
      )

      it.effect("a paid one that is closed stays paid", () =>
        Effect.gen(function* () {
          const harness = yield* make
          const { attempt } = yield* paid(harness, "paid-closed")
          const truth = yield* harness.rail.close(attempt)
          assertPaid(truth, attempt)
          assert.deepStrictEqual(yield* harness.rail.close(attempt), truth)
          assert.deepStrictEqual(yield* harness.rail.read(attempt), truth)
        })
      )
    }

    if (waits) {
      it.effect("an unpaid one that is closed is over, and closing it again says the same", () =>
        Effect.gen(function* () {
          const harness = yield* make
          const { attempt } = yield* opened(harness, "closed")
          const truth = yield* harness.rail.close(attempt)
          assert.include(["expired", "canceled"], truth.status)
          assert.isNull(truth.settled)
          const over: Attempt = { ...attempt, status: truth.status, reason: truth.reason }
          yield* harness.pass(Duration.seconds(1))
          for (const look of [harness.rail.close(over), harness.rail.read(over)]) {
            const again = yield* look
            assert.deepStrictEqual([again.status, again.settled], [truth.status, null])
          }
        })
      )

      it.effect("one whose time is over can be closed by anybody who looks", () =>
        Effect.gen(function* () {
          const harness = yield* make
          const { attempt } = yield* opened(harness, "late")
          yield* harness.pass(Duration.sum(lifetime, Duration.minutes(1)))
          const truth = yield* harness.rail.close(attempt)
          assert.include(["expired", "canceled"], truth.status)
          assert.isNotNull(truth.reason)
          assert.isNull(truth.settled)
        })
      )
    }

    if (ending === "awaited" || ending === "declined") {
      it.effect("a refusal by the payer's side is no money", () =>
        Effect.gen(function* () {
          const harness = yield* make
          const { attempt } = yield* opened(harness, "declined")
          yield* harness.decline(attempt)
          const truth = yield* harness.rail.read(attempt)
          assert.notInclude(["succeeded", "processing"], truth.status)
          assert.isNull(truth.settled)
          if (truth.status === "failed") assert.isNotEmpty(truth.reason?.trim())
        })
      )
    }

    if (isRemote) {
      it.effect("a payment of which no id was kept is found by the attempt's", () =>
        Effect.gen(function* () {
          const harness = yield* make
          const { attempt } = yield* opened(harness, "lost")
          const forgotten: Attempt = { ...attempt, status: "opening", handles: [], checkout: null, deposit: null }
          assert.deepStrictEqual(yield* harness.rail.read(forgotten), yield* harness.rail.read(attempt))
          if (pays) {
            yield* harness.pay(attempt)
            assertPaid(yield* harness.rail.close(forgotten), attempt)
          }
        })
      )

      it.effect("one that never reached the provider waits until its time is over", () =>
        Effect.gen(function* () {
          const harness = yield* make
          const { attempt, order: ordered } = yield* begun(harness, "never")
          assert.strictEqual((yield* harness.rail.read(attempt)).status, "requires_action")
          assert.strictEqual((yield* harness.rail.close(attempt)).status, "canceled")
          yield* harness.pass(Duration.sum(lifetime, Duration.minutes(1)))
          assert.strictEqual((yield* harness.rail.read(attempt)).status, "expired")
          const refusal = yield* Effect.flip(harness.rail.open(ordered))
          assert.strictEqual(refusal.reason, "refused")
          assert.strictEqual(yield* harness.made(ordered.attemptId), 0)
        })
      )
    }

    if (refunds) {
      it.effect("what was given back is counted in full, and what was paid stays", () =>
        Effect.gen(function* () {
          const harness = yield* make
          const { attempt } = yield* paid(harness, "refund")
          const { settled } = yield* harness.rail.read(attempt)
          yield* harness.refund(attempt, 100)
          const partly = yield* harness.rail.read(attempt)
          assert.deepStrictEqual([partly.refundedCents, partly.disputedCents, partly.settled], [100, 0, settled])
          yield* harness.refund(attempt, price - 100)
          const wholly = yield* harness.rail.read(attempt)
          assert.deepStrictEqual([wholly.status, wholly.refundedCents], ["succeeded", price])
        })
      )
    }

    it.effect("no secret stands in any answer", () =>
      Effect.gen(function* () {
        const harness = yield* make
        const { answer, attempt } = yield* opened(harness, "secret")
        const said = [yield* harness.rail.describe, answer, yield* harness.rail.read(attempt)]
        if (pays) yield* harness.pay(attempt)
        assertWithout(harness.secrets, [...said, yield* harness.rail.close(attempt)])
      })
    )

    const reasons = ["refused", "denied", "unavailable", "unknown", "malformed"] as const
    const states = reasons.flatMap((reason) => {
      const state = failing[reason]
      return state === undefined ? [] : [{ reason, state }]
    })
    it.effect.each(states)("a failure is said in the words that all share: $reason", ({ reason, state }) =>
      Effect.gen(function* () {
        const harness = yield* state
        const failure = yield* Effect.flip(harness.rail.open(yield* order(`failing-${reason}`)))
        assert.deepStrictEqual(
          [failure._tag, failure.methodId, failure.reason],
          ["PaymentRailError", harness.rail.methodId, reason]
        )
        assert.isNotEmpty(failure.message.trim())
        assertWithout(harness.secrets, failure.message)
      })
    )
  })
}

/** The attempt as it is kept after the rail has answered. */
const standingAt = (attempt: Attempt, { checkout, deposit, handles, reason, status }: Opened): Attempt => ({
  ...attempt,
  status,
  reason,
  handles,
  checkout,
  deposit
})

const assertPaid = ({ settled, status }: PaymentTruth, attempt: Attempt) => {
  assert.strictEqual(status, "succeeded")
  assert.deepInclude(settled, {
    quotedCents: attempt.amountCents,
    paidCents: attempt.amountCents,
    currency: "usd",
    liveMoney: attempt.liveMoney
  })
}

const assertWithout = (secrets: ReadonlyArray<string>, said: unknown) => {
  const text = JSON.stringify(said)
  for (const secret of secrets) assert.isFalse(text.includes(secret), "an answer holds a secret")
  assert.notMatch(text, /_secret_|\bsk_(?:live|test)_|\brk_(?:live|test)_|\bwhsec_/u)
}
