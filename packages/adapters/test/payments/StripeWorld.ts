import { make, type StripeClient } from "@image-skill/adapters/payments/StripeClient"
import { configured } from "@image-skill/adapters/payments/StripeRails"
import { parseBase } from "@image-skill/adapters/payments/StripeSettings"
import type { Attempt } from "@image-skill/core/payments/Attempt"
import type { PaymentRail } from "@image-skill/core/payments/PaymentRail"
import type { Harness } from "@image-skill/testing/payments/PaymentRailSuite"
import { start, type StripeEmulator, type StripeEmulatorOptions } from "@image-skill/testing/payments/StripeEmulator"
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { Stripe } from "stripe"

/** 2026-11-21 */
const today = 1_795_219_200_000

/** An emulator whose clock is the test's. */
export const emulator = (options: StripeEmulatorOptions = {}) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(today)
    const clock = yield* Clock.Clock
    return yield* start({ ...options, clock: () => clock.currentTimeMillisUnsafe() })
  })

export const clientOf = (baseUrl: string, secretKey: string): StripeClient =>
  make({ secretKey: Redacted.make(secretKey), base: parseBase(baseUrl) })

/** The rail as a deployment with these variables has it. */
export const configuredRail = (methodId: string, baseUrl: string, secretKey: string): PaymentRail => {
  const variables = new Map([
    ["STRIPE_SECRET_KEY", secretKey],
    ["STRIPE_BASE_URL", baseUrl]
  ])
  const { rails } = configured((name) => variables.get(name) ?? null)
  const rail = rails.find((candidate) => candidate.methodId === methodId)
  if (rail === undefined) throw new Error(`there is no rail ${methodId}`)
  return rail
}

/** The official SDK, in the hands of whoever runs the account. */
export const operatorOf = ({ baseUrl, secretKey }: StripeEmulator): Stripe => {
  const { hostname, port } = new URL(baseUrl)
  return new Stripe(secretKey, { host: hostname, port, protocol: "http", telemetry: false, maxNetworkRetries: 0 })
}

export const sessionOf = ({ checkout, handles }: Attempt): string =>
  checkout?.sessionId ?? handles.find((handle) => handle.startsWith("cs_")) ?? "no session"

export const intentOf = ({ handles }: Pick<Attempt, "handles">): string =>
  handles.find((handle) => handle.startsWith("pi_")) ?? "no payment intent"

/** What both Stripe rails have in common in the emulator. */
export const common = (stripe: StripeEmulator) => ({
  pass: (time: Duration.Duration) => TestClock.adjust(time),
  secrets: [stripe.secretKey, stripe.restrictedKey, stripe.webhookSecret]
})

export const madeSessions = (operator: Stripe, attemptId: string) =>
  Effect.promise(async () => {
    const { data } = await operator.checkout.sessions.list({ limit: 100 })
    return data.filter(({ client_reference_id }) => client_reference_id === attemptId).length
  })

export const madeDeposits = (operator: Stripe, attemptId: string) =>
  Effect.promise(async () => {
    const { data } = await operator.paymentIntents.list({ limit: 100 }, { apiVersion })
    return data.filter(({ metadata }) => metadata["payment_attempt_id"] === attemptId).length
  })

export const refundIntent = (operator: Stripe, intent: string, cents: number) =>
  Effect.promise(async () => {
    await operator.refunds.create({ payment_intent: intent, amount: cents })
  })

const apiVersion = "2026-03-04.preview"

/** A sandbox's word for how a deposit ends. */
export const deposit = (operator: Stripe, intent: string, outcome: "success" | "failed") =>
  Effect.promise(async () => {
    await operator.rawRequest(
      "POST",
      `/v1/test_helpers/payment_intents/${intent}/simulate_crypto_deposit`,
      {
        transaction_hash: `0x00000000000000000000000000000000000000000000000000000test${outcome}`,
        network: "base",
        token_currency: "usdc",
        buyer_wallet: "0x0000000000000000000000000000000000000b0b"
      },
      { apiVersion }
    )
  })

export const checkoutHarness = (stripe: StripeEmulator, rail: PaymentRail): Harness => {
  const operator = operatorOf(stripe)
  return {
    ...common(stripe),
    rail,
    pay: (attempt) => Effect.asVoid(stripe.control.pay({ session: sessionOf(attempt) })),
    decline: (attempt) => Effect.asVoid(stripe.control.decline({ session: sessionOf(attempt) })),
    refund: Effect.fnUntraced(function* (attempt, cents) {
      const session = yield* Effect.promise(() => operator.checkout.sessions.retrieve(sessionOf(attempt)))
      if (typeof session.payment_intent !== "string") return yield* Effect.die("nobody has paid it")
      yield* refundIntent(operator, session.payment_intent, cents)
    }),
    made: (attemptId) => madeSessions(operator, attemptId)
  }
}

export const depositHarness = (stripe: StripeEmulator, rail: PaymentRail): Harness => {
  const operator = operatorOf(stripe)
  return {
    ...common(stripe),
    rail,
    pay: (attempt) => deposit(operator, intentOf(attempt), "success"),
    decline: (attempt) => deposit(operator, intentOf(attempt), "failed"),
    refund: (attempt, cents) => refundIntent(operator, intentOf(attempt), cents),
    made: (attemptId) => madeDeposits(operator, attemptId)
  }
}
