import * as StripeCheckoutRail from "@image-skill/adapters/payments/StripeCheckoutRail"
import * as StripeEvents from "@image-skill/adapters/payments/StripeEvents"
import { suite } from "@image-skill/testing/payments/PaymentEventsSuite"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Stripe } from "stripe"
import { attemptOn, order } from "./Orders.ts"
import { checkoutHarness, clientOf, emulator } from "./StripeWorld.ts"

suite(
  "Stripe, emulator",
  Effect.gen(function* () {
    const stripe = yield* emulator()
    const client = clientOf(stripe.baseUrl, stripe.secretKey)
    const { pay, rail } = checkoutHarness(stripe, StripeCheckoutRail.make(client))
    const opened = yield* rail.open(order)
    return {
      events: StripeEvents.make(client, [Redacted.make(stripe.webhookSecret)]),
      send: (attemptId) =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          const timestamp = Math.floor(now / 1000)
          const payload = JSON.stringify({
            id: `evt_${attemptId}`,
            object: "event",
            type: "charge.refunded",
            created: timestamp,
            data: { object: { id: "ch_1", object: "charge", metadata: { payment_attempt_id: attemptId } } }
          })
          const signature = Stripe.webhooks.generateTestHeaderString({
            payload,
            timestamp,
            secret: stripe.webhookSecret
          })
          return { raw: new TextEncoder().encode(payload), signature }
        }),
      happen: pay({ ...attemptOn("stripe_checkout"), ...opened })
    }
  })
)
