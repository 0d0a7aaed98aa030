import { describe, it } from "@effect/vitest"
import * as StripeCheckoutRail from "@image-skill/adapters/payments/StripeCheckoutRail"
import { make } from "@image-skill/adapters/payments/StripeClient"
import * as StripeDepositRail from "@image-skill/adapters/payments/StripeDepositRail"
import { keyMode, parseBase } from "@image-skill/adapters/payments/StripeSettings"
import type { PaymentRail } from "@image-skill/core/payments/PaymentRail"
import { type Harness, suite } from "@image-skill/testing/payments/PaymentRailSuite"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/testing/TestClock"
import { Stripe } from "stripe"
import { deposit, intentOf, madeDeposits, madeSessions, refundIntent } from "./StripeWorld.ts"

/**
 * The suite that the emulator passes, on a real sandbox of Stripe, so that the emulator cannot drift from it unseen. A
 * sandbox has no hands that pay a hosted page; its deposits are decided by its own helper, within 15 seconds.
 */
const key = process.env["STRIPE_TEST_SECRET_KEY"] ?? ""
const base = parseBase(process.env["STRIPE_BASE_URL"] ?? "")

const operator = () =>
  new Stripe(key, {
    ...(base === null ? {} : { host: base.host, port: base.port, protocol: base.protocol }),
    telemetry: false,
    maxNetworkRetries: 0
  })

const client = () => make({ secretKey: Redacted.make(key), base })

const begin = Effect.flatMap(TestClock.withLive(Clock.currentTimeMillis), (now) => TestClock.setTime(now))

const common = {
  pass: (time: Duration.Duration) => TestClock.adjust(time),
  secrets: [key]
}

const nobody = () => Effect.die("nobody can pay the hosted page of a sandbox without a browser")

const checkout = Effect.map(begin, (): Harness => ({
  ...common,
  rail: StripeCheckoutRail.make(client()),
  pay: nobody,
  decline: nobody,
  refund: nobody,
  made: (attemptId) => madeSessions(operator(), attemptId)
}))

const decided = (rail: PaymentRail, outcome: "success" | "failed"): Harness["pay"] =>
  Effect.fnUntraced(function* (attempt) {
    yield* deposit(operator(), intentOf(attempt), outcome)
    yield* rail.read(attempt).pipe(
      Effect.flatMap(({ status }) =>
        status === "processing" || status === "requires_action" ? Effect.fail("not yet") : Effect.void
      ),
      Effect.retry({ schedule: Schedule.spaced(Duration.seconds(1)), times: 30 }),
      TestClock.withLive,
      Effect.orDie
    )
  })

const deposits = Effect.map(begin, (): Harness => {
  const rail = StripeDepositRail.make(client())
  return {
    ...common,
    rail,
    pay: decided(rail, "success"),
    decline: decided(rail, "failed"),
    refund: (attempt, cents) => refundIntent(operator(), intentOf(attempt), cents),
    made: (attemptId) => madeDeposits(operator(), attemptId)
  }
})

if (key === "") {
  describe("PaymentRail (Stripe, a real sandbox)", () => {
    // It runs where STRIPE_TEST_SECRET_KEY holds the key of a sandbox with crypto deposits.
    it.skip("skipped, because STRIPE_TEST_SECRET_KEY is not set", () => {})
  })
} else if (keyMode(key) !== "test") {
  throw new Error("STRIPE_TEST_SECRET_KEY is not the key of a sandbox")
} else {
  const run = `s${Effect.runSync(Clock.currentTimeMillis)}`
  suite("Stripe Checkout, a real sandbox", checkout, { ending: "unpaid", isRemote: true, refunds: false, run })
  suite("Stripe deposits, a real sandbox", deposits, { ending: "awaited", isRemote: true, refunds: true, run })
}
