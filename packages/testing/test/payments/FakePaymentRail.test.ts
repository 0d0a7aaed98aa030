import { assert, describe, it } from "@effect/vitest"
import * as FakePaymentRail from "@image-skill/adapters/payments/FakePaymentRail"
import { type Harness, suite } from "@image-skill/testing/payments/PaymentRailSuite"
import * as Sample from "@image-skill/testing/payments/PaymentSample"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"

const harness = (script: FakePaymentRail.FakeOutcome, pay: Effect.Effect<void> = Effect.void): Effect.Effect<Harness> =>
  Effect.sync(() => ({
    rail: FakePaymentRail.make({ script }),
    pay: () => pay,
    decline: () => Effect.void,
    pass: (time) => TestClock.adjust(time),
    refund: () => Effect.die("nothing was paid"),
    made: () => Effect.succeed(1),
    secrets: []
  }))

const local = { isRemote: false, refunds: false } as const

suite("fake, succeed", harness("succeed"), { ...local, ending: "settled" })
suite("fake, duplicate", harness("duplicate"), { ...local, ending: "settled" })
suite("fake, delay", harness("delay", TestClock.adjust(Duration.seconds(3))), { ...local, ending: "settled" })
suite("fake, decline", harness("decline"), { ...local, ending: "declined" })
suite("fake, vanish", harness("vanish"), { ...local, ending: "unpaid" })

describe("FakePaymentRail", () => {
  it("a script is one of its outcomes", () => {
    const scripts = ["fake", "fake:succeed", "fake:decline", "fake:delay", "fake:vanish", "fake:duplicate"]
    assert.deepStrictEqual(scripts.map(FakePaymentRail.parseScript), [
      "succeed",
      "succeed",
      "decline",
      "delay",
      "vanish",
      "duplicate"
    ])
    for (const text of ["", "fake:", "fake:win", "FAKE", "stripe", " fake", "fake:delay,fake"])
      assert.isNull(FakePaymentRail.parseScript(text))
  })

  it.effect("another process that looks at a delayed payment sees the same", () =>
    Effect.gen(function* () {
      const attempt = Sample.attempt("delayed", {
        status: "processing",
        createdAt: "1970-01-01T00:00:00.000Z",
        expiresAt: "1970-01-01T01:00:00.000Z"
      })
      const statuses = Effect.forEach([1, 2], () =>
        Effect.map(FakePaymentRail.make({ script: "delay" }).read(attempt), ({ status }) => status)
      )
      yield* TestClock.adjust(Duration.millis(2_999))
      assert.deepStrictEqual(yield* statuses, ["processing", "processing"])
      yield* TestClock.adjust(Duration.millis(1))
      assert.deepStrictEqual(yield* statuses, ["succeeded", "succeeded"])
    })
  )

  it.effect("a duplicate is settled by every look, whatever has become of the attempt", () =>
    Effect.gen(function* () {
      const { open, read } = FakePaymentRail.make({ script: "duplicate" })
      const attempt = Sample.attempt("again")
      const opened = yield* open({ ...attempt, attemptId: attempt.id, returnUrl: null })
      assert.strictEqual(opened.status, "processing")
      const truths = yield* Effect.forEach(["processing", "succeeded", "expired"] as const, (status) =>
        read({ ...attempt, status })
      )
      assert.deepStrictEqual(
        truths.map(({ settled }) => settled?.paidCents),
        [500, 500, 500]
      )
    })
  )
})
